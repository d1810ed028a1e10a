"""The table of one card: a line for each figure with its interval, chart, the company's, its change and its target."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from territory_geo.analyze.kpis import KPIS
from territory_geo.render.kpis.charts import bullet
from territory_geo.render.kpis.figures import change_text, direction, shown, span_text

Pairs = Mapping[Any, Any]

_HEAD = (
    '<colgroup><col style="width:21%"><col style="width:12%"><col style="width:13%"><col style="width:182px"><col '
    'style="width:11%"><col style="width:14%"><col></colgroup><thead><tr><th>figure</th><th class="number">value</th>'
    '<th class="number">interval</th><th></th><th class="number">company</th><th class="number">change</th>'
    '<th class="number">target</th></tr></thead><tbody>'
)


def figures_table(rows: pd.DataFrame, company: Pairs, spans: Pairs, notes: list[str]) -> str:
    """Return a table of HTML with a line for each figure.

    Parameters
    ----------
    rows : DataFrame
        Of one key, from `kpis`.
    company : mapping of (kpi, motion) to float
        The company's figures; empty where they are the ones that are shown.
    spans : mapping of (kpi, motion) to {"min", "max"}
        The smallest and the largest figure among all keys, for the charts; none for those that are left out.
    notes : list of str
        What has been said so far; what these figures add is appended, and the lines refer to it by number.
    """
    lines = "".join(_line(row, company, spans, notes) for row in rows.to_dict("records"))
    head = _HEAD if company else _HEAD.replace(">company<", "><")
    return f'<div class="wide"><table class="figures">{head}{lines}</tbody></table></div>'


def notes_list(notes: list[str]) -> str:
    """Return the notes that lines refer to; empty where there are none."""
    listed = "".join(f"<li>{i}: {escape(note)}</li>" for i, note in enumerate(notes, 1))
    return f'<ul class="note plain">{listed}</ul>' if notes else ""


def figure_spans(rows: pd.DataFrame) -> dict[Any, Any]:
    """Return the smallest and the largest figure among all keys, by KPI and motion."""
    found: dict[Any, Any] = rows.groupby(["kpi", "motion"])["value"].agg(["min", "max"]).to_dict("index")
    return found


def _line(row: dict[Any, Any], company: Pairs, spans: Pairs, notes: list[str]) -> str:
    kpi, unit = KPIS[row["kpi"]], str(row["unit"])
    pair = (row["kpi"], row["motion"])
    theirs = float(company.get(pair, math.nan)) if kpi.comparable else math.nan
    value = shown(row["value"], unit)
    span = span_text(row["low"], row["high"], unit)
    told = f"{value} ({span})" if span else value
    ends = spans.get(pair, {"min": math.nan, "max": math.nan})
    chart = bullet(
        row["value"], row["low"], row["high"], least=ends["min"], most=ends["max"], reference=theirs,
        target=row["target"], label=f"{kpi.title}: {told}",
    )  # fmt: skip
    moved = change_text(row["change"], unit)
    # What rounds to no change has no arrow.
    way = direction(row["change"], kpi.better) if moved[:1] in ("+", "−") else ""
    arrow = {"better": "▲ ", "worse": "▼ "}.get(way, "")
    tone = way if way in ("better", "worse") else "soft"
    mark = ""
    if row["note"]:
        if row["note"] not in notes:
            notes.append(row["note"])
        mark = f' <sup class="note">{notes.index(row["note"]) + 1}</sup>'
    aligned = "" if row["aligned"] else " other"
    return (
        f'<tr><td class="name{aligned}" title="{escape(kpi.formula, quote=True)}">{escape(kpi.title)}{mark}</td>'
        f'<td class="number">{escape(value)}</td>{_cell("interval", f"<small>{escape(span)}</small>" if span else "")}'
        f'<td class="chart">{chart}</td>'
        f"{_cell('company', escape(shown(theirs, unit)) if not math.isnan(theirs) else '')}"
        f"{_cell('change', f'<span class={tone!r}>{arrow}{escape(moved)}</span>' if moved else '')}"
        f"{_cell('target', _target(row, unit, kpi.better))}</tr>"
    )


def _cell(head: str, content: str) -> str:
    """Return a cell that names its column where the page is too narrow for a header; empty ones say nothing."""
    return f'<td class="number" data-head="{head}">{content}</td>' if content else '<td class="number"></td>'


def _target(row: dict[Any, Any], unit: str, better: str) -> str:
    """Return how far a target is reached, and the target; empty where there is none."""
    share, target = float(row["attainment"]), float(row["target"])
    if math.isnan(target):
        return ""
    tone = "soft" if better == "neither" or math.isnan(share) else "better" if share >= 1 else "worse"
    said = "–" if math.isnan(share) else f"{100 * share:.0f} %"
    return f'<span class="{tone}">{said}</span><br> <small>of {escape(shown(target, unit))}</small>'
