"""What every way to make units shares: their order, and their sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.geodata.ids import texts


def sorted_by_id(frame: Any, crs: Any) -> Any:
    """Return units in the order of their ids as text, so that the order of the input never matters."""
    import geopandas as gpd

    order = np.argsort(texts(frame.index).astype(str), kind="stable")
    return gpd.GeoDataFrame(frame.iloc[order], geometry="geometry", crs=crs)


def sums_by_unit(members: Any, names: Sequence[str]) -> pd.DataFrame:
    """Return the sums of measures per unit, one row per unit that has members; no value at all stays missing.

    Rows are added in the order of their ids, so that shuffled rows give the same sums to the last bit.
    """
    order = np.argsort(texts(members["id"]).astype(str), kind="stable")
    totals: pd.DataFrame = members.iloc[order].groupby("unit", sort=False)[list(names)].sum(min_count=1)
    return totals
