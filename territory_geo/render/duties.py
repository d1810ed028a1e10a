"""Account teams as files: tables, and a plain page that says who owns, who supports and who is informed.

Tables are read back and verified before they get their names. The page has no script and needs no network; every
text of the data is escaped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo._version import __version__
from territory_geo.errors import VerificationError
from territory_geo.geodata.ids import texts
from territory_geo.plan.teams.verify import verify_teams
from territory_geo.render import sheet
from territory_geo.render.export import named_failures, require_writable

if TYPE_CHECKING:
    from territory_geo.optimize.teams.solution import TeamSolution
    from territory_geo.plan.teams.plan import TeamPlan

FILES = ("teams.csv", "duties.csv", "people.csv", "teams.json", "duties.html", "shortages.csv")
"""Every file that account teams may write."""
_HEADS = {"owns": "Owns", "supports": "Supports", "informed": "Is informed"}


def write_teams(
    solution: TeamSolution,
    directory: str | os.PathLike[str],
    *,
    territories: Mapping[str, str] | pd.Series | None = None,
    title: str = "Account teams",
) -> list[str]:
    """Write teams, or the reasons why there are none.

    Parameters
    ----------
    solution : TeamSolution
        With a plan: teams.csv, duties.csv, people.csv, teams.json and duties.html. Without: shortages.csv, teams.json,
        and the nearest teams in the folder ``nearest``, with places empty.
    directory : path
        Made if needed. Files of an earlier run are replaced.
    territories : mapping of account to territory or rep, optional
        Who is informed because the account lies in their territory.
    title : str
        Headline of the page.

    Returns
    -------
    list of str
        What was written.

    Raises
    ------
    VerificationError
        If the teams as they were written fail their check; nothing is left then.
    DataError
        If the folder cannot be written.
    """
    folder = Path(directory)
    require_writable(folder)
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / "nearest", ignore_errors=True)
        record = _record(solution)
        if solution.plan is None:
            _csv(solution.shortages, folder / "shortages.csv")
            written = ["shortages.csv", "teams.json"]
            if solution.nearest is not None:
                (folder / "nearest").mkdir()
                _csv(solution.nearest.table, folder / "nearest" / "teams.csv")
                written.append("nearest/teams.csv")
        else:
            stage = folder / ".unverified.csv"
            _csv(solution.plan.table, stage)
            read = pd.read_csv(stage, dtype=str, keep_default_na=False)
            check = verify_teams(solution.plan.problem, read)
            if not check.ok:
                stage.unlink()
                raise VerificationError(f"The written teams fail their check ({'; '.join(check.failures[:5])}).")
            record["verified"] = [name for name, _, _ in check.checks]
            stage.replace(folder / "teams.csv")
            _csv(solution.plan.duties(territories=territories), folder / "duties.csv")
            _csv(solution.plan.people.reset_index(), folder / "people.csv")
            page = duties_page(solution.plan, territories=territories, title=title)
            (folder / "duties.html").write_text(page, encoding="utf-8", newline="\n")
            written = ["teams.csv", "duties.csv", "people.csv", "teams.json", "duties.html"]
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "teams.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return written


def duties_page(
    plan: TeamPlan, *, territories: Mapping[str, str] | pd.Series | None = None, title: str = "Account teams"
) -> str:
    """Return the page: a row per account, with who owns, who supports and who is informed.

    Parameters
    ----------
    plan : TeamPlan
    territories : mapping, optional
        As in `write_teams`.
    title : str

    Returns
    -------
    str
        HTML, complete, without scripts.
    """
    duties = plan.duties(territories=territories)
    rows = []
    for (_, account), held in duties.groupby([duties["account_name"].str.casefold(), "account"], sort=True):
        name = str(held["account_name"].iloc[0])
        cells = [f"{escape(name or str(account))}{f'<small>{escape(str(account))}</small>' if name else ''}"]
        for duty in _HEADS:
            mine = held[held["duty"] == duty].to_dict("records")
            cells.append("".join(person_cell({str(k): str(v) for k, v in row.items()}) for row in mine))
        rows.append(cells)
    lead = (
        '<p class="soft">One person owns each account; those who support it work there too; those who are informed '
        "hear of what happens.</p>\n"
    )
    accounts = sheet.table([(head, False) for head in ("Account", *_HEADS.values())], rows, stacked=True)
    return sheet.sheet(
        title, f"{lead}{_tiles(plan, duties)}\n<h2>Accounts</h2>\n{accounts}\n<h2>People</h2>\n{_people(plan)}"
    )


def _tiles(plan: TeamPlan, duties: pd.DataFrame) -> str:
    """Return the figures on top: accounts, people, the fullest calendar, places that nobody has."""
    people, names = plan.people, _names(plan)
    busy = int((people["accounts"] > 0).sum())
    fullest = str(people["use_share"].idxmax())
    empty = int((duties["person"] == "").sum())
    figures = [
        ("Accounts", f"{duties['account'].nunique():,}", "each with one owner", "blue"),
        ("People on teams", f"{busy:,}", f"of {len(people):,}", "blue"),
        ("Fullest calendar", f"{100 * people['use_share'].max():.0f} %", names[fullest], "gold"),
    ]
    if empty:
        figures.append(("Places nobody has", f"{empty:,}", "marked below", "gold"))
    return sheet.tiles(figures)


def _people(plan: TeamPlan) -> str:
    """Return a row per person: role, accounts, hours with a bar of how full the year is; by role, the fullest first."""
    names, table = _names(plan), plan.people
    order = table.sort_index().sort_values(["role", "use_share"], ascending=[True, False], kind="stable")
    rows = []
    for person, row in zip(order.index, order.to_dict("records"), strict=True):
        said = f"{row['hours']:,.0f} of {row['capacity_hours']:,.0f} hours"
        rows.append(
            [
                escape(names[str(person)]), escape(str(row["role"]).replace(";", ", ")), f"{row['accounts']:,}",
                f"<span>{said}</span>{sheet.bar([(float(row['use_share']), 'blue')], said)}",
            ]
        )  # fmt: skip
    heads = [("Person", False), ("Role", False), ("Accounts", True), ("Hours a year", False)]
    return sheet.table(heads, rows, stacked=True)


def _names(plan: TeamPlan) -> dict[str, str]:
    """Return what each person is called: the name, else the id."""
    people = plan.problem.people
    given = texts(people["name"]) if "name" in people.columns else [""] * len(people)
    return {str(person): str(name) or str(person) for person, name in zip(people.index, given, strict=True)}


def person_cell(row: Mapping[str, str]) -> str:
    """Return a person with their role and products, escaped; a place that nobody has says so."""
    what = row["role"] + (f", {row['products'].replace(';', ', ')}" if row["products"] else "")
    if not row["person"]:
        return f'<div><span class="nobody">nobody</span><small>{escape(what)}</small></div>'
    name = row["person_name"] or row["person"]
    return f"<div>{escape(name)}<small>{escape(what)}</small></div>"


def _record(solution: TeamSolution) -> dict[str, object]:
    return {
        "status": str(solution.status), "cost": solution.cost, "bound": solution.bound, "gap": solution.gap,
        "reasons": list(solution.reasons), "notes": list(solution.notes), "work": round(solution.work, 3),
        "runtime_s": round(solution.runtime_s, 2), "version": __version__,
    }  # fmt: skip


def _csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
