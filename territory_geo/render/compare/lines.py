"""Which figures of a comparison are shown, in which order, under which name, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from territory_geo.analyze.compare import Comparison


@dataclass(frozen=True)
class Line:
    """One figure of each plan.

    Parameters
    ----------
    column : str
        Of `Comparison.plans`.
    title : str
        What it is called.
    unit : str
        "share", "count" (also of money), "km" or "h".
    better : {"lower", "higher", "neither"}
    group : str
        The heading above it.
    note : str
        How it is worked out, where the title does not say.
    """

    column: str
    title: str
    unit: str
    better: str
    group: str
    note: str = ""


_TRAVEL = (
    Line("mean_km", "Mean way to the centre", "km", "lower", "Travel", "weighted as the plan's travel is"),
    Line("mean_hours", "Mean drive to the centre", "h", "lower", "Travel", "at stated speeds, else at usual ones"),
    Line("max_km", "Longest way to a centre", "km", "lower", "Travel"),
    Line("trip_km", "Kilometres a year", "km", "lower", "Travel", "as if each visit were a way there and back"),
    Line(
        "trip_hours", "Hours on the way a year", "h", "lower", "Travel", "likewise; tours of several visits take less"
    ),
    Line("driving_hours", "Driving hours a year", "h", "lower", "Travel", "in tours of several visits"),
)
_SHAPE = (
    Line("pieces", "Territories in several pieces", "count", "lower", "Shape"),
    Line("polsby_popper", "Compactness, Polsby–Popper", "share", "higher", "Shape",
         "4π × area / outline² of the shape on the map; 100 % is a disk"),
    Line("hull_reock", "Compactness, Reock of the hull", "share", "higher", "Shape",
         "area of the accounts' hull / area of the smallest circle around it"),
    Line("overlap_nearer", "Overlap (a): nearer to another centre", "share", "lower", "Shape",
         "share of trips to places that lie nearer to another territory's centre than to their own"),
    Line("overlap_hulls", "Overlap (b): hulls that intersect", "share", "lower", "Shape",
         "mean over pairs of territories: part of the smaller account hull that lies in the other"),
)  # fmt: skip
_COVERAGE = (
    Line("covered_visits", "Visits that the reps' hours reach", "share", "higher", "Coverage",
         "most potential per hour first"),
    Line("covered_accounts", "Accounts with all their visits", "share", "higher", "Coverage"),
)  # fmt: skip
_MONEY = (
    Line("revenue_at_risk", "Revenue at risk", "count", "lower", "Money", "loss rate × revenue that changes rep"),
    Line("travel_cost", "Cost of travel a year", "count", "lower", "Money"),
    Line("cost", "Risk and travel together", "count", "lower", "Money"),
)


def lines(comparison: Comparison) -> list[Line]:
    """Return the figures that at least one plan has, in their order."""
    table = comparison.plans
    found = [Line("territories", "Territories", "count", "neither", "Size"),
             Line("accounts", "Accounts", "count", "neither", "Size")]  # fmt: skip
    for name in comparison.measures:
        found.append(Line(f"{name}_deviation", f"{words(name)}, largest deviation", "share", "lower", "Balance"))
        found.append(Line(f"{name}_within", f"{words(name)}, territories within bounds", "share", "higher", "Balance"))
    worked = any(side.plan.problem.workload is not None for side in comparison.sides.sides)
    hours = ("Hours of work a year", "visits, driving, desk") if worked else ("Visit hours a year", "without any ways")
    found += [*_TRAVEL, *_SHAPE, Line("hours", hours[0], "h", "lower", "Coverage", hours[1]), *_COVERAGE]
    changes = [str(name) for name in table.columns if str(name).endswith("_moved")]
    title = f"Change against {comparison.base}"
    found += [Line(c, f"{words(c[: -len('_moved')])} changing rep", "share", "lower", title) for c in changes]
    found.append(Line("relationships_kept", "Relationships kept", "share", "higher", title, "customers with their rep"))
    columns = dict.fromkeys(comparison.splits["column"])
    found += [
        Line(f"{c}_split", f"Further territories per {words(c).lower()}", "count", "lower", "Whole containers",
             "how many territories more than one each lies in, in all")
        for c in columns
    ]  # fmt: skip
    return [line for line in [*found, *_MONEY] if line.column in table and table[line.column].notna().any()]


def words(name: str) -> str:
    """Return a column's name as words: revenue_usd → Revenue."""
    parts = [part for part in name.split("_") if part.lower() not in ("usd", "eur", "gbp")]
    text = " ".join(parts) or name
    return text[:1].upper() + text[1:]


def finite(value: object) -> float:
    """Return a number, NaN for what is none."""
    return float(value) if isinstance(value, (int, float, np.integer, np.floating)) else float("nan")
