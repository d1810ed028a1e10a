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

    def finished(self) -> CrmTable:
        """Return the table: accepted rows sorted by id, the others with their reasons."""
        ids = self.frame[id_field(self.name)].to_numpy(dtype=object)
        rows = np.arange(1, len(self.frame) + 1)
        kept, gone = np.flatnonzero(self.open), np.flatnonzero(~self.open)
        accepted = self.frame.iloc[kept].drop(columns=[name for name in ("currency",) if name in self.frame])
        accepted.insert(0, "row", rows[kept])
        # Ties of an id (the lines of an order) are settled by content, so that the order of rows never matters.
        keys = [id_field(self.name), *(n for n in accepted.columns if n not in ("row", id_field(self.name)))]
        accepted = accepted.sort_values(keys[: 1 if accepted[keys[0]].is_unique else None], kind="stable")
        rejects = pd.DataFrame({"row": rows[gone], "id": ids[gone], "reason": self.ledger.reasons[gone]})
        return CrmTable(
            self.name, accepted.reset_index(drop=True), rejects, self.ledger.table(ids), self.columns, self.source,
            self.sha256,
        )  # fmt: skip
