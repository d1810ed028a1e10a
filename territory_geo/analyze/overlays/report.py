"""What several sales forces make of the accounts: who reaches which product, and who is in whose way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from territory_geo.analyze.overlays.clashes import alone, sellers, several, spans, torn
from territory_geo.analyze.overlays.forces import SalesForce, Team, ground_of, team_of
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import numbers
from territory_geo.geodata.families import account_table
from territory_geo.plan.teams.tables import PRODUCTS, entries, first_of


@dataclass(frozen=True, eq=False)
class OverlayReport:
    """What several sales forces make of the accounts.

    Parameters
    ----------
    coverage : DataFrame
        A row per product: `accounts` (that have it), `reached`, `not_reached`, `reached_share`, and the same of revenue
        where the accounts have `revenue_usd`.
    uncovered : DataFrame
        A row per account and product that nobody with the skill reaches: `account`, `product`, `people` (who is at the
        account), `reason`.
    conflicts : DataFrame
        `kind` (see `KINDS`), `force`, `account`, `product`, `people`, `reason` in words.
    """

    coverage: pd.DataFrame
    uncovered: pd.DataFrame
    conflicts: pd.DataFrame

    def __repr__(self) -> str:
        return (
            f"<OverlayReport: {len(self.coverage)} products, {len(self.uncovered):,} accounts × products not reached, "
            f"{len(self.conflicts):,} conflicts>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        kinds = self.conflicts["kind"].value_counts()
        return definition_table("Overlays", {str(kind): f"{n:,}" for kind, n in kinds.items()}, self.coverage)


def check_overlays(
    accounts: object,
    forces: Sequence[SalesForce],
    *,
    span: tuple[int, int] = (2, 3),
    nested: Sequence[str] = (),
) -> OverlayReport:
    """Check several sales forces over the same accounts.

    Parameters
    ----------
    accounts : Accounts or DataFrame
        With `products` or `product_line`, entries parted by semicolons; `revenue_usd` where there.
    forces : sequence of SalesForce
        Exactly one of them direct.
    span : (int, int), default (2, 3)
        How many direct reps one overlay person should work with.
    nested : sequence of str, optional
        Overlays whose territories should be made of whole direct territories.

    Returns
    -------
    OverlayReport

    Raises
    ------
    DataError, OptionError
        If a table lacks a column, an owner is not among the force's people, or there is not exactly one direct force.

    Examples
    --------
    >>> from territory_geo.geodata.reps import read_reps
    >>> accounts = pd.DataFrame({"account_id": ["A", "B"], "products": ["pumps;valves", "valves"]})
    >>> staff = pd.DataFrame({"rep_id": ["R", "S"], "lon": 1, "lat": 0, "skills": ["pumps", "valves"]})
    >>> reps, experts = read_reps(staff[:1]), read_reps(staff[1:])
    >>> direct = SalesForce("direct", {"A": "R", "B": "R"}, reps, direct=True)
    >>> report = check_overlays(accounts, [direct, SalesForce("experts", {"A": "S"}, experts)], span=(1, 3))
    >>> report.uncovered[["account", "product"]].to_numpy().tolist()
    [['B', 'valves']]
    """
    table = account_table(accounts)
    column = first_of(PRODUCTS, table)
    if column is None:
        raise DataError(f"The accounts have no column 'products'. Columns: {', '.join(map(str, table.columns))}.")
    products = dict(zip(map(str, table.index), entries(table[column]), strict=True))
    _check(forces, span, nested)
    teams = {force.name: team_of(force, products) for force in forces}
    grounds = {force.name: ground_of(force, products) for force in forces}
    skills = {force.name: force.skills() for force in forces}
    uncovered = _uncovered(products, forces, teams, skills)
    rows = [
        *sellers(products, forces, teams, skills),
        *several(forces, teams),
        *alone(products, forces, teams, skills),
        *spans(forces, teams, grounds, span),
        *torn(forces, teams, grounds, nested),
    ]
    conflicts = pd.DataFrame(rows, columns=["kind", "force", "account", "product", "people", "reason"])
    return OverlayReport(_coverage(table, products, uncovered), uncovered, conflicts)


def _check(forces: Sequence[SalesForce], span: tuple[int, int], nested: Sequence[str]) -> None:
    names = [force.name for force in forces]
    if len(set(names)) < len(names) or sum(force.direct for force in forces) != 1:
        direct = [force.name for force in forces if force.direct]
        raise OptionError(
            "The 'forces' parameter must be sales forces with different names, exactly one of them direct. "
            f"Got {', '.join(names) or 'none'}; direct: {', '.join(direct) or 'none'}."
        )
    if len(span) != 2 or not 0 <= span[0] <= span[1]:
        raise OptionError(f"The 'span' parameter must be two whole numbers, such as (2, 3). Got {span!r}.")
    strange = [name for name in nested if name not in names]
    if strange:
        raise OptionError(f"The 'nested' parameter must name forces: {', '.join(names)}. Got {', '.join(strange)}.")


def _uncovered(
    products: Mapping[str, frozenset[str]],
    forces: Sequence[SalesForce],
    teams: Mapping[str, Team],
    skills: Mapping[str, dict[str, frozenset[str]]],
) -> pd.DataFrame:
    rows = []
    for account, asked in sorted(products.items()):
        there = [(force.name, person) for force in forces for person in teams[force.name].get(account, [])]
        for product in sorted(asked):
            if not any(product in skills[force][person] for force, person in there):
                who = ";".join(dict.fromkeys(person for _, person in there))
                why = f"{who} without the skill" if who else "nobody is at the account"
                rows.append((account, product, who, why))
    return pd.DataFrame(rows, columns=["account", "product", "people", "reason"])


def _coverage(table: pd.DataFrame, products: Mapping[str, frozenset[str]], uncovered: pd.DataFrame) -> pd.DataFrame:
    pairs = pd.DataFrame(
        [(a, p) for a, asked in sorted(products.items()) for p in sorted(asked)], columns=["account", "product"]
    )
    lost = set(zip(uncovered["account"], uncovered["product"], strict=True))
    pairs["lost"] = [pair in lost for pair in zip(pairs["account"], pairs["product"], strict=True)]
    groups = pairs.groupby("product", sort=True)
    found = pd.DataFrame({"accounts": groups.size(), "not_reached": groups["lost"].sum().astype(int)})
    found["reached"] = found["accounts"] - found["not_reached"]
    found["reached_share"] = found["reached"] / found["accounts"]
    columns = ["accounts", "reached", "not_reached", "reached_share"]
    if "revenue_usd" in table.columns:
        revenue = pd.Series(numbers(table["revenue_usd"]), index=table.index).fillna(0.0)
        pairs["revenue"] = pairs["account"].map(revenue)
        found["revenue_usd"] = groups["revenue"].sum() if len(pairs) else 0.0
        found["revenue_not_reached_usd"] = pairs[pairs["lost"]].groupby("product")["revenue"].sum()
        found["revenue_not_reached_usd"] = found["revenue_not_reached_usd"].fillna(0.0)
        columns += ["revenue_usd", "revenue_not_reached_usd"]
    return found[columns].reset_index()
