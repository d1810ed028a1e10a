"""``territory-geo check``: read a customer table, say what was found, write the rejects and the findings."""

from __future__ import annotations

import io
import json as json_
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory_geo.cli import options
from territory_geo.cli.app import app, messages
from territory_geo.cli.words import options_named

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.geodata.accounts import Accounts

FILES = ("rejects.csv", "findings.csv", "map.html")
"""What the command writes."""

UNBOUNDED = 10_000
"""Characters a line may have where nobody looks at a terminal."""


@app.command()
def check(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A file, a folder of Parquet files, or the URL of a database.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the files; left out, none are written.")
    ] = None,
    map_: Annotated[bool, typer.Option("--map", help="Also write map.html, with the findings on a map.")] = False,
    id: options.Id = None,
    lon: options.Lon = None,
    lat: options.Lat = None,
    name: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the names.")] = None,
    rep: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the current rep.")] = None,
    postcode: options.Postcode = None,
    town: options.Town = None,
    state: options.State = None,
    postal_file: options.PostalFile = None,
    country: options.Country = None,
    reps: Annotated[Path | None, typer.Option(metavar="FILE", help="The sales force, to find unknown reps.")] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column that will be balanced: each row needs an amount. Repeatable."),
    ] = None,
    crs: Annotated[
        str, typer.Option(metavar="NAME", help="Reference system of the coordinates, such as EPSG:25832; or: planar.")
    ] = "auto",
    layer: options.Layer = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="What to ask a database for.")] = None,
    encoding: options.Encoding = None,
    delimiter: options.Delimiter = None,
    decimal: options.Decimal = None,
    land: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Land mask: polygons. Default: the US outline for US data.")
    ] = None,
    fix: options.Fix = None,
    keep: options.Keep = None,
    reject: options.Reject = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 2 where anything is wrong.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, and nothing else.")] = False,
) -> None:
    """Read a customer table and say what is wrong with it.

    With --out, rejects.csv (rows that cannot be used, with the reason) and findings.csv (everything noticed, by row)
    are written.

    Example: territory-geo check accounts.csv --out maps/check --map
    """
    with messages(options_named({})):
        from territory_geo.errors import OptionError
        from territory_geo.geodata.accounts import read_accounts
        from territory_geo.geodata.clean.ledger import refuse_unclean
        from territory_geo.geodata.readers.dialect import TextFormat
        from territory_geo.geodata.reps import read_reps
        from territory_geo.render.export import require_writable

        if out is not None:
            require_writable(out)
        elif map_:
            raise OptionError("--map needs a folder for map.html. Name it with --out.")
        stated = TextFormat(encoding, delimiter, decimal)
        accounts = read_accounts(
            source, id=id, lon=lon, lat=lat, name=name, rep=rep, postcode=postcode, town=town, state=state,
            postal_file=postal_file, country=country, measures=measure or (),
            reps=None if reps is None else read_reps(reps), crs=None if crs == "planar" else crs, layer=layer,
            query=query, text=None if stated == TextFormat() else stated,
            land="auto" if land is None else land, fix=fix or (), keep=keep or (),
            reject=reject or (),
        )  # fmt: skip
        if out is not None:
            _write(accounts, out, with_map=map_)
        if json:
            typer.echo(json_.dumps(_as_json(accounts), indent=2, ensure_ascii=False))
        else:
            _show(accounts, out, with_map=map_)
        if strict:
            # After the files: whoever has to mend the source needs them.
            refuse_unclean(accounts.findings, accounts.source)


def _write(accounts: Accounts, out: Path, *, with_map: bool) -> None:
    from territory_geo.render.export import named_failures

    with named_failures(out):
        out.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (out / name).unlink(missing_ok=True)
        for name, table in (("rejects.csv", accounts.rejects), ("findings.csv", accounts.findings)):
            table.to_csv(out / name, index=False, lineterminator="\n", encoding="utf-8")
        if with_map:
            from territory_geo.render.explore import explore

            explore(accounts).save(str(out / "map.html"))


def _as_json(accounts: Accounts) -> dict[str, object]:
    return {
        "source": accounts.source,
        "rows_read": accounts.rows_read,
        "rows_used": len(accounts),
        "rows_rejected": len(accounts.rejects),
        "columns": accounts.columns,
        "findings": accounts.report().to_dict("records"),
    }


def _show(accounts: Accounts, out: Path | None, *, with_map: bool) -> None:
    report = accounts.report()
    rows = report[report["rows"] > 0]
    used, lost = len(accounts), len(accounts.rejects)
    typer.echo(f"{accounts.source}: {accounts.rows_read:,} rows read, {used:,} used, {lost:,} rejected.")
    for line in report[report["rows"] == 0].to_dict("records"):
        typer.echo(f"  {str(line['rule']).replace('_', ' ')}: {line['example']} ({line['action']})")
    if len(rows):
        typer.echo("")
        _table(rows)
        typer.echo("")
    else:
        typer.echo("Nothing was found in the rows.")
    written = "rejects.csv, findings.csv" + (", map.html" if with_map else "")
    typer.echo(f"Nothing was written: --out DIR keeps {written}." if out is None else f"Written to {out}: {written}.")


def _table(rows: pd.DataFrame) -> None:
    """Print the rules that found rows; texts come from data, so nothing in them is markup."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    for header, right in (("rule", False), ("rows", True), ("what became of them", False), ("for example", False)):
        shown.add_column(header, justify="right" if right else "left", no_wrap=header in ("rule", "rows"))
    for line in rows.to_dict("records"):
        action, example = escape(str(line["action"])), escape(str(line["example"]))
        shown.add_row(str(line["rule"]), f"{line['rows']:,}", action, example)
    if sys.stdout.isatty():
        Console(highlight=False).print(shown)
        return
    text = io.StringIO()
    Console(file=text, highlight=False, width=UNBOUNDED, color_system=None).print(shown)
    typer.echo("\n".join(line.rstrip() for line in text.getvalue().splitlines()))
