"""The plan as a workbook for Excel: territories, assignments, moves, what was asked, rows that were refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo._version import __version__
from territory_geo.geodata.ids import texts
from territory_geo.render.export.shapes import fresh
from territory_geo.render.export.tables import plain, rep_name
from territory_geo.render.formats import NumberFormat
from territory_geo.render.moves import moves_of
from territory_geo.render.payload import status_line
from territory_geo.render.places import center_name
from territory_geo.render.sheets import Kind, workbook

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

_DEGREES = ("lat", "lon", "latitude", "longitude", "center_x", "center_y", "x", "y")
_WORDS = {
    "units": "units", "accounts_kept": "accounts kept", "accounts_gained": "accounts gained",
    "accounts_lost": "accounts lost", "travel_km": "mean km", "max_km": "farthest km", "travel_hours": "mean hours",
    "max_hours": "longest hours", "center_x": "centre x", "center_y": "centre y", "area_km2": "area km²",
    "parts": "pieces",
}  # fmt: skip


def write_book(plan: TerritoryPlan, path: str | os.PathLike[str], *, title: str | None = None) -> list[str]:
    """Write a plan as a workbook: each sheet with filters, a header that stays and number formats.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    path : path
        Ends in .xlsx; an earlier file is replaced.
    title : str, optional
        Headline of the first sheet.

    Raises
    ------
    DataError
        If it cannot be written, or there are more accounts than a sheet has rows.
    """
    file = fresh(path)
    sheets = {"About": _about(plan, title), "Territories": _territories(plan), "Assignments": _assignments(plan)}
    if plan.problem.alignment is not None:
        sheets["Moves"] = _moves(plan)
    rejects = plan.problem.units.rejects
    if len(rejects):
        sheets["Rejected rows"] = pd.DataFrame(rejects[["row", "id", "reason"]])
    with workbook(file) as book:
        for name, table in sheets.items():
            book.sheet(name, table, _codes(table), frozen=0 if name in ("About", "Rejected rows") else 1)
    return []


def _about(plan: TerritoryPlan, title: str | None) -> pd.DataFrame:
    lines = [("plan", title or "Territory plan"), ("in short", status_line(plan).replace("\N{NO-BREAK SPACE}", " "))]
    lines += [("check", f"{name}: {'passed' if passed else 'not passed'}") for name, passed, _ in plan.verify().checks]
    made = plan.provenance
    lines += [
        ("status", str(made.get("status", "edited"))), ("source", str(plan.problem.units.source or "")),
        ("sha256 of the source", str(plan.problem.units.sha256 or "")), ("made with", f"territory-geo {__version__}"),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["what", "value"])


def _territories(plan: TerritoryPlan) -> pd.DataFrame:
    table = pd.DataFrame(plan.territories.drop(columns="geometry"))
    names = {}
    for name in table.columns:
        stem = str(name).removesuffix("_target").removesuffix("_deviation")
        ending = str(name)[len(stem) :].replace("_", " ")
        names[name] = _WORDS.get(str(name)) or f"{stem.replace('_', ' ')}{ending}"
    places = [center_name(plan, t) for t in range(len(table))]
    table = table.rename(columns=names).assign(center=places).rename(columns={"center": "centre"})
    ids = plan.territory_ids
    table.insert(0, "territory", ids)
    names_of = [rep_name(plan, t) for t in ids]
    if any(names_of):
        table.insert(1, "rep", names_of)
    return table


def _assignments(plan: TerritoryPlan) -> pd.DataFrame:
    accounts = plan.accounts
    rest = plain(accounts.drop(columns=["row", "unit", "id"])).drop(columns=accounts.geometry.name)
    ids = pd.DataFrame({"id": texts(accounts["id"])}, index=accounts.index)
    return pd.concat([ids, pd.DataFrame(rest)], axis=1)


def _moves(plan: TerritoryPlan) -> pd.DataFrame:
    moves = moves_of(plan)
    accounts = _assignments(plan).drop(columns=["id", "territory"]).iloc[moves["position"].to_numpy(dtype=int)]
    # Who has it today is the column "from".
    current = plan.problem.current
    today = [current] if isinstance(current, str) and current in accounts.columns else []
    rest = accounts.drop(columns=today).reset_index(drop=True)
    return pd.concat([moves.drop(columns="position"), rest], axis=1)


def _codes(table: pd.DataFrame) -> Kind:
    """Return the format of each column: shares signed, money with its sign, no more decimals than help."""
    found = {}
    for name in map(str, table.columns):
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column):
            found[name] = "#,##0"
            continue
        style = NumberFormat.of(name.replace(" ", "_"), column.to_numpy(dtype=float, na_value=np.nan))
        decimals = "." + "0" * min(style.decimals, 2) if style.decimals else ""
        if name.endswith(" deviation"):
            found[name] = "+0.0%;-0.0%;0.0%"
        elif name in _DEGREES or name.startswith("centre "):
            found[name] = "0.00000"
        else:
            sign = f'"{style.prefix}"' if style.prefix else ""
            found[name] = f"{sign}#,##0{decimals}"
    return lambda head, row, value: found[head]
