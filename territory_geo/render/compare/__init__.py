"""What people see of a comparison: a styled table, a figure, a page, a folder of files."""

from territory_geo.render.compare.files import write_comparison
from territory_geo.render.compare.page import comparison_page
from territory_geo.render.compare.plot import comparison_figure
from territory_geo.render.compare.tables import comparison_style

__all__ = ["comparison_figure", "comparison_page", "comparison_style", "write_comparison"]
