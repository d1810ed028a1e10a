"""What weeks cost, and where a visit fits into them: the arithmetic behind the search for weeks.

Whole numbers (ticks of the clock) only, packed into few arrays, since each array that a compiled function takes costs
time at every call. Their columns have names here:

- `ways`, shape (2, n + 1, n + 1): driving from place to place, and the same turned: `ways[1, b, a]` is from a to b.
- `items`, shape (n + evenings, 7): visits 0 … n − 1, then the evenings at home of a week.
- `spans`, shape (s, 2): when items may start, opening and closing, those of an item in order.
- `limits`, shape (7,): what holds for all weeks.
- `rows`, shape (w, 4, m): a column for each item of a week in its order, then one for the end of the week.
- `heads`, shape (w + 1, 3): what is known of each week as a whole; of the last row, `STAMP` alone: the last one given.
- `week_of`, shape (n,): the week of each visit, or -1.
- `memo`, shape (n, w, 3): the cheapest place of a visit in a week, as found when the week had a certain stamp.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

INNER: dict[str, Any] = {"cache": True, "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""How functions are compiled that compiled ones alone call: sooner done."""
WORK, PLACE, FIRST_SPAN, END_SPAN, WORTH, FIRST_WEEK, LAST_WEEK = range(7)
"""Of `items`: how long it takes; its row in `ways` (0 is home); its spans; what leaving it out costs; its weeks."""
OPENS, CLOSES = range(2)
"""Of `spans`."""
NIGHT, EVENINGS, MOST_NIGHTS, TOO_MANY, USUAL, WEEK, TRIP = range(7)
"""Of `limits`: what a night away costs, evenings of a week, nights in a row that are allowed and what each more costs,
what leaving out a usual visit costs, how long a week is and a trip may be."""
ITEM, START, FREE, LATEST = range(4)
"""Of `rows`: which item; when it starts; when the rep, done with the item before, can leave for it; when it could start
at the latest, the others in their order."""
SIZE, COST, STAMP = range(3)
"""Of `heads`: how many items; driving and nights; a number for the state of the week that no other state has."""
KNOWN, MORE, AT = range(3)
"""Of `memo`: the stamp; what the visit adds to the cost there; where it goes, or -1 if no place costs less than
that."""
BLINK = 0.01
"""Chance to overlook a week: the best place now is not always the best in the end."""


@njit(**INNER)
def drawn(state: Words) -> float:
    """Return the next random number, 0 to 1 (xorshift64*; Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(**INNER)
def earliest(item: int, time: int, items: Ints, spans: Ints) -> int:
    """Return when an item can start if one is there at `time`, or -1."""
    for span in range(items[item, FIRST_SPAN], items[item, END_SPAN]):
        if spans[span, CLOSES] >= time:
            return int(max(time, spans[span, OPENS]))
    return -1


@njit(**INNER)
def trips_fit(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, rows: Ints, heads: Ints, w: int, at: int, item: int, time: int
) -> bool:
    """Tell whether no trip gets longer than allowed if an item starts at `time` at a position of a week."""
    longest = limits[TRIP]
    evening, limit = items.shape[0] - limits[EVENINGS], longest
    for i in range(at - 1, -1, -1):
        if rows[w, ITEM, i] >= evening:
            limit = rows[w, START, i] + longest
            break
    if time + items[item, WORK] > limit:
        return False
    if item >= evening:
        limit = time + longest
    time, here = time + items[item, WORK], items[item, PLACE]
    for i in range(at, heads[w, SIZE]):
        after = rows[w, ITEM, i]
        there = items[after, PLACE]
        time = earliest(after, time + ways[0, here, there], items, spans)
        if time < 0 or time + items[after, WORK] > limit:
            return False
        if time == rows[w, START, i]:
            return True
        if after >= evening:
            limit = time + longest
        time, here = time + items[after, WORK], there
    return bool(time + ways[0, here, 0] <= min(limits[WEEK], limit))


@njit(cache=True, nogil=True)
def retime(ways: Ints, items: Ints, spans: Ints, limits: Ints, rows: Ints, heads: Ints, w: int) -> None:
    """Write when each item of a week starts and could start at the latest; the week gets a new stamp."""
    size = heads[w, SIZE]
    time, here = 0, 0
    for i in range(size):
        item = rows[w, ITEM, i]
        there = items[item, PLACE]
        rows[w, FREE, i] = time
        time = earliest(item, time + ways[0, here, there], items, spans)
        rows[w, START, i] = time
        time, here = time + items[item, WORK], there
    rows[w, FREE, size], rows[w, LATEST, size] = time, limits[WEEK]
    end, onward = limits[WEEK], 0
    for i in range(size - 1, -1, -1):
        item = rows[w, ITEM, i]
        there = items[item, PLACE]
        last = end - items[item, WORK] - ways[0, there, onward]
        end = -1
        for span in range(items[item, END_SPAN] - 1, items[item, FIRST_SPAN] - 1, -1):
            if spans[span, OPENS] <= last:
                end = min(last, spans[span, CLOSES])
                break
        rows[w, LATEST, i] = end
        onward = there
    heads[-1, STAMP] += 1
    heads[w, STAMP] = heads[-1, STAMP]


@njit(cache=True, nogil=True)
def week_cost(ways: Ints, items: Ints, limits: Ints, rows: Ints, heads: Ints, w: int) -> int:
    """Return driving and nights of a week, in ticks; a price above all else for items that cannot start in time.

    Those are rare: without a stop in between, the table of ways may have a longer way than with it.
    """
    evening = items.shape[0] - limits[EVENINGS]
    total, here, home, visits, last = 0, 0, 0, 0, 0
    for i in range(heads[w, SIZE]):
        item = rows[w, ITEM, i]
        there = items[item, PLACE]
        total += ways[0, here, there]
        here = there
        if rows[w, START, i] < 0 or rows[w, START, i] > rows[w, LATEST, i]:
            total += limits[TOO_MANY]
        if item >= evening:
            home += 1
            total += limits[TOO_MANY] * max(0, item - evening - last - limits[MOST_NIGHTS])
            last = item - evening + 1
        else:
            visits += 1
    total += ways[0, here, 0]
    if visits > 0:
        total += limits[NIGHT] * (limits[EVENINGS] - home)
        total += limits[TOO_MANY] * max(0, limits[EVENINGS] - last - limits[MOST_NIGHTS])
    return int(total)


@njit(cache=True, nogil=True)
def cheapest(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, rows: Ints, heads: Ints, w: int, item: int, least: int
) -> tuple[int, int]:
    """Return what the cheapest place of an item in a week costs and where it is; `least` and -1 if none costs less."""
    best, best_at, here = least, -1, 0
    there, took, size = items[item, PLACE], items[item, WORK], heads[w, SIZE]
    if size + 2 >= rows.shape[2]:
        return best, best_at
    for at in range(size + 1):
        onward = items[rows[w, ITEM, at], PLACE] if at < size else 0
        before, after = ways[1, there, here], ways[0, there, onward]
        more = before + after - ways[0, here, onward]
        here = onward
        if more >= best:
            continue
        # What comes after must still start in time: one look, whatever the length of the week.
        last = rows[w, LATEST, at] - took - after
        time = rows[w, FREE, at] + before
        if time > last:
            continue
        time = earliest(item, time, items, spans)
        if time < 0 or time > last:
            continue
        if limits[TRIP] >= limits[WEEK] or trips_fit(ways, items, spans, limits, rows, heads, w, at, item, time):
            best, best_at = more, at
    return best, best_at


@njit(**INNER)
def put(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, rows: Ints, heads: Ints, week_of: Ints, item: int, w: int,
    at: int,
) -> None:  # fmt: skip
    """Put an item into a week at a position."""
    for i in range(heads[w, SIZE], at, -1):
        rows[w, ITEM, i] = rows[w, ITEM, i - 1]
    rows[w, ITEM, at] = item
    heads[w, SIZE] += 1
    if item < week_of.shape[0]:
        week_of[item] = w
    retime(ways, items, spans, limits, rows, heads, w)


@njit(**INNER)
def put_in(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, rows: Ints, heads: Ints, week_of: Ints, memo: Ints, v: int,
    state: Words,
) -> bool:  # fmt: skip
    """Put a visit where it costs least, if that is less than leaving it out; tell whether it was.

    Only weeks that have changed since the visit was last looked at are gone through; what is known of the others is
    taken first, so that little else is cheap enough to be looked at closely.
    """
    best, best_w, best_at = items[v, WORTH], -1, -1
    weeks = range(items[v, FIRST_WEEK], items[v, LAST_WEEK] + 1)
    for w in weeks:
        known = memo[v, w, KNOWN] == heads[w, STAMP] and memo[v, w, AT] >= 0
        if known and memo[v, w, MORE] < best and drawn(state) >= BLINK:
            best, best_w, best_at = memo[v, w, MORE], w, memo[v, w, AT]
    for w in weeks:
        if memo[v, w, KNOWN] == heads[w, STAMP] and (memo[v, w, AT] >= 0 or memo[v, w, MORE] >= best):
            continue
        more, at = cheapest(ways, items, spans, limits, rows, heads, w, v, best)
        memo[v, w, KNOWN], memo[v, w, MORE], memo[v, w, AT] = heads[w, STAMP], more, at
        if at >= 0 and drawn(state) >= BLINK:
            best, best_w, best_at = more, w, at
    if best_w < 0:
        return False
    put(ways, items, spans, limits, rows, heads, week_of, v, best_w, best_at)
    return True
