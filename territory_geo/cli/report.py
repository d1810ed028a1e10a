"""``territory-geo report`` and ``export``: a saved plan for people who did not make it, and for other programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from territory_geo.cli.app import app, messages
from territory_geo.cli.saved import loaded

Plan = Annotated[
    Path, typer.Argument(metavar="PLAN", help="Folder of a design with --save-plan, or one that plan.save wrote.")
]

_PARAMETER = re.compile(
    r"(?:\bThe )?(?:'|\b(?<=with )|\b(?<=in )|\b(?=\w+=))"
    r"(model_id|type_id|parent_id|account_id|territory_ids|record_id|domain|owners)\b(?:' parameter|'|=)?"
)
"""A parameter of an export in what the library says."""


@app.command()
def report(
    plan: Plan,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The page, .html. Default: report.html in PLAN's folder."),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline.")] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="A line below it: a date, for whom it is.")] = "",
    no_map: Annotated[bool, typer.Option("--no-map", help="Without the interactive map: a smaller file.")] = False,
) -> None:
    """Write a plan's report: summary, map, scorecard, a page for each rep, changes, method; and a workbook beside it.

    The page opens offline. Print it from a browser, or to PDF: each territory has its own page.

    Example: territory-geo report maps/mine --title "Field sales 2026"
    """
    with messages():
        page = out or plan / "report.html"
        written = loaded(plan).report(page, title=title, note=note, interactive=not no_map)
        typer.echo(f"Written to {page.parent}: {', '.join(written)}.")


@app.command()
def export(
    plan: Plan,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="PATH",
            help="A file whose ending says the format: .gpkg, .geojson, .shp, .kml, .xlsx, .png, .svg, .pdf.",
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORMAT", help="Where the ending does not say it: salesforce (a folder), hubspot (CSV)."
        ),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="GeoJSON: territories, accounts, areas or centers.")
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline of figures, KML and workbook.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="MEASURE", help="Figures: what colours say, such as deviation.")
    ] = None,
    theme: Annotated[str | None, typer.Option(metavar="light|dark", help="Figures: colours of the paper.")] = None,
    model_id: Annotated[str | None, typer.Option(metavar="ID", help="Salesforce: of the Territory2Model.")] = None,
    type_id: Annotated[str | None, typer.Option(metavar="ID", help="Salesforce: of the Territory2Type.")] = None,
    parent_id: Annotated[str | None, typer.Option(metavar="ID", help="Salesforce: of the territory above all.")] = None,
    account_id: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Salesforce: of the accounts' ids there. Default: their id.")
    ] = None,
    territory_ids: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Salesforce: the file of successes after Territory2.csv was inserted."),
    ] = None,
    record_id: Annotated[str | None, typer.Option(metavar="COLUMN", help="HubSpot: of the companies' ids.")] = None,
    domain: Annotated[str | None, typer.Option(metavar="COLUMN", help="HubSpot: or of their domain names.")] = None,
    owners: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HubSpot: table territory,email. Default: the reps' email.")
    ] = None,
) -> None:
    """Write a plan for another program: maps, slides, spreadsheets, Salesforce, HubSpot.

    Example: territory-geo export maps/mine --out mine.gpkg
    """
    with messages({}):
        from territory_geo.errors import DataError, OptionError

        given: dict[str, Any] = {
            "layer": layer, "title": title, "by": by, "theme": theme, "model_id": model_id, "type_id": type_id,
            "parent_id": parent_id, "account_id": account_id, "territory_ids": territory_ids, "record_id": record_id,
            "domain": domain, "owners": None if owners is None else _owners(owners),
        }  # fmt: skip
        given = {name: value for name, value in given.items() if value is not None}
        missing = [name for name in ("model_id", "type_id") if format == "salesforce" and name not in given]
        if missing:
            options = " and ".join(f"--{name.replace('_', '-')}" for name in missing)
            raise OptionError(f"Salesforce needs {options}: the ids of the model and type that the territories get.")
        try:
            notes = loaded(plan).write(out, format=format, **given)
        except (OptionError, DataError) as error:
            raise type(error)(_with_options(str(error))) from error
        typer.echo(f"Written to {out}.")
        for note in notes:
            typer.echo(f"Note: {_with_options(note)}")


def _with_options(text: str) -> str:
    """Return what the library says with the options of this command for its parameters.

    >>> _with_options("Give owners=, or 'domain'. Name the column with account_id.")
    'Give --owners, or --domain. Name the column with --account-id.'
    """
    return _PARAMETER.sub(lambda found: "--" + found[1].replace("_", "-"), text)


def _owners(path: Path) -> dict[str, str]:
    """Return territory → e-mail address of a table."""
    from territory_geo.errors import DataError
    from territory_geo.geodata.readers.tables import read_delimited

    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file. Check the spelling, or give the full path.")
    table = read_delimited(path)
    missing = [name for name in ("territory", "email") if name not in table]
    if missing:
        raise DataError(
            f"{path} has no column {missing[0]!r}. It must be a table with the columns territory and email."
        )
    return dict(zip(table["territory"].astype(str), table["email"].astype(str), strict=True))
