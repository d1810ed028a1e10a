"""Write the small example maps of this folder: ``python maps/examples/build.py``.

Part of the made-up demo company: four states, whose accounts the reps of today share with others.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

import territory_geo as tg

HERE = Path(__file__).resolve().parent
STATES = ("TX", "OK", "LA", "AR")
# Roughly the Red River below Texarkana and the Atchafalaya, and the lake above Shreveport.
RIVER = [(-94.0, 33.55), (-93.75, 32.6), (-93.0, 31.75), (-92.4, 31.3), (-91.7, 31.0), (-91.75, 30.2), (-91.4, 29.5)]
LAKE = [(-94.1, 32.75), (-93.9, 32.85), (-93.92, 32.6), (-94.05, 32.55)]


def main() -> None:
    """Write ``plan.html``, ``scenarios.html``, ``barriers.html`` and ``findings.html``."""
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
    barriers(units, table)
    spoiled = table.head(150).copy()
    spoiled.loc[3, ["lat", "lon"]] = spoiled.loc[3, ["lon", "lat"]].to_numpy()
    spoiled.loc[10, "lon"] = -spoiled.loc[10, "lon"]
    spoiled.loc[20, "lat"] = None
    spoiled.loc[31, "account_id"] = spoiled.loc[30, "account_id"]
    spoiled.loc[40, ["lat", "lon"]] = [27.6, -95.2]
    tg.explore(tg.read_accounts(spoiled), title="What the data check found").save(str(HERE / "findings.html"))


def barriers(units: tg.BasicUnits, table: pd.DataFrame) -> None:
    """Write the map of a plan whose territories stay on one side of a river, but for a bridge."""
    water = gpd.GeoDataFrame(geometry=[shapely.LineString(RIVER), shapely.Polygon(LAKE)], crs=4326)
    places = table.set_index("account_id")[["lon", "lat"]]
    # Baton Rouge and Lafayette: the accounts next to them stand for the two ends.
    ends = [((places - town) ** 2).sum(axis=1).idxmin() for town in ([-91.15, 30.45], [-92.02, 30.22])]
    bridge = pd.DataFrame({"u": ends[:1], "v": ends[1:]})
    graph = tg.ContiguityGraph.from_units(units, barriers=water, bridges=bridge)
    problem = tg.TerritoryProblem(units, graph, n_territories=4, balance={"visit_hours": 0.10})
    plan = tg.solve(problem, seed=7, stop=tg.MaxIterations(60)).plan
    if plan is None:
        raise SystemExit("The example with a river has no plan; barriers.html was not written.")
    tg.explore(plan, title="A river that parts, a bridge that joins").save(str(HERE / "barriers.html"))


if __name__ == "__main__":
    main()
