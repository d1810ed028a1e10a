"""A frontier as a figure, and as files: what each bit of change buys in travel, the bend marked."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import MissingDependency
from territory_geo.render.export import SAVED, named_failures, require_writable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from territory_geo.analyze.frontier import Frontier

INK, SOFT, RULE, GRID = "#1d2733", "#5b6773", "#c8cfd6", "#eceff2"
LINES = ("#4366c6", "#1c8a78", "#b0641d", "#8a4fa8", "#5b6773")
BEND = "#b63a60"


def frontier_figure(frontier: Frontier, *, title: str | None = None) -> Figure:
    """Return a frontier as a figure: share that changes rep to the right, mean travel upwards, the bend marked.

    Parameters
    ----------
    frontier : Frontier
        From `frontier`.
    title : str, optional
        Headline; left out, it says what the bend buys.

    Returns
    -------
    matplotlib Figure
        With a line for each tolerance.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependency("Figures need matplotlib: pip install 'territory-geo[plot]'") from error
    figure = Figure(figsize=(8.8, 5.4), layout="constrained")
    axes = figure.subplots()
    unit = frontier.unit
    found = frontier.table[frontier.table["moved"].notna()]
    shares = [float(share) for share in found["tolerance"].unique()]
    same = found["tolerance"].to_numpy(dtype=float)
    curves = [(share, found[np.isclose(same, share, equal_nan=True)]) for share in shares]
    for color, (share, rows) in zip(_colors(len(curves)), curves, strict=True):
        _curve(axes, rows, color, f"±{100 * share:.3g} %" if len(curves) > 1 else "", unit)
    _frame(axes, found, frontier.measure, unit)
    figure.suptitle(
        _plain(title if title is not None else _headline(frontier)), x=0.012, ha="left", color=INK, fontsize=13.5,
        fontweight="bold",
    )  # fmt: skip
    lost = len(frontier.table) - len(found)
    if lost:
        caps = ", ".join(str(name) for name in frontier.table.index[frontier.table["moved"].isna()][:4])
        figure.supxlabel(
            _plain(f"Without a plan: {caps}{', …' if lost > 4 else ''}"), x=0.012, ha="left", color=SOFT, fontsize=9
        )
    return figure


def write_frontier(
    frontier: Frontier, directory: str | os.PathLike[str], *, title: str | None = None, plans: bool = True
) -> list[str]:
    """Write a frontier as files.

    Parameters
    ----------
    frontier : Frontier
    directory : path
        Made if needed; files of an earlier run are replaced.
    title : str, optional
        Headline of the figure.
    plans : bool, default True
        Whether the plan at the bend (without a bend, none) is saved into saved/, for the other commands.

    Returns
    -------
    list of str
        What was written: frontier.csv, frontier.png where matplotlib is installed, saved.

    Raises
    ------
    DataError
        If the folder cannot be written.
    """
    folder = Path(directory)
    require_writable(folder)
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "frontier.png").unlink(missing_ok=True)
        frontier.table.reset_index().to_csv(folder / "frontier.csv", index=False, lineterminator="\n", encoding="utf-8")
        written = ["frontier.csv"]
        if find_spec("matplotlib") is not None:
            figure = frontier_figure(frontier, title=title)
            figure.savefig(folder / "frontier.png", dpi=130, metadata={"Software": None})
            written.append("frontier.png")
    if plans and frontier.proposed is not None:
        frontier.plans[frontier.proposed].save(folder / SAVED)
        written.append(SAVED)
    return written


def _headline(frontier: Frontier) -> str:
    table = frontier.table
    if frontier.proposed is None:
        return "Each further change buys about as much travel as the last"
    bend = table.loc[frontier.proposed]
    curve = table[(table["tolerance"] == bend["tolerance"]) | table["tolerance"].isna()]
    curve = curve[curve["moved"].notna()]
    most = float(curve["mean_travel"].iloc[0] - curve["mean_travel"].min())
    part = float(curve["mean_travel"].iloc[0] - bend["mean_travel"]) / most
    first = float(curve["moved"].iloc[0])
    instead = f" instead of {100 * first:.2g} %" if first > 0 else ""
    return (
        f"{100 * bend['moved']:.2g} % of {_said(frontier.measure)} changing rep{instead} brings {100 * part:.0f} % "
        f"of the travel that can be saved"
    )


def _said(measure: str) -> str:
    return measure.removesuffix("_usd").replace("_", " ")


def _curve(axes: Axes, rows: pd.DataFrame, color: str, label: str, unit: str) -> None:
    x, y = 100 * rows["moved"].to_numpy(dtype=float), rows["mean_travel"].to_numpy(dtype=float)
    axes.plot(x, y, color=color, linewidth=2, zorder=2, solid_capstyle="round")
    axes.scatter(x, y, s=44, color="white", edgecolors=color, linewidths=2, zorder=3)
    if label:
        axes.annotate(label, (x[-1], y[-1]), xytext=(9, 0), textcoords="offset points", va="center", color=color,
                      fontsize=10, fontweight="bold")  # fmt: skip
    for at in np.flatnonzero(rows["knee"].to_numpy(dtype=bool)):
        axes.scatter(x[at], y[at], s=110, color=BEND, zorder=4)
        axes.annotate(
            _plain(f"{x[at]:.2g} % changes, {y[at]:,.3g} {unit}"), (x[at], y[at]), xytext=(12, 14),
            textcoords="offset points", color=BEND, fontsize=11, fontweight="bold", zorder=5,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )  # fmt: skip


def _frame(axes: Axes, found: pd.DataFrame, measure: str, unit: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(RULE)
    axes.tick_params(colors=SOFT, length=0, labelsize=10)
    axes.grid(color=GRID, linewidth=1, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel(_plain(f"% of {_said(measure)} that changes rep"), color=SOFT, fontsize=10)
    axes.set_ylabel(f"mean {unit} of a trip", color=SOFT, fontsize=10)
    if len(found):
        widest = 100 * float(found["moved"].max())
        low, high = float(found["mean_travel"].min()), float(found["mean_travel"].max())
        room = max(high - low, 0.02 * high, 1e-9)
        axes.set_xlim(-0.02 * max(widest, 1.0), 1.12 * max(widest, 1.0))
        axes.set_ylim(low - 0.12 * room, high + 0.12 * room)


def _colors(count: int) -> list[str]:
    return [LINES[i % len(LINES)] for i in range(count)]


def _plain(text: str) -> str:
    """Return text in which a dollar sign is a dollar sign, not the beginning of a formula."""
    return text.replace("$", r"\$")
