"""Ctrl-C while the command works: the best plan so far is kept, or a message says that there is none.

A signal needs a process of its own, so these tests start one.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from territory_geo.cli import app
from territory_geo.optimize.interrupt import heeded_interrupt, noted_interrupt

FILES = {"assignments.csv", "rejects.csv", "territories.csv", "territories.geojson", "plan.json", "map.html"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a single process")


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """The arguments of a run on 400 points that would take a minute."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"id": range(400), "lon": random.uniform(8, 12, 400), "lat": random.uniform(48, 52, 400)})
    frame.to_csv(tmp_path / "points.csv", index=False)
    source, out = str(tmp_path / "points.csv"), str(tmp_path / "out")
    return ["design", source, "-k", "3", "--balance", "accounts:0.3", "--out", out, "--time-limit", "60"]


def interrupted(arguments: list[str], when: str, seconds: float) -> tuple[int, str, str]:
    """Start the command, send SIGINT some seconds after a line of progress, return code, output, messages."""
    command = [sys.executable, "-m", "territory_geo.cli", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = ""
        while when not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        out, rest = process.communicate(timeout=30)
        return process.returncode, out, said + rest
    finally:
        process.kill()
        process.communicate()


def test_before_there_is_a_plan_nothing_is_written(options: list[str], tmp_path: Path) -> None:
    code, shown, said = interrupted(options, "points", 0.0)
    assert (code, shown) == (130, "")
    assert said.splitlines()[-1] == "Interrupted before there was a plan to keep; nothing new was written."
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_the_best_plan_so_far_is_written(options: list[str], tmp_path: Path) -> None:
    code, shown, said = interrupted(options, "  seeds", 1.0)
    assert code == 130, said
    assert "interrupted: the best plan so far" in shown
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["status"] == "interrupted"
    assert plan["verified"]


@pytest.mark.slow
def test_a_hybrid_search_keeps_its_best_plan(tmp_path: Path) -> None:
    """Each geography would take ten minutes, and there are many of them: the first that is there is kept."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"account_id": range(300), "lon": random.uniform(8, 9, 300), "lat": random.uniform(48, 49, 300)}
    )
    frame.assign(hours=2.0, revenue_usd=100).to_csv(tmp_path / "accounts.csv", index=False)
    people = "rep_id,lon,lat,role,capacity_hours\n"
    (tmp_path / "reps.csv").write_text(f"{people}R1,8.2,48.2,rep,400\nR2,8.8,48.8,rep,400\nR3,8.2,48.8,rep,400\n")
    (tmp_path / "team.csv").write_text(f"{people}E,8.5,48.5,executive,100\n")
    (tmp_path / "named.csv").write_text("account_id\n1\n2\n")
    (tmp_path / "roles.toml").write_text('[[role]]\nname = "executive"\nhours = 20\nduty = "owns"\nskills = "ignore"\n')
    (tmp_path / "study.toml").write_text(
        '[data]\naccounts = "accounts.csv"\n[design]\nreps = "reps.csv"\ncenter = "home"\n'
        'balance = { hours = 0.2 }\n[segments]\nnamed_file = "named.csv"\n[teams]\npeople = "team.csv"\n'
        'roles = "roles.toml"\n[hybrid]\nhours = "hours"\nreps_own = "all"\n[search]\ntime_limit = 600\n'
    )
    out = tmp_path / "out"
    code, shown, said = interrupted(["run", str(tmp_path / "study.toml"), "--out", str(out)], "  local search", 1.0)
    assert code == 130, said
    assert "interrupted: the best plan so far" in shown
    record = json.loads((out / "hybrid" / "hybrid.json").read_text(encoding="utf-8"))
    assert record["status"] == "interrupted"
    assert "hours of both" in record["verified"]


def test_an_interruption_that_a_compiled_module_disguises(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def disguised(*_: object, **__: object) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise SystemError("returned a result with an exception set") from error

    monkeypatch.setattr("territory_geo.study.run_study", disguised)
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 130
    assert "Interrupted before there was a plan" in result.stderr


def test_an_interruption_that_is_swallowed_is_heard_of_later() -> None:
    with heeded_interrupt() as heed:
        heed()
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            heed()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_search_notes_what_the_command_would_raise() -> None:
    with heeded_interrupt() as heed, noted_interrupt() as pressed:
        signal.raise_signal(signal.SIGINT)
        assert pressed()
        heed()


def test_a_search_within_a_search_notes_the_same() -> None:
    with noted_interrupt() as outer:
        with noted_interrupt() as inner:
            assert not inner()
            signal.raise_signal(signal.SIGINT)
            assert inner()
        assert outer()
        with noted_interrupt() as later:
            assert later()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
