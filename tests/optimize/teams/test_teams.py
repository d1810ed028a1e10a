"""Account teams against all possible teams of tiny cases, and each demand on a case where ignoring it is cheaper."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.reps import Reps, read_reps
from territory_geo.optimize.solution import Status
from territory_geo.optimize.teams import solve_teams
from territory_geo.plan.teams.plan import TeamPlan
from territory_geo.plan.teams.problem import TeamProblem
from territory_geo.plan.teams.roles import TeamPrices, TeamRole
from territory_geo.plan.teams.verify import firsts, hours_of, obstacles

OWNER = TeamRole("rep", 10, "owns", revenue_at_risk=0.1, trips=1)


def people(**columns: Any) -> Reps:
    """Return reps P0, P1, … with 100 hours each, all on one spot."""
    n = len(next(iter(columns.values())))
    base = {"rep_id": [f"P{i}" for i in range(n)], "role": "rep", "capacity_hours": 100.0, "lon": 1.0, "lat": 0.0}
    return read_reps(pd.DataFrame({**base, **columns}))


def accounts(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"A{i}" for i in range(n)], **columns})


def best_by_trying_all(problem: TeamProblem) -> float | None:
    """Return the least cost over all teams, judged with the words of the independent check, none of the search."""
    rows = dict(zip(problem.accounts.index, problem.accounts.to_dict("records"), strict=True))
    staff = dict(zip(problem.people.index, problem.people.to_dict("records"), strict=True))
    place = {name: j for j, name in enumerate(staff)}
    options, cost, hours, first = [], [], [], firsts(problem, rows)
    for s, seat in enumerate(problem.seats):
        role = problem.role(seat.role)
        options.append(
            [
                name
                for name, person in staff.items()
                if not any(obstacles(role, rows[a], person, seat.product) for a in seat.accounts)
                and not any((a, name) in problem.forbidden for a in seat.accounts)
            ]
        )
        cost.append({name: problem.fit.cost[s, j] for name, j in place.items()})
        hours.append(
            {n: sum(hours_of(problem, role, rows[a], p, a in first) for a in seat.accounts) for n, p in staff.items()}
        )
    teams = [(sum(c[p] for c, p in zip(cost, team, strict=True)), team) for team in product(*options)]
    for total, team in sorted(teams):
        if all(_can(problem, staff[name], name, team, hours) for name in staff):
            assert TeamPlan(problem, team).verify().ok
            assert TeamPlan(problem, team).cost == pytest.approx(total)
            return float(total)
    return None


def _can(problem: TeamProblem, person: Any, name: str, team: Any, hours: Any) -> bool:
    held = [s for s, member in enumerate(team) if member == name]
    if sum(hours[s][name] for s in held) > person["capacity_hours"]:
        return False
    at = {(account, problem.seats[s].role) for s in held for account in problem.seats[s].accounts}
    here = {account for account, _ in at}
    if len(at) > len(here) or len(here) > float(person.get("max_accounts") or 99):
        return False
    return not any(len(here & set(group)) > 1 for group in problem.conflicts)


def random_case(seed: int) -> TeamProblem:
    """Four accounts, two roles of which one is asked per product, four people of whom some have both roles."""
    random = np.random.default_rng(seed)
    table = accounts(
        lon=random.uniform(0, 3, 4),
        lat=random.uniform(0, 3, 4),
        revenue_usd=random.integers(1, 9, 4) * 1000,
        current_rep=random.choice(["P0", "P1", "P2", ""], 4),
        products=random.choice(["x", "y", "x;y", ""], 4),
        language=random.choice(["en", "fr"], 4, p=[0.8, 0.2]),
        industry=random.choice(["farm", "mine"], 4),
        time_zone=random.choice([0, 5], 4, p=[0.8, 0.2]),
        parent_id=["", "A0" if seed % 2 else "", "", ""],
    )
    staff = people(
        role=["rep", "rep;expert", "rep", "expert"],
        capacity_hours=random.integers(25, 70, 4),
        lon=random.uniform(0, 3, 4),
        skills=["", "x;y", "", "x;y"],
        languages=random.choice(["en", "en;fr", "fr;en"], 4),
        industries=random.choice(["farm", "mine", ""], 4),
        time_zone=random.choice([0, 3], 4),
        max_accounts=random.choice(["", "", "2", "3"], 4),
    )
    roles = [
        replace(OWNER, skills="ignore", trips=2),
        TeamRole(
            "expert", 5, per_product=True, trips=1, most_hours_apart=4, industry=0.1, language="ignore", further_hours=3
        ),
    ]
    return TeamProblem(table, staff, roles, conflicts=[("A2", "A3")] if seed % 3 else [], forbidden=[("A3", "P0")])


@pytest.mark.parametrize("seed", range(30))
def test_as_good_as_the_best_of_all_teams(seed: int) -> None:
    problem = random_case(seed)
    known = best_by_trying_all(problem)
    found = solve_teams(problem)
    if known is None:
        assert found.status is Status.INFEASIBLE
        assert found.reasons
        assert found.plan is None
    else:
        assert found.status is Status.OPTIMAL
        assert found.cost == pytest.approx(known, abs=0.05)
        assert found.gap == 0


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 6, 12])
def test_a_bound_that_is_stopped_at_is_below_the_least_cost(seed: int) -> None:
    problem = random_case(seed)
    known, found = best_by_trying_all(problem), solve_teams(problem, gap=0.5)
    assert known is not None
    assert found.cost is not None
    assert found.bound is not None
    assert found.bound <= known + 0.05
    assert known <= found.cost + 0.05
    assert found.gap is not None
    assert found.gap <= 0.5


def test_hours_make_the_best_person_unavailable() -> None:
    table = accounts(revenue_usd=[100, 200, 400], current_rep=["P0"] * 3)
    found = solve_teams(TeamProblem(table, people(capacity_hours=[20, 100]), [OWNER]))
    # P0 has hours for two: whoever is worth least changes hands, at 10 % of 100.
    assert found.plan is not None
    assert found.plan.table["person"].tolist() == ["P1", "P0", "P0"]
    assert (found.status, found.cost, found.bound) == (Status.OPTIMAL, 10.0, 10.0)


def test_ways_take_hours_and_money() -> None:
    # One degree of latitude is 111.195 km; × 1.3 for roads, there and back, three trips.
    table = accounts(lon=[1.0], lat=[1.0])
    role = replace(OWNER, trips=3)
    found = solve_teams(TeamProblem(table, people(name=["Ann"]), [role], prices=TeamPrices(per_km=2)))
    assert found.plan is not None
    km = 111.19508 * 1.3 * 6
    row = found.plan.seats.iloc[0]
    assert row["km"] == pytest.approx(km)
    assert found.cost == pytest.approx(2 * km)
    assert row["hours"] > 10 + km / 130
    tired = solve_teams(TeamProblem(table, people(capacity_hours=[float(row["hours"]) - 0.1]), [role]))
    assert tired.status is Status.INFEASIBLE
    assert "has too few hours for it alone" in tired.reasons[0]


@pytest.mark.parametrize(
    ("columns", "staff", "options", "word"),
    [
        ({"products": ["x"]}, {"skills": ["y", "x"]}, {}, "lacks the skill"),
        ({"language": ["fr"]}, {"languages": ["en", "en;fr"]}, {}, "does not speak the language"),
        ({"industry": ["farm"]}, {"industries": ["mine", "farm"]}, {"industry": "must"}, "does not know the industry"),
        ({"time_zone": ["Asia/Tokyo"]}, {"time_zone": [0, -11]}, {"most_hours_apart": 4}, "too many hours away"),
    ],
)
def test_what_must_be_known(columns: Any, staff: Any, options: Any, word: str) -> None:
    # P0 has the account today and would cost nothing; only P1 fits. Tokyo is 9 hours ahead: 4 from -11, eastwards.
    table = accounts(revenue_usd=[1000], current_rep=["P0"], **columns)
    role = replace(OWNER, **options)
    found = solve_teams(TeamProblem(table, people(**staff), [role]))
    assert found.plan is not None
    assert found.plan.table["person"].tolist() == ["P1"]
    assert found.cost == 100
    alone = {name: values[:1] for name, values in staff.items()}
    nobody = solve_teams(TeamProblem(table, people(**alone), [role]))
    assert nobody.status is Status.INFEASIBLE
    assert word in nobody.reasons[0]
    assert nobody.nearest is not None
    assert nobody.nearest.members == ("",)


def test_a_price_is_paid_only_where_it_is_the_lesser() -> None:
    table = accounts(revenue_usd=[1000, 1000], industry=["farm", "farm"], current_rep=["P0", ""])
    role = replace(OWNER, industry=0.06)
    found = solve_teams(TeamProblem(table, people(industries=["mine", "farm"]), [role]))
    # A0 stays: 60 for the industry against 100 at risk. A1 has nobody today and goes to who knows it.
    assert found.plan is not None
    assert found.plan.table["person"].tolist() == ["P0", "P1"]
    assert found.cost == 60


def test_families_conflicts_limits_and_fixed_people() -> None:
    table = accounts(
        revenue_usd=[100, 100, 100, 100], current_rep=["P0", "P1", "P0", "P0"], parent_id=["", "A0", "", ""]
    )
    ask = {"accounts": table, "people": people(name=["Ann", "Ben"]), "roles": [OWNER]}

    def persons(**more: Any) -> list[str]:
        found = solve_teams(TeamProblem(**{**ask, **more}))
        assert found.plan is not None
        assert found.status is Status.OPTIMAL
        return [str(name) for name in found.plan.table["person"]]

    assert persons(together=False) == ["P0", "P1", "P0", "P0"]
    assert persons() in (["P0", "P0", "P0", "P0"], ["P1", "P1", "P0", "P0"])
    apart = persons(conflicts=[("A2", "A3")], together=False)
    assert sorted(apart[2:]) == ["P0", "P1"]
    table["rival"] = ["", "a", "a", "a"]
    with_column = solve_teams(TeamProblem(**{**ask, "conflicts": "rival"}))
    assert with_column.status is Status.INFEASIBLE  # three that compete, two people
    assert any("without the conflicts of interest" in text for text in with_column.reasons)
    assert persons(people=people(max_accounts=["1", ""]), together=False) in (
        ["P0", "P1", "P1", "P1"], ["P1", "P1", "P0", "P1"], ["P1", "P1", "P1", "P0"],
    )  # fmt: skip
    assert persons(roles=[replace(OWNER, most_accounts=2)])[0] == "P1"
    assert persons(fixed={("A2", "rep"): "P1"})[2] == "P1"
    assert persons(forbidden=[("A3", "P0")])[3] == "P1"


def test_one_person_has_one_role_at_an_account_and_one_expert_may_know_two_products() -> None:
    table = accounts(products=["x;y", "x"])
    roles = [replace(OWNER, skills="ignore"), TeamRole("expert", 5, per_product=True)]
    staff = people(role=["rep;expert", "expert;rep"], skills=["x;y", "x;y"], max_accounts=[2, 2])
    found = solve_teams(TeamProblem(table, staff, roles))
    assert found.plan is not None
    for _, held in found.plan.table.groupby("account"):
        owner, experts = held["person"][held["role"] == "rep"], held["person"][held["role"] == "expert"]
        assert experts.nunique() == 1
        assert owner.iloc[0] != experts.iloc[0]
    assert found.plan.people["accounts"].tolist() == [2, 2]


def test_who_is_short_of_what() -> None:
    table = accounts(language=["fr", "fr", "fr", "en"])
    staff = people(languages=["fr", "en", "en"], capacity_hours=[25, 100, 100])
    found = solve_teams(TeamProblem(table, staff, [OWNER]))
    assert found.status is Status.INFEASIBLE
    assert found.reasons == (
        "rep: A0, A1 and A2 need 30.0 hours a year at least, and only P0 fits, with 25.0 hours. 5.0 hours are missing.",
    )
    row = found.shortages.iloc[0]
    assert (row["hours_needed"], row["hours_available"], row["people"]) == (30, 25, "P0")
    assert found.nearest is not None
    assert found.nearest.members.count("") == 1
    limited = solve_teams(TeamProblem(table, people(languages=["fr", "en"], max_accounts=[2, 9]), [OWNER]))
    assert "there are 3 accounts (A0, A1 and A2), and only P0 fits, who may have 2" in limited.reasons[0]


def test_what_only_whole_numbers_forbid() -> None:
    # Three accounts of 10 hours and two people of 15: the hours suffice, whole accounts do not fit.
    found = solve_teams(TeamProblem(accounts(name=list("abc")), people(capacity_hours=[15, 15]), [OWNER]))
    assert found.status is Status.INFEASIBLE
    assert "leaves 1 empty" in found.reasons[0]
    assert found.reasons[1:] == ("There are teams without limits on hours.",)


def test_the_same_teams_whatever_the_order_of_rows() -> None:
    problem = random_case(4)
    one = solve_teams(problem)
    table = problem.accounts.reset_index(drop=True).assign(account_id=problem.accounts.index.to_numpy())
    staff = Reps(problem.people.drop(columns="roles").iloc[::-1])
    other = solve_teams(
        TeamProblem(table.iloc[::-1], staff, problem.roles, conflicts=[("A3", "A2")], forbidden=problem.forbidden)
    )
    assert one.plan is not None
    assert other.plan is not None
    pd.testing.assert_frame_equal(one.plan.table, other.plan.table)


def test_options_and_data_that_make_no_sense() -> None:
    table, staff = accounts(name=["a"]), people(name=["Ann"])
    problem = TeamProblem(table, staff, [OWNER])
    with pytest.raises(OptionError, match="'gap'"):
        solve_teams(problem, gap=1)
    with pytest.raises(OptionError, match="'work'"):
        solve_teams(problem, work=0)
    with pytest.raises(OptionError, match="Exactly one role must own"):
        TeamProblem(table, staff, [replace(OWNER, duty="supports")])
    with pytest.raises(OptionError, match="'hours' must be a number"):
        TeamRole("rep", -1)
    with pytest.raises(DataError, match=r"Nobody has one of the roles boss.*Roles: rep"):
        TeamProblem(table, staff, [replace(OWNER, name="boss")])
    with pytest.raises(DataError, match=r"no account 'B'.*no person 'P9'"):
        TeamProblem(table, staff, [OWNER], conflicts=[("A0", "B")], forbidden=[("A0", "P9")])
    with pytest.raises(DataError, match="time_zone must be hours from UTC"):
        TeamProblem(accounts(time_zone=["moon"]), people(time_zone=[1]), [OWNER])
    with pytest.raises(DataError, match="asks for language"):
        TeamProblem(table, staff, [replace(OWNER, language="must")])
    with pytest.raises(DataError, match="no named account"):
        TeamProblem(table.iloc[:0], staff, [OWNER])
    assert any("language" in note for note in problem.notes)


def test_stopped_early_it_keeps_the_best_teams_so_far() -> None:
    random = np.random.default_rng(1)
    n, p = 150, 15
    table = accounts(lon=random.uniform(0, 20, n), lat=random.uniform(40, 50, n), revenue_usd=random.integers(1, 99, n))
    table["current_rep"] = [f"P{j}" for j in random.integers(0, p, n)]
    staff = people(lon=random.uniform(0, 20, p), lat=random.uniform(40, 50, p), capacity_hours=[230.0] * p)
    problem = TeamProblem(table, staff, [OWNER], prices=TeamPrices(per_km=0.01))
    solution = solve_teams(problem, work=600.0, stopped=lambda: True)
    assert solution.status is Status.INTERRUPTED
    assert solution.work < 100
    if solution.plan is not None:
        assert solution.plan.verify().ok
        assert solution.cost > solution.bound
    else:
        assert "interrupted before there were teams" in solution.reasons[0]


def four_of_ten_hours(even: float, at_risk: float) -> TeamPlan:
    """Return the teams of four accounts of ten hours that P0 has today, among two people with 100 and 50 hours."""
    role = TeamRole("rep", 10, "owns", revenue_at_risk=at_risk, even=even)
    table = accounts(revenue_usd=[100] * 4, current_rep=["P0"] * 4)
    found = solve_teams(TeamProblem(table, people(capacity_hours=[100, 50]), [role]))
    assert found.plan is not None
    assert (found.status, found.bound) == (Status.OPTIMAL, found.cost)
    assert found.cost == pytest.approx(found.plan.cost)
    return found.plan


@pytest.mark.parametrize(
    ("even", "at_risk", "held", "share", "cost"),
    [
        (0.0, 0.05, 4, 0.4, 0.0),  # no price: nothing changes
        (100.0, 0.05, 3, 0.3, 30.0 + 5.0),  # a change costs 5 and saves 10; a second one would make P1 the fullest
        (100.0, 0.15, 4, 0.4, 40.0),  # a change costs 15
        (1.0, 0.0, 3, 0.3, 0.3),  # all cost the same: the most even ones
    ],
)
def test_an_even_spread_comes_second_to_cost(even: float, at_risk: float, held: int, share: float, cost: float) -> None:
    plan = four_of_ten_hours(even, at_risk)
    assert plan.members.count("P0") == held
    assert plan.largest_share["rep"] == pytest.approx(share)
    assert plan.cost == pytest.approx(cost)
    assert plan.verify().ok


@pytest.mark.parametrize("seed", range(3))
def test_an_even_spread_against_all_teams(seed: int) -> None:
    random = np.random.default_rng(seed)
    table = accounts(
        revenue_usd=random.integers(1, 9, 5) * 100, hours=random.integers(5, 20, 5),
        current_rep=random.choice(["P0", "P1", ""], 5),
    )  # fmt: skip
    role = TeamRole("rep", "hours", "owns", revenue_at_risk=0.1, even=random.integers(50, 400) * 1.0)
    asked = TeamProblem(table, people(capacity_hours=random.integers(40, 90, 3)), [role])
    teams = [TeamPlan(asked, team) for team in product(asked.people.index, repeat=5)]
    allowed = [plan.cost for plan in teams if (plan.people["use_share"] <= 1).all()]
    found = solve_teams(asked)
    assert found.cost == pytest.approx(min(allowed), abs=0.1)
    assert found.cost >= min(allowed) - 1e-6


def test_a_price_of_uneven_loads_is_no_debt() -> None:
    with pytest.raises(OptionError, match="'even' must be a number of at least 0"):
        replace(OWNER, even=-1.0)
