"""A plan's report and its workbook, written side by side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from territory_geo.errors import OptionError
from territory_geo.render.export.book import write_book
from territory_geo.render.export.folder import named_failures
from territory_geo.render.export.shapes import fresh
from territory_geo.render.export.tables import rep_name
from territory_geo.render.figure.scene import scene_of
from territory_geo.render.moves import moves_of
from territory_geo.render.report.changes import changes_section
from territory_geo.render.report.frame import live_map, page, script_hashes
from territory_geo.render.report.method import method_section
from territory_geo.render.report.overview import scorecard_section, summary_section
from territory_geo.render.report.territory import territory_section

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

ENDINGS = (".html", ".htm")
"""Of a report's file."""


def report(
    plan: TerritoryPlan,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    note: str = "",
    interactive: bool = True,
    workbook: bool = True,
) -> list[str]:
    """Write a plan's report: one page of HTML that opens offline and prints, and a workbook beside it.

    The report has a summary in words, the map, a scorecard, a page for each territory to hand to its rep, what changes
    hands and how the plan came to be. Printed, each territory has its own page and pages are numbered.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan, also one that was edited or is today's.
    path : path
        Ends in .html; the workbook has the same name and ends in .xlsx. Earlier files are replaced.
    title : str, optional
        Headline; "Territory plan" when not given.
    note : str, optional
        A line below it, such as a date, or for whom the report is.
    interactive : bool, default True
        Whether screens show the interactive map; printed pages show a drawing either way.
    workbook : bool, default True
        Whether to write the workbook.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    OptionError
        If the path does not end in .html.
    DataError
        If a file cannot be written.

    Examples
    --------
    >>> report(plan, "maps/spring/report.html", note="Spring 2026, draft for the managers")  # doctest: +SKIP
    """
    file = Path(path)
    if file.suffix.lower() not in ENDINGS:
        raise OptionError(f"A report is a page: its name must end in .html. Got {file.name!r} instead.")
    book = file.with_suffix(".xlsx")
    text = report_page(plan, title=title, note=note, interactive=interactive, workbook=book.name if workbook else "")
    fresh(file)
    with named_failures(file):
        file.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    if not workbook:
        return [file.name]
    write_book(plan, book, title=title)
    return [file.name, book.name]


def report_page(
    plan: TerritoryPlan, *, title: str | None = None, note: str = "", interactive: bool = True, workbook: str = ""
) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    plan, title, note, interactive
        As in `report`.
    workbook : str
        Name of the workbook that readers are sent to for what does not fit; empty for none.
    """
    headline = title or "Territory plan"
    scene, moves = scene_of(plan), moves_of(plan)
    anchors = {name: f"territory{t + 1}" for t, name in enumerate(plan.territory_ids)}
    before = dict(zip(moves["position"].tolist(), moves["from"].tolist(), strict=True))
    scripts: list[str] = []
    live = ""
    if interactive:
        from territory_geo.render.map import map_with_today

        drawn = map_with_today(plan, title=headline, theme="auto").get_root().render()
        live, scripts = live_map(drawn), script_hashes(drawn)
    changes = changes_section(plan, moves, workbook=workbook)
    body = [
        summary_section(plan, scene, title=headline, note=note, live=live),
        scorecard_section(plan, scene, anchors),
        *(
            territory_section(plan, scene, t, anchor=anchors[name], before=before, workbook=workbook)
            for t, name in enumerate(plan.territory_ids)
        ),
        changes,
        method_section(plan, scene),
    ]
    # The territories come last: there may be more of them than a screen is wide.
    links = [("summary", "Summary"), ("scorecard", "Scorecard")]
    links += [("changes", "Changes")] if changes else []
    links += [("method", "Method")]
    links += [(anchors[name], f"{name} {rep_name(plan, name)}".strip()) for name in plan.territory_ids]
    return page(headline, "".join(body), links=links, scripts=scripts)
