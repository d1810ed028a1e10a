"""How much travel each bit of change buys: full plans at rising caps of disruption, for each tolerance asked for.

Each point is a plan that keeps everything the problem asks for and changes no more than its cap (the ε-constraint
method). A plan within a tighter cap is one within every wider cap too, so that travel never rises along the curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.analyze.frontier.knee import knee
from territory_geo.analyze.frontier.questions import Question, by_tolerance, check, name_of, question, without_caps
from territory_geo.analyze.rebalance.fewest import NEARLY, rebalance
from territory_geo.errors import OptionError
from territory_geo.optimize.answer import verified
from territory_geo.optimize.solution import Solution
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import MaxIterations, Stop
from territory_geo.plan.metrics import minimised
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.progress import Progress, silent

POINTS = 12
"""Caps that are tried where none are named."""
DEFAULT_STOP = MaxIterations(40)
"""For each of a point's two searches: the second one begins at what the first ones found."""
COLUMNS = (
    "tolerance",
    "cap",
    "moved",
    "mean_travel",
    "worst_deviation",
    "objective",
    "gap",
    "status",
    "reason",
    "knee",
)


@dataclass(frozen=True, eq=False)
class Frontier:
    """Plans between today and the free optimum.

    Parameters
    ----------
    measure : str
        What the caps are about, such as "accounts".
    table : DataFrame
        One row per point, by name: `tolerance` (how far a territory may be from its target, as asked for the first
        measure), `cap` and `moved` (shares of what reps hold today), `mean_travel` (of a trip, in what is minimised),
        `worst_deviation` (of all measures, a share), `objective`, `gap`, `status`, `reason` (why there is no plan),
        `knee` (whether it is its curve's bend).
    unit : str
        Of `mean_travel`: "km" or "hours".
    plans : dict of str to TerritoryPlan
        The plans by the names of the rows; rows without a plan have none.
    """

    measure: str
    table: pd.DataFrame
    unit: str
    plans: dict[str, TerritoryPlan]

    @property
    def proposed(self) -> str | None:
        """Name of the bend of the curve (of the narrowest tolerance that has one), or None where it has no bend."""
        found = self.table.index[self.table["knee"]]
        return str(found[0]) if len(found) else None

    def lines(self) -> list[str]:
        """Return the frontier in plain words, a line for each point and one for the bend."""
        said = []
        for name, row in self.table.iterrows():
            if row["moved"] != row["moved"]:
                said.append(f"{name}: no plan ({row['reason']})")
                continue
            said.append(
                f"{name}: {100 * row['moved']:.3g} % of {self.measure} changes rep, {row['mean_travel']:,.4g} "
                f"{self.unit} a trip, at most {100 * row['worst_deviation']:.3g} % from a target"
                + (" (the bend)" if row["knee"] else "")
            )
        if self.proposed is None:
            said.append("There is no bend: each further change brings about as much as the last.")
        return said

    def __repr__(self) -> str:
        plans = f"{len(self.plans)} plan{'' if len(self.plans) == 1 else 's'} of {len(self.table)} points"
        if self.proposed is None:
            return f"<Frontier of {self.measure}: {plans}, no bend>"
        row = self.table.loc[self.proposed]
        return (
            f"<Frontier of {self.measure}: {plans}; the bend is at {100 * row['moved']:.3g} % moved, "
            f"{row['mean_travel']:,.4g} {self.unit} a trip>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table("Frontier", {"what": repr(self)[1:-1]}, self.table.reset_index(names="plan"))


def frontier(
    problem: TerritoryProblem,
    measure: str = "accounts",
    *,
    points: int = POINTS,
    caps: Sequence[float] | None = None,
    tolerances: Sequence[float] | None = None,
    nearest: TerritoryPlan | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Frontier:
    """Trade travel against disruption, and against balance where several tolerances are given.

    Parameters
    ----------
    problem : TerritoryProblem
        With a current alignment (``current=``). Its own caps on `measure` for the plan as a whole are left out.
    measure : str, default "accounts"
        What the caps are about; see `DisruptionBudget`.
    points : int, default 12
        How many caps, evenly from the fewest changes that were found to do (nothing, where today keeps all that is
        asked) to what the free optimum changes. At least 2.
    caps : sequence of float, optional
        The caps instead, shares from 0 to 1.
    tolerances : sequence of float, optional
        A curve for each: every balanced measure gets this tolerance. Left out: as the problem has it.
    nearest : TerritoryPlan, optional
        A plan near today where the curve begins, such as `rebalance` found. Left out: today where it keeps all that is
        asked, else the plan with the fewest changes is looked for, which takes several searches.
    stop : Stop, optional
        For each search; there are two for each point. Left out: 40 iterations.
    seed : int, default 0
        Of all searches.
    executor : concurrent.futures.Executor, optional
        Works on the points side by side; the plans do not depend on how many workers it has.
    progress : callable, optional
        Told about each point.

    Returns
    -------
    Frontier

    Raises
    ------
    OptionError
        If the problem has no current alignment, or a cap, tolerance or number is unusable.

    Notes
    -----
    Caps are searched twice: alone, and beginning at the plans of the neighbouring caps. Where a wider cap still found
    nothing better than a tighter one, it has the tighter one's plan.

    References
    ----------
    Haimes, Lasdon & Wismer 1971 (ε-constraint).

    Examples
    --------
    >>> from territory_geo.geodata.units import BasicUnits
    >>> table = pd.DataFrame({"id": list("abcdef"), "x": [0, 1, 2, 3, 4, 5], "y": 0.0, "visits": 1.0})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> today = {"a": "A", "b": "B", "c": "A", "d": "B", "e": "A", "f": "B"}
    >>> problem = TerritoryProblem(units, None, n_territories=2, balance={"visits": 0.1}, current=today)
    >>> frontier(problem, points=3).table["moved"].round(2).tolist()
    [0.0, 0.0, 0.33]
    """
    check(problem, points, caps, tolerances)
    stop, tell = stop or DEFAULT_STOP, progress or silent
    rows: list[dict[str, Any]] = []
    plans: dict[str, TerritoryPlan] = {}
    for number, (tolerance, free_problem) in enumerate(by_tolerance(without_caps(problem, measure), tolerances)):
        tell("frontier", number / max(1, len(tolerances or ())), "the free optimum")
        free = solve(free_problem, stop=stop, seed=seed)
        if free.plan is None:
            raise OptionError(
                f"Even without a cap on {measure} there is no plan: {free.reason}. Mend the problem first; "
                f"solution.conflicts of a solve says what would do."
            )
        most, begin = moved_share(free.plan, measure), [free.plan]
        asked = sorted(caps or ())
        if caps is None:
            near = nearest or _nearest_today(free_problem, measure, stop, seed, tell)
            least = most if near is None else min(most, moved_share(near, measure))
            begin += [] if near is None else [near]
            asked = np.linspace(least * (1 + NEARLY), most, points)[:-1].tolist() if least < most else []
        several = len(tolerances or ()) > 1
        # Caps that nobody could tell apart by name are one.
        named = {name_of(cap, tolerance, several): cap for cap in asked}
        if caps is None:
            named.pop(name_of(most, tolerance, several), None)
        asked = list(named.values())
        line = [question(free_problem, measure, tolerance, cap, several) for cap in asked]
        found = _solved(line, begin, stop, seed, executor, tell)
        if caps is None:
            line.append(Question(name_of(most, tolerance, several), tolerance, most, free_problem))
            last = _Found.of(free)
            found.append(found[-1].under(free_problem) if found and found[-1].objective < last.objective else last)
        rows += _rows(line, found, measure)
        plans |= {one.name: each.plan for one, each in zip(line, found, strict=True) if each.plan is not None}
    table = pd.DataFrame(rows, columns=["plan", *COLUMNS]).set_index("plan")
    return Frontier(measure, table, minimised(problem), plans)


def _nearest_today(
    problem: TerritoryProblem, measure: str, stop: Stop, seed: int, tell: Progress
) -> TerritoryPlan | None:
    """Return today's plan where it keeps all that is asked, else one with few changes; None where none was found."""
    today = TerritoryPlan.from_current(problem)
    if today.verify().ok:
        return today
    tell("frontier", 0.0, "the plan nearest to today")
    return rebalance(problem, measure, stop=stop, seed=seed, progress=tell).plan


def moved_share(plan: TerritoryPlan, measure: str) -> float:
    """Return the share of a measure that changes rep."""
    return float(plan.disruption([measure])["share"].iloc[0])


@dataclass(frozen=True)
class _Found:
    """What was found for a question: a plan, its objective and its gap; or why there is none."""

    plan: TerritoryPlan | None
    objective: float
    gap: float | None
    status: str
    reason: str

    @classmethod
    def of(cls, solution: Solution) -> _Found:
        objective = np.inf if solution.objective is None else solution.objective
        return cls(solution.plan, objective, solution.gap, str(solution.status), solution.reason)

    def under(self, problem: TerritoryProblem) -> _Found:
        """Return the same plan as an answer to a question that asks for less; its gap is not known."""
        assert self.plan is not None
        made = {**self.plan.provenance, "bound": None, "bound_kind": None, "gap": None, "status": "feasible"}
        plan = verified(TerritoryPlan(problem, self.plan.labels, made))
        return replace(self, plan=plan, gap=None, status="feasible")


def _solved(
    line: Sequence[Question], begin: list[Any], stop: Stop, seed: int, executor: Executor | None, tell: Progress
) -> list[_Found]:
    """Return what was found at each cap, from tight to wide: travel never rises."""
    first = _searched(line, [begin] * len(line), stop, seed, executor, tell, "first round")
    plans = [one.plan for one in first]
    near = [[plan for plan in plans[max(0, i - 1) : i + 2] if plan is not None] for i in range(len(line))]
    second = _searched(line, near, stop, seed, executor, tell, "second round")
    found: list[_Found] = []
    for i, one in enumerate(line):
        best = min(first[i], second[i], key=lambda each: each.objective)
        if found and found[-1].objective < best.objective:
            best = found[-1].under(one.problem)
        found.append(best)
    return found


def _searched(
    line: Sequence[Question],
    begin: list[list[Any]],
    stop: Stop,
    seed: int,
    executor: Executor | None,
    tell: Progress,
    what: str,
) -> list[_Found]:
    """Return what the searches found, in order."""
    jobs = [(one.problem, [plan.labels for plan in plans], stop, seed) for one, plans in zip(line, begin, strict=True)]
    waiting = map(_search, jobs) if executor is None else executor.map(_search, jobs)
    done: list[_Found] = []
    tell(what, 0.0, f"{len(jobs)} caps")
    for solution in waiting:
        done.append(_Found.of(solution))
        tell(what, len(done) / len(jobs), f"{len(done)} of {len(jobs)} caps, up to {line[len(done) - 1].name}")
    return done


def _search(job: tuple[TerritoryProblem, list[pd.Series], Stop, int]) -> Solution:
    problem, begin, stop, seed = job
    return solve(problem, stop=stop, seed=seed, initial_plan=begin)


def _rows(line: Sequence[Question], found: list[_Found], measure: str) -> list[dict[str, Any]]:
    rows = []
    for one, each in zip(line, found, strict=True):
        row: dict[str, Any] = {"plan": one.name, "tolerance": one.tolerance, "cap": one.cap, "knee": False}
        if each.plan is None:
            row |= {"status": each.status, "reason": each.reason}
        else:
            figures = each.plan.metrics
            row |= {
                "moved": moved_share(each.plan, measure),
                "mean_travel": figures["travel"][f"mean_{figures['travel']['minimised']}"],
                "worst_deviation": max(balance["max_deviation"] for balance in figures["balance"].values()),
                "objective": each.objective, "gap": each.gap, "status": each.status,
                "reason": "",
            }  # fmt: skip
        rows.append(row)
    held = [i for i, row in enumerate(rows) if "moved" in row]
    at = knee(np.array([rows[i]["moved"] for i in held]), np.array([rows[i]["mean_travel"] for i in held]))
    if at is not None:
        rows[held[at]]["knee"] = True
    return rows
