"""The relaxed problem, in which places may be shared: a lower bound on cost that holds in spite of rounding.

The bound is worked out anew from the prices that the linear program returns (Lagrangian duality), so an imprecise
solver can only make it weaker, never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from territory_geo.optimize.teams.program import Program

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The relaxed optimum.

    Parameters
    ----------
    bound : int
        No solution costs less.
    reduced : array, shape (n,)
        What a variable costs at the relaxation's prices; a solution that uses it costs at least `bound` + `reduced`.
    shares : array, shape (n,)
        The relaxed solution.
    """

    bound: int
    reduced: Floats
    shares: Floats


def relax(program: Program) -> Relaxation | None:
    """Return the relaxation, or None where the solver finds no solution even with places shared."""
    n, m = len(program.cost), len(program.seats)
    real = np.flatnonzero(program.place >= 0)
    choose = csr_array((np.ones(len(real)), (program.place[real], real)), shape=(m, n))
    rows = program.rows.astype(float)
    # Seconds and cents differ by orders of magnitude: each row and the cost are brought near to one.
    size = np.maximum(1.0, abs(rows).max(axis=1).toarray().ravel()) if rows.shape[0] else np.ones(0)
    scale = max(1.0, float(np.abs(program.cost).max(initial=0)) / 1000)
    scaled = csr_array(rows.multiply(1 / size[:, None])) if rows.shape[0] else None
    done = linprog(
        program.cost / scale,
        A_ub=scaled,
        b_ub=program.limits / size if rows.shape[0] else None,
        A_eq=choose,
        b_eq=np.ones(m),
        bounds=(0, 1),
        method="highs",
    )
    if done.status != 0:
        return None
    each = done.eqlin.marginals * scale
    price = -np.minimum(0.0, done.ineqlin.marginals) * scale / size if rows.shape[0] else np.zeros(0)
    reduced = program.cost - choose.T @ each + rows.T @ price
    value = float(each.sum() - price @ program.limits + np.minimum(0.0, reduced).sum())
    # The sums themselves round, by far less than a millionth of a millionth of what is summed.
    doubt = 1e-12 * float(np.abs(each).sum() + price @ np.abs(program.limits))
    return Relaxation(int(np.ceil(value - doubt - 1e-6)), np.maximum(0.0, reduced), done.x)
