"""What a comparison counts and what things cost: options that check themselves, and the values of each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.columns import plain
from territory_geo.plan.constraints import KeepWhole
from territory_geo.plan.current import PROSPECTS, account_values
from territory_geo.plan.metrics.disruption import uncounted_measures, usual_measures
from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]

TIERS = ("tier", "segment")
"""Columns that hold tiers, where none is named; the first that is there."""
CONTAINERS = ("state", "county")
"""Columns that hold containers, where none is named; all that are there, and those of `KeepWhole`."""
VISITS = "visits_per_year"
"""Column of the accounts with the visits of a year; a workload may name another."""
HOURS = ("workload", "visit_hours")
"""Measures that are hours of work a year, the fuller one first."""
SHAPES_UPTO = 20_000
"""Units up to which territories' shapes are drawn to tell their compactness, unless it is asked for."""


@dataclass(frozen=True)
class CompareOptions:
    """What a comparison counts and what things cost.

    Parameters
    ----------
    loss_rate : float, optional
        Share of the revenue that changes rep which is at risk, 0 to 1. Left out, no revenue is said to be at risk.
    km_cost, hour_cost : float, optional
        What a kilometre, or an hour, on the way costs, in the accounts' currency.
    tier : str, optional
        Column of the accounts whose values are told apart; left out, "tier" or "segment" where there is one.
    containers : sequence of str, optional
        Columns of what should stay whole; left out, "state", "county" and those of `KeepWhole` constraints.
    capacity_hours : float, optional
        Hours a year that each territory's rep has; left out, those of the reps, or of the workload's rules.
    shapes : bool, optional
        Whether the shapes of territories are drawn for the Polsby-Popper measure; left out, up to 20,000 units.
    match : {"auto", "names", "accounts"}
        See `compare`.

    Raises
    ------
    OptionError
        Naming the option, what is allowed, what came.
    """

    loss_rate: float | None = None
    km_cost: float | None = None
    hour_cost: float | None = None
    tier: str | None = None
    containers: Sequence[str] | None = None
    capacity_hours: float | None = None
    shapes: bool | None = None
    match: str = "auto"

    def __post_init__(self) -> None:
        for name, most in (("loss_rate", 1.0), ("km_cost", np.inf), ("hour_cost", np.inf), ("capacity_hours", np.inf)):
            value = getattr(self, name)
            if value is not None and not (_number(value) and 0 <= value <= most and np.isfinite(value)):
                allowed = "a share from 0 to 1 (0.1 is 10 %)" if most == 1 else "a number of at least 0"
                raise OptionError(f"The {name!r} parameter must be {allowed}. Got {value!r} instead.")
        if isinstance(self.containers, str):
            raise OptionError(
                f"The 'containers' parameter must be a list of columns. Got {self.containers!r}: write "
                f"[{self.containers!r}]."
            )

    @property
    def priced(self) -> bool:
        """Whether anything has a price."""
        return any(rate is not None for rate in (self.loss_rate, self.km_cost, self.hour_cost))


def _number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def account_table(plan: TerritoryPlan) -> tuple[pd.DataFrame, list[str]]:
    """Return what each account of a plan is worth, a column per measure, and the measures that cannot be counted.

    `accounts` is 1; revenue and potential as the accounts say (revenue of prospects is 0); measures that are balanced;
    `relationships` is 1 for customers and 0 for prospects, where a column `kind` says so; hours of units are shared
    among their accounts by visits, where these are known, else evenly.
    """
    units = plan.problem.units
    members = units.members
    missing = uncounted_measures(plan.problem)
    found = {m: account_values(units, m) for m in usual_measures(plan.problem) if m not in missing}
    kind = members["kind"] if "kind" in members else pd.Series("", index=members.index)
    words = {value: plain(id_text(value)) in PROSPECTS for value in kind.unique()}
    found["relationships"] = 1.0 - kind.map(words).to_numpy(dtype=float)
    for name in HOURS:
        if name not in found and name in units.frame:
            found[name] = _shared(plan, units.frame[name].to_numpy(dtype=float))
    return pd.DataFrame(found), missing


def _shared(plan: TerritoryPlan, values: Floats) -> Floats:
    """Return what units hold, shared among their accounts."""
    units = plan.problem.units
    row = units.frame.index.get_indexer(pd.Index(units.members["unit"]))
    visits = visits_of(plan)
    share = np.ones(len(row)) if visits is None else visits
    whole = np.bincount(row, share, minlength=len(units))
    even = np.bincount(row, minlength=len(units)).astype(float)
    mine = np.where(whole[row] > 0, share / np.where(whole[row] > 0, whole[row], 1.0), 1.0 / even[row])
    return np.asarray(values[row] * mine, dtype=float)


def visits_of(plan: TerritoryPlan) -> Floats | None:
    """Return the visits a year of each account, shape (members,), or None where they are not known."""
    problem = plan.problem
    column = VISITS if problem.workload is None else problem.workload.visits
    members = problem.units.members
    if column not in members or not pd.api.types.is_numeric_dtype(members[column]):
        return None
    values = members[column].to_numpy(dtype=float)
    return values if bool((np.isfinite(values) & (values >= 0)).all()) else None


def tier_of(plan: TerritoryPlan, options: CompareOptions) -> str | None:
    """Return the column of tiers, or None.

    Raises
    ------
    DataError
        If the named column is not there.
    """
    return next(iter(_columns(plan, [options.tier] if options.tier else None, TIERS, "tier")), None)


def containers_of(plan: TerritoryPlan, options: CompareOptions) -> list[str]:
    """Return the columns of containers.

    Raises
    ------
    DataError
        If a named column is not there.
    """
    usual = (*(c.column for c in plan.problem.of_kind(KeepWhole)), *CONTAINERS)
    return _columns(plan, None if options.containers is None else list(options.containers), usual, "containers")


def _columns(plan: TerritoryPlan, named: list[str] | None, usual: Sequence[str], option: str) -> list[str]:
    there = [str(c) for c in plan.problem.units.members.columns if c not in ("row", "unit", "geometry")]
    for name in named or []:
        if name not in there:
            raise DataError(f"There is no column {name!r} (in {option}). Columns: {', '.join(there)}.")
    return list(dict.fromkeys(named if named is not None else [name for name in usual if name in there]))
