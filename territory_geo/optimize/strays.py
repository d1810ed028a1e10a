"""One piece per territory on large graphs: the pieces of all territories at once, and homes for the strays."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.costs import Ways, cost_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]


@njit(cache=True)
def numbered_pieces(labels: Labels, indptr: Ints, indices: Ints) -> tuple[Ints, int]:
    """Return the number of the connected piece of its territory that each unit lies in, and the count; O(edges)."""
    n = labels.shape[0]
    piece, queue, count = np.full(n, -1, np.int64), np.empty(n, np.int64), 0
    for start in range(n):
        if piece[start] >= 0:
            continue
        piece[start] = count
        queue[0] = start
        head, tail = 0, 1
        while head < tail:
            u = queue[head]
            head += 1
            for e in range(indptr[u], indptr[u + 1]):
                v = indices[e]
                if piece[v] < 0 and labels[v] == labels[start]:
                    piece[v] = count
                    queue[tail] = v
                    tail += 1
        count += 1
    return piece, count


@njit(cache=True)
def house_strays(
    labels: Labels, cost: Floats | Ways, share: Floats, prices: Floats, indptr: Ints, indices: Ints
) -> tuple[Labels, int, int]:
    """Return labels in which each territory keeps its heaviest piece, how many units strayed, and how many still do.

    A stray goes to the touching territory where travel and price are least, those next to a kept piece first.
    O(edges + strays).
    """
    n, k = labels.shape[0], prices.shape[0]
    piece, count = numbered_pieces(labels, indptr, indices)
    heavy = np.zeros(count)
    for i in range(n):
        heavy[piece[i]] += share[i] + 1e-12
    main = np.full(k, -1, np.int64)
    for i in range(n):
        t = labels[i]
        if main[t] < 0 or heavy[piece[i]] > heavy[main[t]]:
            main[t] = piece[i]
    housed = labels.copy()
    strays = 0
    for i in range(n):
        if piece[i] != main[labels[i]]:
            housed[i] = -1
            strays += 1
    waiting, following = np.empty(strays, np.int64), np.empty(strays, np.int64)
    many = 0
    for i in range(n):
        if housed[i] < 0:
            waiting[many] = i
            many += 1
    chosen = np.empty(strays, np.int32)
    while many > 0:
        left = 0
        for a in range(many):
            i = waiting[a]
            best, chosen[a] = np.inf, -1
            for e in range(indptr[i], indptr[i + 1]):
                t = housed[indices[e]]
                if t >= 0:
                    value = cost_at(cost, i, t) + share[i] * prices[t]
                    if value < best:
                        best, chosen[a] = value, t
        # All of a round are housed together, so that the order of the units does not matter.
        for a in range(many):
            housed[waiting[a]] = chosen[a]
            if chosen[a] < 0:
                following[left] = waiting[a]
                left += 1
        if left == many:
            break
        many = left
        waiting[:many] = following[:many]
    return housed, strays, many
