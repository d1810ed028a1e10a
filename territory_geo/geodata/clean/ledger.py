"""The book of findings: every check writes here what it found, and what becomes of the row.

A row is refused once, by the first rule that finds a reason; whatever is kept or converted is listed as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.clean.rules import RULES, Rule, chosen_rules

Positions = NDArray[np.int64]

COLUMNS = ["row", "id", "rule", "severity", "finding", "action"]
"""Columns of the table of findings."""

_MOST_RANGES = 12
_MOST_LISTED = 200


class Ledger:
    """Findings about a table of `n` rows.

    Parameters
    ----------
    n : int
        Rows of the table.
    fix, keep, reject : sequence of str
        Rules to mend, rules whose rows are kept instead of refused, and the other way round.
    rules : mapping of str to Rule
        The rules there are, in the order of reports.

    Raises
    ------
    OptionError
        If a rule is unknown or cannot be treated so.
    """

    def __init__(
        self,
        n: int,
        *,
        fix: Sequence[str] = (),
        keep: Sequence[str] = (),
        reject: Sequence[str] = (),
        rules: Mapping[str, Rule] = RULES,
    ) -> None:
        self.rules = rules
        self.fix = chosen_rules("fix", fix, tuple(name for name, rule in rules.items() if rule.fix))
        self.keep = chosen_rules("keep", keep, tuple(name for name, rule in rules.items() if rule.keepable))
        self.reject = chosen_rules("reject", reject, tuple(name for name, rule in rules.items() if rule.escalates))
        self.reasons: NDArray[Any] = np.full(n, None, dtype=object)
        self.refused: NDArray[np.bool_] = np.zeros(n, dtype=bool)
        self._entries: list[tuple[str, Positions, Sequence[str], str, str]] = []
        self._said: list[tuple[str, str, str]] = []

    def say(self, rule: str, finding: str, action: str) -> None:
        """Write down a finding about the table as a whole."""
        self._said.append((rule, finding, action))

    def add(self, rule: str, positions: Any, texts: Sequence[str], action: str = "", *, refuse: bool = False) -> None:
        """Write down a finding per row, and refuse the rows where the rule says so.

        Parameters
        ----------
        rule : str
            Name of the rule.
        positions : array of int
            Rows, from 0; those that are refused already are left out.
        texts : sequence of str
            What was found, one per position.
        action : str
            What was done where a row was mended or converted; a mended row is never refused.
        refuse : bool
            Refuse the rows though the rule would keep them.
        """
        positions = np.asarray(positions, dtype=np.int64)
        if len(positions) == 0:
            return
        open_ = ~self.refused[positions]
        if not open_.all():
            texts = [text for text, keep in zip(texts, open_, strict=True) if keep]
            positions = positions[open_]
        if len(positions) == 0:
            return
        known, severity = self.rules[rule], self.rules[rule].severity
        mended = bool(action) and known.default not in ("convert", "say")
        stays = rule in self.keep or (known.default != "reject" and rule not in self.reject)
        if not mended and (refuse or not stays):
            self.refused[positions] = True
            self.reasons[positions] = np.array(texts, dtype=object)
            action, severity = "rejected", "error"
        elif not action:
            action = "kept"
            mended = rule in self.keep
        # What was asked for is no reason to refuse a file.
        self._entries.append((rule, positions, texts, "info" if mended else severity, action))

    def table(self, text: NDArray[np.object_]) -> pd.DataFrame:
        """Return every finding: `row` (from 1; missing where it is about the table), `id`, `rule`, `severity`,
        `finding`, `action`; `text` has the rows' ids.
        """
        order = {name: number for number, name in enumerate(self.rules)}
        parts = []
        for rule, finding, action in self._said:
            entry = {"row": [0], "id": [""], "rule": rule, "severity": self.rules[rule].severity}
            parts.append((order[rule], pd.DataFrame({**entry, "finding": finding, "action": action})))
        for rule, positions, texts, severity, action in self._entries:
            entry = {"row": positions + 1, "id": text[positions], "rule": rule, "severity": severity}
            parts.append((order[rule], pd.DataFrame({**entry, "finding": np.array(texts, object), "action": action})))
        if not parts:
            return pd.DataFrame({name: pd.Series(dtype="Int64" if name == "row" else object) for name in COLUMNS})
        parts.sort(key=lambda part: part[0])
        frame = pd.concat([part for _, part in parts], ignore_index=True)
        rank = frame["rule"].map(order)
        frame = frame.iloc[np.lexsort((frame["row"], rank))].reset_index(drop=True)
        frame["row"] = frame["row"].astype("Int64").mask(frame["row"] == 0)
        return frame[COLUMNS]


def summary(findings: pd.DataFrame) -> pd.DataFrame:
    """Return one line per rule and action: `rule`, `severity`, `rows`, `row_numbers`, `example`, `action`.

    What is about the table as a whole has a line of its own each, with 0 rows.
    """
    lines: list[dict[str, object]] = []
    whole = findings["row"].isna()
    for entry in findings[whole].to_dict("records"):
        lines.append({**_head(entry), "rows": 0, "row_numbers": "", "example": entry["finding"]})
    for _, group in findings[~whole].groupby(["rule", "action"], sort=False):
        first = group.iloc[0]
        rows = np.unique(group["row"].to_numpy(dtype=np.int64))
        example = f"row {first['row']}: {first['finding']}"
        lines.append({**_head(first), "rows": len(rows), "row_numbers": row_ranges(rows), "example": example})
    columns = ["rule", "severity", "rows", "row_numbers", "example", "action"]
    table = pd.DataFrame(lines, columns=columns)
    rank = table["severity"].map({"error": 0, "warning": 1, "info": 2})
    return table.iloc[np.argsort(rank.to_numpy(dtype=int), kind="stable")].reset_index(drop=True)


def _head(entry: Any) -> dict[str, object]:
    return {name: entry[name] for name in ("rule", "severity", "action")}


def row_ranges(rows: Any) -> str:
    """Return sorted row numbers as text.

    Examples
    --------
    >>> row_ranges([1, 2, 3, 7])
    '1–3, 7'
    """
    rows = np.asarray(rows, dtype=np.int64)
    starts = np.flatnonzero(np.diff(rows, prepend=rows[0] - 2) > 1)
    ends = np.append(starts[1:], len(rows)) - 1
    shown = [
        str(rows[a]) if a == b else f"{rows[a]}–{rows[b]}" for a, b in zip(starts, ends, strict=True)
    ][:_MOST_RANGES]  # fmt: skip
    left = len(rows) - (ends[: len(shown)][-1] + 1)
    return ", ".join(shown) + (f" and {left:,} more" if left else "")


def refuse_unclean(findings: pd.DataFrame, source: str) -> None:
    """Raise one error with every finding that is no mere remark.

    Raises
    ------
    DataError
        If there is an error or a warning.
    """
    serious = findings[findings["severity"] != "info"]
    if serious.empty:
        return
    lines = []
    for line in serious.head(_MOST_LISTED).itertuples():
        where = "" if line.row is pd.NA else f"row {line.row}: "
        lines.append(f"  {line.rule}: {where}{line.finding}")
    if len(serious) > _MOST_LISTED:
        counts = ", ".join(f"{rule} {count:,}" for rule, count in serious["rule"].value_counts(sort=False).items())
        lines.append(f"  … and {len(serious) - _MOST_LISTED:,} more; in all {counts}")
    raise DataError(
        f"{source} is not clean, and strict was asked for:\n" + "\n".join(lines) + "\nMend the source, name a rule "
        "in fix, or leave strict out."
    )
