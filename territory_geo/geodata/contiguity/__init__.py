"""The contiguity graph: which basic units touch, and how separate parts are joined.

Areas touch where they share a border, hexagons on their grid, point units where their cells on land do.
"""

from territory_geo.geodata.contiguity.borders import shared_border_pairs
from territory_geo.geodata.contiguity.graph import ContiguityGraph
from territory_geo.geodata.contiguity.matrix import adjacency

__all__ = ["ContiguityGraph", "adjacency", "shared_border_pairs"]
