"""All files of a run of KPIs in one folder: tables, workbook, scorecards, ranking, influence maps, definitions."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.analyze.kpis import AccountCard, kpi_scores
from territory_geo.render.export import named_failures
from territory_geo.render.kpis.accounts import accounts_page
from territory_geo.render.kpis.book import write_book
from territory_geo.render.kpis.definitions import definitions_page
from territory_geo.render.kpis.influence import influence_page
from territory_geo.render.kpis.page import linked
from territory_geo.render.kpis.ranking import ranking_page
from territory_geo.render.kpis.scorecard import scorecards_page

if TYPE_CHECKING:
    import networkx as nx

FILES = (
    "kpis.csv", "kpis.xlsx", "kpis.json", "scores.csv", "scorecards.html", "scorecards_territory.html",
    "scorecards_team.html", "scorecards_manager.html", "ranking.csv", "ranking.html", "accounts.html",
    "influence.html", "definitions.html",
)  # fmt: skip
"""What may be written; scores and scorecards where there is something to compare with."""

_WORDS = {"rep": "Reps", "territory": "Territories", "team": "Teams", "manager": "Managers", "account": "Accounts"}


def kpi_record(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table of KPIs as it is written to kpis.json: null for what is missing."""
    about = table.attrs
    rows = [
        {name: None if isinstance(cell, float) and not math.isfinite(cell) else cell for name, cell in row.items()}
        for row in table.astype(object).to_dict("records")
    ]
    keys = ("period", "previous", "against", "currency", "confidence", "notes")
    return {**{name: about.get(name) for name in keys}, "kpis": rows}


def write_kpis(
    table: pd.DataFrame,
    directory: str | os.PathLike[str],
    *,
    title: str | None = None,
    ranking: pd.DataFrame | None = None,
    accounts: Sequence[AccountCard] = (),
    people: Sequence[nx.DiGraph] = (),
) -> list[str]:
    """Write a table of KPIs as files.

    Parameters
    ----------
    table : DataFrame
        From `kpis`.
    directory : path
        Made if needed; files of an earlier run are replaced.
    title : str, optional
        Headline of the scorecards.
    ranking : DataFrame, optional
        From `fair_ranking`: becomes ranking.csv, ranking.html and a sheet of the workbook.
    accounts : sequence of AccountCard
        From `account_cards`: become accounts.html, a card for each; needs the level account in the table.
    people : sequence of networkx.DiGraph
        From `influence_map`: become influence.html; left out, those of the accounts.

    Returns
    -------
    list of str
        Names of the files: kpis.csv, kpis.json and kpis.xlsx, definitions.html, and scores.csv and scorecards.html
        (by rep where reps are known, else by territory) where there is something to compare with; scorecards of
        territories, teams and managers have files of their own beside those of reps. CSV files hold text as it came,
        so that ids fit those of other tables; in the workbook nothing from the data can run as a formula.

    Raises
    ------
    DataError
        If the folder cannot be written.
    """
    folder = Path(directory)
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        table.to_csv(folder / "kpis.csv", index=False, lineterminator="\n", encoding="utf-8")
        text = json.dumps(kpi_record(table), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "kpis.json").write_text(text + "\n", encoding="utf-8")
        write_book(table, folder / "kpis.xlsx", ranking=ranking)
        if ranking is not None:
            ranking.to_csv(folder / "ranking.csv", index=False, lineterminator="\n", encoding="utf-8")
        pages = _pages(table, title, ranking, accounts, people)
        links = {name: words for name, (words, _) in pages.items()}
        for name, (_, html) in pages.items():
            (folder / name).write_text(linked(html, links), encoding="utf-8")
        if (table["level"] == "company").any() or table["target"].notna().any():
            scores = kpi_scores(table)
            scores.to_csv(folder / "scores.csv", index=False, lineterminator="\n", encoding="utf-8")
    return [name for name in FILES if (folder / name).is_file()]


def _pages(
    table: pd.DataFrame,
    title: str | None,
    ranking: pd.DataFrame | None,
    accounts: Sequence[AccountCard],
    people: Sequence[nx.DiGraph],
) -> dict[str, tuple[str, str]]:
    """Return the pages by file name: what links to them say, and the page."""
    about = table.attrs
    pages = {}
    there = [name for name in dict.fromkeys(("rep", "territory", *table["level"])) if name in set(table["level"])]
    for place, level in enumerate(name for name in there if name != "company"):
        if place == 0 or f"scorecards_{level}.html" in FILES:
            name = f"scorecards_{level}.html" if place else "scorecards.html"
            pages[name] = (_WORDS.get(level, f"By {level}"), scorecards_page(table, level=level, title=title))
    if ranking is not None:
        names, currency = about.get("names"), about.get("currency", "")
        pages["ranking.html"] = ("Ranking", ranking_page(ranking, names=names, currency=currency))
    if accounts:
        pages["accounts.html"] = ("Named accounts", accounts_page(table, accounts))
    if people := people or [card.people for card in accounts if card.people is not None]:
        pages["influence.html"] = ("Who decides", influence_page(people))
    pages["definitions.html"] = ("Definitions", definitions_page())
    return pages
