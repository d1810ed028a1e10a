"""Solving: statuses, reasons, stopping, repeatability, and what every solution promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.optimize.stop import Clock, shortened


def table(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"c{i:03d}" for i in range(n)],
            "lon": rng.uniform(5, 15, n).round(5),
            "lat": rng.uniform(45, 54, n).round(5),
            "hours": rng.integers(1, 9, n),
        }
    )


def problem_of(frame: pd.DataFrame, k: int, tolerance: float, **more) -> tg.TerritoryProblem:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame), measures=["hours"])
    graph = tg.ContiguityGraph.from_units(units)
    return tg.TerritoryProblem(units, graph, n_territories=k, balance={"hours": tolerance}, **more)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(8, 60), st.integers(1, 6), st.sampled_from([0.15, 0.3, 0.6]))
def test_every_plan_is_complete_exclusive_whole_and_balanced(seed, n, k, tolerance):
    problem = problem_of(table(n, seed), k, tolerance)
    solution = tg.solve(problem, seed=seed, stop=tg.MaxIterations(30))
    if solution.plan is None:
        assert solution.status in (tg.Status.NOT_FOUND, tg.Status.INFEASIBLE)
        assert solution.reason
        return
    plan = solution.plan
    assert plan.verify().ok
    assert sorted(plan.labels.index) == sorted(problem.units.frame.index)
    assert plan.labels.nunique() == k
    assert plan.territories["hours"].sum() == problem.units.frame["hours"].sum()
    assert plan.territories["accounts"].sum() == n
    assert plan.territories["hours_deviation"].abs().max() <= tolerance + 1e-9
    assert len(plan.accounts) == n
    kilometres = plan.territories["travel_km"] * plan.territories["hours"]
    assert solution.objective == pytest.approx(kilometres.sum())


SCRIPT = """
import json, sys
import pandas as pd, territory_geo as tg
frame = pd.read_json(sys.stdin)
units = tg.BasicUnits.from_accounts(tg.read_accounts(frame), measures=["hours"])
graph = tg.ContiguityGraph.from_units(units)
problem = tg.TerritoryProblem(units, graph, n_territories=6, balance={"hours": 0.1})
solution = tg.solve(problem, seed=3, stop=tg.MaxIterations(40))
print(json.dumps(solution.plan.labels.sort_index().to_dict()))
"""


def labels_in_new_process(frame: pd.DataFrame, **environment: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=frame.to_json(),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_same_seed_same_labels_whatever_the_process_threads_hash_seed_and_row_order():
    frame = table(150, 5)
    here = labels_in_new_process(frame, PYTHONHASHSEED="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
    assert len(set(here.values())) == 6
    threads = {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    assert labels_in_new_process(frame, PYTHONHASHSEED="77", **threads) == here
    shuffled = frame.sample(frac=1.0, random_state=1).reset_index(drop=True)
    assert labels_in_new_process(shuffled, PYTHONHASHSEED="3") == here


def test_another_seed_is_another_search():
    problem = problem_of(table(150, 5), 6, 0.1)
    first = [tg.solve(problem, seed=s, stop=tg.MaxIterations(5)).history["objective"].iloc[0] for s in (1, 2)]
    assert first[0] != first[1]


def test_a_unit_above_the_cap_is_named_in_words():
    frame = table(10, 1)
    frame.loc[3, "hours"] = 1000
    solution = tg.solve(problem_of(frame, 4, 0.1))
    total = int(frame["hours"].sum())
    assert solution.status is tg.Status.INFEASIBLE
    assert solution.plan is None
    assert total == 1040
    assert "unit c003 alone is 1,000 of an allowed 286 hours" in solution.reason
    assert solution.nearest is not None
    assert not solution.nearest.verify().ok


def test_contradicting_locks_are_infeasible_and_leave_no_nearest_plan_unexplained():
    frame = table(10, 1)
    locks = [tg.Lock("c001", "A"), tg.Lock("c001", "B")]
    solution = tg.solve(problem_of(frame, 3, 0.9, constraints=locks))
    assert solution.status is tg.Status.INFEASIBLE
    assert solution.reason == "unit c001 is locked to A and to B"
    barred = [tg.Forbid("c001", name) for name in "ABC"]
    solution = tg.solve(problem_of(frame, 3, 0.9, constraints=barred))
    assert solution.reason == "unit c001 is kept out of every territory"


def test_what_arithmetic_does_not_see_the_exact_model_proves():
    """Weights 3, 3, 3, 1 cannot be halved."""
    frame = table(4, 2).assign(hours=[3, 3, 3, 1])
    solution = tg.solve(problem_of(frame, 2, 0.0))
    assert solution.status is tg.Status.INFEASIBLE
    assert solution.plan is None
    assert solution.nearest is not None
    assert "no plan exists: the exact model of the 4 units proves" in solution.reason


def test_the_exact_model_knows_locks():
    frame = table(4, 2).assign(hours=[3, 3, 3, 1])
    solution = tg.solve(problem_of(frame, 2, 0.0, constraints=[tg.Lock("c000", "A")]))
    assert solution.status is tg.Status.INFEASIBLE
    assert "the exact model of the 4 units proves that bounds and constraints" in solution.reason


def test_a_search_that_fails_is_not_found_and_says_by_how_much():
    """129 threes and a one have no halves of 194; too many units for the exact model, and a step of 1 allows it."""
    frame = table(130, 2).assign(hours=[3] * 129 + [1])
    solution = tg.solve(problem_of(frame, 2, 0.0))
    assert solution.status is tg.Status.NOT_FOUND
    assert solution.plan is None
    assert solution.nearest is not None
    assert (
        "breaks this: balance of hours: T01 holds 195, allowed 194 to 194; T02 holds 193, allowed 194 to 194"
        in solution.reason
    )
    assert solution.status.exit_code == 4


def test_not_enough_neighbours_for_a_lock_path():
    frame = pd.DataFrame({"id": list("abcde"), "x": range(5), "y": [0] * 5, "hours": [1] * 5})
    units = tg.BasicUnits.from_table(frame, id="id", x="x", y="y", measures=["hours"])
    problem = tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_units(units),
        n_territories=2,
        balance={"hours": 1.0},
        constraints=[tg.Lock(["a", "e"], "Ends"), tg.Lock("c", "Middle")],
    )
    solution = tg.solve(problem)
    assert solution.status is tg.Status.INFEASIBLE
    assert solution.nearest is None
    assert "the exact model of the 5 units proves that bounds and constraints" in solution.reason


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"seed": -1}, "The 'seed' parameter must be an int of at least 0. Got -1"),
        ({"seed": 1.5}, "Got 1.5"),
        ({"stop": 30}, "The 'stop' parameter must be a stopping rule"),
    ],
)
def test_bad_arguments(bad, words):
    with pytest.raises(tg.OptionError, match=words):
        tg.solve(problem_of(table(6, 0), 2, 0.9), **bad)


def test_history_never_gets_worse():
    solution = tg.solve(problem_of(table(80, 3), 5, 0.1), stop=tg.MaxIterations(60))
    history = solution.history
    assert list(history.columns) == ["seconds", "stage", "iteration", "objective", "worst_deviation", "missed", "start"]
    assert (history["seconds"].diff().dropna() >= 0).all()
    assert (history["missed"].diff().dropna() <= 1e-12).all()
    feasible = history[history["missed"] == 0]
    assert (feasible["objective"].diff().dropna() < 0).all()
    assert solution.objective == pytest.approx(history["objective"].iloc[-1])
    assert solution.iterations == 60
    deviation = solution.plan.metrics["balance"]["hours"]["max_deviation"]
    assert history["worst_deviation"].iloc[-1] == pytest.approx(deviation)
    assert 0 < deviation <= 0.1


def test_a_solution_says_its_objective_with_its_unit_and_what_is_proven():
    frame = pd.DataFrame({"id": list("abcd"), "lon": [0, 0.1, 5, 5.1], "lat": 1.0, "hours": [1, 3, 3, 1]})
    proven = tg.solve(problem_of(frame, 2, 0.0), stop=tg.MaxIterations(1))
    assert proven.status is tg.Status.OPTIMAL
    assert proven.gap == 0.0
    assert proven.plan.provenance["gap"] == 0.0
    # a and d are 0.1 degrees near the equator from b and c: 11.12 km each, one hour each.
    assert "optimal, objective 22.2" in repr(proven)
    assert " km × hours, 1 iteration in " in repr(proven)
    assert "0 %: proven to be the best plan" in proven._repr_html_()
    squares = problem_of(frame, 2, 0.0, objective=tg.Travel(power=2, weight=None, center="centroid"))
    assert " km² × unit, 2 iterations in " in repr(tg.solve(squares, stop=tg.MaxIterations(2)))
    rough = replace(proven, status=tg.Status.FEASIBLE, bound=0.9 * proven.objective)
    assert " km × hours, gap 10 %, 1 iteration in " in repr(rough)
    assert "10 % at most" in rough._repr_html_()


def test_stopping_rules():
    problem = problem_of(table(60, 3), 4, 0.2)
    assert tg.solve(problem, stop=tg.MaxIterations(7)).iterations == 7
    first = tg.solve(problem, stop=tg.FirstFeasible())
    assert first.status is tg.Status.FEASIBLE
    assert first.bound is None
    assert first.iterations <= 7
    patience = tg.solve(problem, stop=tg.NoImprovement(12) | tg.MaxIterations(500))
    assert 12 <= patience.iterations < 500
    started = time.monotonic()
    tg.solve(problem_of(table(150, 3), 4, 0.2), stop=tg.MaxRuntime(0.5) | tg.MaxIterations(10**6))
    assert 0.4 < time.monotonic() - started < 10
    both = tg.MaxIterations(4) | tg.MaxRuntime(9) | tg.NoImprovement(3)
    assert both.share(Clock(iterations=2, since_better=0, started=time.monotonic())) == pytest.approx(0.5)
    for wrong in (0, -1, 2.5, True, "many"):
        with pytest.raises(tg.OptionError):
            tg.MaxIterations(wrong)
    with pytest.raises(tg.OptionError):
        tg.MaxRuntime(0)


def test_a_time_limit_keeps_time_for_what_comes_after_the_search():
    assert shortened(tg.MaxRuntime(5), 0.5) == tg.MaxRuntime(4.5)
    assert shortened(tg.MaxRuntime(5), 60) == tg.MaxRuntime(2.5)
    assert shortened(tg.MaxIterations(7), 60) == tg.MaxIterations(7)
    both = shortened(tg.MaxIterations(7) | tg.MaxRuntime(5), 1)
    assert both == tg.MaxIterations(7) | tg.MaxRuntime(4)


def test_an_interruption_returns_the_best_so_far_verified():
    calls = 0

    def press_ctrl_c(stage: str, share: float, text: str) -> None:
        nonlocal calls
        calls += stage == "local search"
        if calls == 10:
            raise KeyboardInterrupt

    solution = tg.solve(problem_of(table(80, 4), 4, 0.3), progress=press_ctrl_c, stop=tg.MaxRuntime(60))
    assert solution.status is tg.Status.INTERRUPTED
    assert solution.status.exit_code == 130
    assert solution.plan.verify().ok
    assert solution.iterations == 10


def test_an_interruption_before_any_plan_says_so():
    def press_ctrl_c(stage: str, share: float, text: str) -> None:
        raise KeyboardInterrupt

    solution = tg.solve(problem_of(table(80, 4), 4, 0.3), progress=press_ctrl_c)
    assert solution.status is tg.Status.INTERRUPTED
    assert solution.plan is None
    assert solution.reason


def test_the_longest_territory_numbers_run_from_the_north_west():
    solution = tg.solve(problem_of(table(120, 9), 5, 0.2), stop=tg.MaxIterations(30))
    places = solution.plan.territories
    plane = solution.plan.problem.units.plane.to_plane(places[["center_x", "center_y"]].to_numpy())
    assert places.index.tolist() == ["T01", "T02", "T03", "T04", "T05"]
    assert (np.diff(plane[:, 0] - plane[:, 1]) > 0).all()


def test_zero_weights_and_zero_loads_do_no_harm():
    frame = table(30, 6).assign(trips=0)
    frame.loc[:9, "hours"] = 0
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame), measures=["hours", "trips"])
    problem = tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_units(units),
        n_territories=3,
        balance={"hours": 0.2},
        objective=tg.Travel(weight="trips"),
    )
    solution = tg.solve(problem, stop=tg.MaxIterations(20))
    assert solution.plan.verify().ok
    assert solution.objective == 0.0


@pytest.mark.slow
def test_counties_reach_the_published_quality():
    """20 territories of the 3,108 lower-48 counties, population within 5 %: at most 180 km to the best centre."""
    units = tg.BasicUnits.from_areas(
        tg.samples.data_path("us.topojson"), layer="counties_lower48", measures=["population"]
    )
    graph = tg.ContiguityGraph.from_units(units)
    solution = tg.solve(tg.TerritoryProblem(units, graph, n_territories=20, balance={"population": 0.05}), seed=1)
    assert solution.plan.verify().ok
    assert solution.plan.metrics["travel"]["mean_km"] < 173.0
