"""``territory-geo advise``: territories, account teams or both, from three designs of the same company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from territory_geo.cli import options
from territory_geo.cli.app import app, messages
from territory_geo.cli.parts import formulas, tolerances
from territory_geo.cli.words import options_named
from territory_geo.errors import OptionError

NAMES = {
    "design.reps": "--reps", "design.balance": "--balance", "teams.people": "--people", "teams.roles": "--roles",
    "advise.value": "--value", "advise.growth": "--growth", "segments.thresholds.named": "--named",
    "segments.named_file": "--named-file", "search.iterations": "--iterations", "data.measures": "--measure",
    "hybrid.reps_own": "--reps-own",
}  # fmt: skip
"""What the command calls a study's keys."""


@app.command()
def advise(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Accounts: a file with coordinates, postcodes or towns.")
    ],
    reps: Annotated[Path, typer.Option(metavar="FILE", help="Territory reps: rep_id, lon, lat, capacity_hours.")],
    people: Annotated[Path, typer.Option(metavar="FILE", help="People of teams: the same, and role.")],
    balance: Annotated[
        list[str],
        typer.Option(
            metavar="MEASURE[:SHARE]",
            help="What territories balance; the first is hours a year, with the way where hours should hold it.",
        ),
    ],
    value: Annotated[str, typer.Option(metavar="COLUMN", help="What an account is worth a year.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    named: Annotated[
        list[str] | None,
        typer.Option(metavar="MEASURE:AMOUNT", help="An account of at least this is named. Repeatable: any of them."),
    ] = None,
    named_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Instead: a table with account_id, perhaps owner.")
    ] = None,
    segment: Annotated[
        str,
        typer.Option(metavar="COLUMN", help="Segments of accounts that are not named, where there is such a column."),
    ] = "segment",
    roles: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML with [[role]]: what a team is.")] = None,
    reps_own: Annotated[
        str, typer.Option(metavar="WHO", help="Reps who may own named accounts as well: none, today (as now), all.")
    ] = "none",
    measure: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FORMULA", help="A measure from columns. Repeatable.")
    ] = None,
    weight: Annotated[str | None, typer.Option(metavar="MEASURE", help="What counts trips.")] = None,
    contacts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Contacts: who decides at each account.")
    ] = None,
    opportunities: Annotated[Path | None, typer.Option(metavar="FILE", help="Opportunities: deals, cycles.")] = None,
    growth: Annotated[
        list[str] | None,
        typer.Option(metavar="SEGMENT:SHARE", help="Accounts more a year; * is the rest. Default 5 %."),
    ] = None,
    years: Annotated[int, typer.Option(metavar="N", help="How far to look.")] = 3,
    cost_per_hour: Annotated[float, typer.Option(metavar="AMOUNT", help="Of an hour of anybody.")] = 75.0,
    margin: Annotated[float, typer.Option(metavar="SHARE", help="What stays of what is sold.")] = 0.3,
    reach: Annotated[float, typer.Option(metavar="N", help="Stakeholders whom one rep keeps up with.")] = 3.0,
    iterations: Annotated[int, typer.Option(metavar="N", help="Of each territory search.")] = 10,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the search.")] = 0,
    id: options.Id = None,
    lon: options.Lon = None,
    lat: options.Lat = None,
) -> None:
    """Say which sales model fits, per segment and for the company, from three solved designs.

    Example: territory-geo advise data/accounts.csv --reps data/reps.csv --people data/team.csv --balance visit_hours
    --value potential_usd --named potential_usd:750000 --out maps/advice
    """
    with messages(options_named(NAMES)):
        from territory_geo.render.advice import write_advice
        from territory_geo.render.export import require_writable
        from territory_geo.study.advise import advice_of
        from territory_geo.study.schema import checked_study

        require_writable(out)
        loads = tolerances(balance)
        content: dict[str, Any] = {
            "name": "advice",
            "data": {"source": source, "id": id, "lon": lon, "lat": lat, "measures": formulas(measure or [])},
            "design": {"reps": str(reps), "center": "home", "balance": loads, "weight": weight, "detour": 1.3},
            "segments": {"thresholds": {"named": _amounts(named or [], "--named")} if named else {},
                         "named_file": None if named_file is None else str(named_file)},
            "teams": {"people": str(people), "roles": None if roles is None else str(roles), "gap": 0.02},
            "hybrid": {"hours": next(iter(loads)), "reps_own": reps_own, "turns": 4, "exchanges": 2},
            "advise": {
                "value": value, "segment": segment, "years": years, "cost_per_hour": cost_per_hour, "margin": margin,
                "reach": reach, "growth": _amounts(growth, "--growth") if growth else {"*": 0.05},
                "contacts": None if contacts is None else str(contacts),
                "opportunities": None if opportunities is None else str(opportunities),
            },
            "search": {"seed": seed, "iterations": iterations},
        }  # fmt: skip
        study = checked_study(content, "The command", NAMES)
        from territory_geo.progress import live

        with live("advise") as progress:
            advice = advice_of(study, Path(), progress)
        written = write_advice(advice, out)
        typer.echo(advice.text)
        typer.echo(f"Written to {out}: {', '.join(written)}.")


def _amounts(texts: list[str], option: str) -> dict[str, float]:
    """Return name → amount of texts "NAME:AMOUNT"."""
    found: dict[str, float] = {}
    for text in texts:
        name, _, amount = text.rpartition(":")
        try:
            found[name] = float(amount.removesuffix("%")) / (100 if amount.endswith("%") else 1)
        except ValueError:
            name = ""
        if not name:
            raise OptionError(f"{option} must be NAME:AMOUNT, such as potential_usd:500000 or smb:0.05. Got {text!r}.")
    return found
