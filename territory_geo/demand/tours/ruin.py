"""The search for weeks: take out visits that lie together, put them back where they cost least, keep what is better.

Arrays are those of `kernel`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.demand.tours.kernel import cost_of, drawn, put_in, retime

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

REMOVED = 10
"""Visits taken out at once, on average (Christiaens & Vanden Berghe)."""
LONGEST = 10
"""Most visits in a row that are taken out of one week."""
OPENED = 0.5
"""Chance to open a week's evenings while visits are left out; a tenth of it else."""


@njit(cache=True, nogil=True)
def take_out(seq: Ints, size: Ints, week_of: Ints, w: int, begin: int, count: int, n: int, out: Ints, held: int) -> int:
    """Take items out of a week and note them in `out`; return how many are noted."""
    for i in range(begin, begin + count):
        out[held] = seq[w, i] if seq[w, i] < n else n + w * 10 + (seq[w, i] - n)
        if seq[w, i] < n:
            week_of[seq[w, i]] = -1
        held += 1
    for i in range(begin, size[w] - count):
        seq[w, i] = seq[w, i + count]
    size[w] -= count
    return held


@njit(cache=True, nogil=True)
def rebuilt(
    seq: Ints, size: Ints, start: Ints, latest: Ints, week_of: Ints, out: Ints, held: int, travel: Ints, work: Ints,
    first: Ints, opens: Ints, closes: Ints, span: Ints, worth: Ints, night: int, evenings: int, week: int,
    longest: int, state: Words,
) -> None:  # fmt: skip
    """Put all visits that are out back in, in an order drawn by chance, and evenings at home where they pay."""
    n = travel.shape[0] - 1
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
            key[i] = -float(travel[0, v + 1])
        elif kind == 1:
            key[i] = float(travel[0, v + 1])
        elif kind == 2:
            key[i] = -float(work[v])
        elif kind == 3:
            key[i] = float(span[v, 1] - span[v, 0]) + drawn(state)
        else:
            key[i] = drawn(state)
        key[i] -= 1e12 * (float(worth[v]) / float(worth[n]) > 1.5) * (drawn(state) < 0.5)
    order = np.empty(count, dtype=np.int64)
    for i in range(count):
        # Few visits are out at a time: insertion keeps them in order, and compiles in no time.
        at = i
        while at > 0 and key[order[at - 1]] > key[i]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = i
    for turn in range(2):
        if (turn == 0) == early:
            for i in range(held):
                if out[i] >= n:
                    w, e = (out[i] - n) // 10, (out[i] - n) % 10
                    put_in(
                        seq, size, start, latest, week_of, n + e, w, w, night, travel, work, first, opens, closes,
                        week, longest, state,
                    )  # fmt: skip
        else:
            for i in range(count):
                v = waiting[order[i]]
                put_in(
                    seq, size, start, latest, week_of, v, span[v, 0], span[v, 1], worth[v], travel, work, first, opens,
                    closes, week, longest, state,
                )  # fmt: skip


@njit(cache=True, nogil=True)
def ruined(
    seq: Ints, size: Ints, start: Ints, latest: Ints, week_of: Ints, near: Ints, out: Ints, travel: Ints, work: Ints,
    first: Ints, opens: Ints, closes: Ints, evenings: int, week: int, state: Words,
) -> int:  # fmt: skip
    """Take rows of visits out of weeks around one visit, and evenings of these weeks; return how many items."""
    n, weeks = travel.shape[0] - 1, seq.shape[0]
    total = 0
    for w in range(weeks):
        total += size[w]
    mean = max(1.0, total / weeks)
    longest = min(float(LONGEST), mean)
    rows = int(1.0 + drawn(state) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    touched = np.zeros(weeks, dtype=np.bool_)
    held, done = 0, 0
    seed = min(n - 1, int(drawn(state) * n))
    for j in range(near.shape[1]):
        v = near[seed, j]
        w = week_of[v]
        if w < 0 or touched[w]:
            continue
        length = min(size[w], int(1.0 + drawn(state) * min(longest, float(size[w]))))
        at = 0
        while seq[w, at] != v:
            at += 1
        low, high = max(0, at - length + 1), min(at, size[w] - length)
        begin = low + min(high - low, int(drawn(state) * (high - low + 1)))
        held = take_out(seq, size, week_of, w, begin, length, n, out, held)
        touched[w] = True
        done += 1
        if done >= rows:
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
        for i in range(size[w] - 1, -1, -1):
            if seq[w, i] >= n and fresh and drawn(state) < 0.5:
                held = take_out(seq, size, week_of, w, i, 1, n, out, held)
        for e in range(evenings):
            here = False
            for i in range(size[w]):
                here = here or seq[w, i] == n + e
            noted = False
            for i in range(held):
                noted = noted or out[i] == n + w * 10 + e
            if not here and not noted:
                out[held] = n + w * 10 + e
                held += 1
        retime(seq[w], size[w], start[w], latest[w], travel, work, first, opens, closes, week)
    return held


@njit(cache=True, nogil=True)
def copied(
    seq: Ints, size: Ints, start: Ints, latest: Ints, week_of: Ints, to_seq: Ints, to_size: Ints, to_start: Ints,
    to_latest: Ints, to_week: Ints,
) -> None:  # fmt: skip
    """Copy weeks, with the times of their items and the week of each visit."""
    for w in range(size.shape[0]):
        to_size[w] = size[w]
        for i in range(size[w]):
            to_seq[w, i] = seq[w, i]
            to_start[w, i] = start[w, i]
            to_latest[w, i] = latest[w, i]
    for v in range(week_of.shape[0]):
        to_week[v] = week_of[v]


@njit(cache=True, nogil=True)
def improve(
    seq: Ints, size: Ints, start: Ints, latest: Ints, week_of: Ints, near: Ints, travel: Ints, work: Ints, first: Ints,
    opens: Ints, closes: Ints, span: Ints, worth: Ints, night: int, evenings: int, most_nights: int, week: int,
    longest: int, rounds: int, hot: float, cold: float, state: Words, best_seq: Ints, best_size: Ints, best: int,
) -> int:  # fmt: skip
    """Run so many rounds from one temperature to another; the best weeks stay in `best_seq`, their cost comes back."""
    n = travel.shape[0] - 1
    out = np.empty(n + seq.shape[0] * 20 + 1, dtype=np.int64)
    now = cost_of(seq, size, week_of, travel, worth, night, evenings, most_nights)
    kept_seq, kept_size = np.empty_like(seq), np.empty_like(size)
    kept_start, kept_latest, kept_week = np.empty_like(start), np.empty_like(latest), np.empty_like(week_of)
    copied(seq, size, start, latest, week_of, kept_seq, kept_size, kept_start, kept_latest, kept_week)
    for turn in range(rounds):
        heat = hot * (cold / hot) ** (turn / rounds)
        held = ruined(
            seq, size, start, latest, week_of, near, out, travel, work, first, opens, closes, evenings, week, state
        )
        rebuilt(
            seq, size, start, latest, week_of, out, held, travel, work, first, opens, closes, span, worth, night,
            evenings, week, longest, state,
        )  # fmt: skip
        cost = cost_of(seq, size, week_of, travel, worth, night, evenings, most_nights)
        if cost < now - heat * np.log(max(drawn(state), 1e-300)):
            now = cost
            copied(seq, size, start, latest, week_of, kept_seq, kept_size, kept_start, kept_latest, kept_week)
            if cost < best:
                best = cost
                copied(seq, size, start, latest, week_of, best_seq, best_size, start, latest, week_of)
        else:
            copied(kept_seq, kept_size, kept_start, kept_latest, kept_week, seq, size, start, latest, week_of)
    return best
