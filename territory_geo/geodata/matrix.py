"""Distances from a table: kilometres and hours between any two places, from a road network or a routing service.

The table knows places by their ids, so that rows may come in any order and more places may be in it than are used.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import id_text, numbers
from territory_geo.geodata.columns import find_column
from territory_geo.geodata.readers.tables import read_delimited

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LISTED = 5
"""Places or pairs named in one message."""

MEASURES = ("km", "hours")
"""What a trip can be measured in."""


@dataclass(frozen=True, eq=False)
class DistanceMatrix:
    """Kilometres, and hours where they are known, between places in both directions.

    Parameters
    ----------
    ids : sequence of ids
        The places: basic units and, where reps have homes, the reps. Each once.
    km : array, shape (p, p)
        Kilometres from the place of a row to the place of a column; zero on the diagonal. Ways may differ by
        direction: a trip then counts the mean of the way there and the way back.
    hours : array, shape (p, p), optional
        Driving hours in the same order.
    measure : {"km", "hours"}, default "km"
        What a design minimises; `by` changes it.

    Raises
    ------
    DataError
        If a table is not square, an id is repeated, or a value is missing, negative or, from a place to
        itself, not zero.
    OptionError
        If `measure` is unknown, or "hours" without hours.

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
    hours: Floats | None = None
    measure: str = "km"

    def __post_init__(self) -> None:
        ids = tuple(id_text(value) for value in self.ids)
        index = pd.Index(ids)
        if not index.is_unique:
            twice = list(dict.fromkeys(index[index.duplicated()]))
            raise DataError(f"The DistanceMatrix names {', '.join(twice[:LISTED])} more than once.")
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "km", _checked(self.km, ids, "kilometres", "distances"))
        if self.hours is not None:
            object.__setattr__(self, "hours", _checked(self.hours, ids, "hours", "driving times"))
        if self.measure not in MEASURES:
            raise OptionError(f"The 'measure' parameter must be one of {MEASURES}. Got {self.measure!r} instead.")
        if self.measure == "hours" and self.hours is None:
            raise OptionError(
                "This DistanceMatrix has no hours to minimise. Give hours=…, or a table with a column of hours."
            )

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        *,
        origin: str,
        destination: str,
        km: str,
        hours: str | None = None,
        symmetric: bool = False,
        source: str = "The distance table",
    ) -> DistanceMatrix:
        """Return the matrix of an origin–destination table.

        Parameters
        ----------
        table : DataFrame
            One row per pair of places; pairs of a place with itself may be left out.
        origin, destination, km : str
            Its columns.
        hours : str, optional
            Its column with driving hours.
        symmetric : bool, default False
            Whether each pair stands for both directions, so that one row per pair is enough.
        source : str
            What messages call the table.

        Raises
        ------
        DataError
            If a column is missing, a value is no number, a pair is missing or is there twice with different values.
        """
        measured = {"km": km} if hours is None else {"km": km, "hours": hours}
        missing = [name for name in (origin, destination, *measured.values()) if name not in table.columns]
        if missing:
            columns = ", ".join(map(str, table.columns))
            raise DataError(f"{source} has no column {', '.join(missing)}. Its columns: {columns}.")
        start, end = (table[name].map(id_text) for name in (origin, destination))
        ids = sorted(set(start) | set(end))
        index = pd.Index(ids)
        pairs = index.get_indexer(pd.Index(start)), index.get_indexer(pd.Index(end))
        squares = {unit: _square(table[name], pairs, ids, unit, symmetric) for unit, name in measured.items()}
        return cls(ids, squares["km"], squares.get("hours"))

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        origin: str | None = None,
        destination: str | None = None,
        km: str | None = None,
        hours: str | None = None,
        symmetric: bool = False,
    ) -> DistanceMatrix:
        """Return the matrix of an origin–destination file (CSV or TSV), one row per pair.

        Parameters
        ----------
        path : path
            The file.
        origin, destination, km, hours : str, optional
            Its columns; left out, they are recognised by usual names (from, to, distance_km, driving_hours, …).
            Hours may be absent.
        symmetric : bool, default False
            As in `from_table`.

        Raises
        ------
        DataError
            If the file cannot be read, no column plays a needed role, or as in `from_table`.
        """
        file = str(path)
        if not Path(path).is_file():
            raise DataError(f"{file} does not exist or is no file. Check the spelling, or give the full path.")
        table = read_delimited(Path(path))
        chosen = {"origin": origin, "destination": destination, "km": km, "hours": hours}
        roles = {role: find_column(role, table.columns, name, source=file) for role, name in chosen.items()}
        lacking = [role for role in ("origin", "destination", "km") if roles[role] is None]
        if lacking:
            raise DataError(
                f"{file} has no column for {', '.join(lacking)}. It needs origin, destination, km and, to minimise "
                f"driving time, hours. Its columns: {', '.join(map(str, table.columns))}."
            )
        named = {role: str(name) for role, name in roles.items() if name is not None}
        return cls.from_table(table, **named, symmetric=symmetric, source=file)

    def by(self, measure: str) -> DistanceMatrix:
        """Return the same table, to minimise "km" or "hours".

        >>> matrix = DistanceMatrix(["a", "b"], [[0, 30], [30, 0]], hours=[[0, 0.5], [0.5, 0]])
        >>> matrix.trip([0], [1]).tolist(), matrix.by("hours").trip([0], [1]).tolist()
        ([30.0], [0.5])
        """
        return replace(self, measure=measure)

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

    def trip(self, a: Sequence[int] | Ints, b: Sequence[int] | Ints, measure: str | None = None) -> Floats:
        """Return the trips between the places of rows `a` and `b`, the mean of there and back, shape (n,).

        Parameters
        ----------
        a, b : int array, shape (n,)
            Rows, from `rows`.
        measure : {"km", "hours"}, optional
            In what; left out: in what is minimised.
        """
        table = self.km if (measure or self.measure) == "km" else self.hours
        if table is None:
            raise OptionError("This DistanceMatrix has no hours.")
        there, back = np.asarray(a), np.asarray(b)
        trips: Floats = (table[there, back] + table[back, there]) / 2.0
        return trips

    def __repr__(self) -> str:
        p = len(self.ids)
        pairs = max(1, p * (p - 1))
        hours = "" if self.hours is None else f", {float(self.hours.sum()) / pairs:,.2f} hours"
        said = ", to minimise hours" if self.measure == "hours" else ""
        mean = float(self.km.sum()) / pairs
        return f"<DistanceMatrix: {p:,} places, {mean:,.1f} km{hours} between two of them on average{said}>"


def _checked(table: Floats, ids: tuple[str, ...], unit: str, noun: str) -> Floats:
    """Return a table of floats, or say what is wrong with it."""
    values = np.asarray(table, dtype=float)
    if values.shape != (len(ids), len(ids)):
        raise DataError(f"A DistanceMatrix of {len(ids)} places needs {len(ids)} × {len(ids)} {unit}. "
                        f"Got a table of shape {values.shape}.")  # fmt: skip
    bad = np.argwhere(~(np.isfinite(values) & (values >= 0)))
    if len(bad):
        listed = ", ".join(f"{ids[a]} to {ids[b]} ({values[a, b]:g})" for a, b in bad[:LISTED])
        raise DataError(f"{len(bad):,} {noun} are missing or negative, such as {listed}.")
    own = np.flatnonzero(np.diagonal(values) != 0)
    if own.size:
        raise DataError(f"{own.size:,} places are not at zero {unit} from themselves, such as {ids[own[0]]}.")
    return values


def _square(column: pd.Series, pairs: tuple[Ints, Ints], ids: list[str], unit: str, symmetric: bool) -> Floats:
    """Return one column of an origin–destination table as a square, or say what is wrong with it."""
    noun = "distances" if unit == "km" else "driving times"
    values = numbers(column)
    broken = np.flatnonzero(~np.isfinite(values))
    if broken.size:
        row = int(broken[0])
        raise DataError(f"{broken.size:,} {noun} are no numbers, such as row {row + 1}: {column.iloc[row]!r}.")
    a, b = pairs
    if symmetric:
        a, b, values = np.append(a, b), np.append(b, a), np.append(values, values)
    square = np.full((len(ids), len(ids)), np.nan)
    np.fill_diagonal(square, 0.0)
    square[a, b] = values
    differing = np.flatnonzero(square[a, b] != values)
    if differing.size:
        i = differing[0]
        raise DataError(f"The way from {ids[a[i]]} to {ids[b[i]]} is there twice: {values[i]:g} and "
                        f"{square[a[i], b[i]]:g} {unit}.")  # fmt: skip
    absent = np.argwhere(np.isnan(square))
    if len(absent):
        listed = ", ".join(f"{ids[i]} to {ids[j]}" for i, j in absent[:LISTED])
        hint = "" if symmetric else " If each pair stands for both directions, say symmetric=True."
        raise DataError(f"{len(absent):,} of {len(ids) ** 2:,} pairs have no {noun[:-1]}, such as {listed}.{hint}")
    return square
