"""One plain sentence for each account: why it stays, or why it moves."""

from __future__ import annotations

from collections.abc import Sequence

HAIR = 1e-9
"""Share of the plan's travel below which a change is none."""


def stays(territory: str, other: str, km: float, other_km: float, gain: bool, reasons: Sequence[str]) -> str:
    """Say why an account stays.

    Parameters
    ----------
    territory, other : str
        Its own, and the next best.
    km, other_km : float
        To the centre of each.
    gain : bool
        Whether the plan would cost less with the account in the other one.
    reasons : sequence of str
        What stands in the way of that.

    Examples
    --------
    >>> stays("T07", "T03", 42.0, 31.0, True, ["T03's visit hours would be 1,332 h, above their cap of 1,320 h"])
    "Stays with T07: T03 is nearer (31 km, not 42), but T03's visit hours would be 1,332 h, above their cap of 1,320 h."
    >>> stays("T07", "T03", 42.0, 118.0, False, [])
    'Stays with T07, 42 km from its centre: the next best, T03, is 118 km away.'
    """
    if not gain and other_km >= km:
        return (
            f"Stays with {territory}, {_km(km)} km from its centre: the next best, {other}, is {_km(other_km)} km away."
        )
    if not gain:
        return (
            f"Stays with {territory}: {other} is nearer ({_pair(other_km, km)}), but all ways together would be longer."
        )
    better = f"{other} is nearer ({_pair(other_km, km)})" if other_km < km else f"with {other} the plan would cost less"
    if reasons:
        return f"Stays with {territory}: {better}, but {_listed(reasons)}."
    return f"Stays with {territory}, though {better} and nothing forbids it: a longer search may move it."


def moves(was: str, now: str, km: float, back_km: float, loss: bool, reasons: Sequence[str]) -> str:
    """Say why an account moves, by what staying would have meant.

    Parameters
    ----------
    was, now : str
        Who has it today, and in the plan.
    km, back_km : float
        To the centre of each: of `now`, and of `was`.
    loss : bool
        Whether the plan would cost more had it stayed.
    reasons : sequence of str
        What it would break had it stayed.

    Examples
    --------
    >>> moves("R05", "R07", 31.0, 118.0, True, [])
    'Moves from R05 to R07, which is nearer (31 km, not 118).'
    >>> moves("R05", "R07", 31.0, 20.0, False, ["R05's visit hours would be 1,402 h, above their cap of 1,320 h"])
    "Moves from R05 to R07: else R05's visit hours would be 1,402 h, above their cap of 1,320 h."
    >>> moves("R05", "R07", 31.0, 20.0, False, ["it is locked to R07"])
    'Moves from R05 to R07: because it is locked to R07.'
    """
    head = f"Moves from {was} to {now}"
    if reasons:
        nearer = f", which is nearer ({_pair(km, back_km)})," if loss and km < back_km else ""
        # What holds of the account is why it moves; what would come of staying is what else would be.
        link = "because" if reasons[0].startswith("it ") else "else"
        return f"{head}{nearer and nearer.rstrip(',')}{'; ' if nearer else ': '}{link} {_listed(reasons)}."
    if loss and km < back_km:
        return f"{head}, which is nearer ({_pair(km, back_km)})."
    if loss:
        return f"{head}: all ways together are shorter so, though its own is longer ({_pair(km, back_km)})."
    return f"{head}, though it could stay with {was} at no loss: a longer search may leave it there."


def gone(was: str, now: str) -> str:
    """Say that today's rep has no territory any more."""
    return f"Moves from {was}, who has no territory in this plan, to {now}."


def shared(was: str, now: str) -> str:
    """Say that the account lies on a spot that is drawn for somebody else."""
    return f"Goes from {was} to {now}: it shares its spot with accounts of both."


def new(now: str) -> str:
    """Say that nobody had it."""
    return f"Goes to {now}: nobody has it today."


def only(territory: str) -> str:
    """Say that there is no other territory."""
    return f"Stays with {territory}, the only territory."


def _listed(reasons: Sequence[str]) -> str:
    more = len(reasons) - 1
    return reasons[0] + (f" (and {more} more reason{'s' * (more > 1)})" if more else "")


def _pair(one: float, other: float) -> str:
    """Return two distances with as many digits as tell them apart."""
    for digits in (0, 1, 2):
        if f"{one:,.{digits}f}" != f"{other:,.{digits}f}":
            return f"{one:,.{digits}f} km, not {other:,.{digits}f}"
    return f"{_km(one)} km both"


def _km(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:,.1f}"
