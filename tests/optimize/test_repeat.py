"""Repeating a large search: the same labels whatever the threads, the hash seed, and the order of the rows."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

SCRIPT = """
import hashlib, sys
import numpy as np, pandas as pd, territory_geo as tg
rng = np.random.default_rng(2)
n = 20_500
towns = rng.normal(0, 60_000, (40, 2))
xy = (towns[rng.integers(0, 40, n)] + rng.normal(0, 15_000, (n, 2))).round(0)
frame = pd.DataFrame({"id": [f"p{i:05d}" for i in range(n)], "x": xy[:, 0], "y": xy[:, 1]})
frame["visits"] = rng.integers(1, 9, n)
if sys.argv[1] == "shuffled":
    frame = frame.sample(frac=1.0, random_state=1).reset_index(drop=True)
units = tg.BasicUnits.from_table(frame, id="id", x="x", y="y", measures=["visits"])
graph = tg.ContiguityGraph.from_units(units)
problem = tg.TerritoryProblem(units, graph, n_territories=25, balance={"visits": 0.05})
solution = tg.solve(problem, seed=3, stop=tg.MaxIterations(4))
labels = solution.plan.labels.sort_index()
print(labels.nunique(), hashlib.sha256("".join(labels).encode()).hexdigest())
"""


def run(order: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, order], env={**os.environ, **environment}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
def test_a_coarse_start_repeats():
    first = run("given", PYTHONHASHSEED="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
    assert first.startswith("25 ")
    assert len(first.split()[1]) == 2 * hashlib.sha256().digest_size
    threads = {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    assert run("given", PYTHONHASHSEED="77", **threads) == first
    assert run("shuffled", PYTHONHASHSEED="3", **threads) == first
