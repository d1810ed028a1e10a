"""The integer program of account teams: one for each set of roles that share people.

Every place takes one person; hours, limits on accounts, conflicts and double roles are rows. Costs are whole
hundredths of the currency, hours whole seconds: rounded so that a solution always keeps to the hours.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from territory_geo.errors import DataError
from territory_geo.plan.teams.problem import TeamProblem

Ints = NDArray[np.int64]

CENTS = 100
SECONDS = 3600
STEPS = 14
"""Halvings of a person's hours by which a largest share is counted, at most: to less than a hundredth of a percent."""
LARGEST = 2**52
"""Sums of costs up to here are exact in floating point."""


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise cost · x over whole x from 0 to 1, one variable of each place being 1, rows · x at most their limits.

    Parameters
    ----------
    seats : tuple of int
        Positions of the places in the problem.
    place, person : int array, shape (n,)
        The place (position in `seats`) and person of each variable; -1 for auxiliary ones. A variable with a place
        and no person leaves the place empty.
    cost : int array, shape (n,)
    rows : sparse array, shape (m, n)
    limits : int array, shape (m,)
    """

    seats: tuple[int, ...]
    place: Ints
    person: Ints
    cost: Ints
    rows: csr_array
    limits: Ints


def programs(problem: TeamProblem, *, may_stay_empty: bool = False) -> list[Program]:
    """Return the programs that together are the problem; they share no people.

    With `may_stay_empty`, nothing costs but an empty place.
    """
    return [_Builder(problem, roles, may_stay_empty).build() for roles in _blocks(problem)]


def _blocks(problem: TeamProblem) -> list[list[str]]:
    """Return the roles in sets that share no people."""
    sets: list[set[str]] = [{role.name} for role in problem.roles]
    for held in problem.people["roles"]:
        joined = [block for block in sets if any(name.casefold() in held for name in block)]
        if len(joined) > 1:
            sets = [block for block in sets if block not in joined] + [set().union(*joined)]
    return [[role.name for role in problem.roles if role.name in block] for block in sets]


def even_steps(price: float) -> int:
    """Return how often a share is halved: as often as the last step still costs a hundredth of the currency."""
    return max(0, min(STEPS, math.floor(math.log2(price * CENTS)))) if price > 0 else 0


def even_doubt(problem: TeamProblem) -> float:
    """Return by how much, in currency, the programs may count uneven loads dearer than they are."""
    digits = [(role.even, even_steps(role.even)) for role in problem.roles if role.even]
    there = problem.capacity[problem.capacity > 0]
    if not digits or there.empty:
        return 0.0
    second = 1 / (SECONDS * float(there.min()))
    # A step too many, digits in whole seconds, and in whole hundredths of the currency.
    return float(sum(even * (2.0**-n + (n + 2) * second) + (n + 1) * 0.5 / CENTS for even, n in digits))


class _Builder:
    """Collects variables and rows."""

    def __init__(self, problem: TeamProblem, roles: Sequence[str], may_stay_empty: bool) -> None:
        self.problem, self.roles, self.may_stay_empty = problem, roles, may_stay_empty
        self.seats = [s for s, seat in enumerate(problem.seats) if seat.role in roles]
        self.place: list[int] = []
        self.person: list[int] = []
        self.cost: list[int] = []
        self.entries: list[tuple[int, int, int]] = []
        self.limits: list[int] = []
        self.joint: dict[tuple[int, ...], int] = {}
        # Variables of each person at each account, with their roles.
        self.at: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)

    def build(self) -> Program:
        fit, problem = self.problem.fit, self.problem
        allowed, cost = fit.allowed, np.rint(fit.cost * CENTS)
        uneven = CENTS * sum(role.even for role in problem.roles)
        if cost.size and cost.max(initial=0.0) * max(1, len(self.seats)) + uneven > LARGEST:
            raise DataError(
                "The costs are too large to be summed exactly: give revenue in thousands or millions, and "
                "'per_km' and 'per_trip_hour' likewise."
            )
        load: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for position, s in enumerate(self.seats):
            for j in map(int, np.flatnonzero(allowed[s])):
                x = self._variable(position, j, 0 if self.may_stay_empty else int(cost[s, j]))
                load[j].append((x, math.ceil(fit.hours[s, j] * SECONDS - 1e-3)))
                for account in problem.seats[s].accounts:
                    self.at[j, account].append((x, problem.seats[s].role))
            if self.may_stay_empty:
                self._variable(position, -1, 1)
        for j, parts in sorted(load.items()):
            self._row(parts, math.floor(problem.capacity.iloc[j] * SECONDS + 1e-3))
        self._accounts()
        self._conflicts()
        self._double_roles()
        if not self.may_stay_empty:
            self._even_loads(load)
        shape = (len(self.limits), len(self.cost))
        table = np.array(self.entries, dtype=np.int64).reshape(-1, 3)
        return Program(
            tuple(self.seats),
            np.array(self.place, dtype=np.int64),
            np.array(self.person, dtype=np.int64),
            np.array(self.cost, dtype=np.int64),
            csr_array((table[:, 2], (table[:, 0], table[:, 1])), shape=shape),
            np.array(self.limits, dtype=np.int64),
        )

    def _variable(self, place: int, person: int, cost: int) -> int:
        self.place.append(place)
        self.person.append(person)
        self.cost.append(cost)
        return len(self.cost) - 1

    def _row(self, parts: Sequence[tuple[int, int]], limit: int) -> None:
        """Add a row, unless nothing could ever pass its limit; parts of one variable are summed."""
        total: dict[int, int] = defaultdict(int)
        for x, amount in parts:
            total[x] += amount
        if sum(amount for amount in total.values() if amount > 0) > limit:
            self.entries += [(len(self.limits), x, amount) for x, amount in total.items()]
            self.limits.append(limit)

    def _present(self, variables: Sequence[int]) -> int:
        """Return a variable that is 1 where any of these is."""
        key = tuple(sorted(set(variables)))
        if len(key) == 1:
            return key[0]
        if key not in self.joint:
            self.joint[key] = self._variable(-1, -1, 0)
            for x in key:
                self._row([(x, 1), (self.joint[key], -1)], 0)
        return self.joint[key]

    def _accounts(self) -> None:
        """Limit accounts: of each person in all, and in roles that say so."""
        by_person: dict[int, list[list[tuple[int, str]]]] = defaultdict(list)
        for (j, _), held in sorted(self.at.items()):
            by_person[j].append(held)
        for j, accounts in by_person.items():
            most = float(self.problem.most_accounts.iloc[j])
            if most < len(accounts):
                self._row([(self._present([x for x, _ in held]), 1) for held in accounts], math.floor(most))
            for role in self.problem.roles:
                if role.most_accounts is not None:
                    mine = [[x for x, name in held if name == role.name] for held in accounts]
                    if role.most_accounts < sum(map(bool, mine)):
                        self._row([(self._present(held), 1) for held in mine if held], role.most_accounts)

    def _conflicts(self) -> None:
        for group in self.problem.conflicts:
            for j in range(len(self.problem.people)):
                there = [[x for x, _ in self.at[j, account]] for account in group if (j, account) in self.at]
                if len(there) > 1:
                    self._row([(self._present(held), 1) for held in there], 1)

    def _even_loads(self, load: dict[int, list[tuple[int, int]]]) -> None:
        """Price the largest share of hours in roles that say so: a number of steps, with a variable for each digit.

        Nobody's hours may pass that many steps of their own.
        """
        for role in self.problem.roles:
            if role.name not in self.roles or not role.even:
                continue
            steps = even_steps(role.even)
            digits = [self._variable(-1, -1, round(role.even * CENTS / 2**b)) for b in range(steps + 1)]
            for j, parts in sorted(load.items()):
                if role.name.casefold() in self.problem.people["roles"].iloc[j]:
                    seconds = math.floor(self.problem.capacity.iloc[j] * SECONDS + 1e-3)
                    self._row([*parts, *((x, -(seconds // 2**b)) for b, x in enumerate(digits))], 0)

    def _double_roles(self) -> None:
        done = set()
        for held in self.at.values():
            for a, (x, one) in enumerate(held):
                for y, other in held[a + 1 :]:
                    if one != other and (x, y) not in done:
                        done.add((x, y))
                        self._row([(x, 1), (y, 1)], 1)
