"""Many points on one canvas: a Folium layer that carries typed arrays, and the columns of a plan's accounts.

The browser finds points by a grid, gathers them into clusters when zoomed out, and filters and colours
them without building anything anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from territory_geo.errors import DataError
from territory_geo.render.formats import NumberFormat
from territory_geo.render.layers import PlanLayer
from territory_geo.render.offline import Payload
from territory_geo.render.packing import pack_array, pack_rounded
from territory_geo.render.shapes import Frame, geographic

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

MOST_NAMES = 250_000
"""Accounts whose ids and names a map carries by itself; for more it must be told to."""
MOST_DOTS = 20_000
"""Up to so many points, every one is drawn as a dot at all zooms; more are gathered into clusters."""
CATEGORIES = ("kind", "segment")
"""Columns of the accounts that the map can colour and filter by, where they are there."""
MOST_VALUES = 12
"""Different values that a category may have; the others of a longer list become "other"."""

# Columns of an account that say where or whose it is, not how much.
_NOT_MEASURES = {"row", "lat", "lon", "latitude", "longitude", "x", "y", "zip", "accounts"}


class PointLayer(PlanLayer):
    """Points on one canvas.

    Parameters
    ----------
    data : dict
        From `points_data`.
    plan : Payload
        The plan's model, which must be on the map before this layer.
    name : str
        Text in the layer control; our own words, never data.
    show : bool
        Whether the layer is on when the map opens.
    """

    def __init__(self, data: dict[str, Any], plan: Payload, *, name: str, show: bool = True) -> None:
        super().__init__("accounts", plan, name=name, data=data, show=show)


def points_data(
    plans: Mapping[str, TerritoryPlan],
    frame: Frame,
    *,
    names: bool | None = None,
    cluster_above: int | None = None,
) -> dict[str, Any]:
    """Return the accounts of plans as columns: positions on a grid, territories, ids, names, two measures, categories.

    Parameters
    ----------
    plans : mapping of name to TerritoryPlan
        Plans over the same accounts.
    frame : Frame
        What the map shows; positions are whole steps from its south-west corner.
    names : bool, optional
        Whether ids and names are carried. When not given, they are for up to `MOST_NAMES` accounts.
    cluster_above : int, optional
        Points in view above which they are gathered into clusters; `MOST_DOTS` when not given, 0 for never.

    Returns
    -------
    dict
        Ready for `script_json`. ``names_left_out`` says whether ids and names are missing.

    Raises
    ------
    DataError
        The plans are not over the same accounts.
    """
    first = next(iter(plans.values()))
    table = geographic(first.accounts)
    grid = frame.grid / 10
    west, south = frame.bounds[:2]
    xy = shapely.get_coordinates(frame.place(np.asarray(table.geometry.array, dtype=object)))
    carried = len(table) <= MOST_NAMES if names is None else names
    data: dict[str, Any] = {
        "n": len(table),
        "grid": grid,
        "origin": [west, south],
        "x": pack_array(np.rint((xy[:, 0] - west) / grid)),
        "y": pack_array(np.rint((xy[:, 1] - south) / grid)),
        "territory": [pack_array(codes) for codes in territory_codes(plans)],
        "measures": [],
        "values": [],
        "categories": [category for name in CATEGORIES if name in table for category in [_category(table[name], name)]],
        "clusterAbove": MOST_DOTS if cluster_above is None else cluster_above,
        "namesLeftOut": not carried,
    }
    if carried:
        data["id"] = table["id"].astype(str).tolist()
        if "name" in table:
            data["name"] = table["name"].fillna("").astype(str).tolist()
    for measure, values in _account_measures(first, table):
        style = NumberFormat.of(measure, values)
        data["measures"].append(style.to_json())
        data["values"].append(pack_rounded(values, style.decimals))
    return data


def territory_codes(plans: Mapping[str, TerritoryPlan]) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Return the position of each account's territory in each plan's table, in the first plan's order of accounts.

    Raises
    ------
    DataError
        The plans are not over the same accounts.
    """
    (first_name, first), *rest = plans.items()
    ids = first.accounts["id"].astype(str)
    codes = [_codes(first, first.accounts["territory"])]
    for name, plan in rest:
        theirs = plan.accounts
        other = pd.Index(theirs["id"].astype(str))
        if len(other) != len(ids) or not other.is_unique or other.sort_values().tolist() != sorted(ids):
            raise DataError(
                f"plans: {name!r} and {first_name!r} are not over the same accounts ({len(other):,} and "
                f"{len(ids):,}); one map compares plans of the same accounts. Draw them one by one."
            )
        codes.append(_codes(plan, theirs["territory"].iloc[other.get_indexer(pd.Index(ids))]))
    return codes


def _codes(plan: TerritoryPlan, territory: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    order = {name: i for i, name in enumerate(plan.territories.index)}
    return territory.map(order).to_numpy(dtype=np.int64)


def _category(column: pd.Series[Any], name: str) -> dict[str, Any]:
    """Return a column of few texts: the most frequent values first, the rest as one, what is missing as another."""
    texts = column.fillna("").astype(str).str.strip()
    counts = texts.value_counts()
    ordered = sorted(counts.index, key=lambda text: (not text, -int(counts[text]), text))
    kept: Sequence[str] = ordered if len(ordered) <= MOST_VALUES else ordered[: MOST_VALUES - 1]
    position = {text: i for i, text in enumerate(kept)}
    codes = texts.map(position).fillna(len(kept)).to_numpy(dtype=np.int64)
    values = [text or "not given" for text in kept]
    if len(kept) < len(ordered):
        values.append(f"{len(ordered) - len(kept)} others")
    return {
        "label": name.replace("_", " "),
        "values": values,
        "counts": np.bincount(codes, minlength=len(values)),
        "codes": pack_array(codes),
    }


def _account_measures(plan: TerritoryPlan, table: pd.DataFrame) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Choose up to two measures of an account: balanced ones first, then the plan's other measures."""
    names = [str(name) for name in (*plan.problem.balance, *plan.territories.columns)]
    names += [str(name) for name in table.columns if str(name).startswith(("potential", "revenue"))]
    usable = [
        name
        for name in dict.fromkeys(names)
        if name not in _NOT_MEASURES and name in table.columns and pd.api.types.is_numeric_dtype(table[name])
    ]
    return [(name, table[name].to_numpy(dtype=np.float64)) for name in usable[:2]]
