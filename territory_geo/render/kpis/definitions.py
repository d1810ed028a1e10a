"""The page of definitions, made from the KPIs themselves: formula, unit, source, what moves it."""

from __future__ import annotations

from html import escape

from territory_geo.analyze.kpis import KPIS, kpi_definitions
from territory_geo.analyze.kpis.targets import ATTAINMENT
from territory_geo.render.kpis.page import page

MODELS = {
    "both": "Both ways of selling",
    "territory": "Territories: coverage, leads, revenue, time in the field",
    "account": "Named accounts: engagement, people, deals, products, keeping customers",
}

UNITS = {
    "share": "a part of a whole, shown in per cent", "ratio": "a quotient that may pass 1, shown in per cent",
    "money": "money, in the currency of the tables", "money per day": "money per day, in the currency of the tables",
}  # fmt: skip
"""Units in words where the name alone does not say it."""

PRORATED = {True: "shared out over the months of the period", False: "the same for any period"}
"""What becomes of a target for a year, by whether the KPI adds up over time."""


def definitions_page() -> str:
    """Return a page of HTML with every KPI."""
    table = kpi_definitions()
    parts = ["<h1>What each figure means</h1>"]
    parts.append(
        '<p class="soft">Sums first, division last: the company comes from the same sums as its territories, so that '
        "they add up. A figure whose divisor is 0 is missing, not 0. Money is in the currency of the tables.</p>"
    )
    links = "".join(
        f'<a href="#{escape(str(kpi), quote=True)}">{escape(str(title))}</a>'
        for kpi, title in zip(table["kpi"], table["title"], strict=True)
    )
    parts.append(f"<nav>{links}</nav>")
    for model, title in MODELS.items():
        cards = []
        for kpi in table[table["model"] == model].to_dict("records"):
            words = {"higher": "higher is better", "lower": "lower is better", "neither": "neither is better"}
            rows = {
                "Formula": kpi["formula"], "Unit": UNITS.get(str(kpi["unit"]), kpi["unit"]), "Source": kpi["source"],
                "What moves it": kpi["moves"],
                "Direction": words[str(kpi["better"])], "Target reached": ATTAINMENT[str(kpi["better"])],
                "Target for a year": PRORATED[KPIS[str(kpi["kpi"])].flow],
                "Interval": kpi["interval"], "Reference": kpi["reference"],
            }  # fmt: skip
            lines = "".join(
                f"<tr><th>{escape(name)}</th><td>{escape(str(text))}</td></tr>" for name, text in rows.items() if text
            )
            cards.append(
                f'<section class="card" id="{escape(str(kpi["kpi"]), quote=True)}"><div class="head">'
                f'<h2>{escape(str(kpi["title"]))}</h2><span class="soft">{escape(str(kpi["kpi"]))}</span></div>'
                f"<table><tbody>{lines}</tbody></table></section>"
            )
        parts.append(f'<h3 style="font-size:16px">{escape(title)}</h3><div class="grid">{"".join(cards)}</div>')
    return page("Definitions of KPIs", "".join(parts))
