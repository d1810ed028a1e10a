"""Overlays: several sales forces over the same accounts. Who reaches which product where, and who is in whose way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.families import account_table
from territory_geo.geodata.ids import id_text
from territory_geo.geodata.reps import Reps
from territory_geo.plan.teams.tables import PRODUCTS, entries, first_of

KINDS = {
    "several sellers": "people of different forces sell the same product to the same account",
    "several in one force": "two people of one force are at the same account",
    "nobody direct": "an overlay is at the account, and no direct rep",
    "without use": "an overlay person knows none of the account's products",
    "span": "a specialist works with fewer or more direct reps than asked",
    "not nested": "the accounts of one direct rep are shared by several people of an overlay",
}
"""Conflicts between sales forces, by name."""


@dataclass(frozen=True, eq=False)
class SalesForce:
    """One sales force over the accounts.

    Parameters
    ----------
    name : str
    owner : mapping or Series of account to person, or DataFrame
        Who has each account, such as the column `territory` of a plan's `accounts`; a DataFrame has `account` and
        `person`, so that an account may have several. Accounts that are not there, or empty, have nobody.
    people : Reps
        With `skills`: the products that each person knows, parted by semicolons.
    direct : bool, default False
        Whether this is the direct force, which owns the accounts; the others are overlays.
    sells : bool, default True
        Whether the force sells; one that only advises is in nobody's way.
    products : tuple of str, optional
        Products that the force is there for. Left out: whatever its people know.
    """

    name: str
    owner: Mapping[str, str] | pd.Series | pd.DataFrame
    people: Reps
    direct: bool = False
    sells: bool = True
    products: tuple[str, ...] = ()

    def team(self) -> pd.DataFrame:
        """Return `account`, `person`: a row each, empty ones left out."""
        if isinstance(self.owner, pd.DataFrame):
            missing = [name for name in ("account", "person") if name not in self.owner.columns]
            if missing:
                raise DataError(f"The owners of {self.name!r} have no column {' and no column '.join(missing)}.")
            pairs = list(zip(self.owner["account"], self.owner["person"], strict=True))
        else:
            pairs = list(self.owner.items())
        found = sorted({(id_text(account), id_text(person)) for account, person in pairs})
        return pd.DataFrame([pair for pair in found if pair[1]], columns=["account", "person"])

    def skills(self) -> dict[str, frozenset[str]]:
        """Return the products that each person knows and the force is there for."""
        if "skills" not in self.people.frame.columns:
            raise DataError(f"The people of {self.name!r} have no column 'skills', the products that each one knows.")
        held = entries(self.people.frame["skills"])
        wanted = frozenset(product.strip().casefold() for product in self.products)
        return {
            person: has & wanted if wanted else has
            for person, has in zip(map(id_text, self.people.frame.index), held, strict=True)
        }


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
        return definition_table("Overlays", {kind: f"{n:,}" for kind, n in kinds.items()}, self.coverage)


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
    teams = {force.name: _team(force, products) for force in forces}
    skills = {force.name: force.skills() for force in forces}
    uncovered = _uncovered(products, forces, teams, skills)
    rows = [
        *_sellers(products, forces, teams, skills),
        *_several(forces, teams),
        *_alone(products, forces, teams, skills),
        *_spans(forces, teams, span),
        *_torn(forces, teams, nested),
    ]
    conflicts = pd.DataFrame(rows, columns=["kind", "force", "account", "product", "people", "reason"])
    return OverlayReport(_coverage(table, products, uncovered), uncovered, conflicts)


Team = dict[str, list[str]]


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


def _team(force: SalesForce, products: Mapping[str, frozenset[str]]) -> Team:
    """Return the people of a force at each account."""
    team: Team = {}
    known, table = set(map(id_text, force.people.frame.index)), force.team()
    strange = sorted(set(table["person"]) - known)
    lost = sorted(set(table["account"]) - set(products))
    if strange or lost:
        raise DataError(
            f"The owners of {force.name!r} name "
            + " and ".join(
                f"{what} that the table does not have: {', '.join(ids[:10])}"
                for what, ids in (("people", strange), ("accounts", lost))
                if ids
            )
            + "."
        )
    for account, person in zip(table["account"], table["person"], strict=True):
        team.setdefault(account, []).append(person)
    return team


Row = tuple[str, str, str, str, str, str]


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
    from territory_geo.geodata.clean import numbers

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


def _sellers(
    products: Mapping[str, frozenset[str]],
    forces: Sequence[SalesForce],
    teams: Mapping[str, Team],
    skills: Mapping[str, dict[str, frozenset[str]]],
) -> list[Row]:
    """List products that people of several forces sell to one account."""
    rows = []
    for account, asked in sorted(products.items()):
        for product in sorted(asked):
            sellers = [
                (force.name, person)
                for force in forces
                if force.sells
                for person in teams[force.name].get(account, [])
                if product in skills[force.name][person]
            ]
            if len({name for name, _ in sellers}) > 1 and len({person for _, person in sellers}) > 1:
                who = " and ".join(f"{person} ({name})" for name, person in sellers)
                others = ";".join(dict.fromkeys(name for name, _ in sellers))
                people = ";".join(dict.fromkeys(person for _, person in sellers))
                rows.append(("several sellers", others, account, product, people, f"{who} all sell {product} here"))
    return rows


def _several(forces: Sequence[SalesForce], teams: Mapping[str, Team]) -> list[Row]:
    """List accounts with two people of one force."""
    return [
        ("several in one force", force.name, account, "", ";".join(people), f"{' and '.join(people)} are both here")
        for force in forces
        for account, people in sorted(teams[force.name].items())
        if len(people) > 1
    ]


def _alone(
    products: Mapping[str, frozenset[str]],
    forces: Sequence[SalesForce],
    teams: Mapping[str, Team],
    skills: Mapping[str, dict[str, frozenset[str]]],
) -> list[Row]:
    """List overlay people without a direct rep beside them, or without a use."""
    direct = next(force for force in forces if force.direct)
    rows: list[Row] = []
    for force in forces:
        if force.direct:
            continue
        for account, people in sorted(teams[force.name].items()):
            if account not in teams[direct.name]:
                why = f"{force.name} is here, and nobody of {direct.name}"
                rows.append(("nobody direct", force.name, account, "", ";".join(people), why))
            for person in people:
                if not skills[force.name][person] & products[account]:
                    has = ", ".join(sorted(products[account])) or "no product"
                    why = f"{person} knows none of what the account has: {has}"
                    rows.append(("without use", force.name, account, "", person, why))
    return rows


def _spans(forces: Sequence[SalesForce], teams: Mapping[str, Team], span: tuple[int, int]) -> list[Row]:
    """List overlay people who work with fewer or more direct reps than asked."""
    direct = next(force for force in forces if force.direct)
    rows: list[Row] = []
    for force in forces:
        if force.direct:
            continue
        partners: dict[str, set[str]] = {id_text(person): set() for person in force.people.frame.index}
        for account, people in teams[force.name].items():
            for person in people:
                partners[person] |= set(teams[direct.name].get(account, []))
        for person, others in sorted(partners.items()):
            if not span[0] <= len(others) <= span[1]:
                why = f"{person} works with {len(others)} of {direct.name}; asked are {span[0]} to {span[1]}"
                rows.append(("span", force.name, "", "", ";".join([person, *sorted(others)]), why))
    return rows


def _torn(forces: Sequence[SalesForce], teams: Mapping[str, Team], nested: Sequence[str]) -> list[Row]:
    """List direct territories that an overlay cuts through."""
    direct = next(force for force in forces if force.direct)
    rows: list[Row] = []
    for name in nested:
        held: dict[str, set[str]] = {}
        for account, people in teams[name].items():
            for rep in teams[direct.name].get(account, []):
                held.setdefault(rep, set()).update(people)
        for rep, others in sorted(held.items()):
            if len(others) > 1:
                why = f"the accounts of {rep} are shared by {' and '.join(sorted(others))}"
                rows.append(("not nested", name, "", "", ";".join([rep, *sorted(others)]), why))
    return rows
