"""Tables of a CRM: read from every kind of source, every row accounted for, every rule with a case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.accounts import read_accounts
from territory_geo.geodata.crm import CRM, cells, read_crm
from territory_geo.geodata.crm.cells import distinct
from territory_geo.geodata.crm.fields import TABLES
from territory_geo.geodata.crm.rules import CRM_RULES

ORDERS = pd.DataFrame(
    [("B1", "A1", "2025-01-31", "pumps", 100.5), ("B2", "A2", "2025-02-28", "controls", 50.0)],
    columns=["order_id", "account_id", "date", "product", "amount_usd"],
)


def rules(crm: CRM, table: str) -> set[str]:
    return set(crm.tables[table].findings["rule"])


def reasons(crm: CRM) -> dict[int, str]:
    return dict(zip(crm.rejects["row"], crm.rejects["reason"], strict=True))


# ---------------------------------------------------------------- sources


def test_the_same_from_every_kind_of_source(tmp_path: Path) -> None:
    duckdb, sqlalchemy = pytest.importorskip("duckdb"), pytest.importorskip("sqlalchemy")
    openpyxl = pytest.importorskip("openpyxl")
    expected = read_crm(orders=ORDERS)["orders"]
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    ORDERS.to_csv(tmp_path / "semicolon.csv", index=False, sep=";", decimal=",", encoding="cp1252")
    ORDERS.to_csv(tmp_path / "packed.csv.gz", index=False)
    ORDERS.to_parquet(tmp_path / "orders.parquet")
    ORDERS.to_json(tmp_path / "orders.json", orient="records")
    book = openpyxl.Workbook()
    for row in [list(ORDERS.columns), *ORDERS.assign(date=pd.to_datetime(ORDERS["date"])).to_numpy().tolist()]:
        book.active.append([cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in row])
    book.save(tmp_path / "orders.xlsx")
    with duckdb.connect(str(tmp_path / "sales.duckdb")) as connection:
        connection.register("given", ORDERS)
        connection.execute("CREATE TABLE orders AS SELECT * FROM given")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/sales.db")
    ORDERS.to_sql("orders", engine, index=False)
    engine.dispose()
    sources = [
        *(
            tmp_path / name
            for name in ("orders.csv", "semicolon.csv", "packed.csv.gz", "orders.parquet", "orders.json")
        ),
        tmp_path / "orders.xlsx",
        (f"duckdb:///{tmp_path}/sales.duckdb", "SELECT * FROM orders"),
        (f"sqlite:///{tmp_path}/sales.db", "SELECT * FROM orders"),
    ]
    for source in sources:
        found = read_crm(orders=source)["orders"]
        pd.testing.assert_frame_equal(found, expected, obj=str(source), check_dtype=False)


def test_a_folder(tmp_path: Path) -> None:
    ORDERS.to_csv(tmp_path / "crm_orders.csv", index=False)
    assert list(read_crm(tmp_path)) == ["orders"]
    (tmp_path / "Orders.tsv").write_text("x\n")
    with pytest.raises(DataError, match="several files for orders"):
        read_crm(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"none of contacts\.csv, activities\.csv"):
        read_crm(tmp_path / "empty")


def test_salesforce_exports() -> None:
    long, short = "0015g00000AbCdEAAV", "0015g00000AbCdE"
    accounts = read_accounts(pd.DataFrame({"id": [long], "lon": [-90.0], "lat": [40.0]}))
    crm = read_crm(
        accounts=accounts,
        contacts=pd.DataFrame({"Id": ["003A"], "AccountId": [long], "Name": ["Pat"], "Title": ["CFO"],
                               "ReportsToId": [None], "OpportunityContactRole.Role": ["Economic Buyer"]}),
        activities=pd.DataFrame({"Id": ["00T1"], "AccountId": [short], "WhoId": ["003A"], "OwnerId": ["005X"],
                                 "TaskSubtype": ["Call"], "ActivityDate": ["2025-03-04"]}),
        opportunities=pd.DataFrame({
            "Id": ["006A", "006B", "006C"], "AccountId": [long] * 3,
            "StageName": ["Closed Won", "Closed Lost", "Prospecting"], "Amount": [10.0, 20.0, None],
            "CurrencyIsoCode": ["USD"] * 3, "CreatedDate": ["2025-01-01T08:00:00.000+0000"] * 3,
            "CloseDate": ["2025-02-01", "2025-03-01", "2026-01-01"], "IsWon": [True, False, False],
            "IsClosed": [True, True, False],
        }),
        orders=pd.DataFrame({"OrderNumber": ["0001"], "AccountId": [long], "EffectiveDate": ["2025-02-02"],
                             "TotalAmount": [99.0]}),
        leads=pd.DataFrame({"Id": ["00Q1"], "LeadSource": ["Web"], "Status": ["Open"], "OwnerId": ["005X"],
                            "CreatedDate": ["2025-01-05T10:00:00.000Z"], "ConvertedAccountId": [None],
                            "ConvertedDate": ["2025-01-20"]}),
        people=pd.DataFrame({"Id": ["005X"], "Name": ["Rae"], "ManagerId": ["005M"], "Department": ["East"]}),
    )  # fmt: skip
    assert crm["contacts"][["contact_id", "role", "decision_power"]].values.tolist() == [["003A", "CFO", "decides"]]
    assert crm["activities"][["account_id", "type", "channel"]].values.tolist() == [[long, "call", "phone"]]
    assert "short_id" in rules(crm, "activities")
    assert crm["opportunities"]["stage"].tolist() == ["won", "lost", "open"]
    # The date of closing of an open opportunity is a hope.
    assert crm["opportunities"]["closed"].isna().tolist() == [False, False, True]
    assert crm["orders"]["order_id"].tolist() == ["0001"]
    assert crm["leads"]["converted"].iloc[0] == pd.Timestamp("2025-01-20")
    assert crm["people"][["team", "manager"]].values.tolist() == [["East", "005M"]]
    assert (crm.currency, len(crm.rejects)) == ("USD", 0)


def test_hubspot_exports() -> None:
    crm = read_crm(
        contacts=pd.DataFrame({"Record ID": [51, 52], "First Name": ["Pat", "Sam"], "Last Name": ["P", "S"],
                               "Job Title": ["CFO", ""], "Buying Role": ["Decision Maker", "Blocker"],
                               "Associated Company IDs": ["7", "7;8"]}),
        activities=pd.DataFrame({"Activity type": ["Meeting", "Email"],
                                 "Activity date": ["2025-03-04 10:22", "2025-03-05 9:01"],
                                 "Associated Contact IDs": ["51", "52"], "Activity assigned to": ["Rae", "Rae"]}),
        opportunities=pd.DataFrame({"Record ID": [1], "Deal Stage": ["Closed won"], "Amount": ["1,200"],
                                    "Create Date": ["2025-01-01 08:00"], "Close Date": ["2025-02-01 09:00"],
                                    "Associated Company IDs": ["7"], "Deal owner": ["Rae"]}),
        leads=pd.DataFrame({"properties.hs_object_id": ["9"], "properties.createdate": ["1736503200000"],
                            "properties.hs_lead_status": ["NEW"], "properties.hubspot_owner_id": ["77"]}),
    )  # fmt: skip
    assert crm["contacts"][["contact_id", "account_id", "decision_power"]].values.tolist() == [
        ["51", "7", "decides"], ["52", "7", "blocks"],
    ]  # fmt: skip
    assert "several_accounts" in rules(crm, "contacts")
    # No account in the export of activities: that of the contact.
    assert crm["activities"]["account_id"].tolist() == ["7", "7"]
    assert "account_of_contact" in rules(crm, "activities")
    assert crm["opportunities"][["stage", "amount"]].values.tolist() == [["won", 1200.0]]
    assert crm["leads"]["created"].iloc[0] == pd.Timestamp("2025-01-10 10:00")
    assert crm["leads"]["rep_id"].tolist() == ["77"]


def test_internal_names_of_hubspot() -> None:
    """Names as its interface writes them, not as its pages show them; the date of first outreach survives an owner."""
    crm = read_crm(
        contacts=pd.DataFrame({"hs_object_id": [51], "associatedcompanyid": ["7"], "hs_buying_role": ["BUDGET_HOLDER"],
                               "jobtitle": ["CFO"], "hs_seniority": ["executive"]}),
        activities=pd.DataFrame({"hs_object_id": [1], "associatedcompanyid": ["7"], "hs_createdate": ["2025-02-01"],
                                 "hs_meeting_start_time": ["2025-03-04T10:00:00Z"], "hubspot_owner_id": ["9"]}),
        opportunities=pd.DataFrame({"hs_object_id": [2], "associatedcompanyid": ["7"], "dealstage": ["closedwon"],
                                    "amount": [5.0], "createdate": ["2025-01-01"], "closedate": ["2025-02-01"],
                                    "deal_currency_code": ["EUR"]}),
        leads=pd.DataFrame({"hs_object_id": [3], "createdate": ["2025-01-01"], "hs_first_outreach_date": ["2025-01-02"],
                            "hs_sa_first_engagement_date": ["2025-05-01"], "hubspot_owner_id": ["9"],
                            "hs_v2_date_entered_opportunity": ["2025-06-01"]}),
    )  # fmt: skip
    assert crm["contacts"][["decision_power", "role", "seniority"]].values.tolist() == [["decides", "CFO", "executive"]]
    assert crm["activities"]["date"].iloc[0] == pd.Timestamp("2025-03-04 10:00")
    assert crm["opportunities"]["stage"].tolist() == ["won"]
    assert crm.currency == "EUR"
    assert crm["leads"]["contacted"].iloc[0] == pd.Timestamp("2025-01-02")
    assert crm["leads"]["converted"].iloc[0] == pd.Timestamp("2025-06-01")


# ---------------------------------------------------------------- rules


def test_rows_that_cannot_count_are_refused_with_reasons() -> None:
    table = pd.DataFrame(
        [
            ("B1", "A", "2025-01-01", 5), ("", "A", "2025-01-01", 5), ("B2", "", "2025-01-01", 5),
            ("B3", "A", "", 5), ("B4", "A", "soon", 5), ("B5", "A", "2025-01-01", ""),
            ("B6", "A", "2025-01-01", "five"),
            ("B1", "A", "2025-01-01", 5), ("B1", "A", "2025-01-01", 7), ("B7", "A", "2025-01-01", -3),
            ("B8", "A", "2025-02-30", 1),
        ],
        columns=["order_id", "account_id", "date", "amount"],
    )  # fmt: skip
    crm = read_crm(orders=table)
    assert reasons(crm) == {
        2: "the id is missing", 3: "there is no account", 4: "date is missing", 5: "date 'soon' is no date",
        6: "amount is missing", 7: "amount 'five' is no number", 8: "the same record as an earlier row",
        11: "date '2025-02-30' is no date",
    }  # fmt: skip
    # Two lines of one order stay, and so does a return.
    assert crm["orders"][["order_id", "amount"]].values.tolist() == [["B1", 5.0], ["B1", 7.0], ["B7", -3.0]]
    assert "negative_amount" in rules(crm, "orders")
    assert len(crm["orders"]) + len(crm.rejects) == len(table)


def test_records_that_are_not_whole_are_listed_or_refused(tmp_path: Path) -> None:
    whole = [f"B{i},A,2025-01-{i + 10},{i}" for i in range(1, 12)]
    lines = ["order_id,account_id,date,amount", *whole, "B12,A,2025-02-01", "B13,A,Smith, Jones,2025-02-01,5"]
    (tmp_path / "orders.csv").write_text("\n".join(lines) + "\n")
    crm = read_crm(tmp_path)
    findings = crm.tables["orders"].findings.set_index("row")["rule"].dropna().groupby(level=0).agg(list).to_dict()
    assert set(findings[12]) == {"short_record", "missing_amount"}
    assert findings[13] == ["long_record"]
    assert reasons(crm)[13].startswith("6 fields, the header has 4")
    assert len(crm["orders"]) == 11


def test_each_different_cell_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(name: str) -> None:
        known = getattr(cells, name)

        def wrapped(column: pd.Series, **options: object) -> object:
            read.append(len(column))
            return known(column, **options)

        monkeypatch.setattr(cells, name, wrapped)

    counted("read_dates")
    counted("numbers")
    rows = range(1000)
    table = pd.DataFrame({"order_id": [f"B{i}" for i in rows], "account_id": "A",
                          "date": [f"2025-01-{i % 7 + 10}" for i in rows],
                          "amount": [f"1,{i % 3}00.50" for i in rows]})  # fmt: skip
    orders = read_crm(orders=table)["orders"]
    assert read == [7, 3]
    assert orders["amount"].sum() == pytest.approx(1000 * 1000.5 + 100 * sum(i % 3 for i in rows))


def test_cells_of_several_kinds_stay_apart() -> None:
    codes, values = distinct(pd.Series(["b", None, "a", "b", ""]))
    assert codes.tolist() == [0, 1, 2, 0, 3]
    assert values.fillna("none").tolist() == ["b", "none", "a", ""]
    codes, values = distinct(pd.Series([True, 1, "1", 1.0], dtype=object))
    assert codes.tolist() == [0, 1, 2, 3]
    assert values.tolist() == [True, 1, "1", 1.0]


def test_opportunities_keep_what_is_odd_and_say_so() -> None:
    table = pd.DataFrame(
        [("O1", "A", "won", "2025-03-01", "2025-02-01"), ("O2", "A", "lost", "2025-03-01", ""),
         ("O3", "A", "", "2025-03-01", ""), ("O1", "A", "won", "2025-03-05", "2025-04-01")],
        columns=["opportunity_id", "account_id", "stage", "created", "closed"],
    )  # fmt: skip
    crm = read_crm(opportunities=table)
    assert {"date_order", "won_without_date"} <= rules(crm, "opportunities")
    assert reasons(crm) == {3: "stage is missing", 4: "the id 'O1' is already used in row 1"}
    refused = read_crm(opportunities=table, reject=["date_order"])
    assert reasons(refused)[1] == "closed lies before created"
    with pytest.raises(OptionError, match="'reject' parameter takes rules among short_record, optional_date"):
        read_crm(opportunities=table, reject=["swapped"])
    with pytest.raises(DataError, match="is not clean, and strict was asked for"):
        read_crm(opportunities=table, strict=True)


def test_links_that_lead_nowhere_are_listed() -> None:
    accounts = read_accounts(pd.DataFrame({"id": ["A"], "lon": [-90.0], "lat": [40.0]}))
    crm = read_crm(
        accounts=accounts,
        contacts=pd.DataFrame(
            [("c1", "A", "c2"), ("c2", "A", "c3"), ("c3", "A", "c2"), ("c4", "A", "c9"), ("c5", "Z", "")],
            columns=["contact_id", "account_id", "reports_to"],
        ),
        activities=pd.DataFrame(
            [("v1", "A", "c5", "r1"), ("v2", "A", "c8", "r2"), ("v3", "", "c1", "r1")],
            columns=["activity_id", "account_id", "contact_id", "rep_id"],
        ).assign(date="2025-01-01", type="visit"),
        people=pd.DataFrame({"person_id": ["r1"]}),
    )
    found = crm.findings.groupby(["table", "rule"])["row"].apply(list).to_dict()
    assert found["contacts", "reports_to_loop"] == [2, 3]
    assert found["contacts", "unknown_superior"] == [4]
    assert found["contacts", "unknown_account"] == [5]
    assert found["activities", "contact_elsewhere"] == [1]
    assert found["activities", "unknown_contact"] == [2]
    assert found["activities", "unknown_person"] == [2]
    assert found["activities", "account_of_contact"] == [3]
    assert crm["activities"]["account_id"].tolist() == ["A", "A", "A"]


def test_words() -> None:
    table = pd.DataFrame({"activity_id": [1, 2, 3], "account_id": "A", "date": "2025-01-01",
                          "type": ["Besuch", "Store check", ""]})  # fmt: skip
    crm = read_crm(activities=table)
    assert crm["activities"]["type"].tolist() == ["visit", "other", "other"]
    assert "row 2: type 'Store check' is not known" in crm.report()["example"].tolist()
    told = read_crm(activities=table, words={"type": {"store check": "visit"}})
    assert told["activities"]["type"].tolist() == ["visit", "visit", "other"]
    with pytest.raises(OptionError, match="words for 'type' are visit, meeting"):
        read_crm(activities=table, words={"type": {"Store check": "besuch"}})
    with pytest.raises(OptionError, match="'words' parameter takes stage"):
        read_crm(activities=table, words={"kind": {}})


def test_columns_that_are_missing_or_chosen() -> None:
    table = ORDERS.rename(columns={"amount_usd": "Net worth"})
    with pytest.raises(DataError, match=r"no column for amount.*columns=\{'orders': \{'amount'"):
        read_crm(orders=table)
    assert read_crm(orders=table, columns={"orders": {"amount": "Net worth"}})["orders"]["amount"].sum() == 150.5
    with pytest.raises(DataError, match="Did you mean 'Net worth'"):
        read_crm(orders=table, columns={"orders": {"amount": "Net wort"}})
    with pytest.raises(DataError, match="Did you mean 'amount'"):
        read_crm(orders=table, columns={"orders": {"amout": "Net worth"}})
    with pytest.raises(DataError, match="nothing to read"):
        read_crm()
    with pytest.raises(DataError, match="no table of leads"):
        read_crm(orders=ORDERS)["leads"]


# ---------------------------------------------------------------- currencies


def test_one_currency_or_rates() -> None:
    table = ORDERS.drop(columns="amount_usd").assign(amount=[100, 50], currency=["EUR", "USD"])
    with pytest.raises(DataError, match=r"EUR \(1 rows\), USD \(1 rows\)"):
        read_crm(orders=table)
    crm = read_crm(orders=table, currency="USD", rates={"EUR": 1.2})
    assert crm["orders"]["amount"].tolist() == pytest.approx([120, 50])
    assert "1 EUR = 1.2 USD" in crm.tables["orders"].findings["action"].tolist()
    lacking = read_crm(orders=table, currency="USD")
    assert lacking.rejects["reason"].tolist() == ["amount in EUR, and there is no rate: give rates={'EUR': …}"]
    blank = read_crm(orders=table.assign(currency=["", "USD"]))
    assert blank.rejects["reason"].tolist() == ["amount without a currency, in a table that names them"]
    with pytest.raises(OptionError, match="'rates' must be positive"):
        read_crm(orders=table, currency="USD", rates={"EUR": 0})


def test_a_currency_that_nobody_states_is_not_invented() -> None:
    table = ORDERS.rename(columns={"amount_usd": "amount"})
    assert read_crm(orders=table).currency == ""
    assert read_crm(orders=table, currency="chf").currency == "CHF"
    mixed = read_crm(orders=ORDERS, people=pd.DataFrame({"person_id": ["p"], "cost": [5]}))
    assert "cost: no column says; taken as USD" in mixed.tables["people"].findings["finding"].tolist()


# ---------------------------------------------------------------- properties


def test_the_order_of_rows_never_matters() -> None:
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"order_id": rng.integers(1, 9, 40).astype(str), "account_id": rng.choice(list("AB"), 40),
                          "date": "2025-01-01", "amount": rng.integers(1, 5, 40)})  # fmt: skip
    expected = read_crm(orders=table)["orders"].drop(columns="row")
    again = read_crm(orders=table.iloc[rng.permutation(40)].reset_index(drop=True))["orders"].drop(columns="row")
    pd.testing.assert_frame_equal(again, expected)


def test_fields_and_rules_are_described() -> None:
    for name, fields in TABLES.items():
        assert fields[0].kind == "id", name
        assert len({field.name for field in fields}) == len(fields)
        # A table with our own names is read without any option.
        assert all(field.name in field.names for field in fields), name
    assert all(rule.what for rule in CRM_RULES.values())


def test_what_it_looks_like() -> None:
    crm = read_crm(orders=ORDERS)
    assert repr(crm) == "<CRM: 2 orders; 0 rejected; amounts in USD>"
    assert repr(crm.tables["orders"]) == "<CrmTable orders: 2 of 2 rows used, 0 rejected>"
    hostile = read_crm(orders=ORDERS.assign(date=["<b>", "2025-01-01"]))
    assert "&lt;b&gt;" in hostile._repr_html_()
    assert "<b>" not in hostile._repr_html_()
    assert hostile.findings["table"].unique().tolist() == ["orders"]
