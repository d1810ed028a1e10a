"""The outcome of a run as a person reads it: a table of territories and a few plain lines.

Used by the command line; rich draws it, at the terminal's width or, elsewhere, as wide as it needs to be.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from territory_geo.html import driving_time, readable
from territory_geo.plan.constraints import insists
from territory_geo.render.places import center_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from territory_geo.plan.constraints import Constraint
    from territory_geo.plan.hybrid.plan import HybridPlan
    from territory_geo.study import Result

UNBOUNDED = 10_000
"""Characters a line may have where nobody looks at a terminal."""
SHOWN = 4
"""Rules that are told word by word; of more, so many stand for all."""
SHORTEST_NAME = 16
"""Characters that a centre's name gets before headers are broken for it."""


def show(result: Result, out: TextIO) -> None:
    """Write the outcome: the table where there is a plan, then the lines."""
    if out.isatty():
        console = Console(file=out, highlight=False)
        _print(result, console)
        return
    text = io.StringIO()
    _print(result, Console(file=text, highlight=False, width=UNBOUNDED, color_system=None))
    out.write("\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n")


def _print(result: Result, console: Console) -> None:
    shown = table(result, console.width)
    if shown is not None:
        console.print(shown)
        console.print()
    for line in lines(result):
        console.print(line, markup=False, soft_wrap=not console.is_terminal)


def table(result: Result, width: int = UNBOUNDED) -> Table | None:
    """Return a table with a row per territory, or None where there is no plan.

    Figures are never cut: where the columns need more than `width` characters, their headers break first, then
    the centres' names are shortened.
    """
    plan = result.solution.plan
    if plan is None:
        return None
    noun = "units" if plan.problem.units.rows_are_areas else "accounts"
    columns: list[tuple[str, list[str]]] = [("territory", plan.territory_ids), (noun, readable(plan.territories[noun]))]
    for measure in plan.problem.balance:
        if measure != noun:
            columns.append((measure, readable(plan.territories[measure])))
        target = plan.territories[f"{measure}_target"]
        if target.nunique() > 1:
            columns.append(("target", readable(target)))
        columns.append(("deviation", readable(plan.territories[f"{measure}_deviation"])))
    if plan.metrics["travel"]["minimised"] == "hours":
        columns.append(("mean drive", [driving_time(hours) for hours in plan.territories["travel_hours"]]))
    columns.append(("mean km", readable(plan.territories["travel_km"])))
    places = [center_name(plan, t) for t in range(len(plan.territory_ids))]

    shortest = min(SHORTEST_NAME, max(map(len, places)))
    needed = sum(max(map(len, [header, *cells])) + 2 for header, cells in columns) + shortest
    title = escape(result.study.outputs.title or result.study.name)
    shown = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    room = width
    for header, cells in columns:
        name = header.replace(" ", "\n").replace("_", "_\n") if needed > width else header
        least = max(map(len, [*name.split("\n"), *cells]))
        room -= least + 2
        right = "left" if header == "territory" else "right"
        shown.add_column(escape(name), justify=right, no_wrap=True, min_width=least)  # type: ignore[arg-type]
    shown.add_column("centre", no_wrap=True, overflow="ellipsis", max_width=max(room, len("centre")))
    for row in zip(*(cells for _, cells in columns), places, strict=True):
        shown.add_row(*map(escape, row))
    return shown


def lines(result: Result) -> list[str]:
    """Return what happened, in a few sentences."""
    solution, units = result.solution, result.problem.units
    said = []
    if solution.plan is not None:
        figures = solution.plan.metrics
        balance = figures["balance"].items()
        worst = ", ".join(f"{name} {100 * b['max_deviation']:.1f} %" for name, b in balance)
        pieces = "" if figures["contiguous"] is None else " Each territory is in one piece."
        mean = f"{figures['travel']['mean_km']:,.1f} km"
        detour = getattr(result.problem.distance, "detour", 1.0)
        mean += f" (straight lines × {detour:.3g})" if detour != 1 else ""
        if "mean_hours" in figures["travel"]:
            mean += f", {driving_time(figures['travel']['mean_hours'])}"
        said.append(f"Largest deviation: {worst}. Mean distance to the centre: {mean}.{pieces}")
        said += _kept(solution.plan.problem.constraints)
        said += _rules(figures)
    else:
        how = "" if solution.status == "interrupted" else f" ({solution.status.replace('_', ' ')})"
        said.append(f"No plan{how}: {solution.reason.rstrip('.')}.")
        said += [str(conflict) for conflict in solution.conflicts]
        said += solution.advice
    bridges = 0 if result.problem.graph is None else len(result.problem.graph.bridges)
    if bridges:
        said.append(f"{bridges:,} bridge{'s join' if bridges > 1 else ' joins'} parts that do not touch.")
    refused = len(units.rejects)
    if refused:
        said.append(
            f"{refused:,} of {refused + len(units.members):,} rows {'was' if refused == 1 else 'were'} rejected: "
            f"see rejects.csv."
        )
    if result.problem.graph is not None and units.kind == "points" and units.geographic and "none" in units.mask:
        said.append(
            "No land mask: neighbours come from the accounts' surroundings, and water does not part them. Name one "
            "with --land."
        )
    if result.hybrid is not None and result.hybrid.plan is not None:
        said += _teams(result.hybrid.plan)
    said += [f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in result.notes]
    for line in units.findings[units.findings["rule"] == "driving"].to_dict("records"):
        said.append(f"Driving: {line['example']}; {line['action']}.")
    rounds = f"{solution.iterations:,} iteration{'' if solution.iterations == 1 else 's'}"
    said.append(f"{rounds} in {solution.runtime_s:.1f} s{_early(result)}.{_proof(result)}")
    if solution.plan is not None:
        said.append(f"Open {result.directory / 'map.html'} in a browser.")
    elif solution.nearest is not None:
        said.append(f"What comes nearest is in {result.directory / 'nearest'}; open its map.html in a browser.")
    return said


def _teams(plan: HybridPlan) -> list[str]:
    """Return what named accounts come to: how many, who does both, and whose hours are fullest."""
    people = plan.people
    both = people.index[(people["territory_hours"] > 0) & (people["team_hours"] > 0)]
    who = f"{', '.join(map(str, both[:8]))}{', …' if len(both) > 8 else ''} have a territory as well"
    fullest = str(people["use_share"].idxmax())
    return [
        f"{len(plan.problem.teams.accounts):,} named accounts have teams{f'; {who}' if len(both) else ''}.",
        f"Fullest calendar: {fullest}, {100 * people['use_share'].max():.0f} % of "
        f"{people['capacity_hours'][fullest]:,.0f} hours.",
    ]


def _kept(constraints: Sequence[Constraint]) -> list[str]:
    """Return a line on what was insisted on and holds: the plan was checked."""
    kept = [str(rule) for rule in constraints if insists(rule)]
    if not kept:
        return []
    if len(kept) <= SHOWN:
        return [f"Rules kept: {'; '.join(kept)}."]
    return [f"All {len(kept):,} rules are kept, such as: {'; '.join(kept[:SHOWN])}."]


def _rules(figures: dict[str, Any]) -> list[str]:
    """Return what changes rep, and what other rules came to."""
    said = []
    if "disruption" in figures:
        counted = figures["disruption"]
        shares = ", ".join(f"{100 * share:.1f} % of {name}" for name, share in counted["shares"].items())
        apart = ""
        if counted["accounts_of_nobody"] or counted["accounts_of_reps_gone"]:
            apart = (
                f"; {counted['accounts_of_nobody']:,} accounts had none, and {counted['accounts_of_reps_gone']:,} one "
                f"who is gone"
            )
        said.append(f"Changes rep: {shares}, of {counted['accounts_held']:,} accounts with a rep{apart}.")
    for column, further in figures.get("splits", {}).items():
        said.append(f"{further:,} further territories in which a {column} lies.")
    return said


def _early(result: Result) -> str:
    early = result.solution.status == "interrupted" and result.solution.plan is not None
    return ", interrupted: the best plan so far" if early else ""


def _proof(result: Result) -> str:
    """Say how good the plan is proven to be, where that is known."""
    gap = result.solution.gap
    if gap is None:
        return ""
    plan, objective = result.solution.plan, result.solution.objective
    priced = plan is not None and objective is not None and objective > plan.metrics["travel"]["objective"] * (1 + 1e-6)
    if priced:
        # Splits, borders, overlap or changes have a price besides.
        return f" With prices besides travel, no plan can cost more than {100 * gap:.2g} % less."
    return " No plan travels less." if gap == 0 else f" No plan can travel more than {100 * gap:.2g} % less."
