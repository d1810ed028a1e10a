"""What weeks cost, and where a visit fits into them: the arithmetic behind the search for weeks.

Plain arrays and whole numbers (ticks of the clock) only. A week is a row of items: visits 0 … n − 1, then evenings
at home n, n + 1, …; item i lies at place i + 1 of the travel table, evenings and the ends of a week at place 0.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

BLINK = 0.01
"""Chance to overlook a place: the best place now is not always the best in the end."""


@njit(cache=True, nogil=True)
def drawn(state: Words) -> float:
    """Return the next random number, 0 to 1 (xorshift64*; Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def earliest(item: int, time: int, first: Ints, opens: Ints, closes: Ints) -> int:
    """Return when an item can start if one is there at `time`, or -1."""
    for span in range(first[item], first[item + 1]):
        if closes[span] >= time:
            return int(max(time, opens[span]))
    return -1


@njit(cache=True, nogil=True)
def place(item: int, n: int) -> int:
    """Return the row of the travel table where an item lies."""
    return item + 1 if item < n else 0


@njit(cache=True, nogil=True)
def fits(
    seq: Ints, size: int, start: Ints, latest: Ints, at: int, item: int, travel: Ints, work: Ints, first: Ints,
    opens: Ints, closes: Ints, week: int, longest: int,
) -> bool:  # fmt: skip
    """Tell whether an item can stand at position `at` of a week, no trip longer than `longest`; others may shift."""
    n = travel.shape[0] - 1
    time, here, limit = 0, 0, longest
    if at > 0:
        before = seq[at - 1]
        time, here = start[at - 1] + work[before], place(before, n)
    there = place(item, n)
    time = earliest(item, time + travel[here, there], first, opens, closes)
    if time < 0:
        return False
    # What comes after must still start in time: one look, whatever the length of the week.
    if at < size:
        if time + work[item] + travel[there, place(seq[at], n)] > latest[at]:
            return False
    elif time + work[item] + travel[there, 0] > week:
        return False
    if longest >= week:
        return True
    for i in range(at - 1, -1, -1):
        if seq[i] >= n:
            limit = start[i] + longest
            break
    if time + work[item] > limit:
        return False
    if item >= n:
        limit = time + longest
    time, here = time + work[item], there
    for i in range(at, size):
        there = place(seq[i], n)
        time = earliest(seq[i], time + travel[here, there], first, opens, closes)
        if time < 0 or time + work[seq[i]] > limit:
            return False
        if time == start[i]:
            return True
        if seq[i] >= n:
            limit = time + longest
        time, here = time + work[seq[i]], there
    return bool(time + travel[here, 0] <= min(week, limit))


@njit(cache=True, nogil=True)
def retime(
    seq: Ints, size: int, start: Ints, latest: Ints, travel: Ints, work: Ints, first: Ints, opens: Ints, closes: Ints,
    week: int,
) -> None:  # fmt: skip
    """Write when each item of a week starts, and when it could at the latest with the others in their order."""
    n = travel.shape[0] - 1
    time, here = 0, 0
    for i in range(size):
        there = place(seq[i], n)
        time = earliest(seq[i], time + travel[here, there], first, opens, closes)
        start[i] = time
        time, here = time + work[seq[i]], there
    end, onward = week, 0
    for i in range(size - 1, -1, -1):
        item = seq[i]
        there = place(item, n)
        last = end - work[item] - travel[there, onward]
        latest[i] = -1
        for span in range(first[item], first[item + 1]):
            if opens[span] <= last:
                latest[i] = min(last, closes[span])
        end, onward = latest[i], there


@njit(cache=True, nogil=True)
def cost_of(
    seq: Ints, size: Ints, week_of: Ints, travel: Ints, worth: Ints, night: int, evenings: int, most_nights: int
) -> int:
    """Return driving, nights and visits left out, in ticks."""
    n = travel.shape[0] - 1
    total = 0
    for v in range(n):
        if week_of[v] < 0:
            total += worth[v]
    for w in range(seq.shape[0]):
        here, home, visits, run, last = 0, 0, 0, 0, 0
        for i in range(size[w]):
            item = seq[w, i]
            there = place(item, n)
            total += travel[here, there]
            here = there
            if item >= n:
                home += 1
                run = item - n - last
                last = item - n + 1
                if run > most_nights:
                    total += worth[n + 1] * (run - most_nights)
            else:
                visits += 1
        total += travel[here, 0]
        run = evenings - last
        if visits > 0:
            total += night * (evenings - home)
            if run > most_nights:
                total += worth[n + 1] * (run - most_nights)
    return total


@njit(cache=True, nogil=True)
def put_in(
    seq: Ints, size: Ints, start: Ints, latest: Ints, week_of: Ints, item: int, w_first: int, w_last: int, least: int,
    travel: Ints, work: Ints, first: Ints, opens: Ints, closes: Ints, week: int, longest: int, state: Words,
) -> bool:  # fmt: skip
    """Put an item where it costs least, if that is less than `least`; tell whether it was."""
    n = travel.shape[0] - 1
    there = place(item, n)
    best, best_w, best_at = least, -1, -1
    for w in range(w_first, w_last + 1):
        if size[w] + 1 >= seq.shape[1]:
            continue
        here, row, begins, ends = 0, seq[w], start[w], latest[w]
        for at in range(size[w] + 1):
            onward = place(row[at], n) if at < size[w] else 0
            more = travel[here, there] + travel[there, onward] - travel[here, onward]
            if (
                more < best
                and (item >= n or drawn(state) >= BLINK)
                and fits(row, size[w], begins, ends, at, item, travel, work, first, opens, closes, week, longest)
            ):
                best, best_w, best_at = more, w, at
            here = onward
    if best_w < 0:
        return False
    for i in range(size[best_w], best_at, -1):
        seq[best_w, i] = seq[best_w, i - 1]
    seq[best_w, best_at] = item
    size[best_w] += 1
    if item < n:
        week_of[item] = best_w
    retime(seq[best_w], size[best_w], start[best_w], latest[best_w], travel, work, first, opens, closes, week)
    return True
