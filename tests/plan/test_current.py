"""Who has what today: read from columns or tables, counted by account, also where units hold several reps' accounts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.plan.matching import best_matching, kept_table


def towns() -> pd.DataFrame:
    """Six accounts on a line; a and b share the place of the first. Nobody has e; R9 of f is gone where reps say so."""
    return pd.DataFrame(
        {
            "id": list("abcdef"),
            "x": [0, 0, 1000, 2000, 3000, 4000],
            "y": [0] * 6,
            "revenue_usd": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0],
            "potential_usd": [1.0] * 6,
            "kind": ["customer", "prospect", "customer", "customer", "customer", "customer"],
            "segment": ["big", "small", "big", "small", "big", None],
            "current_rep": ["R1", "R2", "R1", "R2", None, "R9"],
        }
    )


def reps() -> tg.Reps:
    return tg.read_reps(pd.DataFrame({"rep_id": ["R1", "R2"], "lon": [0, 4000], "lat": [0, 0]}), crs=None)


def problem_of(**change) -> tg.TerritoryProblem:
    units = change.pop("units", None) or tg.BasicUnits.from_accounts(tg.read_accounts(towns(), crs=None), land=None)
    asked = {"n_territories": 2, "balance": {"accounts": 1.0}, "current": "current_rep", **change}
    if asked.get("reps") is not None:
        del asked["n_territories"]
    return tg.TerritoryProblem(units, **asked)


def test_a_unit_holds_accounts_of_several_reps():
    alignment = problem_of(reps=reps()).alignment
    assert (alignment.reps, alignment.gone) == (("R1", "R2"), ("R9",))
    assert alignment.counts() == {"held": 4, "nobody": 1, "gone": 1}
    held = alignment.held(np.ones(6)).toarray()
    assert held.tolist() == [[1, 1], [1, 0], [0, 1], [0, 0], [0, 0]]


def test_without_reps_everybody_of_today_is_there():
    problem = problem_of(n_territories=4)
    assert problem.alignment.reps == ("R1", "R2", "R9") == problem.named_territories
    assert problem.territory_reps.tolist() == [0, 1, 2]
    # Fewer territories than reps of today: which of them stay is not known before the search.
    assert problem_of(n_territories=2).named_territories == ()


@pytest.mark.parametrize(
    ("current", "words"),
    [
        ("owner", "no column 'owner' \\(in current\\).*Columns: id, "),
        (pd.Series({"a": "R1", "zz": "R2"}), "unknown accounts, such as zz"),
        (pd.Series({"a": None}), "names no rep"),
        (pd.Series(["R1", "R2"], index=["a", "a"]), "names a more than once"),
    ],
)
def test_alignments_that_cannot_be_read_are_told(current, words):
    for asked in ({}, {"reps": reps()}):
        with pytest.raises(tg.DataError, match=words):
            problem_of(current=current, **asked)
    with pytest.raises(tg.OptionError, match=r"parameter must be a column.*Got int"):
        problem_of(current=3)


def test_a_table_by_account_and_one_by_unit_are_read():
    by_account = problem_of(current={"a": "R1", "b": "R2"}).alignment
    assert by_account.owner.tolist() == [0, 1, -1, -1, -1, -1]
    # The labels of a plan name every unit, and hold for all of its accounts.
    problem = problem_of(current=None)
    labels = pd.Series(["R1", "R1", "R2", "R2", "R2"], index=problem.units.ids)
    by_unit = problem_of(current=tg.TerritoryPlan(problem, labels).labels).alignment
    assert by_unit.owner.tolist() == [0, 0, 0, 1, 1, 1]


def test_areas_hold_what_their_accounts_hold():
    areas = gpd.GeoDataFrame(
        {"id": ["west", "east", "empty"]},
        geometry=[shapely.box(x0, -500, x1, 500) for x0, x1 in ((-500, 1500), (1500, 5000), (5000, 6000))],
    )
    units = tg.BasicUnits.from_areas(areas, accounts=tg.read_accounts(towns(), crs=None))
    problem = problem_of(units=units, reps=reps(), constraints=[tg.DisruptionBudget(revenue=0.5, accounts=0.5)])
    accounts, revenue = problem.budget_terms
    assert units.ids == ["east", "empty", "west"]
    assert accounts.held.toarray().tolist() == [[0, 1], [0, 0], [2, 1]]
    # Prospects count for accounts, never for revenue: b's 20 are not there.
    assert revenue.held.toarray().tolist() == [[0, 40], [0, 0], [40, 0]]
    assert (revenue.total, revenue.cap) == (80, 40)
    assert revenue.moved(np.array([1, -1, 0])) == 0
    assert revenue.moved(np.array([0, 0, 0])) == 40
    assert accounts.moved(np.array([1, 0, 1])) == 2
    assert accounts.moved(np.array([-1, -1, -1])) == 4


def test_budgets_per_territory_and_per_tier():
    budget = tg.DisruptionBudget(accounts=0.5, per="territory"), tg.DisruptionBudget(accounts=0.5, per="segment")
    terms = problem_of(reps=reps(), constraints=budget).budget_terms
    assert [(t.whose, t.total, t.cap) for t in terms] == [("R1", 2, 1), ("R2", 2, 1), ("big", 2, 1), ("small", 2, 1)]


@pytest.mark.parametrize(
    ("constraint", "error", "words"),
    [
        (tg.DisruptionBudget(visits=0.1), tg.DataError, "no number 'visits' of the accounts"),
        (tg.DisruptionBudget(accounts=0.1, per="tier"), tg.DataError, "no column 'tier'"),
        (tg.KeepWhole("state", 1), tg.DataError, "keep_whole:state: there is no column 'state'. Columns: id, "),
        (tg.HomeInside(), tg.OptionError, "HomeInside needs homes"),
        (tg.BorderLength(1), tg.OptionError, "Give the problem a ContiguityGraph"),
        (tg.Apart(["a", "b"]), tg.DataError, "a and b are to be kept apart but lie in one unit \\(a\\)"),
        (tg.Together(["a", "zz"]), tg.DataError, "together:a\\+: no account or unit has the id zz"),
        (
            tg.DisruptionBudget(revenue=0.1, revenue_usd=0.2),
            tg.OptionError,
            "names one column twice \\(revenue_usd, revenue_usd\\)",
        ),
    ],
)
def test_constraints_need_what_they_speak_of(constraint, error, words):
    with pytest.raises(error, match=words):
        problem_of(constraints=[constraint])


def test_a_budget_needs_a_current_alignment():
    with pytest.raises(tg.OptionError, match="needs to know who has what today: give current="):
        problem_of(current=None, constraints=[tg.DisruptionBudget(accounts=0.1)])


def test_accounts_of_one_unit_stay_together_by_themselves():
    problem = problem_of(constraints=[tg.Together(["a", "b"])])
    assert [c.units for c in problem.constraints] == [("a",)]


def test_the_best_matching_is_not_the_greedy_one():
    """Greedy would give T0 its best, 5; the best in all is 4 + 5."""
    kept = np.array([[5.0, 4.0], [5.0, 0.0], [0.0, 0.0]])
    assert best_matching(kept).tolist() == [1, 0, -1]
    # More reps than territories: two of three find one.
    assert best_matching(np.array([[1.0, 3.0, 0.0]])).tolist() == [1]
    # Ties are settled by what the territories are, not by how they are numbered.
    tied = np.ones((2, 2))
    assert best_matching(tied, [7, 3]).tolist() == [1, 0]
    assert best_matching(tied, [3, 7]).tolist() == [0, 1]


def test_territories_take_the_names_of_the_reps_they_match():
    """Today R1 has a and c, R2 has b and d, R9 has f: {a, b, c} keeps two of R1, {d, e, f} one of R2."""
    problem = problem_of()
    codes = np.array([1, 1, 0, 0, 0])
    assert kept_table(problem, codes).tolist() == [[0, 1, 1], [2, 1, 0]]
    plan = tg.TerritoryPlan.from_codes(problem, codes, {})
    assert plan.labels.to_dict() == {"a": "R1", "c": "R1", "d": "R2", "e": "R2", "f": "R2"}
    # By revenue f, 60, weighs more than d, 40.
    problem = problem_of(constraints=[tg.DisruptionBudget(revenue=1.0)])
    plan = tg.TerritoryPlan.from_codes(problem, codes, {})
    assert plan.labels.to_dict() == {"a": "R1", "c": "R1", "d": "R9", "e": "R9", "f": "R9"}


def test_new_territories_get_names_that_nobody_has():
    frame = towns().assign(current_rep=["T01", "T01", "T01", "T02", "T02", "T02"])
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame, crs=None), land=None)
    problem = problem_of(units=units, n_territories=3, constraints=[tg.Lock("f", "T02")])
    plan = tg.TerritoryPlan.from_codes(problem, np.array([0, 0, 2, 1, 1]), {})
    assert plan.labels.to_dict() == {"a": "T01", "c": "T01", "d": "T03", "e": "T02", "f": "T02"}


def test_a_home_lies_in_the_area_around_it_or_nearest_to_it():
    areas = gpd.GeoDataFrame({"id": ["u", "v"]}, geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 99, 10)])
    homes = tg.read_reps(pd.DataFrame({"rep_id": ["A", "B"], "lon": [9.0, -50.0], "lat": [5.0, 0.0]}), crs=None)
    units = tg.BasicUnits.from_areas(areas)
    problem = tg.TerritoryProblem(units, balance={"accounts": 1.0}, reps=homes, constraints=[tg.HomeInside()])
    assert problem.home_units.tolist() == [0, 0]
    assert problem_of(reps=reps()).home_units.tolist() == [0, 4]


def test_the_reported_centre_is_one_that_reaches_all():
    """Weights pull the centre to a at 0 km; only c at 5 km reaches both ends within 6 km."""
    table = pd.DataFrame({"id": list("abc"), "x": [0, 10_000, 5_000], "y": [0] * 3, "visits": [100, 1, 1]})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    for km, center in ((6, "c"), (4, "a"), (10, "a")):
        problem = tg.TerritoryProblem(
            units, n_territories=1, balance={"visits": 0}, constraints=[tg.MaxRadius(km), tg.MaxRadius(900)]
        )
        plan = tg.TerritoryPlan.from_codes(problem, np.zeros(3, dtype=np.int64), {})
        assert plan.territories["center"].tolist() == [center]
