"""Single places on the map: homes of reps, named accounts with their teams, locks, findings of the data check.

Each is a list of places with texts; the browser draws them as small signs with a card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from territory_geo.errors import OptionError
from territory_geo.geodata.clean.rules import RULES
from territory_geo.geodata.ids import id_text, texts
from territory_geo.plan.constraints import Lock
from territory_geo.render.shapes import Frame, geographic

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.teams.plan import TeamPlan

MOST_MARKS = 1_500
"""Signs that a layer of single places gets at most; its name says how many there are."""


def places(points: Any, frame: Frame) -> list[list[float] | None]:
    """Return (latitude, longitude), or (y, x) on a plane, as a frame draws points; None for what has no place."""
    shapes = frame.place(np.asarray(points, dtype=object).reshape(-1))
    xy = np.column_stack([shapely.get_y(shapes), shapely.get_x(shapes)]).round(5)
    return [row if np.isfinite(row).all() else None for row in xy.tolist()]


def homes_data(reps: Reps | None, frame: Frame) -> list[dict[str, Any]] | None:
    """Return the reps' homes with name, town, role and hours, or None where there are none."""
    if reps is None:
        return None
    table = geographic(reps.frame)
    spots = places(table.geometry.array, frame)
    marks = []
    for (id_, row), at in zip(table.iterrows(), spots, strict=True):
        if at is None:
            continue
        lines = [[key, _text(row[column])] for key, column in (("Home", "home"), ("Role", "role")) if column in row]
        if "capacity_hours" in row:
            lines.append(["Hours a year", f"{row['capacity_hours']:,.0f}"])
        name = _text(row.get("name")) or id_text(id_)
        marks.append({"at": at, "id": id_text(id_), "name": name, "lines": [line for line in lines if line[1]]})
    return marks or None


def locks_data(plan: TerritoryPlan, frame: Frame) -> list[dict[str, Any]] | None:
    """Return the units that a `Lock` keeps in a territory, or None where there are none."""
    units = plan.problem.units
    position: dict[str, int] = {}
    marks = []
    for lock in plan.problem.constraints:
        if not isinstance(lock, Lock):
            continue
        position = position or {id_: i for i, id_ in enumerate(units.ids)}
        rows = [position[unit] for unit in lock.units]
        for unit, at in zip(lock.units, places(shapely.points(units.xy[rows]), frame), strict=True):
            if at is not None:
                lines = [["Stays in", lock.territory]] + ([["Rule", lock.name]] if lock.name else [])
                marks.append({"at": at, "id": unit, "name": unit, "lines": lines})
    return marks or None


def teams_data(teams: TeamPlan | None, plan: TerritoryPlan, frame: Frame) -> list[dict[str, Any]] | None:
    """Return the named accounts with who owns, supports and is informed, or None where there are none.

    An account without a place, and not among the plan's accounts, has None for it.
    """
    if teams is None:
        return None
    from territory_geo.plan.teams.plan import TeamPlan

    if not isinstance(teams, TeamPlan):
        raise OptionError(f"teams: expected the plan of solve_teams, got {type(teams).__name__}; pass solution.plan.")
    table = teams.problem.accounts
    # Named accounts may be carved out of the territories: their own places count, where they have any.
    if frame.geographic and {"lon", "lat"} <= set(table.columns):
        points = shapely.points(table[["lon", "lat"]].to_numpy(dtype=np.float64))
    else:
        known = plan.accounts.set_index(plan.accounts["id"].astype(str))
        points = geographic(known).geometry.reindex(table.index).array
    at = dict(zip(table.index, places(points, frame), strict=True))
    names = table["name"].map(_text) if "name" in table else pd.Series("", index=table.index)
    said = {"owns": "Owns", "supports": "Supports", "informed": "Is informed"}
    marks = []
    for account, rows in teams.duties().groupby("account", sort=True):
        lines = [
            [str(row["role"]).capitalize(), (row["person_name"] or row["person"]) or "nobody", said[str(row["duty"])]]
            for row in rows.to_dict("records")
        ]
        marks.append({"at": at[account], "id": str(account), "name": names[account] or str(account), "lines": lines})
    return marks or None


def findings_data(findings: pd.DataFrame | None, plan: TerritoryPlan, frame: Frame) -> list[dict[str, Any]] | None:
    """Return what the data check found on accounts of the plan, or None where it found nothing.

    Parameters
    ----------
    findings : DataFrame, optional
        `Accounts.findings`: ``row``, ``id``, ``rule``, ``severity``, ``finding``, ``action``. Rows that were rejected
        are no accounts of the plan and have no place on its map.

    Raises
    ------
    OptionError
        If the table lacks a column.
    """
    if findings is None:
        return None
    missing = [name for name in ("row", "id", "rule", "finding") if name not in findings]
    if missing:
        raise OptionError(f"findings: expected the table Accounts.findings; missing: {', '.join(missing)}.")
    table = geographic(plan.accounts)
    place = dict(zip(table["row"], places(table.geometry.array, frame), strict=True))
    order = {name: i for i, name in enumerate(RULES)}
    kept = findings[findings["row"].isin(list(place))]
    marks: list[dict[str, Any]] = []
    for row, group in kept.groupby("row", sort=True):
        group = group.sort_values("rule", key=lambda rules: rules.map(order).fillna(len(order)), kind="stable")
        lines = [
            [str(rule).replace("_", " ").capitalize(), text]
            for rule, text in zip(group["rule"], texts(group["finding"]), strict=True)
        ]
        if place[row] is not None:
            id_ = id_text(group["id"].iloc[0])
            marks.append({"at": place[row], "id": id_, "name": f"Row {row}", "lines": lines})
    return marks or None


def _text(value: object) -> str:
    return id_text(value).strip()
