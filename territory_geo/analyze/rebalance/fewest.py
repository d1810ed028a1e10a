"""The fewest changes of rep that bring every territory within its tolerances, or the best plan within a few.

Few changes first: changes are priced far above travel, then the cap is lowered as long as a search still finds a
plan. Travel second: within the lowest cap, the shortest ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from territory_geo.errors import OptionError
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import FirstFeasible, MaxIterations, Stop
from territory_geo.plan.constraints import DisruptionBudget
from territory_geo.plan.current import account_values
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.progress import Progress, silent

DEFAULT_STOP = MaxIterations(60)
DEAR = 20.0
"""Price of one average account that changes rep, in trips of mean length."""
FEWER = (0.3, 0.1, 0.03, 0.0)
"""Shares of the changes found so far that are tried to be saved, one after the other; 0: a single account."""
LEAST_STEP = 1e-4
"""The same for measures other than accounts, as a share of what changes rep."""
SEARCHES = 10
"""Most searches for fewer changes."""
NEARLY = 1e-9
"""Caps are this share wider than what they are taken from: sums are added up in another order."""


@dataclass(frozen=True, eq=False)
class Rebalancing:
    """A plan near today's.

    Parameters
    ----------
    plan : TerritoryPlan or None
        Within all tolerances and constraints; None where none was found: `solution` says why.
    today : TerritoryPlan
        Where it began.
    measure : str
        What was to change as little as possible.
    moved : float
        Share of it that changes rep; NaN without a plan.
    accounts : int
        How many accounts change rep.
    least : float
        No plan changes a smaller share: 0, or more where that is proven.
    solution : Solution
        The last search with a plan, or the one that found none.
    """

    plan: TerritoryPlan | None
    today: TerritoryPlan
    measure: str
    moved: float
    accounts: int
    least: float
    solution: Solution

    def moves(self) -> pd.DataFrame:
        """Return a row per account that changes rep: `id`, `from`, `to`, and the measure; most of it first.

        Raises
        ------
        OptionError
            If there is no plan.
        """
        if self.plan is None:
            raise OptionError(f"There is no plan, and so no moves: {self.solution.reason}.")
        return moved_accounts(self.plan, self.measure)

    def __repr__(self) -> str:
        if self.plan is None:
            return f"<Rebalancing: no plan: {self.solution.reason}>"
        proven = "the least there is" if self.moved <= self.least * (1 + 1e-6) + 1e-12 else "not proven least"
        return (
            f"<Rebalancing: {self.accounts:,} account{'' if self.accounts == 1 else 's'} change rep, "
            f"{100 * self.moved:.3g} % of {self.measure} ({proven})>"
        )


def moved_accounts(plan: TerritoryPlan, measure: str) -> pd.DataFrame:
    """Return the accounts whose rep of today can have a territory and has not theirs."""
    alignment, members = plan.problem.alignment, plan.problem.units.members
    assert alignment is not None
    names = pd.Series(plan.labels.to_numpy(), index=plan.labels.index)
    to = names.loc[members["unit"]].to_numpy()
    held = alignment.owner >= 0
    own = pd.Series([alignment.reps[i] if i >= 0 else "" for i in alignment.owner], dtype=object).to_numpy()
    table = pd.DataFrame(
        {"id": members["id"].to_numpy(), "from": own, "to": to, measure: account_values(plan.problem.units, measure)}
    )[held & (own != to)]
    moves: pd.DataFrame = table.sort_values([measure, "id"], ascending=[False, True], kind="stable")
    return moves.reset_index(drop=True)


def rebalance(
    problem: TerritoryProblem,
    measure: str = "accounts",
    *,
    most_accounts: int | None = None,
    most: float | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Rebalancing:
    """Bring every territory within its tolerances by the fewest changes, or by no more than a few.

    Parameters
    ----------
    problem : TerritoryProblem
        With a current alignment (``current=``), which may be split and out of balance.
    measure : str, default "accounts"
        What is to change as little as possible: "accounts", "revenue" or any numeric column of the accounts.
    most_accounts : int, optional
        Not the fewest changes, but the shortest ways with at most so many accounts that change rep.
    most : float, optional
        The same for a share of `measure`, such as ``rebalance(problem, "revenue", most=0.05)``.
    stop : Stop, optional
        For each search; the fewest changes take up to twelve. Left out: 60 iterations.
    seed : int, default 0
        Of all searches.
    progress : callable, optional
        Told about each search.

    Returns
    -------
    Rebalancing

    Raises
    ------
    OptionError
        If the problem has no current alignment or its reps hold none of the measure, or a limit is unusable.

    Notes
    -----
    Small problems are solved by the exact model, and the result is proven; else `least` says what is.

    Examples
    --------
    Four accounts of A lie on a line, B has two; one at the border is enough for equal counts:

    >>> from territory_geo.geodata.units import BasicUnits
    >>> from territory_geo.geodata.contiguity import ContiguityGraph
    >>> table = pd.DataFrame({"id": list("abcdef"), "x": range(6), "y": 0.0, "visits": 1.0})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> today = dict(zip("abcdef", "AAAABB", strict=True))
    >>> problem = TerritoryProblem(
    ...     units, ContiguityGraph.from_units(units), n_territories=2, balance={"visits": 0.1}, current=today
    ... )
    >>> rebalance(problem).moves()[["id", "from", "to"]].to_dict("records")
    [{'id': 'd', 'from': 'A', 'to': 'B'}]
    """
    total = _total(problem, measure)
    tell, stop = progress or silent, stop or DEFAULT_STOP
    today = TerritoryPlan.from_current(problem)
    if most_accounts is not None or most is not None:
        tell("rebalance", 0.0, "the shortest ways within the limit")
        budget = _limit(problem, measure, most_accounts, most)
        found = solve(_with(problem, budget), stop=stop, seed=seed)
        return _ended(found, today, measure, 0.0)
    tell("rebalance", 0.0, "few changes first")
    found = few_changes(problem, measure, today, stop, seed)
    if found.plan is None:
        return _ended(found, today, measure, 0.0)
    best, least = _fewer(problem, measure, found, total, stop, seed, tell)
    held = _moved(best.plan, measure)
    tell("rebalance", 0.9, "the shortest ways with as few changes")
    budget = DisruptionBudget({measure: min(1.0, held * (1 + NEARLY))})
    found = solve(_with(problem, budget), stop=stop, seed=seed, initial_plan=best.plan)
    return _ended(found if found.plan is not None else best, today, measure, least)


def few_changes(problem: TerritoryProblem, measure: str, today: TerritoryPlan, stop: Stop, seed: int) -> Solution:
    """Return a plan in which changes are priced far above travel: few change, though not surely the fewest."""
    mean = today.metrics["travel"]["objective"] / max(float(problem.weight.sum()), 1e-300)
    price = DEAR * max(mean, 1e-9) * len(problem.units.members)
    return solve(_with(problem, DisruptionBudget(price={measure: price})), stop=stop, seed=seed)


def _fewer(
    problem: TerritoryProblem, measure: str, found: Solution, total: float, stop: Stop, seed: int, tell: Progress
) -> tuple[Solution, float]:
    """Lower the cap as long as a search finds a plan; return the last plan, and the share proven to be the least."""
    best, searches = found, 0
    for saved in FEWER:
        # Whether one account less would do is proven where the problem is small; on the way a plan is enough.
        rule = stop if saved == 0 else stop | FirstFeasible()
        while (held := _moved(best.plan, measure)) > 0 and searches < SEARCHES:
            # By a single account at last; of other measures, by what no eye sees.
            step = 0.5 / total if measure == "accounts" else held * LEAST_STEP
            if saved > 0 and measure == "accounts" and held * saved * total < 1:
                break
            searches += 1
            tell("rebalance", 0.1 + 0.8 * searches / SEARCHES, f"{100 * held:.3g} % change rep; trying fewer")
            cap = max(0.0, min(held * (1 - saved), held - step))
            asked = _with(problem, DisruptionBudget({measure: cap}))
            fewer = solve(asked, stop=rule, seed=seed, initial_plan=best.plan)
            if fewer.plan is None:
                if saved == 0 and fewer.status is Status.INFEASIBLE:
                    return best, held
                break
            best = fewer
    return best, 0.0


def _with(problem: TerritoryProblem, budget: DisruptionBudget) -> TerritoryProblem:
    return replace(problem, constraints=(*problem.constraints, budget))


def _total(problem: TerritoryProblem, measure: str) -> float:
    """Return what today's reps hold of the measure; refuse a problem where that is nothing."""
    if problem.alignment is None:
        raise OptionError("Rebalancing begins at today's alignment: give the problem current=, a column of accounts.")
    total = float(problem.alignment.held(account_values(problem.units, measure)).sum())
    if total <= 0:
        raise OptionError(f"Today's reps who stay hold no {measure}: there is nothing to keep. Name another measure.")
    return total


def _limit(problem: TerritoryProblem, measure: str, most_accounts: int | None, most: float | None) -> DisruptionBudget:
    """Return the cap that was asked for."""
    if most_accounts is not None and most is not None:
        raise OptionError("Give 'most_accounts' or 'most', not both.")
    if most_accounts is None:
        assert most is not None
        return DisruptionBudget({measure: most})
    if isinstance(most_accounts, bool) or not isinstance(most_accounts, int) or most_accounts < 0:
        raise OptionError(f"The 'most_accounts' parameter must be a whole number, 0 or more. Got {most_accounts!r}.")
    held = _total(problem, "accounts")
    return DisruptionBudget({"accounts": min(1.0, most_accounts * (1 + NEARLY) / held)})


def _moved(plan: TerritoryPlan | None, measure: str) -> float:
    assert plan is not None
    return float(plan.disruption([measure])["share"].iloc[0])


def _ended(found: Solution, today: TerritoryPlan, measure: str, least: float) -> Rebalancing:
    if found.plan is None:
        return Rebalancing(None, today, measure, float("nan"), 0, least, found)
    row = found.plan.disruption([measure]).iloc[0]
    return Rebalancing(found.plan, today, measure, float(row["share"]), int(row["accounts"]), least, found)
