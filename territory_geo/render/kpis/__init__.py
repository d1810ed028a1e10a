"""KPIs as people see them: styled tables, scorecards with small charts, the page of definitions, a workbook.

`figures.py` writes figures, `charts.py` draws, the other files are one view each; `files.py` writes them all.
"""

from territory_geo.render.kpis.accounts import accounts_page
from territory_geo.render.kpis.book import write_book
from territory_geo.render.kpis.definitions import definitions_page
from territory_geo.render.kpis.files import write_kpis
from territory_geo.render.kpis.influence import influence_page, influence_svg
from territory_geo.render.kpis.ranking import ranking_page
from territory_geo.render.kpis.scorecard import scorecards_page
from territory_geo.render.kpis.tables import kpi_style

__all__ = [
    "accounts_page",
    "definitions_page",
    "influence_page",
    "influence_svg",
    "kpi_style",
    "ranking_page",
    "scorecards_page",
    "write_book",
    "write_kpis",
]
