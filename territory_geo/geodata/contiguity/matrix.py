"""The graph as a sparse matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

Ints = NDArray[np.int64]


def adjacency(pairs: Ints, n: int) -> csr_matrix:
    """Return the symmetric 0/1 matrix of pairs of shape (e, 2), with sorted neighbours."""
    both = np.vstack([pairs, pairs[:, ::-1]])
    matrix = coo_matrix((np.ones(len(both), dtype=np.int8), (both[:, 0], both[:, 1])), shape=(n, n)).tocsr()
    matrix.sort_indices()
    return matrix
