"""What a plan breaks is told by the rule: each alone by hand, and all together no more than the whole."""

from __future__ import annotations

import numpy as np
import pytest

from territory_geo.optimize.local_search import violation_of
from territory_geo.optimize.rules.broken import broken, in_words
from territory_geo.optimize.rules.building import Budget, Kind

from .cases import Asked, grid_arrays, random_rules, with_rules

ALONE = {
    "groups to keep together": Asked(groups=[[0, 5]]),
    "pairs to keep apart": Asked(apart=[(0, 1)]),
    "what may change rep": Asked(budgets=[Budget(np.arange(8), np.ones(8, dtype=np.int64), np.ones(8), 2.0)]),
    "containers to keep whole": Asked(containers=[Kind([np.array([0, 4, 5])], 0.0, 0)]),
    "the radius": Asked(radius=0.5),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_rule_is_named_where_it_alone_is_broken(name: str) -> None:
    a = with_rules(grid_arrays(1, 2, 4, 2, width=0.9), ALONE[name])
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1], dtype=np.int32)
    assert list(broken(a, labels, violation_of(a, labels))) == [name]


def test_parts_make_up_the_whole_and_balance_is_the_rest() -> None:
    for seed in range(20):
        a = grid_arrays(seed, 3, 4, 3)
        labels = np.random.default_rng(seed).integers(0, 3, a.n).astype(np.int32)
        labels[:3] = range(3)
        plain = violation_of(a, labels)
        ruled = with_rules(a, random_rules(seed, a, share=0.6))
        parts = broken(ruled, labels, violation_of(ruled, labels))
        assert parts.get("balance", 0.0) == pytest.approx(plain, abs=1e-9)
        assert list(parts.values()) == sorted(parts.values(), reverse=True)
    assert in_words({"balance": 0.0123, "the radius": 0.004}) == "balance by 1.23 %, the radius by 0.40 %"
