"""solve_hybrid(): teams and geography in turn, each with the hours that the other leaves, until they settle."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.errors import OptionError, VerificationError
from territory_geo.optimize.hybrid.exchange import exchanged
from territory_geo.optimize.hybrid.limits import limited
from territory_geo.optimize.hybrid.prices import hour_prices
from territory_geo.optimize.hybrid.solution import TURNS, HybridSolution
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.solution import Status
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import MaxIterations, Stop
from territory_geo.optimize.teams.solution import TeamSolution
from territory_geo.optimize.teams.solve import solve_teams
from territory_geo.plan.hybrid.plan import HybridPlan
from territory_geo.plan.hybrid.problem import HybridProblem
from territory_geo.plan.measures import depends
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.teams.plan import TeamPlan
from territory_geo.progress import Progress, live, silent

DEFAULT_STOP = MaxIterations(30)
"""For each geography: there are several of them."""
NARROW = 1.0
"""Hours between a limit that is too high and one that is too low, below which there is no use in looking."""
DRIFT = 1e-3
"""Share by which the geography's hours may differ from what they were taken for."""

LOOKS = 30
"""Teams, beyond the turns, that may be looked at without a geography."""


def solve_hybrid(
    problem: HybridProblem,
    *,
    stop: Stop | None = None,
    turns: int = 8,
    exchanges: int = 8,
    gap: float = 0.0,
    work: float = 5.0,
    seed: int = 0,
    display: bool = False,
    progress: Progress | None = None,
) -> HybridSolution:
    """Give named accounts their teams and all others a territory, out of one pool of hours.

    Parameters
    ----------
    problem : HybridProblem
    stop : Stop, optional
        For each search of territories; left out, 30 iterations.
    turns : int, default 8
        How often the geography is solved in turn with the teams, at most. Teams that leave somebody nothing for a
        territory are seen without that, and do not count.
    exchanges : int, default 8
        How many changes of one or two places are tried afterwards, the most promising ones first.
    gap, work : float
        For the teams, as in `solve_teams`.
    seed : int, default 0
        Of every search.
    display, progress
        As in `solve`.

    Returns
    -------
    HybridSolution
        Its plan, where there is one, has passed its independent check.

    Raises
    ------
    OptionError
        If an option is out of its range.
    VerificationError
        If the plan found fails its check: a defect of this package.

    Examples
    --------
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"account_id": list("abN"), "x": [0, 9, 1], "y": 0, "visit_hours": [10, 10, 0]})
    >>> people = pd.DataFrame({"rep_id": ["P", "Q"], "lon": [0, 9], "lat": 0, "capacity_hours": 40,
    ...     "role": ["rep;executive", "rep;executive"]})
    >>> reps = tg.read_reps(people, crs=None)
    >>> units = tg.BasicUnits.from_table(table[:2], id="account_id", x="x", y="y", measures=["visit_hours"])
    >>> geography = tg.TerritoryProblem(units, reps=reps, balance={"visit_hours": 0.5})
    >>> teams = tg.TeamProblem(table[2:], reps, [tg.TeamRole("executive", 4, "owns")])
    >>> found = solve_hybrid(tg.HybridProblem(geography, teams, hours="visit_hours"))
    >>> found.plan.coverage[["account", "covered_by", "owner"]].to_numpy().tolist()
    [['N', 'team', 'P'], ['a', 'territory', 'P'], ['b', 'territory', 'Q']]

    Notes
    -----
    Prices and limits: the geography says what an hour of each rep is worth to it (the prices of its transport
    problem), the teams are solved with these prices, the geography with the hours that are left. Prices that swing are
    damped by half. Where the geography finds no plan, the person whose teams take the largest share of their hours
    must give half of them back. Afterwards one or two places of teams are exchanged as long as the whole gets cheaper.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise OptionError(f"The 'seed' parameter must be an int of at least 0. Got {seed!r} instead.")
    for name, value, least in (("turns", turns, 1), ("exchanges", exchanges, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise OptionError(f"The {name!r} parameter must be an int of at least {least}. Got {value!r} instead.")
    if not isinstance(problem, HybridProblem):
        raise OptionError(f"The 'problem' parameter must be a HybridProblem. Got {type(problem).__name__}.")

    def run(shown: Progress) -> HybridSolution:
        with noted_interrupt() as pressed:
            loop = _Loop(problem, stop or DEFAULT_STOP, gap, work, int(seed), shown)
            loop.pressed = pressed
            return loop.run(int(turns), int(exchanges))

    if display and progress is None:
        with live("solve_hybrid") as shown:
            return run(shown)
    return run(progress or silent)


@dataclass
class _Loop:
    """The state of the search."""

    problem: HybridProblem
    stop: Stop
    gap: float
    work: float
    seed: int
    progress: Progress
    limits: dict[str, float] = field(default_factory=dict)
    enough: dict[str, float] = field(default_factory=dict)
    prices: dict[str, float] = field(default_factory=dict)
    damping: float = 1.0
    best: HybridPlan | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    territory_hours: float | None = None
    reason: str = ""
    interrupted: bool = False
    settled: bool = False
    solved: int = 0
    geographies: dict[tuple[float, ...], TerritoryPlan | None] = field(default_factory=dict)
    pressed: Callable[[], bool] = field(default=lambda: False)

    def run(self, turns: int, exchanges: int) -> HybridSolution:
        begin = time.monotonic()
        found: TeamSolution | None = None
        status = Status.NOT_FOUND
        before: tuple[str, ...] | None = None
        seen: set[tuple[str, ...]] = set()
        step = "teams"
        looks = 0
        while looks < turns + LOOKS:
            looks += 1
            self.progress("hybrid", self.solved / (turns + 1), f"turn {len(self.rows) + 1}: {step}")
            found = solve_teams(
                limited(self.problem.teams, self.limits, self.prices), gap=self.gap, work=self.work, seed=self.seed,
                stopped=self.pressed,
            )  # fmt: skip
            self.interrupted |= found.status is Status.INTERRUPTED or self.pressed()
            if found.plan is None:
                if not self.limits or self.interrupted:
                    status, self.reason = found.status, "; ".join(text.rstrip(".") for text in found.reasons)
                    break
                step = "more hours"
                if not self._give_more():
                    break
                continue
            teams = TeamPlan(self.problem.teams, found.plan.members)
            if teams.members == before and self.best is not None and not self._drifted():
                self.settled = True
                self._note(step, teams, None, "the same teams as before: settled")
                break
            if self.solved >= turns:
                break
            plan = self._territories(teams)
            if plan is None:
                self._note(step, teams, None, f"no territories: {self.reason}")
                if not self._give_back(teams):
                    break
                step = "fewer hours"
                continue
            self._note(step, teams, plan, self._judge(HybridPlan(self.problem, plan, teams)))
            if self.interrupted:
                break
            if not self.problem.shared and not self._drifted():
                self.settled = True
                break
            if teams.members in seen:
                # The teams swing between two answers: prices move half as far from now on.
                self.damping /= 2
            seen.add(teams.members)
            before, step = teams.members, "teams"
            self._reprice(plan)
        if self.best is not None and self.problem.shared and not self.interrupted:
            self._exchange(exchanges)
            self.interrupted |= self.pressed()
        if self.best is not None:
            status, self.reason = (Status.INTERRUPTED if self.interrupted else Status.FEASIBLE), ""
            check = self.best.verify()
            if not check.ok:
                raise VerificationError(f"The hybrid plan fails its check ({'; '.join(check.failures[:5])}).")
        elif self.interrupted:
            status, self.reason = Status.INTERRUPTED, "interrupted before there was a plan"
        elif status is Status.NOT_FOUND:
            self.reason = f"the hours did not settle: {self.reason or 'no teams fit what the territories leave'}"
        return HybridSolution(
            status, self.best, self.reason, pd.DataFrame(self.rows, columns=list(TURNS)), found, self.settled,
            self.seed, time.monotonic() - begin,
        )  # fmt: skip

    def _hours(self, teams: TeamPlan) -> dict[str, float]:
        """Return what teams take of each rep."""
        hours = teams.people["hours"]
        return {name: float(hours[name]) for name in self.problem.shared}

    def _territories(self, teams: TeamPlan) -> TerritoryPlan | None:
        """Return territories of the hours that teams leave; each question is asked once."""
        hours = self._hours(teams)
        key = (round(self.territory_hours or 0.0, 6), *(round(h, 6) for h in hours.values()))
        if key not in self.geographies:
            asked = self.problem.geography(hours, self.territory_hours)
            if isinstance(asked, str):
                self.reason = asked
                self.geographies[key] = None
            else:
                self.solved += 1
                solution = solve(asked, stop=self.stop, seed=self.seed, progress=self.progress)
                self.interrupted |= solution.status is Status.INTERRUPTED or self.pressed()
                self.geographies[key] = solution.plan
                self.reason = solution.reason or self.reason
        return self.geographies[key]

    def _judge(self, plan: HybridPlan) -> str:
        """Keep a plan that is allowed and cheaper than the best; return what it is in words."""
        if depends(self.problem.territories, self.problem.hours):
            self.territory_hours = float(plan.territory_hours.sum())
        over = plan.people["hours"] - plan.people["capacity_hours"]
        if over.max() > 1e-6:
            self.reason = f"{over.idxmax()} would work {over.max():,.1f} hours too much once all ways are counted"
            return self.reason
        if self.best is None or plan.cost < self.best.cost * (1 - 1e-12):
            self.best = plan
            return "the cheapest so far"
        return "no cheaper than the best"

    def _drifted(self) -> bool:
        """Tell whether the geography's hours differ from what the best plan was made for."""
        if self.best is None or not depends(self.problem.territories, self.problem.hours):
            return False
        reps = self.best.territories.problem.reps
        assert reps is not None
        taken = float(reps.frame["capacity_hours"].sum())
        return abs(float(self.best.territory_hours.sum()) - taken) > DRIFT * taken

    def _reprice(self, plan: TerritoryPlan) -> None:
        """Move the prices of hours toward what this geography says they are worth."""
        worth = hour_prices(self.problem, plan)
        for name in self.problem.shared:
            old = self.prices.get(name, 0.0)
            self.prices[name] = old + self.damping * (worth.get(name, 0.0) - old)

    def _give_back(self, teams: TeamPlan) -> bool:
        """Let teams take less of the person of whom they take the largest share; False where they take nothing."""
        hours = self._hours(teams)
        share = {name: h / float(self.problem.capacity[name]) for name, h in hours.items() if h > 1e-6}
        if not share:
            return False
        name = max(sorted(share), key=lambda person: share[person])
        least = self.enough.get(name, 0.0)
        self.limits[name] = (hours[name] + least) / 2 if hours[name] - least > NARROW else least
        return hours[name] - least > 1e-6

    def _give_more(self) -> bool:
        """Let teams have half of what was taken away from them again; False where that would be no change."""
        hours = {name: float(self.problem.capacity[name]) for name in self.limits}
        wide = {name: most for name, most in hours.items() if most - self.limits[name] > NARROW}
        if not wide:
            return False
        for name, most in wide.items():
            self.enough[name] = self.limits[name]
            self.limits[name] = (self.limits[name] + most) / 2
        return True

    def _exchange(self, tries: int) -> None:
        """Give one or two places to somebody else, the most promising first, as long as the whole gets cheaper."""
        assert self.best is not None
        tried = {self.best.teams.members}
        start: HybridPlan | None = None
        moves: Iterator[tuple[str, ...]] = iter(())
        while tries > 0 and not self.interrupted and not self.pressed():
            if start is not self.best:
                start, moves = self.best, iter(exchanged(self.problem, self.best))
            move = next((m for m in moves if m not in tried), None)
            if move is None:
                return
            tried.add(move)
            teams = TeamPlan(self.problem.teams, move)
            if not teams.verify().ok:
                continue
            tries -= 1
            self.progress("hybrid", 0.9, "exchange")
            plan = self._territories(teams)
            outcome = f"no territories: {self.reason}"
            if plan is not None:
                outcome = self._judge(HybridPlan(self.problem, plan, teams))
            self._note("exchange", teams, plan, outcome)

    def _note(self, step: str, teams: TeamPlan, plan: TerritoryPlan | None, outcome: str) -> None:
        travel = np.nan if plan is None else HybridPlan(self.problem, plan, teams).travel_cost
        hours = sum(self._hours(teams).values())
        before = self.rows[-1]["shared_hours"] if self.rows else 0.0
        values = (len(self.rows) + 1, step, teams.cost, travel, teams.cost + travel, hours, hours - before, outcome)
        self.rows.append(dict(zip(TURNS, values, strict=True)))
