"""Account teams at full size: 500 named accounts and 60 people, tight on hours, with families and conflicts.

``python -m benchmarks.teams`` prints status, gap and seconds for a few seeds.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from territory_geo.geodata.reps import Reps, read_reps
from territory_geo.optimize.teams import solve_teams
from territory_geo.plan.teams.problem import TeamProblem
from territory_geo.plan.teams.roles import TeamRole

PRODUCTS = ("controls", "filtration", "pumps")
INDUSTRIES = ("chemicals", "food", "healthcare", "utilities")
ROLES = {"account executive": 0.5, "customer success": 0.2, "marketing partner": 0.1, "specialist": 0.2}
HOURS = {"account executive": 110.0, "customer success": 45.0, "marketing partner": 20.0, "specialist": 16.0}
TRIPS = {"account executive": 4.0, "customer success": 2.0, "marketing partner": 0.0, "specialist": 1.0}
USE = 0.93
"""Share of all hours of a role that its places take, ways of middling length included."""


def team_case(n_accounts: int = 500, n_people: int = 60, *, seed: int = 0) -> TeamProblem:
    """Return a problem of this size: hours nearly used up, one account in eight in a family, some that compete.

    Parameters
    ----------
    n_accounts, n_people : int
    seed : int
    """
    random = np.random.default_rng(seed)
    people = _people(n_people, random)
    accounts = pd.DataFrame({"account_id": [f"A{i:04d}" for i in range(n_accounts)]})
    accounts["lon"], accounts["lat"] = random.uniform(-120, -75, n_accounts), random.uniform(30, 47, n_accounts)
    accounts["revenue_usd"] = np.round(np.exp(random.normal(13, 0.8, n_accounts)))
    accounts["industry"] = random.choice(INDUSTRIES, n_accounts)
    accounts["language"] = random.choice(["en", "es", "fr"], n_accounts, p=[0.85, 0.1, 0.05])
    accounts["time_zone"] = np.round(accounts["lon"] / 15)
    accounts["products"] = [
        ";".join(random.choice(PRODUCTS, random.integers(1, 3), replace=False)) for _ in range(n_accounts)
    ]
    parents = np.full(n_accounts, "", dtype=object)
    heads = 2 * np.arange(n_accounts // 16)
    parents[heads + 1] = accounts["account_id"].to_numpy(dtype=object)[heads]
    accounts["parent_id"] = parents
    groups = np.full(n_accounts, "", dtype=object)
    groups[n_accounts // 2 : n_accounts // 2 + n_accounts // 10] = [f"G{i // 5}" for i in range(n_accounts // 10)]
    accounts["competes"] = groups
    size = np.exp(random.normal(0, 0.35, n_accounts))
    roles = []
    for name, hours in HOURS.items():
        column = f"hours_{name.replace(' ', '_')}"
        accounts[column] = np.round(hours * size, 1)
        held = people["rep_id"][people["role"] == name].to_numpy()
        accounts[f"current_{name.replace(' ', '_')}"] = np.where(
            random.random(n_accounts) < 0.7, random.choice(held, n_accounts), ""
        )
        roles.append(
            TeamRole(
                name,
                column,
                "owns" if name == "account executive" else "supports",
                trips=TRIPS[name],
                per_product=name == "specialist",
                skills="must" if name == "specialist" else "ignore",
                most_hours_apart=3 if name == "customer success" else None,
                revenue_at_risk={"account executive": 0.1}.get(name, 0.03),
            )
        )
    first = TeamProblem(accounts, _reps(people, dict.fromkeys(ROLES, 1e9)), roles, conflicts="competes")
    return TeamProblem(accounts, _reps(people, _capacities(first, people)), roles, conflicts="competes")


def _people(count: int, random: np.random.Generator) -> pd.DataFrame:
    shares = np.cumsum([0, *ROLES.values()]) * count
    role = [list(ROLES)[int(np.searchsorted(shares, i, side="right")) - 1] for i in range(count)]
    people = pd.DataFrame({"rep_id": [f"P{i:03d}" for i in range(count)], "role": role})
    people["lon"], people["lat"] = random.uniform(-120, -75, count), random.uniform(30, 47, count)
    people["time_zone"] = np.round(people["lon"] / 15)
    # Everybody speaks English; half of them French too, so that every product has someone.
    place = people.groupby("role").cumcount()
    people["languages"] = ["en;es;fr" if i % 4 < 2 else "en;es" if i % 4 == 2 else "en" for i in place]
    people["skills"] = [f"{PRODUCTS[i % 3]};{PRODUCTS[(i + 1) % 3]}" for i in place]
    people["industries"] = [f"{INDUSTRIES[i % 4]};{INDUSTRIES[(i + 1) % 4]}" for i in place]
    return people


def _reps(people: pd.DataFrame, capacity: dict[str, float]) -> Reps:
    return read_reps(people.assign(capacity_hours=people["role"].map(capacity)))


def _capacities(problem: TeamProblem, people: pd.DataFrame) -> dict[str, float]:
    """Return hours for the people of each role, so that they are nearly used up."""
    total = dict.fromkeys(ROLES, 0.0)
    for seat, hours, may in zip(problem.seats, problem.fit.hours, problem.fit.allowed, strict=True):
        total[seat.role] += float(np.quantile(hours[may], 0.25))
    count = people["role"].value_counts()
    return {name: float(np.round(total[name] / USE / count[name], 1)) for name in ROLES}


def main() -> None:
    """Print figures for a few seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--work", type=float, default=20.0)
    parser.add_argument("--gap", type=float, default=0.01)
    options = parser.parse_args()
    for seed in range(options.seeds):
        problem = team_case(options.accounts, options.people, seed=seed)
        begin, processor = time.perf_counter(), time.process_time()
        found = solve_teams(problem, gap=options.gap, work=options.work, seed=seed)
        seconds, used = time.perf_counter() - begin, time.process_time() - processor
        gap = "none" if found.gap is None else f"{100 * found.gap:.4f} %"
        print(f"seed {seed}: {problem!r} {found.status}, gap {gap}, {seconds:.1f} s ({used:.1f} s of processor)")


if __name__ == "__main__":
    main()
