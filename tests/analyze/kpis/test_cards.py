"""What is behind the figures of one named account, by hand; and that the level of accounts adds up to the company."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from territory_geo.analyze.kpis import AccountCard, KpiOptions, account_cards, fair_ranking, kpis, white_space
from territory_geo.errors import DataError

OPTIONS = KpiOptions(market="potential", margin=0.5)


def cards_of(company: SimpleNamespace, **changes: object) -> dict[str, AccountCard]:
    given = {"period": "2025", "coverage": company.coverage, "owner": "current_rep", "options": OPTIONS, **changes}
    return {card.account: card for card in account_cards(company.plan_of(), company.crm_of(), **given)}


def test_the_named_accounts_have_cards(company: SimpleNamespace) -> None:
    cards = cards_of(company)
    assert list(cards) == ["e", "f"]
    assert (cards["f"].owner, cards["f"].team, cards["f"].territory) == ("k1", "Key", "T2")
    assert list(cards_of(company, accounts=["a"])) == ["a"]
    with pytest.raises(DataError, match="Account 'zz' is not in the plan"):
        cards_of(company, accounts=["zz"])


def test_contacts_by_channel(company: SimpleNamespace) -> None:
    rows = cards_of(company)["e"].engagement.set_index("channel")
    # A meeting on the last day, an e-mail 90 days before it; nobody was ever seen at an event.
    assert rows["points"].to_dict() == {"in person": 10, "video": 0, "phone": 0, "email": 0.5}
    assert rows["contacts"].to_dict() == {"in person": 1, "video": 0, "phone": 0, "email": 1}
    assert rows.loc["in person", "last"] == pd.Timestamp("2025-12-31")
    assert pd.isna(rows.loc["video", "last"])
    # The visit of January 2026 came after the period.
    assert cards_of(company)["f"].engagement.set_index("channel").loc["in person", "contacts"] == 0


def test_deals_open_ones_first(company: SimpleNamespace) -> None:
    deals = cards_of(company)["f"].deals
    # o4 is a proposal, o8 was won in January, after the period; o3 was won in it, 90 days after it began.
    assert deals[["opportunity_id", "stage"]].values.tolist() == [["o4", "open"], ["o8", "open"], ["o3", "won"]]
    assert deals["amount"].tolist() == [2000, 800, 3000]
    assert deals["days"].tolist() == [60, 30, 90]
    assert deals["closed"].isna().tolist() == [True, True, False]


def test_people_products_and_room(company: SimpleNamespace) -> None:
    card = cards_of(company)["e"]
    assert card.people is not None
    assert [node for node, data in card.people.nodes(data=True) if data["met"]] == ["e1"]
    assert card.products.values.tolist() == [["P", 1600, 1500, "bought"], ["Q", 300, 0, "new"]]
    assert card.room == 5000 - 1900
    bare = account_cards(company.plan_of(), company.crm_of(contacts=None, opportunities=None, activities=None),
                         period="2025", coverage=company.coverage)  # fmt: skip
    assert bare[0].people is None
    assert bare[0].engagement.empty
    assert bare[0].deals.empty
    assert np.isnan(bare[0].room)


def test_what_the_tables_do_not_tell_is_left_open(company: SimpleNamespace) -> None:
    first = cards_of(company, period="2024")["e"]  # nothing is known of 2023: P is bought, whether or not it is new
    assert first.products[["product", "amount", "state"]].values.tolist() == [
        ["P", 1500, "bought"],
        ["Q", 0, "white space"],
    ]
    assert first.products["previous"].isna().all()
    assert first.engagement["previous"].isna().all()
    late = cards_of(company, period="2026-01")["f"]  # the orders end in 2025
    assert late.products.empty
    assert np.isnan(late.room)
    assert late.engagement.set_index("channel").loc["in person", "contacts"] == 1
    plan, crm = company.plan_of(), company.crm_of()
    with pytest.raises(DataError, match="orders end on 2025-06-01: nothing is known of 2026-01-01"):
        white_space(plan, crm, period="2026-01")
    with pytest.raises(DataError, match="A fair ranking cannot be made: orders end on 2025-06-01"):
        fair_ranking(plan, crm, potential="potential", period="2026-01")
    assert "new" not in set(white_space(plan, crm, period="2024")["state"])


def test_accounts_are_a_level(company: SimpleNamespace) -> None:
    table = kpis(company.plan_of(), company.crm_of(), period="2025", coverage=company.coverage, options=OPTIONS)
    rows = table[table["level"] == "account"].set_index(["key", "kpi"])
    assert set(rows.index.get_level_values("key")) == {"e", "f"}
    value = rows["value"]
    assert value["e", "engagement"] == pytest.approx(10.5)
    assert value["f", "open_pipeline"] == 2800
    company_rows = table[table["level"] == "company"].set_index(["kpi", "motion"])["value"]
    for name in ("open_pipeline", "white_space"):
        assert value["e", name] + value["f", name] == company_rows[name, "account"]
    # Half of the named accounts stay: one account by itself cannot say that. e brings 950 a year.
    assert value["e", "lifetime_value"] == pytest.approx(950 / (1 - 0.5))
    assert value["e", "lifetime_value_discounted"] == pytest.approx(950 * 1.1 / (1.1 - 0.5))
    assert np.isnan(value["f", "lifetime_value"])  # it bought nothing
    assert "who stays is told by all named accounts together" in rows.loc[("e", "lifetime_value"), "note"]
    assert (rows["accounts"] == 1).all()


def test_without_named_accounts_there_is_no_such_level(company: SimpleNamespace) -> None:
    table = kpis(company.plan_of(), company.crm_of(), period="2025", by=["company", "account"], measures=["revenue"])
    assert set(table["level"]) == {"company"}
    assert "Nothing is known of the level account: a coverage table says which are named." in table.attrs["notes"]
