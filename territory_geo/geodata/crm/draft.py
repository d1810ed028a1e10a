"""A table that is still being checked: all of its rows, the book of findings, and how it becomes a `CrmTable`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.crm.fields import id_field
from territory_geo.geodata.crm.table import CrmTable


@dataclass(eq=False)
class Draft:
    """A table on its way.

    Parameters
    ----------
    name : str
        Of the table.
    frame : DataFrame
        Every record of the source, in its order.
    ledger : Ledger
        Findings so far.
    columns : dict
        Source column of each field.
    source, sha256 : str
        Where it came from.
    currencies : dict
        For each field of money, the currency of each row, shape (n,); empty where none is named.
    has_currency : bool
        Whether the source has a column of currencies.
    """

    name: str
    frame: pd.DataFrame
    ledger: Ledger
    columns: dict[str, str | None]
    source: str
    sha256: str
    currencies: dict[str, NDArray[Any]] = field(default_factory=dict)
    has_currency: bool = False

    @property
    def open(self) -> NDArray[np.bool_]:
        """Which rows are not refused, shape (n,)."""
        return ~self.ledger.refused

    def put(self, name: str, texts: NDArray[Any]) -> None:
        """Set a column of text; it stays an array of Python's texts, which the checks share, until all is done."""
        self.frame[name] = pd.Series(texts, index=self.frame.index, dtype=object)

    def finished(self) -> CrmTable:
        """Return the table: accepted rows sorted by id, the others with their reasons."""
        ids = self.frame[id_field(self.name)].to_numpy(dtype=object)
        rows = np.arange(1, len(self.frame) + 1)
        kept, gone = np.flatnonzero(self.open), np.flatnonzero(~self.open)
        order = kept[self._order(ids[kept], kept)]
        accepted = pd.DataFrame({"row": rows[order]})
        for name in self.frame.columns.drop("currency", errors="ignore"):
            cells = self.frame[name].to_numpy()[order]
            accepted[name] = pd.Series(cells, dtype=str) if cells.dtype == object else pd.Series(cells)
        rejects = pd.DataFrame({"row": rows[gone], "id": ids[gone], "reason": self.ledger.reasons[gone]})
        return CrmTable(self.name, accepted, rejects, self.ledger.table(ids), self.columns, self.source, self.sha256)

    def _order(self, ids: NDArray[Any], kept: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the order of ids among the accepted rows."""
        if (ids[1:] > ids[:-1]).all():
            return np.arange(len(ids), dtype=np.int64)
        order = _unique_order(ids)
        if order is not None:
            return order
        # Ties of an id (the lines of an order) are settled by content, so that the order of rows never matters.
        name = id_field(self.name)
        whole = self.frame.iloc[kept].reset_index(drop=True)
        keys = [name, *(other for other in whole.columns if other not in (name, "currency"))]
        return np.asarray(whole.sort_values(keys, kind="stable").index, dtype=np.int64)


def _unique_order(ids: NDArray[Any]) -> NDArray[np.int64] | None:
    """Return the order of texts, or None where two of them are the same."""
    try:
        # As bytes they sort in a fraction of the time, and in the same order.
        keys = ids.astype(bytes)
    except UnicodeEncodeError:
        keys = ids
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    return order.astype(np.int64) if bool((ranked[1:] != ranked[:-1]).all()) else None
