"""CP-SAT run so that it repeats and can be stopped: one worker, work counted and not seconds, Ctrl-C heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ortools.sat.python import cp_model

WATCH = 0.05
"""Seconds between two looks at whether somebody asked to stop."""


def repeatable(work: float, seed: int) -> cp_model.CpSolver:
    """Return a solver that finds the same in the same work (deterministic seconds), on a busy machine too."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work
    solver.parameters.catch_sigint_signal = False
    return solver


def solve_heeding(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    pressed: Callable[[], bool],
    callback: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """Solve in another thread, so that this one notices a signal: Python does so only between its own steps."""
    found: list[cp_model.CpSolverStatus] = []
    thread = threading.Thread(target=lambda: found.append(solver.solve(model, callback)), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(WATCH)
        if pressed():
            solver.stop_search()
    return found[0]
