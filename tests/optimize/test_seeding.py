"""Where a search begins: how the first share of its budget is spent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import territory_geo as tg
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.search import Search
from territory_geo.optimize.starts import DRAWS, Starts
from territory_geo.optimize.stop import Clock, Stop


@dataclass(frozen=True)
class UsedUp(Stop):
    """A budget of which a fixed share is used as soon as one set of centres has been drawn."""

    used: float
    drawn: list[int]

    def share(self, clock: Clock) -> float:
        return self.used if self.drawn else 0.0


@pytest.mark.parametrize(("used", "draws"), [(0.0, DRAWS), (0.04, DRAWS), (0.06, 1)])
def test_where_one_draw_takes_long_the_rest_of_the_time_goes_to_moves(grid, monkeypatch, used, draws):
    units, graph = grid(6, 6)
    problem = tg.TerritoryProblem(units, graph, n_territories=4, balance={"load": 0.2})
    made = {"draw": [], "move": []}
    for name, calls in made.items():
        original = getattr(Starts, name)
        monkeypatch.setattr(
            Starts, name, lambda self, original=original, calls=calls: (calls.append(1), original(self))[1]
        )
    search = Search(ProblemArrays.from_problem(problem), UsedUp(used, made["draw"]), 0, lambda *_: None, False, None)
    monkeypatch.setattr(Search, "_cycle", lambda self, begin, fresh: (_ for _ in ()).throw(KeyboardInterrupt))
    search.run()
    assert len(made["draw"]) == draws
    assert made["move"]
