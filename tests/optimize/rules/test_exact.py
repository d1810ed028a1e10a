"""The exact models against all ways to label the units, with random rules of all kinds."""

from __future__ import annotations

import numpy as np
import pytest

from territory_geo.optimize import exact, named, provable
from territory_geo.optimize.arrays import HOME, UNIT
from territory_geo.optimize.cutting import Verdict
from territory_geo.optimize.local_search import score
from territory_geo.optimize.rules.closure import closed

from .cases import Asked, best_by_hand, grid_arrays, random_rules, value_by_hand, with_rules


@pytest.mark.parametrize("centering", [UNIT, HOME])
def test_the_named_model_finds_the_best_of_all_labels(centering):
    verdicts = []
    for seed in range(12):
        a = grid_arrays(seed, 2, 4, 2 + seed % 2, centering=centering, contiguous=seed % 3 > 0)
        asked = random_rules(100 + seed, a)
        a = closed(with_rules(a, asked))
        best, _ = best_by_hand(a, asked)
        found = named.solve_named(a, None, None)
        verdicts.append(found.verdict)
        assert (found.verdict is Verdict.INFEASIBLE) == np.isinf(best)
        if found.labels is not None:
            assert value_by_hand(a, asked, found.labels) == pytest.approx(score(a, found.labels).travel)
            if provable.names_provable(a):
                assert found.verdict is Verdict.OPTIMAL
                assert score(a, found.labels).travel == pytest.approx(best, rel=1e-6)
                assert found.bound == pytest.approx(best, rel=1e-4)
    assert set(verdicts) >= {Verdict.INFEASIBLE, Verdict.OPTIMAL}


def test_the_model_of_free_centres_holds_groups_pairs_and_the_radius():
    kept = 0
    for seed in range(10):
        a = grid_arrays(seed, 2, 4, 2, contiguous=seed % 3 > 0)
        asked = random_rules(seed, a)
        asked = Asked(groups=asked.groups[:1], apart=asked.apart[:1], radius=asked.radius)
        a = closed(with_rules(a, asked))
        if not provable.centers_provable(a):
            continue
        best, labels = best_by_hand(a, asked)
        found = exact.solve_exactly(a, None if labels is None else labels.astype(np.int32), None)
        assert (found.verdict is Verdict.INFEASIBLE) == np.isinf(best)
        assert exact.solve_exactly(a, None, None).verdict in (found.verdict, Verdict.OPTIMAL)
        if np.isfinite(best):
            kept += a.rules.asked
            assert found.verdict is Verdict.OPTIMAL
            assert score(a, found.labels).travel == pytest.approx(best, rel=1e-6)
    assert kept >= 3


def test_what_the_model_of_free_centres_cannot_hold_it_declines():
    a = grid_arrays(1, 2, 4, 2)
    for asked in (
        Asked(border={(0, 1): 1.0}), Asked(overlap=np.ones(8)), random_rules(1, a, share=1.0),
    ):  # fmt: skip
        assert not provable.centers_provable(with_rules(a, asked))
