"""What the kernels keep up to date, against everything counted anew, and that against what is counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from territory_geo.optimize.arrays import CENTROID, HOME, UNIT
from territory_geo.optimize.centers import centers_cost, recenter
from territory_geo.optimize.kernels import territory_loads
from territory_geo.optimize.local_search import score
from territory_geo.optimize.repair import pieces
from territory_geo.optimize.rules.annealing import anneal_ruled
from territory_geo.optimize.rules.judge import beyond, overlap_cost, rules_cost, rules_missed
from territory_geo.optimize.rules.state import cost_in_all, missed_in_all, start_state
from territory_geo.optimize.rules.tables import RADIUS

from .cases import grid_arrays, in_pieces, kept_by_hand, random_rules, soft_by_hand, with_rules


@pytest.mark.parametrize("centering", [UNIT, CENTROID, HOME])
def test_scores_agree_with_what_is_counted_by_hand(centering):
    rng = np.random.default_rng(1)
    for seed in range(40):
        a = grid_arrays(seed, 3, 4, 3, centering=centering)
        asked = random_rules(seed, a, share=0.7)
        a = with_rules(a, asked)
        labels = rng.integers(0, a.k, a.n).astype(np.int32)
        labels[: a.k] = np.arange(a.k)
        centers, travel = recenter(a, labels)
        assert (rules_missed(a, labels, centers) > 0) != kept_by_hand(a, asked, labels)
        assert rules_cost(a, labels, centers) == pytest.approx(soft_by_hand(a, asked, labels))
        assert score(a, labels).travel == pytest.approx(travel.sum() + soft_by_hand(a, asked, labels))


@pytest.mark.parametrize("contiguous", [True, False])
def test_what_thousands_of_moves_keep_up_is_what_is_counted_anew(contiguous):
    moves = 0
    for seed in range(12):
        a = grid_arrays(seed, 8, 9, 5, contiguous=contiguous)
        a = with_rules(a, random_rules(seed, a, share=0.8))
        labels = np.repeat(np.arange(5), [15, 15, 14, 14, 14])[np.argsort(np.argsort(a.places[:, 0]))].astype(np.int32)
        first = labels.copy()
        tables, (centers, _) = a.rules.tables, recenter(a, labels)
        cost, over = centers_cost(a, centers), beyond(a, centers)
        if a.rules.overlap.size:
            cost = cost + overlap_cost(a, centers)
        tally, loads, state, gained, missed = anneal_ruled(
            labels, cost, over, a.measures, a.lower, a.upper, a.target, a.locked < 0, a.indptr, a.indices,
            a.contiguous, 1.0, 0.5, 5_000, tables, np.array([seed + 1], np.uint64),
        )  # fmt: skip
        moves += tally[1]
        anew = start_state(labels, a.k, tables)
        assert (state.held == anew.held).all()
        np.testing.assert_allclose(state.used, anew.used, atol=1e-9)
        np.testing.assert_allclose(loads, territory_loads(labels, a.k, a.measures), atol=1e-9)
        rows = np.arange(a.n)

        def both(now, rows=rows, a=a, cost=cost, over=over, tables=tables):
            worth = cost[rows, now].sum() + cost_in_all(now, a.k, a.indptr, a.indices, tables)
            return worth, missed_in_all(now, a.k, tables) + (over[rows, now].sum() if over.size else 0.0)

        (before, lacked), (after, lacks) = both(first), both(labels)
        assert gained == pytest.approx(after - before, abs=1e-6)
        assert missed == pytest.approx(lacks - lacked, abs=1e-6)
        if contiguous:
            assert len(np.unique(pieces(a, labels))) == a.k
            assert not any(in_pieces(a, np.flatnonzero(labels == t)) for t in range(a.k))
    assert moves > 10_000


def test_beyond_the_radius_every_unit_counts():
    a = with_rules(grid_arrays(1, 3, 4, 2), random_rules(0, grid_arrays(1, 3, 4, 2), share=0.0))
    assert beyond(a, recenter(a, np.repeat([0, 1], 6).astype(np.int32))[0]).shape == (0, 0)
    asked = random_rules(0, a, share=0.0)
    asked.radius = 1.0
    a = with_rules(a, asked)
    over = beyond(a, recenter(a, np.repeat([0, 1], 6).astype(np.int32))[0])
    assert over.shape == (12, 2)
    assert over[over > 0].min() >= RADIUS
