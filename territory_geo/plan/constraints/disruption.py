"""How much may change hands: the share of accounts, revenue, potential, workload whose rep changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from territory_geo.errors import OptionError
from territory_geo.plan.constraints.named import Named, amount_of


@dataclass(frozen=True, init=False)
class DisruptionBudget(Named):
    """Caps, and prices, of what changes rep.

    Parameters
    ----------
    caps : mapping of measure to share, optional
        The largest share that may change rep, 0 to 1; measures that are names can be given as keywords instead,
        ``DisruptionBudget(revenue=0.05, accounts=0.1)``. A measure is any numeric column of the accounts. A word that
        is no column stands for the only column that begins with it: revenue for revenue_usd.
    price : mapping of measure to float, optional
        What a share of 1 costs, in km of mean travel (as for the other soft constraints); for the plan as a whole.
    per : str, default "plan"
        "plan": of all that is held today. "territory": of what each rep of today holds. Else a column of the
        accounts, such as "segment": of each of its values (tiers); accounts without a value are a tier of their own.
    name : str, optional
        What messages call it.

    Notes
    -----
    An account changes rep where the rep of its territory is not its current rep, by `TerritoryProblem.current`. The
    share is of what reps hold today who can still have a territory: accounts without a rep, and those of reps who are
    gone, have nobody to lose and are counted apart (`plan.disruption`). Prospects (a column `kind` says so) count
    for accounts and potential, never for revenue.

    Examples
    --------
    >>> print(DisruptionBudget(revenue=0.05))
    at most 5 % of revenue changes rep
    >>> print(DisruptionBudget(accounts=0.2, per="territory"))
    at most 20 % of accounts of each rep of today changes rep
    """

    caps: tuple[tuple[str, float], ...]
    price: tuple[tuple[str, float], ...]
    per: str
    name: str | None

    def __init__(
        self,
        caps: Mapping[str, float] | None = None,
        *,
        price: Mapping[str, float] | None = None,
        per: str = "plan",
        name: str | None = None,
        **shares: float,
    ) -> None:
        stated = _pairs(caps, "caps") | {}
        twice = sorted(set(stated) & set(shares))
        if twice:
            raise OptionError(f"A DisruptionBudget names {twice[0]!r} twice. Give each measure one share.")
        stated |= shares
        prices = _pairs(price, "price")
        if not stated and not prices:
            raise OptionError("A DisruptionBudget needs at least one share or price, such as revenue=0.05.")
        for measure, share in stated.items():
            if not amount_of(share, measure, "DisruptionBudget") <= 1:
                raise OptionError(
                    f"The '{measure}' of a DisruptionBudget must be a share from 0 to 1 (0.05 is 5 %). Got {share!r}."
                )
        if not isinstance(per, str) or not per:
            raise OptionError(f"The 'per' of a DisruptionBudget must be 'plan', 'territory' or a column. Got {per!r}.")
        if prices and per != "plan":
            raise OptionError(
                f"Prices of a DisruptionBudget are for the plan as a whole. Leave out per={per!r}, or give it to a "
                f"second DisruptionBudget with the caps."
            )
        self._keep(
            caps=tuple(sorted((m, float(v)) for m, v in stated.items())),
            price=tuple(sorted((m, amount_of(v, f"price of {m}", "DisruptionBudget")) for m, v in prices.items())),
            per=per,
            name=name,
        )

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures with a cap or a price."""
        return tuple(dict.fromkeys(measure for measure, _ in (*self.caps, *self.price)))

    @property
    def _usual_id(self) -> str:
        whose = "" if self.per == "plan" else f"/{self.per}"
        caps = [f"{measure}<={100 * share:g}%" for measure, share in self.caps]
        return f"disruption{whose}:{','.join([*caps, *(f'{measure}@{cost:g}' for measure, cost in self.price)])}"

    def __str__(self) -> str:
        whose = {"plan": "", "territory": " of each rep of today"}.get(self.per, f" of each {self.per}")
        said = [f"at most {100 * share:g} % of {measure}{whose} changes rep" for measure, share in self.caps]
        said += [f"all {measure} changing rep would cost {cost:g} of mean travel" for measure, cost in self.price]
        return ", ".join(said)


def _pairs(given: Any, option: str) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) and key for key in given):
        raise OptionError(
            f"The '{option}' of a DisruptionBudget must be a mapping of measures, such as {{'revenue': 0.05}}. "
            f"Got {given!r} instead."
        )
    return dict(given)
