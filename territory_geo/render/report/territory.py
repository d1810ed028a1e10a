"""A page for each territory, to hand to its rep: map, figures, accounts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.geodata.ids import texts
from territory_geo.render.colors import tint
from territory_geo.render.export.tables import rep_name
from territory_geo.render.figure.scene import Scene
from territory_geo.render.formats import NumberFormat, share_text
from territory_geo.render.places import center_name, place_of
from territory_geo.render.report.maps import territory_map
from territory_geo.render.report.overview import balance_cells, extra_measures, ways
from territory_geo.render.report.towns import sources
from territory_geo.render.report.words import counted, short

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

MOST_ROWS, FEWEST_ROWS = 16, 8
"""Accounts on a page with one balanced measure; with more, as many fewer as their figures take. On paper it all fits
both A4 and Letter. The other accounts are in the workbook."""
MAP_HEIGHT = 365.0
_TEXTS = ("segment", "kind", "industry")
_MOST_TEXTS, _MOST_NUMBERS = 2, 3


def territory_section(
    plan: TerritoryPlan, scene: Scene, t: int, *, anchor: str, before: Mapping[int, str], workbook: str
) -> str:
    """Return the page of one territory.

    Parameters
    ----------
    plan, scene
        What is reported, and how it is drawn.
    t : int
        Which territory, in the order of `plan.territory_ids`.
    anchor : str
        Id of the section.
    before : mapping
        Position in `plan.accounts` → rep of today, for the accounts that get another one.
    workbook : str
        Name of the workbook beside the report; empty where there is none.
    """
    name = plan.territory_ids[t]
    rep = rep_name(plan, name)
    chip = f'<i class="chip" style="background:{tint(scene.fills[t])}"></i>'
    head = f"<h2>{chip}{escape(name)}{f' · {escape(rep)}' if rep else ''}</h2>"
    return (
        f'<section id="{anchor}" class="sheet territory">{head}<p class="lead">{escape(_lead(plan, t))}</p>'
        f"{territory_map(plan, scene, t, MAP_HEIGHT)}{_credit(scene)}{_figures(plan, t)}"
        f"{_accounts(plan, scene, t, before, workbook)}</section>"
    )


def _credit(scene: Scene) -> str:
    """Return the sources: the page may travel alone."""
    said = sources(scene)
    return f'<p class="note source">{escape(said)}</p>' if said else ""


def _lead(plan: TerritoryPlan, t: int) -> str:
    """Return the territory in a sentence or two."""
    table = plan.territories
    row, noun = table.iloc[t], "area" if plan.problem.units.rows_are_areas else "account"
    where = center_name(plan, t)
    start = "From" if plan.problem.objective.center == "home" else "Around"
    what = "the middle of the territory" if where == "centroid" else where
    said = f"{start} {what}: {counted(int(row['units' if noun == 'area' else 'accounts']), noun)}"
    if pd.notna(row["area_km2"]) and table.crs is not None:
        said += f" on {float(f'{row.area_km2:.3g}'):,.0f} km²"
    mean, most = ways(row)
    said += f", {mean} away on average and {most} at most. "
    for measure in plan.problem.balance:
        style = NumberFormat.of(measure, table[measure])
        share = float(row[f"{measure}_deviation"])
        way = "above" if share > 0 else "below"
        side = "on the target" if abs(share) < 0.0005 else f"{share_text(abs(share))} {way} the target"
        side = "where the target is 0" if math.isnan(share) else side
        label = style.label[:1].upper() + style.label[1:]
        said += f"{label}: {style.write(float(row[measure]))}, {side}. "
    if "accounts_gained" in table:
        said += (
            f"{int(row['accounts_kept']):,} accounts stay with this rep, {int(row['accounts_gained']):,} are new, "
            f"{int(row['accounts_lost']):,} go to others."
        )
    return said.strip()


def _figures(plan: TerritoryPlan, t: int) -> str:
    """Return the figures of the territory beside the mean of all."""
    table = plan.territories
    rows = []
    for measure in plan.problem.balance:
        style = NumberFormat.of(measure, table[measure])
        mean = style.write(float(table[measure].mean()))
        cells = balance_cells(plan, measure, t, style)
        rows.append(f'<tr><td>{escape(style.label)}</td>{cells}<td class="number soft">{escape(mean)}</td></tr>')
    plain: list[tuple[str, str, str]] = []
    for measure in extra_measures(plan):
        style = NumberFormat.of(measure, table[measure])
        column = table[measure]
        plain.append((style.label, style.write(float(column.iloc[t])), style.write(float(column.mean()))))
    noun = "areas" if plan.problem.units.rows_are_areas else "accounts"
    count = table["units" if noun == "areas" else "accounts"]
    if noun not in plan.problem.balance:
        plain.append((noun, f"{int(count.iloc[t]):,}", f"{count.mean():,.0f}"))
    plain.append(("mean way", ways(table.iloc[t])[0], ways(table.mean(numeric_only=True))[0]))
    for label, value, mean in plain:
        rows.append(
            f'<tr><td>{escape(label)}</td><td class="number">{escape(value)}</td><td></td><td class="chart"></td>'
            f'<td class="number soft">{escape(mean)}</td></tr>'
        )
    return (
        '<table class="figures"><thead><tr><th></th><th class="number">this territory</th><th class="number">vs target'
        '</th><th class="chart"></th><th class="number">mean of all</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _numbers(plan: TerritoryPlan, accounts: pd.DataFrame) -> list[str]:
    """Return up to three numbers of an account: what is worth most first, then what is balanced."""
    names = [*extra_measures(plan)[::-1], *plan.problem.balance]
    found = [n for n in dict.fromkeys(names) if n in accounts and pd.api.types.is_numeric_dtype(accounts[n])]
    return found[:_MOST_NUMBERS]


def _accounts(plan: TerritoryPlan, scene: Scene, t: int, before: Mapping[int, str], workbook: str) -> str:
    """Return the accounts that matter most, as many as a page holds."""
    places = np.flatnonzero(scene.owner == t)
    held = plan.accounts.iloc[places]
    noun = "areas" if plan.problem.units.rows_are_areas else "accounts"
    if held.empty:
        return f'<p class="note">No {noun}.</p>'
    numbers = _numbers(plan, held)
    ids = texts(held["id"])
    keys = [-held[numbers[0]].fillna(-np.inf).to_numpy(dtype=float)] if numbers else []
    order = np.lexsort((ids.astype(str), *keys))[: max(FEWEST_ROWS, MOST_ROWS - 2 * (len(plan.problem.balance) - 1))]
    shown = held.iloc[order]
    words = [c for c in _TEXTS if c in shown.columns][:_MOST_TEXTS]
    news = plan.problem.alignment is not None
    styles = {name: NumberFormat.of(name, held[name]) for name in numbers}
    # Full amounts, where they fit their column.
    wide = any(float(shown[n].abs().max()) >= 1e7 for n in numbers)
    write = short if wide else NumberFormat.write
    towns = [place_of({c: v for c, v in row.items() if c != "name"}) for row in shown.to_dict("records")]
    heads = f"<th>{noun[:-1]}</th>{'<th>place</th>' * any(towns)}" + "".join(
        f'<th class="word">{escape(c)}</th>' for c in words
    )
    heads += "".join(f'<th class="number amount">{escape(styles[n].label)}</th>' for n in numbers)
    heads += '<th class="before">until now</th>' if news else ""
    rows = []
    for i, town, account in zip(order.tolist(), towns, shown.to_dict("records"), strict=True):
        name = account.get("name")
        known = name is not None and pd.notna(name)
        label = str(name) if known else ids[i]
        line = _cells([label, *([town] if any(towns) else [])])
        line += _cells(("" if pd.isna(account[c]) else str(account[c]) for c in words), kind="word")
        line += "".join(
            f'<td class="number">{"" if pd.isna(account[n]) else escape(write(styles[n], float(account[n])))}</td>'
            for n in numbers
        )
        if news:
            old = before.get(int(places[i]))
            line += f'<td class="new">{escape(str(old))}</td>' if old is not None else "<td></td>"
        rows.append(f"<tr>{line}</tr>")
    rest = len(held) - len(shown)
    where = f"in {workbook}, sheet Assignments" if workbook else "in assignments.csv"
    more = f'<p class="note">And {rest:,} more, {escape(where)}.</p>' if rest else ""
    by = f", by {styles[numbers[0]].label}" if numbers else ""
    title = f"The first {len(shown)} {noun}{by}" if rest else f"All {noun}{by}"
    return (
        f'<h3>{escape(title)}</h3><table class="accounts"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{more}"
    )


def _cells(cells: Iterable[str], kind: str = "") -> str:
    """Return cells of texts, which may be too long to be shown whole."""
    name = f' class="{kind}"' if kind else ""
    return "".join(f'<td{name} title="{escape(cell, quote=True)}">{escape(cell)}</td>' for cell in cells)
