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
from territory_geo.geodata.units.parts import finding, findings_table

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
    columns : dict
        Which column of the table plays which role.
    """

    lon: Floats
    lat: Floats
    accuracy: NDArray[np.object_]
    error_km: Floats
    reasons: dict[int, str]
    findings: pd.DataFrame
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
    codes, names, states = (_cells(frame, columns[role]) for role in ("postcode", "town", "state"))
    looked_up = {raw: postal.find(raw) for raw in set(codes)}
    points = postal.codes.to_dict("index")
    reasons: dict[int, str] = {}
    noticed: dict[tuple[str, str], list[int]] = {}
    for i in np.flatnonzero(accuracy == "none").tolist():
        code, change = looked_up[codes[i]]
        place = None if towns is None or not names[i] else towns.find(names[i], states[i])
        if code is not None:
            point = points[code]
            x[i], y[i], error[i] = point["lon"], point["lat"], point["error_km"]
            accuracy[i] = "postcode district" if "district" in change else "postcode"
            if change:
                noticed.setdefault((f"postcode: {change}", f"taken for {code}"), []).append(i)
            if postal.american and states[i] and state_code(states[i]) != str(point["state"]).lower():
                noticed.setdefault(("postcode and state disagree", "the postcode was used"), []).append(i)
        elif place is not None:
            x[i], y[i], error[i], several = place
            accuracy[i] = "town" if several == 1 else "one of several towns"
            if several > 1:
                noticed.setdefault(("several towns of that name", "the largest was taken"), []).append(i)
            if codes[i]:
                noticed.setdefault(("unknown postcode, known town", "the town was used"), []).append(i)
        else:
            reasons[i] = _reason(codes[i], names[i], states[i], columns, postal, towns)
    findings = [finding(f"{role} column", 0, column, "used") for role, column in columns.items() if column is not None]
    for kind in CLASSES[:-1]:
        held = np.flatnonzero(accuracy == kind)
        if len(held):
            findings.append(finding(f"place by {kind}", len(held), _accuracy_text(kind, error[held], postal), "used"))
    for (rule, action), rows in _merged(noticed).items():
        shown = " ".join(filter(None, (codes[rows[0]], names[rows[0]], states[rows[0]])))
        findings.append(finding(rule, len(rows), f"row {rows[0] + 1}: {shown}", action))
    if reasons:
        first = min(reasons)
        findings.append(finding("place not found", len(reasons), f"row {first + 1}: {reasons[first]}", "rejected"))
    return Places(x, y, accuracy, error, reasons, findings_table(findings), columns)


def _merged(noticed: dict[tuple[str, str], list[int]]) -> dict[tuple[str, str], list[int]]:
    """Return one entry per rule, with the action of its first row."""
    by_rule: dict[str, tuple[str, list[int]]] = {}
    for (rule, action), rows in noticed.items():
        by_rule.setdefault(rule, (action, []))[1].extend(rows)
    return {(rule, action): sorted(rows) for rule, (action, rows) in by_rule.items()}


def _accuracy_text(kind: str, error: Floats, postal: PostalTable) -> str:
    if kind == "given":
        return "coordinates were there"
    if kind == "postcode" and postal.american and postal.source.startswith("the ZIP"):
        half, most, nearly = ZIP_ERROR_KM
        return f"half lie within {half:g} km, nine in ten within {most:g}, 99 in 100 within {nearly:g}"
    return f"error {np.median(error):.1f} km in the middle, {error.max():.1f} at most"


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
