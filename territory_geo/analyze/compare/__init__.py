"""Plans side by side: what each brings, what it costs, and who loses whom."""

from territory_geo.analyze.compare.compare import Comparison, compare
from territory_geo.analyze.compare.options import CompareOptions

__all__ = ["CompareOptions", "Comparison", "compare"]
