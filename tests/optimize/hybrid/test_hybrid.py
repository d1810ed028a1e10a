"""Teams and geography in turn: known answers, the joint optimum by brute force, and what is said where hours fail."""

from __future__ import annotations

import itertools
import signal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError


def made(
    accounts: pd.DataFrame,
    people: pd.DataFrame,
    *,
    tolerance: float = 0.25,
    constraints: tuple[Any, ...] = (),
    hours: float = 30.0,
) -> tg.HybridProblem:
    """Return a hybrid question on a plane; accounts whose id begins with N are named."""
    everyone = tg.read_reps(people, crs=None)
    named = accounts["account_id"].str.startswith("N")
    units = tg.BasicUnits.from_table(
        accounts[~named], id="account_id", x="lon", y="lat", measures=["visit_hours", "visits"]
    )
    sellers = tg.Reps(everyone.frame[everyone.frame["role"].str.contains("rep")])
    territories = tg.TerritoryProblem(
        units, reps=sellers, balance={"visit_hours": tolerance},
        objective=tg.Travel(center="home", weight="visits"), constraints=constraints,
    )  # fmt: skip
    role = tg.TeamRole("executive", hours, "owns", skills="ignore", revenue_at_risk=0.1)
    teams = tg.TeamProblem(accounts[named], everyone, [role])
    return tg.HybridProblem(territories, teams, hours="visit_hours", per_visit_km=1.0)


def two_reps() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return four accounts on a line between two reps, and a named one that A looks after today.

    a1   a2   N        b1   b2
    A                        B      and X, who has no territory, far away
    """
    accounts = pd.DataFrame(
        {
            "account_id": ["a1", "a2", "b1", "b2", "N"], "lon": [0.0, 1e3, 9e3, 1e4, 2e3], "lat": 0.0,
            "visit_hours": [20.0, 20.0, 20.0, 20.0, 0.0], "visits": 1.0, "revenue_usd": 1000.0,
            "current_executive": ["", "", "", "", "A"],
        }
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "rep_id": ["A", "B", "X"], "lon": [0.0, 1e4, 5e4], "lat": 0.0, "capacity_hours": [60.0, 60.0, 50.0],
            "role": ["rep;executive", "rep", "executive"],
        }
    )  # fmt: skip
    return accounts, people


def best_by_trying_all(problem: tg.HybridProblem) -> float:
    """Return the least joint cost over all teams and all labels, from the rule as it is documented."""
    units, reps = problem.territories.units, problem.territories.named_territories
    hours = units.frame["visit_hours"].to_numpy()
    capacity = problem.territories.reps.frame["capacity_hours"].loc[list(reps)].to_numpy()
    km = np.array([[np.hypot(*(np.array(h) - xy)) / 1000 for h in problem.territories.homes] for xy in units.xy])
    weight = units.frame["visits"].to_numpy()
    labels = np.array(list(itertools.product(range(len(reps)), repeat=len(units))))
    load = np.stack([(hours * (labels == t)).sum(axis=1) for t in range(len(reps))], axis=1)
    travel = (weight[:, None] * km)[np.arange(len(units)), labels].sum(axis=1) * problem.per_visit_km
    tolerance, best = problem.territories.balance["visit_hours"], np.inf
    options = [np.flatnonzero(row) for row in problem.teams.fit.allowed]
    for chosen in itertools.product(*options):
        teams = tg.TeamPlan(problem.teams, tuple(problem.teams.people.index[j] for j in chosen))
        if not teams.verify().ok:
            continue
        taken = np.array([float(teams.people["hours"].get(rep, 0.0)) for rep in reps])
        use = (hours.sum() + taken.sum()) / capacity.sum()
        fair = use * capacity - taken
        if use > 1 or fair.min() <= 0:
            continue
        kept = (np.abs(load - fair) <= tolerance * fair + 1e-9).all(axis=1) & (load + taken <= capacity + 1e-9).all(
            axis=1
        )
        kept &= np.stack([(labels == t).any(axis=1) for t in range(len(reps))]).all(axis=0)
        if kept.any():
            best = min(best, float(travel[kept].min()) + teams.cost)
    return best


def random_case(seed: int) -> tg.HybridProblem:
    """Return nine accounts with a territory and three named ones, for three reps, of whom two are executives."""
    random = np.random.default_rng(seed)
    accounts = pd.DataFrame(
        {
            "account_id": [*(f"a{i}" for i in range(8)), "N1", "N2", "N3"],
            "lon": random.uniform(0, 1e5, 11), "lat": random.uniform(0, 1e5, 11),
            "visit_hours": random.integers(8, 14, 11).astype(float), "visits": random.integers(1, 6, 11).astype(float),
            "revenue_usd": random.integers(200, 3000, 11).astype(float),
            "current_executive": random.choice(["A", "B", "X"], 11),
        }
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "rep_id": ["A", "B", "C", "X"], "lon": random.uniform(0, 1e5, 4), "lat": random.uniform(0, 1e5, 4),
            "capacity_hours": [70.0, 60.0, 60.0, 25.0], "role": ["rep;executive", "rep;executive", "rep", "executive"],
        }
    )  # fmt: skip
    return made(accounts, people, tolerance=0.4, hours=12.0)


@pytest.mark.parametrize("seed", [6, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (*range(6), 11))])
def test_within_one_percent_of_the_joint_optimum(seed: int) -> None:
    problem = random_case(seed)
    best = best_by_trying_all(problem)
    solution = tg.solve_hybrid(problem, exchanges=20)
    assert np.isfinite(best)
    assert solution.plan is not None, solution.reason
    assert solution.plan.verify().ok
    assert best * (1 - 1e-9) <= solution.cost <= best * 1.01


def test_a_rep_who_does_both_has_both_counted() -> None:
    accounts, people = two_reps()
    solution = tg.solve_hybrid(made(accounts, people, hours=15.0, tolerance=0.5))
    people_now = solution.plan.people
    assert people_now.loc["A", ["territory_hours", "team_hours", "hours"]].tolist() == [40.0, 15.0, 55.0]
    assert people_now.loc["A", "use_share"] == pytest.approx(55 / 60)
    assert solution.plan.coverage.set_index("account")["owner"].to_dict() == {
        "N": "A", "a1": "A", "a2": "A", "b1": "B", "b2": "B"
    }  # fmt: skip


def test_one_pass_fails_where_the_loop_does_not() -> None:
    """A keeps N for nothing, and a1 and a2 are locked to A: 40 + 30 hours are more than 60. X takes N over."""
    accounts, people = two_reps()
    problem = made(accounts, people, constraints=(tg.Lock(["a1", "a2"], "A"),))
    single = tg.solve_hybrid(problem, turns=1)
    assert single.status is tg.Status.NOT_FOUND
    assert single.plan is None
    assert "the hours did not settle" in single.reason
    assert single.turns["shared_hours"].tolist() == [30.0]
    solution = tg.solve_hybrid(problem)
    assert solution.plan is not None
    assert solution.settled
    assert solution.plan.teams.members == ("X",)
    assert solution.turns["step"].tolist()[:2] == ["teams", "fewer hours"]
    assert solution.plan.teams.cost == 100.0  # a tenth of the revenue is at risk


def test_hours_that_never_fit_are_said() -> None:
    accounts, people = two_reps()
    problem = made(accounts.assign(visit_hours=[60.0, 60.0, 60.0, 60.0, 0.0]), people)
    solution = tg.solve_hybrid(problem)
    assert solution.status is tg.Status.NOT_FOUND
    assert "120 hours are missing" in solution.reason


def test_teams_that_cannot_be_are_proven() -> None:
    accounts, people = two_reps()
    solution = tg.solve_hybrid(made(accounts, people, hours=100.0))
    assert solution.status is tg.Status.INFEASIBLE
    assert "N" in solution.reason
    assert not solution.teams.shortages.empty


def test_named_accounts_stay_visible_in_the_territory_they_lie_in() -> None:
    accounts, people = two_reps()
    plan = tg.solve_hybrid(made(accounts, people, constraints=(tg.Lock(["a1", "a2"], "A"),))).plan
    row = plan.coverage.set_index("account").loc["N"]
    assert (row["covered_by"], row["owner"], row["lies_in"], row["informed"]) == ("team", "X", "A", "A")
    assert len(plan.coverage) == 5


def test_the_check_sees_what_is_wrong() -> None:
    from territory_geo.plan.hybrid.verify import verify_hybrid

    accounts, people = two_reps()
    problem = made(accounts, people, hours=15.0, tolerance=0.5)
    plan = tg.solve_hybrid(problem).plan
    rows, teams = plan.coverage, plan.teams.table

    def failed(**changed: Any) -> list[str]:
        parts = {"territories": plan.territories, "teams": teams, "coverage": rows, **changed}
        return [name for name, passed, _ in verify_hybrid(problem, **parts).checks if not passed]

    assert failed() == []
    assert failed(coverage=rows[1:]) == ["one owner"]
    assert failed(coverage=pd.concat([rows, rows[:1]])) == ["one owner"]
    assert failed(coverage=rows.assign(owner="B")) == ["one owner"]
    assert failed(coverage=rows.assign(lies_in="nowhere")) == ["named accounts on the map"]
    assert "hours of both" in failed(territories=plan.territories.move(["b1"], "A"))
    assert "teams: people and accounts" in failed(teams=teams.assign(person="B"))
    assert "hours of both" in failed(teams=pd.concat([teams] * 2))


def test_the_same_question_has_the_same_answer() -> None:
    one, other = (tg.solve_hybrid(random_case(6), exchanges=2, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one.plan.coverage, other.plan.coverage)
    pd.testing.assert_frame_equal(one.turns, other.turns)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_press_is_heard_by_the_search_under_way(turn: int) -> None:
    """The geography under way ends at once, and nothing else is begun; what was found until then comes back."""
    turns, after = [0], []

    def press(stage: str, share: float, text: str) -> None:
        turns[0] += stage == "hybrid"
        after.extend([stage] if after else [])
        mine = stage == "local search" and turns[0] >= turn
        if mine and not after and (turn > 1 or "amiss" not in text):
            after.append("pressed")
            signal.raise_signal(signal.SIGINT)

    found = tg.solve_hybrid(random_case(6), stop=tg.MaxIterations(100), progress=press)
    assert found.status is tg.Status.INTERRUPTED
    assert found.plan is not None
    assert found.plan.verify().ok
    assert turns[0] >= turn
    assert "hybrid" not in after
    assert after.count("local search") <= 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hours": "visits"}, "balanced are visit_hours"),
        ({"per_visit_km": -1.0}, "at least 0"),
        ({"teams": None}, "must be a TeamProblem"),
    ],
)
def test_questions_that_cannot_be_asked(change: dict[str, Any], words: str) -> None:
    problem = made(*two_reps())
    base = {"territories": problem.territories, "teams": problem.teams, "hours": "visit_hours"}
    with pytest.raises(OptionError, match=words):
        tg.HybridProblem(**{**base, **change})


def test_a_named_account_in_the_geography_is_refused() -> None:
    accounts, people = two_reps()
    problem = made(accounts, people)
    doubled = tg.TeamProblem(accounts[:1], tg.Reps(problem.teams.people.drop(columns="roles")), problem.teams.roles)
    with pytest.raises(DataError, match="such as a1"):
        tg.HybridProblem(problem.territories, doubled, hours="visit_hours")


def test_one_person_has_one_amount_of_hours() -> None:
    accounts, people = two_reps()
    a, b = made(accounts, people), made(accounts, people.assign(capacity_hours=[70.0, 60.0, 50.0]))
    with pytest.raises(DataError, match="A: 60 hours as a rep, 70 in teams"):
        tg.HybridProblem(a.territories, b.teams, hours="visit_hours")


def test_named_accounts_leave_the_geography() -> None:
    table = pd.DataFrame({"account_id": ["A", "B"], "lon": [9.0, 9.1], "lat": 50.0})
    accounts = tg.read_accounts(table, land=None)
    named, rest = tg.split_named(accounts, ["B"])
    assert (named["account_id"].tolist(), rest.frame["id"].tolist()) == (["B"], ["A"])
    with pytest.raises(DataError, match="There is no account Z"):
        tg.split_named(accounts, ["Z"])
    with pytest.raises(DataError, match="some that are and some that are not"):
        tg.split_named(accounts, ["A", "B"])
