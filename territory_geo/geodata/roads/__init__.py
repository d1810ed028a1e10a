"""Travel along real roads, from an OpenStreetMap extract: kilometres and hours between places.

Data from OpenStreetMap is © OpenStreetMap contributors, under the Open Database License (ODbL 1.0).
"""

from __future__ import annotations

from territory_geo.geodata.roads.cache import RowCache
from territory_geo.geodata.roads.calibration import Calibration, calibrate
from territory_geo.geodata.roads.network import RoadNetwork
from territory_geo.geodata.roads.travel import RoadTravel

__all__ = ["Calibration", "RoadNetwork", "RoadTravel", "RowCache", "calibrate"]
