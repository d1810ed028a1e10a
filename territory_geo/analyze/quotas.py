"""Quotas: what each territory can be expected to sell, scaled to the plan's sum, each one explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.plan.plan import TerritoryPlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Quotas:
    """Quotas of a plan's territories.

    Parameters
    ----------
    table : DataFrame
        Index `territory`: `history`, `growth`, `reach` (what is won of open potential), `expected` (their sum),
        `limited` (what limits add or take away), `scaled` (to the plan's sum), `rounded`, `quota` (the sum of expected,
        limited, scaled and rounded), `before` (the quota to compare with), `attainment_before`, `attainment`
        (expected / quota, shares).
    total : float
        What the quotas sum to.
    """

    table: pd.DataFrame
    total: float

    def spread(self) -> pd.DataFrame:
        """Return how fair quotas are, before and after: `least`, `most` attainment (shares), `spread`, `gini`."""
        rows = {}
        for name, column in (("before", "attainment_before"), ("after", "attainment")):
            values = self.table[column].to_numpy(dtype=float)
            rows[name] = {
                "least": values.min(), "most": values.max(), "spread": values.max() - values.min(),
                "gini": gini(values),
            }  # fmt: skip
        return pd.DataFrame(rows).T

    def explain(self, territory: str) -> str:
        """Return how a territory's quota comes about, in sentences.

        Raises
        ------
        OptionError
            If there is no such territory.
        """
        if territory not in self.table.index:
            raise OptionError(
                f"There is no territory {territory!r}. Territories: {', '.join(map(str, self.table.index))}."
            )
        row = self.table.loc[territory]
        said = [f"{territory} sold {row['history']:,.0f}."]
        if abs(row["growth"]) >= 0.5:
            said.append(f"Its segments {'grow' if row['growth'] > 0 else 'shrink'} by {abs(row['growth']):,.0f}.")
        said.append(
            f"{row['reach']:,.0f} more can be won of what customers and prospects still buy elsewhere: "
            f"{row['expected']:,.0f} can be expected."
        )
        if abs(row["limited"]) >= 0.5:
            way = "raises" if row["limited"] > 0 else "lowers"
            said.append(f"The limit on the change from one year to the next {way} that by {abs(row['limited']):,.0f}.")
        change = row["scaled"] + row["rounded"]
        way = "raises" if change > 0 else "lowers"
        how = "leaves it at" if abs(change) < 0.5 else f"{way} it by {abs(change):,.0f} to"
        said.append(f"All quotas together must be {self.total:,.0f}: that {how} {row['quota']:,.0f}.")
        return " ".join(said)

    def plot(self) -> Figure:
        """Return a figure: what can be expected as a share of the quota, before and after.

        Raises
        ------
        MissingDependency
            If matplotlib is not installed.
        """
        from territory_geo.render.charts.quotas import quota_figure

        return quota_figure(self)

    def __repr__(self) -> str:
        before, after = self.spread()["gini"].astype(float).tolist()
        return (
            f"<Quotas: {len(self.table)} territories, {self.total:,.0f} in all, Gini of attainment "
            f"{before:.3f} before, {after:.3f} after>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table(repr(self)[1:-1], {}, self.table.reset_index())


def set_quotas(
    plan: TerritoryPlan,
    total: float,
    *,
    history: str = "revenue_usd",
    potential: str = "potential_usd",
    growth: Mapping[str, float] | None = None,
    reach: float = 0.1,
    limits: tuple[float, float] | None = (0.7, 1.5),
    before: pd.Series | None = None,
    step: float = 1000.0,
    segment: str = "segment",
) -> Quotas:
    """Set quotas from what was sold, how segments grow, and what can still be won; they sum to the plan.

    Parameters
    ----------
    plan : TerritoryPlan
        Its accounts have the columns below.
    total : float
        What all territories together are to sell.
    history, potential : str
        Columns: sold last year, and what the account could buy in all.
    growth : mapping of segment to share, optional
        Growth a year; "*" is the rest; left out, none.
    reach : float, default 0.1
        Share of the open potential (potential − history with its growth, where above 0) that a year wins.
    limits : (float, float) or None
        Least and most quota as a multiple of what the territory sold, times total over all sold; territories that
        sold nothing have none.
    before : Series, optional
        Today's quotas by territory, to compare with; left out: the same for everybody.
    step : float, default 1000
        Quotas are multiples of it, as far as the total allows: the last one takes the rest.
    segment : str
        Column for growth.

    Returns
    -------
    Quotas

    Raises
    ------
    OptionError, DataError
        If an option is unusable, a column is missing, or the limits leave no quotas with that sum.
    """
    for name, value in (("total", total), ("step", step)):
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 < float(value) < np.inf:
            raise OptionError(f"The {name!r} parameter must be a number above 0. Got {value!r} instead.")
    if isinstance(reach, bool) or not 0 <= reach <= 1:
        raise OptionError(f"The 'reach' parameter must be a share from 0 to 1. Got {reach!r} instead.")
    accounts = plan.accounts
    sold, could = (_amounts(accounts, name) for name in (history, potential))
    rate = _rates(accounts, growth, segment)
    more = sold * rate
    won = reach * np.maximum(0.0, could - sold - more)
    parts = (
        pd.DataFrame({"history": sold, "growth": more, "reach": won}).groupby(accounts["territory"].to_numpy()).sum()
    )
    table = parts.reindex(plan.territory_ids).rename_axis("territory")
    table["expected"] = table[["history", "growth", "reach"]].sum(axis=1)
    expected = table["expected"].to_numpy(dtype=float)
    if not (expected > 0).all():
        nobody = ", ".join(table.index[expected <= 0][:5])
        raise DataError(f"Nothing can be expected of {nobody}: no history, growth or potential. Check the columns.")
    scaled = within_limits(
        expected, float(total), *_limits(table["history"].to_numpy(dtype=float), float(total), limits)
    )
    plain = expected * float(total) / expected.sum()
    quota = stepped(scaled, float(total), float(step))
    table["limited"] = scaled - plain
    table["scaled"] = plain - expected
    table["rounded"] = quota - scaled
    table["quota"] = quota
    held = pd.Series(float(total) / len(table), index=table.index) if before is None else before.reindex(table.index)
    if not (held.astype(float) > 0).all():
        missing = ", ".join(held.index[~(held.astype(float) > 0)][:5])
        raise DataError(f"The quotas before are missing or not above 0 for {missing}. Give one for each territory.")
    table["before"] = held.astype(float)
    table["attainment_before"] = expected / table["before"]
    table["attainment"] = expected / table["quota"]
    return Quotas(table, float(total))


def within_limits(wanted: Floats, total: float, lower: Floats, upper: Floats) -> Floats:
    """Return shares of a total in proportion to `wanted`, none outside of its limits, shape (n,).

    Raises
    ------
    OptionError
        If the limits leave no such shares.

    Examples
    --------
    >>> within_limits(np.array([1.0, 1.0, 2.0]), 80.0, np.zeros(3), np.array([np.inf, np.inf, 30.0])).tolist()
    [25.0, 25.0, 30.0]
    """
    if not lower.sum() <= total * (1 + 1e-12) or not total <= upper.sum() * (1 + 1e-12):
        raise OptionError(
            f"The 'limits' leave quotas of {lower.sum():,.0f} to {upper.sum():,.0f} in all; the plan is {total:,.0f}. "
            f"Widen them, or use limits=None."
        )
    low, high = 0.0, 1.0
    while np.clip(wanted * high, lower, upper).sum() < total and high < 1e300:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(wanted * middle, lower, upper).sum() < total else (low, middle)
    found: Floats = np.clip(wanted * high, lower, upper)
    free = (found > lower) & (found < upper)
    if free.any():
        found[free] += (total - found.sum()) * wanted[free] / wanted[free].sum()
    return found


def stepped(values: Floats, total: float, step: float) -> Floats:
    """Return values rounded to multiples of a step that still sum to the total (largest remainders first).

    >>> stepped(np.array([1400.0, 1300.0, 1300.0]), 4000.0, 1000.0).tolist()
    [2000.0, 1000.0, 1000.0]
    """
    floor = np.floor(values / step + 1e-9)
    left = total - float(floor.sum()) * step
    steps = floor.copy()
    for i in np.argsort(-(values / step - floor), kind="stable")[: int(left // step + 1e-9)]:
        steps[i] += 1
    rounded: Floats = steps * step
    # What is less than a step goes to the largest.
    rounded[int(rounded.argmax())] += total - rounded.sum()
    return rounded


def gini(values: Floats) -> float:
    """Return the Gini coefficient: 0 where all are alike, near 1 where one has all.

    >>> gini(np.array([1.0, 1.0, 1.0])), gini(np.array([0.0, 0.0, 1.0]))
    (0.0, 0.67)
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n, total = len(ordered), float(ordered.sum())
    if n == 0 or total <= 0:
        return 0.0
    return max(0.0, float((2 * np.arange(1, n + 1) - n - 1) @ ordered) / (n * total))


def _limits(sold: Floats, total: float, limits: tuple[float, float] | None) -> tuple[Floats, Floats]:
    if limits is None:
        return np.zeros(len(sold)), np.full(len(sold), np.inf)
    least, most = limits
    if not 0 <= least <= 1 <= most:
        raise OptionError(f"The 'limits' must be two multiples around 1, such as (0.7, 1.5). Got {limits!r} instead.")
    usual = sold * total / sold.sum() if sold.sum() > 0 else np.zeros(len(sold))
    return usual * least, np.where(sold > 0, usual * most, np.inf)


def _rates(accounts: pd.DataFrame, growth: Mapping[str, float] | None, segment: str) -> Floats:
    if growth is None:
        return np.zeros(len(accounts))
    if segment not in accounts:
        raise DataError(f"The accounts have no column {segment!r}, by which they grow. Name theirs as segment.")
    rates = accounts[segment].map(lambda name: growth.get(str(name), growth.get("*", np.nan))).to_numpy(dtype=float)
    lost = sorted(set(accounts[segment][~np.isfinite(rates)].astype(str)))
    if lost:
        raise DataError(f"There is no growth rate for {', '.join(lost[:5])}. Add them, or '*' for the rest.")
    return rates


def _amounts(accounts: pd.DataFrame, name: str) -> Floats:
    if name not in accounts:
        raise DataError(f"The accounts have no column {name!r}. Columns: {', '.join(map(str, accounts.columns))}.")
    values: Floats = pd.to_numeric(accounts[name], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        rows = ", ".join(str(accounts["row"].iloc[i]) for i in bad[:5])
        raise DataError(f"{name!r} is missing, negative or no number in {bad.size:,} rows, such as {rows}.")
    return values
