"""The search for weeks: take out visits that lie together, put them back where they cost least, keep what is better.

Arrays are those of `kernel`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.demand.tours.kernel import (
    COST,
    EVENINGS,
    FIRST_WEEK,
    INNER,
    ITEM,
    LAST_WEEK,
    NIGHT,
    SIZE,
    STAMP,
    USUAL,
    WORK,
    WORTH,
    cheapest,
    drawn,
    put,
    put_in,
    retime,
    week_cost,
)

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

LEAST_REMOVED, MOST_REMOVED, SHARE_REMOVED = 10.0, 32.0, 0.25
"""Items taken out at once, on average: this share of the visits within these limits. Christiaens & Vanden Berghe take
10; where weeks are full and nights are spent away, more at a time find better weeks in the same seconds."""
LONGEST = 10
"""Most items in a row that are taken out of one week."""
OPENED = 0.5
"""Chance to open a week's evenings while visits are left out; a tenth of it else."""


@njit(**INNER)
def take_out(rows: Ints, heads: Ints, week_of: Ints, w: int, begin: int, count: int, out: Ints, held: int) -> int:
    """Take items out of a week and note them in `out`; return how many are noted."""
    n = week_of.shape[0]
    for i in range(begin, begin + count):
        item = rows[w, ITEM, i]
        out[held] = item if item < n else n + w * 10 + (item - n)
        if item < n:
            week_of[item] = -1
        held += 1
    for i in range(begin, heads[w, SIZE] - count):
        rows[w, ITEM, i] = rows[w, ITEM, i + count]
    heads[w, SIZE] -= count
    return held


@njit(**INNER)
def rebuilt(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, rows: Ints, heads: Ints, week_of: Ints, memo: Ints, out: Ints,
    held: int, state: Words,
) -> int:  # fmt: skip
    """Put visits back in, in an order drawn by chance, and evenings at home where they pay.

    Returns what the visits cost that stay out.
    """
    n = week_of.shape[0]
    kind = int(drawn(state) * 5.0)
    early = drawn(state) < 0.2
    count = 0
    waiting = np.empty(n, dtype=np.int64)
    for v in range(n):
        if week_of[v] < 0:
            waiting[count] = v
            count += 1
    key = np.empty(count)
    for i in range(count):
        v = waiting[i]
        if kind == 0:
            key[i] = -float(ways[0, 0, v + 1])
        elif kind == 1:
            key[i] = float(ways[0, 0, v + 1])
        elif kind == 2:
            key[i] = -float(items[v, WORK])
        elif kind == 3:
            key[i] = float(items[v, LAST_WEEK] - items[v, FIRST_WEEK]) + drawn(state)
        else:
            key[i] = drawn(state)
        key[i] -= 1e12 * (float(items[v, WORTH]) / float(limits[USUAL]) > 1.5) * (drawn(state) < 0.5)
    for i in range(1, count):
        # Few visits are out at a time: insertion brings them in order, and compiles in no time.
        at, v, own = i, waiting[i], key[i]
        while at > 0 and key[at - 1] > own:
            waiting[at], key[at] = waiting[at - 1], key[at - 1]
            at -= 1
        waiting[at], key[at] = v, own
    lost = 0
    for turn in range(2):
        if (turn == 0) == early:
            for i in range(held):
                if out[i] >= n:
                    w, evening = (out[i] - n) // 10, n + (out[i] - n) % 10
                    at = cheapest(ways, items, spans, limits, rows, heads, w, evening, limits[NIGHT])[1]
                    if at >= 0:
                        put(ways, items, spans, limits, rows, heads, week_of, evening, w, at)
        else:
            for i in range(count):
                v = waiting[i]
                if not put_in(ways, items, spans, limits, rows, heads, week_of, memo, v, state):
                    lost += items[v, WORTH]
    return int(lost)


@njit(**INNER)
def ruined(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, near: Ints, rows: Ints, heads: Ints, week_of: Ints, out: Ints,
    state: Words,
) -> int:  # fmt: skip
    """Take rows of visits out of weeks around one visit, and evenings of these weeks; return how many items."""
    n, weeks = week_of.shape[0], rows.shape[0]
    total = 0
    for w in range(weeks):
        total += heads[w, SIZE]
    mean = max(1.0, total / weeks)
    longest = min(float(LONGEST), mean)
    removed = min(MOST_REMOVED, max(LEAST_REMOVED, SHARE_REMOVED * n))
    strings = int(1.0 + drawn(state) * (4.0 * removed / (1.0 + longest) - 1.0))
    touched = np.zeros(weeks, dtype=np.bool_)
    held, done = 0, 0
    seed = min(n - 1, int(drawn(state) * n))
    for j in range(near.shape[1]):
        v = near[seed, j]
        w = week_of[v]
        if w < 0 or touched[w]:
            continue
        size = heads[w, SIZE]
        length = min(size, int(1.0 + drawn(state) * min(longest, float(size))))
        at = 0
        while rows[w, ITEM, at] != v:
            at += 1
        low, high = max(0, at - length + 1), min(at, size - length)
        begin = low + min(high - low, int(drawn(state) * (high - low + 1)))
        held = take_out(rows, heads, week_of, w, begin, length, out, held)
        touched[w] = True
        done += 1
        if done >= strings:
            break
    opened = -1
    absent = False
    for v in range(n):
        absent = absent or week_of[v] < 0
    if drawn(state) < (OPENED if absent else 0.1 * OPENED):
        # A week without its evenings at home has room for what is far away.
        opened = min(weeks - 1, int(drawn(state) * weeks))
        touched[opened] = True
    for w in range(weeks):
        if not touched[w]:
            continue
        # Which evenings are spent at home is decided anew, now and then.
        fresh = drawn(state) < 0.3 or w == opened
        for i in range(heads[w, SIZE] - 1, -1, -1):
            if rows[w, ITEM, i] >= n and fresh and drawn(state) < 0.5:
                held = take_out(rows, heads, week_of, w, i, 1, out, held)
        for e in range(limits[EVENINGS]):
            here = False
            for i in range(heads[w, SIZE]):
                here = here or rows[w, ITEM, i] == n + e
            noted = False
            for i in range(held):
                noted = noted or out[i] == n + w * 10 + e
            if not here and not noted:
                out[held] = n + w * 10 + e
                held += 1
        retime(ways, items, spans, limits, rows, heads, w)
    return held


@njit(**INNER)
def copied(rows: Ints, heads: Ints, to_rows: Ints, to_heads: Ints, w: int) -> None:
    """Copy a week with all that is known of it."""
    # Number by number: to assign a row compiles for seconds.
    for k in range(heads.shape[1]):
        to_heads[w, k] = heads[w, k]
    for k in range(rows.shape[1]):
        for i in range(heads[w, SIZE] + 1):
            to_rows[w, k, i] = rows[w, k, i]


@njit(**INNER)
def restored(kept_rows: Ints, kept_heads: Ints, rows: Ints, heads: Ints, week_of: Ints) -> None:
    """Undo the changes of weeks, and where their visits are."""
    n, weeks = week_of.shape[0], rows.shape[0]
    for w in range(weeks):
        if heads[w, STAMP] != kept_heads[w, STAMP]:
            for i in range(heads[w, SIZE]):
                if rows[w, ITEM, i] < n:
                    week_of[rows[w, ITEM, i]] = -1
    for w in range(weeks):
        if heads[w, STAMP] != kept_heads[w, STAMP]:
            copied(kept_rows, kept_heads, rows, heads, w)
            for i in range(heads[w, SIZE]):
                if rows[w, ITEM, i] < n:
                    week_of[rows[w, ITEM, i]] = w


@njit(cache=True, nogil=True)
def improve(
    ways: Ints, items: Ints, spans: Ints, limits: Ints, near: Ints, rows: Ints, heads: Ints, week_of: Ints, memo: Ints,
    kept_rows: Ints, kept_heads: Ints, best_rows: Ints, best_heads: Ints, now: int, best: int, rounds: int, hot: float,
    cold: float, state: Words,
) -> tuple[int, int]:  # fmt: skip
    """Run so many rounds from one temperature to another; return what the weeks and the best ones cost."""
    weeks = rows.shape[0]
    out = np.empty(week_of.shape[0] + weeks * 20 + 1, dtype=np.int64)
    for turn in range(rounds):
        heat = hot * (cold / hot) ** (turn / rounds)
        held = ruined(ways, items, spans, limits, near, rows, heads, week_of, out, state)
        cost = rebuilt(ways, items, spans, limits, rows, heads, week_of, memo, out, held, state)
        for w in range(weeks):
            if heads[w, STAMP] != kept_heads[w, STAMP]:
                heads[w, COST] = week_cost(ways, items, limits, rows, heads, w)
            cost += heads[w, COST]
        if cost < now - heat * np.log(max(drawn(state), 1e-300)):
            now = cost
            for w in range(weeks):
                if heads[w, STAMP] != kept_heads[w, STAMP]:
                    copied(rows, heads, kept_rows, kept_heads, w)
            if cost < best:
                best = cost
                for w in range(weeks):
                    if heads[w, STAMP] != best_heads[w, STAMP]:
                        copied(rows, heads, best_rows, best_heads, w)
        else:
            restored(kept_rows, kept_heads, rows, heads, week_of)
    return now, best
