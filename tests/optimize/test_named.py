"""The exact model for territories that differ, against all ways to label the units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory_geo.optimize.arrays import CENTROID, HOME, UNIT
from territory_geo.optimize.cutting import Verdict
from territory_geo.optimize.local_search import score
from territory_geo.optimize.named import solve_named
from territory_geo.optimize.provable import names_fit
from territory_geo.optimize.repair import pieces

from .test_arrays import best_by_hand, case


def squeezed(seed: int, *, centering: int, fixed: bool):
    """A case with bounds so narrow that about half of them allow no plan at all."""
    a = case(seed, centering=centering, fixed=fixed)
    width = 0.002 + 0.02 * (seed % 4)
    return replace(a, lower=a.target * (1 - width), upper=a.target * (1 + width))


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("contiguous", [True, False])
def test_homes_are_solved_to_the_optimum(fixed, contiguous):
    for seed in range(6):
        a = case(seed, centering=HOME, fixed=fixed, contiguous=contiguous, power=1 + seed % 2)
        assert names_fit(a)
        best, labels = best_by_hand(a)
        assert labels is not None
        found = solve_named(a, None, None)
        assert found.verdict is Verdict.OPTIMAL
        assert found.labels is not None
        assert found.bound is not None
        assert score(a, found.labels).travel == pytest.approx(best, rel=1e-9)
        assert best * (1 - 1e-5) < found.bound <= best * (1 + 1e-9)
        again = solve_named(a, labels.astype(np.int32), 10.0)
        assert again.verdict is Verdict.OPTIMAL
        assert again.labels is not None
        assert score(a, again.labels).travel == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("centering", [UNIT, CENTROID, HOME])
def test_infeasible_means_that_no_labels_are_allowed(centering, fixed):
    seen = set()
    for seed in range(12):
        a = squeezed(seed, centering=centering, fixed=fixed)
        exists = best_by_hand(a)[1] is not None
        found = solve_named(a, None, None)
        seen.add(exists)
        assert (found.verdict is not Verdict.INFEASIBLE) == exists
        if exists:
            assert found.labels is not None
            assert score(a, found.labels).feasible
            assert len(np.unique(pieces(a, found.labels))) == a.k
            assert np.isfinite(a.extra[np.arange(a.n), found.labels]).all()
    assert seen == {True, False}


def test_large_problems_are_left_to_the_search():
    a = case(0)
    assert not names_fit(replace(a, weight=np.ones(200), lower=np.zeros((2, 1))))
