"""Measures by formula: an analyst writes "hours = visits * minutes / 60" and gets numbers; nothing else can run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.formula import Formula

TABLE = pd.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "x": [0, 1, 2, 3],
        "y": [0, 0, 0, 0],
        "visits": [12, 6, 0, "?"],
        "minutes each": [30, 60, 45, 10],
        "kind": ["customer", "prospect", "customer", "customer"],
        "size": [3, 1, 2, 5],
    }
)


def values(text: str) -> list[float]:
    formula = Formula.parse(text)
    assert formula is not None
    return formula.values(TABLE).tolist()


def test_arithmetic_with_columns_of_any_name() -> None:
    assert values("hours = visits * `minutes each` / 60")[:3] == [6, 6, 0]
    assert np.isnan(values("hours = visits * `minutes each` / 60")[3])
    assert values("n = -(size - 10) + 2 * size") == [13, 11, 12, 15]


def test_comparisons_count() -> None:
    assert values("customers = kind == 'customer'") == [1, 0, 1, 1]
    # Added up they are numbers: pandas alone would read a sum of two comparisons as "or".
    assert values("n = (kind == 'customer') + (size >= 3)") == [2, 0, 1, 2]
    assert values("big = (kind == 'customer') * size") == [3, 0, 2, 5]
    assert values("other = 'customer' != kind") == [0, 1, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "x = __import__('os').system('true')",
        "x = visits.values",
        "x = @visits",
        "x = visits ** 9",
        "x = visits[0]",
        "x = (lambda: 1)()",
        "x = visits if size else 1",
        "x = visits and size",
        "x = f'{visits}'",
        "x = True",
        "x = 3",  # no column
        "x = 1 < size < 3",
        "x = (visits",
        "x = visits; size",
        "x = visits := 3",
        "x = None",
    ],
)
def test_nothing_but_arithmetic(text: str) -> None:
    with pytest.raises(OptionError, match="measure"):
        Formula.parse(text)


def test_plain_names_are_no_formulas() -> None:
    assert Formula.parse("revenue") is None
    assert Formula.parse("a == b") is None


def test_units_sum_formulas_and_reject_rows_without_a_value() -> None:
    accounts = tg.read_accounts(TABLE, crs=None)
    units = tg.BasicUnits.from_accounts(accounts, measures=["hours = visits * `minutes each` / 60", "size"])
    assert units.measures == ("hours", "size", "accounts")
    assert units.frame["hours"].to_dict() == {1: 6, 2: 6, 3: 0}
    assert units.rejects.to_dict("records") == [{"row": 4, "id": "4", "reason": "hours is missing"}]


def test_division_by_zero_is_a_reject() -> None:
    accounts = tg.read_accounts(TABLE.drop(index=3), crs=None)
    units = tg.BasicUnits.from_accounts(accounts, measures=["rate = size / visits"])
    assert units.rejects["reason"].tolist() == ["rate 'inf' is not a number"]


def test_what_cannot_be_worked_out_names_the_formula() -> None:
    accounts = tg.read_accounts(TABLE, crs=None)
    with pytest.raises(DataError, match=r"'h = visit \* 2' uses 'visit', which is no column. Columns: .*visits"):
        tg.BasicUnits.from_accounts(accounts, measures=["h = visit * 2"])
    with pytest.raises(OptionError, match=r"takes kind both for text and for a number"):
        tg.BasicUnits.from_accounts(accounts, measures=["h = kind * (kind == 'a')"])
    for taken in (["size = visits * 2"], ["h = size * 1", "h = size * 2"], ["x = size * 1"]):
        with pytest.raises(OptionError, match="has the name of another column"):
            tg.BasicUnits.from_accounts(accounts, measures=taken)


def test_built_in_measures_may_be_said_anew() -> None:
    accounts = tg.read_accounts(TABLE, crs=None)
    units = tg.BasicUnits.from_accounts(accounts, measures=["accounts = size * 1"])
    assert units.frame["accounts"].tolist() == [3, 1, 2, 5]
