"""One figure per person or territory: how far its KPIs are reached, each way of selling in proportion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory_geo.analyze.kpis.registry import KPIS
from territory_geo.analyze.kpis.targets import attainment
from territory_geo.errors import DataError

CAP = 2.0
"""A KPI counts at most as twice its target, so that one of them cannot carry all others."""


def kpi_scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return how far each key reaches its KPIs, by way of selling and in all.

    Parameters
    ----------
    table : DataFrame
        From `kpis`, with the level company; rows that are not `aligned`, sums without a target (the
        company's is no yardstick for a part) and KPIs that are neither good nor bad do not count.

    Returns
    -------
    DataFrame
        One row per level and key but the company: `territory`, `account` (mean over KPIs of value / target, or of
        value / the company's figure where there is no target; the other way round where lower is better; each from 0
        to 2; 1 is as expected), `territory_weight`, `account_weight` (shares of visit hours), `score` (their
        weighted mean), `kpis` (how many count).

    Raises
    ------
    DataError
        If the table has no rows of the company to compare with, and no targets.
    """
    company = table[table["level"] == "company"].set_index(["kpi", "motion"])["value"]
    if company.empty and table["target"].isna().all():
        raise DataError("Scores compare with targets or the company: give targets, or by=['company', …], to kpis.")
    rows = table[table["aligned"].astype(bool) & (table["level"] != "company") & (table["motion"] != "all")].copy()
    better = rows["kpi"].map({name: kpi.better for name, kpi in KPIS.items()})
    relative = rows["kpi"].map({name: kpi.comparable for name, kpi in KPIS.items()}).astype(bool)
    theirs = [company.get(pair, np.nan) for pair in zip(rows["kpi"], rows["motion"], strict=True)]
    expected = rows["target"].where(rows["target"].notna(), pd.Series(theirs, index=rows.index).where(relative))
    value = rows["value"]
    reached = attainment(value.to_numpy(dtype=float), expected.to_numpy(dtype=float), better.to_numpy(dtype=object))
    rows["reached"] = np.clip(reached, 0.0, CAP)
    rows = rows[(better != "neither") & ~np.isnan(reached)]
    found = rows.groupby(["level", "key", "motion"], sort=False).agg(
        reached=("reached", "mean"), weight=("weight", "first"), kpis=("reached", "size")
    )
    wide = found.unstack("motion")
    order = rows[["level", "key"]].drop_duplicates()
    result = order.copy()
    for motion in ("territory", "account"):
        for name, source in ((motion, "reached"), (f"{motion}_weight", "weight")):
            column = wide[(source, motion)] if (source, motion) in wide.columns else pd.Series(np.nan, index=wide.index)
            result[name] = column.reindex(pd.MultiIndex.from_frame(order)).to_numpy(dtype=float)
    shares = result[["territory_weight", "account_weight"]].fillna(0).to_numpy()
    parts = result[["territory", "account"]].to_numpy(dtype=float)
    shares = np.where(np.isnan(parts), 0.0, shares)
    total = shares.sum(axis=1)
    result["score"] = np.where(
        total > 0, (np.nan_to_num(parts) * shares).sum(axis=1) / np.where(total > 0, total, 1), np.nan
    )
    sizes = found.groupby(level=["level", "key"], sort=False)["kpis"].sum()
    result["kpis"] = sizes.reindex(pd.MultiIndex.from_frame(order)).to_numpy(dtype=int)
    return result.reset_index(drop=True)
