"""Salesforce: territories and who is in them, as two CSV files for the Data Loader.

The second file needs the ids that Salesforce gives when the first is inserted: two steps, told in the notes.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.ids import texts
from territory_geo.render.export.folder import named_failures, require_writable
from territory_geo.render.export.tables import formula_note, rep_name

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

TERRITORIES = "Territory2.csv"
ASSOCIATIONS = "ObjectTerritory2Association.csv"
LONGEST_NAME = 80
"""Characters of a territory's name and developer name."""
LONGEST_DESCRIPTION = 1000
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_ACCOUNT = re.compile(r"001[A-Za-z0-9]{12}(?:[A-Z0-5]{3})?")


def write_salesforce(
    plan: TerritoryPlan,
    directory: str | os.PathLike[str],
    *,
    model_id: str,
    type_id: str,
    parent_id: str | None = None,
    account_id: str | None = None,
    territory_ids: Mapping[str, str] | str | os.PathLike[str] | None = None,
) -> list[str]:
    """Write Territory2.csv and, once Salesforce has given the territories ids, ObjectTerritory2Association.csv.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    directory : path
        Made if needed; earlier files of these names are replaced.
    model_id, type_id : str
        Ids of the Territory2Model and the Territory2Type that the territories belong to, 15 or 18 characters.
    parent_id : str, optional
        Id of the territory above all of them.
    account_id : str, optional
        Column of the accounts with their Salesforce ids (they begin with 001); left out: their id.
    territory_ids : mapping or path, optional
        Territory → its Salesforce id; or the file of successes that the Data Loader wrote when Territory2.csv was
        inserted (columns ID and DEVELOPERNAME). Left out, only Territory2.csv is written.

    Returns
    -------
    list of str
        What comes next, and texts that a spreadsheet would take for formulas.

    Raises
    ------
    OptionError
        If an id cannot be one of Salesforce.
    DataError
        If accounts have no Salesforce id, territories have none in `territory_ids`, or a file cannot be written.

    Notes
    -----
    Territory2.csv has Name, DeveloperName, Territory2ModelId, Territory2TypeId, ParentTerritory2Id (where there is a
    parent) and Description: what create() takes. Access levels are left to the defaults of the organisation.
    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_territory2.htm

    ObjectTerritory2Association.csv has ObjectId, Territory2Id and AssociationCause (Territory2Manual); SobjectType
    follows from the id and cannot be set.
    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectterritory2association.htm
    """
    for name, value in (("model_id", model_id), ("type_id", type_id), ("parent_id", parent_id)):
        if value is not None and not _ID.fullmatch(value):
            raise OptionError(f"The {name!r} parameter must be a Salesforce id of 15 or 18 characters. Got {value!r}.")
    folder = Path(directory)
    require_writable(folder)
    names = developer_names(plan.territory_ids)
    accounts = None if territory_ids is None else _accounts(plan, account_id)
    territories = _territories(plan, names, model_id, type_id, parent_id)
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file in (TERRITORIES, ASSOCIATIONS):
            (folder / file).unlink(missing_ok=True)
        territories.to_csv(folder / TERRITORIES, index=False, lineterminator="\n", encoding="utf-8")
        notes = formula_note(territories.to_numpy(dtype=object).T, TERRITORIES)
        if accounts is None or territory_ids is None:
            return [*notes, f"Insert {TERRITORIES} with the Data Loader, then write again with territory_ids= and the "
                    f"file of successes: {ASSOCIATIONS} needs the ids that Salesforce gives."]  # fmt: skip
        known = _salesforce_ids(territory_ids, names)
        table = pd.DataFrame(
            {"ObjectId": accounts, "Territory2Id": plan.accounts["territory"].map(known).to_numpy(),
             "AssociationCause": "Territory2Manual"}
        )  # fmt: skip
        table.to_csv(folder / ASSOCIATIONS, index=False, lineterminator="\n", encoding="utf-8")
    return notes


def developer_names(territories: Iterable[str]) -> dict[str, str]:
    """Return a developer name for each territory: letters, digits, single underscores, a letter first, all different.

    Examples
    --------
    >>> list(developer_names(["T01", "7 Süd", "7-Sud", "__"]).values())
    ['T01', 'T_7_Sud', 'T_7_Sud_2', 'T_x']
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for territory in territories:
        plain = unicodedata.normalize("NFKD", territory).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "x"
        plain = plain if plain[0].isalpha() and plain != "x" else f"T_{plain}"
        name, number = plain[:LONGEST_NAME].rstrip("_"), 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].rstrip('_')}_{number}"
        taken.add(name.lower())
        found[territory] = name
    return found


def _territories(
    plan: TerritoryPlan, names: Mapping[str, str], model_id: str, type_id: str, parent_id: str | None
) -> pd.DataFrame:
    rows = []
    for territory, developer in names.items():
        rep, count = rep_name(plan, territory), int(plan.territories.loc[territory, "accounts"])
        label = f"{territory} {rep}".strip()[:LONGEST_NAME]
        row = {"Name": label, "DeveloperName": developer, "Territory2ModelId": model_id, "Territory2TypeId": type_id}
        row |= {} if parent_id is None else {"ParentTerritory2Id": parent_id}
        rows.append(row | {"Description": f"{count:,} accounts"[:LONGEST_DESCRIPTION]})
    return pd.DataFrame(rows)


def _accounts(plan: TerritoryPlan, column: str | None) -> list[str]:
    """Return the Salesforce id of each account, in the order of `plan.accounts`."""
    accounts = plan.accounts
    if column is not None and column not in accounts.columns:
        known = ", ".join(str(c) for c in accounts.columns if c != accounts.geometry.name)
        raise DataError(f"There is no column {column!r} (in account_id) of the accounts. Columns: {known}.")
    ids = list(texts(accounts[column or "id"]))
    wrong = [(row, text) for row, text in zip(accounts["row"], ids, strict=True) if not _ACCOUNT.fullmatch(text)]
    if wrong:
        row, text = wrong[0]
        raise DataError(
            f"{len(wrong):,} of {len(ids):,} accounts have no Salesforce id in the column {column or 'id'!r}, such as "
            f"row {row}: {text!r}. It has 15 or 18 letters and digits and begins with 001. Name the column with "
            f"account_id."
        )
    twice = pd.Series([text[:15] for text in ids])
    if twice.duplicated().any():
        text = str(twice[twice.duplicated()].iloc[0])
        raise DataError(f"The Salesforce id {text} stands for several accounts. Each must have its own.")
    return ids


def _salesforce_ids(given: Mapping[str, str] | str | os.PathLike[str], names: Mapping[str, str]) -> dict[str, str]:
    """Return territory → Salesforce id, of a mapping or of the Data Loader's file of successes."""
    if isinstance(given, Mapping):
        found, where = {str(k): str(v) for k, v in given.items()}, "territory_ids"
    else:
        path, where = Path(given), str(given)
        if not path.is_file():
            raise DataError(f"{path} does not exist or is no file. Name the Data Loader's file of successes.")
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        table.columns = [str(name).strip().upper() for name in table.columns]
        if not {"ID", "DEVELOPERNAME"} <= set(table.columns):
            raise DataError(
                f"{path} has no columns ID and DEVELOPERNAME. Columns: {', '.join(table.columns)}. Name the Data "
                f"Loader's file of successes."
            )
        by_name = dict(zip(table["DEVELOPERNAME"], table["ID"], strict=True))
        found = {territory: by_name[name] for territory, name in names.items() if name in by_name}
    missing = [t for t in names if not _ID.fullmatch(found.get(t, ""))]
    if missing:
        raise DataError(
            f"{where} has no Salesforce id for {len(missing)} territories, such as {missing[0]} "
            f"({names[missing[0]]}). All must have been inserted."
        )
    return found
