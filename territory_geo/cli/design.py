"""``territory-geo design`` and ``demo``: options become a study, which runs and shows its outcome.

Exit codes follow the solution's status.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo.cli import options
from territory_geo.cli.app import app, messages
from territory_geo.cli.option_names import OPTION_NAMES
from territory_geo.cli.parts import formulas, tolerances
from territory_geo.cli.words import options_named

if TYPE_CHECKING:
    from territory_geo.study import Result, Study

DEMOS = ("demo_accounts.toml", "demo_counties.toml")

Json = Annotated[bool, typer.Option("--json", help="Print plan.json, and nothing else, on standard output.")]


@app.command()
def design(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="Points or areas: CSV, Excel, JSON, GeoJSON, GeoPackage, Shapefile, GeoParquet, KML, TopoJSON.",
        ),
    ],
    balance: Annotated[
        list[str],
        typer.Option(
            "--balance",
            metavar="MEASURE[:SHARE]",
            help="What to balance, and how far from the mean a territory may be: visit_hours:0.05 or visit_hours:5% "
            "is ±5 %. Without SHARE ±10 %. workload is hours with driving and nights. Repeatable.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the files; those of an earlier run are replaced."),
    ],
    layer: options.Layer = None,
    id: options.Id = None,
    lon: options.Lon = None,
    lat: options.Lat = None,
    postcode: options.Postcode = None,
    town: options.Town = None,
    state: options.State = None,
    postal_file: options.PostalFile = None,
    country: options.Country = None,
    planar: options.Planar = False,
    crs: options.Crs = None,
    encoding: options.Encoding = None,
    delimiter: options.Delimiter = None,
    decimal: options.Decimal = None,
    land: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Land mask: polygons. Default: the US outline for US data.")
    ] = None,
    fix: options.Fix = None,
    keep: options.Keep = None,
    reject: options.Reject = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a table in which anything is wrong.")] = False,
    areas: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Areas that the accounts are joined to; units are the areas.")
    ] = None,
    areas_layer: Annotated[str | None, typer.Option(metavar="NAME", help="Layer of that file.")] = None,
    areas_id: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the areas' ids.")] = None,
    nearest_km: Annotated[
        float | None,
        typer.Option(metavar="KM", help="Accounts outside go to the nearest area up to this far. Default: 5."),
    ] = None,
    hexagons: Annotated[
        str | None, typer.Option(metavar="RES|auto", help="Units are hexagons of the H3 grid, 0 (huge) to 15.")
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FORMULA", help="A measure from columns: 'hours=visits*minutes/60'. Repeatable."),
    ] = None,
    lock: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Table id,action,to,reason,by. Action 'lock': the account (or area) stays in the territory named in "
            "'to'; 'forbid': it is kept out of it. Accounts on one spot go together.",
        ),
    ] = None,
    weight: Annotated[
        str | None,
        typer.Option(metavar="MEASURE", help="Measure that counts trips. Default: the first balanced one."),
    ] = None,
    power: Annotated[int, typer.Option(metavar="1|2", help="Minimise kilometres (1) or square kilometres (2).")] = 1,
    detour: Annotated[float, typer.Option(metavar="FACTOR", help="Road kilometres per straight kilometre.")] = 1.0,
    distances: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Table of the ways between all accounts (or areas), CSV: origin, destination, km and, if any, hours.",
        ),
    ] = None,
    roads: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Drive on the roads of an OpenStreetMap extract (.osm.pbf); see --minimise."),
    ] = None,
    roads_cache: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder that keeps the ways found, for the next time.")
    ] = None,
    snap_km: Annotated[
        float | None, typer.Option(metavar="KM", help="How far an account may be from its road. Default: 1.")
    ] = None,
    most_on_roads: Annotated[
        int, typer.Option(metavar="N", help="For more places, straight lines are fitted to the roads: quicker.")
    ] = 2_000,
    symmetric: Annotated[
        bool, typer.Option("--symmetric", help="Each row of that table stands for both directions.")
    ] = False,
    minimise: Annotated[
        str, typer.Option(metavar="km|hours", help="What travel is measured in; hours need --roads or --distances.")
    ] = "km",
    islands: Annotated[
        str,
        typer.Option(
            metavar="bridge|attach|allow|fail",
            help="Parts that touch nothing: join them the shortest way, each to the largest part, leave them, refuse.",
        ),
    ] = "bridge",
    bridges: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Table u,v of ids that count as neighbours, such as ferries.")
    ] = None,
    barriers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Lines or areas on the map that part neighbours.")
    ] = None,
    no_contiguity: Annotated[
        bool, typer.Option("--no-contiguity", help="Territories may be in several pieces.")
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Of every random choice.")] = 0,
    iterations: Annotated[
        int | None, typer.Option(metavar="N", help="Search budget that repeats exactly. Default: 150.")
    ] = None,
    time_limit: options.TimeLimit = None,
    territories: Annotated[
        int | None,
        typer.Option("--territories", "-k", metavar="K", help="How many territories; with --reps one for each."),
    ] = None,
    reps: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Reps: rep_id, lon, lat, capacity_hours. Targets follow their hours."),
    ] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help="Only reps with this role.")] = None,
    center: Annotated[
        str, typer.Option(metavar="unit|centroid|home", help="Where trips start: best unit, centroid, rep's home.")
    ] = "unit",
    policy: options.Policy = None,
    visits: options.Visits = None,
    minutes: options.Minutes = None,
    segment: options.Segment = None,
    kind: options.Kind = None,
    day_hours: options.DayHours = None,
    max_nights: options.MaxNights = None,
    current: options.Current = None,
    disruption: options.Disruption = None,
    together: options.Together = None,
    apart: options.Apart = None,
    max_radius: options.MaxRadius = None,
    accounts: options.AccountCounts = None,
    home_inside: options.HomeInside = False,
    keep_whole: options.KeepWhole = None,
    border: options.Border = None,
    overlap: options.Overlap = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline of the map.")] = None,
    save_graph: Annotated[
        bool, typer.Option("--save-graph", help="Also write contiguity.csv: which units touch.")
    ] = False,
    save_plan: options.SavePlan = False,
    report: options.Report = False,
    json: Json = False,
) -> None:
    """Design territories from one file.

    Example: territory-geo design accounts.csv -k 24 --balance visit_hours:0.1 --out maps/mine
    """  # fmt: skip
    with messages(options_named(OPTION_NAMES)):
        from territory_geo.study import checked_study

        content: dict[str, Any] = {
            "name": title or source.stem.replace("_", " "),
            "data": {
                "source": str(source), "layer": layer, "id": id, "lon": lon, "lat": lat, "planar": planar,
                "crs": crs, "postcode": postcode, "town": town, "state": state, "postal_file": _text(postal_file),
                "country": country, "encoding": encoding, "delimiter": delimiter, "decimal": decimal,
                "land": _text(land), "fix": fix or [], "keep": keep or [], "reject": reject or [], "strict": strict,
                "areas": _text(areas), "areas_layer": areas_layer, "areas_id": areas_id, "nearest_km": nearest_km,
                "hexagons": int(hexagons) if hexagons and hexagons.isdigit() else hexagons,
                "measures": formulas(measure or []),
            },
            "design": {
                "territories": territories, "reps": _text(reps), "role": role, "center": center,
                "current": current,
                "balance": tolerances(balance), "weight": weight, "power": power,
                "detour": detour, "distances": _text(distances), "symmetric": symmetric, "minimise": minimise,
                "roads": _text(roads), "roads_cache": _text(roads_cache), "snap_km": snap_km,
                "most_on_roads": most_on_roads, "islands": islands,
                "contiguous": not no_contiguity,
                "lock_file": _text(lock), "bridges": _text(bridges), "barriers": _text(barriers),
            },
            "rules": {
                "together": together or [], "apart_file": _text(apart), "max_radius_km": max_radius,
                "accounts": options.ranged(accounts), "home_inside": home_inside,
                "keep_whole": options.containers(keep_whole or []), "border_cost": border, "overlap_cost": overlap,
                "disruption": options.budgets(disruption or []),
            },
            "workload": options.work(
                policy, visits, minutes, segment, kind, day_hours, max_nights, asked="workload" in tolerances(balance)
            ),
            "search": {"seed": seed, "iterations": iterations, "time_limit": time_limit},
            "outputs": {"directory": str(out), "title": title, "save_graph": save_graph, "save_plan": save_plan,
                        "report": report},
        }  # fmt: skip
        result = run_one(checked_study(content, "The command", OPTION_NAMES), Path())
        show_one(result, json=json)
    raise typer.Exit(result.exit_code)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the two designs.")] = Path("maps"),
) -> None:
    """Run the two examples that ship.

    24 territories for a made-up company's 5,000 accounts, and 20 of the 3,108 counties of the lower 48.
    """
    worst = 0
    with messages():
        from territory_geo.geodata.samples import data_path
        from territory_geo.study import read_study
        from territory_geo.study.showcase import write_showcase

        for name in DEMOS:
            path = data_path(name)
            study = read_study(path)
            result = run_one(study, path.parent, out / path.stem)
            if study.design.current is not None:
                write_showcase(result, path.parent)
            show_one(result, json=False)
            worst = max(worst, result.exit_code)
            if result.solution.status == "interrupted":
                break
    raise typer.Exit(worst)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def run_one(study: Study, base: Path, out: Path | None = None) -> Result:
    """Run a study of one design, with progress shown."""
    from territory_geo.optimize.interrupt import heeded_interrupt
    from territory_geo.progress import live

    with live(study.name) as progress, heeded_interrupt() as heed:
        from territory_geo.study import run_study

        def told(stage: str, share: float, text: str) -> None:
            heed()
            progress(stage, share, text)

        return run_study(study, base=base, out=out, progress=told)


def show_one(result: Result, *, json: bool) -> None:
    """Print the outcome: plan.json, or a short table and where the files are."""
    from territory_geo.outcome import show

    if json:
        typer.echo((result.directory / "plan.json").read_text(encoding="utf-8"), nl=False)
    else:
        show(result, sys.stdout)
