"""The check of account teams: each kind of fault, made by hand in a plan that is right."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.plan.teams.shortage import holds
from territory_geo.plan.teams.verify import verify_teams

COLUMNS = ["account", "role", "product", "person"]
RIGHT = [
    ("A", "rep", "", "R1"), ("A", "expert", "x", "E1"), ("B", "rep", "", "R1"), ("B", "expert", "x", "E1"),
    ("C", "rep", "", "R2"), ("C", "expert", "y", "E2"), ("D", "rep", "", "R3"),
]  # fmt: skip


@pytest.fixture(scope="module")
def problem() -> tg.TeamProblem:
    """Four accounts: A and B a family, C and D compete, D needs French."""
    accounts = pd.DataFrame(
        {
            "account_id": list("ABCD"), "parent_id": ["", "A", "", ""], "products": ["x", "x", "y", ""],
            "language": ["en", "en", "en", "fr"], "time_zone": [1, 1, 1, "Europe/Paris"],
        }
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "rep_id": ["R1", "R2", "R3", "E1", "E2"], "role": ["rep", "rep", "rep", "expert", "rep;expert"],
            "capacity_hours": [25, 25, 25, 25, 25], "skills": ["", "", "", "x", "x;y"], "lon": 1.0, "lat": 2.0,
            "languages": ["en", "en", "en;fr", "en", "en;fr"], "time_zone": [1, 1, 2, 1, 9],
            "max_accounts": ["2", "", "", "", ""],
        }
    )  # fmt: skip
    roles = [
        tg.TeamRole("rep", 10, "owns", skills="ignore", most_hours_apart=3),
        tg.TeamRole("expert", 5, per_product=True),
    ]
    ask: dict[str, Any] = {"conflicts": [("C", "D")], "forbidden": [("C", "R3")], "fixed": {("B", "rep"): "R1"}}
    return tg.TeamProblem(accounts, tg.read_reps(people), roles, **ask)


def verified(problem: tg.TeamProblem, rows: list[tuple[str, str, str, str]]) -> Any:
    return verify_teams(problem, pd.DataFrame(rows, columns=COLUMNS))


def test_what_is_right_passes(problem: tg.TeamProblem) -> None:
    check = verified(problem, RIGHT)
    assert check.ok, check.failures
    assert len(check.checks) == 8


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({0: "E1", 2: "E1"}, "E1 at A: is no rep"),
        ({1: "E2", 3: "E2", 5: "E1"}, "E1 at C: lacks the skill y"),
        ({6: "R2"}, "R2 at D: lacks the language fr"),
        ({6: "R2"}, "R2 works for C and D"),
        ({6: "E2"}, "E2 at D: is 8 hours apart"),
        ({6: ""}, "D, rep: nobody"),
        ({6: "R9"}, "D, rep: R9"),
        ({4: "R3"}, "R3 at C: forbidden"),
        ({0: "R2", 2: "R2"}, "R1 is fixed as rep"),
        ({0: "R2"}, "rep: R1 and R2 in one family"),
        ({4: "R1"}, "R1 has 3 accounts, at most 2"),
        ({4: "R1"}, "R1 has 30.00 hours of work and 25.00 hours"),
        ({4: "E2"}, "E2 is expert and rep at C"),
    ],
)
def test_each_fault_is_found(problem: tg.TeamProblem, changes: dict[int, str], failure: str) -> None:
    rows = [(*row[:3], changes.get(i, row[3])) for i, row in enumerate(RIGHT)]
    check = verified(problem, rows)
    assert not check.ok
    assert any(failure in text for text in check.failures), check.failures


def test_places_that_are_missing_doubled_or_too_many(problem: tg.TeamProblem) -> None:
    failures = verified(problem, [*RIGHT[1:], RIGHT[1], ("D", "expert", "x", "E1")]).failures
    assert failures[0].startswith("one person for each place: A rep is missing; D expert x is not asked for")
    assert "A expert x is there 2 times" in failures[0]


def test_a_shortage_that_is_not_true_is_refused(problem: tg.TeamProblem) -> None:
    places = [("rep", "", ("A", "B")), ("rep", "", ("C",))]
    everyone = "R1;R2;R3;E2"
    assert not holds(problem, {"kind": "hours", "people": everyone, "places": places})  # they have the hours
    assert not holds(problem, {"kind": "hours", "people": "R1", "places": places})  # others fit as well
    assert not holds(problem, {"kind": "nobody", "people": "", "places": places[:1]})
    short = [("rep", "", ("D",))] * 3
    assert holds(problem, {"kind": "hours", "people": "R3", "places": short})  # R3 alone fits: 30 hours of 25
