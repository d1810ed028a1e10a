"""Options of commands: which column is what, what becomes of dirty rows, and the rules of a design."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from territory_geo.errors import OptionError

Layer = Annotated[str | None, typer.Option(metavar="NAME", help="Layer or sheet of a file that has several.")]
Planar = Annotated[bool, typer.Option("--planar", help="A table's coordinates are metres in a plane.")]
Crs = Annotated[str | None, typer.Option(metavar="NAME", help="Reference system of a table, such as EPSG:25832.")]
Encoding = Annotated[str | None, typer.Option(metavar="NAME", help="Of a text file, such as cp1252.")]
Delimiter = Annotated[str | None, typer.Option(metavar="CHARACTER", help="Of a text file.")]
Decimal = Annotated[str | None, typer.Option(metavar=".|,", help="Decimal sign of amounts as text.")]
Id = Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="Column with the ids.")]
Lon = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the longitudes (x).")]
Lat = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the latitudes (y).")]
Postcode = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column with postcodes, for rows without coordinates.")
]
Town = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with towns, likewise.")]
State = Annotated[str | None, typer.Option(metavar="COLUMN", help="Column with the towns' states.")]
PostalFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Postcodes from GeoNames. Default: those of the United States.")
]
Country = Annotated[
    str | None, typer.Option(metavar="CODE", help="Two letters, where that file holds several countries.")
]
Fix = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE", help="Mend these rows: swapped, sign_lost, negative_measure, … Repeatable."),
]
Keep = Annotated[
    list[str] | None, typer.Option(metavar="RULE", help="Leave these rows: swapped, sign_lost. Repeatable.")
]
Reject = Annotated[
    list[str] | None, typer.Option(metavar="RULE", help="Refuse these rows: off_land, far_outlier, … Repeatable.")
]

Current = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of the accounts with the rep who has each today.")
]
Disruption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MEASURE:SHARE[:PER]",
        help="How much may change rep: revenue:0.05 (or 5%) of all, accounts:0.2:territory of each rep's, "
        "revenue:0.1:segment of each value of that column. Needs --current. Repeatable.",
    ),
]
Together = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Accounts that share a value (a parent's id) stay together. Repeatable."),
]
Apart = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Accounts to keep apart: columns a,b (pairs) or id,group.")
]
MaxRadius = Annotated[
    float | None, typer.Option(metavar="KM", help="No account is farther from its territory's centre.")
]
AccountCounts = Annotated[
    str | None, typer.Option("--accounts", metavar="LEAST:MOST", help="Accounts per territory, such as 80:200.")
]
HomeInside = Annotated[bool, typer.Option("--home-inside", help="Each rep's territory contains the rep's home.")]
KeepWhole = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN:COST[:MOST]",
        help="Each further territory of a state (or another column's value) costs so many km of mean travel, and there "
        "are at most MOST of them; COLUMN:inf: never divided. Repeatable.",
    ),
]
Border = Annotated[
    float | None, typer.Option(metavar="COST", help="Each km of border between territories costs so much of it.")
]
Overlap = Annotated[
    float | None,
    typer.Option(metavar="COST", help="What it costs if all trips went to places nearer to another centre."),
]

Policy = Annotated[
    str | None,
    typer.Option(metavar="FILE|default", help="Call policy (CSV or TOML) for accounts without visits of their own."),
]
Visits = Annotated[str | None, typer.Option(metavar="COLUMN", help="Visits a year. Default: visits_per_year.")]
Minutes = Annotated[str | None, typer.Option(metavar="COLUMN", help="Minutes of a visit. Default: visit_minutes.")]
Segment = Annotated[str | None, typer.Option(metavar="COLUMN", help="What the call policy knows as segment.")]
Kind = Annotated[str | None, typer.Option(metavar="COLUMN", help="What the call policy knows as kind.")]
DayHours = Annotated[
    float | None, typer.Option(metavar="HOURS", help="Length of a working day, driving included. Default: 8.")
]
MaxNights = Annotated[
    int | None, typer.Option(metavar="N", help="Most nights away in one trip; 0: home every evening. Default: 4.")
]

TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="Search budget in time. Where no plan is found, the reasons are looked for besides: up to a minute.",
    ),
]
SavePlan = Annotated[
    bool, typer.Option("--save-plan", help="Also keep the plan itself, in saved/, for later commands such as report.")
]
Report = Annotated[bool, typer.Option("--report", help="Also write report.html, which prints, and report.xlsx.")]


def ranged(text: str | None) -> dict[str, Any] | None:
    """Return lower and upper of a text "LEAST:MOST"; the study's check judges the values."""
    if text is None:
        return None
    least, colon, most = (part.strip() for part in text.partition(":"))
    if not (colon and least.isdigit() and most.isdigit()):
        raise OptionError(f"--accounts must be LEAST:MOST in whole numbers, such as 80:200. Got {text!r}.")
    return {"lower": int(least), "upper": int(most)}


def data(accounts: Path, **given: Any) -> dict[str, Any]:
    """Return a study's table of data for a file of accounts; `given` are the options above by name."""
    lists = {name: given.pop(name) or [] for name in ("fix", "keep", "reject")}
    texts = {name: str(value) if isinstance(value, Path) else value for name, value in given.items()}
    return {"accounts": str(accounts), **texts, **lists}


def work(
    policy: str | None,
    visits: str | None,
    minutes: str | None,
    segment: str | None,
    kind: str | None,
    day_hours: float | None,
    max_nights: int | None,
    *,
    asked: bool = True,
) -> dict[str, Any] | None:
    """Return a study's table of work with what is given; None where nothing is, and no workload is asked for."""
    given = {
        "policy": policy, "visits": visits, "minutes": minutes, "segment": segment, "kind": kind,
        "day_hours": day_hours, "max_nights": max_nights,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    return given if given or asked else None


def containers(texts: list[str]) -> list[dict[str, Any]]:
    """Return column and cost (or a limit of none) of texts "COLUMN:COST"."""
    found: list[dict[str, Any]] = []
    for text in texts:
        column, cost, *most = [part.strip() for part in text.split(":")] if ":" in text else ["", ""]
        if not (column and cost) or len(most) > 1 or not all(part.isdigit() for part in most):
            raise OptionError(
                f"--keep-whole must be COLUMN:COST, such as state:0.5, with at most so many further territories "
                f"state:0.5:40, or state:inf. Got {text!r}."
            )
        one: dict[str, Any] = (
            {"column": column, "limit": 0} if cost == "inf" else {"column": column, "cost": number(cost)}
        )
        found.append(one | ({"limit": int(most[0])} if most else {}))
    return found


def budgets(texts: list[str]) -> list[dict[str, Any]]:
    """Return shares by measure and group of texts "MEASURE:SHARE[:PER]"."""
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        measure, share, per = (*(part.strip() for part in text.split(":")), "plan")[:3] if ":" in text else ("", "", "")
        if not (measure and share and per) or text.count(":") > 2:
            raise OptionError(f"--disruption must be MEASURE:SHARE[:PER], such as revenue:0.05. Got {text!r}.")
        if measure in found.setdefault(per, {}):
            raise OptionError(f"--disruption names {measure!r} more than once. Give each measure one share.")
        found[per][measure] = number(share)
    return [{"share": shares, "per": per} for per, shares in found.items()]


def number(text: str) -> Any:
    """Return a number, also of per cent; other text as it is, for the study's check to judge."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return text
