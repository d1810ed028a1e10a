"""Targets: what a KPI should be, for everybody or for one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory_geo.analyze.kpis.registry import KPIS
from territory_geo.errors import DataError
from territory_geo.geodata import clean, ids
from territory_geo.geodata.columns import did_you_mean


def with_targets(table: pd.DataFrame, targets: pd.DataFrame | None) -> pd.DataFrame:
    """Return the table with `target` and `attainment` (value / target).

    Parameters
    ----------
    table : DataFrame
        From `kpis`.
    targets : DataFrame or None
        `kpi`, `value`, in the KPI's unit and for the period; optionally `level` and `key`: a target without a key holds
        for each of the level, one without a level everywhere. The narrowest counts.

    Raises
    ------
    DataError
        If a column is missing, a KPI is unknown, a value is no number or a target comes twice.
    """
    wanted = np.full(len(table), np.nan)
    if targets is not None:
        given = _checked(targets)
        for broad in (("", ""), ("level", ""), ("level", "key")):
            chosen = given[((given["level"] != "") == bool(broad[0])) & ((given["key"] != "") == bool(broad[1]))]
            names = ["kpi", *(name for name in broad if name)]
            if len(chosen):
                found = table[names].merge(chosen[[*names, "value"]], on=names, how="left")["value"].to_numpy()
                wanted = np.where(np.isnan(found), wanted, found)
    value = table["value"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = np.where(wanted == 0, np.nan, value / wanted)
    return table.assign(target=wanted, attainment=reached)


def _checked(targets: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("kpi", "value") if name not in targets.columns]
    if missing:
        raise DataError(
            f"The targets have no column {missing[0]!r}. They need kpi and value, and may have level and key. Their "
            f"columns: {', '.join(map(str, targets.columns))}."
        )
    given = pd.DataFrame({"kpi": ids.texts(targets["kpi"]), "value": clean.numbers(targets["value"])})
    for name in ("level", "key"):
        given[name] = ids.texts(targets[name]) if name in targets else ""
    problems = []
    for i, row in enumerate(given.itertuples(), 1):
        if row.kpi not in KPIS:
            problems.append(f"row {i}: there is no KPI {row.kpi!r}.{did_you_mean(str(row.kpi), KPIS)}")
        elif not np.isfinite(float(str(row.value))):
            problems.append(f"row {i}: the value {targets['value'].iat[i - 1]!r} is no number")
        elif row.key and not row.level:
            problems.append(f"row {i}: a key needs its level, such as rep")
    twice = given.duplicated(["kpi", "level", "key"])
    problems += [f"row {i + 1}: this target comes twice" for i in np.flatnonzero(twice)]
    if problems:
        raise DataError(f"The targets cannot be used: {'; '.join(problems[:20])}. Mend these rows.")
    return given
