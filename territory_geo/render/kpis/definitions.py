"""The page of definitions, made from the KPIs themselves: formula, unit, source, what moves it."""

from __future__ import annotations

from html import escape

from territory_geo.analyze.kpis import kpi_definitions
from territory_geo.render.kpis.page import page

MODELS = {
    "both": "Both ways of selling",
    "territory": "Territories: coverage, leads, revenue, time in the field",
    "account": "Named accounts: engagement, people, deals, products, keeping customers",
}


def definitions_page() -> str:
    """Return a page of HTML with every KPI."""
    table = kpi_definitions()
    parts = ["<h1>What each figure means</h1>"]
    parts.append(
        '<p class="soft">Sums first, division last: the company comes from the same sums as its territories, so that '
        "they add up. A figure whose divisor is 0 is missing, not 0. Money is in the currency of the tables.</p>"
    )
    for model, title in MODELS.items():
        cards = []
        for kpi in table[table["model"] == model].to_dict("records"):
            words = {"higher": "higher is better", "lower": "lower is better", "neither": "neither is better"}
            rows = {
                "Formula": kpi["formula"], "Unit": kpi["unit"], "Source": kpi["source"], "What moves it": kpi["moves"],
                "Direction": words[str(kpi["better"])], "Interval": kpi["interval"], "Reference": kpi["reference"],
            }  # fmt: skip
            lines = "".join(
                f"<tr><th>{escape(name)}</th><td>{escape(str(text))}</td></tr>" for name, text in rows.items() if text
            )
            cards.append(
                f'<section class="card" id="{escape(str(kpi["kpi"]), quote=True)}"><div class="head">'
                f'<h2>{escape(str(kpi["title"]))}</h2><span class="soft">{escape(str(kpi["kpi"]))}</span></div>'
                f"<table><tbody>{lines}</tbody></table></section>"
            )
        parts.append(f'<h3 style="font-size:16px">{escape(title)}</h3>{"".join(cards)}')
    return page("Definitions of KPIs", "".join(parts))
