"""Geocoding without a network: postcodes and towns to points, each with how far it may be off.

The United States come from the data that ships, other countries from a GeoNames postal file of the user's.
What looks places up is loaded when it is first used: a table with coordinates needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from territory_geo.geodata.geocode.search import Places
    from territory_geo.geodata.geocode.table import Geocoded, geocode, geocode_table

__all__ = ["Geocoded", "Places", "geocode", "geocode_table"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{'search' if name == 'Places' else 'table'}"), name)
