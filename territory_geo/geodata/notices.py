"""Lines of a report: what was noticed, how many rows, one of them, what was done."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

FINDING_COLUMNS = ("rule", "rows", "example", "action")
"""Of every report: what was noticed, how many rows, one of them, what was done."""


def finding(rule: str, rows: int, example: str, action: str) -> dict[str, object]:
    """Return one line of a report."""
    return {"rule": rule, "rows": rows, "example": example, "action": action}


def findings_table(entries: Sequence[dict[str, object]] = ()) -> pd.DataFrame:
    """Return the lines of a report as a table."""
    return pd.DataFrame(list(entries), columns=list(FINDING_COLUMNS))
