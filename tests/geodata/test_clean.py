"""Cleaning: the arithmetic behind the rules, on cases that can be worked out by hand, and what must always hold.

Whole files with exact reports are in `test_dirty.py`.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean.coordinates import degrees_of
from territory_geo.geodata.clean.ledger import row_ranges
from territory_geo.geodata.clean.region import Home, on_sphere
from territory_geo.geodata.clean.rules import FIXABLE, KEEPABLE, REJECTABLE, RULES
from territory_geo.geodata.clean.values import amount, decimal_sign, numbers
from territory_geo.geodata.columns import USUAL_NAMES, did_you_mean, find_column, plain

# ------------------------------------------------------------------ numbers

AMOUNTS = [  # text, decimal sign of the column, number
    ("1234.5", ".", 1234.5),
    ("1,234", ".", 1234),
    ("1,234", ",", 1.234),
    ("1.234", ",", 1234),
    ("1.234", ".", 1.234),
    ("1,5", ".", 1.5),  # one decimal proves the comma
    ("1.234,50 €", ".", 1234.5),
    ("$1,234.50", ",", 1234.5),
    ("-$5", ".", -5),
    ("$-5", ".", -5),
    ("(5)", ".", -5),
    ("5-", ".", -5),
    ("+5", ".", 5),
    (".5", ".", 0.5),
    ("1'234'567", ".", 1234567),
    ("1 234,5", ".", 1234.5),
    ("CHF 12", ".", 12),
    ("12 kr", ".", 12),
    ("1.5e3", ".", 1500),
    ("0,123", ".", 0.123),
    ("12,34,567", ".", None),  # not in threes
    ("1,2345,678", ".", None),
    ("1.2.3", ".", None),
    ("--5", ".", None),
    ("(-5)", ".", None),
    ("(5", ".", None),
    ("5 apples", ".", None),
    ("12.05.2024", ".", None),
    ("12%", ".", None),
    ("$", ".", None),
    ("", ".", None),
]


@pytest.mark.parametrize(("text", "decimal", "number"), AMOUNTS)
def test_amounts(text: str, decimal: str, number: float | None) -> None:
    value = amount(text, decimal)
    assert math.isnan(value) if number is None else value == number


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,234"], None),
        (["1,234", "1,5"], ","),
        (["1,234", "1.5"], "."),
        (["1,5", "1.5"], None),  # both
        (["1,234,567"], "."),
        (["1.234.567"], ","),
        (["words", "12", None], None),
        (["1234,567"], ","),
    ],
)
def test_the_decimal_sign_is_taken_from_proof(texts: list[str | None], sign: str | None) -> None:
    assert decimal_sign(texts) == sign


@given(st.lists(st.one_of(st.floats(-1e12, 1e12), st.integers(-(10**9), 10**9)), min_size=1, max_size=5))
def test_numbers_written_with_separators_come_back(values: list[float]) -> None:
    english = pd.Series([f"{value:,.2f}" for value in values], dtype=object)
    german = english.str.replace(",", "_").str.replace(".", ",").str.replace("_", ".")
    expected = [float(f"{value:.2f}") for value in values]
    assert numbers(english).tolist() == expected
    assert numbers(german).tolist() == expected


DEGREES = [  # text, role, degrees
    ("40°26'46\"N", "lat", 40 + 26 / 60 + 46 / 3600),
    ("40° 26.767' S", "lat", -(40 + 26.767 / 60)),
    ("79 58 56 W", "lon", -(79 + 58 / 60 + 56 / 3600)),
    ("E 13° 24\u2032", "lon", 13.4),
    ("52.52 N", "lat", 52.52),
    ("52,52° N", "lat", 52.52),
    ("-33°52'", "lat", -(33 + 52 / 60)),
    ("52.52 E", "lat", None),
    ("52° 60' N", "lat", None),
    ("52.5° 30' N", "lat", None),
    ("13° 24' O", "lon", None),
    ("N 52 S", "lat", None),
    ("north", "lat", None),
]


@pytest.mark.parametrize(("text", "role", "degrees"), DEGREES)
def test_degrees(text: str, role: str, degrees: float | None) -> None:
    value = degrees_of(text, role)
    assert math.isnan(value) if degrees is None else value == pytest.approx(degrees, abs=1e-12)


def test_row_ranges() -> None:
    assert row_ranges([5]) == "5"
    assert row_ranges([1, 2, 4, 5, 6, 9]) == "1–2, 4–6, 9"
    assert row_ranges(range(1, 100, 2)) == ", ".join(map(str, range(1, 24, 2))) + " and 38 more"


# ------------------------------------------------------------------ region and land


def grid(n: int = 10, *, west: float = 8, south: float = 48, step: float = 0.4) -> pd.DataFrame:
    """n × n accounts in a square, 0.4° apart."""
    xy = [(west + step * i, south + step * j) for i in range(n) for j in range(n)]
    return pd.DataFrame({"id": range(len(xy)), "lon": [x for x, _ in xy], "lat": [y for _, y in xy]})


def rules_of(accounts: tg.Accounts) -> dict[str, list[int]]:
    found = accounts.findings[accounts.findings["row"].notna()]
    return {str(rule): rows["row"].tolist() for rule, rows in found.groupby("rule")}


def test_home_and_far() -> None:
    table = grid()
    home = Home.of(table["lon"].to_numpy(float), table["lat"].to_numpy(float))
    assert home is not None
    # Nine in ten rows lie within about 2.2° of the middle, and 111 km is a degree of latitude.
    assert 150 < home.link < 300
    x, y = np.array([10.0, 20.0, 10.0]), np.array([50.0, 50.0, 58.0])
    far, km = home.far(x, y)
    assert far.tolist() == [False, True, True]
    edge = on_sphere(np.array([10.0]), np.array([51.6])) - on_sphere(np.array([10.0]), np.array([58.0]))
    assert km[2] == pytest.approx(float(np.linalg.norm(edge)), abs=home.side)
    assert home.holds(x, y).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("lon", "lat", "rules", "mended"),
    [
        (50.0, 10.0, {"swapped": [101]}, (10.0, 50.0)),
        (-10.0, 50.0, {"sign_lost": [101]}, (10.0, 50.0)),
        (10.0, -50.0, {"sign_lost": [101]}, (10.0, 50.0)),
        (-10.0, -50.0, {"sign_lost": [101]}, (10.0, 50.0)),
        (100.0, 20.0, {"far_outlier": [101]}, None),
        (11.0, 49.0, {}, None),
    ],
)
def test_slips_are_found_and_mended_where_asked(
    lon: float, lat: float, rules: dict[str, list[int]], mended: tuple[float, float] | None
) -> None:
    table = pd.concat([grid(), pd.DataFrame({"id": [999], "lon": [lon], "lat": [lat]})], ignore_index=True)
    assert rules_of(tg.read_accounts(table)) == rules
    accounts = tg.read_accounts(table, fix=["swapped", "sign_lost"])
    point = accounts.frame.geometry.iloc[-1]
    assert len(accounts) == 101
    assert (point.x, point.y) == (mended or (lon, lat))
    kept = tg.read_accounts(table, keep=["swapped", "sign_lost"])
    assert (kept.frame.geometry.iloc[-1].x, len(kept.rejects)) == (lon, 0)


def test_where_two_slips_explain_a_row_none_is_concluded() -> None:
    """On a square around (30, 30), a row with both signs turned is also swapped with both signs turned."""
    square = grid(west=28, south=28)
    both = pd.concat([square, pd.DataFrame({"id": [999], "lon": [-30.0], "lat": [30.0]})], ignore_index=True)
    assert rules_of(tg.read_accounts(both)) == {"sign_lost": [101]}
    # Swapping (30, -30) gives (-30, 30), which is not among them: one explanation is left.
    swapped = pd.concat([square, pd.DataFrame({"id": [999], "lon": [30.0], "lat": [-30.0]})], ignore_index=True)
    assert rules_of(tg.read_accounts(swapped)) == {"sign_lost": [101]}


def test_the_order_of_rows_changes_no_conclusion() -> None:
    table = pd.concat([grid(), pd.DataFrame({"id": [998, 999], "lon": [50.0, 100], "lat": [10.0, 20]})])
    forward, backward = tg.read_accounts(table), tg.read_accounts(table.iloc[::-1])
    assert set(forward.rejects["reason"]) == set(backward.rejects["reason"])
    keys = ["id", "rule", "finding"]
    assert set(map(tuple, forward.findings[keys].to_numpy())) == set(map(tuple, backward.findings[keys].to_numpy()))


def test_distance_to_land_is_right() -> None:
    """A square of land; rows 1° east of it (at 50° north: 71.5 km), 0.5° north of it (55.6 km), and 500 m off."""
    land = shapely.box(8, 48, 12, 52)
    more = pd.DataFrame({"id": [901, 902, 903], "lon": [13.0, 10.0, 12.005], "lat": [50.0, 52.5, 50.0]})
    table = pd.concat([grid(), more], ignore_index=True)
    accounts = tg.read_accounts(table, land=land)
    found = accounts.findings.query("rule == 'off_land'")
    assert found["row"].tolist() == [101, 102]
    km = [float(re.search(r"is ([\d.]+) km off", text)[1]) for text in found["finding"]]  # type: ignore[index]
    assert km == [pytest.approx(111.195 * math.cos(math.radians(50)), rel=0.01), pytest.approx(55.6, rel=0.01)]
    with pytest.raises(DataError, match="sea does not exist"):
        tg.read_accounts(table, land="sea")


# ------------------------------------------------------------------ options


@pytest.mark.parametrize(("option", "allowed"), [("fix", FIXABLE), ("keep", KEEPABLE), ("reject", REJECTABLE)])
def test_options_take_their_rules_only(option: str, allowed: tuple[str, ...]) -> None:
    for name in RULES:
        if name in allowed:
            tg.read_accounts(grid(3), **{option: [name]})
        else:
            with pytest.raises(OptionError, match=rf"The '{option}' parameter takes rules among .*'{name}'"):
                tg.read_accounts(grid(3), **{option: [name]})


def test_strict_lists_everything_once() -> None:
    table = grid()
    table.loc[0, "lat"], table.loc[1, "lon"], table.loc[2, "id"] = None, 999, 50
    with pytest.raises(DataError) as error:
        tg.read_accounts(table, strict=True)
    text = str(error.value)
    assert text.count("\n  ") == 3
    for words in (
        "missing_coordinate: row 1: lat",
        "out_of_range: row 2: lon 999",
        "duplicate_id: row 51: the id '50'",
    ):
        assert words in text
    assert len(tg.read_accounts(grid(), strict=True)) == 100


def test_what_was_asked_for_does_not_offend_strict() -> None:
    table = pd.concat([grid(), pd.DataFrame({"id": [999], "lon": [50.0], "lat": [10.0]})], ignore_index=True)
    assert len(tg.read_accounts(table, fix=["swapped"], strict=True)) == 101


def test_the_readme_lists_the_rules_as_they_are(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (\w+)", text, re.MULTILINE)
    words = {"reject": "rejected", "keep": "kept", "convert": "read"}
    about_rows = [rule for rule in RULES.values() if rule.default != "say"]
    assert listed == [(rule.name, rule.what, words[rule.default]) for rule in about_rows]


def test_usual_names_are_written_plainly_and_play_one_role() -> None:
    for names in USUAL_NAMES.values():
        assert [name for name in names if plain(name) != name] == []
        assert len(set(names)) == len(names)
    everything = [name for names in USUAL_NAMES.values() for name in names]
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("Breitengrad", "lat"), ("LÄNGENGRAD", "lon"), ("Billing Latitude", "lat"), ("gps-lng", "lon"),
        ("Kunden-Nr.", "id"), ("N° client", "id"), ("Account Owner", "rep"), ("properties.name", "name"),
        ("long.", "lon"), ("Szerokość geograficzna", "lat"),
    ],
)  # fmt: skip
def test_names_of_many_kinds(column: str, role: str | None) -> None:
    found = {r for r in USUAL_NAMES if find_column(r, [column], None, source="t") == column}
    assert found == ({role} if role else set())


def test_did_you_mean() -> None:
    assert did_you_mean("lattitude", ["latitude", "lon"]) == " Did you mean 'latitude'?"
    assert did_you_mean("colour", ["lat", "lon"]) == ""


# ------------------------------------------------------------------ no row is lost

cells = st.one_of(
    st.none(),
    st.floats(),
    st.integers(-300, 300),
    st.sampled_from(["", "n/a", "12", "1,5", "40° 26' N", "$5", "-", "x", "0", "1.234,5", "99999999"]),
)


@given(
    st.lists(st.tuples(cells, cells, cells, cells, cells), max_size=12),
    st.sets(st.sampled_from(FIXABLE)),
    st.sets(st.sampled_from(REJECTABLE)),
)
def test_every_row_of_any_table_ends_in_a_unit_or_in_the_rejects(
    rows: list[tuple[object, ...]], fix: set[str], reject: set[str]
) -> None:
    table = pd.DataFrame(rows, columns=["id", "lon", "lat", "name", "revenue"], dtype=object)
    accounts = tg.read_accounts(table, fix=sorted(fix), reject=sorted(reject))
    assert sorted([*accounts.frame["row"], *accounts.rejects["row"]]) == list(range(1, len(rows) + 1))
    assert accounts.findings["rule"].isin(list(RULES)).all()
    refused = accounts.findings.query("action == 'rejected'")
    assert sorted(refused["row"].astype(int)) == accounts.rejects["row"].tolist()
    for measures in (["revenue"], ["accounts"]):
        try:
            units = tg.BasicUnits.from_accounts(accounts, measures=measures)
        except DataError as error:
            assert "can be used" in str(error)  # noqa: PT017
            continue
        assert sorted([*units.members["row"], *units.rejects["row"]]) == list(range(1, len(rows) + 1))
        assert units.frame["accounts"].sum() == len(units.members)
