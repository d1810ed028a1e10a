"""The advice on sales models as files: text, tables, and a page for whoever decides."""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo._version import __version__
from territory_geo.analyze.advisor.evidence import COLUMNS
from territory_geo.analyze.advisor.money import COMPANY
from territory_geo.analyze.advisor.terms import MODELS
from territory_geo.geodata.decimals import decimal_text
from territory_geo.render import sheet
from territory_geo.render.export import named_failures, require_writable

if TYPE_CHECKING:
    from territory_geo.analyze.advisor import Advice

FILES = ("advice.html", "advice.txt", "models.csv", "evidence.csv", "turning.csv", "projection.csv", "advice.json")
"""Every file that advice writes."""
_COLOURS = dict(zip(MODELS, ("blue", "gold", "teal"), strict=True))
_LINES = dict(zip(MODELS, "abc", strict=True))
_SHOWN = {
    "near_km": ("Next account", "{:,.0f} km"),
    "home_km": ("From the rep's home", "{:,.0f} km"),
    "top_share": ("Value in the largest tenth", "{:.0%}"),
    "deal_size": ("Deal won", "{:,.0f}"),
    "cycle_days": ("Days to win it", "{:,.0f}"),
    "stakeholders": ("Stakeholders", "{:.1f}"),
    "prospects_share": ("Do not buy yet", "{:.0%}"),
    "growth_share": ("Growth a year", "{:+.0%}"),
    "hours_share": ("Territory hours", "{:.0%}"),
}


def write_advice(
    advice: Advice, directory: str | os.PathLike[str], *, title: str = "Which sales model fits"
) -> list[str]:
    """Write the advice: a page, the text, and its tables.

    Returns
    -------
    list of str
        What was written.

    Raises
    ------
    DataError
        If the folder cannot be written.
    """
    folder = Path(directory)
    require_writable(folder)
    record = {
        "models": advice.models,
        "designs": {name: {"status": str(d.status), "reason": d.reason} for name, d in advice.designs.items()},
        "notes": list(advice.notes), "version": __version__,
    }  # fmt: skip
    tables = {"models": advice.table, "evidence": advice.evidence.reset_index(), "turning": advice.turning}
    tables["projection"] = advice.projection
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            path = folder / f"{name}.csv"
            table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", float_format=decimal_text)
        (folder / "advice.txt").write_text(advice.text + "\n", encoding="utf-8", newline="\n")
        (folder / "advice.html").write_text(advice_page(advice, title=title), encoding="utf-8", newline="\n")
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        (folder / "advice.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return list(FILES)


def advice_page(advice: Advice, *, title: str = "Which sales model fits") -> str:
    """Return the page: the verdict, three designs side by side, each segment with its reasons, growth, evidence.

    Returns
    -------
    str
        HTML, complete, without scripts.
    """
    last = int(advice.projection["year"].max())
    head = (
        f'<p class="soft">Three designs of the same company, each solved and checked, compared in money: what they win '
        f"less what they cost.</p>{_verdict(advice)}"
    )
    segments = "".join(_segment(advice, name) for name in advice.models if name != COMPANY)
    return sheet.sheet(
        title,
        f"{head}<h2>The three designs</h2>{_designs(advice)}<h2>Segment by segment</h2>{segments}"
        f"<h2>{last} years of growth, with today's people</h2>{_growth(advice)}<h2>The evidence</h2>{_evidence(advice)}"
        f"{_assumed(advice)}",
    )


def _verdict(advice: Advice) -> str:
    why = advice.reasons[COMPANY]
    lists = "".join(
        f"<div><h4>{head}</h4><ul>{''.join(f'<li>{escape(_sentence(text))}</li>' for text in why[name])}</ul></div>"
        for head, name in (("For it", "for"), ("Against it", "against"), ("It would turn", "turns"))
        if why[name]
    )
    return (
        f'<div class="card"><div class="head"><p class="verdict">{escape(_sentence(advice.models[COMPANY]))} for the '
        f'company</p></div><div class="two">{lists}</div></div>'
    )


def _designs(advice: Advice) -> str:
    table = advice.table[advice.table["segment"] == COMPANY].set_index("model")
    best = str(table["contribution"].idxmax())
    most = float(table["won"].max())
    rows = []
    figures = _records(table)
    for model in MODELS:
        row, design = figures[model], advice.designs[model]
        name = f"<b>{escape(_sentence(model))}</b>"
        if not np.isfinite(row["contribution"]):
            why = f'<span class="bad">no plan</span><small>{escape(design.reason[:300])}</small>'
            rows.append([name, why, "–", "–", "–", "–", "–", "–"])
            continue
        said = f"wins {money(row['won'])}, of which {money(row['cost'])} are cost"
        strong = ' class="best"' if model == best else ""
        rows.append(
            [
                name, sheet.bar([(row["cost"] / most, "cost"), (row["contribution"] / most, _COLOURS[model])], said),
                money(row["won"]), money(row["cost"]), f"<span{strong}>{money(row['contribution'])}</span>",
                f"{row['hours']:,.0f}", f"{100 * row['covered_share']:.0f} %", f"{row['teams']:,.0f}",
            ]
        )  # fmt: skip
    heads = [
        ("Model", False), ("What is left of what it wins", False), ("Wins a year", True), ("Costs", True),
        ("Leaves", True), ("Hours", True), ("Value covered", True), ("Accounts with teams", True),
    ]  # fmt: skip
    colours = sheet.key([("cost", "cost"), *((_COLOURS[model], f"what {model} leaves") for model in MODELS)])
    return f"{colours}{sheet.table(heads, rows, stacked=True)}"


def _segment(advice: Advice, segment: str) -> str:
    part = _records(advice.table[advice.table["segment"] == segment].set_index("model"))
    why, model = advice.reasons[segment], advice.models[segment]
    size = advice.evidence.loc[segment]
    lists = "".join(
        f"<div><h4>{head}</h4><ul>{''.join(f'<li>{escape(_sentence(text))}</li>' for text in why[name])}</ul></div>"
        for head, name in (("For it", "for"), ("Against it", "against"), ("It would turn", "turns"))
        if why[name]
    )
    leaves = " · ".join(
        f"{name} {money(part[name]['contribution'])}" for name in MODELS if np.isfinite(part[name]["contribution"])
    )
    return (
        f'<div class="card"><div class="head"><h3>{escape(_sentence(segment))}</h3><p class="verdict">'
        f"{escape(_sentence(model))}</p></div><small>{size['accounts']:,.0f} accounts, "
        f"{100 * size['value_share']:.0f} % "
        f'of all value. Leaves a year: {escape(leaves)}</small><div class="two">{lists}</div></div>'
    )


def _growth(advice: Advice) -> str:
    """Return the lines of contribution over the years, and the figures below them."""
    table = advice.projection
    there = [model for model in MODELS if model in set(table["model"])]
    years = sorted(map(int, table["year"].unique()))
    low, high = float(table["contribution"].min()), float(table["contribution"].max())
    room = (high - low) or abs(high) or 1.0
    low, high = low - 0.1 * room, high + 0.1 * room
    wide, tall, left, right = 860, 260, 30, 190

    def x(year: float) -> float:
        return left + (wide - left - right) * (year - years[0]) / max(1, years[-1] - years[0])

    def y(value: float) -> float:
        return float(14 + (tall - 44) * (high - value) / (high - low))

    parts = [f'<line class="axis" x1="{left}" x2="{wide - right}" y1="{tall - 26}" y2="{tall - 26}"/>']
    parts += [f'<text x="{x(v):.1f}" y="{tall - 8}" text-anchor="middle">{_year(v)}</text>' for v in years]
    labels: list[tuple[float, str, str]] = []
    for model in there:
        line = table[table["model"] == model].sort_values("year")
        points = [(x(a), y(b)) for a, b in zip(line["year"], line["contribution"], strict=True)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline class="line {_LINES[model]}" points="{path}"/>')
        parts += [f'<circle class="p{_LINES[model]}" cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in points]
        labels.append((points[-1][1], model, money(float(line["contribution"].iloc[-1]))))
    # Labels beside their lines, pushed apart so that none covers another.
    at = -np.inf
    for height, model, text in sorted(labels):
        at = max(height, at + 16)
        parts.append(
            f'<text class="name" x="{wide - right + 10}" y="{at + 4:.1f}">{escape(_sentence(model))} '
            f"<tspan>{escape(text)}</tspan></text>"
        )
    chart = (
        f'<div class="wide"><svg class="chart" viewBox="0 0 {wide} {tall}" width="{wide}" role="img" '
        f'aria-label="What each model leaves a year">{"".join(parts)}</svg></div>'
    )
    rows = [
        [
            _year(row["year"]), escape(_sentence(row["model"])), f"{row['hours_needed']:,.0f}",
            f"{100 * row['use_share']:.0f} %", f"{row['people']:,}", f"{row['people_needed']:,}",
            f"{100 * row['covered_share']:.0f} %", money(row["cost"]), money(row["contribution"]),
        ]
        for row in table.sort_values(["year", "model"], kind="stable").to_dict("records")
    ]  # fmt: skip
    heads = [
        ("Year", False), ("Model", False), ("Hours needed", True), ("Of all hours", True), ("People", True),
        ("Needed", True), ("Value covered", True), ("Costs", True), ("Leaves", True),
    ]  # fmt: skip
    return f"{chart}{sheet.table(heads, rows)}"


def _evidence(advice: Advice) -> str:
    figures = advice.evidence
    names = [name for name in _SHOWN if figures[name].notna().any()]
    rows = [
        [
            escape(_sentence(str(segment))), f"{row['accounts']:,.0f}", f"{row['value_share']:.0%}",
            *(_SHOWN[name][1].format(row[name]) if np.isfinite(row[name]) else "–" for name in names),
        ]
        for segment, row in figures.iterrows()
    ]  # fmt: skip
    heads = [("Segment", False), ("Accounts", True), ("Value", True), *((_SHOWN[name][0], True) for name in names)]
    meant = "; ".join(f"{_SHOWN[name][0].lower()}: {COLUMNS[name]}" for name in names)
    return f'{sheet.table(heads, rows)}<p class="soft"><small>{escape(meant)}.</small></p>'


def _assumed(advice: Advice) -> str:
    terms = advice.terms
    lines = [
        f"An hour of anybody costs {terms.cost_per_hour:,.0f}; {100 * terms.margin:.0f} % of what is sold stays.",
        f"One rep keeps up with {terms.reach:,.3g} stakeholders; what lies with others only a team reaches. Where "
        f"nobody counted them, that is {100 * terms.depth:.0f} % of an account's value.",
        *(f"Not known: {note}." for note in advice.notes),
    ]
    return f"<h2>What is assumed</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _records(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by its index."""
    return {str(name): row for name, row in zip(table.index, table.to_dict("records"), strict=True)}  # type: ignore[misc]


def money(amount: float) -> str:
    """Return an amount in short: 12.3 M, 340 k.

    >>> money(12_345_678), money(-34_567), money(512)
    ('12.35 M', '−35 k', '512')
    """
    size, sign = abs(amount), "−" if amount < 0 else ""
    if size >= 1e6:
        return f"{sign}{size / 1e6:,.2f} M"
    return f"{sign}{size / 1e3:,.0f} k" if size >= 1e4 else f"{sign}{size:,.0f}"


def _year(year: float) -> str:
    return "today" if year == 0 else f"year {year:.0f}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
