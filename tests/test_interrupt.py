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
