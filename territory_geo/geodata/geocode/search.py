"""Looking rows up: postcode first, then town and state; what had to be guessed is counted by rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata import clean
from territory_geo.geodata.geocode.postcodes import ZIP_ERROR_KM, PostalTable
from territory_geo.geodata.geocode.towns import TownTable, state_code
from territory_geo.geodata.ids import texts
from territory_geo.geodata.notices import finding, findings_table

Floats = NDArray[np.float64]

CLASSES = ("given", "postcode", "postcode district", "town", "one of several towns", "none")
"""How a place was found, the surest first."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where the rows of a table lie.

    Parameters
    ----------
    lon, lat : array, shape (n,)
        Degrees; NaN where nothing was found.
    accuracy : array of str, shape (n,)
        One of `CLASSES`.
    error_km : array, shape (n,)
        About nine in ten places lie nearer than this to the point; 0 where coordinates were given, NaN where
        nothing was found.
    reasons : dict of int to str
        Why nothing was found, by the row's position.
    findings : DataFrame
        `rule`, `rows`, `example`, `action`.
    notices : list of (str, int, str)
        Row by row what had to be guessed: the name of a rule of cleaning, the row's position, what was found.
    columns : dict
        Which column of the table plays which role.
    """

    lon: Floats
    lat: Floats
    accuracy: NDArray[np.object_]
    error_km: Floats
    reasons: dict[int, str]
    findings: pd.DataFrame
    notices: list[tuple[str, int, str]]
    columns: dict[str, str | None]

    @property
    def hit_rate(self) -> float:
        """Share of the rows without coordinates for which a place was found; 1 where there was nothing to find."""
        asked = int((self.accuracy != "given").sum())
        return 1.0 - len(self.reasons) / asked if asked else 1.0


def find_places(
    frame: pd.DataFrame,
    columns: dict[str, str | None],
    lon: str | None,
    lat: str | None,
    postal: PostalTable,
    towns: TownTable | None,
) -> Places:
    """Return where the rows lie: by coordinates that are there, else by postcode, else by town and state."""
    n = len(frame)
    x, y, error = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    accuracy = np.full(n, "none", dtype=object)
    if lon in frame.columns and lat in frame.columns:
        x, y = clean.numbers(frame[lon]).copy(), clean.numbers(frame[lat]).copy()
        given = np.isfinite(x) & np.isfinite(y)
        accuracy[given], error[given] = "given", 0.0
        x[~given], y[~given] = np.nan, np.nan
    codes, names, states, countries = (
        _cells(frame, columns[role]) for role in ("postcode", "town", "state", "country")
    )
    looked_up = {raw: postal.find(raw) for raw in set(codes)}
    found = {code for code, _ in looked_up.values() if code is not None}
    points = postal.codes.loc[sorted(found)].to_dict("index")
    reasons: dict[int, str] = {}
    noticed: dict[tuple[str, str], list[int]] = {}
    notices: list[tuple[str, int, str]] = []

    def notice(rule: str, i: int, text: str, kind: str, action: str) -> None:
        noticed.setdefault((kind, action), []).append(i)
        notices.append((rule, i, text))

    for i in np.flatnonzero(accuracy == "none").tolist():
        if _elsewhere(countries[i], postal.country):
            reasons[i] = f"the country is {countries[i]!r}, and places are looked up in {postal.source}"
            continue
        code, change = looked_up[codes[i]]
        place = None if code is not None or towns is None or not names[i] else towns.find(names[i], states[i])
        if code is not None:
            point = points[code]
            x[i], y[i], error[i] = point["lon"], point["lat"], point["error_km"]
            accuracy[i] = "postcode district" if "district" in change else "postcode"
            if change:
                text = f"{columns['postcode']} {codes[i]!r} is {code}: {change}"
                notice("postcode_form", i, text, f"postcode: {change}", f"taken for {code}")
            if postal.american and states[i] and state_code(states[i]) != str(point["state"]).lower():
                text = f"the postcode {code} is in {point['state']}, {columns['state']} says {states[i]!r}"
                notice("postcode_state", i, text, "postcode and state disagree", "the postcode was used")
        elif place is not None:
            x[i], y[i], error[i], several = place
            accuracy[i] = "town" if several == 1 else "one of several towns"
            if several > 1:
                text = f"{several} towns are called {names[i]!r} there; the error reaches to the farthest"
                notice("several_towns", i, text, "several towns of that name", "the largest was taken")
            if codes[i]:
                text = f"the postcode {codes[i]!r} is not among {postal.source}: placed in {names[i]}"
                notice("unknown_postcode", i, text, "unknown postcode, known town", "the town was used")
        else:
            reasons[i] = _reason(codes[i], names[i], states[i], columns, postal, towns)
    findings = [finding(f"{role} column", 0, column, "used") for role, column in columns.items() if column is not None]
    for kind in CLASSES[:-1]:
        held = np.flatnonzero(accuracy == kind)
        if len(held):
            findings.append(finding(f"place by {kind}", len(held), accuracy_text(kind, error[held], postal), "used"))
    for (rule, action), rows in _merged(noticed).items():
        shown = " ".join(filter(None, (codes[rows[0]], names[rows[0]], states[rows[0]])))
        findings.append(finding(rule, len(rows), f"row {rows[0] + 1}: {shown}", action))
    if reasons:
        first = min(reasons)
        findings.append(finding("place not found", len(reasons), f"row {first + 1}: {reasons[first]}", "rejected"))
    return Places(x, y, accuracy, error, reasons, findings_table(findings), notices, columns)


def _merged(noticed: dict[tuple[str, str], list[int]]) -> dict[tuple[str, str], list[int]]:
    """Return one entry per rule, with the action of its first row."""
    by_rule: dict[str, tuple[str, list[int]]] = {}
    for (rule, action), rows in noticed.items():
        by_rule.setdefault(rule, (action, []))[1].extend(rows)
    return {(rule, action): sorted(rows) for rule, (action, rows) in by_rule.items()}


def accuracy_text(kind: str, error: Floats, postal: PostalTable) -> str:
    """Return how far places of a class may be off, in words."""
    if kind == "given":
        return "coordinates were there"
    if kind == "postcode" and postal.american and postal.source.startswith("the ZIP"):
        half, most, nearly = ZIP_ERROR_KM
        return f"half lie within {half:g} km, nine in ten within {most:g}, 99 in 100 within {nearly:g}"
    if error.min() == error.max():
        return f"up to about {error.max():.1f} km off"
    return f"error {np.median(error):.1f} km in the middle, {error.max():.1f} at most"


_AMERICAN = frozenset(
    {"us", "usa", "united states", "united states of america", "u.s.", "u.s.a.", "pr", "gu", "vi", "as", "mp"}
)  # fmt: skip


def _elsewhere(country: str, home: str) -> bool:
    """Tell whether a country as a table writes it is another than that of the postcodes, two letters each.

    Names of countries are known for the United States only; elsewhere, only codes of two letters are compared.
    """
    if not country or not home or clean.is_marker(country):
        return False
    if home == "US":
        return country.casefold() not in _AMERICAN
    code = {"UK": "GB"}.get(country.upper(), country.upper())
    return len(code) == 2 and code.isalpha() and code != home


def _reason(
    code: str, town: str, state: str, columns: dict[str, str | None], postal: PostalTable, towns: TownTable | None
) -> str:
    """Return why a row has no place, in words."""
    said = []
    if columns["postcode"] is not None:
        said.append(f"the postcode {code!r} is not among {postal.source}" if code else "the postcode is missing")
    if towns is not None:
        if not town:
            said.append("the town is missing")
        elif not state and towns.needs_state:
            said.append("the state is missing")
        else:
            said.append(f"the town {', '.join(filter(None, (town, state)))!r} is not among {towns.source}")
    return "; ".join(said)


def _cells(frame: pd.DataFrame, column: str | None) -> list[str]:
    if column is None:
        return [""] * len(frame)
    return [value.strip() for value in map(str, texts(frame[column]))]
