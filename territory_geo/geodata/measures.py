"""Activity measures of rows: which columns can be summed, and which rows cannot be used for it.

`accounts` (their number) and `visit_hours` are built in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata import clean
from territory_geo.geodata.columns import RESERVED
from territory_geo.geodata.formula import Formula, with_formulas
from territory_geo.geodata.labels import labels
from territory_geo.geodata.notices import finding

if TYPE_CHECKING:
    import geopandas as gpd


def reject_table(ids: Any, rows: Any, positions: Any, texts: Sequence[str]) -> pd.DataFrame:
    """Return rejects (`row`, `id`, `reason`) of the rows at some positions."""
    return pd.DataFrame(
        {
            "row": np.asarray(rows)[positions],
            "id": [clean.id_text(ids[i]) for i in positions],
            "reason": pd.Series(texts, dtype=object),
        }
    )


def with_measures(
    frame: Any,
    measures: Sequence[str] | None,
    *,
    rejects: pd.DataFrame,
    source: str,
    roles: Collection[str | None] = (),
) -> tuple[gpd.GeoDataFrame, tuple[str, ...], pd.DataFrame, list[dict[str, object]]]:
    """Return the rows whose measures can be used, the measures' names, all rejects in the order of rows, and findings.

    A measure is a column's name or a formula such as "hours = visits * minutes / 60". `rejects` are those so
    far. The columns of `roles`, and ids, postcodes, years and the like, are measures only if asked for; the
    findings name the latter. A column `accounts`
    of the source's own counts if it is asked for or holds a number in each row; else it is renamed, and
    each row counts as one.

    Raises
    ------
    DataError
        If a measure's column does not exist or no row is left.
    """
    given = [formula.name for formula in map(Formula.parse, measures or ()) if formula is not None]
    if "accounts" in frame.columns and "accounts" not in (*(measures or ()), *given):
        own = pd.api.types.is_numeric_dtype(frame["accounts"]) and not clean.measure_reasons(frame, ["accounts"])
        frame = frame if own else frame.rename(columns={"accounts": "accounts_source"})
    frame = frame.assign(accounts=1.0) if "accounts" not in frame.columns else frame
    if "visit_hours" not in frame.columns and {"visits_per_year", "visit_minutes"} <= set(frame.columns):
        hours = clean.numbers(frame["visits_per_year"]) * clean.numbers(frame["visit_minutes"]) / 60.0
        frame = frame.assign(visit_hours=hours)
    frame, asked = with_formulas(frame, measures or ())
    skip = {"row", "id", "unit", "lat", "lon", "latitude", "longitude", "error_km", frame.geometry.name, *roles}
    skip |= {f"{name}_source" for name in RESERVED}
    numeric = [
        str(c)
        for c in frame.columns
        if c not in skip and pd.api.types.is_numeric_dtype(frame[c]) and not pd.api.types.is_bool_dtype(frame[c])
    ]
    none = {name: what for name, what in labels(frame[numeric]).items() if name not in asked}
    summed = [name for name in numeric if name not in none]
    for name in asked:
        if name not in frame.columns:
            near = get_close_matches(str(name), summed, 1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise DataError(f"There is no measure {name!r}.{meant} Columns that can be measures: {', '.join(summed)}.")
    reasons = clean.measure_reasons(frame, asked)
    refused = np.array(sorted(reasons), dtype=np.int64)
    more = reject_table(frame["id"].to_numpy(), frame["row"].to_numpy(), refused, [reasons[int(i)] for i in refused])
    said = []
    if measures is None and none:
        text = ", ".join(f"{name} ({what})" for name, what in none.items())
        said.append(finding("numbers not summed", 0, text, "no measures, unless named in measures=[…]"))
    names = tuple(dict.fromkeys([*asked, *summed])) if measures is None else tuple(asked)
    names = (*names, *(n for n in ("accounts", "visit_hours") if n in numeric and n not in names))
    rejects = pd.concat([rejects, more], ignore_index=True).sort_values("row", ignore_index=True)
    if len(refused) == len(frame):
        # The commonest reason tells what is wrong with the file; numbers in it differ from row to row.
        kinds = rejects["reason"].str.replace(r"[\d.,-]+", "", regex=True)
        common = rejects[kinds == kinds.mode().iloc[0]] if len(rejects) else rejects
        why = f", such as row {common['row'].iloc[0]}: {common['reason'].iloc[0]}" if len(rejects) else ""
        raise DataError(f"No row of {source} can be used{why}. Check that each column plays the right role.")
    kept = frame.drop(index=frame.index[refused]).reset_index(drop=True)
    # A copy lies in few blocks: of a table with hundreds of columns pandas would warn at the next one.
    return kept.assign(**{name: clean.numbers(kept[name]) for name in names}).copy(), names, rejects, said
