"""A hybrid plan as files: who covers each account, everybody's hours, and a page that says both.

Tables are read back and verified before they get their names; every text of the data is escaped.
"""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo._version import __version__
from territory_geo.errors import VerificationError
from territory_geo.plan.hybrid.plan import TERRITORY
from territory_geo.plan.hybrid.verify import verify_hybrid
from territory_geo.render import sheet
from territory_geo.render.duties import person_cell
from territory_geo.render.export import named_failures, require_writable
from territory_geo.render.map import plan_map

if TYPE_CHECKING:
    from territory_geo.optimize.hybrid.solution import HybridSolution
    from territory_geo.plan.hybrid.plan import HybridPlan

FILES = (
    "coverage.csv", "duties.csv", "teams.csv", "people.csv", "turns.csv", "hybrid.json", "hybrid.html",
    "hybrid_map.html",
)  # fmt: skip
"""Every file that a hybrid plan may write, besides those of its territories."""


def write_hybrid(
    solution: HybridSolution, directory: str | os.PathLike[str], *, title: str = "Territories and account teams"
) -> list[str]:
    """Write a hybrid plan, or what its search came to.

    Parameters
    ----------
    solution : HybridSolution
        With a plan: coverage.csv (a row per account), duties.csv (a row per account and person), teams.csv, people.csv,
        turns.csv, hybrid.json, hybrid.html and hybrid_map.html (territories, and named accounts with their teams).
        Without: turns.csv and hybrid.json.
    directory : path
        Made if needed. Files of an earlier run are replaced. The territories themselves are written by
        ``plan.territories.write``.
    title : str
        Headline of the page.

    Returns
    -------
    list of str
        What was written.

    Raises
    ------
    VerificationError
        If the tables as they were written fail their check; nothing is left then.
    DataError
        If the folder cannot be written.
    """
    folder = Path(directory)
    require_writable(folder)
    record: dict[str, Any] = {
        "status": str(solution.status), "cost": solution.cost, "settled": solution.settled, "reason": solution.reason,
        "turns": len(solution.turns), "seed": solution.seed, "runtime_s": round(solution.runtime_s, 2),
        "version": __version__,
    }  # fmt: skip
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        _csv(solution.turns, folder / "turns.csv")
        written = ["turns.csv", "hybrid.json"]
        if solution.plan is not None:
            plan = solution.plan
            stages = {"coverage.csv": plan.coverage, "teams.csv": plan.teams.table}
            for name, table in stages.items():
                _csv(table, folder / f".{name}")
            read = {
                name: pd.read_csv(folder / f".{name}", dtype=str, keep_default_na=False, encoding="utf-8")
                for name in stages
            }
            check = verify_hybrid(plan.problem, plan.territories, read["teams.csv"], read["coverage.csv"])
            if not check.ok:
                for name in stages:
                    (folder / f".{name}").unlink()
                raise VerificationError(f"The written plan fails its check ({'; '.join(check.failures[:5])}).")
            record["verified"] = [name for name, _, _ in check.checks]
            for name in stages:
                (folder / f".{name}").replace(folder / name)
            _csv(plan.duties(), folder / "duties.csv")
            _csv(plan.people.reset_index(), folder / "people.csv")
            (folder / "hybrid.html").write_text(hybrid_page(plan, title=title), encoding="utf-8", newline="\n")
            page = plan_map(plan.territories, title=title, teams=plan.teams)
            page.save(str(folder / "hybrid_map.html"))
            written = [*stages, "duties.csv", "people.csv", "hybrid.html", "hybrid_map.html", *written]
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "hybrid.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return written


def hybrid_page(plan: HybridPlan, *, title: str = "Territories and account teams") -> str:
    """Return the page: everybody's hours, the named accounts with their teams, and each territory's accounts.

    Returns
    -------
    str
        HTML, complete, without scripts.
    """
    people, coverage = plan.people, plan.coverage
    named = coverage[coverage["covered_by"] != TERRITORY]
    busiest = people["use_share"].idxmax()
    both = int(((people["territory_hours"] > 0) & (people["team_hours"] > 0)).sum())
    count = len(plan.territories.territory_ids)
    doing = f"{both:,} {'do' if both != 1 else 'does'} both"
    head = sheet.tiles(
        [
            ("In territories", f"{len(coverage) - len(named):,}", f"accounts in {count} territories", ""),
            ("Named accounts", f"{len(named):,}", "each with one owner and a team", "gold"),
            ("People", f"{len(people):,}", doing, ""),
            ("Fullest calendar", f"{100 * people['use_share'].max():.0f} %", _name(people, str(busiest)), ""),
        ]
    )  # fmt: skip
    return sheet.sheet(
        title,
        f'<p class="soft">Each account has exactly one owner: the owner of its team, or the rep of its territory. '
        f"Whoever does both has the hours of both counted.</p>{head}{_hours(people)}{_named(plan)}{_territories(plan)}",
    )


def _hours(people: pd.DataFrame) -> str:
    rows = []
    busy = people[people["hours"] > 0]
    idle = [_name(people, str(person)) for person in people.index[people["hours"] <= 0]]
    for person, row in busy.sort_values("use_share", ascending=False, kind="stable").iterrows():
        room = row["capacity_hours"]
        said = (
            f"{row['territory_hours']:,.0f} hours in the territory, {row['team_hours']:,.0f} in teams, of {room:,.0f}"
        )
        rows.append(
            [
                f"{escape(_name(people, str(person)))}<small>{escape(row['role'].replace(';', ', '))}</small>",
                sheet.bar([(row["territory_hours"] / room, "blue"), (row["team_hours"] / room, "gold")], said),
                *(f"{row[name]:,.0f}" if row[name] else "–" for name in ("territory_hours", "team_hours")),
                f"{room:,.0f}", f"{100 * row['use_share']:.0f} %",
                *(f"{row[name]:,}" if row[name] else "–" for name in ("territory_accounts", "named_accounts")),
            ]
        )  # fmt: skip
    heads = [
        ("Person", False), ("Hours a year", False), ("In territory", True), ("In teams", True), ("Capacity", True),
        ("Used", True), ("Accounts", True), ("Named", True),
    ]  # fmt: skip
    colours = sheet.key([("blue", "territory"), ("gold", "account teams"), ("room", "free")])
    free = f'<p class="soft">Nothing to do yet: {escape(", ".join(idle))}.</p>' if idle else ""
    return f"<h2>One pool of hours</h2>{colours}{sheet.table(heads, rows, stacked=True)}{free}"


def _named(plan: HybridPlan) -> str:
    duties = plan.duties()
    named = set(plan.problem.teams.accounts.index)
    revenue, rows = plan.problem.teams.revenue, []
    lies_in = plan.lies_in
    chosen = duties[duties["account"].isin(named)]
    for account, held in sorted(chosen.groupby("account"), key=lambda pair: (-float(revenue[pair[0]]), str(pair[0]))):
        name = str(held["account_name"].iloc[0]) or str(account)
        cells = [f"{escape(name)}<small>{escape(str(account))}</small>", f"{revenue[account]:,.0f}"]
        for duty in ("owns", "supports", "informed"):
            mine = held[held["duty"] == duty].to_dict("records")
            cells.append("".join(person_cell({str(k): str(v) for k, v in row.items()}) for row in mine))
        rows.append([*cells, escape(lies_in.get(str(account), ""))])
    heads = [
        ("Account", False), ("Revenue a year", True), ("Owns", False), ("Supports", False), ("Is informed", False),
        ("Lies in", False),
    ]  # fmt: skip
    return f"<h2>Named accounts and their teams</h2>{sheet.table(heads, rows, stacked=True)}"


def _territories(plan: HybridPlan) -> str:
    held, people = plan.territories.accounts, plan.people
    column = next((name for name in ("name", "id") if name in held.columns), "id")
    parts = []
    for territory, rows in held.groupby("territory", sort=True):
        here = sorted(account for account, where in plan.lies_in.items() if where == territory)
        guests = f" · {len(here)} named {'accounts lie' if len(here) != 1 else 'account lies'} here" if here else ""
        names = "".join(f"<li>{escape(str(name))}</li>" for name in sorted(rows[column].astype(str)))
        head = (
            f"<b>{escape(str(territory))}</b> {escape(_name(people, str(territory)))} · {len(rows):,} accounts{guests}"
        )
        parts.append(f"<details><summary>{head}</summary><ul>{names}</ul></details>")
    return (
        f"<h2>Everything else, by territory</h2><p class='soft'>The rep of the territory owns each account in it. "
        f"coverage.csv has a row for each.</p>{''.join(parts)}"
    )


def _name(people: pd.DataFrame, person: str) -> str:
    return str(people["name"].get(person, "")) or person


def _csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
