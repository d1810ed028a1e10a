"""A table of distances for places by their coordinates: what asks by place gets what the table says of its ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory_geo.errors import DataError
from territory_geo.geodata.distance import Distance, Placement
from territory_geo.geodata.matrix import DistanceMatrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEAR = 6
"""Neighbours whose ways tell how fast one drives around a place."""


@dataclass(frozen=True, eq=False)
class PlacedTable:
    """A `DistanceMatrix` whose places have coordinates.

    Parameters
    ----------
    matrix : DistanceMatrix
        With hours.
    xy : array, shape (p, 2)
        Where its known places lie.
    rows : int array, shape (p,)
        Their rows in the matrix.
    straight : Distance
        Straight lines in the same coordinates.
    """

    matrix: DistanceMatrix
    xy: Floats
    rows: Ints
    straight: Distance

    @classmethod
    def of(cls, matrix: DistanceMatrix, ids: Sequence[str], xy: Floats, straight: Distance) -> PlacedTable:
        """Return the table with the places of some ids.

        Raises
        ------
        DataError
            If the table lacks hours, or some of the places.
        """
        if matrix.hours is None:
            raise DataError("The DistanceMatrix of WorkRules has no hours. Give it hours=…, or a column of hours.")
        return cls(matrix, np.asarray(xy, dtype=float), matrix.rows(ids), straight)

    def knowing(self, ids: Sequence[str], xy: Floats, what: str) -> PlacedTable:
        """Return the table with further places, which its matrix must have; `what` they are is for messages."""
        rows = self.matrix.rows(ids, what)
        return replace(self, xy=np.vstack([self.xy, xy]), rows=np.append(self.rows, rows))

    def place(self, xy: Floats) -> Placement:
        """Return coordinates ready for measuring straight lines."""
        return self.straight.place(xy)

    def between(self, a: Floats, b: Floats) -> Floats:
        """Return kilometres from each place of `a` to the place of `b` in the same row, the mean of both ways."""
        return self.matrix.trip(self._rows_at(a), self._rows_at(b), "km")

    def hours_between(self, a: Floats, b: Floats) -> Floats:
        """Return driving hours from each place of `a` to the place of `b` in the same row, the mean of both ways."""
        return self.matrix.trip(self._rows_at(a), self._rows_at(b), "hours")

    def pace(self, xy: Floats) -> Floats:
        """Return driving hours per straight kilometre around each place, shape (n,): those to its nearest places.

        Where all places lie on one spot it is 0.
        """
        points = self.straight.place(xy).points
        near = cKDTree(points).query(points, k=min(NEAR + 1, len(xy)))[1].reshape(len(xy), -1)
        here, there = np.repeat(np.arange(len(xy)), near.shape[1]), near.reshape(-1)
        hours = self.hours_between(xy[here], xy[there]).reshape(near.shape).sum(axis=1)
        km = self.straight.between(xy[here], xy[there]).reshape(near.shape).sum(axis=1)
        usual = float(hours.sum()) / float(km.sum()) if km.sum() > 0 else 0.0
        return np.where(km > 0, hours / np.where(km > 0, km, 1.0), usual)

    def _rows_at(self, places: Floats) -> Ints:
        """Return the rows of places by their coordinates; of several on one spot the first."""
        known = self.xy[:, 0] + 1j * self.xy[:, 1]
        asked = np.atleast_2d(np.asarray(places, dtype=float))
        wanted = asked[:, 0] + 1j * asked[:, 1]
        order = np.argsort(known, kind="stable")
        at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
        lost = known[order][at] != wanted
        if lost.any():
            x, y = asked[int(lost.argmax())]
            raise DataError(
                f"The DistanceMatrix of WorkRules knows no place at {x:g}, {y:g}. Trips start at units or at homes of "
                f"reps, and each place needs a row and a column."
            )
        return self.rows[order][at]
