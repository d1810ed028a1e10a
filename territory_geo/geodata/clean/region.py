"""Where the data is at home, and which rows lie far from it: swapped, with the sign lost, or just far.

The home is found from the rows themselves, so that the rules work in any country. Rows are linked where they lie no
farther apart than nine in ten rows lie from the middle; every group with more than a twentieth of the rows belongs
to the home, and what cannot be reached from it by such a link is far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import Array

Bools = NDArray[np.bool_]

EARTH_KM = 6371.0088
"""Mean radius of the earth."""

_FEWEST_ROWS = 6
_SMALL_SHARE = 0.05
_LEAST_LINK_KM = 50.0
_CELLS_PER_LINK = 8
# More cells than from the middle of the earth to its surface: numbers stay positive.
_MIDDLE = 2048

TURNS: dict[str, tuple[str, str]] = {
    "swapped": ("swapped", "with latitude and longitude swapped"),
    "east-west": ("sign_lost", "with the other sign of the longitude"),
    "north-south": ("sign_lost", "with the other sign of the latitude"),
    "both": ("sign_lost", "with both signs turned"),
}
"""Slips that are tried: the rule each belongs to, and what it is in words."""


def turned(x: Array, y: Array, slip: str) -> tuple[Array, Array]:
    """Return coordinates without a slip of `TURNS`."""
    if slip == "swapped":
        return y, x
    return (x if slip == "north-south" else -x), (y if slip == "east-west" else -y)


def on_sphere(x: Array, y: Array) -> Array:
    """Return points on a sphere in km, shape (n, 3), of degrees."""
    lon, lat = np.radians(x), np.radians(y)
    return EARTH_KM * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


@dataclass(frozen=True)
class Home:
    """The part of the earth that most rows share.

    Parameters
    ----------
    cells : array, shape (m, 3)
        Middles of the occupied cells, km on the sphere.
    side : float
        Side of a cell, km.
    link : float
        Distance from which a row counts as far, km.
    near : float
        Distance up to which a place lies among the rows, km.
    """

    cells: Array
    side: float
    link: float
    near: float

    @classmethod
    def of(cls, x: Array, y: Array) -> Home | None:
        """Return the home of rows in degrees; None where there are too few, or no group counts for most of them."""
        if len(x) < _FEWEST_ROWS:
            return None
        places = on_sphere(x, y)
        reach = np.linalg.norm(places - np.median(places, axis=0), axis=1)
        link = max(float(np.quantile(reach, 0.9, method="lower")), _LEAST_LINK_KM)
        side = link / _CELLS_PER_LINK
        numbers, counts = np.unique(_cell_numbers(places, side), return_counts=True)
        middles = _middles(numbers, side)
        group = _linked(middles, link)
        rows = np.bincount(group, weights=counts)
        large = rows > max(1.0, _SMALL_SHARE * len(x))
        inside = large[group]
        if counts[inside].sum() < 0.5 * len(x):
            return None
        # Where rows are few, a place among them may be as far from the next as they are from each other.
        spacing = 2 * float(np.median(_gaps(middles[inside])))
        return cls(middles[inside], side, link, min(max(1.5 * side, spacing), link))

    def km_to(self, x: Array, y: Array) -> Array:
        """Return how far points lie from the nearest cell, km along a straight line through the earth."""
        places, best = on_sphere(x, y), np.full(len(x), np.inf)
        for start in range(0, len(places), 1000):
            block = places[start : start + 1000]
            gaps = ((block[:, None, :] - self.cells[None, :, :]) ** 2).sum(axis=2)
            best[start : start + 1000] = np.sqrt(gaps.min(axis=1))
        return best

    def holds(self, x: Array, y: Array) -> Bools:
        """Tell which points lie among the rows."""
        known = (np.abs(x) <= 180) & (np.abs(y) <= 90)
        result = np.zeros(len(x), dtype=bool)
        result[known] = self.km_to(x[known], y[known]) <= self.near
        return result

    def far(self, x: Array, y: Array) -> tuple[Bools, Array]:
        """Tell which points are far from the home, and how far each is (0 for those in it)."""
        known = _cell_numbers(self.cells, self.side)
        strange = ~np.isin(_cell_numbers(on_sphere(x, y), self.side), known)
        km = np.zeros(len(x))
        km[strange] = self.km_to(x[strange], y[strange])
        return km > self.link, km


def _cell_numbers(points: Array, side: float) -> NDArray[np.int64]:
    """Return the number of the cell of each point."""
    steps = np.floor(points / side).astype(np.int64) + _MIDDLE
    return (steps[:, 0] * 2 * _MIDDLE + steps[:, 1]) * 2 * _MIDDLE + steps[:, 2]


def _middles(numbers: NDArray[np.int64], side: float) -> Array:
    """Return the middles of cells."""
    steps = np.column_stack(
        [numbers // (4 * _MIDDLE**2), numbers // (2 * _MIDDLE) % (2 * _MIDDLE), numbers % (2 * _MIDDLE)]
    )
    return np.asarray((steps - _MIDDLE + 0.5) * side, dtype=np.float64)


def _gaps(points: Array) -> Array:
    """Return how far each point lies from the nearest other one."""
    if len(points) < 2:
        return np.zeros(len(points))
    gaps = np.empty(len(points))
    for i in range(len(points)):
        squares = ((points - points[i]) ** 2).sum(axis=1)
        squares[i] = np.inf
        gaps[i] = np.sqrt(squares.min())
    return gaps


def _linked(points: Array, link: float) -> NDArray[np.int64]:
    """Return the group of each point: those within `link` of each other, or joined by such steps."""
    group = np.full(len(points), -1, dtype=np.int64)
    found = 0
    for start in range(len(points)):
        if group[start] >= 0:
            continue
        group[start] = found
        front = [start]
        while front:
            near = ((points - points[front.pop()]) ** 2).sum(axis=1) <= link**2
            new = np.flatnonzero(near & (group < 0))
            group[new] = found
            front.extend(new.tolist())
        found += 1
    return group


def check_region(x: Array, y: Array, wide: Bools, roles: dict[str, str | None], ledger: Ledger) -> None:
    """Find rows that are swapped, have lost a sign or lie far from all others; mend in place where `fix` says so.

    Parameters
    ----------
    x, y : array, shape (n,)
        Degrees; changed where a repair was asked for.
    wide : array of bool, shape (n,)
        Rows whose degrees are out of range: they are judged too, as swapping may explain them.
    roles : dict
        Names of the columns, for the texts.
    ledger : Ledger
        What was refused before, and where findings go.
    """
    usable = ~ledger.refused & np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    good = np.flatnonzero(usable & ~wide)
    home = Home.of(x[good], y[good])
    if home is None:
        return
    far, km = home.far(x[good], y[good])
    suspects = np.concatenate([good[far], np.flatnonzero(usable & wide)])
    distance = dict(zip(good[far].tolist(), km[far].tolist(), strict=True))
    if not len(suspects):
        return
    fits = {slip: home.holds(*turned(x[suspects], y[suspects], slip)) for slip in TURNS}
    votes = np.sum(list(fits.values()), axis=0)
    for rule in ("swapped", "sign_lost"):
        rows, texts, slips = [], [], []
        for slip, (owner, words) in TURNS.items():
            for i in suspects[fits[slip] & (votes == 1)].tolist() if owner == rule else []:
                rows.append(i)
                slips.append(slip)
                texts.append(f"{_place(x, y, i, roles)} is {_how_far(distance.get(i))}; {words} it is among them")
        if rule in ledger.keep:
            # Out of range, nothing can be kept.
            kept = [(i, text, slip) for i, text, slip in zip(rows, texts, slips, strict=True) if not wide[i]]
            rows, texts, slips = ([entry[part] for entry in kept] for part in range(3))
        mend = rule in ledger.fix
        ledger.add(rule, rows, texts, _DONE[rule] if mend else "")
        for i, slip in zip(rows, slips, strict=True) if mend else ():
            x[i], y[i] = (float(v[0]) for v in turned(x[i : i + 1].copy(), y[i : i + 1].copy(), slip))
            wide[i] = False
    # Where two explanations fit, neither is more than a guess.
    rest = [i for i, n in zip(suspects.tolist(), votes.tolist(), strict=True) if n != 1 and i in distance]
    ledger.add("far_outlier", rest, [f"{_place(x, y, i, roles)} is {_how_far(distance[i])}" for i in rest])


_DONE = {"swapped": "latitude and longitude swapped", "sign_lost": "sign turned"}


def _place(x: Array, y: Array, i: int, roles: dict[str, Any]) -> str:
    return f"{roles.get('lat') or 'lat'} {y[i]:g}, {roles.get('lon') or 'lon'} {x[i]:g}"


def _how_far(chord: float | None) -> str:
    if chord is None:
        return "out of range"
    km = 2 * EARTH_KM * float(np.arcsin(min(chord / (2 * EARTH_KM), 1.0)))
    return f"{float(f'{km:.2g}'):,.0f} km from all other rows"
