"""`kpis`: all figures of a plan and a CRM in one tidy table, by level, against the period before and targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.kpis.covered import DATED, partly, require_covered
from territory_geo.analyze.kpis.facts import Facts
from territory_geo.analyze.kpis.figures import Worked, figures_of, joined, other_way, unit_text, worked_out
from territory_geo.analyze.kpis.groups import ACCOUNT, Groups, levels_of
from territory_geo.analyze.kpis.motions import MOTIONS
from territory_geo.analyze.kpis.options import KpiOptions
from territory_geo.analyze.kpis.period import Period
from territory_geo.analyze.kpis.registry import chosen
from territory_geo.analyze.kpis.targets import with_targets
from territory_geo.errors import OptionError

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.alignment import Alignment
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]

COLUMNS = (
    "level", "key", "motion", "kpi", "unit", "value", "low", "high", "interval", "n", "accounts", "previous", "change",
    "target", "attainment", "weight", "aligned", "note",
)  # fmt: skip


def kpis(
    plan: TerritoryPlan | Alignment,
    crm: CRM,
    *,
    period: Any = None,
    against: str = "before",
    coverage: pd.DataFrame | None = None,
    owner: str | None = None,
    by: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    models: str = "own",
    targets: pd.DataFrame | None = None,
    options: KpiOptions | None = None,
) -> pd.DataFrame:
    """Return what each territory, rep, team and manager is measured by.

    Accounts covered by territory are measured by the KPIs of territories, named accounts by those of accounts. Who
    has both gets both, with the `weight` that each has in the person's visit hours.

    Parameters
    ----------
    plan : TerritoryPlan or Alignment
        Which account is in which territory.
    crm : CRM
        What happened, from `read_crm`. A record counts for the account's owner, whoever did it.
    period : str, pair of dates or Period, optional
        "2025", "2025-H1", "2025-Q3", "2025-07", "2025-01-15/2025-03-31", or two dates, the last included. Left out:
        the last twelve whole months of the data. One in which no table has a day is refused; where a table covers
        a part of it, or none, the notes say so, and what it would give is missing, never 0.
    against : {"before", "year"}
        With what it is compared: the period right before it, of the same length (a quarter with the quarter before),
        or the same time a year earlier.
    coverage : DataFrame, optional
        `account_id`, `motion` (territory or account), `owner`, `team`: how accounts are covered; those not in it by
        territory.
    owner : str, optional
        Column of the accounts with who looks after those covered by territory; left out, the rep of the territory.
    by : sequence of str, optional
        Levels: company, territory, rep, team, manager, account (the named ones, each by itself), or a column of the
        accounts such as state. Left out: the first six, as far as they are known.
    measures : sequence of str, optional
        Names or titles of KPIs. A KPI that is named here is told for accounts of the other way of selling
        too, with `aligned` False and a note.
    models : {"own", "both"}
        "both" tells all KPIs for all accounts, those of the other way of selling with `aligned` False.
    targets : DataFrame, optional
        `kpi` (name or title), `value` ("50 %" for shares), optionally `per` (period or year), `level` and `key`: see
        `data/crm_targets.csv`. A target for a year is shared out over its months where the KPI adds up over time.
    options : KpiOptions, optional
        Weights, margin, discount, market measure, …

    Returns
    -------
    DataFrame
        One row per level, key, motion and KPI: `value` in `unit` (a currency, share, count, …); `low`, `high`: interval
        by the method in `interval`, with the sample size `n` (of records, or of accounts); `accounts`: how many
        accounts of the motion the key has; `previous` (the period before, see `against`) and `change` (value −
        previous); `target`, `attainment` (value / target, target / value where lower is better); `motion`: whose
        accounts ("all" for KPIs of both); `weight`: share of the motion in the key's visit hours; `aligned`; `note`:
        why a figure is missing and what has to be said of it. `attrs` has period, previous, against, currency,
        confidence, notes about the whole, and the people's names.

    Raises
    ------
    DataError
        If no record belongs to an account of the plan, or a table given here cannot be used.
    OptionError
        If an option is not usable.

    Notes
    -----
    Each KPI is made of sums over accounts, so that territories add up to the company, and the order of rows never
    matters. Work grows with the number of records.

    Examples
    --------
    >>> from territory_geo.geodata.crm import read_crm
    >>> from territory_geo.geodata.units import BasicUnits
    >>> from territory_geo.plan.plan import TerritoryPlan
    >>> from territory_geo.plan.problem import TerritoryProblem
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1, 2, 3], "y": [0] * 4, "visits": [1] * 4})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> problem = TerritoryProblem(units, n_territories=2, balance={"visits": 0.1})
    >>> plan = TerritoryPlan(problem, pd.Series(["T1", "T1", "T2", "T2"], index=list("abcd")))
    >>> orders = pd.DataFrame({"order_id": [1, 2, 3], "account_id": ["a", "a", "c"],
    ...                        "date": ["2024-05-01", "2025-05-01", "2025-06-01"], "amount_eur": [80, 100, 50]})
    >>> result = kpis(plan, read_crm(orders=orders), period="2025", measures=["revenue"], by=["company", "territory"])
    >>> result[["level", "key", "unit", "value", "previous"]].values.tolist()
    [['company', 'company', 'EUR', 150.0, nan], ['territory', 'T1', 'EUR', 100.0, nan],
     ['territory', 'T2', 'EUR', 50.0, nan]]
    >>> result.loc[0, "note"].split("; ")[1]
    'orders begin on 2024-05-01: nothing to compare with in 2024-01-01 to 2024-12-31'
    """
    if models not in ("own", "both"):
        raise OptionError(f"The 'models' parameter must be 'own' or 'both'. Got {models!r} instead.")
    options = options or KpiOptions()
    names = chosen(measures)
    when = chosen_period(period, crm, against)
    facts = Facts(plan, crm, coverage=coverage, owner=owner, options=options)
    levels = levels_of(facts, by)
    worked = [worked_out(kpi, facts, when) for kpi in names]
    everything = measures is not None or models == "both"
    pieces = [piece for groups in levels for piece in _level(groups, worked, facts, everything)]
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(COLUMNS))
    table, said = with_targets(table, targets, when)
    table = table[list(COLUMNS)]
    table.attrs = {
        "period": str(when), "previous": str(when.previous), "against": when.comparison,
        "currency": crm.currency, "confidence": options.confidence,
        "notes": list(dict.fromkeys([*partly(crm, when), *facts.notes, *said])), "names": _names(crm),
    }  # fmt: skip
    return table


def _names(crm: CRM) -> dict[str, str]:
    """Return the names of people by their ids, where the CRM knows them."""
    if not crm.has("people", "name"):
        return {}
    people = crm["people"]
    return {str(key): str(name) for key, name in zip(people["person_id"], people["name"], strict=True) if name}


def chosen_period(period: Any, crm: CRM, against: str | None = None) -> Period:
    """Return the period that is asked for, or the last twelve whole months of the data.

    Raises
    ------
    OptionError
        If it cannot be understood, or no table has a day in it.
    """
    if period is None:
        spans = [crm.span(name) for name in DATED]
        return Period.of(Period.last_year(span[1] for span in spans if span is not None), against=against)
    when = Period.of(period, against=against)
    require_covered(when, crm)
    return when


def _level(groups: Groups, worked: list[Worked], facts: Facts, everything: bool) -> list[pd.DataFrame]:
    """Return the rows of one level, key by key."""
    motion_of = facts.subjects["motion"].to_numpy(dtype=object)
    hours = facts.subjects["hours"].to_numpy(dtype=float)
    there = groups.codes >= 0
    k = len(groups.keys)
    of_key = np.bincount(groups.codes[there], hours[there], minlength=k)
    pieces: list[dict[str, NDArray[Any]]] = []
    for motion in (*MOTIONS, "all"):
        mask = there & ((motion_of == motion) | (motion == "all"))
        count = np.bincount(groups.codes[mask], minlength=k)
        accounts = np.bincount(groups.codes[: facts.n][mask[: facts.n]], minlength=k)
        part = np.bincount(groups.codes[mask], hours[mask], minlength=k)
        shown = np.flatnonzero(count > 0)
        if not len(shown):
            continue
        weight = np.divide(part, of_key, out=np.full(k, np.nan), where=of_key > 0)
        codes = np.where(mask, groups.codes, -1)
        single = groups.level == ACCOUNT
        for place, one in enumerate(worked):
            own = one.kpi.model == motion or (one.kpi.model == "both" and motion == "all")
            if not own and (one.kpi.model == "both" or motion == "all" or not everything):
                continue
            figures = {name: values[shown] for name, values in figures_of(one, codes, k, facts, single=single).items()}
            if not own:
                figures["note"] = np.array(
                    [joined(other_way(one.kpi.model, motion), note) for note in figures["note"]], dtype=object
                )
            same = {
                "level": groups.level, "motion": motion, "kpi": one.kpi.name, "interval": one.kpi.interval,
                "unit": unit_text(one.kpi.unit, facts.crm.currency), "aligned": own, "_place": place,
            }  # fmt: skip
            keys = np.array(groups.keys, dtype=object)[shown]
            alike = {
                name: np.full(len(shown), value, dtype=object if isinstance(value, str) else type(value))
                for name, value in same.items()
            }
            pieces.append({**figures, **alike, "key": keys, "weight": weight[shown], "accounts": accounts[shown],
                           "_key": shown})  # fmt: skip
    if not pieces:
        return []
    whole = pd.DataFrame({name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]})
    order = np.lexsort((whole["motion"].map({"all": 0, "territory": 1, "account": 2}), whole["_place"], whole["_key"]))
    return [whole.iloc[order].drop(columns=["_key", "_place"])]
