"""Ctrl-C in a terminal while a pool of processes searches: all of them get the signal at once, as they do here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from territory_geo.optimize.notes import Notes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a group of processes")

SCRIPT = """
import multiprocessing, sys, time
from concurrent.futures import ProcessPoolExecutor
import numpy as np, pandas as pd, territory_geo as tg

def shown(stage, share, text):
    print(stage, text, flush=True)

def main():
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"id": range(300), "x": rng.uniform(0, 1e5, 300), "y": rng.uniform(0, 1e5, 300), "hours": 1})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["hours"])
    problem = tg.TerritoryProblem(units, tg.ContiguityGraph.from_units(units), n_territories=8, balance={"hours": 0.1})
    context = multiprocessing.get_context(sys.argv[1])
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        if sys.argv[2] == "used":
            list(pool.map(time.sleep, [0.2] * 3))
        solution = tg.solve(problem, stop=tg.MaxRuntime(300), executor=pool, starts=2, progress=shown)
    print("end", solution.status, solution.plan.verify().ok, solution.plan.labels.nunique(), flush=True)

if __name__ == "__main__":
    main()
"""


def interrupted(tmp_path: Path, *arguments: str) -> tuple[str, str]:
    """Start the script in a group of its own, press Ctrl-C once a plan is known, return output and messages."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = "first"
        while line and "km a trip" not in line:
            line = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        return process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("method", ["fork", pytest.param("spawn", marks=pytest.mark.slow)])
def test_the_best_plan_comes_back_and_no_worker_complains(method: str, tmp_path: Path) -> None:
    """Three workers, two starts: in a forked pool, one of the workers waits for work."""
    out, said = interrupted(tmp_path, method, "new")
    assert out.splitlines()[-1] == "end interrupted True 8", said
    assert "Traceback" not in said


def test_a_pool_that_was_in_use_before_loses_no_plan(tmp_path: Path) -> None:
    """Its workers were started with Ctrl-C at work: one that waits ends with it, and the pool with the worker."""
    out, said = interrupted(tmp_path, "fork", "used")
    assert out.splitlines()[-1] == "end interrupted True 8", said


def test_a_search_ends_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    here, elsewhere = Notes(str(folder), 0), Notes(str(tmp_path / "of another machine"), 1)
    assert not here.asked_to_end
    assert not elsewhere.asked_to_end
    folder.rmdir()
    assert here.asked_to_end
    assert not elsewhere.asked_to_end
