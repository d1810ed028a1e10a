"""Several searches through an executor: the same plan for any number of workers, and nothing lost on Ctrl-C."""

from __future__ import annotations

import multiprocessing
import pickle
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.several import Packed, own_seeds, parts_of
from territory_geo.optimize.stop import rules


class Backwards(Executor):
    """Runs nothing until all is submitted, then the last task first: as unlike the usual order as can be."""

    def __init__(self, tasks: int) -> None:
        self.tasks, self.waiting = tasks, []

    def submit(self, work, /, *arguments, **named):
        future = Future()
        self.waiting.append((future, work, arguments, named))
        if len(self.waiting) == self.tasks:
            for future_, work_, arguments_, named_ in reversed(self.waiting):
                future_.set_result(work_(*arguments_, **named_))
        return future


@pytest.fixture(scope="module")
def problem() -> tg.TerritoryProblem:
    """150 points in six territories: too many for the exact model, so that the search decides."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": [f"c{i:03d}" for i in range(150)],
            "lon": rng.uniform(5, 15, 150).round(5),
            "lat": rng.uniform(45, 54, 150).round(5),
            "hours": rng.integers(1, 9, 150),
        }
    )
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame), measures=["hours"])
    graph = tg.ContiguityGraph.from_units(units)
    return tg.TerritoryProblem(units, graph, n_territories=6, balance={"hours": 0.1})


def test_the_plan_is_the_same_for_any_number_of_workers_and_any_order(problem):
    stop = tg.MaxIterations(90)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(4) as four:
        plans = [tg.solve(problem, stop=stop, seed=3, executor=pool, starts=3) for pool in (one, four, Backwards(3))]
    first = plans[0].plan.labels
    assert first.nunique() == 6
    for other in plans[1:]:
        pd.testing.assert_series_equal(other.plan.labels, first)
    assert [plan.iterations for plan in plans] == [90, 90, 90]
    assert all(plan.plan.verify().ok for plan in plans)


def test_processes_find_the_same_as_threads(problem):
    stop = tg.MaxIterations(60)
    with ThreadPoolExecutor(2) as threads:
        expected = tg.solve(problem, stop=stop, seed=1, executor=threads, starts=2)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as processes:
        found = tg.solve(problem, stop=stop, seed=1, executor=processes, starts=2)
    pd.testing.assert_series_equal(found.plan.labels, expected.plan.labels)


def test_several_starts_are_no_worse_than_each_of_them_and_the_history_says_who_found_what(problem):
    with ThreadPoolExecutor(2) as pool:
        solution = tg.solve(problem, stop=tg.MaxIterations(60), seed=8, executor=pool, starts=2)
    history = solution.history
    assert set(history["start"]) >= {0, 1}
    assert set(history["start"]) <= {0, 1, -1}
    for _, rows in history.groupby("start"):
        assert (rows["missed"].diff().dropna() <= 1e-12).all()
    best = history[history["missed"] == 0]["objective"].min()
    assert solution.objective == pytest.approx(best)


def test_left_out_there_are_four_starts_of_the_usual_length(problem):
    with ThreadPoolExecutor(2) as pool:
        solution = tg.solve(problem, executor=pool)
    assert solution.iterations == 600
    assert set(solution.history["start"]) >= {0, 1, 2, 3}


def test_a_time_limit_holds_though_starts_wait_in_a_queue(problem):
    with ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        with pytest.warns(
            UserWarning, match="2 of 3 starts waited .* no more starts than the executor has workers"
        ) as w:
            solution = tg.solve(problem, stop=tg.MaxRuntime(2), executor=pool, starts=3)
        assert w[0].filename == __file__
        assert time.monotonic() - begun < 10
    assert solution.plan.verify().ok


def test_an_interruption_ends_all_searches_and_keeps_the_best(problem):
    calls = 0

    def press_ctrl_c(stage: str, share: float, text: str) -> None:
        nonlocal calls
        calls += stage == "starts"
        if calls == 8:
            raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as pool:
        begun = time.monotonic()
        solution = tg.solve(problem, stop=tg.MaxRuntime(120), executor=pool, starts=2, progress=press_ctrl_c)
        assert time.monotonic() - begun < 30
    assert solution.status is tg.Status.INTERRUPTED
    assert solution.plan.verify().ok


def test_progress_is_told_while_searches_run(problem):
    said: list[tuple[str, float, str]] = []
    with ThreadPoolExecutor(2) as pool:
        tg.solve(
            problem,
            stop=tg.MaxIterations(60),
            executor=pool,
            starts=2,
            progress=lambda *words: said.append(words),
        )
    told = [words for words in said if words[0] == "starts"]
    assert told[-1][1] == 1.0
    assert told[-1][2].startswith("2 of 2 starts done")


def test_rounds_are_shared_out_and_other_rules_hold_for_each():
    assert [part.iterations for part in parts_of(tg.MaxIterations(10), 4)] == [3, 3, 2, 2]
    assert [part.iterations for part in parts_of(tg.MaxIterations(2), 4)] == [1, 1]
    assert parts_of(tg.NoImprovement(5), 2) == [tg.NoImprovement(5)] * 2
    both = parts_of(tg.MaxIterations(10) | tg.NoImprovement(5), 2)
    assert [rules(part) for part in both] == [(tg.MaxIterations(5), tg.NoImprovement(5))] * 2


def test_every_start_has_a_seed_of_its_own():
    assert len(set(own_seeds(7, 50))) == 50
    assert own_seeds(7, 50)[:3] == own_seeds(7, 3)
    assert own_seeds(7, 3) != own_seeds(8, 3)


def test_a_table_that_is_one_number_seen_often_is_sent_once(problem):
    arrays = ProblemArrays.from_problem(problem)
    assert arrays.extra.strides == (0, 0)
    sent = pickle.dumps(Packed(arrays))
    received = pickle.loads(sent).unpacked()
    assert received.extra.strides == (0, 0)
    assert received.extra.shape == (150, 6)
    assert received.extra.sum() == 0.0
    assert len(sent) < 60_000


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"starts": 2}, "needs an 'executor'"),
        ({"executor": 4}, "must be a concurrent.futures.Executor. Got 4"),
        ({"executor": Backwards(1), "starts": 0}, "an int of at least 1. Got 0"),
        ({"executor": Backwards(1), "starts": True}, "Got True"),
    ],
)
def test_bad_arguments(problem, bad, words):
    with pytest.raises(tg.OptionError, match=words):
        tg.solve(problem, **bad)


def test_one_start_without_a_second_plan_ends(problem):
    with ThreadPoolExecutor(1) as pool:
        assert tg.solve(problem, stop=tg.MaxIterations(1), executor=pool, starts=2).iterations == 1
