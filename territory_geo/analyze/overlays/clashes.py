"""Conflicts between sales forces, each kind by a rule of its own, as rows in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from territory_geo.analyze.overlays.forces import SalesForce, Team
from territory_geo.geodata.ids import id_text

KINDS = {
    "several sellers": "people of different forces sell the same product to the same account",
    "several in one force": "two people of one force are at the same account",
    "nobody direct": "an overlay is at the account, and no direct rep",
    "without use": "an overlay person knows none of the account's products",
    "span": "a specialist works with fewer or more direct reps than asked",
    "not nested": "the accounts of one direct rep are shared by several people of an overlay",
}
"""Conflicts between sales forces, by name."""


Row = tuple[str, str, str, str, str, str]
"""kind, force, account, product, people, reason."""


def sellers(
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


def several(forces: Sequence[SalesForce], teams: Mapping[str, Team]) -> list[Row]:
    """List accounts with two people of one force."""
    return [
        ("several in one force", force.name, account, "", ";".join(people), f"{' and '.join(people)} are both here")
        for force in forces
        for account, people in sorted(teams[force.name].items())
        if len(people) > 1
    ]


def alone(
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


def spans(
    forces: Sequence[SalesForce], teams: Mapping[str, Team], grounds: Mapping[str, Team], span: tuple[int, int]
) -> list[Row]:
    """List overlay people on whose ground fewer or more direct reps work than asked."""
    direct = next(force for force in forces if force.direct)
    rows: list[Row] = []
    for force in forces:
        if force.direct:
            continue
        partners: dict[str, set[str]] = {id_text(person): set() for person in force.people.frame.index}
        for account, people in grounds[force.name].items():
            for person in people:
                partners[person] |= set(teams[direct.name].get(account, []))
        for person, others in sorted(partners.items()):
            if not span[0] <= len(others) <= span[1]:
                why = f"{person} works with {len(others)} of {direct.name}; asked are {span[0]} to {span[1]}"
                rows.append(("span", force.name, "", "", ";".join([person, *sorted(others)]), why))
    return rows


def torn(
    forces: Sequence[SalesForce], teams: Mapping[str, Team], grounds: Mapping[str, Team], nested: Sequence[str]
) -> list[Row]:
    """List direct territories that an overlay cuts through."""
    direct = next(force for force in forces if force.direct)
    rows: list[Row] = []
    for name in nested:
        held: dict[str, set[str]] = {}
        for account, people in grounds[name].items():
            for rep in teams[direct.name].get(account, []):
                held.setdefault(rep, set()).update(people)
        for rep, others in sorted(held.items()):
            if len(others) > 1:
                why = f"the accounts of {rep} are shared by {' and '.join(sorted(others))}"
                rows.append(("not nested", name, "", "", ";".join([rep, *sorted(others)]), why))
    return rows
