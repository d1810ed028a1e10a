"""``territory-geo size`` and ``routes``: how many reps the work needs, and visits laid into weeks."""

from __future__ import annotations

import json as json_
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo.cli import options
from territory_geo.cli.app import app, messages
from territory_geo.cli.option_names import OPTION_NAMES
from territory_geo.cli.words import options_named
from territory_geo.errors import DataError, OptionError

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.study.work_keys import WorkKeys

Source = Annotated[Path, typer.Argument(metavar="SOURCE", help="Accounts: a table, or points on a map.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")]
Json = Annotated[bool, typer.Option("--json", help="Print the figures as JSON, and nothing else.")]


@app.command()
def size(
    source: Source,
    value: Annotated[str, typer.Option(metavar="MEASURE", help="What accounts are worth, such as potential_usd.")],
    out: Out,
    reps: Annotated[Path | None, typer.Option(metavar="FILE", help="Today's reps: rep_id, lon, lat.")] = None,
    role: Annotated[str | None, typer.Option(metavar="ROLE", help="Only reps with this role.")] = None,
    n_reps: Annotated[
        int | None, typer.Option(metavar="N", help="Today's number of reps, where there is no file of them.")
    ] = None,
    towns: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where reps can live: name, lon, lat. Default: US towns.")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option(metavar="HOURS", help="Hours a year of a rep. Default: the reps' mean.")
    ] = None,
    span: Annotated[int, typer.Option(metavar="N", help="How many reps more and less to look at.")] = 3,
    current: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Who has each account today: tells what must change rep.")
    ] = None,
    policy: options.Policy = None,
    visits: options.Visits = None,
    minutes: options.Minutes = None,
    segment: options.Segment = None,
    kind: options.Kind = None,
    day_hours: options.DayHours = None,
    max_nights: options.MaxNights = None,
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
    fix: options.Fix = None,
    keep: options.Keep = None,
    reject: options.Reject = None,
    json: Json = False,
) -> None:
    """Say how many reps the work needs, what each one brings, and where the next one should live.

    Example: territory-geo size accounts.csv --value potential_usd --reps reps.csv --out maps/size
    """
    with messages(options_named(OPTION_NAMES)):
        from territory_geo.geodata.reps import read_reps
        from territory_geo.render.report.words import counted
        from territory_geo.study.work import read_towns, workload_of, write_size
        from territory_geo.study.work_keys import SizeKeys

        data = options.data(
            source, layer=layer, id=id, lon=lon, lat=lat, postcode=postcode, town=town, state=state,
            postal_file=postal_file, country=country, planar=planar, crs=crs, encoding=encoding, delimiter=delimiter,
            decimal=decimal, fix=fix, keep=keep, reject=reject,
        )  # fmt: skip
        hours = options.work(policy, visits, minutes, segment, kind, day_hours, max_nights)
        work, units = _read(data, hours, [value])
        force = None if reps is None else read_reps(reps, crs="EPSG:4326" if units.geographic else None)
        force = force.with_role(role) if force is not None and role is not None else force
        if capacity is not None and not capacity > 0:
            raise OptionError(f"--capacity must be a number above 0. Got {capacity!r}.")
        if span < 0 or (n_reps is not None and n_reps < 1):
            raise OptionError("--span must be at least 0, --n-reps at least 1.")
        keys = SizeKeys(
            value=value, n_reps=n_reps, towns=None if towns is None else str(towns), capacity_hours=capacity, span=span,
            current=current,
        )  # fmt: skip
        workload = workload_of(work, geographic=units.geographic)
        sizing, files = write_size(units, workload, keys, force, read_towns(towns), out)
        name, x, y, saved = sizing.next_home
        if json:
            record = {
                "needed": sizing.needed, "current": sizing.current, "capacity_hours": sizing.capacity_hours,
                "next_home": {"name": name, "lon": x, "lat": y, "hours_saved": saved},
                "uncovered": len(sizing.uncovered),
                "sweep": json_.loads(sizing.sweep.reset_index().to_json(orient="records")),
            }  # fmt: skip
            typer.echo(json_.dumps(record, indent=2, ensure_ascii=False))
            return
        verb = "covers" if sizing.needed == 1 else "cover"
        typer.echo(f"{counted(sizing.needed, 'rep')} {verb} all visits; today there are {sizing.current}.")
        for row in sizing.sweep.reset_index().to_dict("records"):
            moves = (
                f", {100 * row['changes_rep']:.1f} % of accounts change rep at least" if "changes_rep" in row else ""
            )
            typer.echo(
                f"  {counted(row['reps'], 'rep')}: {row['hours']:,.0f} hours of {row['capacity']:,.0f}, "
                f"{100 * row['visits_covered']:.1f} % of the visits, {100 * row['potential_covered']:.1f} % of "
                f"{value}{moves}  {row['change']}"
            )
        typer.echo(f"One rep more saves most hours in {name}: {saved:,.0f} a year.")
        if len(sizing.uncovered):
            typer.echo(f"{len(sizing.uncovered):,} accounts are not reached in full: see uncovered.csv.")
        typer.echo(f"Written to {out}: {', '.join(files)}.")


@app.command()
def routes(
    source: Source,
    assignments: Annotated[
        Path, typer.Option(metavar="FILE", help="assignments.csv of a design: which account is in which territory.")
    ],
    out: Out,
    weeks: Annotated[int, typer.Option(metavar="N", help="How many weeks.")] = 4,
    first_week: Annotated[int, typer.Option(metavar="N", help="The first week of the year, from 0.")] = 0,
    start: Annotated[str, typer.Option(metavar="DATE", help="The first Monday.")] = "2026-01-05",
    territory: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this territory. Repeatable. Default: all.")
    ] = None,
    reps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Reps whose ids the territories carry: trips start at home.")
    ] = None,
    worth: Annotated[str | None, typer.Option(metavar="COLUMN", help="Which visits to keep where not all fit.")] = None,
    policy: options.Policy = None,
    visits: options.Visits = None,
    minutes: options.Minutes = None,
    segment: options.Segment = None,
    kind: options.Kind = None,
    day_hours: options.DayHours = None,
    max_nights: options.MaxNights = None,
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
    fix: options.Fix = None,
    keep: options.Keep = None,
    reject: options.Reject = None,
    json: Json = False,
) -> None:
    """Lay the visits of territories into days: tables and a calendar for each.

    Example: territory-geo routes accounts.csv --assignments maps/mine/assignments.csv --out maps/routes
    """
    with messages(options_named(OPTION_NAMES)):
        from territory_geo.render.report.words import counted
        from territory_geo.study.work import workload_of, write_routes
        from territory_geo.study.work_keys import RouteKeys

        try:
            monday = date.fromisoformat(start)
        except ValueError as error:
            raise OptionError(f"--start must be a date such as 2026-01-05. Got {start!r}.") from error
        if weeks < 1 or first_week < 0:
            raise OptionError("--weeks must be at least 1, --first-week at least 0.")
        data = options.data(
            source, layer=layer, id=id, lon=lon, lat=lat, postcode=postcode, town=town, state=state,
            postal_file=postal_file, country=country, planar=planar, crs=crs, encoding=encoding, delimiter=delimiter,
            decimal=decimal, fix=fix, keep=keep, reject=reject,
        )  # fmt: skip
        hours = options.work(policy, visits, minutes, segment, kind, day_hours, max_nights)
        work, units = _read(data, hours, [])
        plan = _assigned(units, assignments, reps)
        keys = RouteKeys(weeks=weeks, first_week=first_week, start=monday, territories=territory or [], worth=worth)
        table = write_routes(plan, workload_of(work, geographic=units.geographic), keys, out)
        if json:
            typer.echo(table.to_json(orient="index", indent=2))
            return
        for name, row in table.iterrows():
            verb = "does" if row["left"] == 1 else "do"
            left = f", {counted(int(row['left']), 'visit')} {verb} not fit: see left.csv" if row["left"] else ""
            typer.echo(
                f"  {name}: {row['visits']:.0f} visits, {row['visit_hours']:.0f} hours with customers, "
                f"{row['driving_hours']:.0f} on the road, {counted(int(row['nights']), 'night')} away{left}"
            )
        typer.echo(
            f"Written to {out}: routes.csv, and for each territory visits.csv, days.csv, left.csv, calendar.ics "
            f"and, with matplotlib, weeks.png."
        )


def _read(data: dict[str, Any], work: dict[str, Any] | None, measures: list[str]) -> tuple[WorkKeys, BasicUnits]:
    """Return how reps work, and the accounts of a file as a study reads them."""
    from territory_geo.render.report.words import counted
    from territory_geo.study import checked_study
    from territory_geo.study.stating import load_units
    from territory_geo.study.work_keys import WorkKeys

    content = {
        "data": data, "workload": work or {}, "design": {"territories": 1, "balance": {"workload": 1.0}},
    }  # fmt: skip
    study = checked_study(content, "The command", OPTION_NAMES)
    keys = study.workload or WorkKeys()
    units = load_units(study.data, Path(), ["visits_per_year", "visit_minutes", *measures], keys)
    if len(units.rejects):
        said = f"{counted(len(units.rejects), 'row')} of {data['accounts']} cannot be used"
        first = units.rejects.iloc[0]
        typer.echo(f"{said}, such as row {first['row']}: {first['reason']}", err=True)
    return keys, units


def _assigned(units: BasicUnits, assignments: Path, reps: Path | None) -> TerritoryPlan:
    """Return the plan that a table of assignments says."""
    import pandas as pd

    from territory_geo.geodata.readers.tables import read_delimited
    from territory_geo.geodata.reps import read_reps
    from territory_geo.plan.objective import Travel
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.render.report.words import counted

    if not assignments.is_file():
        raise DataError(f"{assignments} does not exist or is no file. Check the spelling, or give the full path.")
    table = read_delimited(assignments)
    missing = [name for name in ("id", "territory") if name not in table]
    if missing:
        raise DataError(f"{assignments} has no column {', '.join(missing)}. Name the assignments.csv of a design.")
    owner = dict(zip(table["id"].astype(str), table["territory"].astype(str), strict=True))
    held: dict[str, set[str]] = {}
    unassigned = []
    for account, unit in units.unit_of.items():
        if account in owner:
            held.setdefault(unit, set()).add(owner[account])
        else:
            unassigned.append(account)
    torn = sorted(unit for unit, owners in held.items() if len(owners) > 1)
    if unassigned or torn:
        what = (
            f"gives no territory to {counted(len(unassigned), 'account')}, such as {unassigned[0]}"
            if unassigned
            else f"gives the accounts on the spot of {torn[0]} several territories"
        )
        raise DataError(f"{assignments} {what}. It must come from a design of the same accounts.")
    labels = pd.Series([next(iter(held[unit])) for unit in units.ids], index=units.frame.index)
    force = None if reps is None else read_reps(reps, crs="EPSG:4326" if units.geographic else None)
    problem = TerritoryProblem(
        units, n_territories=0 if force is not None else labels.nunique(), balance={"accounts": 1.0}, reps=force,
        objective=Travel(center="unit" if force is None else "home"),
    )  # fmt: skip
    return TerritoryPlan(problem, labels)
