"""The command line: ``territory-geo design``, ``run``, ``demo``.

It only turns options into a study, runs it and shows the outcome; exit codes follow the solution's status.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo._version import __version__
from territory_geo.errors import TerritoryGeoError, VerificationError

if TYPE_CHECKING:
    from territory_geo.study import Result, Study

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

DEMOS = ("demo_accounts.toml", "demo_counties.toml")


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:
    """Balanced, contiguous sales territories from a customer table, as maps and reports."""
    if version:
        typer.echo(f"territory-geo {__version__}")
        raise typer.Exit


@app.command()
def design(
    source: Annotated[Path, typer.Argument(help="Points or areas: CSV, GeoJSON, GeoPackage, Shapefile, GeoParquet, TopoJSON.")],
    territories: Annotated[int, typer.Option("--territories", "-k", help="How many territories.")],
    balance: Annotated[list[str], typer.Option("--balance", help="MEASURE or MEASURE:SHARE, such as visit_hours:0.1.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    layer: Annotated[str | None, typer.Option(help="Layer of a file that has several.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Column with the ids.")] = None,
    lon: Annotated[str | None, typer.Option(help="Column with the longitudes (x).")] = None,
    lat: Annotated[str | None, typer.Option(help="Column with the latitudes (y).")] = None,
    planar: Annotated[bool, typer.Option("--planar", help="Coordinates are metres in a plane.")] = False,
    weight: Annotated[str | None, typer.Option(help="Measure that counts trips. Default: the first balanced one.")] = None,
    power: Annotated[int, typer.Option(help="1: kilometres, 2: square kilometres.")] = 1,
    detour: Annotated[float, typer.Option(help="Road kilometres per straight kilometre.")] = 1.0,
    islands: Annotated[str, typer.Option(help="Units that touch nothing: bridge, allow or fail.")] = "bridge",
    no_contiguity: Annotated[bool, typer.Option("--no-contiguity", help="Territories may be in several pieces.")] = False,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
    iterations: Annotated[int | None, typer.Option(help="Search budget that repeats exactly. Default: 150.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Search budget in seconds.")] = None,
    title: Annotated[str | None, typer.Option(help="Headline of the map.")] = None,
    save_graph: Annotated[bool, typer.Option("--save-graph", help="Also write contiguity.csv.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print plan.json instead of a table.")] = False,
) -> None:
    """Design territories from one file."""
    from territory_geo.study import checked_study

    content: dict[str, Any] = {
        "name": title or source.stem.replace("_", " "),
        "data": {"source": str(source), "layer": layer, "id": id, "lon": lon, "lat": lat, "planar": planar},
        "design": {
            "territories": territories, "balance": dict(_measure(text) for text in balance), "weight": weight,
            "power": power, "detour": detour, "islands": islands, "contiguous": not no_contiguity,
        },
        "search": {"seed": seed, "iterations": iterations, "time_limit": time_limit},
        "outputs": {"directory": str(out), "title": title, "save_graph": save_graph},
    }  # fmt: skip
    result = _run(checked_study(content, "The command"), Path())
    _show(result, json=json)
    raise typer.Exit(result.solution.status.exit_code)


@app.command()
def run(
    study: Annotated[Path, typer.Argument(help="A study file (TOML).")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the files instead of the study's own.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print plan.json instead of a table.")] = False,
) -> None:
    """Run everything in a study file; its data paths start from the file's folder."""
    from territory_geo.study import read_study

    result = _run(read_study(study), study.parent, out)
    _show(result, json=json)
    raise typer.Exit(result.solution.status.exit_code)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the two designs.")] = Path("maps"),
) -> None:
    """Design 24 territories for a made-up company and 20 of the US counties, from the data that ships."""
    from territory_geo.geodata.samples import data_path
    from territory_geo.study import read_study

    worst = 0
    for name in DEMOS:
        path = data_path(name)
        study = read_study(path)
        result = _run(study, path.parent, out / Path(study.outputs.directory).name)
        _show(result, json=False)
        worst = max(worst, result.solution.status.exit_code)
    raise typer.Exit(worst)


def _measure(text: str) -> tuple[str, Any]:
    """Return (measure, tolerance) of "MEASURE" or "MEASURE:SHARE"; the study's check judges the rest."""
    name, colon, share = text.rpartition(":")
    if not colon:
        return text, 0.1
    try:
        return name, float(share)
    except ValueError:
        return name, share


def _run(study: Study, base: Path, out: Path | None = None) -> Result:
    from territory_geo.progress import live
    from territory_geo.study import run_study

    with live(study.name) as progress:
        return run_study(study, base=base, out=out, progress=progress)


def _show(result: Result, *, json: bool) -> None:
    """Print the outcome: plan.json, or a short table and where the files are."""
    if json:
        typer.echo((result.directory / "plan.json").read_text(encoding="utf-8"), nl=False)
        return
    from rich.console import Console

    from territory_geo.outcome import lines, table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    shown = table(result)
    if shown is not None:
        console.print(shown)
    for line in lines(result):
        console.print(line, markup=False)


def main() -> None:
    """Run the command line; errors made on purpose become one message and exit code 2."""
    try:
        app()
    except VerificationError:
        raise
    except TerritoryGeoError as error:
        typer.echo(f"Error: {error}", err=True)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        typer.echo("Interrupted before a plan was found; nothing was written.", err=True)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
