"""Where reps live, or could: the hours that all accounts take from the homes there are, and from one more or less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.demand.workload import UnitWork
from territory_geo.errors import DataError, OptionError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CANDIDATES = 250
"""Regions of accounts, in each of which one town is looked at for a new home."""
AROUND_KM = 50.0
"""How far a larger town may lie from the middle of such a region."""
COLUMNS = ("name", "lon", "lat")


@dataclass
class Homes:
    """Homes, each account looked after from the one where it takes the fewest hours.

    Parameters
    ----------
    work : UnitWork
        The accounts' work.
    places : list of (name, x, y)
        The homes.
    """

    work: UnitWork
    places: list[tuple[str, float, float]]
    table: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.places:
            raise OptionError("There must be at least one home.")
        self.table = self.hours_from(np.array([[x, y] for _, x, y in self.places]))

    def hours_from(self, xy: Floats) -> Floats:
        """Return the hours of each unit from each of some places, shape (n, p)."""
        return self.work.hours(self.work.stem_hours(np.asarray(xy, dtype=float)[:, None, :]))

    @property
    def hours(self) -> Floats:
        """The hours of each unit, from the home where they are fewest, shape (n,)."""
        least: Floats = self.table.min(axis=1)
        return least

    @property
    def owner(self) -> Ints:
        """The home of each unit, shape (n,)."""
        owner: Ints = self.table.argmin(axis=1).astype(np.int64)
        return owner

    def parts(self) -> pd.DataFrame:
        """Return the hours of each unit by kind, from its home."""
        xy = np.array([[x, y] for _, x, y in self.places])[self.owner]
        return self.work.parts(self.work.stem_hours(xy))

    def best_next(self, towns: Towns) -> tuple[str, float, float, float]:
        """Return the town that saves most hours as one more home: name, x, y, hours saved."""
        saved = np.maximum(0.0, self.hours[:, None] - towns.hours).sum(axis=0)
        best = int(saved.argmax())
        return towns.names[best], float(towns.xy[best, 0]), float(towns.xy[best, 1]), float(saved[best])

    def with_home(self, name: str, x: float, y: float) -> Homes:
        """Return the homes and one more."""
        more = Homes.__new__(Homes)
        more.work, more.places = self.work, [*self.places, (name, x, y)]
        more.table = np.column_stack([self.table, self.hours_from(np.array([[x, y]]))])
        return more

    def without_cheapest(self) -> tuple[Homes, str]:
        """Return the homes but the one whose accounts the others take over in the fewest hours, and its name."""
        if len(self.places) < 2:
            raise OptionError("The last home cannot be given up.")
        ranked = np.sort(self.table, axis=1)
        more = np.bincount(self.owner, ranked[:, 1] - ranked[:, 0], minlength=len(self.places))
        gone = int(more.argmin())
        fewer = Homes.__new__(Homes)
        fewer.work = self.work
        fewer.places = [place for i, place in enumerate(self.places) if i != gone]
        fewer.table = np.delete(self.table, gone, axis=1)
        return fewer, self.places[gone][0]


@dataclass(frozen=True, eq=False)
class Towns:
    """Towns that may become homes, and the hours of all units from each.

    Parameters
    ----------
    names : list of str
        Of the towns.
    xy : array, shape (c, 2)
        Where they lie.
    hours : array, shape (n, c)
        Of each unit from each town.
    stem : array, shape (n, c)
        Driving hours from each town to each unit.
    """

    names: list[str]
    xy: Floats
    hours: Floats
    stem: Floats

    @classmethod
    def among(cls, work: UnitWork, towns: pd.DataFrame) -> Towns:
        """Return a town in each region of accounts: the largest within an hour's drive of its middle, else the nearest.

        Raises
        ------
        DataError
            If the towns have no column name, lon, lat.
        """
        _check_towns(towns)
        chosen = np.arange(len(towns)) if len(towns) <= CANDIDATES else _spread(work, towns)
        some = towns.iloc[chosen]
        return cls.at(work, town_names(some), some[["lon", "lat"]].to_numpy(dtype=float))

    @classmethod
    def at(cls, work: UnitWork, names: list[str], xy: Floats) -> Towns:
        """Return given towns with the hours of some work."""
        stem = work.stem_hours(xy[:, None, :])
        return cls(names, xy, work.hours(stem), stem)

    def with_work(self, work: UnitWork) -> Towns:
        """Return the same towns with the hours of other work at the same places: the ways stay."""
        return Towns(self.names, self.xy, work.hours(self.stem), self.stem)


def town_names(towns: pd.DataFrame) -> list[str]:
    """Return the towns' names, with their state where there is a column of them."""
    if "state" not in towns:
        return [str(name) for name in towns["name"]]
    return [f"{name}, {state}" for name, state in zip(towns["name"], towns["state"].astype(str), strict=True)]


def known_towns(work: UnitWork, towns: pd.DataFrame) -> UnitWork:
    """Return the work with the towns as places where trips can start, if it asks a table of distances."""
    _check_towns(towns)
    return work.knowing(town_names(towns), towns[["lon", "lat"]].to_numpy(dtype=float), "towns")


def _check_towns(towns: pd.DataFrame) -> None:
    missing = [name for name in COLUMNS if name not in towns]
    if missing or towns.empty:
        raise DataError(
            f"The towns need at least one row and the columns {', '.join(COLUMNS)}; population, if there, "
            f"decides among neighbours. Missing: {', '.join(missing) or 'rows'}."
        )


def _spread(work: UnitWork, towns: pd.DataFrame) -> Ints:
    """Return rows of towns, one in each of the regions into which the visit hours fall."""
    from scipy.spatial import cKDTree
    from sklearn.cluster import KMeans

    places = work.distance.place(work.xy)
    there = work.distance.place(towns[["lon", "lat"]].to_numpy(dtype=float)).points
    regions = min(CANDIDATES, len(np.unique(work.xy, axis=0)))
    middles = KMeans(regions, n_init=1, random_state=0).fit(places.points, sample_weight=work.visit_hours + 1e-9)
    centers = middles.cluster_centers_
    tree = cKDTree(there)
    nearest = tree.query(centers)[1]
    size = towns["population"].to_numpy(dtype=float) if "population" in towns else np.zeros(len(towns))
    around = tree.query_ball_point(centers, AROUND_KM / places.scale_km)
    chosen = [
        max(sorted(near), key=lambda town: size[town]) if near and size.any() else int(nearest[i])
        for i, near in enumerate(around)
    ]
    return np.unique(np.array(chosen, dtype=np.int64))


def spread_homes(work: UnitWork, towns: Towns, enough: Callable[[int, float], bool]) -> Homes:
    """Return homes in towns, chosen one after the other, each where it saves most hours, until there are enough.

    Parameters
    ----------
    work : UnitWork
        The accounts' work.
    towns : Towns
        Where homes can be.
    enough : callable
        Told how many homes there are, and the hours that all accounts then take.

    Notes
    -----
    Greedy: savings fall from home to home, so that one after the other stays near the best choice
    (Nemhauser, Wolsey & Fisher 1978).
    """
    chosen: list[int] = []
    least = np.full(len(work.xy), np.inf)
    while len(chosen) < len(towns.names):
        totals = np.minimum(least[:, None], towns.hours).sum(axis=0)
        totals[chosen] = np.inf
        best = int(totals.argmin())
        chosen.append(best)
        least = np.minimum(least, towns.hours[:, best])
        if enough(len(chosen), float(least.sum())):
            break
    return Homes(work, [(towns.names[i], float(towns.xy[i, 0]), float(towns.xy[i, 1])) for i in chosen])
