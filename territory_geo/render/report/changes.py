"""Who gets other accounts: how much changes rep, and from whom to whom."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.render.export.tables import rep_name
from territory_geo.render.formats import NumberFormat, share_text
from territory_geo.render.moves import LEFT, exchanges
from territory_geo.render.report.words import counted

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

MOST_EXCHANGES = 24
"""Pairs of reps that are listed."""


def changes_section(plan: TerritoryPlan, moves: pd.DataFrame, *, workbook: str) -> str:
    """Return the section on changes, or nothing where the plan does not say who has what today.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    moves : DataFrame
        From `moves_of`.
    workbook : str
        Name of the workbook beside the report; empty where there is none.
    """
    if plan.problem.alignment is None:
        return ""
    head = '<section id="changes" class="sheet"><h2>Changes</h2>'
    if moves.empty:
        return f"{head}<p>Every account stays with its rep.</p></section>"
    table = plan.disruption()
    rows = "".join(_share_row(str(r["measure"]), r) for r in table.to_dict("records"))
    shares = (
        '<table class="figures"><thead><tr><th></th><th class="number">held today</th>'
        '<th class="number">changes rep</th><th class="number">share</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    left = int((moves["why"] == LEFT).sum())
    verb = "come" if left > 1 else "comes"
    gone = f" {counted(left, 'account')} more {verb} from reps without a territory." if left else ""
    pairs = exchanges(moves)
    lines = "".join(
        f"<tr><td>{_named(plan, str(p['from']))}</td><td>{_named(plan, str(p['to']))}</td>"
        f'<td class="number">{int(p["accounts"]):,}</td></tr>'
        for p in pairs.head(MOST_EXCHANGES).to_dict("records")
    )
    rest = len(pairs) - MOST_EXCHANGES
    notes = [f"And {counted(rest, 'smaller exchange')}."] if rest > 0 else []
    notes += [f"Account by account: {workbook}, sheet Moves."] if workbook else []
    below = f'<p class="note">{escape(" ".join(notes))}</p>' if notes else ""
    return (
        f"{head}<p>What reps hold today who have a territory in the plan, and how much of it goes to another rep."
        f"{escape(gone)}</p>{shares}<h3>From whom to whom</h3><table><thead><tr><th>from</th><th>to</th>"
        f'<th class="number">accounts</th></tr></thead><tbody>{lines}</tbody></table>{below}</section>'
    )


def _share_row(measure: str, row: Mapping[Any, Any]) -> str:
    held, moved, share = (float(row[name]) for name in ("held", "moved", "share"))
    style = NumberFormat.of(measure, [held])
    cells = (style.write(held), style.write(moved), share_text(share))
    numbers = "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells)
    return f"<tr><td>{escape(style.label)}</td>{numbers}</tr>"


def _named(plan: TerritoryPlan, rep: str) -> str:
    name = rep_name(plan, rep)
    return f"{escape(rep)}{f' <span class=soft>{escape(name)}</span>' if name else ''}"
