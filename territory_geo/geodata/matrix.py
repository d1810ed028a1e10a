"""Distances from a table: kilometres between any two places, from a road network or a routing service.

The table knows places by their ids, so that rows may come in any order and more places may be in it than are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.clean import id_text, numbers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LISTED = 5
"""Places or pairs named in one message."""


@dataclass(frozen=True, eq=False)
class DistanceMatrix:
    """Kilometres between places, in both directions.

    Parameters
    ----------
    ids : sequence of ids
        The places: basic units and, where reps have homes, the reps. Each once.
    km : array, shape (p, p)
        Kilometres from the place of a row to the place of a column; zero on the diagonal. Ways may differ by
        direction: a trip then counts the mean of the way there and the way back.

    Raises
    ------
    DataError
        If the table is not square, an id is repeated, or a distance is missing, negative or, from a place to
        itself, not zero.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"from": ["a", "b"], "to": ["b", "a"], "km": [3.0, 5.0]})
    >>> matrix = DistanceMatrix.from_table(table, origin="from", destination="to", km="km")
    >>> matrix
    <DistanceMatrix: 2 places, 4.0 km between two of them on average>
    >>> matrix.trip([0], [1]).tolist()
    [4.0]
    """

    ids: Sequence[str]
    km: Floats

    def __post_init__(self) -> None:
        ids, km = tuple(id_text(value) for value in self.ids), np.asarray(self.km, dtype=float)
        if km.shape != (len(ids), len(ids)):
            raise DataError(f"A DistanceMatrix of {len(ids)} places needs {len(ids)} × {len(ids)} kilometres. "
                            f"Got a table of shape {km.shape}.")  # fmt: skip
        index = pd.Index(ids)
        if not index.is_unique:
            twice = list(dict.fromkeys(index[index.duplicated()]))
            raise DataError(f"The DistanceMatrix names {', '.join(twice[:LISTED])} more than once.")
        bad = np.argwhere(~(np.isfinite(km) & (km >= 0)))
        if len(bad):
            listed = ", ".join(f"{ids[a]} to {ids[b]} ({km[a, b]:g})" for a, b in bad[:LISTED])
            raise DataError(f"{len(bad):,} distances are missing or negative, such as {listed}.")
        own = np.flatnonzero(np.diagonal(km) != 0)
        if own.size:
            raise DataError(f"{own.size:,} places are not at zero kilometres from themselves, such as {ids[own[0]]}.")
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "km", km)

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, *, origin: str, destination: str, km: str, symmetric: bool = False
    ) -> DistanceMatrix:
        """Return the matrix of an origin–destination table.

        Parameters
        ----------
        table : DataFrame
            One row per pair of places; pairs of a place with itself may be left out.
        origin, destination, km : str
            Its columns.
        symmetric : bool, default False
            Whether each pair stands for both directions, so that one row per pair is enough.

        Raises
        ------
        DataError
            If a column is missing, a value is no number, a pair is missing or is there twice with different values.
        """
        missing = [name for name in (origin, destination, km) if name not in table.columns]
        if missing:
            columns = ", ".join(map(str, table.columns))
            raise DataError(f"The distance table has no column {', '.join(missing)}. Its columns: {columns}.")
        start, end = (table[name].map(id_text) for name in (origin, destination))
        values = numbers(table[km])
        broken = np.flatnonzero(~np.isfinite(values))
        if broken.size:
            row = int(broken[0])
            raise DataError(
                f"{broken.size:,} distances are no numbers, such as row {row + 1}: {table[km].iloc[row]!r}."
            )
        ids = sorted(set(start) | set(end))
        index = pd.Index(ids)
        a, b = index.get_indexer(pd.Index(start)), index.get_indexer(pd.Index(end))
        if symmetric:
            a, b, values = np.append(a, b), np.append(b, a), np.append(values, values)
        kilometres = np.full((len(ids), len(ids)), np.nan)
        np.fill_diagonal(kilometres, 0.0)
        kilometres[a, b] = values
        differing = np.flatnonzero(kilometres[a, b] != values)
        if differing.size:
            i = differing[0]
            raise DataError(f"The way from {ids[a[i]]} to {ids[b[i]]} is there twice: {values[i]:g} and "
                            f"{kilometres[a[i], b[i]]:g} km.")  # fmt: skip
        absent = np.argwhere(np.isnan(kilometres))
        if len(absent):
            listed = ", ".join(f"{ids[i]} to {ids[j]}" for i, j in absent[:LISTED])
            hint = "" if symmetric else " If each pair stands for both directions, say symmetric=True."
            raise DataError(f"{len(absent):,} of {len(ids) ** 2:,} pairs have no distance, such as {listed}.{hint}")
        return cls(ids, kilometres)

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self.ids)

    def rows(self, ids: Sequence[str], what: str = "units") -> Ints:
        """Return the rows of places, shape (n,), or raise `DataError` with those that the table lacks."""
        found: Ints = self._index.get_indexer(pd.Index(list(ids))).astype(np.int64)
        absent = [str(id_) for id_, row in zip(ids, found.tolist(), strict=True) if row < 0]
        if absent:
            raise DataError(
                f"The DistanceMatrix lacks {len(absent):,} {what}, such as {', '.join(absent[:LISTED])}. "
                f"It needs a row and a column for each."
            )
        return found

    def trip(self, a: Sequence[int] | Ints, b: Sequence[int] | Ints) -> Floats:
        """Return kilometres between the places of rows `a` and `b`, the mean of there and back, shape (n,)."""
        there, back = np.asarray(a), np.asarray(b)
        kilometres: Floats = (self.km[there, back] + self.km[back, there]) / 2.0
        return kilometres

    def __repr__(self) -> str:
        p = len(self.ids)
        mean = float(self.km.sum()) / max(1, p * (p - 1))
        return f"<DistanceMatrix: {p:,} places, {mean:,.1f} km between two of them on average>"
