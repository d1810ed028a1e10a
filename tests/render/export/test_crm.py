"""Files for CRMs, field by field as their public descriptions say."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.render.export.salesforce import developer_names
from territory_geo.render.export.tables import formulas

MODEL, TYPE = "0MA000000000001", "0M5000000000001AAA"


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_salesforce_comes_in_two_steps(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    options = {"format": "salesforce", "model_id": MODEL, "type_id": TYPE}
    notes = plan.write(tmp_path, **options)
    assert len(notes) == 1
    assert "write again with territory_ids=" in notes[0]
    assert [file.name for file in tmp_path.iterdir()] == ["Territory2.csv"]
    table = read(tmp_path / "Territory2.csv")
    assert list(table) == ["Name", "DeveloperName", "Territory2ModelId", "Territory2TypeId", "Description"]
    assert table["Name"].tolist() == ["R1 Ann <i>West</i>", "R2 Bo Middle", "R3 Cy East"]
    assert table.loc[0, "DeveloperName":].tolist() == ["R1", MODEL, TYPE, "14 accounts"]

    # What the Data Loader writes when the first file is inserted.
    success = table.assign(ID=["0MI00000000000A", "0MI00000000000B", "0MI00000000000C"]).rename(columns=str.upper)
    success.to_csv(tmp_path / "success.csv", index=False)
    assert plan.write(tmp_path, **options, parent_id="0MI00000000000P", territory_ids=tmp_path / "success.csv") == []
    assert read(tmp_path / "Territory2.csv")["ParentTerritory2Id"].unique().tolist() == ["0MI00000000000P"]
    links = read(tmp_path / "ObjectTerritory2Association.csv")
    assert list(links) == ["ObjectId", "Territory2Id", "AssociationCause"]
    assert links["ObjectId"].tolist() == plan.accounts["id"].tolist()
    assert links["AssociationCause"].unique().tolist() == ["Territory2Manual"]
    expected = plan.accounts["territory"].map({"R1": "A", "R2": "B", "R3": "C"})
    assert links["Territory2Id"].str[-1].tolist() == expected.tolist()


def test_developer_names_keep_the_rules() -> None:
    names = developer_names(["T01", "7 Süd", "7-Sud", "__", "a" * 90, "a" * 95, "Ost__West_", "日本"])
    assert len({name.lower() for name in names.values()}) == 8
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z](?:_?[A-Za-z0-9])*", name)
        assert len(name) <= 80


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"model_id": "x", "type_id": TYPE}, "'model_id' parameter must be a Salesforce id of 15 or 18"),
        ({"model_id": MODEL, "type_id": TYPE, "territory_ids": {}, "account_id": "no"}, "no column 'no'"),
        ({"model_id": MODEL, "type_id": TYPE, "territory_ids": {}, "account_id": "city"}, "42 of 42 accounts have no"),
        ({"model_id": MODEL, "type_id": TYPE, "territory_ids": {"R1": "0MI00000000000A"}}, "no Salesforce id for 2"),
        ({"model_id": MODEL, "type_id": TYPE, "territory_ids": "none.csv"}, "none.csv does not exist"),
    ],
)
def test_what_salesforce_could_not_take_is_said(
    options: dict[str, object], said: str, plan: tg.TerritoryPlan, tmp_path: Path
) -> None:
    with pytest.raises((OptionError, DataError), match=said):
        plan.write(tmp_path, format="salesforce", **options)


def test_hubspot_gets_each_companys_owner(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    assert plan.write(tmp_path / "owners.csv", format="hubspot", record_id="hubspot") == []
    table = read(tmp_path / "owners.csv")
    assert list(table) == ["Record ID", "Company owner"]
    assert table["Record ID"].tolist() == [str(9000 + i) for i in range(42)]
    mails = {"R1": "ann@example.com", "R2": "bo@example.com", "R3": "cy@example.com"}
    assert table["Company owner"].tolist() == plan.accounts["territory"].map(mails).tolist()
    others = dict.fromkeys(("R1", "R2", "R3"), "all@example.com")
    notes = plan.write(tmp_path / "by_name.csv", format="hubspot", domain="name", owners=others)
    assert read(tmp_path / "by_name.csv")["Company owner"].unique().tolist() == ["all@example.com"]
    # Names such as =HYPERLINK(…) stay what they are, and are told.
    assert len(notes) == 1
    assert notes[0].startswith("by_name.csv holds 2 texts that a spreadsheet would take for a formula")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "Got neither"),
        ({"record_id": "hubspot", "domain": "name"}, "Got record_id and domain"),
        ({"record_id": "name"}, "42 accounts without a Record ID"),
        ({"domain": "city"}, "39 accounts the Company domain name of another"),
        (
            {"record_id": "hubspot", "owners": {"R1": "ann@example.com", "R2": "bo"}},
            r"2 territories .* R2 \(got 'bo'\)",
        ),
    ],
)
def test_what_hubspot_could_not_take_is_said(
    options: dict[str, object], said: str, plan: tg.TerritoryPlan, tmp_path: Path
) -> None:
    with pytest.raises((OptionError, DataError), match=said):
        plan.write(tmp_path / "x.csv", format="hubspot", **options)


def test_numbers_below_zero_are_no_formulas() -> None:
    texts = ["-1", "+2.5", "-1e3", "=1", "-x", "\tx", "@", "", "a=1"]
    assert formulas([texts, [1, None]]) == ["=1", "-x", "\tx", "@"]
