"""The first pages: what the plan comes to in words, its map, and the scorecard of all territories."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.html import driving_time
from territory_geo.render.colors import tint
from territory_geo.render.export.tables import rep_name
from territory_geo.render.figure.scene import Scene
from territory_geo.render.formats import NumberFormat, share_text
from territory_geo.render.report.charts import deviation_bar
from territory_geo.render.report.maps import overview_map
from territory_geo.render.report.words import km_text, outside, short, start_of, summary, tiles

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

MOST_EXTRAS = 2
"""Further measures with a column of the scorecard."""
_FIRST = ("revenue", "potential")


def summary_section(plan: TerritoryPlan, scene: Scene, *, title: str, note: str, live: str) -> str:
    """Return the headline, the figures that stand out, the sentences and the map.

    Parameters
    ----------
    plan, scene
        What is reported, and how it is drawn.
    title, note : str
        Any texts.
    live : str
        The interactive map as HTML, shown on screens instead of the drawing; empty for none.
    """
    figures = "".join(f"<li><b>{escape(value)}</b><span>{escape(name)}</span></li>" for value, name in tiles(plan))
    sentences = "".join(f"<dt>{escape(point)}</dt><dd>{escape(said)}</dd>" for point, said in summary(plan))
    drawing = f'<div class="{"still" if live else "both"}">{overview_map(plan, scene)}</div>'
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        f'<section id="summary"><h1>{escape(title)}</h1>{below}<ul class="tiles">{figures}</ul>'
        f'<dl class="said">{sentences}</dl>{live}{drawing}{_source(scene)}</section>'
    )


def _source(scene: Scene) -> str:
    return f'<p class="note source">{escape(scene.credit)}</p>' if scene.credit else ""


def extra_measures(plan: TerritoryPlan) -> list[str]:
    """Return up to two further measures that add up and are worth a column: revenue and potential."""
    table = plan.territories
    rest = [name for name in plan.problem.units.measures if name not in plan.problem.balance and name in table]
    rest = [name for name in rest if name != "accounts" and pd.api.types.is_numeric_dtype(table[name])]
    first = [name for word in _FIRST for name in rest if name == word or name.startswith(f"{word}_")]
    return list(dict.fromkeys(first))[:MOST_EXTRAS]


def scorecard_section(plan: TerritoryPlan, scene: Scene, anchors: dict[str, str]) -> str:
    """Return a table with a row per territory, linked to its page by `anchors`."""
    table, noun = plan.territories, "areas" if plan.problem.units.rows_are_areas else "accounts"
    count = "units" if noun == "areas" else "accounts"
    extras = extra_measures(plan)
    styles = {name: NumberFormat.of(name, table[name]) for name in (*plan.problem.balance, *extras)}
    counted = noun not in plan.problem.balance  # else it has columns of its own
    heads = ["<th>Territory</th>", *([f'<th class="number">{noun}</th>'] if counted else [])]
    for measure in plan.problem.balance:
        label = escape(styles[measure].label)
        heads.append(f'<th class="number">{label}</th><th class="number">vs target</th><th class="chart"></th>')
    heads += [f'<th class="number">{escape(styles[name].label)}</th>' for name in extras]
    heads.append('<th class="number">mean way</th><th class="number">farthest</th>')
    changes = "accounts_gained" in table
    if changes:
        heads.append('<th class="number">kept</th><th class="number">gained</th><th class="number">lost</th>')
    rows = []
    for t, name in enumerate(plan.territory_ids):
        row = table.iloc[t]
        cells = [_who(plan, scene, t, anchors[name]), *([_number(f"{int(row[count]):,}")] if counted else [])]
        for measure in plan.problem.balance:
            cells.append(balance_cells(plan, measure, t, styles[measure]))
        cells += [_number(short(styles[name], float(row[name]))) for name in extras]
        cells += [_number(text) for text in ways(row)]
        if changes:
            cells += [_number(f"{int(row[f'accounts_{what}']):,}") for what in ("kept", "gained", "lost")]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        '<section id="scorecard" class="sheet"><h2>Scorecard</h2><p class="note">Bars show how far each territory is '
        "from its target, to the right above and to the left below it; the pale band is what was allowed. "
        f'The way is counted from {escape(start_of(plan))}.</p><div class="wide"><table class="scores">'
        f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def balance_cells(plan: TerritoryPlan, measure: str, t: int, style: NumberFormat) -> str:
    """Return three cells: the load of a measure, how far it is from the target, and that as a bar."""
    table, allowed = plan.territories, plan.problem.balance[measure]
    value, share = float(table[measure].iloc[t]), float(table[f"{measure}_deviation"].iloc[t])
    every = table[f"{measure}_deviation"].to_numpy(dtype=float)
    tolerance = float(allowed) if isinstance(allowed, (int, float)) else 0.0
    reach = max(float(np.nanmax(np.abs(every), initial=0.0)), tolerance) * 1.05 or 0.01
    text = "" if math.isnan(share) else share_text(share, signed=True)
    tone = " worse" if plan.territory_ids[t] in outside(plan, measure) else ""
    bar = deviation_bar(share, reach=reach, tolerance=tolerance, label=f"{text} of the target")
    return (
        f'<td class="number">{escape(style.write(value))}</td><td class="number{tone}">{escape(text)}</td>'
        f'<td class="chart">{bar}</td>'
    )


def ways(row: pd.Series) -> tuple[str, str]:
    """Return the mean and the longest way of a territory: driving times where they are known."""
    if "travel_hours" in row and not pd.isna(row["travel_hours"]):
        return driving_time(float(row["travel_hours"])), driving_time(float(row["max_hours"]))
    return km_text(float(row["travel_km"])), km_text(float(row["max_km"]))


def _number(text: str) -> str:
    return f'<td class="number">{escape(text)}</td>'


def _who(plan: TerritoryPlan, scene: Scene, t: int, anchor: str) -> str:
    name, rep = plan.territory_ids[t], rep_name(plan, plan.territory_ids[t])
    chip = f'<i class="chip" style="background:{tint(scene.fills[t])}"></i>'
    return f'<td class="who">{chip}<a href="#{anchor}">{escape(name)}</a>{f" {escape(rep)}" if rep else ""}</td>'
