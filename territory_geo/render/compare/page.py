"""A comparison as one page of HTML: no script, no network, every text from data escaped."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.render.compare import charts
from territory_geo.render.compare.lines import finite, lines, words
from territory_geo.render.compare.plot import tolerance
from territory_geo.render.kpis.figures import BAD, GOOD, change_text, direction, shown
from territory_geo.render.kpis.page import page

if TYPE_CHECKING:
    from territory_geo.analyze.compare import Comparison

MOST_MOVES = 12
"""Moves of each plan that the page shows; moves.csv has them all."""
MANY = 7
"""Plans beyond which the page is wider and its table closer set."""
MOST_CHARTS = 3
"""Measures whose deviations are drawn."""

_STYLE = """
.chart{width:100%;max-width:640px;height:auto;display:block;margin:10px 0 4px;overflow:visible;
font:13px system-ui,sans-serif}
.chart text{fill:var(--soft)}.chart .name{fill:var(--ink);font-size:15px}.chart .axis{font-size:13px}
.chart .grid{stroke:var(--line)}.chart .zero{stroke:var(--soft)}
.chart .band{fill:var(--blue);fill-opacity:.10}.chart .dot{fill:var(--blue);fill-opacity:.72}
.chart .dot.out{fill:var(--red);fill-opacity:.9}
.bar{vertical-align:middle;margin-right:8px}.bar .rail{fill:var(--line)}.bar .fill{fill:var(--blue)}
table.plans{width:100%}table.plans th{padding-right:28px}
table.plans th[scope=row]{position:sticky;left:0;background:var(--card)}
table.plans tr+tr th[scope=row]{border-top:1px solid var(--line)}
table.plans td.number,table.plans th.number{padding-left:22px;padding-right:0}
table.plans thead th{font-weight:600;color:var(--ink)}
table.plans tbody th{width:auto;max-width:330px;font-weight:400;color:var(--ink)}
table.plans tr.group th{font-weight:600;color:var(--soft);padding-top:16px;border-bottom:1px solid var(--line)}
table.plans thead th.number{white-space:normal;min-width:84px;vertical-align:bottom}
main:has(table.many){max-width:1500px}table.many{font-size:13px}
table.many td.number,table.many th.number{padding-left:12px}
table.many tbody th[scope=row]{min-width:170px}
table.plans small{display:block;font-size:12px}table.plans th small{color:var(--soft);max-width:46ch}
table.moves td{max-width:56ch}table.moves td.id{white-space:nowrap}
.two>.wider{grid-column:1/-1;max-width:820px}.wider .chart{max-width:820px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:8px 40px}
summary{cursor:pointer;font-weight:600;margin:10px 0 6px}
@media(max-width:600px){main{padding:18px 14px 40px}table.plans td.number,table.plans th.number{padding-left:14px}
table.plans th small{display:none}
table.plans tbody th[scope=row]{min-width:0;max-width:112px;padding-right:8px}.chart{min-width:540px}}
"""


def comparison_page(comparison: Comparison, *, title: str | None = None, moves: pd.DataFrame | None = None) -> str:
    """Return a comparison as a page.

    Parameters
    ----------
    comparison : Comparison
    title : str, optional
        Headline.
    moves : DataFrame, optional
        `comparison.moves()`, where it is known already.

    Returns
    -------
    str
        HTML, complete, without scripts.
    """
    headline = title or "Plans side by side"
    moves = comparison.moves() if moves is None else moves
    count = len(comparison.sides.ids)
    others = [str(name) for name in comparison.plans.index[1:]]
    said = f"{count:,} accounts. Compared with <b>{escape(comparison.base)}</b>; what is better is green, worse red."
    if not others:
        said = f"{count:,} accounts."
    parts = [f'<h1>{escape(headline)}</h1><p class="soft">{said}</p>']
    parts += [f'<p class="note">{escape(note)}</p>' for note in comparison.notes]
    parts += [_card("At a glance", _plans(comparison)), _pictures(comparison)]
    if others:
        parts.append(_card("Who keeps their rep", _tiers(comparison)))
        parts.append(_card("Who moves, and why", _moves(moves, others)))
    parts.append(_card("Territories", _territories(comparison)))
    return page(headline, "\n".join(parts), _STYLE)


def _card(title: str, body: str) -> str:
    return f'<section class="card"><h2>{escape(title)}</h2>{body}</section>'


def _plans(comparison: Comparison) -> str:
    names = [str(name) for name in comparison.plans.index]
    heads = "".join(f'<th class="number" scope="col">{escape(name)}</th>' for name in names)
    rows, group = [], ""
    for line in lines(comparison):
        if line.group != group:
            group = line.group
            rows.append(f'<tr class="group"><th colspan="{len(names) + 1}">{escape(group)}</th></tr>')
        values = [finite(value) for value in comparison.plans[line.column]]
        cells = []
        for i, value in enumerate(values):
            change = value - values[0] if i else math.nan
            if not change or abs(change) <= 1e-12 * max(1.0, abs(value)):
                change = math.nan
            look = {GOOD: "better", BAD: "worse"}.get(direction(change, line.better), "soft")
            beside = (
                f'<small class="{look}">{escape(change_text(change, line.unit))}</small>' if change == change else ""
            )
            cells.append(f'<td class="number">{escape(shown(value, line.unit))}{beside}</td>')
        note = f"<small>{escape(line.note)}</small>" if line.note else ""
        rows.append(f'<tr><th scope="row">{escape(line.title)}{note}</th>{"".join(cells)}</tr>')
    return (
        f'<div class="wide"><table class="{_look(len(names))}"><thead><tr><th></th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _look(plans: int) -> str:
    return "plans many" if plans > MANY else "plans"


def _pictures(comparison: Comparison) -> str:
    """Return the charts: deviations of each measure, and travel against change."""
    table, names = comparison.territories, [str(name) for name in comparison.plans.index]
    found = []
    for measure in comparison.measures[:MOST_CHARTS]:
        column = f"{measure}_deviation"
        rows = {name: table.loc[table["plan"] == name, column].to_numpy(dtype=float).tolist() for name in names}
        limit = tolerance(comparison, measure)
        said = f"The band is ±{100 * limit:g} %; beyond it dots are red." if limit == limit else ""
        chart = charts.deviations(rows, limit, f"{words(measure)}: deviation of every territory, by plan")
        text = f'<p class="soft">Each dot is a territory, by how far it is from its target. {said}</p>'
        found.append(f'<div><h3>{escape(words(measure))}</h3>{text}<div class="wide">{chart}</div></div>')
    if len(names) > 1:
        shares, km = comparison.plans["accounts_moved"], comparison.plans["mean_km"]
        points = {name: (float(share), float(way)) for name, share, way in zip(names, shares, km, strict=True)}
        chart = charts.tradeoff(points, f"accounts that change rep against {comparison.base}",
                                "mean km to the centre", "Travel against change, by plan")  # fmt: skip
        text = '<p class="soft">Further down is less travel, further left is less change.</p>'
        wide = "wider" if len(found) % 2 == 0 else ""
        found.append(f'<div class="{wide}"><h3>Travel against change</h3>{text}<div class="wide">{chart}</div></div>')
    return _card("Balance, travel, change", f'<div class="two">{"".join(found)}</div>')


def _tiers(comparison: Comparison) -> str:
    """Return what is kept, a row per tier and a column per plan."""
    table = comparison.disruption
    others = [str(name) for name in comparison.plans.index[1:]]
    shown_ = [m for m in ("relationships", "accounts", *table["measure"].unique()) if m in set(table["measure"])]
    shown_ = [m for m in dict.fromkeys(shown_) if m in ("relationships", "accounts") or m.startswith("revenue")]
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in others)
    rows = []
    for measure in shown_:
        rows.append(f'<tr class="group"><th colspan="{len(others) + 1}">{escape(words(measure))} kept</th></tr>')
        mine = table[table["measure"] == measure].set_index(["tier", "plan"])["kept_share"]
        for tier in dict.fromkeys(table["tier"]):
            cells = []
            for name in others:
                share = float(mine[(tier, name)])
                text = shown(share, "share")
                cells.append(f"<td>{charts.bar(share, 1.0, text)}{text}</td>")
            rows.append(f'<tr><th scope="row">{escape(tier or "all")}</th>{"".join(cells)}</tr>')
    return (
        f'<div class="wide"><table class="{_look(len(others))}"><thead><tr><th></th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _moves(moves: pd.DataFrame, others: list[str]) -> str:
    """Return the moves of each plan that weigh most."""
    revenue = next((str(c) for c in moves.columns if str(c).startswith("revenue")), None)
    parts = []
    for name in others:
        mine = moves[moves["plan"] == name]
        if mine.empty:
            parts.append(f"<h3>{escape(name)}</h3><p>Nobody changes rep.</p>")
            continue
        by = [-mine[revenue].to_numpy(dtype=float)] if revenue else []
        order = np.lexsort([np.arange(len(mine)), *by])
        top = mine.iloc[order[:MOST_MOVES]]
        money = f'<th class="number">{escape(words(revenue))}</th>' if revenue else ""
        head = f"<th>Account</th><th>From</th><th>To</th>{money}"
        rows = "".join(_move({str(k): v for k, v in row.items()}, revenue) for row in top.to_dict("records"))
        most = " with the most revenue" if revenue else ""
        more = f", the {len(top)}{most}" if len(top) < len(mine) else ""
        parts.append(
            f"<details {'open' if name == others[0] else ''}><summary>{escape(name)}: {len(mine):,} "
            f'account{"s" * (len(mine) != 1)}{more}</summary><div class="wide"><table class="moves"><thead><tr>{head}'
            f"<th>Why</th></tr></thead><tbody>{rows}</tbody></table></div></details>"
        )
    return "".join(parts)


def _move(row: dict[str, object], revenue: str | None) -> str:
    money = f'<td class="number">{shown(finite(row[revenue]), "count")}</td>' if revenue else ""
    texts = "".join(f'<td class="id">{escape(str(row[name]))}</td>' for name in ("id", "from", "to"))
    return f"<tr>{texts}{money}<td>{escape(str(row.get('reason', '')))}</td></tr>"


def _territories(comparison: Comparison) -> str:
    """Return a row per territory of the first plan, and per new one: accounts, deviation, mean km in each plan."""
    table = comparison.territories.copy()
    names = [str(name) for name in comparison.plans.index]
    table["key"] = [
        base or f"{own} (new)" for base, own in zip(table["matches"], table["territory"], strict=True)
    ]  # fmt: skip
    measure = comparison.measures[0]
    columns = (("accounts", "accounts", "count"), (f"{measure}_deviation", words(measure).lower(), "share"),
               ("mean_km", "mean km", ""))  # fmt: skip
    keys = sorted(dict.fromkeys(table["key"]), key=lambda key: (key.endswith(" (new)"), key))
    top = "".join(f'<th class="number" colspan="3" scope="colgroup">{escape(name)}</th>' for name in names)
    heads = "".join(f'<th class="number">{escape(title)}</th>' for _ in names for _, title, _ in columns)
    found = {(row["plan"], row["key"]): row for row in table.to_dict("records")}
    rows = []
    for key in keys:
        cells = []
        for name in names:
            row = found.get((name, key))
            for column, _, unit in columns:
                value = finite(row[column]) if row else math.nan
                text = shown(value, unit)
                if column.endswith("_deviation") and value > 0:
                    text = f"+{text}"
                cells.append(f'<td class="number">{text if row else "–"}</td>')
        rows.append(f'<tr><th scope="row">{escape(key)}</th>{"".join(cells)}</tr>')
    note = ""
    if not comparison.sides.by_name:
        note = (f'<p class="soft">Named after {escape(comparison.base)}: territories that share most accounts are '
                f"the same.</p>")  # fmt: skip
    return (
        f'{note}<div class="wide"><table class="plans"><thead><tr><th></th>{top}</tr><tr><th></th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
