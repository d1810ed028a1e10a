"""Towns by name and state: the shipped list, the places of the ZIP codes, or those of a GeoNames file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from territory_geo.geodata.geocode.postcodes import PostalTable, arc_km, degrees, middles, on_sphere

TOWN_ERROR_KM = 10.8
"""Nine in ten of 25,830 ZIP points lie nearer than this to the point of the town whose name they bear (half of
them within 1.9 km, ninety-nine in a hundred within 28.2): measured on the tables that ship."""

STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS",
    "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI",
    "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV",
    "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC",
    "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX",
    "utah": "UT", "vermont": "VT", "virginia": "VA", "washington": "WA", "west virginia": "WV",
    "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip

_SHORT = {"st": "saint", "ft": "fort", "mt": "mount"}


@dataclass(frozen=True, eq=False)
class TownTable:
    """Points of towns.

    Parameters
    ----------
    towns : dict
        (name, state) in the form of `plain_name` → (lon, lat, error_km, how many places of that name).
    needs_state : bool
        Whether a name alone is never enough.
    source : str
        For messages.
    """

    towns: dict[tuple[str, str], tuple[float, float, float, int]]
    needs_state: bool
    source: str

    def find(self, town: str, state: str) -> tuple[float, float, float, int] | None:
        """Return lon, lat, error in km and how many places have that name, or None."""
        return self.towns.get((plain_name(town), state_code(state) if self.needs_state else plain_name(state)))


def state_code(state: str) -> str:
    """Return an American state as its postal code in small letters, from its code or name.

    Examples
    --------
    >>> state_code("Montana"), state_code("MT ")
    ('mt', 'mt')
    """
    bare = " ".join(state.casefold().replace(".", "").split())
    return STATES.get(bare, bare).lower()


def plain_name(name: str) -> str:
    """Return a name for comparing: small letters without accents and marks, St. Ft. Mt. written out.

    Examples
    --------
    >>> plain_name("St. Louis"), plain_name("  MÜNCHEN-Pasing ")
    ('saint louis', 'munchen pasing')
    """
    bare = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W_]+", "".join(c for c in bare if not unicodedata.combining(c)).replace("'", ""))
    return " ".join([_SHORT.get(words[0], words[0]), *words[1:]]) if words else ""


def towns_of(postal: PostalTable) -> TownTable:
    """Return the towns that go with a table of postcodes.

    Where several towns of one name lie in a state, the largest stands for them (without figures: the first), and
    the error reaches to the farthest.
    """
    frames = []
    if postal.american:
        from territory_geo.geodata.samples import us_towns

        known = us_towns().sort_values(["population", "geonameid"], ascending=[False, True])
        frames.append(known.rename(columns={"name": "place"})[["place", "state", "lon", "lat"]])
    # New York stands in the list of towns as five boroughs: the middle of its postcodes is its place.
    places = postal.places
    frames.append(places[["place", "state", "lon", "lat"]])
    if not postal.american:
        frames.append(places.assign(state=places["state_name"])[["place", "state", "lon", "lat"]])
        frames.append(places.assign(state="")[["place", "state", "lon", "lat"]])
    towns: dict[tuple[str, str], tuple[float, float, float, int]] = {}
    for number, frame in enumerate(frames):
        listed = postal.american and number == 0
        for key, entry in _middles(frame, listed=listed, american=postal.american).items():
            towns.setdefault(key, entry)
    source = "the towns that ship (GeoNames)" if postal.american else postal.source
    return TownTable(towns, postal.american, source)


def _middles(
    frame: pd.DataFrame, *, listed: bool, american: bool
) -> dict[tuple[str, str], tuple[float, float, float, int]]:
    """Return one point per name and state: the first of a list of towns, else the middle of the places."""
    names = {name: plain_name(name) for name in frame["place"].unique()}
    states = {name: state_code(name) if american else plain_name(name) for name in frame["state"].unique()}
    keys = list(zip(frame["place"].map(names), frame["state"].map(states), strict=True))
    code, unique = pd.factorize(pd.Series(keys, dtype=object))
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    xyz = on_sphere(lon, lat)
    count = np.bincount(code)
    first = np.unique(code, return_index=True)[1]
    if listed:
        middle, lon, lat = xyz[first], lon[first], lat[first]
    else:
        middle = middles(xyz, code)
        lon, lat = degrees(middle).T
    reach = np.full(len(unique), TOWN_ERROR_KM)
    np.maximum.at(reach, code, arc_km(xyz, middle[code]))
    several = count if listed else np.ones(len(count), dtype=int)
    return {
        key: (float(lon[i]), float(lat[i]), round(float(reach[i]), 1), int(several[i])) for i, key in enumerate(unique)
    }
