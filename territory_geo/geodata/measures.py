"""Activity measures of rows: which columns can be summed, and which rows cannot be used for it.

`accounts` (their number) and `visit_hours` are built in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata import clean

if TYPE_CHECKING:
    import geopandas as gpd


def reject_table(ids: Any, rows: Any, positions: Any, texts: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": np.asarray(rows)[positions],
            "id": [clean.id_text(ids[i]) for i in positions],
            "reason": pd.Series(texts, dtype=object),
        }
    )


def require_rows(members: pd.DataFrame, source: str) -> None:
    """Raise `DataError` if no row is left."""
    if len(members) == 0:
        raise DataError(f"No row of {source} can be used. See the rejects for the reasons (territory-geo check).")


def with_measures(
    frame: Any, measures: Sequence[str] | None
) -> tuple[gpd.GeoDataFrame, tuple[str, ...], pd.DataFrame]:
    """Return the rows whose measures can be used, the measures' names, and the other rows as rejects."""
    frame = frame.assign(accounts=1.0) if "accounts" not in frame.columns else frame
    if "visit_hours" not in frame.columns and {"visits_per_year", "visit_minutes"} <= set(frame.columns):
        hours = clean.numbers(frame["visits_per_year"]) * clean.numbers(frame["visit_minutes"]) / 60.0
        frame = frame.assign(visit_hours=hours)
    skip = {"row", "id", "unit", "lat", "lon", "latitude", "longitude", frame.geometry.name}
    numeric = [
        str(c)
        for c in frame.columns
        if c not in skip and pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c])
    ]
    asked = list(dict.fromkeys(measures)) if measures is not None else []
    for name in asked:
        if name not in frame.columns:
            raise DataError(f"There is no measure {name!r}. Columns that can be measures: {', '.join(numeric)}.")
    reasons = clean.measure_reasons(frame, asked)
    refused = np.array(sorted(reasons), dtype=np.int64)
    rejects = reject_table(
        frame["id"].to_numpy(), frame["row"].to_numpy(), refused, [reasons[int(i)] for i in refused]
    )
    names = tuple(dict.fromkeys([*asked, *numeric])) if measures is None else tuple(asked)
    names = (*names, *(n for n in ("accounts", "visit_hours") if n in numeric and n not in names))
    kept = frame.drop(index=frame.index[refused]).reset_index(drop=True)
    return kept.assign(**{name: clean.numbers(kept[name]) for name in names}), names, rejects
