"""Geocoding without a network: postcodes and towns to points, each with how far it may be off.

The United States come from the data that ships, other countries from a GeoNames postal file of the user's.
"""

from territory_geo.geodata.geocode.search import Places
from territory_geo.geodata.geocode.table import Geocoded, geocode, geocode_table

__all__ = ["Geocoded", "Places", "geocode", "geocode_table"]
