"""Territories made of whole territories of another plan: the best choice of all that can be, proven."""

from territory_geo.optimize.nested.choice import MOST, Choices, TooMany, choices_of
from territory_geo.optimize.nested.cover import Cover, exact_cover
from territory_geo.optimize.nested.solve import Nested, solve_nested
from territory_geo.optimize.nested.widening import least_widening

__all__ = [
    "MOST",
    "Choices",
    "Cover",
    "Nested",
    "TooMany",
    "choices_of",
    "exact_cover",
    "least_widening",
    "solve_nested",
]
