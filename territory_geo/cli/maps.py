"""``territory-geo map``: saved plans on one map again, with what else there is to see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory_geo.cli.app import app, messages
from territory_geo.cli.saved import named, parted

if TYPE_CHECKING:
    import pandas as pd

TODAY = "Today"
"""What today's alignment is called on the map."""


@app.command("map")
def map_(
    plans: Annotated[
        list[Path],
        typer.Argument(
            metavar="PLAN…", help="Folders of saved plans, as `design --save-plan` leaves them; NAME=DIR names one."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The page, .html. Default: map.html in the one PLAN's folder."),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline.")] = None,
    theme: Annotated[str, typer.Option(metavar="light|dark|auto", help="Colours when it opens.")] = "light",
    no_today: Annotated[
        bool, typer.Option("--no-today", help="Without who has what today, which comes first where it is known.")
    ] = False,
    reps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The reps, with their homes. Default: those of the design.")
    ] = None,
    barriers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Lines or areas to draw. Default: the barriers of the design."),
    ] = None,
    findings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The findings.csv of `check --out`, to mark the accounts.")
    ] = None,
    tiles: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="An online background, such as OpenStreetMap: fetched when opened."),
    ] = None,
) -> None:
    """Write plans as one interactive map: switch between them, see what changes. It opens offline.

    Bridges and barriers of the design are drawn; --barriers draws others, and changes no plan.

    Example: territory-geo map maps/spring maps/gentle --barriers rivers.gpkg --out maps/both.html
    """
    with messages():
        from territory_geo.errors import OptionError
        from territory_geo.geodata.reps import read_reps
        from territory_geo.plan.plan import TerritoryPlan
        from territory_geo.render.export import named_failures
        from territory_geo.render.map import plan_map

        if out is None and len(plans) > 1:
            raise OptionError("Several plans come into one file. Name it: --out FILE, such as maps/both.html.")
        found = named(plans)
        first = next(iter(found.values()))
        if first.problem.alignment is not None and not no_today:
            if TODAY in found:
                raise OptionError(f"One plan is called {TODAY!r}, as today's alignment is. Name it: NAME=DIR.")
            if len(found) == 1 and "=" not in str(plans[0]):
                found = {"Proposed": first}
            found = {TODAY: TerritoryPlan.from_current(first.problem), **found}
        people = None
        if reps is not None:
            people = read_reps(reps, crs="EPSG:4326" if first.problem.units.geographic else None)
        page = plan_map(
            found, title=title, theme=theme, reps=people, barriers=barriers, tiles=tiles,
            findings=None if findings is None else _findings(findings),
        )  # fmt: skip
        file = out or parted(plans[0])[1] / "map.html"
        with named_failures(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            page.save(str(file))
        typer.echo(f"Written to {file}.")


def _findings(path: Path) -> pd.DataFrame:
    """Return the table of findings that `check` wrote."""
    import pandas as pd

    from territory_geo.errors import DataError
    from territory_geo.geodata.readers.tables import read_delimited

    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file. Name the findings.csv that `check --out` wrote.")
    table = read_delimited(path)
    if "row" in table:
        # Findings of the whole table stand in no row.
        table["row"] = pd.to_numeric(table["row"], errors="coerce")
    return table
