"""Places for the rows of a table that is being read: from postcodes and towns, each with how far it may be off.

What was used, found and guessed goes into the book of findings, like everything else that is noticed on reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.geocode.asked import Geocoding
from territory_geo.geodata.geocode.search import Places
from territory_geo.geodata.geocode.table import geocode_table, recognised

if TYPE_CHECKING:
    from territory_geo.geodata.clean.ledger import Ledger

Floats = NDArray[np.float64]

ACCURACY, ERROR_KM = "accuracy", "error_km"
"""Columns that a table with places from postcodes gets."""


@dataclass(frozen=True, eq=False)
class Located:
    """How the rows of a table came by their places.

    Parameters
    ----------
    columns : dict
        Which column is the postcode, the town, the state.
    accuracy : array of str, shape (n,)
        One of `search.CLASSES`; "given" where coordinates were there.
    error_km : array, shape (n,)
        About nine in ten places lie nearer than this to their point.
    """

    columns: dict[str, str | None]
    accuracy: NDArray[np.object_]
    error_km: Floats

    @property
    def found(self) -> NDArray[np.bool_]:
        """Which rows lie on the point of a postcode or town."""
        return np.asarray(~np.isin(self.accuracy.astype(str), ("given", "none")), dtype=bool)

    def added_to(self, table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
        """Return the table with the columns accuracy and error_km, and the new names of columns in their way."""
        renamed = {}
        for name in (ACCURACY, ERROR_KM):
            if name in table.columns:
                renamed[name] = f"{name}_source"
                while renamed[name] in table.columns:
                    renamed[name] += "_"
        return table.rename(columns=renamed).assign(**{ACCURACY: self.accuracy, ERROR_KM: self.error_km}), renamed


def has_addresses(frame: pd.DataFrame, how: Geocoding) -> bool:
    """Tell whether a table has a postcode, or what it takes to find a town: in the United States, also the state.

    Raises
    ------
    DataError
        If a column that was asked for is not there.
    """
    columns = recognised(frame, {"postcode": how.postcode, "town": how.town, "state": how.state})
    town = columns["town"] is not None and (columns["state"] is not None or how.postal_file is not None)
    return columns["postcode"] is not None or town


def place_rows(frame: pd.DataFrame, how: Geocoding, x: Floats, y: Floats, book: Ledger) -> Located:
    """Give the rows without coordinates, or on (0, 0), the places of their postcodes and towns.

    Parameters
    ----------
    frame : DataFrame
        The table.
    how : Geocoding
        What the user said.
    x, y : array, shape (n,)
        Degrees; changed where a place was found.
    book : Ledger
        Where findings go; rows without any place are refused.

    Raises
    ------
    DataError, OptionError
        As `geocode`.
    """
    open_ = ~(np.isfinite(x) & np.isfinite(y)) | ((x == 0) & (y == 0))
    rows = np.flatnonzero(open_ & ~book.refused)
    asked = frame.iloc[rows].reset_index(drop=True)
    places = geocode_table(
        asked, postcode=how.postcode, town=how.town, state=how.state, lon=None, lat=None,
        postal_file=how.postal_file, country=how.country,
    )  # fmt: skip
    accuracy, error = np.full(len(frame), "given", dtype=object), np.zeros(len(frame))
    accuracy[rows], error[rows] = places.accuracy, places.error_km
    hit = rows[np.isfinite(places.lon)]
    x[hit], y[hit] = (values[np.isfinite(values)] for values in (places.lon, places.lat))
    for rule in dict.fromkeys(rule for rule, _, _ in places.notices):
        entries = [(rows[i], text) for name, i, text in places.notices if name == rule]
        action = "read as a postcode" if rule == "postcode_form" else ""
        book.add(rule, [i for i, _ in entries], [text for _, text in entries], action)
    # (0, 0) has a reason of its own.
    missed = [i for i in sorted(places.reasons) if not (np.isfinite(x[rows[i]]) and np.isfinite(y[rows[i]]))]
    book.add("place_not_found", rows[missed], [places.reasons[i] for i in missed])
    book.say("geocoded", _outcome(places, len(frame)), f"{ACCURACY} and {ERROR_KM} stand in each row")
    columns = {role: name for role, name in places.columns.items() if name is not None}
    return Located(dict(columns), accuracy, error)


def _outcome(places: Places, n: int) -> str:
    """Return the hit rate and the classes of accuracy, in words."""
    asked = len(places.lon)
    if not asked:
        return "each row has coordinates; no postcode or town was needed"
    head = (
        f"{asked - len(places.reasons):,} of {asked:,} rows {'' if asked == n else 'without coordinates '}have a place"
    )
    kinds = places.findings[places.findings["rule"].str.startswith("place by ")]
    parts = [
        f"{line.rows:,} by {str(line.rule).removeprefix('place by ')} ({line.example})" for line in kinds.itertuples()
    ]
    return f"{head} ({100 * places.hit_rate:.1f} %)" + (": " if parts else "") + "; ".join(parts)
