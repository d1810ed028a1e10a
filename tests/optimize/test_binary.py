"""Small 0-1 programmes against brute force."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory_geo.optimize.binary import solve_binary


def brute(cost, weights, lower, upper, clauses):
    best = None
    for x in product([False, True], repeat=len(cost)):
        load = np.array(x) @ weights
        if (load < lower).any() or (load > upper).any():
            continue
        if not all(any(x[i] == value for i, value in clause) for clause in clauses):
            continue
        total = float(cost[np.array(x)].sum())
        best = total if best is None else min(best, total)
    return best


@given(st.integers(0, 10_000))
def test_the_answer_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 10)), int(rng.integers(1, 3))
    cost = rng.integers(-20, 20, n).astype(float)
    weights = rng.integers(-2, 9, (n, m)).astype(float)
    middle = weights.sum(axis=0) * rng.random(m)
    width = rng.choice([0.6, 2.0, 6.0])
    clauses = [
        [(int(i), bool(rng.random() < 0.5)) for i in rng.choice(n, min(n, 3), replace=False)]
        for _ in range(int(rng.integers(0, 5)))
    ]
    expected = brute(cost, weights, middle - width, middle + width, clauses)
    found = solve_binary(cost, weights, middle - width, middle + width, clauses)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert cost[found].sum() == expected
    assert ((found @ weights >= middle - width) & (found @ weights <= middle + width)).all()
    assert all(any(found[i] == value for i, value in clause) for clause in clauses)
    # Nothing is better than the best.
    assert solve_binary(cost, weights, middle - width, middle + width, clauses, known=found) is None


def test_whole_numbers_are_met_exactly():
    rng = np.random.default_rng(3)
    sizes = rng.integers(1, 10**7, (60, 1)).astype(float)
    wanted = np.array([sizes[::2].sum()])
    found = solve_binary(rng.random(60), sizes, wanted, wanted + 50)
    assert found is not None
    assert wanted[0] <= sizes[found].sum() <= wanted[0] + 50


def test_a_clause_without_literals_is_never_true():
    assert solve_binary(np.ones(2), np.ones((2, 1)), np.zeros(1), np.ones(1), [[]]) is None


@pytest.mark.parametrize("nodes", [1, 50, 5_000])
def test_effort_ends_at_the_number_of_decisions(nodes):
    """Even weights never add up to an odd sum: without a limit this would try 2 ** 60 combinations."""
    one = np.array([31.0])
    assert solve_binary(np.zeros(60), np.full((60, 1), 2.0), one, one, nodes=nodes) is None
