"""Reps: the people who sell, with their home, role, capacity and skills.

A rep's home is where the working day starts; capacity is hours a year.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import clean
from territory_geo.geodata.columns import find_column
from territory_geo.geodata.readers.tables import numbers_where_lossless, read_delimited
from territory_geo.geodata.readers.vectors import text_names

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Reps:
    """The sales force.

    Parameters
    ----------
    frame : GeoDataFrame
        Index `rep_id` as text; columns `name`, `home`, `role`, `capacity_hours` (hours a year), `skills`
        where the source has them; the geometry is the home, EPSG:4326 or planar metres (no CRS).
    """

    frame: gpd.GeoDataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def with_role(self, *roles: str) -> Reps:
        """Return the reps who have one of these roles.

        Raises
        ------
        DataError
            If the table has no column `role`, or nobody has such a role; the message lists those that are there.
        """
        if "role" not in self.frame:
            raise DataError(f"The reps have no column 'role'. Its columns: {', '.join(map(str, self.frame.columns))}.")
        there = self.frame["role"].astype(str)
        nobody = [role for role in roles if role not in set(there)]
        if nobody or not roles:
            raise DataError(
                f"No rep has the role {', '.join(map(repr, nobody))}. Roles: {', '.join(sorted(set(there)))}."
            )
        return Reps(self.frame[there.isin(roles)])

    def __repr__(self) -> str:
        hours = f", {self.frame['capacity_hours'].sum():,.0f} hours a year" if "capacity_hours" in self.frame else ""
        return f"<Reps: {len(self.frame)} people{hours}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        shown = pd.DataFrame(self.frame.drop(columns=self.frame.geometry.name)).reset_index()
        return definition_table(f"{len(self)} reps", {}, shown)


def read_reps(source: str | os.PathLike[str] | pd.DataFrame, *, crs: str | None = "EPSG:4326") -> Reps:
    """Read reps from a CSV file or a data frame.

    Parameters
    ----------
    source : path or DataFrame
        Columns `rep_id`, `lon`, `lat`; optional `name`, `home`, `role`, `capacity_hours`, `skills`.
    crs : {"EPSG:4326", None}
        Homes in longitude and latitude, or in planar metres.

    Raises
    ------
    DataError
        If a column is missing, an id is repeated, a home has no usable coordinates or a capacity is not
        a positive number. Every problem is listed at once: a sales force is small enough to mend.
    """
    import geopandas as gpd

    if crs not in ("EPSG:4326", None):
        raise OptionError(
            "The 'crs' parameter must be 'EPSG:4326' (longitude, latitude) or None (planar metres). "
            f"Got {crs!r} instead."
        )
    if isinstance(source, pd.DataFrame):
        frame, label = text_names(source.reset_index(drop=True), "the DataFrame"), "the DataFrame"
    else:
        path = Path(source)
        if not path.exists():
            raise DataError(f"{path} does not exist. Check the spelling, or give the full path.")
        frame, label = read_delimited(path), path.name
    roles: dict[str, str | None] = {"id": "rep_id"}
    if "rep_id" not in frame.columns:
        raise DataError(
            f"{label} has no column 'rep_id'. Its columns: {', '.join(map(str, frame.columns))}. Needed are rep_id, "
            "lon and lat (of the home); name, home, role, capacity_hours (a year) and skills may be there."
        )
    for role in ("lon", "lat"):
        roles[role] = find_column(role, frame.columns, None, source=label)
        if roles[role] is None:
            raise DataError(f"{label} has no column {role!r}: each rep's home needs a longitude and a latitude.")
    frame = numbers_where_lossless(frame, ids="rep_id")
    x, y = clean.numbers(frame[roles["lon"]]), clean.numbers(frame[roles["lat"]])
    places = clean.coordinate_reasons(x, y, frame, roles, planar=crs is None)
    repeats: clean.Reasons = {}
    clean.id_reasons(frame["rep_id"], pd.Series(np.arange(1, len(frame) + 1)), repeats)
    hours: clean.Reasons = {}
    if "capacity_hours" in frame.columns:
        hours = clean.measure_reasons(frame, ["capacity_hours"])
        nothing = np.flatnonzero(clean.numbers(frame["capacity_hours"]) == 0)
        hours |= {int(i): "capacity_hours 0 is not positive" for i in nothing}
    problems = [(i, text) for found in (repeats, places, hours) for i, text in found.items()]
    if problems:
        listed = "; ".join(f"row {i + 1}: {text}" for i, text in sorted(problems, key=lambda problem: problem[0]))
        raise DataError(f"{label} cannot be used: {listed}.")
    frame = frame.set_index(frame["rep_id"].map(clean.id_text).rename("rep_id"), drop=True).drop(columns="rep_id")
    return Reps(gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(x, y), crs=crs))
