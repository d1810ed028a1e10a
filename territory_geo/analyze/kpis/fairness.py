"""A ranking that asks what could be expected: revenue beside what the accounts' potential makes of it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.kpis.alignment import require_column
from territory_geo.analyze.kpis.covered import unknown
from territory_geo.analyze.kpis.facts import Facts
from territory_geo.analyze.kpis.groups import levels_of
from territory_geo.analyze.kpis.interval import jackknife
from territory_geo.analyze.kpis.market import market_of
from territory_geo.analyze.kpis.options import KpiOptions
from territory_geo.analyze.kpis.revenue import revenue_of
from territory_geo.analyze.kpis.table import chosen_period
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import ids

Floats = NDArray[np.float64]

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.alignment import Alignment
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan


def fair_ranking(
    plan: TerritoryPlan | Alignment,
    crm: CRM,
    *,
    potential: str,
    period: Any = None,
    by: str = "territory",
    within: str | None = None,
    coverage: pd.DataFrame | None = None,
    owner: str | None = None,
    options: KpiOptions | None = None,
) -> pd.DataFrame:
    """Rank by revenue, and by revenue beside what the potential lets expect.

    A large territory sells more. Expected is what the company as a whole makes of the same potential: the sum over
    a key's accounts of potential × (company's revenue / company's potential), taken within each class of accounts
    where `within` names one, such as segment: a rep of many small accounts is compared with small accounts.

    Parameters
    ----------
    plan, crm, period, coverage, owner
        As in `kpis`.
    potential : str
        Column of the accounts with what each could buy a year.
    by : str
        Level: territory, rep, team, manager, or a column of the accounts.
    within : str, optional
        Column of the accounts whose classes are compared each for itself.
    options : KpiOptions, optional
        Confidence of the interval.

    Returns
    -------
    DataFrame
        In order of `fair_rank`: `key`, `accounts`, `revenue`, `rank`, `potential` (of the period), `expected`, `index`
        (revenue / expected; 1 is as expected), `low`, `high` (jackknife over accounts), `fair_rank`, `best_rank`,
        `worst_rank` (the places that the figures allow, see `rank_range`), `verdict` ("above" or "below" where the
        interval leaves out 1, else "as expected", empty where there is none), `note`.

    Raises
    ------
    DataError
        If there are no orders, none reach into the period, or the accounts have no such column.
    OptionError
        If the level is not known.
    """
    options = options or KpiOptions()
    options = KpiOptions(**{**vars(options), "market": potential})
    facts = Facts(plan, crm, coverage=coverage, owner=owner, options=options)
    when = chosen_period(period, crm)
    needs = ("orders.amount", "orders.date", "accounts.market")
    if missing := facts.missing(needs) or unknown(crm, ["orders"], when):
        raise DataError(f"A fair ranking cannot be made: {missing}.")
    found = levels_of(facts, [by])
    if not found or by == "company":
        raise OptionError(f"There is nothing to rank by {by!r}. {' '.join(facts.notes)}".strip())
    groups = found[0]
    market, note = market_of(facts, when)
    revenue = np.where(market > 0, revenue_of(facts, when), 0.0)
    kinds = np.zeros(facts.n, dtype=np.int64)
    if within is not None:
        require_column(facts.members, within, "within")
        kinds = pd.factorize(pd.Series(ids.texts(facts.members[within])), sort=True)[0].astype(np.int64)
    of_kind = np.bincount(kinds, market)
    rate = np.divide(np.bincount(kinds, revenue), of_kind, out=np.zeros(len(of_kind)), where=of_kind > 0)
    expected = market * rate[kinds]
    codes = groups.codes[: facts.n]
    k = len(groups.keys)
    values = {"top": revenue, "over": expected}
    sums = {name: np.bincount(codes, column, minlength=k).astype(float) for name, column in values.items()}

    def index_of(sums: Any) -> np.ndarray:
        top, over = sums["top"], sums["over"]
        return np.where(over > 1e-9, top / np.where(over > 1e-9, over, 1.0), np.nan)

    low, high = jackknife(codes, values, sums, index_of, options.confidence)
    table = pd.DataFrame(
        {
            "key": groups.keys,
            "accounts": np.bincount(codes, minlength=k),
            "revenue": sums["top"],
            "rank": pd.Series(sums["top"]).rank(ascending=False, method="min").astype(int),
            "potential": np.bincount(codes, market, minlength=k),
            "expected": sums["over"],
            "index": index_of(sums),
            "low": np.maximum(0.0, low),
            "high": high,
        }
    )
    table = table[table["accounts"] > 0]
    table["fair_rank"] = table["index"].rank(ascending=False, method="min", na_option="bottom").astype(int)
    table = table.sort_values(["fair_rank", "key"], kind="stable").reset_index(drop=True)
    figures = [table[name].to_numpy(dtype=float) for name in ("index", "low", "high")]
    table["best_rank"], table["worst_rank"] = rank_range(*figures)
    clear = [table["low"] > 1, table["high"] < 1, table["low"].notna() & table["high"].notna()]
    table["verdict"] = np.select(clear, ["above", "below", "as expected"], default="")
    table["note"] = np.where(table["index"].isna(), "no potential: nothing can be expected", note)
    return table


def rank_range(value: Floats, low: Floats, high: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the best and the worst place that each of some figures may have.

    Somebody is surely ahead of another where the interval of the difference leaves out 0; the best place is one more
    than how many are surely ahead, the worst is how many there are without those surely behind. Each pair is compared
    by itself, so that no chain of neighbours who overlap makes all of them equal.

    Parameters
    ----------
    value, low, high : float array, shape (k,)
        Figures and ends of their intervals. Where one is missing, any place may be right.

    Returns
    -------
    best, worst : int array, shape (k,)
        Places, 1 is the highest figure.

    Notes
    -----
    The interval of a difference is put together from those of its parts; k × k comparisons.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
    Statistics in Medicine 27.
    Klein, M., Wright, T. and Wieczorek, J. (2020). A joint confidence region for an overall ranking of populations.
    Journal of the Royal Statistical Society C 69; theirs holds for all places at once, and is wider.

    Examples
    --------
    >>> best, worst = rank_range(np.array([3.0, 2.4, 1.8]), np.array([2.5, 1.9, 1.3]), np.array([3.5, 2.9, 2.3]))
    >>> best.tolist(), worst.tolist()
    ([1, 1, 2], [2, 3, 3])
    """
    down, up = value - low, high - value
    gap = value[:, None] - value[None, :]
    with np.errstate(invalid="ignore"):
        ahead = gap > np.sqrt(down[:, None] ** 2 + up[None, :] ** 2)
    return 1 + ahead.sum(axis=0), len(value) - ahead.sum(axis=1)
