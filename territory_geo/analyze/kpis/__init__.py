"""KPIs: what territory-based and account-based selling are each measured by.

`table.py` puts the table together; each other file holds the KPIs of one idea, as `definition.Kpi` objects that sum
up over accounts, so that territories add up to the company.
"""

from territory_geo.analyze.kpis.alignment import Alignment
from territory_geo.analyze.kpis.cards import AccountCard, account_cards
from territory_geo.analyze.kpis.fairness import fair_ranking
from territory_geo.analyze.kpis.influence import influence_map
from territory_geo.analyze.kpis.options import KpiOptions
from territory_geo.analyze.kpis.period import Period
from territory_geo.analyze.kpis.portfolio import white_space
from territory_geo.analyze.kpis.registry import KPIS, kpi_definitions
from territory_geo.analyze.kpis.scores import kpi_scores
from territory_geo.analyze.kpis.table import kpis

__all__ = [
    "KPIS",
    "AccountCard",
    "Alignment",
    "KpiOptions",
    "Period",
    "account_cards",
    "fair_ranking",
    "influence_map",
    "kpi_definitions",
    "kpi_scores",
    "kpis",
    "white_space",
]
