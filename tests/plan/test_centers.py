"""Where trips start: units, centroids and homes; what is measured: straight lines or a table."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.plan import metrics


def grid(n: int = 4) -> tuple[tg.BasicUnits, tg.ContiguityGraph]:
    """Units on an n x n grid of kilometre steps with loads 1, 2, 3, 1, 2, 3, …"""
    cells = [(r, c) for r in range(n) for c in range(n)]
    table = pd.DataFrame(
        {
            "id": [f"u{r}{c}" for r, c in cells], "x": [1000.0 * c for _, c in cells],
            "y": [-1000.0 * r for r, _ in cells], "load": [1.0 + (r + c) % 3 for r, c in cells],
        }
    )  # fmt: skip
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    edges = [(f"u{r}{c}", f"u{r}{c + 1}") for r, c in cells if c + 1 < n]
    edges += [(f"u{r}{c}", f"u{r + 1}{c}") for r, c in cells if r + 1 < n]
    return units, tg.ContiguityGraph.from_edges(units, pd.DataFrame(edges, columns=["u", "v"]))


def two_reps(hours: tuple[float, float] = (1600, 800)) -> tg.Reps:
    table = pd.DataFrame(
        {"rep_id": ["west", "east"], "x": [-500.0, 3200.0], "y": [0.0, -3000.0], "capacity_hours": hours}
    )
    return tg.read_reps(table, crs=None)


def matrix_of(units: tg.BasicUnits, places: dict[str, tuple[float, float]] | None = None) -> tg.DistanceMatrix:
    """City blocks instead of straight lines, and longer on the way back."""
    xy = np.vstack([units.xy, *(places or {}).values()]) / 1000.0
    apart = np.abs(xy[:, None] - xy[None]).sum(axis=2)
    there = apart * np.where(np.tri(len(xy), k=-1), 1.2, 1.0)
    ids = [*units.ids, *(places or {})]
    order = np.random.default_rng(0).permutation(len(ids))
    return tg.DistanceMatrix([ids[i] for i in order], there[np.ix_(order, order)])


def brute_force(problem: tg.TerritoryProblem) -> float:
    """The least travel over all ways to label at most 9 units in two territories; in pieces and in balance."""
    best, n = np.inf, len(problem.units)
    for codes in itertools.product(range(2), repeat=n):
        labels = np.array(codes)
        if len(set(codes)) < 2:
            continue
        plan = tg.TerritoryPlan.from_codes(problem, labels, {})
        if plan.verify().ok:
            best = min(best, plan.metrics["travel"]["objective"])
    return best


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("center", ["unit", "centroid", "home"])
@pytest.mark.parametrize("table", [False, True])
def test_solve_finds_the_best_plan(center, table, power):
    units, graph = grid(3)
    reps = two_reps() if center == "home" else None
    distance = matrix_of(units, {"west": (-500.0, 0.0), "east": (3200.0, -3000.0)}) if table else tg.Planar(1.3)
    if table and center == "centroid":
        with pytest.raises(tg.OptionError, match="no way to a centroid"):
            tg.Travel(distance=distance, center=center)
        return
    problem = tg.TerritoryProblem(
        units, graph, n_territories=2, balance={"load": 0.25}, reps=reps,
        objective=tg.Travel(distance=distance, power=power, center=center),
    )  # fmt: skip
    solution = tg.solve(problem, seed=1)
    assert solution.plan is not None
    assert solution.plan.verify().ok
    best = brute_force(problem)
    assert solution.objective == pytest.approx(best, rel=1e-9)
    assert solution.bound is not None
    assert 0 < solution.bound <= best * (1 + 1e-9)
    assert solution.bound_kind


def test_half_the_hours_half_the_load():
    units, graph = grid(6)
    problem = tg.TerritoryProblem(units, graph, balance={"load": 0.02}, reps=two_reps())
    assert problem.n_territories == 2
    assert problem.named_territories == ("east", "west")
    lower, target, upper = problem.bounds("load")
    assert target == pytest.approx([24, 48])
    assert lower == pytest.approx([23.52, 47.04])
    assert upper == pytest.approx([24.48, 48.96])
    solution = tg.solve(problem)
    assert solution.plan is not None
    assert solution.plan.territory_ids == ["east", "west"]
    assert solution.plan.territories["load"].tolist() == [24, 48]
    assert solution.plan.territories["load_target"].tolist() == [24, 48]
    assert solution.plan.metrics["balance"]["load"]["max_deviation"] == pytest.approx(0)
    swapped = tg.TerritoryPlan(problem, solution.plan.labels.map({"east": "west", "west": "east"}))
    assert "east holds 48, allowed 23.52 to 24.48" in " ".join(swapped.verify().failures)


def test_a_territory_that_is_no_reps_fails_the_check():
    units, graph = grid(3)
    problem = tg.TerritoryProblem(units, graph, balance={"load": 1.0}, reps=two_reps())
    labels = pd.Series(["east"] * 5 + ["north"] * 4, index=units.frame.index)
    assert not tg.TerritoryPlan(problem, labels).verify().passed("reps")


def test_where_centres_are():
    units, graph = grid(3)
    halves = np.array([0] * 3 + [1] * 6)
    xy = units.xy

    def centers(center, reps=None):
        problem = tg.TerritoryProblem(
            units, graph, n_territories=2, balance={"load": 1.0}, reps=reps, objective=tg.Travel(center=center)
        )
        return problem, metrics.centers_of(problem, halves)

    _, found = centers("unit")
    assert [units.ids[i] for i in found.unit] == ["u01", "u11"]
    problem, found = centers("centroid")
    assert found.unit.tolist() == [-1, -1]
    assert found.xy[0] == pytest.approx(np.average(xy[:3], axis=0, weights=[1, 2, 3]))
    plan = tg.TerritoryPlan.from_codes(problem, halves, {})
    by_hand = [np.average(np.hypot(*(xy[:3] - found.xy[0]).T), weights=[1, 2, 3]) / 1000]
    assert plan.territories["travel_km"].iloc[0] == pytest.approx(by_hand[0])
    assert set(plan.territories["center"]) == {"centroid"}
    problem, found = centers("home", two_reps())
    assert found.xy.tolist() == [[3200.0, -3000.0], [-500.0, 0.0]]
    plan = tg.TerritoryPlan.from_codes(problem, halves, {})
    assert set(plan.territories["center"]) == {"home"}


def test_a_centroid_on_the_globe_is_on_its_surface():
    table = pd.DataFrame({"id": ["a", "b"], "lon": [179.0, -179.0], "lat": [60.0, 60.0], "load": [1.0, 1.0]})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table), measures=["load"])
    problem = tg.TerritoryProblem(units, n_territories=1, balance={"load": 1.0}, objective=tg.Travel(center="centroid"))
    lon, lat = metrics.centers_of(problem, np.zeros(2, int)).xy[0]
    assert abs(lon) == pytest.approx(180)
    # Halfway along the great circle, a little north of the parallel.
    assert lat == pytest.approx(np.degrees(np.arctan(np.tan(np.radians(60)) / np.cos(np.radians(1)))))


def test_what_reps_must_fit():
    units, graph = grid(3)
    reps, balance = two_reps(), {"load": 0.3}
    with pytest.raises(tg.OptionError, match="There are 2 reps for 3 territories"):
        tg.TerritoryProblem(units, graph, n_territories=3, balance=balance, reps=reps)
    with pytest.raises(tg.OptionError, match="The constraints name North: no rep has such an id"):
        tg.TerritoryProblem(units, graph, balance=balance, reps=reps, constraints=[tg.Lock("u00", "North")])
    with pytest.raises(tg.OptionError, match="Travel from home needs homes"):
        tg.TerritoryProblem(units, graph, n_territories=2, balance=balance, objective=tg.Travel(center="home"))
    abroad = tg.read_reps(pd.DataFrame({"rep_id": ["a", "b"], "lon": [1.0, 2.0], "lat": [3.0, 4.0]}))
    with pytest.raises(tg.OptionError, match="homes are in degrees, the units in a plane"):
        tg.TerritoryProblem(units, graph, balance=balance, reps=abroad)
    with pytest.raises(tg.OptionError, match="'center' parameter of Travel must be one of"):
        tg.Travel(center="office")
    matrix = matrix_of(units)
    with pytest.raises(tg.DataError, match="lacks 2 reps, such as east, west"):
        tg.TerritoryProblem(
            units, graph, balance=balance, reps=reps, objective=tg.Travel(distance=matrix, center="home")
        )
    with pytest.raises(tg.DataError, match=r"No rep has the role 'pilot'\. Roles: ae, tr"):
        tg.read_reps(
            pd.DataFrame({"rep_id": ["a", "b"], "lon": [1.0, 2.0], "lat": [3.0, 4.0], "role": ["ae", "tr"]})
        ).with_role("pilot")


def test_locks_to_reps_are_kept():
    units, graph = grid(4)
    problem = tg.TerritoryProblem(
        units, graph, balance={"load": 0.3}, reps=two_reps((1, 1)), constraints=[tg.Lock("u33", "west")],
        objective=tg.Travel(center="home"),
    )  # fmt: skip
    plan = tg.solve(problem).plan
    assert plan is not None
    assert plan.labels["u33"] == "west"


def test_a_plan_with_reps_and_a_table_is_saved_and_loaded(tmp_path):
    units, graph = grid(4)
    matrix = matrix_of(units, {"west": (-500.0, 0.0), "east": (3200.0, -3000.0)})
    problem = tg.TerritoryProblem(
        units, graph, balance={"load": 0.3}, reps=two_reps(), objective=tg.Travel(distance=matrix, center="home")
    )
    plan = tg.solve(problem).plan
    assert plan is not None
    plan.save(tmp_path / "plan")
    again = tg.load_plan(tmp_path / "plan")
    assert again.labels.tolist() == plan.labels.tolist()
    assert again.metrics == plan.metrics
    assert again.verify().ok
    plan.write(tmp_path / "written")
    assert (tmp_path / "written" / "map.html").exists()
