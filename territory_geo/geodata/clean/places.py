"""Places that several rows share, and places off the land."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import Array

_FROM_KM = 1.0
"""The shipped mask is accurate to about 300 m: what is nearer than this to land is on it."""


def check_stacks(x: Array, y: Array, names: pd.Series | None, ledger: Ledger, apart: Any = True) -> None:
    """List rows on exactly one spot, and those among them that share a name as well.

    Parameters
    ----------
    x, y : array, shape (n,)
        Places.
    names : Series or None
        Names of the accounts.
    ledger : Ledger
        What was refused before, and where findings go.
    apart : array of bool, shape (n,), or True
        Rows that have a place of their own: those on the point of their postcode share it as a matter of course.
    """
    open_ = np.flatnonzero(~ledger.refused & apart)
    spots = pd.DataFrame({"x": x[open_] + 0.0, "y": y[open_] + 0.0})
    code = spots.groupby(["x", "y"], sort=False).ngroup().to_numpy()
    count = np.bincount(code) if len(code) else np.array([], dtype=np.int64)
    first = np.full(len(count), len(x), dtype=np.int64)
    np.minimum.at(first, code, open_)
    if names is not None:
        text = names.iloc[open_].astype("string").str.strip().str.casefold().fillna("")
        same = spots.assign(name=text.to_numpy())
        again = same.duplicated().to_numpy() & (text != "").to_numpy()
        leader = same.groupby(["x", "y", "name"], sort=False).ngroup().to_numpy()
        earliest = np.full(leader.max(initial=-1) + 1, len(x), dtype=np.int64)
        np.minimum.at(earliest, leader, open_)
        words = [
            f"{str(names.iloc[i])!r} is on the same spot in row {earliest[leader[p]] + 1}"
            for p, i in zip(np.flatnonzero(again).tolist(), open_[again].tolist(), strict=True)
        ]
        ledger.add("same_name_place", open_[again], words)
    shared = count[code] > 1
    texts = [
        f"{n:,} accounts on one spot, the first in row {i + 1}"
        for n, i in zip(count[code[shared]].tolist(), first[code[shared]].tolist(), strict=True)
    ]
    ledger.add("stacked", open_[shared], texts)


def check_land(x: Array, y: Array, land: Any, name: str, ledger: Ledger, *, planar: bool = False) -> None:
    """List rows that lie off the land, with the distance.

    Parameters
    ----------
    x, y : array, shape (n,)
        Degrees, or metres where `planar`.
    land : "auto", polygon or None
        "auto" is the shipped outline where most rows lie in the lower 48 states, else nothing.
    name : str
        What to call a polygon.
    ledger : Ledger
        What was refused before, and where findings go.
    """
    import shapely

    from territory_geo.geodata.land import mask_for

    open_ = np.flatnonzero(~ledger.refused)
    if not len(open_):
        return
    mask = None if planar and isinstance(land, str) else mask_for(np.column_stack([x[open_], y[open_]]), land)
    if mask is None:
        ships = "planar coordinates need one of their own" if planar else "the one that ships is of the United States"
        why = "the check is switched off" if land is None else ships
        remedy = "" if land is None else "; name yours with land=… (--land on the command line)"
        ledger.say("land", f"none: {why}{remedy}", "places off the land are not looked for")
        return
    shown = "the outline of the United States that ships" if isinstance(land, str) else name
    ledger.say("land", shown, "places off it are listed")
    shapely.prepare(mask)
    off = open_[~shapely.contains_xy(mask, x[open_], y[open_])]
    if not len(off):
        return
    km = shapely.distance(mask, shapely.points(x[off], y[off])) / 1000 if planar else _km_to(mask, x[off], y[off])
    far = km > _FROM_KM
    words = "x {:,.0f}, y {:,.0f}" if planar else "lat {1:g}, lon {0:g}"
    texts = [
        f"{words.format(x[i], y[i])} is {value:,.{1 if value < 100 else 0}f} km off the land mask"
        for i, value in zip(off[far].tolist(), km[far].tolist(), strict=True)
    ]
    ledger.add("off_land", off[far], texts)


def _km_to(mask: Any, x: Array, y: Array) -> Array:
    """Return the distance of points to a mask, km along the sphere, to about a percent."""
    import shapely

    from territory_geo.geodata.clean.region import EARTH_KM, on_sphere

    # Pieces of the border in a tree: without, each point would be held against each of its corners.
    lines = shapely.get_parts(shapely.boundary(mask))
    ends = [shapely.get_coordinates(line) for line in lines]
    pieces = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in ends])
    pieces = shapely.linestrings(pieces)
    best = np.full(len(x), np.inf)
    # A degree of longitude is shorter by the cosine of the latitude; bands of latitude keep it nearly constant.
    bands = np.floor(y / 5).astype(np.int64)
    for band in np.unique(bands):
        rows = np.flatnonzero(bands == band)
        scale = np.array([np.cos(np.radians(np.clip(5 * band + 2.5, -87.5, 87.5))), 1.0])
        tree = shapely.STRtree(shapely.transform(pieces, lambda xy, s=scale: xy * s))
        points = shapely.points(np.column_stack([x[rows], y[rows]]) * scale)
        at, near = tree.query_nearest(points, all_matches=False)
        between = shapely.shortest_line(points[at], tree.geometries[near])
        foot = shapely.get_coordinates(between)[1::2] / scale
        chord = np.linalg.norm(on_sphere(x[rows[at]], y[rows[at]]) - on_sphere(foot[:, 0], foot[:, 1]), axis=1)
        best[rows[at]] = 2 * EARTH_KM * np.arcsin(np.minimum(chord / (2 * EARTH_KM), 1.0))
    return best
