"""Statements about units that contradict each other: locks, bans, groups, homes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from territory_geo.plan.check.blocks import Blocks
from territory_geo.plan.check.words import Finding
from territory_geo.plan.constraints import Apart

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem


def about_names(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    """Yield the contradictions among locks, bans, homes, groups together and groups apart."""
    ids = problem.units.ids
    yield from _single_units(problem, blocks)
    said = {int(b): ", ".join(dict.fromkeys(names)) for b, names in blocks.said.items()}
    banned, pinned = blocks.banned_from(), blocks.territory_of()
    where: dict[int, list[tuple[int, str, str]]] = {}
    for row, pins in sorted(blocks.pins.items()):
        where.setdefault(int(blocks.block[row]), []).extend((row, name, id_) for name, id_ in pins)
    for block, pins_of in where.items():
        row, name, id_ = pins_of[0]
        other = next(((r, n, i) for r, n, i in pins_of if n != name and r != row), None)
        if other is not None:
            text = (
                f"unit {ids[row]} must be in {name} ({id_}) and unit {ids[other[0]]} in {other[1]} ({other[2]}), "
                f"but {said[block]} keeps them together"
            )
            yield "group in two territories", text, "impossible"
        told = {n for r, n, _ in pins_of if any(n == name for name, _ in blocks.bans.get(r, []))}
        out = sorted((pinned[block] & banned.get(block, set())) - told)
        if out:
            text = f"a group with unit {ids[row]} must be in {out[0]}, but one of it is kept out ({said[block]})"
            yield "group and ban", text, "impossible"
    for block, names in banned.items():
        if len(names) >= problem.n_territories and block in said:
            yield "group kept out of all", f"the group of {said[block]} is kept out of every territory", "impossible"
    yield from _apart(problem, blocks, said)


def _single_units(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    ids = problem.units.ids
    for row, pins in blocks.pins.items():
        first, by = pins[0]
        for territory, id_ in pins[1:]:
            if territory == first:
                continue
            if by == id_:
                text = f"the homes of {first} and {territory} are both in unit {ids[row]} ({id_})"
            elif id_ == "home_inside":
                text = f"unit {ids[row]} is locked to {first}, but holds the home of {territory}"
            else:
                text = f"unit {ids[row]} is locked to {first} and to {territory}"
            yield "locks in conflict", text, "impossible"
        for territory, id_ in pins:
            if any(name == territory for name, _ in blocks.bans.get(row, [])):
                how = "holds the home of" if id_ == "home_inside" else "is locked to"
                yield "lock and forbid", f"unit {ids[row]} {how} {territory} and kept out of it", "impossible"
    for row, bans in blocks.bans.items():
        if len({name for name, _ in bans}) >= problem.n_territories:
            yield "kept out of all", f"unit {ids[row]} is kept out of every territory", "impossible"


def _apart(problem: TerritoryProblem, blocks: Blocks, said: dict[int, str]) -> Iterator[Finding]:
    groups = problem.of_kind(Apart)
    row = {id_: i for i, id_ in enumerate(problem.units.ids)} if groups else {}
    pinned = blocks.territory_of()
    for group in groups:
        if len(group.units) > problem.n_territories:
            text = f"{group}, which takes {len(group.units)} territories, and there are {problem.n_territories}"
            yield "apart: too many", text, "impossible"
        in_block: dict[int, str] = {}
        in_territory: dict[str, str] = {}
        for unit in group.units:
            block = int(blocks.block[row[unit]])
            if block in in_block:
                pair = f"units {in_block[block]} and {unit} are kept apart ({group.id})"
                yield "apart and together", f"{pair}, but {said[block]} keeps them together", "impossible"
            in_block.setdefault(block, unit)
            for name in sorted(pinned.get(block, ())):
                if name in in_territory:
                    text = (
                        f"units {in_territory[name]} and {unit} are kept apart ({group.id}), but both must be in {name}"
                    )
                    yield "apart and locked together", text, "impossible"
                in_territory.setdefault(name, unit)
