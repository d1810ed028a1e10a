"""All that a CRM knows of the accounts, in one object: read, checked against each other, in one currency."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean.ledger import refuse_unclean
from territory_geo.geodata.crm.fields import TABLES, dates_of
from territory_geo.geodata.crm.links import check_links
from territory_geo.geodata.crm.money import settle_currency
from territory_geo.geodata.crm.read import Reading, Source, read_table
from territory_geo.geodata.crm.table import CrmTable

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.readers.dialect import TextFormat


@dataclass(frozen=True, eq=False)
class CRM:
    """Contacts, activities, opportunities, orders, leads and people.

    Parameters
    ----------
    tables : dict of str to CrmTable
        Those that were given, by name; each has `frame`, `rejects`, `findings`, `report()`.
    currency : str
        Of every amount; empty where no source and no option names it.
    """

    tables: dict[str, CrmTable]
    currency: str = ""
    _spans: dict[str, tuple[pd.Timestamp, pd.Timestamp]] = field(default_factory=dict, init=False, repr=False)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the rows of a table.

        Raises
        ------
        DataError
            If it was not given.
        """
        if name not in self.tables:
            raise DataError(f"There is no table of {name}. Give it to read_crm({name}=…). Given: {', '.join(self)}.")
        return self.tables[name].frame

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def has(self, table: str, field: str) -> bool:
        """Tell whether a table was given, and its source has a column for the field."""
        return table in self.tables and self.tables[table].has(field)

    def span(self, table: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """Return the first and the last day on which something in a table happened, or None where it has none.

        A row happens on its first date (created, date); an opportunity that was won or lost also on the day of that.
        """
        if table in self._spans:
            return self._spans[table]
        dates = dates_of(table)
        if table not in self.tables or not dates or self[table][dates[0]].isna().all():
            return None
        frame = self[table]
        first, last = frame[dates[0]].min(), frame[dates[0]].max()
        if table == "opportunities":
            last = pd.Series([last, frame["closed"][frame["stage"] != "open"].max()]).max()
        self._spans[table] = (first, last)
        return first, last

    @property
    def findings(self) -> pd.DataFrame:
        """Everything noticed, with the column `table` before those of each table's findings."""
        parts = [t.findings.assign(table=name) for name, t in self.tables.items() if len(t.findings)]
        if not parts:
            return pd.DataFrame(columns=["table", "row", "id", "rule", "severity", "finding", "action"])
        whole = pd.concat(parts, ignore_index=True)
        return whole[["table", *[name for name in whole.columns if name != "table"]]]

    @property
    def rejects(self) -> pd.DataFrame:
        """Refused records of all tables: `table`, `row`, `id`, `reason`."""
        parts = [t.rejects.assign(table=name) for name, t in self.tables.items()]
        whole = pd.concat(parts, ignore_index=True)
        return whole[["table", "row", "id", "reason"]]

    def report(self) -> pd.DataFrame:
        """Return what was found: one line per table, rule and action."""
        parts = [t.report().assign(table=name) for name, t in self.tables.items()]
        whole = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        return whole[["table", *[name for name in whole.columns if name != "table"]]]

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(t):,} {name}" for name, t in self.tables.items())
        refused = sum(len(t.rejects) for t in self.tables.values())
        return f"<CRM: {sizes}; {refused:,} rejected; amounts in {self.currency or 'a currency that is not stated'}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {name: f"{len(t):,} of {t.rows_read:,} rows used" for name, t in self.tables.items()}
        return definition_table("CRM", entries | {"currency": self.currency or "not stated"}, self.report())


def read_crm(
    folder: str | os.PathLike[str] | None = None,
    *,
    contacts: Source | None = None,
    activities: Source | None = None,
    opportunities: Source | None = None,
    orders: Source | None = None,
    leads: Source | None = None,
    people: Source | None = None,
    accounts: Accounts | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    currency: str | None = None,
    rates: Mapping[str, float] | None = None,
    day_first: bool | None = None,
    text: TextFormat | None = None,
    reject: Sequence[str] = (),
    strict: bool = False,
) -> CRM:
    """Read what happened with the accounts; every row ends in a table or in its rejects, with a reason.

    Parameters
    ----------
    folder : path, optional
        A folder with files called contacts, activities, opportunities, orders, leads, people (.csv, .csv.gz, .tsv,
        .xlsx, .json or .parquet), any of them.
    contacts, activities, opportunities, orders, leads, people : path, DataFrame or (URL, query), optional
        The tables one by one; they come before a folder's. Columns are recognised by usual names and by those of
        Salesforce and HubSpot exports; `people` are those who sell, with team, manager and yearly cost.
    accounts : Accounts, optional
        To list rows of accounts that nobody knows, and to match Salesforce ids of 15 characters with those of 18.
    columns : mapping, optional
        Columns that are not recognised: ``{"orders": {"amount": "Net value"}}``.
    words : mapping, optional
        Words that are not known: ``{"stage": {"Signed": "won"}, "type": {"Store check": "visit"}}``.
    currency : str, optional
        In which to report. Left out: the only one that the tables name.
    rates : mapping of str to float, optional
        What one unit of another currency is worth in `currency`.
    day_first : bool, optional
        Whether 3/4/2025 is the 3rd of April, where a column leaves it open.
    text : TextFormat, optional
        Encoding, delimiter and decimal sign of text files.
    reject : sequence of str
        Rules whose rows are refused instead of kept: unknown_account, unknown_contact, date_order, …
    strict : bool
        Refuse the tables as a whole where they have errors or warnings.

    Returns
    -------
    CRM
        With `report()`, `findings` and `rejects`.

    Raises
    ------
    DataError
        If nothing was given, a source cannot be read, a needed column is missing, a date can be read in two ways,
        several currencies have no rates, or `strict` found something.
    OptionError
        If an option cannot be used.

    Examples
    --------
    >>> orders = pd.DataFrame({"order_id": [1, 2], "account_id": ["A", "B"], "order_date": ["2025-01-31", None],
    ...                        "amount_usd": [100.0, 50.0]})
    >>> crm = read_crm(orders=orders)
    >>> crm
    <CRM: 1 orders; 1 rejected; amounts in USD>
    >>> crm.rejects.to_dict("records")
    [{'table': 'orders', 'row': 2, 'id': '2', 'reason': 'date is missing'}]
    """
    given = {
        "contacts": contacts, "activities": activities, "opportunities": opportunities, "orders": orders,
        "leads": leads, "people": people,
    }  # fmt: skip
    sources = {name: source for name, source in given.items() if source is not None}
    if folder is not None:
        sources = {**_in_folder(Path(folder)), **sources}
    if not sources:
        raise DataError("There is nothing to read. Give a folder, or tables such as read_crm(orders='orders.csv').")
    for option, value, allowed in (("columns", columns or {}, list(TABLES)),
                                   ("words", words or {}, ["stage", "decision_power", "type", "channel"])):  # fmt: skip
        wrong = [name for name in value if name not in allowed]
        if wrong:
            raise OptionError(f"The '{option}' parameter takes {', '.join(allowed)}. Got {wrong[0]!r} instead.")
    how = Reading(columns or {}, words or {}, day_first, text, tuple(reject))
    drafts = {name: read_table(name, sources[name], how) for name in TABLES if name in sources}
    check_links(drafts, accounts)
    used = settle_currency(drafts, currency, rates)
    crm = CRM({name: draft.finished() for name, draft in drafts.items()}, used)
    if strict:
        for name, table in crm.tables.items():
            refuse_unclean(table.findings, f"{table.source} ({name})")
    return crm


def _in_folder(folder: Path) -> dict[str, Source]:
    """Return the files of a folder whose names are those of tables."""
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder. Give one with files such as orders.csv, or name each table's file.")
    found: dict[str, Source] = {}
    for path in sorted(folder.iterdir()):
        name = path.name.lower().removeprefix("crm_").split(".")[0]
        if name in TABLES and path.is_file():
            if name in found:
                raise DataError(f"{folder} has several files for {name}: {found[name]} and {path}. Name one of them.")
            found[name] = path
    if not found:
        listed = ", ".join(f"{name}.csv" for name in TABLES)
        raise DataError(f"{folder} has none of {listed} (or .xlsx, .json, .parquet).")
    return found
