"""What the travel of two territories comes to when one unit goes from one to the other, centres chosen anew.

No move is made: sums per territory are kept, and each trial changes them by what the unit adds or takes away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.explain.ways import Ways
from territory_geo.plan.constraints import MaxRadius
from territory_geo.plan.metrics import minimised, travel_hours, travel_km
from territory_geo.plan.metrics.travel import RADIUS_SLACK

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trials:
    """What single moves would do to travel.

    Parameters
    ----------
    unit, to : int arrays, shape (m,)
        Which unit goes where.
    change : array, shape (m,)
        What travel rises by, in the objective's unit; negative where it falls.
    left, joined : int arrays, shape (m,)
        The centres after the move, of the territory that is left and the one that is joined: units' rows, or -1 where
        centres are no units (homes stay, centroids follow).
    """

    unit: Ints
    to: Ints
    change: Floats
    left: Ints
    joined: Ints


class Travels:
    """Travel of a plan's territories, ready for trials.

    Parameters
    ----------
    plan : TerritoryPlan
    """

    def __init__(self, plan: TerritoryPlan) -> None:
        self.plan, self.problem, self.codes = plan, plan.problem, plan.codes
        self.ways, self.weight = Ways(plan.problem), plan.problem.weight
        self.center = plan.problem.objective.center
        self.k = len(plan.territory_ids)
        order = np.argsort(self.codes, kind="stable")
        self.members = np.split(order, np.searchsorted(self.codes[order], np.arange(1, self.k)))
        self.radius = min((c.km for c in self.problem.of_kind(MaxRadius)), default=np.inf)
        self._sums: dict[int, Floats] = {}
        self._reach: dict[int, tuple[Floats, Floats, Ints]] = {}

    @cached_property
    def now(self) -> Floats:
        """The travel of each territory from its centre, shape (k,)."""
        if self.center == "home":
            own = self.home_costs[np.arange(len(self.codes)), self.codes]
            return np.bincount(self.codes, own, minlength=self.k).astype(float)
        found = np.zeros(self.k)
        for t, rows in enumerate(self.members):
            if self.center == "unit":
                ways = self.ways.cost(self.plan.centers.unit[t : t + 1], rows)
            else:
                ways = self.ways.from_places(self.ways.distance.place(self.plan.centers.xy[t : t + 1]).points, rows)
            found[t] = float(ways[0] @ self.weight[rows])
        return found

    @cached_property
    def home_costs(self) -> Floats:
        """What each unit costs from each home, shape (n, k)."""
        columns = []
        for t in range(self.k):
            codes = np.full(len(self.codes), t, dtype=np.int64)
            way = travel_hours if minimised(self.problem) == "hours" else travel_km
            found = way(self.problem, codes, self.plan.centers)
            assert found is not None
            columns.append(found**self.ways.power * self.weight)
        return np.column_stack(columns)

    def trials(self, unit: Ints, to: Ints) -> Trials:
        """Try moves one by one, each against the plan as it is.

        Parameters
        ----------
        unit, to : int arrays, shape (m,)
            Rows of units, and codes of territories that they are not in.

        Notes
        -----
        O(m × territory) ways; for centres that are units, O(territory²) for each territory that takes part.
        """
        leave, left = self._leave(unit)
        join, joined = np.zeros(len(unit)), np.full(len(unit), -1, dtype=np.int64)
        for t in np.unique(to):
            mine = np.flatnonzero(to == t)
            join[mine], joined[mine] = self._join(unit[mine], int(t))
        origin = self.codes[unit]
        change = leave - self.now[origin] + join - self.now[to]
        return Trials(unit, to, change, left, joined)

    def _leave(self, unit: Ints) -> tuple[Floats, Ints]:
        """Return the travel of each unit's territory without it, and the centre then; once per unit."""
        every, back = np.unique(unit, return_inverse=True)
        cost, center = np.zeros(len(every)), np.full(len(every), -1, dtype=np.int64)
        for t in np.unique(self.codes[every]):
            mine = np.flatnonzero(self.codes[every] == t)
            if len(self.members[t]) == 1:
                continue  # nobody is left, and nobody travels
            if self.center == "home":
                cost[mine] = self.now[t] - self.home_costs[every[mine], t]
            elif self.center == "centroid":
                cost[mine] = self._around(every[mine], int(t), leaves=True)
            else:
                cost[mine], center[mine] = self._centered(every[mine], int(t), leaves=True)
        return cost[back], center[back]

    def _join(self, unit: Ints, t: int) -> tuple[Floats, Ints]:
        """Return the travel of a territory with each of some units, and the centre then."""
        none = np.full(len(unit), -1, dtype=np.int64)
        if self.center == "home":
            return self.now[t] + self.home_costs[unit, t], none
        if self.center == "centroid":
            return self._around(unit, t, leaves=False), none
        return self._centered(unit, t, leaves=False)

    def sums(self, t: int) -> Floats:
        """Return the travel of a territory from each of its units, in the order of `members[t]`."""
        if t not in self._sums:
            rows = self.members[t]
            found = np.empty(len(rows))
            for block in self.ways.blocks(len(rows), len(rows)):
                found[block] = self.ways.cost(rows[block], rows) @ self.weight[rows]
            self._sums[t] = found
        return self._sums[t]

    def reach(self, t: int) -> tuple[Floats, Floats, Ints]:
        """Return, from each unit of a territory, the farthest kilometres, the second farthest, and who is farthest."""
        if t not in self._reach:
            rows = self.members[t]
            first, second = np.empty(len(rows)), np.zeros(len(rows))
            who = np.empty(len(rows), dtype=np.int64)
            for block in self.ways.blocks(len(rows), len(rows)):
                km = self.ways.km(rows[block], rows)
                at = km.argmax(axis=1)
                first[block], who[block] = km[np.arange(len(at)), at], rows[at]
                if len(rows) > 1:
                    km[np.arange(len(at)), at] = -1.0
                    second[block] = km.max(axis=1)
            self._reach[t] = (first, second, who)
        return self._reach[t]

    def _centered(self, unit: Ints, t: int, *, leaves: bool) -> tuple[Floats, Ints]:
        """Return travel and best centre of a territory without, or with, each of some units."""
        rows, weight = self.members[t], self.weight[unit]
        sums = self.sums(t)
        keep = self._hopeful(t, float(weight.max(initial=0.0)))
        some = rows[keep]
        cost, center = np.empty(len(unit)), np.empty(len(unit), dtype=np.int64)
        for block in self.ways.blocks(len(unit), len(rows) if np.isfinite(self.radius) else len(some)):
            own, mass = unit[block], weight[block, None]
            way = self.ways.cost(own, some)
            totals = sums[keep][None, :] + (-mass if leaves else mass) * way
            if leaves:
                totals[own[:, None] == some[None, :]] = np.inf
            if np.isfinite(self.radius):
                totals = self._within(totals, own, t, leaves=leaves)
            at = totals.argmin(axis=1)
            cost[block], center[block] = totals[np.arange(len(at)), at], some[at]
        if not leaves:
            self._or_itself(unit, t, cost, center)
        return cost, center

    def _hopeful(self, t: int, most: float) -> NDArray[np.bool_]:
        """Return which units of a territory can be its centre after one of weight `most` at the most came or went.

        By the triangle inequality a unit far behind the best one stays behind.
        """
        sums, rows = self.sums(t), self.members[t]
        if self.ways.power != 1 or self.ways.matrix is not None or np.isfinite(self.radius) or len(rows) < 3:
            return np.ones(len(rows), dtype=bool)
        # Two candidates at least: the best one may be the unit that goes.
        best = np.argsort(sums, kind="stable")[:2]
        apart = self.ways.cost(rows[best], rows)
        limit = (sums[best][:, None] + most * apart).max(axis=0) * (1 + 1e-9)
        return np.asarray((sums <= limit) | np.isin(np.arange(len(rows)), best))

    def _within(self, totals: Floats, own: Ints, t: int, *, leaves: bool) -> Floats:
        """Return totals without the centres that do not reach all, where some do: what `MaxRadius` asks for."""
        first, second, who = self.reach(t)
        if leaves:
            far = np.where(who[None, :] == own[:, None], second[None, :], first[None, :])
        else:
            far = np.maximum(first[None, :], self.ways.km(own, self.members[t]))
        near: NDArray[np.bool_] = np.asarray(far <= self.radius * (1 + RADIUS_SLACK)) & np.isfinite(totals)
        some = np.asarray(near.any(axis=1))
        return np.where(near | ~some[:, None], totals, np.inf)

    def _or_itself(self, unit: Ints, t: int, cost: Floats, center: Ints) -> None:
        """Let units that join be the centre where that is best; changes `cost` and `center`."""
        rows = self.members[t]
        for block in self.ways.blocks(len(unit), len(rows)):
            own = unit[block]
            total = self.ways.cost(own, rows) @ self.weight[rows]
            better = total < cost[block]
            if np.isfinite(self.radius):
                reaches = self.ways.km(own, rows).max(axis=1) <= self.radius * (1 + RADIUS_SLACK)
                first = self.reach(t)[0]
                taken = np.searchsorted(rows, center[block])
                km = self.ways.km(own, rows)[np.arange(len(own)), taken]
                kept = np.maximum(first[taken], km) <= self.radius * (1 + RADIUS_SLACK)
                better = (reaches & ~kept) | (better & (reaches | ~kept))
            cost[block] = np.where(better, total, cost[block])
            center[block] = np.where(better, own, center[block])

    def _around(self, unit: Ints, t: int, *, leaves: bool) -> Floats:
        """Return the travel of a territory around its centroid without, or with, each of some units."""
        rows, points = self.members[t], self.ways.points
        sign = -1.0 if leaves else 1.0
        mass = self.weight[rows].sum() + sign * self.weight[unit]
        mean = (points[rows] * self.weight[rows, None]).sum(axis=0) + sign * points[unit] * self.weight[unit, None]
        plain = (points[rows].sum(axis=0) + sign * points[unit]) / (len(rows) + sign)
        heavy = mass > 1e-12 * max(1.0, float(self.weight[rows].sum()))
        middle = np.where(heavy[:, None], mean / np.where(heavy, mass, 1.0)[:, None], plain)
        if self.ways.sphere:
            middle /= np.linalg.norm(middle, axis=1)[:, None]
        cost = np.empty(len(unit))
        for block in self.ways.blocks(len(unit), len(rows)):
            cost[block] = self.ways.from_places(middle[block], rows) @ self.weight[rows]
        own = np.array([self.ways.from_places(m[None, :], u[None])[0, 0] for m, u in zip(middle, unit, strict=True)])
        return np.asarray(cost + sign * own * self.weight[unit])
