"""Geographic files: GeoJSON, GeoPackage, Shapefile, GeoParquet, KML and TopoJSON into a GeoDataFrame.

Whatever coordinate reference system a file declares, the result is in longitude and latitude; a file that
declares none is taken as planar metres, except TopoJSON, which is longitude and latitude by custom.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.readers.packed import is_packed, unpacked

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.geodata.readers.topojson import Topology

VECTOR_SUFFIXES = (
    ".geojson", ".json", ".gpkg", ".shp", ".zip", ".parquet", ".geoparquet", ".topojson", ".kml", ".kmz", ".fgb",
    ".gdb",
)  # fmt: skip
"""File endings that hold geometries."""

PARQUET_SUFFIXES = (".parquet", ".geoparquet")

_KML_STYLE = {
    "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet",
}  # fmt: skip
"""Columns that the KML driver adds to every table, filled or not."""

Frame = TypeVar("Frame", bound=pd.DataFrame)


def is_topojson(path: Path) -> bool:
    """Tell whether a .json or .topojson file is a topology, from its first kilobyte."""
    if path.suffix.lower() not in (".json", ".topojson"):
        return False
    with path.open("rb") as stream:
        return (
            path.suffix.lower() == ".topojson" or re.search(rb'"type"\s*:\s*"Topology"', stream.read(1024)) is not None
        )


def is_parquet(path: Path) -> bool:
    """Tell whether a path is a Parquet file or a folder of them."""
    if path.suffix.lower() in PARQUET_SUFFIXES:
        return True
    if not path.is_dir() or path.suffix.lower() == ".gdb":
        return False
    # A partitioned table has folders such as year=2024 instead of files.
    return any(
        part.suffix.lower() in PARQUET_SUFFIXES or (part.is_dir() and "=" in part.name) for part in path.iterdir()
    )


def parquet_has_geometry(path: Path) -> bool:
    """Tell whether a Parquet file, or the first of a folder, says that it holds geometries.

    Raises
    ------
    DataError
        If it is no Parquet file.
    """
    import pyarrow
    import pyarrow.parquet

    file = path
    if path.is_dir():
        parts = sorted(part for part in path.rglob("*") if part.suffix.lower() in PARQUET_SUFFIXES)
        if not parts:
            raise DataError(f"{path} holds no Parquet file. Name a file, or a folder with files that end in .parquet.")
        file = parts[0]
    try:
        return b"geo" in (pyarrow.parquet.read_schema(file).metadata or {})
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def read_vector(path: Path, *, layer: str | None = None, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read one layer of a geographic file.

    Parameters
    ----------
    path : Path
        GeoJSON, GeoPackage, Shapefile (also zipped), GeoParquet (also a folder), KML, KMZ, FlatGeobuf, a file
        geodatabase or TopoJSON.
    layer : str, optional
        The layer of a file that has several.
    crs : str, optional
        Reference system of a file that declares none.

    Returns
    -------
    GeoDataFrame
        In file order, index 0..n-1, EPSG:4326, or without a CRS when the file declares none.

    Raises
    ------
    DataError
        If the file cannot be read, or holds several layers and none was named.
    OptionError
        If `crs` is not what the file declares.
    """
    import geopandas as gpd
    import pyogrio

    if not path.exists():
        raise DataError(f"{path} does not exist. Check the spelling, or give the full path.")
    if is_packed(path):
        with unpacked(path, VECTOR_SUFFIXES, layer) as inner:
            return read_vector(inner, crs=crs)
    if is_topojson(path):
        from territory_geo.geodata.readers import topojson

        return _of_topology(topojson.Topology.of(path), layer)
    try:
        if is_parquet(path):
            frame = gpd.read_parquet(path)
        else:
            layers = pyogrio.list_layers(path)
            # A GeoPackage may carry tables without shapes, such as the styles that QGIS stores.
            names = [str(name) for name, kind in layers if kind is not None or name == layer]
            frame = gpd.read_file(path, layer=_one_layer(path, names, layer))
            if path.suffix.lower() in (".geojson", ".json") and "id" not in frame.columns:
                frame = _with_feature_ids(frame, path)
            if path.suffix.lower() in (".kml", ".kmz"):
                frame = frame.drop(columns=[name for name in _KML_STYLE if name in frame.columns])
    except DataError:
        raise
    except (OSError, ValueError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError(f"{path} holds no geometries. For a table with coordinates, use a CSV file.")
    return in_degrees(frame, str(path), crs=crs)


def text_names(frame: Frame, source: str) -> Frame:
    """Return a table whose column names are text, each there once.

    Raises
    ------
    DataError
        If two columns have one name.
    """
    frame = frame.rename(columns=str)
    twice = sorted(set(frame.columns[frame.columns.duplicated()]))
    if twice:
        raise DataError(f"{source} has the column {', '.join(map(repr, twice))} more than once. Rename one of them.")
    return frame


def in_degrees(frame: Any, source: str, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Return a GeoDataFrame in longitude and latitude (or without a CRS), index 0..n-1, names as text.

    `crs` is the reference system of a frame that declares none.

    Raises
    ------
    DataError
        If it is no GeoDataFrame, has no active geometry, or two columns have one name.
    OptionError
        If `crs` is not what the frame declares.
    """
    import geopandas as gpd

    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise DataError(f"{source} has no geometries. Give a GeoDataFrame, or use set_geometry to say where they are.")
    frame = text_names(frame.reset_index(drop=True), source)
    if crs is not None:
        if frame.crs is not None and not frame.crs.equals(crs, ignore_axis_order=True):
            raise OptionError(
                f"The 'crs' parameter must fit {source}, which declares {frame.crs.to_string()}. Got {crs!r} instead; "
                "leave it out."
            )
        frame = frame.set_crs(crs) if frame.crs is None else frame
    return frame if frame.crs is None else frame.to_crs(4326)


def _with_feature_ids(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """Add the numbers that GeoJSON features carry as their ids; GDAL passes on those that are text only."""
    content = json.loads(path.read_bytes())
    ids = [feature.get("id") for feature in content.get("features", [])]
    if len(ids) == len(frame) and any(value is not None for value in ids):
        frame.insert(0, "id", pd.Series(ids, dtype=object if None in ids else None))
    return frame


def read_areas_and_arcs(path: Path, layer: str | None = None) -> tuple[gpd.GeoDataFrame, Any]:
    """Return what `read_vector` does, and the pairs of rows that share an arc of a TopoJSON file; None for others."""
    from territory_geo.geodata.readers import topojson

    if path.exists() and is_packed(path):
        with unpacked(path, VECTOR_SUFFIXES, layer) as inner:
            return read_areas_and_arcs(inner)
    if not (path.exists() and is_topojson(path)):
        return read_vector(path, layer=layer), None
    parsed = topojson.Topology.of(path)
    return _of_topology(parsed, layer), topojson.shared_arc_edges(parsed, layer)


def _of_topology(parsed: Topology, layer: str | None) -> gpd.GeoDataFrame:
    from territory_geo.geodata.readers import topojson

    frame = topojson.read_topojson(parsed, _one_layer(parsed.path, topojson.list_layers(parsed), layer))
    frame = frame.set_crs(4326) if frame.crs is None else frame.to_crs(4326)
    return frame.reset_index(drop=True)


def _one_layer(path: Path, names: list[str], layer: str | None) -> str:
    listed = ", ".join(repr(name) for name in names)
    if layer is None:
        if len(names) == 1:
            return names[0]
        raise DataError(f"{path} holds the layers {listed}. Say which one with layer=… (--layer on the command line).")
    if layer not in names:
        raise DataError(f"{path} has no layer {layer!r}. It holds {listed}.")
    return layer


def holds_areas(path: Path, *, layer: str | None = None) -> bool:
    """Tell whether most shapes of a geographic file are polygons."""
    import shapely

    kinds = shapely.get_type_id(read_vector(path, layer=layer).geometry.to_numpy())
    return bool((kinds >= 3).mean() > 0.5) if len(kinds) else False
