"""HubSpot: who owns each company from now on, as a CSV file for its import tool."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.ids import texts
from territory_geo.render.export.folder import named_failures
from territory_geo.render.export.shapes import fresh
from territory_geo.render.export.tables import formula_note

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

MOST_ROWS = 250_000
"""Rows of one import file; fewer than this."""
_KEYS = {"record_id": "Record ID", "domain": "Company domain name"}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


def write_hubspot(
    plan: TerritoryPlan,
    path: str | os.PathLike[str],
    *,
    record_id: str | None = None,
    domain: str | None = None,
    owners: Mapping[str, str] | None = None,
) -> list[str]:
    """Write a CSV file that gives each company its owner when it is imported.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    path : path
        Usually ends in .csv; an earlier file is replaced.
    record_id, domain : str
        Column of the accounts with HubSpot's record ids, or with the companies' domain names; one of the two. That is
        how HubSpot knows a company again.
    owners : mapping, optional
        Territory → e-mail address of its HubSpot user; left out: the column ``email`` of the plan's reps.

    Returns
    -------
    list of str
        Texts that a spreadsheet would take for formulas.

    Raises
    ------
    OptionError
        If not exactly one of `record_id` and `domain` is named.
    DataError
        If companies have no key or share one, territories have no owner, or there are 250,000 rows or more.

    Notes
    -----
    The columns are Record ID (or Company domain name) and Company owner, whose cells are e-mail addresses of users;
    UTF-8, one header, fewer than 250,000 rows: https://knowledge.hubspot.com/crm-setup/set-up-your-import-file
    """
    named = {name: column for name, column in (("record_id", record_id), ("domain", domain)) if column is not None}
    if len(named) != 1:
        raise OptionError(
            "HubSpot knows a company again by its record id or its domain name: give 'record_id' or 'domain', a column "
            f"of the accounts. Got {' and '.join(named) or 'neither'}."
        )
    (name, column), accounts = next(iter(named.items())), plan.accounts
    if column not in accounts.columns:
        known = ", ".join(str(c) for c in accounts.columns if c != accounts.geometry.name)
        raise DataError(f"There is no column {column!r} (in {name}) of the accounts. Columns: {known}.")
    if len(accounts) >= MOST_ROWS:
        raise DataError(f"HubSpot imports fewer than {MOST_ROWS:,} rows at once, the plan has {len(accounts):,}.")
    emails = _emails(plan, owners)
    keys = pd.Series(texts(accounts[column])).str.strip()
    wrong = keys[~keys.str.fullmatch(r"\d+")] if name == "record_id" else keys[keys == ""]
    twice = keys[keys.duplicated()]
    if len(wrong) or len(twice):
        row = int(accounts["row"].iloc[(wrong if len(wrong) else twice).index[0]])
        what = (
            f"has {len(wrong):,} accounts without a {_KEYS[name]}" if len(wrong)
            else f"gives {len(twice):,} accounts the {_KEYS[name]} of another"
        )  # fmt: skip
        raise DataError(f"The column {column!r} {what}, such as row {row}. Mend them, or leave those accounts out.")
    table = pd.DataFrame({_KEYS[name]: keys, "Company owner": accounts["territory"].map(emails).to_numpy()})
    file = fresh(path)
    with named_failures(file):
        table.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
    return formula_note(table.to_numpy(dtype=object).T, file.name)


def _emails(plan: TerritoryPlan, owners: Mapping[str, str] | None) -> dict[str, str]:
    """Return territory → e-mail address."""
    reps = plan.problem.reps
    if owners is None:
        if reps is None or "email" not in reps.frame:
            raise DataError(
                "HubSpot knows owners by their e-mail address, and the plan's reps have none. Give owners=, territory "
                "to address, or reps with a column email."
            )
        owners = {str(rep): str(address) for rep, address in reps.frame["email"].items()}
    missing = [t for t in plan.territory_ids if not _EMAIL.fullmatch(str(owners.get(t, "")).strip())]
    if missing:
        came = owners.get(missing[0])
        raise DataError(
            f"{len(missing)} territories have no owner with an e-mail address, such as {missing[0]} (got {came!r})."
        )
    return {t: str(owners[t]).strip() for t in plan.territory_ids}
