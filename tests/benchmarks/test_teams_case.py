"""The account teams of the benchmark: the size that is said, hours nearly used up, the same case for the same seed."""

from __future__ import annotations

import pandas as pd

from benchmarks.teams import USE, team_case


def test_the_case_is_what_it_says() -> None:
    problem = team_case(60, 20, seed=1)
    assert len(problem.accounts) == 60
    assert len(problem.people) == 20
    assert [len(group) for group in problem.conflicts] == [5]
    assert problem.fit.allowed.any(axis=1).all()
    again = team_case(60, 20, seed=1)
    pd.testing.assert_frame_equal(problem.accounts, again.accounts)
    used = problem.fit.hours.min(axis=1, where=problem.fit.allowed, initial=1e9).sum()
    assert 0.7 < used / problem.capacity.sum() < 1 / USE
