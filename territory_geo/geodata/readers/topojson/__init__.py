"""TopoJSON: decode a layer into shapes, and read its neighbours from the arcs that shapes share.

Shapes come as the file has them, valid or not; adjacency needs no geometry at all, so it is exact even where
quantisation has made a polygon invalid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.readers.topojson.shapes import Arcs, Feature, Ints, decode


@dataclass(frozen=True, eq=False)
class Topology:
    """A TopoJSON file that was parsed, for callers who ask several things of it: that takes most of the time."""

    path: Path
    content: dict[str, Any]

    @classmethod
    def of(cls, source: str | Path | Topology) -> Topology:
        """Parse a file; a topology stays itself."""
        return source if isinstance(source, Topology) else cls(Path(source), _load(Path(source)))


def list_layers(path: str | Path | Topology) -> list[str]:
    """Names of the layers (TopoJSON "objects") of a file, in file order.

    Parameters
    ----------
    path : str, Path or Topology
        A TopoJSON file.

    Returns
    -------
    list of str

    Raises
    ------
    DataError
        The file is missing, is not JSON or is not a topology.
    """
    return list(Topology.of(path).content["objects"])


def read_topojson(path: str | Path | Topology, layer: str | None = None) -> gpd.GeoDataFrame:
    """Decode one layer of a TopoJSON file.

    Parameters
    ----------
    path : str, Path or Topology
        A TopoJSON file, quantised or not.
    layer : str, optional
        The layer to read; may be left out when the file has only one.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per feature, in file order: ``id`` (text; only when the layer has ids), a column per property,
        ``geometry`` (None for a feature without a shape). Coordinates are the file's own. The CRS is the one
        the file names, else None: most TopoJSON is in degrees longitude and latitude without saying so, and
        the caller must decide. Shapes are not made valid. ``attrs["collapsed_rings"]`` counts rings of fewer
        than four points that were left out, ``attrs["closed_rings"]`` rings that did not end where they began
        and were closed by a straight line.

    Raises
    ------
    DataError
        The file is no topology, the layer is missing, a shape is a nested GeometryCollection, or arcs do not
        fit together.

    Examples
    --------
    >>> from territory_geo.geodata.samples import data_path
    >>> len(read_topojson(data_path("us.topojson"), "states"))
    52

    References
    ----------
    The TopoJSON Format Specification, version 1.0.0.
    """
    read = Topology.of(path)
    path, topology = read.path, read.content
    name, features = _features(topology, layer, path)
    try:
        geometry, found = decode(features, Arcs.of(topology))
    except MemoryError:
        raise
    except DataError as error:
        raise DataError(f"{path}: layer {name!r}, {error}") from error
    except Exception as error:
        # A malformed member surfaces as nearly any error; what the user needs is the file and the layer.
        raise DataError(
            f"{path}: layer {name!r} cannot be decoded ({type(error).__name__}: {error}). "
            "The arcs or coordinates are not well-formed TopoJSON; write the file anew."
        ) from error
    table = gpd.GeoDataFrame(_attributes(features), geometry=geometry, crs=_crs(topology))
    table.attrs.update(found)
    return table


def shared_arc_edges(path: str | Path | Topology, layer: str | None = None) -> tuple[Ints, Ints]:
    """Pairs of features that share at least one arc: rook adjacency, without touching a coordinate.

    Parameters
    ----------
    path : str, Path or Topology
        A TopoJSON file whose shapes share their arcs (as ``topojson.topology`` writes them).
    layer : str, optional
        The layer to read; may be left out when the file has only one.

    Returns
    -------
    u, v : numpy.ndarray of int64, shape (n_edges,)
        Row positions in the layer with ``u < v``, each pair once, sorted. Complexity O(a log a) in arcs used.

    Raises
    ------
    DataError
        The file is no topology or the layer is missing.

    Examples
    --------
    >>> from territory_geo.geodata.samples import data_path
    >>> u, v = shared_arc_edges(data_path("us.topojson"), "counties_lower48")
    >>> len(u)
    8710
    """
    read = Topology.of(path)
    _, features = _features(read.content, layer, read.path)
    used = [sorted({ref if ref >= 0 else ~ref for ref in _flatten(f.get("arcs", []))}) for f in features]
    row = np.repeat(np.arange(len(used)), [len(arcs) for arcs in used])
    arc = np.fromiter((ref for arcs in used for ref in arcs), dtype=np.int64, count=len(row))
    order = np.lexsort((row, arc))
    row, arc = row[order], arc[order]
    pairs = []
    # An arc borders more than two features where shapes overlap: compare with the next, the one after, ...
    for step in range(1, len(row)):
        same = arc[step:] == arc[:-step]
        if not same.any():
            break
        pairs.append(np.column_stack([row[:-step][same], row[step:][same]]))
    if not pairs:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    edges = np.unique(np.concatenate(pairs), axis=0)
    return edges[:, 0].copy(), edges[:, 1].copy()


def _attributes(features: list[Feature]) -> pd.DataFrame:
    """Ids as text, a column per property; a property in the way of ``id`` or ``geometry`` gets a suffix."""
    table = pd.DataFrame([f.get("properties") or {} for f in features], index=pd.RangeIndex(len(features)))
    taken = {"geometry": "geometry_property"}
    ids = [f.get("id") for f in features]
    if any(i is not None for i in ids):
        taken["id"] = "id_property"
        table = table.rename(columns=taken)
        table.insert(0, "id", pd.Series([None if i is None else str(i) for i in ids], dtype="str"))
        return table
    return table.rename(columns=taken)


def _crs(topology: dict[str, Any]) -> Any:
    crs = topology.get("crs")
    return crs.get("properties", {}).get("name") if isinstance(crs, dict) else None


def _load(path: Path) -> dict[str, Any]:
    try:
        topology: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not valid JSON ({error}). The file is damaged or of another kind.") from error
    got = topology.get("type") if isinstance(topology, dict) else type(topology).__name__
    members = (topology.get("objects"), topology.get("arcs")) if got == "Topology" else (None, None)
    if not (isinstance(members[0], dict) and isinstance(members[1], list)):
        raise DataError(
            f"{path}: a TopoJSON file must be a 'Topology' with objects and arcs. Got {got!r} instead. "
            "Read GeoJSON with the GeoJSON reader."
        )
    return dict(topology)


def _features(topology: dict[str, Any], layer: str | None, path: Path) -> tuple[str, list[Feature]]:
    """Find the features of a layer; a layer that is a single shape is a layer of one feature."""
    layers = list(topology["objects"])
    name = layers[0] if layer is None and len(layers) == 1 else layer
    if name not in topology["objects"]:
        got = "none was named" if layer is None else f"got {layer!r} instead"
        listed = ", ".join(map(repr, layers))
        raise DataError(f"{path}: layer must be one of {listed}; {got}. Name one of them.")
    content = topology["objects"][name]
    if content.get("type") == "GeometryCollection":
        return str(name), list(content.get("geometries", []))
    return str(name), [content]


def _flatten(nested: Iterable[Any]) -> Iterator[int]:
    for item in nested:
        if isinstance(item, list):
            yield from _flatten(item)
        else:
            yield int(item)
