"""Geographic files: GeoJSON, GeoPackage, Shapefile, GeoParquet and TopoJSON into a GeoDataFrame.

Whatever coordinate reference system a file declares, the result is in longitude and latitude; a file that
declares none is taken as planar metres, except TopoJSON, which is longitude and latitude by custom.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.errors import DataError

if TYPE_CHECKING:
    import geopandas as gpd

VECTOR_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".zip", ".parquet", ".geoparquet", ".topojson")
"""File endings that hold geometries."""


def is_topojson(path: Path) -> bool:
    """Tell whether a .json or .topojson file is a topology, from its first kilobyte."""
    if path.suffix.lower() not in (".json", ".topojson"):
        return False
    with path.open("rb") as stream:
        return b'"Topology"' in stream.read(1024) or path.suffix.lower() == ".topojson"


def read_vector(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read one layer of a geographic file.

    Parameters
    ----------
    path : Path
        GeoJSON, GeoPackage, Shapefile (also zipped), GeoParquet or TopoJSON.
    layer : str, optional
        The layer of a file that has several.

    Returns
    -------
    GeoDataFrame
        In file order, index 0..n-1, EPSG:4326, or without a CRS when the file declares none.

    Raises
    ------
    DataError
        If the file cannot be read, or holds several layers and none was named.
    """
    import geopandas as gpd
    import pyogrio

    if not path.exists():
        raise DataError(f"{path} does not exist. Check the spelling, or give the full path.")
    if is_topojson(path):
        from territory_geo.geodata.readers import topojson

        names = topojson.list_layers(path)
        frame = topojson.read_topojson(path, _one_layer(path, names, layer))
        frame = frame.set_crs(4326) if frame.crs is None else frame.to_crs(4326)
        return frame.reset_index(drop=True)
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            frame = gpd.read_parquet(path)
        else:
            names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
            frame = gpd.read_file(path, layer=_one_layer(path, names, layer))
    except DataError:
        raise
    except (OSError, ValueError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError(f"{path} holds no geometries. For a table with coordinates, use a CSV file.")
    if frame.crs is not None:
        frame = frame.to_crs(4326)
    return frame.reset_index(drop=True)


def shared_arcs(path: Path, layer: str | None = None) -> tuple[Any, Any] | None:
    """Return the pairs of rows that share an arc of a TopoJSON file, or None for other files."""
    from territory_geo.geodata.readers import topojson

    if not is_topojson(path):
        return None
    return topojson.shared_arc_edges(path, _one_layer(path, topojson.list_layers(path), layer))


def _one_layer(path: Path, names: list[str], layer: str | None) -> str:
    listed = ", ".join(repr(name) for name in names)
    if layer is None:
        if len(names) == 1:
            return names[0]
        raise DataError(
            f"{path} holds the layers {listed}. Say which one with layer=… (--layer on the command line)."
        )
    if layer not in names:
        raise DataError(f"{path} has no layer {layer!r}. It holds {listed}.")
    return layer


def holds_areas(path: Path, *, layer: str | None = None) -> bool:
    """Tell whether most shapes of a geographic file are polygons."""
    import shapely

    kinds = shapely.get_type_id(read_vector(path, layer=layer).geometry.to_numpy())
    return bool((kinds >= 3).mean() > 0.5) if len(kinds) else False
