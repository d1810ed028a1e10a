"""What the search for weeks remembers is what a look at everything would find, round by round."""

from __future__ import annotations

import numpy as np
import pytest

import territory_geo as tg
from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours import kernel
from territory_geo.demand.tours.stops import Stops
from territory_geo.demand.tours.week_model import TICKS, WeekModel

DAY = 480 * TICKS


def model(seed: int, *, max_nights: int, hours: bool) -> WeekModel:
    """A rep with visits in three weeks, some of them hours away."""
    rng = np.random.default_rng(seed)
    n, weeks = 40, np.sort(rng.integers(0, 3, (40, 2)), axis=1)
    opens = [np.array([[int(rng.integers(0, 5)), 9.0, 15.0], [4, 8.0, 12.0]]) if v % 3 == 0 else None for v in range(n)]
    service = rng.integers(20, 90, n) * TICKS
    distance = tg.Planar(speed=tg.SpeedProfile(kmh=(60,), upto_km=()))
    rules = WorkRules(max_nights=max_nights, distance=distance)
    stops = Stops(
        rng.uniform(-150e3, 150e3, (n, 2)), service / TICKS, weeks, opens=opens if hours else None, worth=rng.random(n)
    )
    return WeekModel(np.zeros(2), stops, rules, 3, service.astype(np.int64), DAY, distance)


def starts(of: WeekModel, order: list[int]) -> list[int] | None:
    """Drive a week from its beginning; None if an item cannot start or a trip gets too long."""
    time, here, begun, found = 0, 0, 0, []
    trip = DAY * (of.rules.max_nights + 1)
    for item in order:
        there = item + 1 if item < of.n else 0
        time += int(of.travel[here, there])
        spans = [(int(of.opens[j]), int(of.closes[j])) for j in range(of.first[item], of.first[item + 1])]
        open_ones = [max(time, opened) for opened, closed in spans if closed >= time]
        if not open_ones:
            return None
        found.append(open_ones[0])
        time, here = open_ones[0] + int(of.work[item]), there
        if time - begun > trip:
            return None
        if item >= of.n:
            begun = time
    time += int(of.travel[here, 0])
    return found if time <= 5 * DAY and time - begun <= trip else None


def driving(of: WeekModel, order: list[int]) -> int:
    places = [0, *(item + 1 if item < of.n else 0 for item in order), 0]
    return int(of.travel[places[:-1], places[1:]].sum())


def whole_cost(of: WeekModel, weeks: list[list[int]]) -> int:
    """Driving, a price for each night of a week with visits, and one for each visit that is left."""
    planned = {item for order in weeks for item in order if item < of.n}
    total = sum(int(of.worth[v]) for v in range(of.n) if v not in planned)
    for order in weeks:
        away = [e for e in range(4) if of.n + e not in order] if any(item < of.n for item in order) else []
        total += driving(of, order) + of.night * len(away)
    return total


def orders(rows: np.ndarray, heads: np.ndarray) -> list[list[int]]:
    return [rows[w, kernel.ITEM, : heads[w, kernel.SIZE]].tolist() for w in range(len(rows))]


def added(of: WeekModel, order: list[int], v: int) -> list[int | None]:
    """What a visit adds at each place of a week, None where it does not fit."""
    tried = [[*order[:at], v, *order[at:]] for at in range(len(order) + 1)]
    return [driving(of, one) - driving(of, order) if starts(of, one) is not None else None for one in tried]


@pytest.mark.parametrize(("seed", "max_nights", "hours"), [(0, 4, False), (1, 4, True), (2, 2, True), (3, 0, False)])
def test_what_is_remembered_is_what_a_look_at_everything_finds(seed, max_nights, hours):
    of = model(seed, max_nights=max_nights, hours=hours)
    arrays = of.empty()
    rows, heads, week_of, memo, _, _, best_rows, best_heads = arrays
    now = best = int(of.worth.sum())
    state = np.array([2 * seed + 1], dtype=np.uint64)
    looked, accepted = [0, 0], 0
    for turn in range(400):
        before = now
        now, best = of.improved(arrays, now, best, 1, 20000.0, 20000.0, state)
        accepted += now != before
        weeks = orders(rows, heads)
        # Where each visit is, and what all costs, however it came about.
        assert now == whole_cost(of, weeks)
        assert best == whole_cost(of, orders(best_rows, best_heads)) <= now
        assert week_of.tolist() == [next((w for w in range(3) if v in weeks[w]), -1) for v in range(of.n)]
        assert [rows[w, kernel.START, : len(weeks[w])].tolist() for w in range(3)] == [starts(of, w) for w in weeks]
        if turn % 10:
            continue
        for v, w in zip(*np.nonzero(memo[:, :, kernel.KNOWN] == heads[:-1, kernel.STAMP]), strict=True):
            if week_of[v] >= 0 and week_of[v] == w:
                continue
            more, at = memo[v, w, kernel.MORE : kernel.AT + 1].tolist()
            all_places = added(of, weeks[w], int(v))
            cheapest = min((cost for cost in all_places if cost is not None), default=10**12)
            looked[at >= 0] += 1
            assert (all_places[at] == more == cheapest) if at >= 0 else cheapest >= more
    assert 5 <= accepted < 400
    assert min(looked) >= 10
    found = of.read(best_rows, best_heads, 400)
    assert of.cost(found) == pytest.approx(best)


def test_times_at_the_latest_are_the_latest():
    of = model(5, max_nights=4, hours=True)
    arrays = of.empty()
    of.improved(arrays, int(of.worth.sum()), int(of.worth.sum()), 200, 600.0, 10.0, np.array([7], dtype=np.uint64))
    rows, heads = arrays[-2:]
    checked = 0
    for w, order in enumerate(orders(rows, heads)):
        for at, item in enumerate(order):
            latest = int(rows[w, kernel.LATEST, at])
            # Whoever begins then is in time for all that follows; a tick later, for something not.
            for begin, works in ((latest, True), (latest + 1, False)):
                spans = range(of.first[item], of.first[item + 1])
                fine, time, here = any(of.opens[j] <= begin <= of.closes[j] for j in spans), begin, item
                for after in order[at + 1 :]:
                    time += int(of.work[here]) + int(of.travel[place(of, here), place(of, after)])
                    ready = [
                        max(time, int(of.opens[j]))
                        for j in range(of.first[after], of.first[after + 1])
                        if of.closes[j] >= time
                    ]
                    fine, time, here = fine and bool(ready), ready[0] if ready else time, after
                end = time + int(of.work[here]) + int(of.travel[place(of, here), 0])
                assert (fine and end <= 5 * DAY) is works
                checked += 1
    assert checked > 40


def test_a_week_that_cannot_be_driven_costs_more_than_leaving_all_out():
    # The way from the first visit to the second is a week's long, by a third visit in between it is short.
    of = model(6, max_nights=4, hours=False)
    of.ways[:] = 10
    of.ways[0, 1, 2] = of.ways[1, 2, 1] = 6 * DAY
    rows, heads = of.empty()[:2]
    prices = []
    for order in ([0, 2, 1], [0, 1]):
        rows[0, kernel.ITEM, : len(order)], heads[0, kernel.SIZE] = order, len(order)
        kernel.retime(of.ways, of.items, of.spans, of.limits, rows, heads, 0)
        prices.append(kernel.week_cost(of.ways, of.items, of.limits, rows, heads, 0))
    assert prices[0] == 4 * 10 + 4 * of.night
    assert prices[1] > of.worth.sum()


def place(of: WeekModel, item: int) -> int:
    return item + 1 if item < of.n else 0
