"""All KPIs by name, in the order of reports, and their definitions as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from territory_geo.analyze.kpis import (
    content,
    coverage,
    engagement,
    field_time,
    leads,
    lifetime,
    market,
    portfolio,
    productivity,
    retention,
    revenue,
    stakeholders,
    velocity,
)
from territory_geo.analyze.kpis.definition import Kpi
from territory_geo.analyze.kpis.interval import METHODS
from territory_geo.errors import OptionError
from territory_geo.geodata.columns import did_you_mean, plain

_MODULES = (
    revenue, coverage, leads, market, field_time, productivity, engagement, content, stakeholders, velocity, portfolio,
    retention, lifetime,
)  # fmt: skip

KPIS: dict[str, Kpi] = {kpi.name: kpi for module in _MODULES for kpi in module.KPIS}
"""Every KPI by name."""


_BY_TEXT = {plain(text): kpi for kpi in KPIS.values() for text in (kpi.title, kpi.name)}


def kpi_named(text: str) -> Kpi | None:
    """Return the KPI of a name or of a title as it is shown, whatever its case; None where there is none."""
    return _BY_TEXT.get(plain(text))


def chosen(names: Sequence[str] | None) -> list[Kpi]:
    """Return the KPIs of these names or titles, all for None.

    Raises
    ------
    OptionError
        If a name is not known; the message has the nearest ones.
    """
    if names is None:
        return list(KPIS.values())
    asked = [names] if isinstance(names, str) else list(names)
    wrong = [name for name in asked if kpi_named(name) is None]
    if wrong or not asked:
        hint = did_you_mean(wrong[0], [*KPIS, *(kpi.title for kpi in KPIS.values())]) if wrong else ""
        raise OptionError(f"There is no KPI {wrong[0] if wrong else asked!r}.{hint} KPIs: {', '.join(KPIS)}.")
    found = [kpi_named(name) for name in asked]
    return [kpi for kpi in KPIS.values() if kpi in found]


def kpi_definitions() -> pd.DataFrame:
    """Return what each KPI means.

    Returns
    -------
    DataFrame
        One row per KPI: `kpi`, `title`, `model` (territory, account, both), `unit`, `formula`, `source` (fields),
        `moves` (what moves it), `better` (higher, lower, neither), `interval` (method), `reference`.

    Examples
    --------
    >>> kpi_definitions().set_index("kpi").loc["win_rate", "formula"]
    'won / (won + lost), closed in the period'
    """
    return pd.DataFrame(
        [
            {
                "kpi": kpi.name, "title": kpi.title, "model": kpi.model, "unit": kpi.unit, "formula": kpi.formula,
                "source": ", ".join(kpi.source), "moves": kpi.moves, "better": kpi.better,
                "interval": METHODS[kpi.interval], "reference": kpi.reference,
            }
            for kpi in KPIS.values()
        ]
    )  # fmt: skip
