"""What territories would hold, and how far they would reach, after single moves; hours follow the new centres."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.explain.travel import Travels, Trials
from territory_geo.demand.workload import UnitWork
from territory_geo.plan import metrics
from territory_geo.plan.constraints import AccountRange, Bounds
from territory_geo.plan.measures import depends

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Bound:
    """The least and the most of a measure that each territory may hold.

    Parameters
    ----------
    id : str
        Of the constraint; the measure's name for balance.
    measure : str
    lower, target, upper : arrays, shape (k,)
    floats : bool
        Whether they follow the total, which changes with the territories: a share of the mean of hours on the road.
    """

    id: str
    measure: str
    lower: Floats
    target: Floats
    upper: Floats
    floats: bool = False

    def words(self, territory: str, load: float, lower: float, upper: float) -> str:
        """Return a clause that says how a territory would miss its bounds."""
        name = self.measure.replace("_", " ")
        if load > upper:
            return f"{territory}'s {name} would be {self._amounts(load, upper, 'above their cap of')}"
        return f"{territory}'s {name} would be {self._amounts(load, lower, 'below their least of')}"

    def _amounts(self, value: float, bound: float, between: str) -> str:
        """Return two amounts with as many digits as it takes to tell them apart."""
        unit = " h" if self.measure.endswith(("hours", "workload")) else ""
        one = other = ""
        for more in range(4):
            style = f",.{more}f" if abs(value) >= 100 else f",.{3 + more}g"
            one, other = f"{value:{style}}", f"{bound:{style}}"
            if one != other:
                break
        return f"{one}{unit}, {between} {other}{unit}"


@dataclass(frozen=True, eq=False)
class TrialLoads:
    """Loads after trials, by measure, shape (m,) each: of the territory left, and of the one joined."""

    left: dict[str, Floats]
    joined: dict[str, Floats]


class Loads:
    """Loads of a plan's territories, ready for trials.

    Parameters
    ----------
    plan : TerritoryPlan
    travels : Travels
        Of the same plan.
    """

    def __init__(self, plan: TerritoryPlan, travels: Travels) -> None:
        self.plan, self.problem, self.codes, self.travels = plan, plan.problem, plan.codes, travels
        k = len(plan.territory_ids)
        self.bounds = []
        for name, limit in self.problem.balance.items():
            lower, target, upper = (np.broadcast_to(b, k) for b in self.problem.bounds(name))
            floats = depends(self.problem, name) and not isinstance(limit, Bounds)
            self.bounds.append(Bound(name, name, lower, target, upper, floats))
        mean = np.full(k, len(self.problem.units.members) / k)
        for rule in self.problem.of_kind(AccountRange):
            lower, upper = np.full(k, float(rule.lower)), np.full(k, float(rule.upper))
            self.bounds.append(Bound(rule.id, "accounts", lower, mean, upper))

    @cached_property
    def now(self) -> dict[str, Floats]:
        """What each territory holds, by measure, shape (k,)."""
        names = dict.fromkeys(bound.measure for bound in self.bounds)
        return {name: metrics.loads(self.problem, self.codes, name) for name in names}

    def after(self, trials: Trials) -> TrialLoads:
        """Return loads after each trial."""
        left, joined = {}, {}
        for name, now in self.now.items():
            if depends(self.problem, name):
                left[name], joined[name] = self._hours(trials)
            else:
                worth = self.problem.units.frame[name].to_numpy(dtype=float)[trials.unit]
                left[name], joined[name] = now[self.codes[trials.unit]] - worth, now[trials.to] + worth
        return TrialLoads(left, joined)

    def scale(self, bound: Bound, trials: Trials, after: TrialLoads) -> Floats:
        """Return what bounds and targets are multiplied with after each trial, shape (m,)."""
        now = self.now[bound.measure]
        total = float(now.sum())
        if not bound.floats or total <= 0:
            return np.ones(len(trials.unit))
        gain = after.left[bound.measure] - now[self.codes[trials.unit]] + after.joined[bound.measure] - now[trials.to]
        return 1.0 + gain / total

    def _hours(self, trials: Trials) -> tuple[Floats, Floats]:
        """Return the workload of both territories, with trips from where they start after the move."""
        left, joined = np.zeros(len(trials.unit)), np.zeros(len(trials.unit))
        origin = self.codes[trials.unit]
        for code, center, sign, found in ((origin, trials.left, -1.0, left), (trials.to, trials.joined, 1.0, joined)):
            if self.travels.center == "centroid":
                self._centroid_hours(trials, code, sign, found)
                continue
            for t, c in {(int(a), int(b)) for a, b in zip(code, center, strict=True)}:
                mine = np.flatnonzero((code == t) & (center == c))
                if c < 0 and self.travels.center == "unit":
                    continue  # nobody is left
                start = self.plan.centers.xy[t] if c < 0 else self.problem.units.xy[c]
                whole = float(self._from(start, self.travels.members[t]).sum())
                found[mine] = whole + sign * self._from(start, trials.unit[mine])
        return left, joined

    def _centroid_hours(self, trials: Trials, code: Ints, sign: float, found: Floats) -> None:
        """Fill in the workload where the centre follows every unit."""
        for i, (u, t) in enumerate(zip(trials.unit.tolist(), code.tolist(), strict=True)):
            rows = self.travels.members[t]
            rows = rows[rows != u] if sign < 0 else np.append(rows, u)
            if len(rows):
                labels = np.full(len(self.codes), -1, dtype=np.int64)
                labels[rows] = t
                found[i] = self._from(metrics.centroids(self.problem, labels)[t], rows).sum()

    def _from(self, start: Floats, rows: Ints) -> Floats:
        """Return the hours a year of some units where trips start at a place."""
        work = self.problem.work
        assert work is not None
        mine = _part(work, rows)
        return mine.hours(mine.stem_hours(np.broadcast_to(start, (len(rows), 2))))

    def reach(self, trials: Trials) -> tuple[Floats, Floats, Floats]:
        """Return the farthest kilometres from the centre: of each territory now, and after each trial of both."""
        km = metrics.travel_km(self.problem, self.codes, self.plan.centers)
        now = np.zeros(len(self.plan.territory_ids))
        np.maximum.at(now, self.codes, km)
        left, joined = np.zeros(len(trials.unit)), np.zeros(len(trials.unit))
        for i, (u, to) in enumerate(zip(trials.unit.tolist(), trials.to.tolist(), strict=True)):
            origin = int(self.codes[u])
            left[i] = self._farthest(trials.left[i], origin, self.travels.members[origin], leaves=u)
            joined[i] = self._farthest(trials.joined[i], to, np.append(self.travels.members[to], u))
        return now, left, joined

    def _farthest(self, center: int, t: int, rows: Ints, leaves: int = -1) -> float:
        rows = rows[rows != leaves]
        if not len(rows):
            return 0.0
        if center >= 0:
            return float(self.travels.ways.km(np.array([center]), rows).max())
        labels = np.full(len(self.codes), -1, dtype=np.int64)
        labels[rows] = t
        centers = self.plan.centers
        if self.travels.center == "centroid":
            xy = centers.xy.copy()
            xy[t] = metrics.centroids(self.problem, labels)[t]
            centers = metrics.Centers(xy, centers.unit)
        codes = np.full(len(self.codes), t, dtype=np.int64)
        return float(metrics.travel_km(self.problem, codes, centers)[rows].max())


def _part(work: UnitWork, rows: Ints) -> UnitWork:
    """Return the work of some units."""
    arrays = {
        f.name: getattr(work, f.name)[rows] for f in fields(work) if isinstance(getattr(work, f.name), np.ndarray)
    }
    return replace(work, **arrays)
