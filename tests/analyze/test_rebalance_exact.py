"""A rep leaves, two join, two forces merge: only neighbours change, and on small cases nothing shorter can be found.

The least travel is known from all ways to share the accounts, by code that shares nothing with the search.
"""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError

STOP = tg.MaxIterations(5)
X = np.array([0, 9, 21, 30, 44, 50, 61, 75, 80, 93, 99, 110]) * 1e3


def row_of(owner: str, *, x: np.ndarray = X, ids: str = "abcdefghijkl", tolerance: float = 0.34) -> tg.TerritoryPlan:
    """Accounts along a road, one visit each; a letter each says who has them."""
    table = pd.DataFrame(
        {"id": list(ids[: len(owner)]), "x": x[: len(owner)], "y": 0.0, "visits": 1.0, "revenue": 10.0}
    )
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits", "revenue"])
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=len(set(owner)), balance={"visits": tolerance},
        objective=tg.Travel(weight=None),
    )  # fmt: skip
    return tg.TerritoryPlan(problem, pd.Series(list(owner), index=units.ids))


def reps(*homes: tuple[str, float]) -> tg.Reps:
    table = pd.DataFrame(homes, columns=["rep_id", "lon"]).assign(lat=0.0)
    return tg.read_reps(table, crs=None)


def shortest(owner, movers, x, *, most, tolerance=0.34, kept=()):
    """Return the least travel in km to the best account of each territory, over all ways to share; None without any.

    `owner` has "" for accounts of nobody; only they and accounts of `movers`, who lie side by side, may change, at most
    `most` of the latter; `kept` are (account, territory). Movers are balanced among each other, each has one run along
    the road: all orders of movers and all places to cut are tried.
    """
    owner = np.array(list(owner), dtype=object)
    free = [i for i in np.argsort(x) if owner[i] in (*movers, "")]
    away = np.abs(x[:, None] - x) / 1000
    target = len(free) / len(movers)
    best = None
    for names, cuts in product(permutations(movers), combinations(range(1, len(free)), len(movers) - 1)):
        sizes = np.diff([0, *cuts, len(free)])
        labels = owner.copy()
        labels[free] = np.repeat(np.array(names, dtype=object), sizes)
        if (np.abs(sizes - target) > tolerance * target + 1e-9).any():
            continue
        if sum(owner[i] not in ("", labels[i]) for i in free) > most or any(labels[i] != t for i, t in kept):
            continue
        travel = sum(away[np.ix_(labels == t, labels == t)].sum(axis=0).min() for t in set(labels))
        best = travel if best is None else min(best, travel)
    return best


def test_a_rep_leaves_and_the_neighbours_take_over_the_shortest_way():
    plan = row_of("AAABBBCCCDDD")
    found = tg.reassign(plan, "B", stop=STOP)
    assert found.neighbours == ("A", "C")
    today = ["A"] * 3 + [""] * 3 + ["C"] * 3 + ["D"] * 3
    known = shortest(today, "AC", X, most=0)
    assert found.plan.metrics["travel"]["objective"] == pytest.approx(known)
    assert found.plan.verify().ok
    assert found.plan.labels.iloc[9:].tolist() == ["D"] * 3


def test_a_budget_lets_neighbours_pass_accounts_on():
    plan = row_of("AAAABBBCCCDD", tolerance=0.2)
    alone = tg.reassign(plan, "D", stop=STOP)
    assert alone.neighbours == ("C",)
    assert (alone.plan.labels == "C").sum() == 5
    two = tg.reassign(plan, "B", disruption={"accounts": 0.2}, stop=STOP)
    today = ["A"] * 4 + [""] * 3 + ["C"] * 3 + ["D"] * 2
    assert two.plan.metrics["travel"]["objective"] == pytest.approx(shortest(today, "AC", X, most=1, tolerance=0.2))


def test_two_join_and_only_neighbours_change():
    plan = row_of("AAABBBBBBDDD", tolerance=0.34)
    found = tg.extend_plan(
        plan, reps=reps(("N", 44e3), ("M", 75e3)), disruption={"accounts": 1.0}, stop=STOP
    )  # fmt: skip
    assert found.neighbours == ("A", "B", "D")
    known = shortest("AAABBBBBBDDD", "ABDMN", X, most=12, kept=[(4, "N"), (7, "M")])
    assert found.plan.metrics["travel"]["objective"] == pytest.approx(known)


def test_two_forces_merge_where_they_meet():
    first, second = row_of("AAABBB"), row_of("CCCDDD", x=X[6:] - 15e3, ids="ghijkl")
    x = np.concatenate([X[:6], X[6:] - 15e3])
    found = tg.merge_forces(first, second, disruption={"accounts": 0.5}, stop=STOP)
    assert found.neighbours == ("B", "C")
    known = shortest("AAABBBCCCDDD", "BC", x, most=6)
    assert found.plan.metrics["travel"]["objective"] == pytest.approx(known)
    labels = found.plan.labels
    assert "".join(labels[["a", "b", "c", "j", "k", "l"]]) == "AAADDD"
    assert found.plan.verify().ok
    table = found.changes()
    assert table.loc[["A", "D"], ["came", "gone"]].to_numpy().sum() == 0


def test_forces_over_the_same_ground_are_disentangled_within_the_budget():
    mixed = np.array([0, 20, 40, 60, 80, 100]) * 1e3
    first, second = row_of("AAABBB", x=mixed), row_of("CCCDDD", x=mixed + 9e3, ids="ghijkl")
    found = tg.merge_forces(first, second, disruption={"accounts": 0.6}, stop=STOP)
    x = np.concatenate([mixed, mixed + 9e3])
    assert found.plan.metrics["travel"]["objective"] == pytest.approx(shortest("AAABBBCCCDDD", "ABCD", x, most=7))
    none = tg.merge_forces(first, second, disruption={"accounts": 0.1}, stop=STOP)
    assert none.plan is None
    assert none.reason


def test_an_account_of_both_forces_counts_as_one_of_the_first():
    first, second = row_of("AAABBB"), row_of("CCCDDD", x=X[5:11], ids="fghijk")
    found = tg.merge_forces(first, second, disruption={"accounts": 0.0}, stop=STOP)
    assert len(found.before.problem.units) == 11
    assert found.before.labels["f"] == "B"
    assert found.plan.labels.equals(found.before.labels)


def test_what_cannot_be_merged_is_said():
    first = row_of("AAABBB")
    with pytest.raises(OptionError, match="Both plans have a territory 'A'"):
        tg.merge_forces(first, row_of("AAADDD", x=X[6:], ids="ghijkl"), disruption={"accounts": 0.1})
    second = row_of("CCCDDD", x=X[6:], ids="ghijkl")
    with pytest.raises(DataError, match="lack 6 accounts of the plans, such as a"):
        tg.merge_forces(first, second, units=second.problem.units, disruption={"accounts": 0.1})
