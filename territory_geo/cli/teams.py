"""``territory-geo teams``: named accounts, the people for them, and who does what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from territory_geo.cli import options
from territory_geo.cli.app import app, messages
from territory_geo.cli.words import options_named
from territory_geo.errors import DataError, OptionError

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.demand.segments import Segments


@app.command()
def teams(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Accounts: a file with coordinates, postcodes or towns.")
    ],
    people: Annotated[
        Path, typer.Option(metavar="FILE", help="People: rep_id, lon, lat, role, capacity_hours; skills, …")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    named: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MEASURE:AMOUNT",
            help="An account of at least this is named; families count as one. Repeatable: any of them. "
            "Default: accounts whose column segment says named.",
        ),
    ] = None,
    roles: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="TOML with [[role]] and [prices]. Default: the usual team, as people have it."
        ),
    ] = None,
    conflicts: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Accounts with the same entry compete: nobody has two.")
    ] = None,
    apart: Annotated[bool, typer.Option("--apart", help="Parents and subsidiaries need not share people.")] = False,
    territories: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="assignments.csv of a design: who has the territory is informed."),
    ] = None,
    gap: Annotated[float, typer.Option(metavar="SHARE", help="Stop once this near to the least possible cost.")] = 0.0,
    work: Annotated[float, typer.Option(metavar="N", help="Most work for each role; about seconds.")] = 20.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the search.")] = 0,
    id: options.Id = None,
    lon: options.Lon = None,
    lat: options.Lat = None,
    json: Annotated[bool, typer.Option("--json", help="Print teams.json, and nothing else.")] = False,
) -> None:
    """Give each named account its team: who owns it, who supports, who is informed.

    Example: territory-geo teams data/accounts.csv --people data/team.csv --named potential_usd:750000 --out maps/teams
    """
    with messages(options_named({})):
        from territory_geo.geodata.accounts import read_accounts
        from territory_geo.geodata.reps import read_reps
        from territory_geo.optimize.teams import solve_teams
        from territory_geo.plan.teams.problem import TeamProblem
        from territory_geo.render.duties import write_teams
        from territory_geo.render.export import named_failures, require_writable
        from territory_geo.study.roles import roles_of

        if not 0 <= gap < 1:
            raise OptionError(f"--gap must be a share from 0 to below 1. Got {gap!r}.")
        if not work > 0:
            raise OptionError(f"--work must be a number above 0. Got {work!r}.")
        require_writable(out)
        accounts = read_accounts(source, id=id, lon=lon, lat=lat)
        staff = read_reps(people, crs="EPSG:4326" if accounts.frame.crs is not None else None)
        thresholds = _thresholds(named or [])
        segments = _segments(accounts, thresholds)
        chosen = _named(accounts, segments)
        team, prices, absent = roles_of(roles, staff)
        problem = TeamProblem(chosen, staff, team, prices=prices, conflicts=conflicts or (), together=not apart)
        solution = solve_teams(problem, gap=gap, work=work, seed=seed)
        written = write_teams(solution, out, territories=_territories(territories))
        if segments is not None:
            with named_failures(out):
                segments.frame.to_csv(out / "segments.csv", lineterminator="\n", encoding="utf-8")
                segments.sensitivity().to_csv(out / "sensitivity.csv", index=False, lineterminator="\n")
            written += ["segments.csv", "sensitivity.csv"]
        if json:
            typer.echo((out / "teams.json").read_text(encoding="utf-8").rstrip())
        else:
            said = [
                f"{accounts.rows_read:,} rows read, {len(accounts.rejects):,} rejected; {len(chosen):,} named accounts."
            ]
            said += [f"Nobody is {name}: the teams have none." for name in absent]
            said += [f"Not compared: {note}." for note in solution.notes]
            typer.echo("\n".join(said))
            _say(solution)
            typer.echo(f"Written to {out}: {', '.join(written)}.")
        raise typer.Exit(solution.status.exit_code)


def _say(solution: Any) -> None:
    if solution.plan is None:
        for reason in solution.reasons:
            typer.echo(f"  {reason}", err=True)
        return
    proof = (
        "no teams cost less" if solution.gap == 0 else f"no teams can cost more than {100 * solution.gap:.2g} % less"
    )
    typer.echo(f"Revenue at risk, travel and poor fit cost {solution.cost:,.0f} a year; {proof}.")
    known = solution.plan.problem.people
    for name, row in solution.plan.people.iterrows():
        called = "" if "name" not in known.columns else f" {known.at[name, 'name']}"
        accounts = f"{row['accounts']:.0f} account{'' if row['accounts'] == 1 else 's'}"
        typer.echo(
            f"  {name}{called} ({row['role']}): {accounts}, {row['hours']:,.0f} of {row['capacity_hours']:,.0f} hours"
        )


def _thresholds(texts: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, _, amount = text.rpartition(":")
        try:
            found[name] = float(amount)
        except ValueError:
            name = ""
        if not name:
            raise OptionError(f"--named must be MEASURE:AMOUNT, such as potential_usd:500000. Got {text!r}.")
    return found


def _segments(accounts: Any, thresholds: dict[str, float]) -> Segments | None:
    from territory_geo.demand.profile import SegmentRules
    from territory_geo.demand.segments import segment_accounts

    return segment_accounts(accounts, SegmentRules({"named": thresholds})) if thresholds else None


def _named(accounts: Any, segments: Segments | None) -> pd.DataFrame:
    """Return the named accounts, by their ids."""
    from territory_geo.geodata.families import account_table

    table = account_table(accounts)
    if segments is not None:
        chosen = table[table.index.isin(segments.accounts("named"))]
        what = "reaches what --named asks for"
    elif "segment" in table.columns:
        chosen = table[table["segment"].astype(str).str.strip().str.casefold() == "named"]
        what = "has 'named' in the column segment; give --named MEASURE:AMOUNT instead"
    else:
        raise DataError("The accounts have no column 'segment' that says which are named. Give --named MEASURE:AMOUNT.")
    if chosen.empty:
        raise DataError(f"None of the {len(table):,} accounts {what}.")
    return chosen.drop(columns=["id", "account_id"], errors="ignore").assign(account_id=chosen.index.to_numpy())


def _territories(path: Path | None) -> dict[str, str] | None:
    """Return account → territory of an assignments.csv."""
    from territory_geo.geodata.readers.tables import read_delimited

    if path is None:
        return None
    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file. Check the spelling, or give the full path.")
    table = read_delimited(path)
    missing = [name for name in ("id", "territory") if name not in table]
    if missing:
        raise DataError(f"{path} has no column {', '.join(missing)}. Name the assignments.csv of a design.")
    return dict(zip(table["id"].astype(str), table["territory"].astype(str), strict=True))
