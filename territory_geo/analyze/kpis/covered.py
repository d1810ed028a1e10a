"""Which days the tables of a CRM cover: a figure for days of which nothing is known would be a false 0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from territory_geo.errors import OptionError

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.period import Period
    from territory_geo.geodata.crm import CRM

DATED = ("activities", "orders", "opportunities", "leads")
"""Tables whose rows have a date by which they count."""

_MONTH = 31


def require_covered(period: Period, crm: CRM) -> None:
    """Refuse a period in which no table has a single day.

    Raises
    ------
    OptionError
        With the days that each table covers.
    """
    spans = {table: crm.span(table) for table in DATED if table in crm}
    if not spans or any(span is not None and span[0] < period.stop and span[1] >= period.start
                        for span in spans.values()):  # fmt: skip
        return
    known = "; ".join(f"{table} {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}" for table, span in spans.items() if span)
    raise OptionError(
        f"The period {period} lies outside of the data ({known or 'no table has a date'}). Ask for a period within "
        "these days, or leave it out for the last twelve whole months."
    )


def unknown(crm: CRM, tables: Iterable[str], period: Period) -> str:
    """Return which table has no day in a period, as a sentence; empty where all have."""
    for table in tables:
        if table not in DATED:
            continue
        span = crm.span(table)
        if span is None:
            return f"the {table} hold no row"
        if span[0] >= period.stop:
            return f"{table} begin on {span[0]:%Y-%m-%d}: nothing is known of {period}"
        if span[1] < period.start:
            return f"{table} end on {span[1]:%Y-%m-%d}: nothing is known of {period}"
    return ""


def uncovered(crm: CRM, tables: Iterable[str], period: Period, *, to_its_end: bool = True) -> str:
    """Return which table does not cover all of a period, as a sentence; empty where all do.

    A table covers it where its days come as near to the period's beginning and, where asked for, end as a quarter of
    its length, at most a month: between two orders there are days without any.
    """
    slack = min(_MONTH, period.days // 4)
    for table in tables:
        span = crm.span(table) if table in DATED else None
        if span is None:
            continue
        if (span[0] - period.start).days > slack:
            return f"{table} begin on {span[0]:%Y-%m-%d}"
        if to_its_end and (period.last_day - span[1]).days > slack:
            return f"{table} end on {span[1]:%Y-%m-%d}"
    return ""


def partly(crm: CRM, period: Period) -> list[str]:
    """Return what has to be said of tables that cover a period in part or not at all, a sentence for each."""
    said = []
    for table in DATED:
        if table not in crm:
            continue
        gap = unknown(crm, [table], period)
        if gap:
            said.append(f"{gap[0].upper()}{gap[1:]}; figures made of them are missing.")
        elif found := uncovered(crm, [table], period):
            said.append(f"{found[0].upper()}{found[1:]}: only a part of {period} is covered.")
    return said
