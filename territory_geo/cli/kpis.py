"""``territory-geo kpis``: what each territory, rep, team and manager is measured by, from a plan and a CRM."""

from __future__ import annotations

import json as json_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory_geo.cli.app import app, messages

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.analyze.kpis import Alignment
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan

TABLES = ("contacts", "activities", "opportunities", "orders", "leads", "people")


@app.command()
def kpis(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A customer table, or the folder of a plan that was saved.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    crm: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder with contacts, activities, opportunities, orders, leads, people."),
    ] = None,
    contacts: Annotated[Path | None, typer.Option(metavar="FILE", help="One table by itself.")] = None,
    activities: Annotated[Path | None, typer.Option(metavar="FILE", help="Likewise.")] = None,
    opportunities: Annotated[Path | None, typer.Option(metavar="FILE", help="Likewise.")] = None,
    orders: Annotated[Path | None, typer.Option(metavar="FILE", help="Likewise.")] = None,
    leads: Annotated[Path | None, typer.Option(metavar="FILE", help="Likewise.")] = None,
    people: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who sells: id, team, manager, yearly cost.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD",
            help="2025, 2025-H1, 2025-Q3, 2025-07 or 2025-01-15/2025-03-31. "
            "Default: the last twelve whole months of the data.",
        ),
    ] = None,
    against: Annotated[
        str,
        typer.Option(
            metavar="before|year", help="Compare with the period right before it, or the same time a year earlier."
        ),
    ] = "before",
    territory: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of a customer table: whose territory an account is in today.")
    ] = None,
    assignments: Annotated[
        Path | None, typer.Option(metavar="FILE", help="assignments.csv of a design, instead of --territory.")
    ] = None,
    coverage: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="account_id, motion (territory or account), owner, team. Accounts that are "
            "not in it are covered by territory.",
        ),
    ] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Who looks after an account covered by territory.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LEVEL",
            help="company, territory, rep, team, manager, account (named ones) or a column such as state. Repeatable.",
        ),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="KPI", help="Only these, by name or title, see definitions.html. Repeatable."),
    ] = None,
    both: Annotated[
        bool, typer.Option("--both", help="All KPIs for all accounts; those of the other way of selling are labelled.")
    ] = False,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="kpi, value (50 % or 0.5), optionally per (year), level, key.")
    ] = None,
    market: Annotated[str | None, typer.Option(metavar="COLUMN", help="What each account could buy a year.")] = None,
    within: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Of the ranking: each class, such as segment, is compared for itself."),
    ] = None,
    margin: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Share of revenue that is margin, for lifetime value.")
    ] = None,
    discount: Annotated[float, typer.Option(metavar="SHARE", help="Yearly discount rate of lifetime value.")] = 0.10,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="In which to report.")] = None,
    rate: Annotated[
        list[str] | None, typer.Option(metavar="CODE=NUMBER", help="What one unit of another currency is worth in it.")
    ] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How 3/4/2025 is meant, where a file leaves it open."),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Headline of the scorecards.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, and nothing else.")] = False,
) -> None:
    """Measure territories and named accounts, each by its own figures.

    Writes kpis.csv, kpis.xlsx, kpis.json, scores.csv, scorecards.html, definitions.html, with --market ranking.csv
    and ranking.html, for named accounts accounts.html and influence.html, and what became of the records:
    crm_rejects.csv and crm_findings.csv.

    Example: territory-geo kpis data/accounts.csv --territory current_rep --crm data --period 2025 --out maps/kpis
    """
    with messages():
        from territory_geo.render.export import require_writable
        from territory_geo.study.figures import KpiKeys, tell, write_told

        require_writable(out)
        keys = KpiKeys(
            crm=None if crm is None else str(crm), period=period, against=against,
            coverage=None if coverage is None else str(coverage),
            targets=None if targets is None else str(targets), owner=owner, by=by or [], measures=measure or [],
            both=both, market=market, within=within, margin=margin, discount=discount, currency=currency,
            rates=_rates(rate or []), day_first=day_first,
        )  # fmt: skip
        plan, accounts = _aligned(source, territory, assignments)
        given = (contacts, activities, opportunities, orders, leads, people)
        files = {name: path for name, path in zip(TABLES, given, strict=True) if path is not None}
        told = tell(plan, keys, Path(), accounts=accounts, files=files)
        written = write_told(told, out, title=title)
        if json:
            from territory_geo.render.kpis.files import kpi_record

            record = {**kpi_record(told.table), "input": _input(told.records)}
            typer.echo(json_.dumps(record, indent=1, ensure_ascii=False))
        else:
            _show(told.table, told.records, out, written)


def _aligned(
    source: Path, territory: str | None, assignments: Path | None
) -> tuple[TerritoryPlan | Alignment, Accounts | None]:
    """Return who is where: a saved plan, or a customer table with a column or a file of assignments."""
    from territory_geo.analyze.kpis import Alignment
    from territory_geo.errors import DataError, OptionError
    from territory_geo.geodata.accounts import read_accounts
    from territory_geo.geodata.readers.sources import load
    from territory_geo.plan.storage import RECORD, load_plan

    if (source / RECORD).is_file():
        if territory or assignments:
            raise OptionError(f"{source} is a saved plan: leave out --territory and --assignments.")
        return load_plan(source), None
    if (territory is None) == (assignments is None):
        raise OptionError(
            "Say whose territory each account is in: --territory COLUMN (such as current_rep), or --assignments FILE "
            "(assignments.csv of a design); one of the two."
        )
    accounts = read_accounts(source)
    if territory is not None:
        return Alignment.from_accounts(accounts, territory), accounts
    table = load(str(assignments)).frame
    missing = [name for name in ("id", "territory") if name not in table.columns]
    if missing:
        raise DataError(f"{assignments} has no column {missing[0]!r}. Name the assignments.csv of a design.")
    by_id = table.set_index("id")["territory"]
    return Alignment.from_accounts(accounts, by_id, by_rep=False), accounts


def _rates(texts: list[str]) -> dict[str, float]:
    from territory_geo.errors import OptionError

    rates = {}
    for text in texts:
        code, _, number = text.partition("=")
        try:
            rates[code.strip()] = float(number)
        except ValueError as error:
            raise OptionError(f"--rate must be CODE=NUMBER, such as EUR=1.08. Got {text!r} instead.") from error
    return rates


def _input(records: CRM) -> dict[str, dict[str, object]]:
    return {
        name: {"source": t.source, "sha256": t.sha256, "rows_read": t.rows_read, "rows_used": len(t),
               "rows_rejected": len(t.rejects)}
        for name, t in records.tables.items()
    }  # fmt: skip


def _show(table: pd.DataFrame, records: CRM, out: Path, written: list[str]) -> None:
    """Print what was read, the company's figures and what has to be said of them."""
    from territory_geo.cli.figures import print_figures

    for name, entry in _input(records).items():
        typer.echo(f"{name}: {entry['rows_read']:,} rows read, {entry['rows_used']:,} used, "
                   f"{entry['rows_rejected']:,} rejected.")  # fmt: skip
    print_figures(table)
    typer.echo(f"\nWritten to {out}: {', '.join(written)}.")
