"""Shapefiles, with their limits handled and told: names of ten characters, texts of 254 bytes, one kind of shape each.

Beside the territories there is a file for the accounts, and a table that says which name became which.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.render.export.folder import named_failures
from territory_geo.render.export.shapes import fresh, multipolygons, save
from territory_geo.render.export.tables import layers

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.plan.plan import TerritoryPlan

LONGEST_NAME = 10
LONGEST_TEXT = 254
MOST_COLUMNS = 255
"""Of a dBASE table: characters of a name, bytes of a text, columns."""
# No part may pass 2 GB, where other programs stop reading: then an error, not a file that they cut.
_LIMIT: dict[str, Any] = {"2GB_LIMIT": "YES"}
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# Endings that tell columns apart: they must survive.
_SHORT_ENDINGS = {"_target": "_tg", "_deviation": "_dv"}


def write_shapefile(plan: TerritoryPlan, path: str | os.PathLike[str]) -> list[str]:
    """Write the territories as a Shapefile and, beside it, the accounts as another.

    Texts are in UTF-8, which the .cpg file says. Names longer than ten characters, or with other letters than A to Z,
    are shortened, each to one of its own; texts longer than 254 bytes are cut between two characters.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    path : path
        Ends in .shp, such as plan.shp; also written are plan_accounts.shp (or plan_areas.shp), with the points, and
        plan_fields.csv, which says what each column was called.

    Returns
    -------
    list of str
        What was shortened or cut.

    Raises
    ------
    DataError
        If a table has more than 255 columns, a file would pass 2 GB, or the files cannot be written.

    Notes
    -----
    Of the format: ESRI Shapefile Technical Description, July 1998; of its limits:
    https://gdal.org/drivers/vector/shapefile.html
    """
    file = Path(path)
    notes, renamed = [], []
    for layer, table in layers(plan).items():
        if layer == "centers":
            continue  # their coordinates are columns of the territories
        target = file if layer == "territories" else file.with_name(f"{file.stem}_{layer}{file.suffix}")
        table = multipolygons(table) if layer == "territories" else table
        columns = [name for name in table.columns if name != table.geometry.name]
        if len(columns) > MOST_COLUMNS:
            raise DataError(
                f"A Shapefile holds {MOST_COLUMNS} columns, the {layer} have {len(columns)}. Write a GeoPackage "
                f"(.gpkg), or leave columns out before the accounts are read."
            )
        names = short_names(columns)
        renamed += [(target.name, names[name], name) for name in columns]
        fitted, cut = _fitted(table)
        if cut:
            notes.append(f"{target.name}: {cut:,} texts are longer than {LONGEST_TEXT} bytes and were cut.")
        for ending in _PARTS:
            fresh(target.with_suffix(ending))
        save(fitted.rename(columns=names), target, driver="ESRI Shapefile", encoding="UTF-8", **_LIMIT)
    fields = file.with_name(f"{file.stem}_fields.csv")
    table = pd.DataFrame(renamed, columns=["file", "field", "name"])
    with named_failures(fields):
        table.to_csv(fields, index=False, lineterminator="\n", encoding="utf-8")
    shortened = int((table["field"] != table["name"]).sum())
    if shortened:
        example = table[table["field"] != table["name"]].iloc[0]
        notes.append(
            f"{shortened} column names are longer than a Shapefile takes and were shortened, such as {example['name']} "
            f"to {example['field']}: {fields.name} lists all."
        )
    return notes


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return a name of at most ten characters for each, all different also where case does not count.

    Examples
    --------
    >>> list(short_names(["territory", "visit_hours", "visit_hours_target", "visit_hours_total"]).values())
    ['territory', 'visit_hour', 'visit_h_tg', 'visit_ho_2']
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode()
        plain = re.sub(r"\W+", "_", plain).strip("_") or "field"
        if len(plain) > LONGEST_NAME:
            for ending, short in _SHORT_ENDINGS.items():
                if plain.endswith(ending):
                    plain = plain.removesuffix(ending)[: LONGEST_NAME - len(short)] + short
        short, number = plain[:LONGEST_NAME].rstrip("_"), 1
        while short.lower() in taken:
            number += 1
            short = f"{plain[: LONGEST_NAME - len(str(number)) - 1].rstrip('_')}_{number}"
        taken.add(short.lower())
        found[name] = short
    return found


def _fitted(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Return a table whose texts fit, and how many were cut."""
    table, cut = table.copy(), 0
    for name in table.columns:
        if table[name].dtype == object and name != table.geometry.name:
            cells = [_shortened(cell) for cell in table[name]]
            cut += sum(new is not old for new, old in zip(cells, table[name], strict=True))
            table[name] = pd.Series(cells, index=table.index, dtype=object)
    return table, cut


def _shortened(cell: Any) -> Any:
    if not isinstance(cell, str) or len(cell.encode("utf-8", "replace")) <= LONGEST_TEXT:
        return cell
    return cell.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")
