"""The ranking by what could be expected as a page: revenue beside the potential, how sure the order is, and a chart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from territory_geo.render.kpis.figures import shown
from territory_geo.render.kpis.page import page

_WIDE, _ROW, _PAD = 340, 22, 8


def ranking_page(
    ranking: pd.DataFrame, *, names: Mapping[str, str] | None = None, currency: str = "", title: str | None = None
) -> str:
    """Return a page of HTML with a fair ranking.

    Parameters
    ----------
    ranking : DataFrame
        From `fair_ranking`.
    names : mapping of key to name, optional
        Of people, beside their ids.
    currency : str
        Of revenue and potential.
    title : str, optional
        Headline.

    Returns
    -------
    str
        HTML, complete, without scripts; text from data is escaped.
    """
    known = ranking[ranking["index"].notna()]
    most = max([1.5, *known["index"], *known["high"].dropna()])
    # A single far end of an interval must not squeeze all the others.
    most = min(most, 2 * max([1.0, *known["index"]]))
    lines = "".join(_line(row, most, names or {}, currency) for row in ranking.to_dict("records"))
    heads = (
        '<th class="number">place</th><th class="number">surely within</th><th>who</th>'
        '<th class="chart">revenue / expected</th><th class="number">index</th><th class="number optional">revenue</th>'
        '<th class="number optional">expected</th>'
        '<th class="number optional">place by revenue</th>'
    )
    said = (
        "A large territory sells more. Expected is what the company as a whole makes of the same potential; an index "
        "of 1 is as expected. The line is the interval of the index, the dashed one marks 1: green lies surely above, "
        "red surely below what was expected.",
        "Surely within: the places that the figures allow. Somebody is behind all whose index is surely higher, and "
        "ahead of all whose index is surely lower (the interval of the difference of the two leaves out 0).",
    )
    head = escape(title or "Revenue beside what could be expected")
    about = "".join(f'<p class="soft">{escape(text)}</p>' for text in said)
    table = f"<table class='ranking'><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    body = f'<h1>{head}</h1>{about}<section class="card">{table}{_notes(ranking)}</section>'
    return page(title or "Fair ranking", body)


def _line(row: Mapping[Any, Any], most: float, names: Mapping[str, str], currency: str) -> str:
    key, index = str(row["key"]), float(row["index"])
    name = names.get(key, "")
    who = f"{escape(key)} <small>{escape(name)}</small>" if name else escape(key)
    rank = "–" if math.isnan(index) else str(row["fair_rank"])
    best, worst = row["best_rank"], row["worst_rank"]
    span = "" if math.isnan(index) else f"{best}" if best == worst else f"{best} to {worst}"
    verdict = str(row["verdict"]).split(" ")[0]
    return (
        f'<tr class="{verdict}"><td class="number place">{rank}</td><td class="number soft sure">{span}</td>'
        f'<td class="who">{who}</td><td class="chart">{_chart(index, float(row["low"]), float(row["high"]), most)}</td>'
        f'<td class="number">{"–" if math.isnan(index) else f"{index:.2f}"}</td>'
        f'<td class="number optional">{escape(shown(row["revenue"], currency))}</td>'
        f'<td class="number optional">{escape(shown(row["expected"], currency))}</td>'
        f'<td class="number optional">{row["rank"]}</td></tr>'
    )


def _chart(index: float, low: float, high: float, most: float) -> str:
    """Return an index as a dot with its interval, on a scale from 0 where 1 is marked."""
    if math.isnan(index):
        return ""

    def x(at: float) -> float:
        return round(_PAD + (_WIDE - 2 * _PAD) * min(1.0, max(0.0, at / most)), 1)

    middle = _ROW / 2
    parts = [f'<line class="axis" x1="{_PAD}" x2="{_WIDE - _PAD}" y1="{middle}" y2="{middle}"/>']
    parts.append(f'<line class="expected" x1="{x(1)}" x2="{x(1)}" y1="0" y2="{_ROW}"/>')
    if math.isfinite(low) and math.isfinite(high):
        parts.append(f'<line class="range" x1="{x(low)}" x2="{x(high)}" y1="{middle}" y2="{middle}"/>')
    parts.append(f'<circle class="dot" cx="{x(index)}" cy="{middle}" r="4.5"/>')
    return (
        f'<svg class="bullet" width="{_WIDE}" height="{_ROW}" viewBox="0 0 {_WIDE} {_ROW}" role="img" '
        f'aria-label="index {index:.2f}">{"".join(parts)}</svg>'
    )


def _notes(ranking: pd.DataFrame) -> str:
    """Return what has to be said of lines: each note once, with the keys that it is about where not all of them."""
    parts = []
    for note, rows in ranking[ranking["note"] != ""].groupby("note", sort=False):
        whom = "" if len(rows) == len(ranking) else f"{', '.join(map(str, rows['key']))}: "
        parts.append(f"<li>{escape(whom + str(note))}</li>")
    return f'<ul class="note">{"".join(parts)}</ul>' if parts else ""
