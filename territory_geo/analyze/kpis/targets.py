"""Targets: what a KPI should be, for the period or a year, for the company, a level or one of its keys."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.kpis.definition import Kpi
from territory_geo.analyze.kpis.groups import LEVELS
from territory_geo.analyze.kpis.period import Period
from territory_geo.analyze.kpis.registry import KPIS, kpi_named
from territory_geo.errors import DataError
from territory_geo.geodata import clean, ids
from territory_geo.geodata.columns import did_you_mean, plain

Floats = NDArray[np.float64]

ATTAINMENT = {
    "higher": "value / target", "lower": "target / value (200 % where the value is 0)", "neither": "value / target",
}  # fmt: skip
"""How far a target is reached, by what is better."""

_NONE_LEFT = 2.0
_LIMITS = {"share": 1.0, "ratio": 10.0}
"""The largest target of shares and quotients: 50 for 50 % is a slip."""


def attainment(value: Floats, target: Floats, better: NDArray[np.object_]) -> Floats:
    """Return how far targets are reached; 1 is in full.

    Parameters
    ----------
    value, target : float array, shape (m,)
        Figures and what they should be, in one unit.
    better : object array, shape (m,)
        "higher", "lower" or "neither": where lower is better it is target / value, and 2 where the value is 0; else
        value / target. NaN where one of them is missing, or the target is not above 0.

    Examples
    --------
    >>> higher, lower = np.array(["higher"], dtype=object), np.array(["lower"], dtype=object)
    >>> attainment(np.array([30.0]), np.array([40.0]), higher), attainment(np.array([30.0]), np.array([24.0]), lower)
    (array([0.75]), array([0.8]))
    """
    value, target = np.asarray(value, dtype=float), np.asarray(target, dtype=float)
    falls = better == "lower"
    fit = (target > 0) & ~np.isnan(value) & ~(falls & (value < 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = value / target, np.where(value == 0, _NONE_LEFT, target / value)
    return np.where(fit, np.where(falls, down, up), np.nan)


def with_targets(table: pd.DataFrame, targets: pd.DataFrame | None, period: Period) -> tuple[pd.DataFrame, list[str]]:
    """Return the table with `target` and `attainment`, and what has to be said of the targets.

    Parameters
    ----------
    table : DataFrame
        From `kpis`; figures of the other way of selling get no target.
    targets : DataFrame or None
        `kpi` (name or title), `value` (in the KPI's unit; shares also as "50 %"), optionally `per`, `level` and `key`.
        `per` is "period" (so it is left out) or "year": of what adds up over time, such as revenue, a target for a
        year is shared out over the months; all others hold for any period. A target with a key is for that key, one
        with a level for each of the level, one without a level for all, and for the company if it is a sum. The
        narrowest counts.
    period : Period
        Of the figures.

    Raises
    ------
    DataError
        If a column is missing, a KPI or level is unknown, a value cannot be used or a target comes twice.
    """
    wanted = np.full(len(table), np.nan)
    notes: list[str] = []
    if targets is not None:
        given = _checked(targets, [*LEVELS, *dict.fromkeys(table["level"])], period)
        at = {row: i for i, row in enumerate(zip(given["kpi"], given["level"], given["key"], strict=True))}
        used: set[int] = set()
        rows = zip(table["kpi"], table["level"], table["key"], table["aligned"], strict=True)
        for i, (kpi, level, key, aligned) in enumerate(rows):
            ways = [(kpi, level, key), (kpi, level, ""), (kpi, "", "")]
            found = next((at[way] for way in ways if way in at), None)
            if aligned and found is not None:
                wanted[i] = given["value"].iat[found]
                used.add(found)
        notes = _said(given, used, period)
    better = np.array([KPIS[name].better for name in table["kpi"]], dtype=object)
    reached = attainment(table["value"].to_numpy(dtype=float), wanted, better)
    return table.assign(target=wanted, attainment=reached), notes


def _said(given: pd.DataFrame, used: set[int], period: Period) -> list[str]:
    notes = []
    shared = sum(given["shared"])
    if shared and period.years != 1:
        notes.append(
            f"Targets for a year that add up over time ({shared:,}): {100 * period.years:.4g} % of them are taken for "
            f"{period}."
        )
    for i, row in enumerate(given.itertuples()):
        if i not in used:
            whom = " ".join(text for text in (str(row.level), str(row.key)) if text) or "the company"
            notes.append(f"Row {i + 1} of the targets meets no figure: {KPIS[str(row.kpi)].title}, {whom}.")
    return notes


def _checked(targets: pd.DataFrame, levels: list[str], period: Period) -> pd.DataFrame:
    """Return targets by name for the period: `kpi`, `value`, `level`, `key`, `shared` (of a year)."""
    missing = [name for name in ("kpi", "value") if name not in targets.columns]
    if missing:
        raise DataError(
            f"The targets have no column {missing[0]!r}. They need kpi and value, and may have per, level and key. "
            f"Their columns: {', '.join(map(str, targets.columns))}."
        )
    texts = {name: [text.strip() for text in ids.texts(targets[name])] if name in targets else [""] * len(targets)
             for name in ("kpi", "per", "level", "key")}  # fmt: skip
    cells = [cell.strip() for cell in ids.texts(targets["value"])]
    numbers = clean.numbers(pd.Series([cell.removesuffix("%").strip() for cell in cells], dtype=object))
    known = {plain(level): level for level in levels}
    rows, problems = [], []
    for i, (cell, number) in enumerate(zip(cells, numbers.tolist(), strict=True)):
        kpi, per, level, key = (texts[name][i] for name in ("kpi", "per", "level", "key"))
        named = kpi_named(kpi)
        problem = ""
        if named is None:
            hint = did_you_mean(kpi, [*KPIS, *(known.title for known in KPIS.values())])
            problem = f"there is no KPI {kpi!r}.{hint}"
        elif plain(per) not in ("", "period", "year"):
            problem = f"per must be period or year, not {per!r}"
        elif level and plain(level) not in known:
            problem = f"there is no level {level!r}.{did_you_mean(level, levels)} Levels: {', '.join(known.values())}"
        elif key and not level:
            problem = "a key needs its level, such as rep"
        else:
            problem = _wrong(cell, number, named)
        if named is None or problem:
            problems.append(f"row {i + 1}: {problem}")
            continue
        value = number / 100 if cell.endswith("%") else number
        shared = named.flow and plain(per) == "year"
        everywhere = "" if named.comparable else "company"
        rows.append((named.name, value * period.years if shared else value,
                     known[plain(level)] if level else everywhere, key, shared))  # fmt: skip
    given = pd.DataFrame(rows, columns=["kpi", "value", "level", "key", "shared"])
    if not problems:
        twice = given.duplicated(["kpi", "level", "key"])
        problems = [f"row {i + 1}: this target comes twice" for i in np.flatnonzero(twice)]
    if problems:
        raise DataError(f"The targets cannot be used: {'; '.join(problems[:20])}. Mend these rows.")
    return given


def _wrong(cell: str, number: float, kpi: Kpi) -> str:
    """Return why a value cannot be a KPI's target; empty where it can."""
    if not np.isfinite(number):
        return f"the value {cell!r} is no number"
    if cell.endswith("%"):
        return "" if kpi.unit in _LIMITS else f"{cell!r} is a share, and {kpi.title} is told in {kpi.unit}"
    if number > _LIMITS.get(kpi.unit, np.inf):
        return f"a target of {cell} for {kpi.title} is {100 * number:,.0f} %. Write {number / 100:g} or '{cell} %'"
    return ""
