"""Whether territories are made of whole territories of another plan, counted anew from both plans' labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from territory_geo.plan.verify.result import Verification


def check_nested(
    result: Verification, owner: Mapping[str, str], below: Mapping[str, str], span: tuple[int, int]
) -> None:
    """Check that each territory below lies in one territory, and each of these holds as many as asked.

    Parameters
    ----------
    result : Verification
        Gets the checks.
    owner, below : mapping of unit to territory
        Of the overlay, and of the plan below it.
    span : (int, int)
        Least and most territories below that one holds.
    """
    above: dict[str, set[str]] = {}
    held: dict[str, set[str]] = {}
    for unit, territory in below.items():
        above.setdefault(territory, set()).add(owner.get(unit, ""))
        held.setdefault(owner.get(unit, ""), set()).add(territory)
    result.add("nested", _cut(above), f"each of {len(above)} territories lies in one")
    result.add("span", _wide(held, span), f"each holds {span[0]} to {span[1]}")


def _cut(above: Mapping[str, set[str]]) -> Iterator[str]:
    for territory, holders in sorted(above.items()):
        if len(holders) != 1 or "" in holders:
            yield f"{territory} lies in {' and '.join(sorted(holders)) or 'none'}"


def _wide(held: Mapping[str, set[str]], span: tuple[int, int]) -> Iterator[str]:
    for holder, territories in sorted(held.items()):
        if not span[0] <= len(territories) <= span[1]:
            ids = ", ".join(sorted(territories))
            yield f"{holder} holds {len(territories)} ({ids}), asked are {span[0]} to {span[1]}"
