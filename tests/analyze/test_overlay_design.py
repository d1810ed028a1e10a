"""Overlays designed over a plan: by hand on a line, against trying everything, and why there is none."""

from __future__ import annotations

from itertools import product
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.plan.verify import Verification, check_nested

KM = 1000.0


def plan_of(table: pd.DataFrame, **options: Any) -> tg.TerritoryPlan:
    """Return the plan that the column `owner` says, of accounts on a plane; `x` and `y` are km."""
    table = table.assign(x=table["x"] * KM, y=table["y"] * KM)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["hours"])
    graph = tg.ContiguityGraph.from_units(units) if options.pop("contiguous", True) else None
    owner = table.set_index("id")["owner"]
    problem = tg.TerritoryProblem(
        units, graph, n_territories=owner.nunique(), balance={"hours": tg.Bounds(0, 1e9)}, **options
    )
    return tg.TerritoryPlan(problem, owner)


def line(hours: list[float], **columns: Any) -> tg.TerritoryPlan:
    """Return territories A, B, C, … in a row, one account each, 10 km apart."""
    n = len(hours)
    table = pd.DataFrame({"id": [f"u{i}" for i in range(n)], "x": np.arange(n) * 10.0, "y": 0.0, "hours": hours})
    return plan_of(table.assign(owner=[chr(65 + i) for i in range(n)], **columns))


def groups(overlay: tg.OverlaySolution) -> set[str]:
    return {"".join(sorted(held)) for _, held in overlay.partners.groupby("specialist")["generalist"]}


def test_six_in_a_row_by_hand() -> None:
    overlay = tg.design_overlay(line([1] * 6), n_territories=2, balance={"hours": 0.1})
    # ABC and DEF are the only ones of three each; from B and E each neighbour is 10 km away.
    assert groups(overlay) == {"ABC", "DEF"}
    assert (overlay.status, overlay.objective, overlay.gap) == (tg.Status.OPTIMAL, 40.0, 0.0)
    assert overlay.plan.metrics["travel"]["objective"] == pytest.approx(40.0)
    assert overlay.plan.territory_ids == ["S01", "S02"]
    assert overlay.verify().passed("nested")
    # Three of two each travel 10 km per pair.
    pairs = tg.design_overlay(line([1] * 6), n_territories=3, balance={"hours": 0.1}, span=(2, 2))
    assert (groups(pairs), pairs.objective) == ({"AB", "CD", "EF"}, 30.0)


def test_balance_costs_travel() -> None:
    base = line([5, 1, 1, 1, 1, 1])
    free = tg.design_overlay(base, n_territories=2, balance={"hours": 1.0}, span=(1, 5))
    held = tg.design_overlay(base, n_territories=2, balance={"hours": 0.0}, span=(1, 5))
    assert groups(held) == {"A", "BCDEF"}
    assert held.objective == 60.0  # from D: 20, 10, 10, 20
    # Out of bounds it would be cheaper: AB and CDEF travel 10 + 40.
    assert free.objective == 50.0
    assert groups(free) in ({"AB", "CDEF"}, {"ABC", "DEF"})


def test_only_accounts_with_the_product_count() -> None:
    base = line([4, 9, 4, 4, 9, 4], product_line=["pumps", "", "Pumps; valves", "pumps", "valves", "pumps"])
    overlay = tg.design_overlay(base, n_territories=2, products="pumps", balance={"hours": 0.0})
    assert overlay.plan.problem.units.frame["hours_pumps"].tolist() == [4, 0, 4, 4, 0, 4]
    assert overlay.plan.territories["hours_pumps"].tolist() == [8, 8]
    # u1 and u4 have no pumps: nobody travels there, and the best unit is not theirs alone.
    assert overlay.objective == 8 * 10 * 2
    assert overlay.owners.to_dict() == {"u0": "S01", "u2": "S01", "u3": "S02", "u5": "S02"}
    assert overlay.partners["accounts"].tolist() == [1, 0, 1, 1, 0, 1]
    assert overlay.partners["share"].tolist() == [1.0] * 6


def test_specialists_with_homes_and_hours() -> None:
    """P, with two thirds of the hours, lives in the east; without homes the heavy part would be anyone's."""
    people = pd.DataFrame({"rep_id": ["P", "Q"], "lon": [50 * KM, 0.0], "lat": 0.0, "capacity_hours": [400, 200]})
    reps = tg.read_reps(people, crs=None)
    overlay = tg.design_overlay(line([1] * 6), reps=reps, balance={"hours": 0.0}, span=(2, 4))
    assert overlay.plan.labels.to_dict() == {"u0": "Q", "u1": "Q", "u2": "P", "u3": "P", "u4": "P", "u5": "P"}
    assert overlay.objective == pytest.approx(10 + 30 + 20 + 10)
    assert overlay.verify().ok


def random_base(seed: int, *, contiguous: bool = True) -> tg.TerritoryPlan:
    """Return 24 accounts in seven territories, those nearest to seven seeds, joined by cells."""
    random = np.random.default_rng(seed)
    xy, seeds = random.uniform(0, 100, (24, 2)), random.uniform(0, 100, (7, 2))
    nearest = np.linalg.norm(xy[:, None] - seeds[None], axis=2).argmin(axis=1)
    table = pd.DataFrame({"id": [f"u{i:02d}" for i in range(24)], "x": xy[:, 0], "y": xy[:, 1]})
    table = table.assign(hours=random.integers(1, 9, 24) * 1.0, owner=[f"G{t}" for t in nearest])
    return plan_of(table, contiguous=contiguous)


def best_by_trying_all(base: tg.TerritoryPlan, count: int, tolerance: float, span: tuple[int, int]) -> float | None:
    """Return the least travel over all ways to give whole territories to `count` specialists."""
    problem, names = base.problem, base.territory_ids
    edges = [] if problem.graph is None else problem.graph.pairs
    whole = nx.Graph(list(map(tuple, edges)))
    whole.add_nodes_from(range(24))
    ways = np.linalg.norm(problem.units.xy[:, None] - problem.units.xy[None], axis=2) / KM
    hours = problem.units.frame["hours"].to_numpy()
    target, best = hours.sum() / count, None
    for labels in product(range(count), repeat=len(names)):
        total = 0.0
        for s in range(count):
            mine = np.flatnonzero(np.isin(base.codes, [g for g, label in enumerate(labels) if label == s]))
            if not span[0] <= labels.count(s) <= span[1] or abs(hours[mine].sum() - target) > tolerance * target + 1e-9:
                break
            if problem.graph is not None and not nx.is_connected(whole.subgraph(mine.tolist())):
                break
            total += (hours[mine][:, None] * ways[np.ix_(mine, mine)]).sum(axis=0).min()
        else:
            best = total if best is None else min(best, total)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_as_good_as_the_best_of_all_ways(seed: int) -> None:
    base = random_base(seed, contiguous=seed != 5)
    if base.problem.graph is not None and not base.verify().passed("one piece"):
        pytest.fail("the case is none: a territory is in pieces")
    count, span = (2, (2, 5)) if seed % 2 else (3, (1, 4))
    known = best_by_trying_all(base, count, 0.25, span)
    found = tg.design_overlay(base, n_territories=count, balance={"hours": 0.25}, span=span)
    if known is None:
        assert found.status is tg.Status.INFEASIBLE
        assert found.reason
    else:
        assert found.status is tg.Status.OPTIMAL
        assert found.objective == pytest.approx(known)
        assert found.plan.metrics["travel"]["objective"] == pytest.approx(known)
        assert found.verify().ok


def test_numbers_that_cannot_be_shared_out() -> None:
    overlay = tg.design_overlay(line([1] * 6), n_territories=4, balance={"hours": 0.5})
    assert overlay.status is tg.Status.INFEASIBLE
    assert overlay.reason == "4 specialists with 2 to 3 territories each share 8 to 12, but there are 6"
    assert overlay.remedies == ("2 to 3 specialists", "1 to 2 territories for each")
    with pytest.raises(tg.DataError, match="There is no overlay: 4 specialists"):
        _ = overlay.partners


def test_why_there_is_none_and_what_would_do() -> None:
    overlay = tg.design_overlay(line([5, 1, 1, 1, 1, 1, 1]), n_territories=3, balance={"hours": 0.3})
    assert overlay.reason == "A alone holds 5 hours, allowed are 2.56667 to 4.76667 hours"
    # AB CD EFG: 6, 2 and 3, and the mean is 3.67.
    assert overlay.remedies[0] == "hours ±63.7 % instead of ±30 %"
    wider = tg.design_overlay(line([5, 1, 1, 1, 1, 1, 1]), n_territories=3, balance={"hours": 0.637})
    assert wider.plan is not None
    # A and B are five: too many for one of two, and A has no other neighbour. C, D and E are too few.
    pair = tg.design_overlay(line([3, 2, 1, 1, 1]), n_territories=2, balance={"hours": 0.2})
    words = "A, E are in no set of 2 to 3 neighbours within 3.2 to 4.8 hours; the nearest of A is A + B with 5"
    assert pair.reason == words
    none = tg.design_overlay(line([5, 1, 1, 1, 1, 1]), n_territories=2, balance={"hours": 0.1}, span=(3, 3))
    assert none.reason == "no set of 3 neighbours is within 4.5 to 5.5 hours; the nearest is A + B + C with 7"
    # AB, CD and EF hold 6, 2 and 2; one and five, 5 and 5.
    assert none.remedies[0] == "hours ±40 % instead of ±10 %"


def test_another_number_or_span_would_do() -> None:
    overlay = tg.design_overlay(line([2, 2, 2, 2, 2, 2]), n_territories=4, balance={"hours": 0.1}, span=(1, 2))
    # Two of two and two of one: 4, 4, 2 and 2. Three or six would be even.
    assert overlay.remedies == ("hours ±33.4 % instead of ±10 %", "3 specialists instead of 4")
    heavy = tg.design_overlay(line([4, 1, 1, 1, 1]), n_territories=2, balance={"hours": 0.0}, span=(2, 3))
    assert "1 to 4 territories for each instead of 2 to 3" in heavy.remedies


def test_sets_that_fit_but_do_not_cover() -> None:
    """Pairs are within bounds, single ones are not, and five are no pairs."""
    overlay = tg.design_overlay(line([1] * 5), n_territories=3, balance={"hours": 0.25}, span=(1, 2))
    assert overlay.reason == (
        "each of the 5 territories is in some set of 1 to 2 neighbours within bounds, but no 3 of these sets hold each "
        "territory once"
    )
    assert overlay.remedies == ("hours ±40 % instead of ±25 %", "5 specialists instead of 3")


def test_territories_that_are_not_neighbours() -> None:
    """Two pairs far apart: no three of them are in one piece."""
    table = pd.DataFrame({"id": list("abcd"), "x": [0.0, 1, 50, 51], "y": 0.0, "hours": 1.0, "owner": list("ABCD")})
    base = plan_of(table, contiguous=False)
    units = base.problem.units
    graph = tg.ContiguityGraph.from_edges(units, pd.DataFrame({"u": ["a", "c"], "v": ["b", "d"]}))
    problem = tg.TerritoryProblem(units, graph, n_territories=4, balance={"hours": tg.Bounds(0, 9)})
    parted = tg.TerritoryPlan(problem, base.labels)
    overlay = tg.design_overlay(parted, n_territories=2, balance={"hours": 1.0}, span=(1, 3))
    assert groups(overlay) == {"AB", "CD"}
    none = tg.design_overlay(parted, n_territories=1, balance={"hours": 1.0}, span=(4, 4))
    assert none.reason == "A has too few neighbours: it is in no set of 4 that is in one piece"
    assert none.remedies == ()


def test_borders_are_cut_where_it_pays() -> None:
    """One rep has both ends of the line: whole, the two specialists differ by far; cut, each has one end."""
    table = pd.DataFrame({"id": [f"u{i}" for i in range(6)], "x": np.arange(6) * 10.0, "y": 0.0, "hours": 1.0})
    base = plan_of(table.assign(owner=["A", "A", "B", "B", "C", "C"]))
    asked: dict[str, Any] = {"n_territories": 2, "balance": {"hours": 0.0}}
    nested = tg.design_overlay(base, **asked, span=(1, 2))
    assert nested.status is tg.Status.INFEASIBLE  # B is one third of all: whole, it fits to neither half
    cut = tg.design_overlay(base, **asked, split_cost=0.5)
    assert cut.plan.labels.tolist() == ["S01"] * 3 + ["S02"] * 3
    table = cut.partners.set_index(["specialist", "generalist"])
    assert table["share"].to_dict() == {
        ("S01", "A"): 1.0, ("S01", "B"): 0.5, ("S02", "B"): 0.5, ("S02", "C"): 1.0
    }  # fmt: skip
    assert cut.plan.constraints()["value"].tolist() == ["1 further territories"]
    # Where whole ones are within bounds, the price decides: 10 km are saved, of six accounts, by each cut.
    uneven = plan_of(pd.DataFrame({"id": list("abcdef"), "x": [0.0, 10, 20, 80, 90, 100], "y": 0.0, "hours": 1.0,
                                   "owner": ["A", "A", "B", "B", "C", "C"]}))  # fmt: skip
    dear, cheap = (
        tg.design_overlay(uneven, n_territories=2, balance={"hours": 0.4}, split_cost=cost) for cost in (99.0, 0.1)
    )
    assert dear.plan.labels.tolist() in ([*["S01"] * 2, *["S02"] * 4], [*["S01"] * 4, *["S02"] * 2])
    assert cheap.plan.labels.tolist() == ["S01"] * 3 + ["S02"] * 3


def test_it_goes_into_the_check_without_a_conflict() -> None:
    base = line([4, 9, 4, 4, 9, 4], product_line=["pumps"] * 6)
    overlay = tg.design_overlay(base, n_territories=2, products="pumps", balance={"hours": 0.0})
    generalists = pd.DataFrame({"rep_id": list("ABCDEF"), "lon": 1.0, "lat": 0.0, "skills": "valves"})
    direct = tg.SalesForce(
        "direct", base.accounts.set_index("id")["territory"], tg.read_reps(generalists), direct=True
    )  # fmt: skip
    report = tg.check_overlays(
        base.problem.units.members.drop(columns="geometry"), [direct, overlay.sales_force("pumps")], nested=["pumps"]
    )
    assert report.conflicts.empty
    assert report.uncovered.empty
    other = tg.check_overlays(
        base.problem.units.members.drop(columns="geometry"), [direct, overlay.sales_force("pumps")], span=(1, 2)
    )
    assert set(other.conflicts["kind"]) == {"span"}


def test_generalists_without_the_product_are_partners_too() -> None:
    base = line([4, 9, 4, 4, 9, 4], product_line=["pumps", "valves", "pumps", "pumps", "valves", "pumps"])
    overlay = tg.design_overlay(base, n_territories=2, products="pumps", balance={"hours": 0.0})
    generalists = pd.DataFrame({"rep_id": list("ABCDEF"), "lon": 1.0, "lat": 0.0, "skills": "valves"})
    direct = tg.SalesForce(
        "direct", base.accounts.set_index("id")["territory"], tg.read_reps(generalists), direct=True
    )  # fmt: skip
    accounts, force = base.problem.units.members.drop(columns="geometry"), overlay.sales_force("pumps")

    def conflicts(**options: Any) -> list[str]:
        return tg.check_overlays(accounts, [direct, force], nested=["pumps"], **options).conflicts["people"].tolist()

    # B and E have no pumps, and are on the ground of S01 and S02 all the same: three partners each.
    assert conflicts(span=(3, 3)) == []
    assert conflicts(span=(1, 2)) == ["S01;A;B;C", "S02;D;E;F"]
    assert not overlay.sales_force("pumps", sells=False).sells


def test_the_check_sees_what_is_wrong() -> None:
    below = {"a": "A", "b": "A", "c": "B"}

    def failed(owner: dict[str, str], span: tuple[int, int] = (1, 2)) -> list[str]:
        check = Verification()
        check_nested(check, owner, below, span)
        return check.failures

    assert failed({"a": "S", "b": "S", "c": "S"}) == []
    assert failed({"a": "S", "b": "T", "c": "T"}) == ["nested: A lies in S and T"]
    assert failed({"a": "S", "b": "S", "c": "S"}, (1, 1)) == ["span: S holds 2 (A, B), asked are 1 to 1"]
    assert any(text.startswith("nested: B lies in") for text in failed({"a": "S", "b": "S"}))


def test_it_is_saved_and_loaded(tmp_path: Any) -> None:
    base = line([1] * 6, product_line=["pumps"] * 6)
    overlay = tg.design_overlay(base, n_territories=2, products="pumps", balance={"hours": 0.1})
    overlay.plan.save(tmp_path / "overlay")
    again = tg.load_plan(tmp_path / "overlay")
    assert again.verify().ok
    assert again.labels.tolist() == overlay.plan.labels.tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "exactly one of n_territories"),
        ({"n_territories": 2, "span": (3, 2)}, "'span'"),
        ({"n_territories": 2, "span": (0, 2)}, "'span'"),
        ({"n_territories": 2, "split_cost": -1.0}, "'split_cost'"),
        ({"n_territories": 2, "split_cost": 0.5, "span": (2, 3)}, "Leave one of them out"),
        ({"n_territories": 2, "seed": -1}, "'seed'"),
        ({"n_territories": 2, "stop": tg.MaxIterations(1)}, "give split_cost"),
        ({"n_territories": 2, "balance": {"visits": 0.1}}, "no measure 'visits'"),
        ({"n_territories": 2, "balance": {}}, "must name a measure"),
        ({"n_territories": 2, "products": ""}, "must name products"),
        ({"n_territories": 2, "objective": tg.Travel(center="centroid")}, "start at the unit"),
    ],
)
def test_questions_that_cannot_be_asked(options: dict[str, Any], words: str) -> None:
    with pytest.raises(tg.OptionError, match=words):
        tg.design_overlay(line([1] * 6, products="pumps"), **{"balance": {"hours": 0.1}, **options})


def test_data_that_cannot_be_used() -> None:
    asked: dict[str, Any] = {"n_territories": 2, "balance": {"hours": 0.1}}
    with pytest.raises(tg.DataError, match="no column 'products' or 'product_line'"):
        tg.design_overlay(line([1] * 6), **asked, products="pumps")
    with pytest.raises(tg.DataError, match=r"No account has the product 'drives'.*Products: pumps"):
        tg.design_overlay(line([1] * 6, products="pumps"), **asked, products="drives")
    torn = line([1] * 6).move(["u5"], "A")
    with pytest.raises(tg.OptionError, match="not in one piece each"):
        tg.design_overlay(torn, **asked)
    with pytest.raises(tg.OptionError, match="must be a TerritoryPlan"):
        tg.design_overlay(None, **asked)


def test_too_many_sets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("territory_geo.optimize.nested.choice.MOST", 3)
    with pytest.raises(tg.OptionError, match=r"more than 200,000 sets of 2 to 3 neighbouring territories"):
        tg.design_overlay(line([1] * 6), n_territories=2, balance={"hours": 1.0})
