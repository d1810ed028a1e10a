"""Overlays on eight accounts: reach and every kind of conflict, counted by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from territory_geo.analyze.overlays import KINDS, SalesForce, check_overlays
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.reps import Reps, read_reps

PRODUCTS = ["pumps", "pumps", "valves", "pumps;valves", "valves", "drives", "", "Pumps"]


@pytest.fixture
def accounts() -> pd.DataFrame:
    """Return A0 … A7, worth 1, 2, 4, 8 …, so that each sum says which accounts are in it."""
    return pd.DataFrame(
        {"account_id": [f"A{i}" for i in range(8)], "products": PRODUCTS, "revenue_usd": [2**i for i in range(8)]}
    )


def staff(**skills: str) -> Reps:
    return read_reps(pd.DataFrame({"rep_id": list(skills), "skills": list(skills.values()), "lon": 1.0, "lat": 0.0}))


def owners(*people: str) -> dict[str, str]:
    return {f"A{i}": person for i, person in enumerate(people)}


DIRECT = {"R1": "pumps", "R2": "valves", "R3": ""}
#                 A0    A1    A2    A3    A4    A5    A6    A7
REPS = owners("R1", "R1", "R1", "R2", "R2", "R3", "R3", "")
EXPERTS = owners("", "V", "V", "P", "V", "P", "", "P")


def forces(**options: Any) -> list[SalesForce]:
    return [
        SalesForce("direct", REPS, staff(**DIRECT), direct=True),
        SalesForce("experts", EXPERTS, staff(P="pumps", V="valves"), **options),
    ]


def test_reach_by_product(accounts: pd.DataFrame) -> None:
    report = check_overlays(accounts, forces())
    table = report.coverage.set_index("product")
    # pumps: A0, A1 by R1, A3 and A7 by P; valves: A2, A4 by V, A3 and A4 by R2; drives: nobody.
    assert table["accounts"].to_dict() == {"drives": 1, "pumps": 4, "valves": 3}
    assert table["not_reached"].to_dict() == {"drives": 1, "pumps": 0, "valves": 0}
    assert table["revenue_usd"].to_dict() == {"drives": 32, "pumps": 1 + 2 + 8 + 128, "valves": 4 + 8 + 16}
    assert table["revenue_not_reached_usd"].to_dict() == {"drives": 32, "pumps": 0, "valves": 0}
    assert report.uncovered.to_numpy().tolist() == [["A5", "drives", "R3;P", "R3;P without the skill"]]
    assert "1 accounts × products not reached" in repr(report)


def test_each_kind_of_conflict(accounts: pd.DataFrame) -> None:
    report = check_overlays(accounts, forces(), nested=["experts"])
    found = dict(iter(report.conflicts.groupby("kind")))
    assert set(found) <= set(KINDS)
    # R2 and V both sell valves at A4. P sells pumps at A3, where R2 sells valves: no conflict.
    assert found["several sellers"][["account", "product", "people"]].to_numpy().tolist() == [["A4", "valves", "R2;V"]]
    assert found["nobody direct"]["account"].tolist() == ["A7"]
    assert found["without use"][["account", "people"]].to_numpy().tolist() == [["A1", "V"], ["A5", "P"]]
    # P is with R2 and R3, V with R1 and R2: both as asked.
    assert "span" not in found
    assert found["not nested"][["people", "reason"]].to_numpy().tolist() == [
        ["R2;P;V", "the accounts of R2 are shared by P and V"]
    ]
    wider = check_overlays(accounts, forces(), span=(3, 4)).conflicts
    assert wider["people"][wider["kind"] == "span"].tolist() == ["P;R2;R3", "V;R1;R2"]


def test_those_who_advise_are_in_nobodys_way(accounts: pd.DataFrame) -> None:
    assert "several sellers" not in set(check_overlays(accounts, forces(sells=False)).conflicts["kind"])
    # A force that is there for pumps alone reaches no valves, whatever its people know besides.
    only = check_overlays(accounts, [forces()[0], forces(products=("pumps",))[1]])
    assert only.uncovered[["account", "product"]].to_numpy().tolist() == [["A2", "valves"], ["A5", "drives"]]


def test_several_people_of_one_force(accounts: pd.DataFrame) -> None:
    table = pd.DataFrame({"account": ["A0", "A0", "A1"], "person": ["P", "V", None]})
    both = [forces()[0], SalesForce("experts", table, staff(P="pumps", V="valves"))]
    conflicts = check_overlays(accounts, both).conflicts
    assert conflicts["people"][conflicts["kind"] == "several in one force"].tolist() == ["P;V"]


def test_what_cannot_be_checked(accounts: pd.DataFrame) -> None:
    direct, experts = forces()
    with pytest.raises(OptionError, match="exactly one of them direct"):
        check_overlays(accounts, [experts])
    with pytest.raises(OptionError, match="different names"):
        check_overlays(accounts, [direct, direct])
    with pytest.raises(OptionError, match="'span'"):
        check_overlays(accounts, [direct, experts], span=(3, 2))
    with pytest.raises(OptionError, match="'nested'"):
        check_overlays(accounts, [direct, experts], nested=["nobody"])
    with pytest.raises(DataError, match="people that the table does not have: X"):
        check_overlays(accounts, [direct, SalesForce("experts", {"A0": "X"}, staff(P=""))])
    with pytest.raises(DataError, match="accounts that the table does not have: B0"):
        check_overlays(accounts, [direct, SalesForce("experts", {"B0": "P"}, staff(P=""))])
    with pytest.raises(DataError, match="no column 'products'"):
        check_overlays(accounts.drop(columns="products"), [direct])
