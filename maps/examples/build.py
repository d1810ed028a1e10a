"""Write the small example maps of this folder: ``python maps/examples/build.py``.

Part of the made-up demo company: four states, whose accounts the reps of today share with others.
"""

from __future__ import annotations

from pathlib import Path

import territory_geo as tg

HERE = Path(__file__).resolve().parent
STATES = ("TX", "OK", "LA", "AR")


def main() -> None:
    """Write ``plan.html``, ``scenarios.html`` and ``findings.html``."""
    table = tg.samples.demo_accounts()
    table = table[table["state"].isin(STATES)].reset_index(drop=True)
    accounts = tg.read_accounts(table)
    units = tg.BasicUnits.from_accounts(accounts, measures=["potential_usd"])
    graph = tg.ContiguityGraph.from_units(units)
    main_reps = table["current_rep"].value_counts().index[:4]
    reps = tg.Reps(tg.read_reps(tg.samples.data_path("reps.csv")).frame.loc[sorted(main_reps)])
    locked = table.loc[table["current_rep"] == main_reps[0], "account_id"].head(2).tolist()
    problem = tg.TerritoryProblem(
        units,
        graph,
        n_territories=len(reps),
        balance={"visit_hours": 0.10},
        current=table.set_index("account_id")["current_rep"].where(lambda rep: rep.isin(main_reps).to_numpy(), ""),
        constraints=[tg.Lock(locked, str(main_reps[0]))],
    )
    plan = tg.solve(problem, seed=7, stop=tg.MaxIterations(60)).plan
    if plan is None:
        raise SystemExit("The example has no plan; nothing was written.")
    people = tg.read_reps(tg.samples.demo_team())
    named = accounts.frame[accounts.frame["potential_usd"] >= 1_000_000]
    teams = tg.solve_teams(tg.TeamProblem(named, people)).plan
    tg.explore(plan, title="Four states, four reps", reps=reps).save(str(HERE / "plan.html"))
    tg.explore(
        {"Today": tg.TerritoryPlan.from_current(problem), "Proposed": plan},
        title="Four states: today and proposed",
        reps=reps,
        teams=teams,
        findings=accounts.findings,
    ).save(str(HERE / "scenarios.html"))
    spoiled = table.head(150).copy()
    spoiled.loc[3, ["lat", "lon"]] = spoiled.loc[3, ["lon", "lat"]].to_numpy()
    spoiled.loc[10, "lon"] = -spoiled.loc[10, "lon"]
    spoiled.loc[20, "lat"] = None
    spoiled.loc[31, "account_id"] = spoiled.loc[30, "account_id"]
    spoiled.loc[40, ["lat", "lon"]] = [27.6, -95.2]
    tg.explore(tg.read_accounts(spoiled), title="What the data check found").save(str(HERE / "findings.html"))


if __name__ == "__main__":
    main()
