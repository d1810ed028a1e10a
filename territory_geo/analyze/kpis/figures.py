"""One KPI worked out: its rows now and before, their sums by key, figures with intervals, and what has to be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.kpis import interval
from territory_geo.analyze.kpis.covered import uncovered, unknown
from territory_geo.analyze.kpis.definition import Kpi, Parts

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

Floats = NDArray[np.float64]

_BEYOND = ("market_share",)
"""Shares that may pass 1: an account may buy more than its market measure says."""


@dataclass(frozen=True, eq=False)
class Worked:
    """A KPI's rows now and in the period before, or why there are none."""

    kpi: Kpi
    now: Parts | None
    before: Parts | None
    missing: str
    notes: tuple[str, ...]


def worked_out(kpi: Kpi, facts: Facts, when: Period) -> Worked:
    """Return a KPI's rows, with everything that has to be said of them."""
    missing = facts.missing(kpi.needs) or unknown(facts.crm, kpi.tables, when)
    if missing:
        return Worked(kpi, None, None, missing, ())
    gap = _gap(facts, kpi, when.previous)
    against = f"{gap}: nothing to compare with in {when.previous}" if gap else ""
    if gap and kpi.looks_back:
        return Worked(kpi, None, None, against, ())
    now = kpi.parts(facts, when)
    short = uncovered(facts.crm, kpi.tables, when)
    notes = [now.note, f"{short}: only a part of the period is covered" if short else "", against]
    before = None
    if not gap:
        earlier = _gap(facts, kpi, when.previous.previous) if kpi.looks_back else ""
        if earlier:
            notes.append(f"{earlier}: no figure for the period before")
        else:
            before = kpi.parts(facts, when.previous)
    return Worked(kpi, now, before, "", tuple(note for note in notes if note))


def _gap(facts: Facts, kpi: Kpi, earlier: Period) -> str:
    """Return why a KPI's tables cannot be asked about an earlier period; empty where they can."""
    return uncovered(facts.crm, kpi.tables, earlier, to_its_end=False)


def figures_of(one: Worked, codes: NDArray[np.int64], k: int, facts: Facts, *, single: bool = False) -> dict[str, Any]:
    """Return value, interval, sample size, figure before, change and note of one KPI for each of k keys.

    `single` says that each key is one account, which cannot say by itself what the KPI's `pooled` sums need.
    """
    nothing = np.full(k, np.nan)
    if one.now is None:
        notes = np.full(k, one.missing, dtype=object)
        return {"value": nothing, "low": nothing, "high": nothing, "n": nothing, "previous": nothing,
                "change": nothing, "note": notes}  # fmt: skip
    pooled = one.kpi.pooled if single else ()
    group, values, sums = _summed(one.now, codes, k, pooled)
    value = one.kpi.combine(sums)
    low, high, n = _interval(one.kpi, group, values, sums, facts.options.confidence)
    low, high = np.where(np.isnan(value), np.nan, low), np.where(np.isnan(value), np.nan, high)
    before = nothing if one.before is None else one.kpi.combine(_summed(one.before, codes, k, pooled)[2])
    said = joined(*one.notes, "who stays is told by all named accounts together" if pooled else "")
    notes = np.full(k, said, dtype=object)
    for i in range(k):
        if np.isnan(value[i]):
            notes[i] = joined(f"no {one.kpi.over}: there is nothing to divide by", said)
        elif one.before is not None and np.isnan(before[i]):
            notes[i] = joined(f"no {one.kpi.over} in the period before: nothing to compare with", said)
    return {"value": value, "low": low, "high": high, "n": n, "previous": before, "change": value - before,
            "note": notes}  # fmt: skip


def _summed(
    parts: Parts, codes: NDArray[np.int64], k: int, pooled: tuple[str, ...]
) -> tuple[NDArray[np.int64], dict[str, Floats], dict[str, Floats]]:
    """Return the group of each row that counts, its values, and their sums per group; `pooled` ones over all groups."""
    group = codes[parts.subject]
    ours = group >= 0
    group = group[ours]
    values = {name: np.asarray(column, dtype=float)[ours] for name, column in parts.values.items()}
    sums = {name: np.bincount(group, column, minlength=k).astype(float) for name, column in values.items()}
    return group, values, sums | {name: np.full(k, sums[name].sum()) for name in pooled}


def _interval(
    kpi: Kpi, group: NDArray[np.int64], values: dict[str, Floats], sums: dict[str, Floats], confidence: float
) -> tuple[Floats, Floats, Floats]:
    k = len(next(iter(sums.values())))
    if kpi.interval == "wilson":
        return *interval.wilson(sums["top"], sums["over"], confidence), sums["over"]
    if kpi.interval == "poisson":
        return *interval.poisson(sums["top"], confidence), sums["top"]
    if kpi.interval == "jackknife":
        low, high = interval.jackknife(group, values, sums, kpi.combine, confidence)
        counted = np.zeros(len(group), dtype=bool)
        for column in values.values():
            counted |= column != 0
        n = np.bincount(group[counted], minlength=k).astype(float)
        low = low if kpi.signed else np.maximum(low, 0.0)
        return low, high if kpi.unit != "share" or kpi.name in _BEYOND else np.minimum(high, 1.0), n
    none = np.full(k, np.nan)
    return none, none, none


def unit_text(unit: str, currency: str) -> str:
    """Return a unit with the currency in place of money."""
    return unit.replace("money", currency or "money (currency not stated)")


def other_way(model: str, motion: str) -> str:
    """Return the label of a figure that was made for accounts of the other way of selling."""
    made = {"territory": "accounts covered by territory", "account": "named accounts"}
    return f"made for {made[model]}; these are {made[motion]}"


def joined(*notes: str) -> str:
    """Return notes as one text; empty ones are left out."""
    return "; ".join(note for note in notes if note)
