"""Cleaning: each check is a rule with a name, and nothing is dropped or repaired without being listed.

`rules.py` says what is checked, `ledger.py` keeps the findings, `values.py` reads cells, `coordinates.py`, `region.py`,
`places.py` and `amounts.py` hold the checks.
"""

from territory_geo.geodata.clean.amounts import measure_reasons
from territory_geo.geodata.clean.coordinates import coordinate_reasons, point_coordinates
from territory_geo.geodata.clean.identity import id_reasons
from territory_geo.geodata.clean.values import Reasons, is_marker, is_missing, numbers
from territory_geo.geodata.ids import id_text

__all__ = [
    "Reasons",
    "coordinate_reasons",
    "id_reasons",
    "id_text",
    "is_marker",
    "is_missing",
    "measure_reasons",
    "numbers",
    "point_coordinates",
]
