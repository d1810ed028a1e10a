"""Plans to begin at: read from what is given, put on the problem's territories, and repaired where they need it.

What keeps all rules is taken as it is, so that a search never ends with less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import id_text
from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import centers_cost, travel_to
from territory_geo.optimize.coarse import applies, joined
from territory_geo.optimize.coarsen import limited
from territory_geo.optimize.local_search import Score, score
from territory_geo.optimize.repair import pieces
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.today import middle_units, spent_shares
from territory_geo.optimize.seeds import load_share
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

Given = TerritoryPlan | pd.Series | Mapping[Any, str]
"""A plan of the same units, or unit id → territory."""

NAMED = 5
"""Units that an error names."""
BLOCK = 4_096
"""Units whose ways to all centres are worked out at once."""
BARRED = 1e6
"""What a unit that may not be in a territory counts, against a share of its load, when names are dealt out."""


@dataclass(frozen=True, eq=False)
class Initial:
    """A plan to begin at.

    Parameters
    ----------
    labels : int32 array, shape (n,), or None
        Each territory in one piece, locks kept; None where no repair leads there.
    repaired : int
        Units that are in another territory than was given.
    score : Score or None
        Of the labels.
    """

    labels: Labels | None
    repaired: int = 0
    score: Score | None = None

    def record(self) -> dict[str, Any]:
        """Return what provenance says of it."""
        if self.labels is None or self.score is None:
            return {"used": False}
        found = {"objective": self.score.travel, "missed": self.score.violation}
        return {"used": True, "repaired_units": self.repaired, **found}


def initial_series(problem: TerritoryProblem, given: Given | Sequence[Given] | None) -> list[pd.Series]:
    """Return what is given as territory ids by unit, in the problem's order of units.

    Raises
    ------
    OptionError
        If it is neither plan nor labels.
    DataError
        If units are missing, unknown, named twice or without a territory.
    """
    if given is None:
        return []
    if isinstance(given, (TerritoryPlan, pd.Series, Mapping)):
        return [_series(problem, given, "")]
    if isinstance(given, (str, pd.DataFrame)) or not isinstance(given, Sequence):
        raise _not_a_plan("", given)
    return [_series(problem, one, f"[{number}]") for number, one in enumerate(given)]


def _not_a_plan(at: str, given: Any) -> OptionError:
    return OptionError(
        f"The 'initial_plan{at}' parameter must be a TerritoryPlan or a Series of unit id → territory (or a list of "
        f"them). Got {type(given).__name__} instead."
    )


def _series(problem: TerritoryProblem, given: Any, at: str) -> pd.Series:
    if not isinstance(given, (TerritoryPlan, pd.Series, Mapping)):
        raise _not_a_plan(at, given)
    labels = given.labels if isinstance(given, TerritoryPlan) else pd.Series(given, dtype=object)
    labels = labels.copy()
    labels.index = labels.index.map(id_text)
    known, asked = set(labels.index), problem.units.ids
    missing = [id_ for id_ in asked if id_ not in known]
    unknown = sorted(known - set(asked))
    problems = [f"leaves out {_some(missing)}"] * bool(missing) + [f"names {_some(unknown)}, no unit"] * bool(unknown)
    if problems:
        raise DataError(
            f"The initial plan (initial_plan{at}) {' and '.join(problems)}. It must give each of the problem's "
            f"{len(asked):,} units a territory, by the units' ids."
        )
    twice = labels.index[labels.index.duplicated()].unique()
    if len(twice):
        raise DataError(f"The initial plan (initial_plan{at}) gives {_some(list(twice))} more than one territory.")
    nowhere = list(labels.index[labels.isna()])
    if nowhere:
        raise DataError(f"The initial plan (initial_plan{at}) gives {_some(nowhere)} no territory.")
    return labels.loc[asked].map(id_text)


def _some(ids: list[str]) -> str:
    rest = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return f"{'unit' if len(ids) == 1 else 'the units'} {', '.join(ids[:NAMED])}{rest}"


def initial_plans(problem: TerritoryProblem, arrays: ProblemArrays, given: Sequence[pd.Series]) -> list[Initial]:
    """Return plans to begin at.

    Parameters
    ----------
    problem : TerritoryProblem
        The question.
    arrays : ProblemArrays
        The same.
    given : sequence of Series
        From `initial_series`.

    Notes
    -----
    A plan that is in one piece per territory and keeps locks stays as it is, also where it misses bounds or rules: the
    search mends those. Otherwise strays go to their neighbours, O((n + edges) log n).
    """
    found = []
    for series in given:
        asked = _numbers(problem, arrays, series)
        labels = repaired(arrays, asked)
        if labels is None:
            found.append(Initial(None))
        else:
            found.append(Initial(labels, int((labels != asked).sum()), score(arrays, labels)))
    return found


def stands(arrays: ProblemArrays, labels: Labels) -> bool:
    """Tell whether each territory has units and is in one piece, and each unit is where it may be."""
    every = np.arange(arrays.n)
    if (labels < 0).any() or len(np.unique(labels)) < arrays.k or not np.isfinite(arrays.extra[every, labels]).all():
        return False
    return not arrays.contiguous or int(pieces(arrays, labels).max()) + 1 == arrays.k


def repaired(arrays: ProblemArrays, labels: Labels) -> Labels | None:
    """Return labels that `stands` is true of, the same where it is already; None where no way was found.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Territory numbers, -1 for none; not changed.
    """
    if stands(arrays, labels):
        return labels
    labels = labels.copy()
    known = np.flatnonzero(labels >= 0)
    labels[known[~np.isfinite(arrays.extra[known, labels[known]])]] = -1
    centers = middle_units(arrays, labels)
    if applies(arrays):
        _to_nearest(arrays, labels, centers)
        found = joined(arrays, labels, load_share(arrays), np.zeros(arrays.k))
    else:
        cost = centers_cost(arrays, centers)
        lost = np.flatnonzero(labels < 0)
        labels[lost] = cost[lost].argmin(axis=1)
        found = grown(arrays, labels, cost, centers)
    return found if found is not None and stands(arrays, found) else None


def _to_nearest(arrays: ProblemArrays, labels: Labels, centers: Ints) -> None:
    """Give units without a territory the nearest one that they may be in, in place."""
    places = arrays.points[centers]
    lost = np.flatnonzero(labels < 0)
    for first in range(0, len(lost), BLOCK):
        rows = lost[first : first + BLOCK]
        labels[rows] = (cdist(arrays.places[rows], places) + arrays.extra[rows]).argmin(axis=1)


def _numbers(problem: TerritoryProblem, arrays: ProblemArrays, series: pd.Series) -> Labels:
    """Return territory numbers; -1 for units of territories that are too many.

    Ids that the problem knows keep their territory. Others go where they suit best; where too many are left, those with
    the least load are given up.
    """
    codes, names = pd.factorize(series, sort=True)
    number = {name: t for t, name in enumerate(problem.named_territories)}
    given = np.array([number.get(name, -1) for name in names], dtype=np.int64)
    free = np.setdiff1d(np.arange(arrays.k), given)
    strange = np.flatnonzero(given < 0)
    if strange.size and free.size:
        load = np.bincount(codes, load_share(arrays), minlength=len(names))
        heaviest = np.sort(strange[np.argsort(-load[strange], kind="stable")][: len(free)])
        rows, columns = linear_sum_assignment(_misfit(arrays, codes, heaviest, free))
        given[heaviest[rows]] = free[columns]
    return given[codes].astype(np.int32)


def _misfit(arrays: ProblemArrays, codes: Ints, rows: Ints, free: Ints) -> Floats:
    """Return how badly each of some given territories suits each free one, shape (rows, free)."""
    misfit = np.zeros((int(codes.max()) + 1, len(free)))
    held = limited(arrays)
    np.add.at(misfit, codes[held], np.where(np.isinf(arrays.extra[held][:, free]), BARRED, 0.0))
    if arrays.rules.tables.cap.size:
        np.add.at(misfit, codes, spent_shares(arrays)[:, free])
    if arrays.centering == HOME and not applies(arrays):
        away = travel_to(arrays, arrays.n + free)
        np.add.at(misfit, codes, away / max(float(away.mean()) * arrays.n, 1e-300))
    return misfit[rows]
