"""The call policy: how often and how long accounts of a segment and kind are called on, by visit or from the desk."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from territory_geo.demand.workload import MINUTES, REMOTE, VISITS
from territory_geo.errors import DataError
from territory_geo.geodata.accounts import Accounts
from territory_geo.geodata.readers.tables import numbers_where_lossless, read_delimited

FIELD = "visit"
"""The channel that needs a drive; every other one works from the desk."""
ANY = "*"
"""Stands for every segment or kind."""
COLUMNS = ("segment", "kind", "channel", "per_year", "minutes")
USUAL = {"segment": ANY, "kind": ANY, "channel": FIELD}
"""What rules say where a policy has no such column."""

Table = TypeVar("Table", pd.DataFrame, Accounts)

_DEFAULT = (
    ("enterprise", "customer", FIELD, 18, 75),
    ("enterprise", "customer", "phone", 12, 30),
    ("enterprise", "prospect", FIELD, 6, 60),
    ("enterprise", "prospect", "phone", 6, 30),
    ("mid-market", "customer", FIELD, 9, 60),
    ("mid-market", "customer", "phone", 4, 20),
    ("mid-market", "prospect", FIELD, 4, 45),
    ("smb", "customer", FIELD, 4, 40),
    ("smb", "prospect", FIELD, 1, 30),
)


@dataclass(frozen=True, eq=False)
class CallPolicy:
    """How often and how long accounts are called on.

    Parameters
    ----------
    table : DataFrame
        A row per rule: `segment`, `kind` (``*`` for any), `channel` (``visit`` needs a drive, others such as
        ``phone`` do not), `per_year` (calls a year) and `minutes` (each). Without a column `segment` or `kind` rules
        hold for any, without `channel` they are visits.

    Raises
    ------
    DataError
        If a column is missing, a number is missing or negative, or two rules say the same; all problems at once.

    Examples
    --------
    >>> policy = CallPolicy.default()
    >>> policy
    <CallPolicy: 9 rules for 3 segments, channels phone, visit>
    >>> accounts = pd.DataFrame({"segment": ["smb", "SMB"], "kind": ["customer", "prospect"]})
    >>> policy.apply(accounts)[["visits_per_year", "visit_minutes"]].to_numpy().tolist()
    [[4.0, 40.0], [1.0, 30.0]]
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.table.columns]
        if any(name not in USUAL for name in missing) or {"segment", "kind"} <= set(missing):
            raise DataError(
                f"The call policy has no column {', '.join(missing)}. It needs per_year, minutes, and segment or kind "
                f"or both; channel may be there. It has {', '.join(map(str, self.table.columns))}."
            )
        table = self.table.assign(**{name: USUAL[name] for name in missing})
        table = table[list(COLUMNS)].reset_index(drop=True)
        problems = []
        for name in ("segment", "kind", "channel"):
            table[name] = table[name].map(_word)
            problems += [f"row {i + 1}: {name} is missing" for i in np.flatnonzero(table[name] == "")]
        for name in ("per_year", "minutes"):
            values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
            bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
            problems += [
                f"row {i + 1}: {name} must be a number of at least 0, got '{self.table[name].iloc[i]}'" for i in bad
            ]
            table[name] = values
        again = np.flatnonzero(table.duplicated(["segment", "kind", "channel"]))
        problems += [
            f"row {i + 1}: {table['segment'][i]}, {table['kind'][i]}, {table['channel'][i]} is there twice"
            for i in again
        ]
        if table.empty:
            problems.append("it has no rule")
        if problems:
            raise DataError(f"The call policy cannot be used: {'; '.join(problems)}.")
        object.__setattr__(self, "table", table)

    @classmethod
    def default(cls) -> CallPolicy:
        """Return the policy of the demo company: enterprise, mid-market and smb; customers and prospects."""
        return cls(pd.DataFrame(_DEFAULT, columns=list(COLUMNS)))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> CallPolicy:
        """Read a policy from CSV with the columns of `table`, or from TOML with a list ``[[rule]]`` of the same keys.

        Raises
        ------
        DataError
            If the file cannot be read, or as above.
        """
        file = Path(path)
        if not file.is_file():
            raise DataError(f"{file} does not exist or is no file. Check the spelling, or give the full path.")
        if file.suffix.lower() != ".toml":
            return cls(numbers_where_lossless(read_delimited(file), ids="segment"))
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{file} is not valid TOML: {error}.") from error
        rules = content.get("rule")
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise DataError(f"{file} has no rules. Write each as [[rule]] with {', '.join(COLUMNS)}.")
        unknown = sorted({key for rule in rules for key in rule} - set(COLUMNS))
        if unknown:
            raise DataError(f"{file}: unknown keys {', '.join(unknown)}. A rule has {', '.join(COLUMNS)}.")
        return cls(pd.DataFrame(rules))

    def apply(
        self, accounts: Table, *, segment: str = "segment", kind: str = "kind", replace_own: bool = False
    ) -> Table:
        """Return the accounts with `visits_per_year`, `visit_minutes` and `remote_hours` (hours a year at the desk).

        Parameters
        ----------
        accounts : Accounts or DataFrame
            With the columns `segment` and `kind`.
        segment, kind : str
            Their names; a policy whose rules are all for any kind needs no such column, likewise for segments.
        replace_own : bool, default False
            Whether the policy also replaces visits and minutes that accounts have of their own. `report` counts both.

        Raises
        ------
        DataError
            If no rule fits some accounts: they are counted by segment and kind. ``*`` makes a rule for the rest.
        """
        frame = accounts.frame if isinstance(accounts, Accounts) else accounts
        rule = self._rules_of(frame, segment, kind)
        wanted = self._amounts(rule)
        if not replace_own:
            for name in (VISITS, MINUTES):
                if name in frame:
                    own = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
                    wanted[name] = np.where(np.isnan(own), wanted[name], own)
        changed = frame.assign(**wanted)
        return replace(accounts, frame=changed) if isinstance(accounts, Accounts) else changed

    def report(self, accounts: Table, *, segment: str = "segment", kind: str = "kind") -> pd.DataFrame:
        """Return what the policy asks for, a row per segment and kind of the accounts.

        `accounts`, `visits` and `visit_hours` a year, `remote_hours`, and `own`: accounts with visits of their own.
        """
        frame = accounts.frame if isinstance(accounts, Accounts) else accounts
        rule = self._rules_of(frame, segment, kind)
        wanted = self._amounts(rule)
        own = frame[VISITS].notna().to_numpy() if VISITS in frame else np.zeros(len(frame), dtype=bool)
        table = pd.DataFrame(
            {
                "segment": [pair[0] for pair in rule], "kind": [pair[1] for pair in rule], "accounts": 1,
                "visits": wanted[VISITS], "visit_hours": wanted[VISITS] * wanted[MINUTES] / 60,
                "remote_hours": wanted[REMOTE], "own": own.astype(int),
            }
        )  # fmt: skip
        return table.groupby(["segment", "kind"], as_index=False).sum()

    def _rules_of(self, frame: pd.DataFrame, segment: str, kind: str) -> list[tuple[str, str]]:
        """Return, for each account, the segment and kind whose rules hold for it."""
        known = set(zip(self.table["segment"], self.table["kind"], strict=True))
        columns = []
        for name, role in ((segment, "segment"), (kind, "kind")):
            if name in frame:
                columns.append(frame[name].map(_word).tolist())
            elif (self.table[role] == ANY).all():
                columns.append([ANY] * len(frame))
            else:
                raise DataError(
                    f"The accounts have no column {name!r}, which the call policy needs. Its columns: "
                    f"{', '.join(map(str, frame.columns))}. Name another ({role}=…)."
                )
        found: dict[tuple[str, str], tuple[str, str] | None] = {}
        for pair in set(zip(*columns, strict=True)):
            tries = (pair, (pair[0], ANY), (ANY, pair[1]), (ANY, ANY))
            found[pair] = next((one for one in tries if one in known), None)
        rules = [found[pair] for pair in zip(*columns, strict=True)]
        lost = Counter(pair for pair, rule in zip(zip(*columns, strict=True), rules, strict=True) if rule is None)
        if lost:
            listed = ", ".join(
                f"{a or 'none'}/{b or 'none'} ({n:,} accounts)"
                for (a, b), n in sorted(lost.items(), key=lambda item: (-item[1], item[0]))[:5]
            )
            raise DataError(
                f"The call policy has no rule for {lost.total():,} accounts: {listed}. Add rules, or one with "
                f"segment {ANY} and kind {ANY} for the rest."
            )
        return [rule for rule in rules if rule is not None]

    def _amounts(self, rules: list[tuple[str, str]]) -> dict[str, np.ndarray]:
        """Return the columns that the rules of each account ask for."""
        sums: dict[tuple[str, str], tuple[float, float, float]] = {}
        for segment, kind in set(zip(self.table["segment"], self.table["kind"], strict=True)):
            rows = self.table[(self.table["segment"] == segment) & (self.table["kind"] == kind)]
            field = rows[rows["channel"] == FIELD]
            remote = rows[rows["channel"] != FIELD]
            visits, minutes = (float(field[c].iloc[0]) if len(field) else 0.0 for c in ("per_year", "minutes"))
            sums[segment, kind] = (visits, minutes, float((remote["per_year"] * remote["minutes"]).sum()) / 60.0)
        amounts = np.array([sums[rule] for rule in rules], dtype=float).reshape(-1, 3)
        return {VISITS: amounts[:, 0], MINUTES: amounts[:, 1], REMOTE: amounts[:, 2]}

    def __repr__(self) -> str:
        segments = self.table.loc[self.table["segment"] != ANY, "segment"].nunique()
        channels = ", ".join(sorted(self.table["channel"].unique()))
        return f"<CallPolicy: {len(self.table)} rules for {segments} segments, channels {channels}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table("Call policy", {}, self.table)


def _word(value: object) -> str:
    """Return a text as it is compared: without outer blanks, in lower case; empty where it is missing."""
    return "" if value is None or value is pd.NA or value != value else str(value).strip().lower()
