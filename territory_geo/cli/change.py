"""``territory-geo rebalance`` and ``frontier``: from a saved plan to one near it, and what each bit of change buys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo.cli.app import app, messages
from territory_geo.cli.options import budgets, number
from territory_geo.cli.saved import loaded

if TYPE_CHECKING:
    from territory_geo.analyze.growth.extend import Extension
    from territory_geo.optimize.solution import Solution
    from territory_geo.plan.plan import TerritoryPlan

Plan = Annotated[
    Path, typer.Argument(metavar="PLAN", help="Folder of a saved plan, as `design --save-plan` leaves it.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Of every random choice.")]
Iterations = Annotated[
    int | None, typer.Option(metavar="N", help="Search budget of each search, which repeats exactly.")
]
Disruption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MEASURE:SHARE",
        help="How much may change rep where somebody leaves, joins or merges, such as revenue:5%. Repeatable.",
    ),
]


@app.command()
def rebalance(
    plan: Plan,
    out: Out,
    measure: Annotated[
        str, typer.Option(metavar="MEASURE", help="What is to change as little as possible, such as revenue.")
    ] = "accounts",
    most_accounts: Annotated[
        int | None, typer.Option(metavar="N", help="The shortest ways with at most N accounts that change rep.")
    ] = None,
    most: Annotated[
        str | None, typer.Option(metavar="SHARE", help="The same with at most this share of the measure, such as 5%.")
    ] = None,
    leaves: Annotated[
        list[str] | None, typer.Option("--leaves", metavar="REP", help="This rep's territory ends. Repeatable.")
    ] = None,
    joins: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Reps who join: rep_id, lon, lat of their homes.")
    ] = None,
    merge: Annotated[Path | None, typer.Option(metavar="PLAN", help="Saved plan of a second sales force.")] = None,
    disruption: Disruption = None,
    seed: Seed = 0,
    iterations: Iterations = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline of the map.")] = None,
) -> None:
    """Bring every territory within its tolerances by the fewest moves; or let a rep leave, reps join, forces merge.

    From today's alignment of the plan (designed with --current) to the fewest moves, or the best plan within
    --most-accounts or --most. With --leaves, --joins or --merge from the plan itself: only neighbours change.
    Writes the new plan's files, its map, moves.csv with a reason for each move, and saved/.

    Example: territory-geo rebalance maps/visits --measure revenue --out maps/fewest
    """  # fmt: skip
    with messages():
        from territory_geo.errors import OptionError
        from territory_geo.render.export import require_writable

        asked = [name for name, given in (("--leaves", leaves), ("--joins", joins), ("--merge", merge)) if given]
        if len(asked) > 1:
            raise OptionError(f"{' and '.join(asked)} cannot be asked at once. Take one, then the other from its plan.")
        limits = [name for name, given in (("--most-accounts", most_accounts), ("--most", most)) if given is not None]
        if asked and limits:
            raise OptionError(f"{limits[0]} is for a rebalancing from today; with {asked[0]} give --disruption.")
        if disruption and not asked:
            raise OptionError("--disruption is for --leaves, --joins and --merge; else give --most or --most-accounts.")
        if (joins is not None or merge is not None) and not disruption:
            raise OptionError(f"{asked[0]} needs --disruption, such as --disruption revenue:5%.")
        require_writable(out)
        start = loaded(plan)
        before, after, solution, said = _changed(
            start, measure, most_accounts, most, leaves or [], joins, merge, disruption or [], _stop(iterations), seed
        )
        if after is None:
            from territory_geo.render.export import write_nearest

            assert solution.problem is not None
            write_nearest(solution.problem, solution.nearest, out, {"status": _status(solution), "reason": said})
            typer.echo(f"No plan: {said}.", err=True)
        else:
            _written(before, after, out, title)
            typer.echo(said)
            typer.echo(f"Written to {out}: moves.csv, map.html, assignments.csv, territories.csv, plan.json, saved/.")
    raise typer.Exit(0 if after is not None else solution.status.exit_code or 4)


@app.command()
def frontier(
    plan: Plan,
    out: Out,
    measure: Annotated[str, typer.Option(metavar="MEASURE", help="What may change rep, such as revenue.")] = "accounts",
    points: Annotated[int, typer.Option(metavar="N", help="How many plans along the curve.")] = 12,
    tolerance: Annotated[
        list[str] | None,
        typer.Option(metavar="SHARE", help="A curve for this tolerance of the balance, such as 10%. Repeatable."),
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes that work side by side; same plans.")] = 1,
    seed: Seed = 0,
    iterations: Iterations = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline of the figure.")] = None,
) -> None:
    """Show what travel each bit of change buys: full plans from today to the free optimum, and where the bend is.

    The plan is one that was designed with --current. Writes frontier.csv, frontier.png (with matplotlib), and the plan
    at the bend into saved/.

    Example: territory-geo frontier maps/visits --measure revenue --workers 2 --out maps/frontier
    """
    with messages():
        from concurrent.futures import ProcessPoolExecutor
        from contextlib import nullcontext

        from territory_geo.analyze.frontier import frontier as traded
        from territory_geo.errors import OptionError
        from territory_geo.progress import live
        from territory_geo.render.export import require_writable
        from territory_geo.render.frontier import write_frontier

        if workers < 1:
            raise OptionError(f"--workers must be a whole number of at least 1. Got {workers}.")
        shares: list[Any] | None = [number(text) for text in tolerance] if tolerance else None
        require_writable(out)
        problem = loaded(plan).problem
        pool: Any = ProcessPoolExecutor(workers) if workers > 1 else nullcontext()
        with live("frontier") as progress, pool as executor:
            found = traded(
                problem, measure, points=points, tolerances=shares, stop=_stop(iterations), seed=seed,
                executor=executor, progress=progress,
            )  # fmt: skip
        written = write_frontier(found, out, title=title)
        for line in found.lines():
            typer.echo(line)
        typer.echo(f"Written to {out}: {', '.join(written)}.")


def _changed(
    start: TerritoryPlan, measure: str, most_accounts: int | None, most: str | None, leaves: list[str],
    joins: Path | None, merge: Path | None, disruption: list[str], stop: Any, seed: int,
) -> tuple[TerritoryPlan, TerritoryPlan | None, Solution, str]:  # fmt: skip
    """Return the plan before, the one after, what the search says, and a sentence; the options are checked."""
    from territory_geo.analyze import rebalance as ways
    from territory_geo.progress import live

    budget = {name: share for part in budgets(disruption) for name, share in part["share"].items()}
    with live("rebalance") as progress:
        if not leaves and joins is None and merge is None:
            share: Any = None if most is None else number(most)
            found = ways.rebalance(
                start.problem, measure, most_accounts=most_accounts, most=share, stop=stop, seed=seed,
                progress=progress,
            )  # fmt: skip
            said = found.solution.reason if found.plan is None else repr(found).partition(": ")[2].removesuffix(">")
            return found.today, found.plan, found.solution, said
        if leaves:
            new = ways.reassign(start, leaves, disruption=budget or None, stop=stop, seed=seed, progress=progress)
        elif joins is not None:
            from territory_geo.analyze.growth.extend import extend_plan
            from territory_geo.geodata.reps import read_reps

            reps = read_reps(joins, crs="EPSG:4326" if start.problem.units.geographic else None)
            new = extend_plan(start, reps=reps, disruption=budget, stop=stop, seed=seed, progress=progress)
        else:
            assert merge is not None
            new = ways.merge_forces(
                start, loaded(merge), disruption=budget, stop=stop, seed=seed, progress=progress
            )  # fmt: skip
    if new.plan is None:
        return new.before, None, new.solution, new.reason
    return new.before, new.plan, new.solution, _said(new)


def _said(new: Extension) -> str:
    """Return how many accounts change rep, of all that are there, and whose territories change with them."""
    assert new.plan is not None
    table = new.changes()
    changing = [*new.neighbours, *new.new]
    known = table["accounts"].sum() - table["new"].sum()
    said = f"{table['came'].sum():,} of {known:,} accounts change rep"
    if len(changing) == len(new.plan.territory_ids):
        return f"{said}; every territory may change"
    return f"{said}; only {', '.join(changing)} may change"


def _written(before: TerritoryPlan, after: TerritoryPlan, out: Path, title: str | None) -> None:
    """Write the new plan, saved too, and the list of moves with reasons."""
    from territory_geo.analyze.compare import compare
    from territory_geo.render.export import SAVED, named_failures, write_plan

    write_plan(after, out, title=title)
    after.save(out / SAVED)
    moves = compare({"today": before, "new": after}, shapes=False).moves().drop(columns="plan")
    with named_failures(out):
        moves.to_csv(out / "moves.csv", index=False, lineterminator="\n", encoding="utf-8")


def _status(solution: Solution) -> str:
    """Return the status of a search whose plan was no answer to the whole question."""
    return "not_found" if solution.plan is not None else str(solution.status)


def _stop(iterations: int | None) -> Any:
    from territory_geo.optimize.stop import MaxIterations

    return None if iterations is None else MaxIterations(iterations)
