"""The teams' problem as the geography leaves it: hours that may be drawn of each person, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from territory_geo.geodata.reps import Reps
from territory_geo.plan.teams.problem import TeamProblem

LEAST = 1e-6
"""Hours that stand for none: a capacity must be above zero."""


def limited(problem: TeamProblem, limits: Mapping[str, float], prices: Mapping[str, float]) -> TeamProblem:
    """Return the problem with less hours for some people, and with a price on their hours.

    Parameters
    ----------
    problem : TeamProblem
    limits : mapping of person to hours
        How much teams may take of them.
    prices : mapping of person to currency per hour
        What an hour of them is worth elsewhere; below zero where work for named accounts relieves the geography.
    """
    frame = problem.people.drop(columns="roles")
    hours = frame["capacity_hours"].astype(float).copy()
    for name, most in limits.items():
        hours[name] = max(LEAST, most)
    accounts = problem.accounts.drop(columns=["id", "account_id"], errors="ignore")
    asked = replace(
        problem,
        accounts=accounts.assign(account_id=problem.accounts.index.to_numpy()),
        people=Reps(frame.assign(capacity_hours=hours)),
    )
    price = np.array([prices.get(str(name), 0.0) for name in asked.people.index])
    if price.any():
        fit = asked.fit
        extra = fit.hours * price
        # Each place takes one person: what all of them have in common changes nothing, and costs stay above zero.
        asked.__dict__["fit"] = replace(
            fit, misfit=fit.misfit + extra - np.minimum(extra.min(axis=1, keepdims=True), 0)
        )
    return asked
