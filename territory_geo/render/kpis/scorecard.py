"""Scorecards: a page with all territories, reps, teams or managers side by side, and a card for each of them."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from territory_geo.analyze.kpis import KPIS, kpi_scores
from territory_geo.errors import DataError
from territory_geo.render.kpis.charts import share_bar
from territory_geo.render.kpis.figures import change_text, shown
from territory_geo.render.kpis.lines import figure_spans, figures_table, notes_list
from territory_geo.render.kpis.page import page

_MOTIONS = {"all": "All accounts", "territory": "Covered by territory", "account": "Named accounts"}


def scorecards_page(table: pd.DataFrame, *, level: str = "territory", title: str | None = None) -> str:
    """Return a page of HTML with a scorecard for each key of a level.

    Parameters
    ----------
    table : DataFrame
        From `kpis`, with the level company too, to compare with.
    level : str
        Which one.
    title : str, optional
        Headline.

    Raises
    ------
    DataError
        If the table has no rows of that level.
    """
    rows = table[table["level"] == level]
    if rows.empty:
        raise DataError(f"The table has no level {level!r}. Levels: {', '.join(dict.fromkeys(table['level']))}.")
    company = table[table["level"] == "company"].set_index(["kpi", "motion"])["value"].to_dict()
    scores = kpi_scores(table) if company or table["target"].notna().any() else pd.DataFrame()
    scores = scores[scores["level"] == level].set_index("key") if len(scores) else scores
    spans = figure_spans(rows)
    keys = list(dict.fromkeys(rows["key"]))
    head = f"<h1>{escape(title or f'Scorecards by {level}')}</h1>{_about(table)}"
    anchors = {key: f"card{i}" for i, key in enumerate(keys)}
    names = table.attrs.get("names", {}) if level in ("rep", "manager", "territory") else {}
    cards = "".join(
        _card(str(key), str(names.get(key, "")), anchors[key], rows[rows["key"] == key], company, spans, scores)
        for key in keys
    )
    everybody = _company(table, {pair: ends for pair, ends in spans.items() if KPIS[pair[0]].comparable})
    overview = _overview(level, anchors, names, rows, scores)
    return page(title or f"Scorecards by {level}", f"{head}{overview}{_legend()}{everybody}{cards}")


def _company(table: pd.DataFrame, spans: Any) -> str:
    """Return the card of the company, on the scale of its parts; empty where the table has none."""
    rows = table[table["level"] == "company"]
    if rows.empty:
        return ""
    return _card("The company", "", "company", rows, {}, spans, pd.DataFrame())


def _overview(level: str, anchors: dict[Any, str], names: Any, rows: pd.DataFrame, scores: pd.DataFrame) -> str:
    """Return a table with a line for each key: its score as a bar, its revenue, how that changed, of its target."""
    revenue = rows[(rows["kpi"] == "revenue") & (rows["motion"] == "all")].set_index("key")
    of_key = scores["score"].to_dict() if len(scores) else {}
    most = max([1.0, *(score for score in of_key.values() if not math.isnan(score))])
    lines = []
    for key, anchor in anchors.items():
        name = names.get(key, "")
        said = f"{escape(str(key))} <small>{escape(str(name))}</small>" if name else escape(str(key))
        cells = [f'<td class="who"><a href="#{anchor}">{said}</a></td>']
        score = float(of_key.get(key, math.nan))
        width = 0 if math.isnan(score) else round(100 * score / most)
        below = " below" if round(score, 2) < 1 else ""
        bar = f'<span class="bar{below}" style="width:{width}%"></span>' if width else ""
        cells.append(
            f'<td class="number">{"–" if math.isnan(score) else f"{score:.2f}"}</td><td class="optional">{bar}</td>'
        )
        if key in revenue.index:
            row = revenue.loc[key]
            unit, target = str(row["unit"]), float(row["attainment"])
            cells.append(f'<td class="number">{escape(shown(row["value"], unit))}</td>')
            cells.append(f'<td class="number optional">{escape(change_text(row["change"], unit))}</td>')
            cells.append(f'<td class="number">{"" if math.isnan(target) else f"{100 * target:.0f} %"}</td>')
        else:
            cells.append('<td></td><td class="optional"></td><td></td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    heads = (
        f'<tr><th>{escape(level)}</th><th class="number">score</th><th class="optional" style="width:22%"></th>'
        '<th class="number">revenue</th><th class="number optional">change</th><th class="number">of target</th></tr>'
    )
    return f'<section class="card"><table><thead>{heads}</thead><tbody>{"".join(lines)}</tbody></table></section>'


def _about(table: pd.DataFrame) -> str:
    about = table.attrs
    lines = []
    if about.get("period"):
        lines.append(f"{about['period']}, compared with {about.get('against') or about['previous']}.")
    lines.append(f"Money in {about.get('currency') or 'a currency that no table states'}.")
    notes = "".join(f"<li>{escape(str(note))}</li>" for note in about.get("notes", []))
    return f'<p class="soft">{escape(" ".join(lines))}</p>' + (f'<ul class="note">{notes}</ul>' if notes else "")


def _legend() -> str:
    return (
        '<p class="note">Charts: the dot is the figure, the pale line its interval, the tick the company, the diamond '
        "the target; the scale runs from the smallest to the largest figure among all. Target: how far it is reached, "
        "value / target, or target / value where lower is better. Scores: 1 is as expected, by target or, without one, "
        "by the company’s figure; bars from 1 on are blue. What each figure means is in "
        '<a href="definitions.html">definitions.html</a>.</p>'
    )


def _card(key: str, name: str, anchor: str, rows: pd.DataFrame, company: Any, spans: Any, scores: pd.DataFrame) -> str:
    said = [f"<h2>{escape(f'{key} · {name}' if name else key)}</h2>"]
    score = float(scores["score"].to_dict().get(key, math.nan)) if len(scores) else math.nan
    if not math.isnan(score):
        said.append(f"<span>score <b>{score:.2f}</b></span>")
    weights = rows[rows["motion"] != "all"].groupby("motion")["weight"].first()
    if len(weights) == 2 and weights.notna().all():
        share = float(weights["territory"])
        text = f"{100 * share:.0f} % of visit hours by territory, {100 * (1 - share):.0f} % with named accounts"
        said.append(f'<span class="soft">{share_bar(share, text)} {escape(text)}</span>')
    notes: list[str] = []
    blocks = []
    for motion, heading in _MOTIONS.items():
        chosen = rows[rows["motion"] == motion]
        if chosen.empty:
            continue
        many = f"({int(chosen['accounts'].iloc[0]):,})"
        blocks.append(f"<h3>{escape(heading)} <small>{many}</small></h3>{figures_table(chosen, company, spans, notes)}")
    below = notes_list(notes)
    return (
        f'<section class="card" id="{anchor}"><div class="head">{"".join(said)}</div>{"".join(blocks)}{below}</section>'
    )
