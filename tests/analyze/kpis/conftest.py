"""A company that fits on a page: six accounts, two territories, two years; every figure can be worked out by hand.

T1: a b e(named)   T2: c d f(named)      r1 holds a b e, r2 holds c d, k1 holds f
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import pandas as pd
import pytest

from territory_geo.geodata.accounts import read_accounts
from territory_geo.geodata.crm import CRM, read_crm
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

ACCOUNTS = pd.DataFrame(
    [
        ("a", 0, 0, "r1", "north", 4, 60, 1000),
        ("b", 1, 0, "r1", "south", 2, 60, 500),
        ("c", 5, 0, "r2", "north", 4, 60, 1000),
        ("d", 6, 0, "r2", "south", 0, 60, 0),
        ("e", 0, 1, "r1", "north", 10, 60, 5000),
        ("f", 6, 1, "r2", "south", 10, 60, 4000),
    ],
    columns=["id", "x", "y", "current_rep", "region", "visits_per_year", "visit_minutes", "potential"],
)
TERRITORIES = {"a": "T1", "b": "T1", "e": "T1", "c": "T2", "d": "T2", "f": "T2"}
COVERAGE = pd.DataFrame(
    [("e", "account", "r1", "Key"), ("f", "account", "k1", "Key")], columns=["account_id", "motion", "owner", "team"]
)
PEOPLE = pd.DataFrame(
    [("r1", "East", "m1", 100), ("r2", "East", "m1", 50), ("k1", "Key", "m2", 200)],
    columns=["person_id", "team", "manager", "cost_eur"],
)
ACTIVITIES = pd.DataFrame(
    [
        ("v01", "a", "a1", "r1", "visit", "2025-03-03", "", 60, 30),
        ("v02", "b", "b1", "r1", "visit", "2025-03-03", "", 60, 30),
        ("v03", "a", "a1", "r1", "visit", "2025-04-01", "", 60, 60),
        ("v04", "c", "c1", "r2", "visit", "2025-05-05", "", 30, 30),
        ("v05", "d", "", "r2", "email", "2025-05-06", "", None, None),
        ("v06", "c", "c1", "r2", "visit", "2024-02-01", "", 30, 30),
        ("v07", "e", "e1", "r1", "meeting", "2025-12-31", "C1", None, None),
        ("v08", "e", "e2", "r1", "email", "2025-10-02", "", None, None),
        ("v09", "f", "f1", "k1", "call", "2025-12-31", "C2", None, None),
        ("v10", "f", "f2", "k1", "demo", "2025-07-04", "", None, None),
        ("v11", "f", "f2", "k1", "visit", "2026-01-05", "", 60, 60),
        ("v12", "a", "a1", "r1", "visit", "2024-01-05", "", 60, 30),
    ],
    columns=[
        "activity_id",
        "account_id",
        "contact_id",
        "rep_id",
        "type",
        "date",
        "content",
        "minutes",
        "travel_minutes",
    ],
)
CONTACTS = pd.DataFrame(
    [
        ("a1", "a", "decides", ""), ("b1", "b", "decides", ""), ("c1", "c", "decides", ""), ("e1", "e", "decides", ""),
        ("e2", "e", "influences", "e1"), ("e3", "e", "blocks", "e1"), ("f1", "f", "decides", ""),
        ("f2", "f", "uses", "f1"),
    ],
    columns=["contact_id", "account_id", "decision_power", "reports_to"],
)  # fmt: skip
OPPORTUNITIES = pd.DataFrame(
    [
        ("o0", "a", "lost", 10, "2024-01-10", "2024-02-01"),
        ("o1", "e", "won", 1000, "2025-01-01", "2025-03-02"),
        ("o2", "e", "lost", 400, "2025-02-01", "2025-03-03"),
        ("o3", "f", "won", 3000, "2024-12-02", "2025-03-02"),
        ("o4", "f", "proposal", 2000, "2025-11-01", "2026-03-01"),
        ("o5", "e", "qualified", 500, "2025-12-01", ""),
        ("o6", "a", "won", 100, "2025-03-05", "2025-03-10"),
        ("o7", "b", "lost", 50, "2025-02-01", "2025-04-01"),
        ("o8", "f", "won", 800, "2025-12-01", "2026-01-10"),
    ],
    columns=["opportunity_id", "account_id", "stage", "amount_eur", "created", "closed"],
)
ORDERS = pd.DataFrame(
    [
        ("b1", "a", "2024-01-15", "P", 100), ("b2", "c", "2024-06-01", "P", 200), ("b3", "e", "2024-01-10", "P", 1000),
        ("b4", "e", "2024-07-01", "P", 500), ("b5", "f", "2024-03-01", "P", 400), ("b6", "a", "2025-02-01", "P", 150),
        ("b7", "b", "2025-03-20", "Q", 50), ("b8", "e", "2025-01-10", "P", 1600), ("b9", "e", "2025-06-01", "Q", 300),
    ],
    columns=["order_id", "account_id", "date", "product", "amount_eur"],
)  # fmt: skip
LEADS = pd.DataFrame(
    [
        ("l1", "a", "r1", "2025-01-10 09:00", "2025-01-10 11:00", "2025-02-01"),
        ("l2", "b", "r1", "2025-02-01 09:00", "2025-02-03 09:00", ""),
        ("l3", "", "r2", "2025-03-01 09:00", "", ""),
        ("l4", "c", "r2", "2024-01-20 09:00", "2024-01-20 10:00", ""),
        ("l6", "", "k1", "2025-12-05 09:00", "2025-12-05 10:00", "2026-01-15"),
    ],
    columns=["lead_id", "account_id", "rep_id", "created", "contacted", "converted"],
)
TABLES = {
    "contacts": CONTACTS, "activities": ACTIVITIES, "opportunities": OPPORTUNITIES, "orders": ORDERS, "leads": LEADS,
    "people": PEOPLE,
}  # fmt: skip


@cache
def usual_plan() -> TerritoryPlan:
    return plan_of(ACCOUNTS)


@cache
def usual_crm() -> CRM:
    return read_crm(**TABLES)


def plan_of(accounts: pd.DataFrame | None = None) -> TerritoryPlan:
    """Return the plan of the two territories."""
    if accounts is None:
        return usual_plan()
    read = read_accounts(accounts, id="id", lon="x", lat="y", crs=None, land=None)
    units = BasicUnits.from_accounts(read, land=None)
    problem = TerritoryProblem(units, n_territories=2, balance={"accounts": 1.0})
    labels = units.members.set_index("unit")["id"].map(TERRITORIES)
    return TerritoryPlan(problem, labels)


def crm_of(**changes: pd.DataFrame | None) -> CRM:
    """Return the CRM, with some tables replaced or, for None, left out."""
    if not changes:
        return usual_crm()
    tables = {**TABLES, **changes}
    return read_crm(**{name: table for name, table in tables.items() if table is not None})


@pytest.fixture(scope="session")
def company() -> SimpleNamespace:
    """The small company: its tables, `plan_of(accounts)` and `crm_of(orders=…)`."""
    return SimpleNamespace(
        plan_of=plan_of, crm_of=crm_of, accounts=ACCOUNTS, coverage=COVERAGE, tables=TABLES, territories=TERRITORIES
    )
