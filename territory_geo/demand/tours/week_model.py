"""The weeks of a rep as arrays of whole numbers, and the search over them from first round to last."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours import kernel, ruin
from territory_geo.demand.tours.stops import Stops, Weeks
from territory_geo.geodata.distance import Distance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TICKS = 10
"""Steps of the clock per minute: sums of rounded legs must not drift."""
DROPPED = 1_000_000
"""What leaving out a visit costs, in ticks: more than any detour within a week."""
HOT, COLD = 80.0 * TICKS, 0.5 * TICKS
"""By how many minutes a round may make things worse, at first and in the end."""
CHUNK = 500
"""Rounds between two looks at the clock."""
MOST_NEAR = 200
"""Neighbours of a visit that are looked at."""


class WeekModel:
    """The weeks as arrays of whole numbers, and the search over them.

    `benchmarks/routes.py` hands the same arrays to OR-Tools' routing library.
    """

    def __init__(
        self, home: Floats, stops: Stops, rules: WorkRules, n_weeks: int, service: Ints, day: int, distance: Distance
    ) -> None:
        n, evenings = len(stops), rules.days_per_week - 1
        self.stops, self.rules, self.n_weeks, self.day, self.n = stops, rules, n_weeks, day, n
        self.travel = travel_ticks(home, stops.xy, distance)
        self.work = np.concatenate([service, np.zeros(evenings, dtype=np.int64)])
        spans = [self._spans(v, int(service[v])) for v in range(n)]
        spans += [[((e + 1) * day, (e + 1) * day)] for e in range(evenings)]
        self.first = np.cumsum([0, *map(len, spans)])
        flat = np.array([span for some in spans for span in some], dtype=np.int64).reshape(-1, 2)
        self.opens, self.closes = np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1])
        worth = np.zeros(n) if stops.worth is None else np.asarray(stops.worth, dtype=float)
        share = worth / max(float(worth.max(initial=0.0)), 1e-12)
        self.worth = (DROPPED + np.round(DROPPED * share)).astype(np.int64)
        order = np.argsort(self.travel[1:, 1:], axis=1, kind="stable")[:, :MOST_NEAR]
        self.near = np.ascontiguousarray(order, dtype=np.int64)
        self.span = np.ascontiguousarray(stops.weeks, dtype=np.int64)
        self.night = max(1, round(rules.night_hours * 60 * TICKS))
        self._pack(service, evenings)

    def _pack(self, service: Ints, evenings: int) -> None:
        """Lay all that stays the same into the arrays of `kernel`."""
        n, rules = self.n, self.rules
        self.ways = np.stack([self.travel, self.travel.T])
        self.items = np.zeros((n + evenings, 7), dtype=np.int64)
        self.items[:n, kernel.WORK] = service
        self.items[:n, kernel.PLACE] = np.arange(1, n + 1)
        self.items[:, kernel.FIRST_SPAN], self.items[:, kernel.END_SPAN] = self.first[:-1], self.first[1:]
        self.items[:n, kernel.WORTH] = self.worth
        self.items[:n, kernel.FIRST_WEEK : kernel.LAST_WEEK + 1] = self.stops.weeks
        self.spans = np.stack([self.opens, self.closes], axis=1)
        # For each night beyond those allowed: more than all visits together.
        too_many = int(self.worth.sum()) + DROPPED
        self.limits = np.array(
            [
                self.night, evenings, rules.max_nights, too_many, DROPPED, self.day * rules.days_per_week,
                self.day * (rules.max_nights + 1),
            ],
            dtype=np.int64,
        )  # fmt: skip

    def _spans(self, v: int, service: int) -> list[tuple[int, int]]:
        """Return when a visit may start, in ticks of the week, in order."""
        days, rules, longest = self.rules.days_per_week, self.rules, self.day - service
        first, last = (0, days - 1) if self.stops.days is None else map(int, self.stops.days[v])
        hours = None if self.stops.opens is None else self.stops.opens[v]
        if hours is None:
            return [(d * self.day, d * self.day + longest) for d in range(first, last + 1)]
        spans = []
        for d, opened, closed in sorted(map(tuple, np.asarray(hours, dtype=float).reshape(-1, 3))):
            start = max(0, round((opened - rules.day_start) * 60 * TICKS))
            end = min(longest, round((closed - rules.day_start) * 60 * TICKS) - service)
            if first <= d <= last and start <= end:
                spans.append((int(d) * self.day + start, int(d) * self.day + end))
        return spans

    def cost(self, found: Weeks) -> float:
        """Return what weeks cost, in ticks: driving, nights, and the visits that are left."""
        return found.cost_minutes * TICKS + float(self.worth[found.left].sum())

    def solved(self, rounds: int, seconds: float | None, seed: int, attempt: int = 0) -> Weeks:
        """Search, and return the best weeks found; another attempt of the same seed makes other choices."""
        arrays = self.empty()
        state = np.random.SeedSequence(seed, spawn_key=(attempt,) if attempt else ()).generate_state(
            1, np.uint64
        ) | np.uint64(1)
        now = int(self.worth.sum())
        best, begun, done = now, time.monotonic(), 0
        while self.n and done < rounds:
            chunk = min(CHUNK, rounds - done)
            used = done / rounds
            if seconds is not None:
                used = (time.monotonic() - begun) / seconds
                if used >= 1 and done:
                    break
            after = used + (chunk / rounds if seconds is None else used / max(1, done / CHUNK))
            now, best = self.improved(arrays, now, best, chunk, _heat(used), _heat(min(1.0, after)), state)
            done += chunk
        return self.read(arrays[-2], arrays[-1], done)

    def empty(self) -> tuple[Ints, ...]:
        """Return what `ruin.improve` changes, of weeks without visits, each evening at home.

        In its order: `rows`, `heads`, `week_of`, `memo`, then `rows` and `heads` of the weeks kept and of the best.
        """
        evenings = self.rules.days_per_week - 1
        rows = np.zeros((self.n_weeks, 4, self.n + evenings + 2), dtype=np.int64)
        heads = np.zeros((self.n_weeks + 1, 3), dtype=np.int64)
        rows[:, kernel.ITEM, :evenings] = self.n + np.arange(evenings)
        heads[:-1, kernel.SIZE] = evenings
        for w in range(self.n_weeks):
            kernel.retime(self.ways, self.items, self.spans, self.limits, rows, heads, w)
        week_of = np.full(self.n, -1, dtype=np.int64)
        memo = np.full((self.n, self.n_weeks, 3), -1, dtype=np.int64)
        return rows, heads, week_of, memo, rows.copy(), heads.copy(), rows.copy(), heads.copy()

    def improved(
        self, arrays: tuple[Ints, ...], now: int, best: int, rounds: int, hot: float, cold: float, state: kernel.Words
    ) -> tuple[int, int]:
        """Search on from where `arrays` are; return what the weeks and the best ones cost."""
        rows, heads, week_of, memo, kept_rows, kept_heads, best_rows, best_heads = arrays
        return ruin.improve(
            self.ways, self.items, self.spans, self.limits, self.near, rows, heads, week_of, memo, kept_rows,
            kept_heads, best_rows, best_heads, now, best, rounds, hot, cold, state,
        )  # fmt: skip

    def read(self, rows: Ints, heads: Ints, rounds: int) -> Weeks:
        """Return weeks as minutes and lists."""
        visits, weeks, starts, drives = [], [], [], []
        back: dict[tuple[int, float], float] = {}
        nights: list[tuple[int, int]] = []
        evenings = self.rules.days_per_week - 1
        for w in range(self.n_weeks):
            size = heads[w, kernel.SIZE]
            items, here, free = rows[w, kernel.ITEM, :size].tolist(), 0, 0
            for item, began in zip(items, rows[w, kernel.START, :size].tolist(), strict=True):
                visit = item < self.n
                way = int(self.travel[here, item + 1 if visit else 0])
                if visit:
                    visits.append(item)
                    weeks.append(w)
                    starts.append(began / TICKS)
                    drives.append(way / TICKS)
                elif way:
                    back[w, (free + way) / TICKS] = way / TICKS
                here = item + 1 if visit else 0
                free = began + int(self.work[item])
            if here:
                way = int(self.travel[here, 0])
                back[w, (free + way) / TICKS] = way / TICKS
            if any(item < self.n for item in items):
                nights += [(w, e) for e in range(evenings) if self.n + e not in items]
        planned = np.array(visits, dtype=np.int64)
        driven = sum(drives) + sum(back.values())
        return Weeks(
            planned, np.array(weeks, dtype=np.int64), np.array(starts), np.array(drives), back, nights,
            np.setdiff1d(np.arange(self.n), planned), [], driven + len(nights) * self.rules.night_hours * 60, rounds,
        )  # fmt: skip


def _heat(used: float) -> float:
    """Return the temperature, in ticks, once a share of the search is done."""
    return float(HOT * (COLD / HOT) ** used)


def travel_ticks(home: Floats, xy: Floats, distance: Distance) -> Ints:
    """Return the driving time between home (row 0) and all places, in ticks, shape (v + 1, v + 1)."""
    places = np.vstack([np.asarray(home, dtype=float)[None, :2], xy])
    n = len(places)
    a, b = np.repeat(np.arange(n), n), np.tile(np.arange(n), n)
    hours = distance.hours_between(places[a], places[b])
    ticks: Ints = np.round(hours * 60 * TICKS).astype(np.int64).reshape(n, n)
    return ticks
