"""What the user said about finding places; on its own, so that a table with coordinates loads nothing that looks up."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Geocoding:
    """What the user said about finding places; see `geocode` for each.

    Parameters
    ----------
    postcode, town, state : str, optional
        Columns.
    postal_file : path, optional
        Postcodes of another country.
    country : str, optional
        Two letters.
    """

    postcode: str | None = None
    town: str | None = None
    state: str | None = None
    postal_file: str | os.PathLike[str] | None = None
    country: str | None = None

    @property
    def asked(self) -> list[str]:
        """Names of the options that were given."""
        return [name for name, value in vars(self).items() if value is not None]
