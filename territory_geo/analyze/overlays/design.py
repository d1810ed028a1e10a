"""design_overlay(): territories for specialists over those of a plan, made of whole ones or cut where it pays."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from territory_geo._version import __version__
from territory_geo.analyze.overlays.question import OverlayQuestion, overlay_question
from territory_geo.analyze.overlays.reasons import Asked, impossible, miscount
from territory_geo.analyze.overlays.solution import OverlaySolution
from territory_geo.errors import OptionError, VerificationError
from territory_geo.geodata.reps import Reps
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.nested import MOST, TooMany, solve_nested
from territory_geo.optimize.solution import Status
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import Stop
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.objective import Travel
from territory_geo.plan.plan import TerritoryPlan

WORK = 60.0
"""Deterministic seconds for the choice of sets."""
SPAN = (2, 3)
"""Least and most territories of one specialist, where nothing else is said."""


def design_overlay(
    base: TerritoryPlan,
    *,
    n_territories: int | None = None,
    reps: Reps | None = None,
    products: str | Sequence[str] | None = None,
    balance: Mapping[str, float | Bounds],
    span: tuple[int, int] | None = None,
    split_cost: float | None = None,
    objective: Travel | None = None,
    stop: Stop | None = None,
    seed: int = 0,
) -> OverlaySolution:
    """Design territories of specialists over those of a plan.

    Parameters
    ----------
    base : TerritoryPlan
        The territories of the generalists.
    n_territories : int, optional
        How many specialists; or
    reps : Reps, optional
        who they are: one territory each, in proportion to `capacity_hours` where they have it, trips from home.
    products : str or sequence of str, optional
        What they sell: only accounts with one of these products (`products` or `product_line`, entries parted by
        semicolons) are work for them. Left out: all accounts.
    balance : mapping of measure to share or Bounds
        As in `TerritoryProblem`, of the accounts with the products; the plan's measures are called after both, such
        as ``visit_hours_pumps``. Each must be a sum over accounts.
    span : (int, int), optional
        Least and most of the generalists' territories that one specialist has, each of them whole, and neighbours
        where the plan asks for territories in one piece. Left out: 2 to 3. Refused with `split_cost`, where nothing
        limits how many territories a specialist has a part of; `partners` tells.
    split_cost : float, optional
        Borders may be cut: the price of each further specialist in a generalist's territory, in km of mean travel.
        The overlay is then searched for by `solve`, with `KeepWhole`. Left out: nothing is cut, and the best choice of
        whole territories is proven.
    objective : Travel, optional
        Left out: that of the plan, weighted by the first measure of `balance`, from the best unit, or with `reps` from
        their homes.
    stop : Stop, optional
        For the search with `split_cost`.
    seed : int, default 0
        Of the search; without `split_cost` it matters only where several overlays are equally good.

    Returns
    -------
    OverlaySolution
        Its plan, where there is one, has passed its independent check. Without one, `reason` says which demand stands
        in the way, and `remedies` what would do instead.

    Raises
    ------
    DataError, OptionError
        If the plan, the products, the measures or an option cannot be used, or there are more than 200,000 sets of
        neighbouring territories to choose among.
    VerificationError
        If the plan found fails its check: a defect of this package.

    Examples
    --------
    >>> import pandas as pd
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1, 8, 9], "y": [0, 0, 0, 0], "visits": [5, 5, 4, 6]})
    >>> units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> graph = tg.ContiguityGraph.from_units(units)
    >>> asked = tg.TerritoryProblem(units, graph, n_territories=4, balance={"visits": 0.5})
    >>> base = tg.TerritoryPlan(asked, pd.Series({"a": "A", "b": "B", "c": "C", "d": "D"}))
    >>> overlay = design_overlay(base, n_territories=2, balance={"visits": 0.1})
    >>> overlay.partners[["specialist", "generalist"]].to_numpy().tolist()
    [['S01', 'A'], ['S01', 'B'], ['S02', 'C'], ['S02', 'D']]

    Notes
    -----
    A set partition: all connected sets of the plan's territories with a load within bounds are listed, each with its
    exact travel, and the cheapest that hold each territory once are chosen by CP-SAT.

    References
    ----------
    Garfinkel, R. S. and Nemhauser, G. L. (1970). Optimal political districting by implicit enumeration techniques.
    Management Science 16(8).
    """
    begin = time.monotonic()
    _check(span, seed, split_cost)
    least, most = span or SPAN
    question = overlay_question(
        base, n_territories=n_territories, reps=reps, products=products, balance=balance, objective=objective,
        split_cost=float("inf") if split_cost is None else split_cost,
    )  # fmt: skip
    if split_cost is not None:
        found = _shared(question, stop, int(seed), begin)
    else:
        if stop is not None:
            raise OptionError("The 'stop' parameter is for overlays that may cut borders: give split_cost=… as well.")
        found = _nested(question, (int(least), int(most)), int(seed), begin)
    if found.plan is not None:
        check = found.verify()
        if not check.ok:
            raise VerificationError(f"The overlay found fails its check ({'; '.join(check.failures)}).")
    return found


def _check(span: tuple[int, int] | None, seed: int, split_cost: float | None) -> None:
    if span is not None:
        whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in span)
        if len(span) != 2 or not whole or not 1 <= span[0] <= span[1]:
            raise OptionError(
                f"The 'span' parameter must be two whole numbers of at least 1, such as (2, 3). Got {span!r}."
            )
        if split_cost is not None:
            raise OptionError(
                "The 'span' parameter speaks of whole territories, and split_cost allows borders to be cut: then how "
                "many a specialist has a part of is not limited. Leave one of them out."
            )
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise OptionError(f"The 'seed' parameter must be an int of at least 0. Got {seed!r} instead.")
    if split_cost is not None and not (np.isfinite(split_cost) and split_cost >= 0):
        raise OptionError(
            f"The 'split_cost' parameter must be a number of at least 0, or left out: then nothing is cut. "
            f"Got {split_cost!r} instead."
        )


def _nested(question: OverlayQuestion, span: tuple[int, int], seed: int, begin: float) -> OverlaySolution:
    """Return the overlay of whole territories."""
    problem, base = question.problem, question.base
    _check_nested(question)
    arrays = ProblemArrays.from_problem(problem)
    names = base.territory_ids

    def without(status: Status, reason: str, remedies: tuple[str, ...], sets: int) -> OverlaySolution:
        return OverlaySolution(
            status, None, question, span, sets, None, None, reason, remedies, time.monotonic() - begin
        )  # fmt: skip

    numbers = miscount(problem.n_territories, len(names), span)
    if numbers is not None:
        return without(Status.INFEASIBLE, *numbers, 0)
    with noted_interrupt() as pressed:
        try:
            found = solve_nested(arrays, base.codes, len(names), span, work=WORK, seed=seed, pressed=pressed)
        except TooMany as error:
            raise OptionError(
                f"There are more than {MOST:,} sets of {span[0]} to {span[1]} neighbouring territories within bounds. "
                f"Ask for a narrower span or tolerance, or give split_cost=…: then the overlay is searched for instead."
            ) from error
        if found.status is Status.INFEASIBLE:
            reason, remedies = impossible(Asked(question, arrays, base.codes, span, seed, pressed))
            return without(found.status, reason, remedies, found.sets)
    if found.labels is None:
        reason = "the work allowed was not enough to find an overlay, or to prove that there is none"
        if found.status is Status.INTERRUPTED:
            reason = "interrupted before an overlay was found"
        return without(found.status, reason, (), found.sets)
    made = {
        "status": str(found.status), "seed": seed, "iterations": 0, "runtime_s": time.monotonic() - begin,
        "version": __version__, "objective": found.cost, "bound": found.bound, "bound_kind": "whole territories",
        "gap": 0.0 if found.status is Status.OPTIMAL or not found.cost else 1 - (found.bound or 0.0) / found.cost,
    }  # fmt: skip
    plan = _renamed(TerritoryPlan.from_codes(problem, found.labels, made), base)
    return OverlaySolution(
        found.status, plan, question, span, found.sets, found.cost, found.bound, "", (), time.monotonic() - begin
    )  # fmt: skip


def _check_nested(question: OverlayQuestion) -> None:
    """Raise `OptionError` where whole territories of the plan cannot make an overlay as it is asked for."""
    problem, base = question.problem, question.base
    wanted = "unit" if problem.reps is None else "home"
    if problem.objective.center != wanted:
        raise OptionError(
            f"Trips of an overlay of whole territories start at the {wanted}, not at the {problem.objective.center}: "
            f"give objective=Travel(center={wanted!r}), or split_cost=…."
        )
    if problem.graph is None:
        return
    torn = next((text for text in base.verify().failures if text.startswith("one piece")), None)
    if torn is not None:
        raise OptionError(
            f"The plan's territories are not in one piece each ({torn.partition(': ')[2]}), so whole ones make none "
            f"that are. Mend the plan, or give it a problem with graph=None."
        )


def _shared(question: OverlayQuestion, stop: Stop | None, seed: int, begin: float) -> OverlaySolution:
    """Return the overlay that may cut borders."""
    found = solve(question.problem, stop=stop, seed=seed)
    plan = None if found.plan is None else _renamed(found.plan, question.base)
    return OverlaySolution(
        found.status, plan, question, None, None, found.objective, found.bound, found.reason,
        tuple(map(str, found.conflicts)), time.monotonic() - begin,
    )  # fmt: skip


def _renamed(plan: TerritoryPlan, base: TerritoryPlan) -> TerritoryPlan:
    """Return the plan with names that the plan below does not have: S01 and so on, unless they are reps' ids."""
    if plan.problem.reps is not None:
        return plan
    taken, width = set(base.territory_ids), max(2, len(str(len(plan.territory_ids))))
    unused = (name for i in count(1) if (name := f"S{i:0{width}d}") not in taken)
    new = dict(zip(plan.territory_ids, unused, strict=False))
    return replace(plan, labels=plan.labels.map(new))
