"""Where a plan cuts: pairs of neighbours in different territories, the border between them, containers divided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.plan import places

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Ints = NDArray[np.int64]


def cut_edges(problem: TerritoryProblem, codes: Ints) -> int:
    """Return how many pairs of neighbours of the contiguity graph lie in different territories."""
    assert problem.graph is not None
    u, v = problem.graph.pairs.T
    return int((codes[u] != codes[v]).sum())


def cut_km(problem: TerritoryProblem, codes: Ints) -> float:
    """Return the length of the borders that units of different territories share, km; see `BorderLength`."""
    assert problem.graph is not None
    u, v = problem.graph.pairs.T
    return float(problem.border_km[codes[u] != codes[v]].sum())


def splits(problem: TerritoryProblem, codes: Ints, column: str) -> pd.DataFrame:
    """Return one row per container of a column of the accounts (or areas).

    Parameters
    ----------
    problem : TerritoryProblem
        What was asked.
    codes : int array, shape (n,)
        Territory number of each unit.
    column : str
        Such as "state".

    Returns
    -------
    DataFrame
        `container` (text, sorted), `units`, `territories` (in how many it lies), `further` (how many more than one).
    """
    found = places.containers(problem.units, column)
    counts = [len(np.unique(codes[rows])) for rows in found.values()]
    return pd.DataFrame(
        {
            "container": list(found),
            "units": [len(rows) for rows in found.values()],
            "territories": counts,
            "further": [count - 1 for count in counts],
        }
    )
