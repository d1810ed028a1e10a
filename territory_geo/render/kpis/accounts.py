"""A card for each named account: its figures at a glance, its people, contacts, deals, products, and all figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from territory_geo.analyze.kpis import AccountCard
from territory_geo.analyze.kpis.registry import KPIS
from territory_geo.errors import DataError
from territory_geo.render.kpis.figures import change_text, direction, shown
from territory_geo.render.kpis.influence import influence_svg, who_is_met
from territory_geo.render.kpis.lines import figure_spans, figures_table, notes_list
from territory_geo.render.kpis.page import page

TILES = (
    ("revenue", "Revenue"), ("engagement", "Engagement"), ("stakeholder_coverage", "Contacts met"),
    ("open_pipeline", "Open pipeline"), ("product_penetration", "Products bought"), ("white_space", "White space"),
    ("lifetime_value_discounted", "Lifetime value"),
)  # fmt: skip
"""The figures at the head of a card, and short words for them."""

_INDEX = ("revenue", "engagement", "stakeholder_coverage", "open_pipeline", "white_space")
_STATES = {"bought": "bought", "new": "new", "lapsed": "lapsed", "white space": "not bought yet"}


def accounts_page(table: pd.DataFrame, cards: Sequence[AccountCard], *, title: str | None = None) -> str:
    """Return a page of HTML with a card for each named account.

    Parameters
    ----------
    table : DataFrame
        From `kpis`, with the level account.
    cards : sequence of AccountCard
        From `account_cards`.
    title : str, optional
        Headline.

    Returns
    -------
    str
        HTML, complete, without scripts; text from data is escaped.

    Raises
    ------
    DataError
        If there are no cards, or the table lacks the figures of one of them.
    """
    rows = table[table["level"] == "account"]
    of_account = {str(key): part for key, part in rows.groupby("key", sort=False)}
    if missing := [card.account for card in cards if card.account not in of_account]:
        raise DataError(f"The table has no figures of account {missing[0]!r}: give by=['company', 'account'] to kpis.")
    if not cards:
        raise DataError("There is no account to show: a coverage table says which accounts are named.")
    about = table.attrs
    company = table[table["level"] == "company"].set_index(["kpi", "motion"])["value"].to_dict()
    spans, names = figure_spans(rows), about.get("names", {})
    said = (
        f"{about.get('period', '')}, compared with {about.get('against', '')}. Money in "
        f"{about.get('currency') or 'a currency that no table states'}."
    )
    parts = [
        f'<h1>{escape(title or "Named accounts")}</h1><p class="soft">{escape(said)}</p>',
        _index(cards, of_account),
        *(_card(card, of_account[card.account], company, spans, names) for card in cards),
    ]
    return page(title or "Named accounts", "".join(parts))


def _index(cards: Sequence[AccountCard], of_account: Mapping[str, pd.DataFrame]) -> str:
    """Return a table with a line for each account."""
    words = dict(TILES)
    shown_first = ("revenue", "engagement")
    heads = "".join(
        f'<th class="number{"" if name in shown_first else " optional"}">{escape(words[name])}</th>' for name in _INDEX
    )
    lines = []
    for card in cards:
        figures = _by_kpi(of_account[card.account])
        cells = "".join(
            f'<td class="number{"" if name in shown_first else " optional"}">{escape(_value(figures.get(name)))}</td>'
            for name in _INDEX
        )
        lines.append(
            f'<tr><td class="who"><a href="#{_anchor(card)}">{escape(card.name or card.account)}</a> '
            f"<small>{escape(card.account if card.name else '')}</small></td>{cells}</tr>"
        )
    return (
        f'<section class="card"><table><thead><tr><th>account</th>{heads}</tr></thead><tbody>{"".join(lines)}</tbody>'
        "</table></section>"
    )


def _card(card: AccountCard, rows: pd.DataFrame, company: Any, spans: Any, names: Mapping[str, str]) -> str:
    owner = " ".join(text for text in (card.owner, names.get(card.owner, "")) if text)
    whose = ", ".join(
        text for text in (f"with {owner}" if owner else "with nobody", card.team,
                          f"in territory {card.territory}" if card.territory else "") if text
    )  # fmt: skip
    figures = _by_kpi(rows)
    tiles = "".join(_tile(words, figures.get(name)) for name, words in TILES)
    notes: list[str] = []
    everything = figures_table(rows, company, spans, notes) + notes_list(notes)
    blocks = [
        _people(card),
        f"<div>{_channels(card)}{_products(card, _unit(figures, 'revenue'))}</div>",
    ]
    return (
        f'<section class="card account" id="{_anchor(card)}"><div class="head"><h2>{escape(card.name or card.account)}'
        f'</h2><span class="soft">{escape(card.account)} · {escape(whose)}</span></div><div class="tiles">{tiles}</div>'
        f'<div class="halves">{"".join(blocks)}</div>{_deals(card, _unit(figures, "open_pipeline"))}'
        f"<details><summary>All figures beside those of all named accounts</summary>{everything}</details></section>"
    )


def _tile(words: str, row: Mapping[Any, Any] | None) -> str:
    """Return one figure, large, with its change below."""
    below, tone = "", "soft"
    if row is not None:
        below = change_text(row["change"], str(row["unit"]))
        way = direction(row["change"], KPIS[row["kpi"]].better)
        tone = way if way in ("better", "worse") else "soft"
    why = "" if row is None or not math.isnan(row["value"]) else escape(str(row["note"]), quote=True)
    hint = f' title="{why}"' if why else ""
    change = f'<small class="{tone}">{escape(below)}</small>' if below else ""
    return f"<div{hint}><small>{escape(words)}</small><b>{escape(_value(row))}</b>{change}</div>"


def _people(card: AccountCard) -> str:
    if card.people is None:
        return '<div><h3>People</h3><p class="note">No contact is known.</p></div>'
    return (
        f'<div class="people"><h3>People</h3><p>{escape(who_is_met(card.people))}</p>'
        f'<div class="wide">{influence_svg(card.people)}</div></div>'
    )


def _channels(card: AccountCard) -> str:
    """Return points by channel as bars, with how often and when last."""
    table = card.engagement
    if table.empty or not (table["points"] > 0).any():
        return '<h3>Engagement by channel</h3><p class="note">No contact up to the end of the period.</p>'
    most = float(table["points"].max())
    lines = []
    for row in table.to_dict("records"):
        width = round(100 * float(row["points"]) / most)
        bar = f'<span class="bar" style="width:{width}%"></span>' if width else ""
        last = "never" if pd.isna(row["last"]) else f"{row['last']:%Y-%m-%d}"
        change = change_text(float(row["points"]) - float(row["previous"]), "points")
        lines.append(
            f'<tr><td class="state">{escape(str(row["channel"]))}</td><td class="bars">{bar}</td>'
            f'<td class="number">{shown(float(row["points"]), "points")}</td>'
            f'<td class="number soft optional">{change}</td>'
            f'<td class="number">{row["contacts"]}</td><td class="number soft">{last}</td></tr>'
        )
    return (
        '<h3>Engagement by channel</h3><table><thead><tr><th></th><th></th><th class="number">points</th>'
        '<th class="number optional">change</th><th class="number">contacts</th><th class="number">last</th>'
        f"</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _products(card: AccountCard, unit: str) -> str:
    """Return what is bought and what is not, product by product."""
    if card.products.empty:
        return '<h3>Products</h3><p class="note">No order names a product.</p>'
    lines = []
    for row in card.products.to_dict("records"):
        state = str(row["state"])
        none = state == "white space"
        amounts = "".join(
            f'<td class="number soft">{"" if none or not row[name] > 0 else escape(_bare(row[name], unit))}</td>'
            for name in ("amount", "previous")
        )
        said = f'<td class="state {state.split(" ")[0]}">{_STATES[state]}</td>'
        lines.append(f"<tr><td>{escape(str(row['product']))}</td>{said}{amounts}</tr>")
    room = "" if math.isnan(card.room) else (
        f"<p>Room in the period, over all products: <b>{escape(shown(card.room, unit))}</b></p>")  # fmt: skip
    return (
        "<h3>Products and white space</h3><table><thead><tr><th></th><th></th>"
        f'<th class="number">{escape(unit)}, period</th><th class="number">before</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>{room}"
    )


def _deals(card: AccountCard, unit: str) -> str:
    """Return the opportunities, open ones first."""
    if card.deals.empty:
        return '<h3>Deals</h3><p class="note">None open, and none decided in the period.</p>'
    lines = []
    for row in card.deals.to_dict("records"):
        stage = str(row["stage"])
        closed = "" if pd.isna(row["closed"]) else f"{row['closed']:%Y-%m-%d}"
        amount = "–" if pd.isna(row["amount"]) else _bare(row["amount"], unit)
        lines.append(
            f'<tr><td class="state {escape(stage)}">{escape(stage)}</td><td>{escape(str(row["product"]))} '
            f'<small>{escape(str(row["opportunity_id"]))}</small></td><td class="number">{escape(amount)}</td>'
            f'<td class="number optional">{row["created"]:%Y-%m-%d}</td><td class="number">{closed}</td>'
            f'<td class="number optional">{row["days"]:,}</td></tr>'
        )
    return (
        "<h3>Deals: open at the end of the period, won or lost in it</h3><table><thead><tr><th></th><th>product</th>"
        f'<th class="number">{escape(unit)}</th><th class="number optional">created</th><th class="number">decided</th>'
        f'<th class="number optional">days</th></tr></thead><tbody>{"".join(lines)}</tbody></table>'
    )


def _by_kpi(rows: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    return {str(row["kpi"]): row for row in rows[rows["aligned"].astype(bool)].to_dict("records")}


def _unit(figures: Mapping[str, Mapping[Any, Any]], kpi: str) -> str:
    return str(figures[kpi]["unit"]) if kpi in figures else ""


def _value(row: Mapping[Any, Any] | None) -> str:
    return "–" if row is None else shown(float(row["value"]), str(row["unit"]))


def _bare(amount: Any, unit: str) -> str:
    """Return an amount without its unit, which the head of the column has."""
    return shown(float(amount), unit).removesuffix(f" {unit}")


def _anchor(card: AccountCard) -> str:
    return f"account-{escape(card.account, quote=True)}".replace(" ", "-")
