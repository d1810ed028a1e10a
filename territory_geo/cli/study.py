"""``territory-geo run``, ``new`` and ``schema``: study files, run, begun from data, and described for editors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo.cli import design
from territory_geo.cli.app import app, messages

if TYPE_CHECKING:
    from territory_geo.study import ScenariosResult, Study


@app.command()
def run(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="A study file (TOML).")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the files instead of the study's own."),
    ] = None,
    workers: Annotated[
        int, typer.Option(metavar="N", help="Processes that run scenarios side by side; the plans are the same.")
    ] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run all scenarios, changed or not.")] = False,
    json: design.Json = False,
) -> None:
    """Run everything in a study file.

    Paths of data and lock_file in it start from the study file's folder, its output directory from the
    current one. With scenarios, each has a folder of its own; those that have not changed since the last time are not
    run again, and all are compared. Exit code 1: an assertion does not hold.
    """
    with messages():
        from territory_geo.errors import OptionError
        from territory_geo.study import read_study

        asked = read_study(study)
        if workers < 1:
            raise OptionError(f"--workers must be a whole number of at least 1. Got {workers}.")
        if asked.scenario:
            found = _scenarios(asked, study.parent, out, workers, fresh=fresh)
            _show(found, json=json)
            raise typer.Exit(found.exit_code)
        if workers > 1 or fresh:
            raise OptionError("--workers and --fresh are for studies with scenarios; this one has none.")
        result = design.run_one(asked, study.parent, out)
        design.show_one(result, json=json)
    raise typer.Exit(result.exit_code)


@app.command()
def new(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Accounts or areas: the file that the study is about.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the study goes. Default: beside the data.")
    ] = None,
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="Layer or sheet of a file with several.")] = None,
) -> None:
    """Write a commented study file from a file's own columns; `territory-geo run` runs it as it is.

    Example: territory-geo new accounts.csv --out study.toml
    """
    with messages():
        from territory_geo.errors import OptionError
        from territory_geo.render.export import named_failures
        from territory_geo.study.begin import begun

        if data.suffix.lower() == ".toml":
            raise OptionError(f"{data} is a study already. Run it with territory-geo run, or name a table of accounts.")
        path = data.with_suffix(".toml") if out is None else out
        if path.exists():
            raise OptionError(f"{path} exists and is kept. Name another file with --out.")
        text = begun(data, path, layer=layer)
        with named_failures(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        typer.echo(f"Written: {path}. Change what you like, then: territory-geo run {path}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of study files, with which editors complete and check them.

    Example: territory-geo schema > study.schema.json
    """
    with messages():
        from territory_geo.study.json_schema import shipped

        typer.echo(shipped(), nl=False)


def _scenarios(study: Study, base: Path, out: Path | None, workers: int, *, fresh: bool) -> ScenariosResult:
    from concurrent.futures import ProcessPoolExecutor
    from contextlib import nullcontext

    from territory_geo.optimize.interrupt import heeded_interrupt
    from territory_geo.progress import live

    pool: Any = ProcessPoolExecutor(workers) if workers > 1 else nullcontext()
    with live(study.name) as progress, heeded_interrupt() as heed, pool as executor:
        from territory_geo.study import run_scenarios

        def told(stage: str, share: float, text: str) -> None:
            heed()
            progress(stage, share, text)

        return run_scenarios(study, base=base, out=out, executor=executor, fresh=fresh, progress=told)


def _show(found: ScenariosResult, *, json: bool) -> None:
    """Print study.json, or what became of each scenario, the comparison and the assertions."""
    from territory_geo.cli.plans import show_comparison
    from territory_geo.study.scenarios import COMPARISON, SUMMARY

    if json and not found.interrupted:
        typer.echo((found.directory / SUMMARY).read_text(encoding="utf-8"), nl=False)
        return
    for name, record in found.records.items():
        why = f": {record['reason']}" if record["reason"] else ""
        typer.echo(f"{name}: {record['status']}{why}{'' if record['run'] else ' (as before, not run again)'}")
    if found.interrupted:
        typer.echo("Interrupted: what is finished stays; the same command goes on from here.", err=True)
        return
    if found.comparison is not None:
        typer.echo("")
        show_comparison(found.comparison)
    typer.echo("")
    for row in found.verdicts:
        typer.echo(f"{'holds' if row['holds'] else 'FAILS'}: {row['said']}")
    typer.echo(f"Written to {found.directory}: a folder for each scenario, {COMPARISON}/, {SUMMARY}.")
