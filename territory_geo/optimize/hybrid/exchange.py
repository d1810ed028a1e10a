"""Teams that differ from others in one or two places, ranked by what prices of hours say they save."""

from __future__ import annotations

import itertools

import numpy as np

from territory_geo.optimize.hybrid.prices import hour_prices
from territory_geo.plan.hybrid.plan import HybridPlan
from territory_geo.plan.hybrid.problem import HybridProblem

PAIRED = 24
"""Single exchanges, the most promising ones, of which pairs are looked at as well."""


def exchanged(problem: HybridProblem, plan: HybridPlan) -> list[tuple[str, ...]]:
    """Return teams that differ in one or two places, by what they save as far as prices tell."""
    worth = hour_prices(problem, plan.territories)
    fit, people = problem.teams.fit, list(map(str, problem.teams.people.index))
    price = np.array([worth.get(name, 0.0) if name in problem.shared else 0.0 for name in people])
    total = fit.cost + fit.hours * price
    single: list[tuple[float, int, str]] = []
    for s, person in enumerate(plan.teams.members):
        now = people.index(person)
        for j in map(int, np.flatnonzero(fit.allowed[s])):
            if j != now:
                single.append((float(total[s, j] - total[s, now]), s, people[j]))
    single.sort()
    shared = set(problem.shared)
    pairs = itertools.combinations(single[:PAIRED], 2)
    ranked = [(saves, {s: name}) for saves, s, name in single]
    ranked += [(a[0] + b[0], {a[1]: a[2], b[1]: b[2]}) for a, b in pairs if a[1] != b[1]]
    members = plan.teams.members
    return [
        tuple(changed.get(s, person) for s, person in enumerate(members))
        for _, changed in sorted(ranked, key=lambda pair: pair[0])
        if any({members[s], name} & shared for s, name in changed.items())
    ]
