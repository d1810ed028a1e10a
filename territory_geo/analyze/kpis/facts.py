"""A plan and a CRM side by side: whose each record is, as numbers that KPIs sum by.

A subject is an account of the plan, or a person, for leads that belong to no account yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.kpis.alignment import Alignment, require_column
from territory_geo.analyze.kpis.definition import Parts
from territory_geo.analyze.kpis.motions import coverage_table
from territory_geo.errors import DataError
from territory_geo.geodata import clean
from territory_geo.geodata.crm.fields import TABLES

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.options import KpiOptions
    from territory_geo.analyze.kpis.period import Period
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rows:
    """The records of one table that belong to a subject.

    Parameters
    ----------
    subject : int array, shape (m,)
        Whose each record is.
    frame : DataFrame
        The records, index 0..m-1.
    """

    subject: Ints
    frame: pd.DataFrame
    _cache: dict[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.subject)

    def column(self, name: str) -> NDArray[Any]:
        """Return a column as an array; numbers as floats."""
        if name not in self._cache:
            self._cache[name] = self.frame[name].to_numpy()
        found: NDArray[Any] = self._cache[name]
        return found

    def within(self, period: Period, field: str = "date") -> Bools:
        """Tell which records' date lies in a period; a missing one lies nowhere."""
        times = self.column(field)
        start, stop = period.start.to_datetime64(), period.stop.to_datetime64()
        inside: Bools = (times >= start) & (times < stop)
        return inside

    def codes(self, name: str) -> tuple[Ints, NDArray[Any]]:
        """Return a column of text as numbers, and the texts they stand for, in alphabetical order."""
        key = f"codes of {name}"
        if key not in self._cache:
            codes, values = pd.factorize(self.frame[name], sort=True)
            self._cache[key] = codes.astype(np.int64), np.asarray(values, dtype=object)
        found: tuple[Ints, NDArray[Any]] = self._cache[key]
        return found

    def has(self, name: str, *words: str) -> Bools:
        """Tell which records have one of these words in a column."""
        codes, values = self.codes(name)
        chosen: Bools = np.isin(values, list(words))
        return chosen[codes] if len(values) else np.zeros(len(self), dtype=bool)


class Facts:
    """A plan, a CRM and how accounts are covered.

    Parameters
    ----------
    plan : TerritoryPlan or Alignment
        Whose accounts.
    crm : CRM
        What happened with them.
    coverage : DataFrame, optional
        As in `coverage_table`.
    owner : str, optional
        As in `coverage_table`.
    options : KpiOptions
        Settings.

    Attributes
    ----------
    n : int
        Accounts; they are the first `n` subjects.
    subjects : DataFrame
        One row per subject: `territory`, `motion`, `owner`, `team`, `manager` (text, empty where nobody), `hours`
        (visit hours a year, or 1 per account where the table does not know).
    notes : list of str
        What has to be said of the whole.

    Raises
    ------
    DataError
        If no record belongs to any account of the plan, or there is no such market measure.
    """

    def __init__(
        self,
        plan: TerritoryPlan | Alignment,
        crm: CRM,
        *,
        coverage: pd.DataFrame | None,
        owner: str | None,
        options: KpiOptions,
    ) -> None:
        self.crm, self.options = crm, options
        self.notes: list[str] = []
        alignment = Alignment.of(plan)
        covered = coverage_table(alignment, coverage, owner=owner)
        # By id, so that the order of the plan's rows never matters.
        order = np.argsort(covered["account_id"].to_numpy(dtype=str), kind="stable")
        covered = covered.iloc[order].reset_index(drop=True)
        self.members = alignment.accounts.iloc[order].reset_index(drop=True)
        self.n = len(covered)
        self._check_market()
        self._index = pd.Index(covered["account_id"].to_numpy(dtype=object))
        self._rows: dict[str, Rows] = {}
        self.subjects = self._with_people(covered)
        self._owner_subject = {name: self.n + i for i, name in enumerate(self.subjects["owner"].iloc[self.n :])}

    def _check_market(self) -> None:
        market = self.options.market
        if market is None:
            return
        require_column(self.members, market, "market")
        if np.isnan(clean.numbers(self.members[market])).all():
            raise DataError(f"The accounts' column {market!r} (asked for as market) holds no number. Name another one.")

    def _with_people(self, covered: pd.DataFrame) -> pd.DataFrame:
        people = self.crm["people"].set_index("person_id") if "people" in self.crm else pd.DataFrame()
        table = covered.assign(hours=self._hours())
        owners = set(table["owner"]) - {""}
        if "leads" in self.crm:
            owners |= set(self.crm["leads"].loc[self.crm["leads"]["account_id"] == "", "rep_id"]) - {""}
        # A lead without an account counts where its person has one territory only.
        mine = table[table["motion"] == "territory"].groupby("owner")["territory"].agg(["nunique", "first"])
        single = mine.loc[mine["nunique"] == 1, "first"]
        alone = pd.DataFrame({"owner": [*sorted(owners), ""]}, dtype=object)
        alone["territory"] = [single.get(name, "") if name else "" for name in alone["owner"]]
        alone = alone.assign(account_id="", motion="territory", team="", hours=0.0)
        whole = pd.concat([table, alone], ignore_index=True)
        for name in ("team", "manager"):
            known = {str(key): str(value) for key, value in people[name].items()} if name in people else {}
            of_owner = pd.Series([known.get(person, "") for person in whole["owner"]], index=whole.index, dtype=object)
            whole[name] = of_owner.where(whole[name] == "", whole[name]) if name in whole else of_owner
        return whole

    def _hours(self) -> Floats:
        visits, minutes = self.account(self.options.visits), self.account(self.options.minutes)
        if visits is None or minutes is None:
            self.notes.append(
                f"The accounts have no {self.options.visits} and {self.options.minutes}: shares of a person's work "
                "count accounts instead of visit hours."
            )
            return np.ones(self.n)
        return np.nan_to_num(visits * minutes / 60)

    def account(self, column: str | None) -> Floats | None:
        """Return a column of the accounts as numbers, shape (n,), or None where there is none."""
        if column is None or column not in self.members.columns:
            return None
        return clean.numbers(self.members[column])

    @cached_property
    def everyone(self) -> Ints:
        """The subjects that are accounts, shape (n,)."""
        return np.arange(self.n, dtype=np.int64)

    def rows(self, table: str) -> Rows:
        """Return the records of a table that belong to a subject, in the order of their ids."""
        if table not in self._rows:
            frame = self.crm[table]
            codes, accounts = pd.factorize(frame["account_id"])
            subject = self._index.get_indexer(pd.Index(np.asarray(accounts, dtype=object)))[codes].astype(np.int64)
            if table == "leads":
                bare = (frame["account_id"] == "").to_numpy()
                owners = frame["rep_id"].map(self._owner_subject).fillna(len(self.subjects) - 1).to_numpy(np.int64)
                subject = np.where(bare, owners, subject)
            outside = subject < 0
            if outside.any():
                some = sorted(set(frame["account_id"].to_numpy(dtype=object)[outside]))
                self.notes.append(
                    f"{int(outside.sum()):,} {table} belong to {len(some):,} accounts that are not in the plan, such "
                    f"as {some[0]!r}: they count nowhere."
                )
            if outside.all() and len(frame):
                raise DataError(
                    f"None of the accounts in {table} is in the plan: {table} has {some[0]!r}, the plan "
                    f"{self._index[0]!r}. Check that both use the same ids."
                )
            kept = np.flatnonzero(~outside)
            whole = len(kept) == len(frame)
            self._rows[table] = Rows(subject[kept], frame if whole else frame.iloc[kept].reset_index(drop=True))
        return self._rows[table]

    def per_account(self, table: str, chosen: Bools, column: str | None = None) -> Floats:
        """Return per account how many chosen records of a table it has, or the sum of a column over them, shape (n,).

        Parameters
        ----------
        table : str
            Name of a table of the CRM.
        chosen : bool array, shape (m,)
            Which of its `rows` count.
        column : str, optional
            What is summed; left out, records are counted.
        """
        rows = self.rows(table)
        return self.summed(rows.subject[chosen], None if column is None else rows.column(column)[chosen])

    def summed(self, subject: Ints, weights: Floats | None = None) -> Floats:
        """Return the number of rows of each account, or the sum of their weights, shape (n,)."""
        return np.bincount(subject, weights, minlength=len(self.subjects))[: self.n].astype(float)

    def of_accounts(self, top: NDArray[Any], over: NDArray[Any] | None = None, note: str = "") -> Parts:
        """Return a quotient (or, without `over`, a total) to which each account adds one row."""
        values = {"top": top} if over is None else {"top": top, "over": over}
        return Parts(self.everyone, {name: column.astype(float) for name, column in values.items()}, note)

    def share_of_accounts(self, those: Bools) -> Parts:
        """Return the share of all accounts that those are."""
        return self.of_accounts(those, np.ones(self.n))

    def of_records(
        self, table: str, chosen: Bools, top: NDArray[Any] | None = None, *, mean: bool = True, note: str = ""
    ) -> Parts:
        """Return the mean of `top` over the chosen records of a table, to which each record adds one row.

        `top` has a value for each record of the table; left out, each counts 1. Without `mean` it is a total.
        """
        subject = self.rows(table).subject[chosen]
        ones = np.ones(len(subject))
        values = {"top": ones if top is None else top[chosen].astype(float)}
        return Parts(subject, values | {"over": ones} if mean else values, note)

    def missing(self, needs: tuple[str, ...]) -> str:
        """Return what is not there of the fields that a KPI needs, as a sentence; empty where all are."""
        for need in needs:
            table, _, name = need.partition(".")
            if table == "accounts":
                column = {"market": self.options.market, "visits_per_year": self.options.visits}[name]
                if column is None:
                    return "no market measure was named: KpiOptions(market=…), --market"
                if self.account(column) is None:
                    return f"the accounts have no column {column!r}"
                continue
            name, _, word = name.partition("=")
            if table not in self.crm:
                return f"no table of {table} was given"
            if name != TABLES[table][0].name and not word and not self.crm.has(table, name):
                return f"the {table} have no column for {name}"
            if word and not self.rows(table).has(name, word).any():
                return f"no data: the {table} have no row whose {name} is {word!r}"
        return ""
