"""GeoPackage and GeoJSON: territories, accounts and centres for any program that reads maps.

GDAL writes them, through pyogrio; what comes in is prepared so that nothing is changed on the way.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from territory_geo.errors import DataError, OptionError
from territory_geo.render.export.folder import DEGREE_DECIMALS, named_failures, require_writable
from territory_geo.render.export.tables import layers, needs_degrees

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.plan.plan import TerritoryPlan


def write_geopackage(plan: TerritoryPlan, path: str | os.PathLike[str]) -> list[str]:
    """Write a GeoPackage with the layers territories, accounts (or areas) and centers.

    Parameters
    ----------
    plan : TerritoryPlan
        Geographic plans are written in EPSG:4326, others in their plane without a reference system.
    path : path
        Ends in .gpkg; an earlier file is replaced.

    Notes
    -----
    Of the format: https://www.geopackage.org/spec140/
    """
    file = fresh(path)
    for name, table in layers(plan).items():
        # One kind of geometry per layer, as the format asks.
        if name == "territories":
            table = multipolygons(table)
        save(table, file, driver="GPKG", layer=name, append=file.exists())
    return []


def write_geojson(plan: TerritoryPlan, path: str | os.PathLike[str], *, layer: str = "territories") -> list[str]:
    """Write one table as GeoJSON: longitude and latitude, outer rings counter-clockwise.

    Parameters
    ----------
    plan : TerritoryPlan
        Must be geographic.
    path : path
        Ends in .geojson; an earlier file is replaced.
    layer : {"territories", "accounts", "areas", "centers"}
        Which table.

    Notes
    -----
    Of the format: https://datatracker.ietf.org/doc/html/rfc7946
    """
    needs_degrees(plan, "GeoJSON")
    tables = layers(plan)
    if layer not in tables:
        raise OptionError(f"The 'layer' parameter must be one of {', '.join(tables)}. Got {layer!r} instead.")
    file = fresh(path)
    options: dict[str, Any] = {"RFC7946": "YES", "COORDINATE_PRECISION": DEGREE_DECIMALS, "WRITE_BBOX": "YES"}
    save(tables[layer], file, driver="GeoJSON", layer=layer, **options)
    return []


def multipolygons(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table whose shapes are all of several parts, also where there is one."""
    shapes = [shapely.multipolygons(shapely.get_parts(shape)) for shape in table.geometry.array]
    return table.set_geometry(shapes, crs=table.crs)


def fresh(path: str | os.PathLike[str]) -> Path:
    """Return a file's path with its folder made and an earlier file gone."""
    file = Path(path)
    require_writable(file.parent)
    with named_failures(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
    return file


def save(table: gpd.GeoDataFrame, file: Path, **options: Any) -> None:
    """Write a table with GDAL; what it refuses is a `DataError`, and a missing CRS is no surprise."""
    import pyogrio

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)
            pyogrio.write_dataframe(table, file, **options)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, pyogrio.errors.GeometryError) as error:
        raise DataError(f"{file} cannot be written: {error}. Choose another file or format.") from error
