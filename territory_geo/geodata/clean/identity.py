"""Who a row is: ids that are missing or repeated, records that come twice, reps that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import Reasons
from territory_geo.geodata.ids import texts as id_texts

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps


def check_ids(text: NDArray[np.object_], rows: pd.Series, ledger: Ledger, frame: pd.DataFrame | None = None) -> None:
    """Refuse the rows whose id is missing or was used by an earlier row that is not refused.

    Parameters
    ----------
    text : array of str
        Each row's id.
    rows : Series
        Each row's number.
    ledger : Ledger
        What was refused before, and where the findings go.
    frame : DataFrame, optional
        The source's columns: a row that repeats an earlier one in each of them is told apart.
    """
    blank = ~np.fromiter(map(bool, map(str.strip, text)), dtype=bool, count=len(text))
    missing = np.flatnonzero(blank & ~ledger.refused)
    ledger.add("missing_id", missing, ["the id is missing"] * len(missing))
    open_ = np.flatnonzero(~ledger.refused)
    first = _first_of(text[open_])
    again = open_[first != np.arange(len(open_))]
    if not len(again):
        return
    earlier = open_[first[first != np.arange(len(open_))]]
    same = np.zeros(len(again), dtype=bool)
    if frame is not None and len(frame.columns) > 2:
        left, right = (
            part.astype(object).where(part.notna(), None).to_numpy()
            for part in (frame.iloc[again], frame.iloc[earlier])
        )
        same = np.array([tuple(a) == tuple(b) for a, b in zip(left, right, strict=True)], dtype=bool)
    number = rows.to_numpy()
    ledger.add(
        "repeated_record", again[same], [f"the same record as row {number[i]}" for i in earlier[same]]
    )  # fmt: skip
    texts = [f"the id {text[i]!r} is already used in row {number[j]}" for i, j in zip(again, earlier, strict=True)]
    ledger.add("duplicate_id", again[~same], [t for t, s in zip(texts, same, strict=True) if not s])


def _first_of(text: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each text the position where it comes first."""
    codes, _ = pd.factorize(text)
    first = np.zeros(codes.max(initial=-1) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first[codes]


def id_reasons(ids: pd.Series, rows: pd.Series, reasons: Reasons) -> None:
    """Add to `reasons` the rows whose id is missing or was already used by an earlier accepted row."""
    ledger = Ledger(len(ids))
    ledger.refused[list(reasons)] = True
    check_ids(id_texts(ids), rows, ledger)
    for i in np.flatnonzero(ledger.refused).tolist():
        reasons.setdefault(i, str(ledger.reasons[i]))


def check_reps(column: pd.Series, reps: Reps, ledger: Ledger) -> None:
    """List the rows whose current rep is none of the reps, by id or by name; rows without one are prospects."""
    known = set(id_texts(reps.frame.index))
    if "name" in reps.frame.columns:
        known |= set(id_texts(reps.frame["name"]))
    known = {value.strip().casefold() for value in known}
    text = id_texts(column)
    strange = [i for i, value in enumerate(text) if value.strip() and value.strip().casefold() not in known]
    ledger.add(
        "unknown_rep", strange, [f"{column.name} {text[i]!r} is not among the {len(reps)} reps" for i in strange]
    )
