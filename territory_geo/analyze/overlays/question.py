"""The problem of an overlay: the units of another plan, what the accounts with some products are, the same borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import numbers
from territory_geo.geodata.ids import texts
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Bounds, KeepWhole
from territory_geo.plan.measures import with_columns
from territory_geo.plan.objective import Travel
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.teams.tables import PRODUCTS, entries, first_of

Bools = NDArray[np.bool_]

COLUMN = "base_territory"
"""Column of the accounts with the territory that each has in the plan below."""


@dataclass(frozen=True, eq=False)
class OverlayQuestion:
    """An overlay as a problem.

    Parameters
    ----------
    problem : TerritoryProblem
        The units of the plan below; `balance` speaks of accounts with the products, in measures of their own.
    base : TerritoryPlan
        The plan below.
    products : tuple of str
        Which products; none: all accounts count.
    concerned : bool array, shape (members,)
        Which accounts have one of them.
    """

    problem: TerritoryProblem
    base: TerritoryPlan
    products: tuple[str, ...]
    concerned: Bools


def overlay_question(
    base: TerritoryPlan,
    *,
    n_territories: int | None,
    reps: Reps | None,
    products: str | Sequence[str] | None,
    balance: Mapping[str, float | Bounds],
    objective: Travel | None,
    split_cost: float,
) -> OverlayQuestion:
    """Return the problem; `split_cost` is the price of each further territory in which one of the base lies.

    Raises
    ------
    DataError, OptionError
        If no account has the products, a measure is no sum over accounts, or an option cannot be used.
    """
    if not isinstance(base, TerritoryPlan):
        raise OptionError(f"The 'base' parameter must be a TerritoryPlan. Got {type(base).__name__} instead.")
    if (n_territories is None) == (reps is None):
        raise OptionError("An overlay needs exactly one of n_territories=… (how many) and reps=… (who).")
    if not isinstance(balance, Mapping) or not balance:
        raise OptionError("The 'balance' parameter must name a measure, such as {\"visit_hours\": 0.15}.")
    wanted = _wanted(products)
    concerned = _concerned(base.problem.units, wanted)
    units, names = _units(base, wanted, concerned, list(balance))
    asked = objective or _objective(base, reps)
    if asked.weight != "auto" and asked.weight in names:
        asked = replace(asked, weight=names[asked.weight])
    problem = TerritoryProblem(
        units, base.problem.graph, reps=reps, balance={names[name]: limit for name, limit in balance.items()},
        objective=asked, constraints=(KeepWhole(COLUMN, cost=split_cost),),
        n_territories=len(reps) if n_territories is None and reps is not None else n_territories or 0,
    )  # fmt: skip
    return OverlayQuestion(problem, base, wanted, concerned)


def measures_of_products(
    units: BasicUnits, products: str | Sequence[str] | None, balance: Mapping[str, float | Bounds]
) -> None:
    """Raise what `overlay_question` would where units do not have the products, or not the measures."""
    _concerned(units, _wanted(products))
    for measure in balance:
        _of_accounts(units, measure)


def _wanted(products: str | Sequence[str] | None) -> tuple[str, ...]:
    named = [products] if isinstance(products, str) else list(products or ())
    found = tuple(dict.fromkeys(str(name).strip().casefold() for name in named))
    if products is not None and (not found or not all(found)):
        raise OptionError(f"The 'products' parameter must name products, such as 'pumps'. Got {products!r} instead.")
    return found


def _concerned(units: BasicUnits, products: tuple[str, ...]) -> Bools:
    """Return which accounts have one of the products."""
    members = units.members
    if not products:
        return np.ones(len(members), dtype=bool)
    column = first_of(PRODUCTS, members)
    if column is None:
        known = [str(name) for name in members.columns if name not in ("row", "unit", "geometry")]
        raise DataError(
            f"The accounts of the plan have no column 'products' or 'product_line'. Columns: {', '.join(known)}."
        )
    held = entries(members[column])
    there = sorted(frozenset().union(*held))
    strange = [name for name in products if name not in there]
    if strange:
        raise DataError(
            f"No account has the product {', '.join(map(repr, strange))} (column {column!r}). "
            f"Products: {', '.join(there[:20]) or 'none'}{', …' if len(there) > 20 else ''}."
        )
    return np.array([bool(has & set(products)) for has in held], dtype=bool)


def _units(
    base: TerritoryPlan, products: tuple[str, ...], concerned: Bools, measures: list[str]
) -> tuple[BasicUnits, dict[str, str]]:
    """Return the units with what the overlay's accounts are, and the name of each measure there."""
    units = base.problem.units
    members = units.members
    unit = pd.Index(texts(members["unit"]))
    frame, names = units.frame, {}
    for measure in measures:
        values = _of_accounts(units, measure)
        if not products:
            names[measure] = measure
            continue
        name = "_".join([measure, *(product.replace(" ", "_") for product in products)])
        if name in units.measures:
            raise DataError(f"The units have a measure {name!r} already, which the overlay would hide. Rename it.")
        sums = pd.Series(np.where(concerned, values, 0.0)).groupby(unit.to_numpy()).sum()
        frame = frame.assign(**{name: sums.reindex(units.ids, fill_value=0.0).to_numpy()})
        names[measure] = name
    new = tuple(name for name in names.values() if name not in units.measures)
    below = dict(zip(units.ids, base.labels, strict=True))
    held = members.assign(**{COLUMN: [below[name] for name in unit]})
    return with_columns(units, frame=frame, members=held, measures=(*units.measures, *new)), names


def _of_accounts(units: BasicUnits, measure: str) -> NDArray[np.float64]:
    """Return a measure of each account, whose sums are those of the units."""
    members = units.members
    if measure not in units.measures and measure != "accounts":
        known = dict.fromkeys(("accounts", *units.measures))
        raise OptionError(f"There is no measure {measure!r} (in balance). Measures: {', '.join(known)}.")
    if measure == "accounts":
        values = np.ones(len(members))
    elif measure in members.columns:
        values = np.asarray(numbers(members[measure]), dtype=float)
    else:
        values = np.full(len(members), np.nan)
    whole = pd.Series(values).groupby(texts(members["unit"])).sum().reindex(units.ids, fill_value=0.0).to_numpy()
    stated = units.frame[measure].to_numpy(dtype=float)
    if not np.allclose(whole, stated, rtol=1e-6, atol=1e-6):
        raise DataError(
            f"The measure {measure!r} is not a sum over accounts, so the part of some products is not known. Balance "
            f"a column of the accounts, or 'accounts'."
        )
    return values


def _objective(base: TerritoryPlan, reps: Reps | None) -> Travel:
    """Return the base's travel; specialists' trips start at their homes, without them at the best unit."""
    return replace(base.problem.objective, weight="auto", center="unit" if reps is None else "home")
