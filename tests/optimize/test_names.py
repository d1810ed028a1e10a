"""Exchange of names between territories that differ, against all ways to name the pieces."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from territory_geo.optimize.arrays import CENTROID, HOME, UNIT
from territory_geo.optimize.local_search import score
from territory_geo.optimize.names import applies, exchange_names

from .test_arrays import best_by_hand, case, searched


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("centering", [UNIT, CENTROID, HOME])
def test_the_best_names_of_all(centering, fixed):
    """Three territories of a 3 x 3 grid, its columns, named in every way to begin with."""
    for seed in range(4):
        two = case(seed, centering=centering, fixed=fixed)
        rng = np.random.default_rng(seed)
        a = replace(
            two, points=np.vstack([two.points, [[900.0, 400.0, 0.0]]]) if centering == HOME else two.points,
            measures=np.concatenate([two.measures, two.measures[:, :1]], axis=1),
            target=np.array([[3.0], [4.0], [6.0]]), lower=np.array([[2.5], [3.5], [5.5]]),
            upper=np.array([[3.5], [4.5], [6.5]]), extra=rng.uniform(0, 1, (9, 3)),
        )  # fmt: skip
        assert applies(a)
        columns = np.tile([0, 1, 2], 3).astype(np.int32)
        ways = [np.array(names, dtype=np.int32)[columns] for names in itertools.permutations(range(3))]
        least = min((score(a, way) for way in ways), key=lambda s: (s.violation, s.travel))
        for way in ways:
            _, now = exchange_names(a, way, score(a, way))
            assert now.violation == pytest.approx(least.violation, abs=1e-9)
            assert now.travel == pytest.approx(least.travel)


def test_what_is_barred_stays_barred():
    a = case(0, centering=HOME, fixed=True)
    extra = np.zeros_like(a.extra)
    extra[0, 1] = np.inf
    a = replace(a, extra=extra)
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1], dtype=np.int32)
    found, now = exchange_names(a, labels, score(a, labels))
    assert found is labels
    assert now == score(a, labels)


def test_territories_that_are_alike_have_no_names_to_exchange():
    a = case(0, fixed=True)
    same = np.broadcast_to(a.target.mean(axis=0), a.target.shape)
    assert not applies(replace(a, target=same, lower=same * 0.8, upper=same * 1.2, extra=np.zeros_like(a.extra)))


def test_searches_on_tiny_grids_reach_the_best_plan():
    for seed in range(12):
        a = case(seed, centering=HOME, fixed=seed % 2 == 0)
        best, labels = best_by_hand(a)
        if labels is not None:
            assert searched(a, 20).best.travel == pytest.approx(best, rel=0.02)
