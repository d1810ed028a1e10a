"""Plans to begin at: nothing that is brought is lost, what is broken is mended, what is no plan is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

import territory_geo as tg

COLUMNS = 8


def strips(units: tg.BasicUnits, k: int, names: str = "T{:02d}") -> pd.Series:
    """Return labels in upright strips of a grid of `COLUMNS` columns, which is one piece each."""
    column = (units.frame.geometry.x / 1000.0).round().to_numpy().astype(int)
    return pd.Series([names.format(1 + c * k // COLUMNS) for c in column], index=units.ids)


@pytest.fixture(scope="module")
def question(grid):
    """Four rows of eight units, to be divided into four territories."""
    units, graph = grid(4, COLUMNS)

    def ask(**options):
        return tg.TerritoryProblem(units, graph, n_territories=4, balance={"load": 0.3}, **options)

    return ask


def objective(problem: tg.TerritoryProblem, labels: pd.Series) -> float:
    return tg.TerritoryPlan(problem, labels).metrics["travel"]["objective"]


def test_what_keeps_the_rules_is_never_lost(question):
    problem = question()
    best = tg.solve(problem, seed=0)
    worth = best.objective
    for seed in range(4):
        again = tg.solve(problem, initial_plan=best.plan, stop=tg.MaxIterations(1), seed=seed)
        assert again.objective <= worth * (1 + 1e-12)
        assert again.plan.provenance["initial_plans"] == [
            {"used": True, "repaired_units": 0, "objective": pytest.approx(worth), "missed": 0.0}
        ]
        assert again.history["stage"].iloc[0] == "initial plan"


def test_the_first_plan_within_all_rules_is_the_one_brought(question):
    problem = question()
    start = strips(problem.units, 4)
    found = tg.solve(problem, initial_plan=start, stop=tg.FirstFeasible())
    assert (found.plan.labels == start).all()
    assert found.iterations == 0


def test_without_contiguity_and_under_rules_nothing_is_lost_either(question, grid):
    units, _ = grid(4, COLUMNS)
    rules = [tg.Together(["a00", "a11"]), tg.Apart(["a30", "a37"]), tg.Lock(["a00"], "T01"), tg.MaxRadius(km=3.5)]
    start = strips(units, 4)
    for asked in (
        question(constraints=rules),
        tg.TerritoryProblem(units, None, n_territories=4, balance={"load": 0.3}),
        tg.TerritoryProblem(units, None, n_territories=4, balance={"load": 0.3}, constraints=rules),
        question(objective=tg.Travel(center="centroid")),
    ):
        found = tg.solve(asked, initial_plan=start, stop=tg.MaxIterations(1))
        assert found.plan is not None
        assert found.objective <= objective(asked, start) * (1 + 1e-12)


def test_under_the_exact_model_the_start_is_what_it_has_to_beat(grid):
    units, graph = grid(2, COLUMNS)
    problem = tg.TerritoryProblem(units, graph, n_territories=4, balance={"load": 0.01})
    best = tg.solve(problem)
    assert best.status == "optimal"
    for start in (best.plan, strips(units, 4)):
        again = tg.solve(problem, initial_plan=start, stop=tg.MaxIterations(2))
        assert again.status == "optimal"
        assert again.objective == pytest.approx(best.objective)


def test_the_best_of_several_is_kept_and_the_same_comes_out_again(question):
    problem = question()
    good = tg.solve(problem, seed=0).plan
    poor = strips(problem.units, 4)
    runs = [
        tg.solve(problem, initial_plan=[start, good.labels.to_dict()], stop=tg.MaxIterations(3), seed=5)
        for start in (poor, poor.sample(frac=1.0, random_state=1))
    ]
    assert (runs[0].plan.labels == runs[1].plan.labels).all()
    assert runs[0].objective <= objective(problem, good.labels)
    assert len(runs[0].plan.provenance["initial_plans"]) == 2
    with ThreadPoolExecutor(2) as pool:
        shared = tg.solve(problem, initial_plan=[poor, good], stop=tg.MaxIterations(2), executor=pool, starts=2, seed=5)
    assert shared.objective <= objective(problem, good.labels)


def test_pieces_are_joined_and_locked_units_brought_home(question):
    problem = question(constraints=[tg.Lock(["a00", "a10"], "T04")])
    torn = strips(problem.units, 4)
    torn[["a15", "a26"]] = "T01"
    found = tg.solve(problem, initial_plan=torn, stop=tg.MaxIterations(3))
    assert found.plan is not None
    assert found.plan.labels[["a00", "a10"]].eq("T04").all()
    assert found.plan.provenance["initial_plans"][0]["repaired_units"] >= 3


@pytest.mark.parametrize("k", [2, 3, 6])
def test_another_number_of_territories_is_a_start_too(question, k):
    start = strips(question().units, 8 if k == 6 else k)
    found = tg.solve(question(), initial_plan=start, stop=tg.MaxIterations(5))
    assert found.plan is not None
    assert found.plan.provenance["initial_plans"][0]["used"]


def test_ids_that_are_known_keep_their_territory_and_others_go_where_they_suit(question, grid):
    units, graph = grid(4, COLUMNS)
    at = {"w": 7000.0, "x": 5000.0, "y": 3000.0, "z": 0.0}
    reps = tg.read_reps(pd.DataFrame({"rep_id": list(at), "lon": list(at.values()), "lat": 0.0}), crs=None)
    problem = tg.TerritoryProblem(
        units, graph, balance={"load": 0.3}, reps=reps, objective=tg.Travel(center="home")
    )  # fmt: skip
    start = strips(units, 4)
    found = tg.solve(problem, initial_plan=start, stop=tg.FirstFeasible())
    assert found.plan.labels[["a00", "a02", "a04", "a06"]].tolist() == ["z", "y", "x", "w"]
    crossed = start.map({"T01": "w", "T02": "strange", "T03": "x", "T04": "z"})
    found = tg.solve(problem, initial_plan=crossed, stop=tg.FirstFeasible())
    assert found.plan.labels[["a00", "a02", "a04", "a06"]].tolist() == ["w", "y", "x", "z"]


def test_a_start_that_balance_forbids_is_mended(question):
    problem = question()
    lopsided = strips(problem.units, 4)
    lopsided[lopsided == "T02"] = "T01"
    lopsided["a07"] = "T02"
    found = tg.solve(problem, initial_plan=lopsided, stop=tg.MaxIterations(30))
    assert found.status in ("feasible", "optimal")
    record = found.plan.provenance["initial_plans"][0]
    assert record["missed"] > 0


def test_where_no_plan_exists_a_start_does_not_hide_it(question):
    problem = question(constraints=[tg.AccountRange(20, 30)])
    found = tg.solve(problem, initial_plan=strips(problem.units, 4))
    assert found.status == "infeasible"
    assert found.plan is None


BAD = [
    (lambda s: s.drop(["a00", "a01"]), tg.DataError, "leaves out the units a00, a01"),
    (lambda s: pd.concat([s, pd.Series({"zz": "T01"})]), tg.DataError, "names unit zz, no unit"),
    (lambda s: s.rename({"a00": "b"}), tg.DataError, "leaves out unit a00 and names unit b, no unit"),
    (lambda s: pd.concat([s, s.iloc[:1]]), tg.DataError, "gives unit a00 more than one territory"),
    (lambda s: s.where(s.index != "a01"), tg.DataError, "gives unit a01 no territory"),
    (lambda s: [s, s.drop("a00")], tg.DataError, r"\(initial_plan\[1\]\) leaves out unit a00"),
    (lambda s: "plan", tg.OptionError, "Got str instead"),
    (lambda s: s.to_frame(), tg.OptionError, "Got DataFrame instead"),
    (lambda s: [s, 7], tg.OptionError, r"initial_plan\[1\]' parameter must be a TerritoryPlan"),
]


@pytest.mark.parametrize(("spoiled", "error", "message"), BAD)
def test_what_is_no_plan_of_these_units_is_named(question, spoiled, error, message):
    problem = question()
    with pytest.raises(error, match=message):
        tg.solve(problem, initial_plan=spoiled(strips(problem.units, 4)))
