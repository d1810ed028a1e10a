"""Basic units: the smallest pieces that are assigned to a territory, with their activity measures.

Points, areas, areas with accounts joined, hexagons: each way to make them has its file.
"""

from territory_geo.geodata.units.basic import BasicUnits

__all__ = ["BasicUnits"]
