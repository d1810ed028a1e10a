"""The outcome of a run as a person reads it: a table of territories and a few plain lines.

Used by the command line; rich draws it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from territory_geo.study import Result


def table(result: Result) -> Table | None:
    """Return a table with a row per territory, or None where there is no plan."""
    plan = result.solution.plan
    if plan is None:
        return None
    shown = Table(title=escape(result.study.outputs.title or result.study.name), title_justify="left", box=None, pad_edge=False)
    shown.add_column("territory")
    shown.add_column("accounts" if plan.problem.units.kind == "points" else "units", justify="right")
    for measure in plan.problem.balance:
        shown.add_column(escape(measure), justify="right")
        shown.add_column("deviation", justify="right")
    shown.add_column("mean km", justify="right")
    shown.add_column("centre")
    names = plan.problem.units.frame.index
    for territory, row in plan.territories.iterrows():
        cells = [str(territory), f"{row['accounts' if plan.problem.units.kind == 'points' else 'units']:,.0f}"]
        for measure in plan.problem.balance:
            cells += [f"{row[measure]:,.0f}", f"{100 * row[f'{measure}_deviation']:+.1f} %"]
        shown.add_row(*cells, f"{row['travel_km']:,.0f}", escape(_place(result, names.get_loc(_unit(result, row["center"])))))
    return shown


def lines(result: Result) -> list[str]:
    """Return what happened, in a few sentences."""
    solution, units = result.solution, result.problem.units
    said = []
    if solution.plan is not None:
        figures = solution.plan.metrics
        worst = ", ".join(f"{name} {100 * b['max_deviation']:.1f} %" for name, b in figures["balance"].items())
        pieces = "" if figures["contiguous"] is None else " Each territory is in one piece."
        said.append(f"Largest deviation: {worst}. Mean distance to the centre: {figures['travel']['mean_km']:,.1f} km.{pieces}")
    else:
        said.append(f"No plan ({solution.status.replace('_', ' ')}): {solution.reason}.")
    if result.problem.graph is not None and len(result.problem.graph.bridges):
        said.append(f"{len(result.problem.graph.bridges)} bridges join units that touch nothing else.")
    if len(units.rejects):
        said.append(f"{len(units.rejects):,} of {len(units.rejects) + len(units.members):,} rows were rejected: see rejects.csv.")
    where = result.directory / ("map.html" if solution.plan is not None else "nearest/map.html")
    said.append(f"{solution.iterations} iterations in {solution.runtime_s:.1f} s. Open {where} in a browser.")
    return said


def _unit(result: Result, center: str) -> object:
    units = result.problem.units
    return units.frame.index[units.ids.index(center)]


def _place(result: Result, position: int) -> str:
    """Return a name for a centre: its town or own name where the data has one, else its id."""
    units = result.problem.units
    member = units.members[units.members["unit"] == units.frame.index[position]].iloc[0]
    state = f", {member['state']}" if "state" in member.index else ""
    for column in ("city", "name"):
        if column in member.index:
            return f"{member[column]}{state}"
    return units.ids[position]
