"""Delaunay's triangulation of many points: one after another along Hilbert's curve, with flips.

Every decision is taken only where rounding cannot have made it, so that the result is a triangulation whatever the
points; where a decision that is needed stays open, there is none.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

EPSILON = 2.0**-53
SIDE_ERROR = (3.0 + 16.0 * EPSILON) * EPSILON
CIRCLE_ERROR = (10.0 + 96.0 * EPSILON) * EPSILON
"""Shares of the sum of absolute terms within which rounding can turn a sign."""

PATIENCE = 200
"""Steps per point, on average, after which the curve was no help and nothing is returned."""


@njit(cache=True, inline="always")
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return 1 where p lies to the left of the way from a to b, -1 to the right, 0 where rounding leaves it open."""
    left, right = (ax - px) * (by - py), (ay - py) * (bx - px)
    area, doubt = left - right, SIDE_ERROR * (abs(left) + abs(right))
    if area > doubt:
        return 1
    return -1 if area < -doubt else 0


@njit(cache=True, inline="always")
def inside(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> bool:  # fmt: skip
    """Tell whether d surely lies within the circle through a, b and c, which turn to the left."""
    adx, ady, bdx, bdy, cdx, cdy = ax - dx, ay - dy, bx - dx, by - dy, cx - dx, cy - dy
    aa, bb, cc = adx * adx + ady * ady, bdx * bdx + bdy * bdy, cdx * cdx + cdy * cdy
    bc, cb, ca, ac, ab, ba = bdx * cdy, cdx * bdy, cdx * ady, adx * cdy, adx * bdy, bdx * ady
    value = aa * (bc - cb) + bb * (ca - ac) + cc * (ab - ba)
    size = aa * (abs(bc) + abs(cb)) + bb * (abs(ca) + abs(ac)) + cc * (abs(ab) + abs(ba))
    return bool(value > CIRCLE_ERROR * size)


@njit(cache=True, inline="always")
def following(edge: int) -> int:
    """Return the next edge around the same triangle."""
    return edge - 2 if edge % 3 == 2 else edge + 1


@njit(cache=True, inline="always")
def joined(twin: Ints, one: int, other: int) -> None:
    """Write down that two edges are the two sides of one; -1 is the outside."""
    twin[one] = other
    if other >= 0:
        twin[other] = one


@njit(cache=True)
def triangulate(x: Floats, y: Floats) -> tuple[Ints, Ints, int, int]:
    """Return Delaunay's triangles of points of which the last four are the corners of a convex frame around the rest.

    Parameters
    ----------
    x, y : array, shape (n + 4,)
        Near points should follow one another; the frame's corners turn to the left.

    Returns
    -------
    (start, twin, count, steps)
        Triangle t has the edges 3t, 3t + 1 and 3t + 2, which turn to the left; `start` is the point where an edge
        begins, `twin` the same edge of the neighbour (-1 outside). `count` is the number of triangles; 0 where two
        points lie on one spot or rounding leaves a needed decision open. `steps` counts walks and flips.

    Notes
    -----
    Each point is found by a walk from the triangle of the one before, cuts the triangle (or the two of the edge on
    which it lies) and makes edges flip until none around it is sure to be wrong. Along a curve the walk is short:
    about 4 steps and 5 flips per point. Edges across points on one circle may stand either way.

    References
    ----------
    Lawson 1977 (flips); Guibas & Stolfi 1985 (predicates); Shewchuk 1997 (error bounds); Devillers, Pion &
    Teillaud 2002 (walks).
    """
    n = x.shape[0] - 4
    start, twin = np.empty(6 * n + 6, np.int32), np.full(6 * n + 6, -1, np.int32)
    start[0], start[1], start[2] = n, n + 1, n + 2
    start[3], start[4], start[5] = n, n + 2, n + 3
    twin[2], twin[3] = 3, 2
    count, at, steps = 2, 0, 0
    stack = np.empty(1024, np.int32)
    for p in range(n):
        px, py = x[p], y[p]
        # Walk to the triangle that holds the point; `line` is an edge that it may lie on.
        came, line = -1, -1
        while True:
            line, out = -1, -1
            for e in range(3 * at, 3 * at + 3):
                if e == came:
                    continue
                a, b = start[e], start[following(e)]
                turn = side(x[a], y[a], x[b], y[b], px, py)
                if turn < 0:
                    out = e
                    break
                if turn == 0:
                    line = e
            if out < 0:
                break
            steps += 1
            came = twin[out]
            if came < 0:
                return start, twin, 0, steps
            at = came // 3
        if steps > PATIENCE * (n + 10):
            return start, twin, 0, steps
        e0 = 3 * at if line < 0 else line
        e1 = following(e0)
        e2 = following(e1)
        a, b, c = start[e0], start[e1], start[e2]
        if line < 0:
            # Three triangles of one: (a, b, p) in place, (b, c, p) and (c, a, p) new.
            f, g = 3 * count, 3 * count + 3
            count += 2
            t1, t2 = twin[e1], twin[e2]
            start[e2] = p
            start[f], start[f + 1], start[f + 2] = b, c, p
            start[g], start[g + 1], start[g + 2] = c, a, p
            joined(twin, f, t1)
            joined(twin, g, t2)
            joined(twin, e1, f + 2)
            joined(twin, f + 1, g + 2)
            joined(twin, g + 1, e2)
            stack[0], stack[1], stack[2] = e0, f, g
            depth = 3
        else:
            # Four triangles of two: the point lies on the edge from a to b, within rounding.
            o0 = twin[e0]
            if o0 < 0:
                return start, twin, 0, steps
            o1 = following(o0)
            o2 = following(o1)
            d = start[o2]
            fine = side(x[c], y[c], x[a], y[a], px, py) > 0 and side(x[b], y[b], x[c], y[c], px, py) > 0
            fine = fine and side(x[a], y[a], x[d], y[d], px, py) > 0 and side(x[d], y[d], x[b], y[b], px, py) > 0
            if not fine:
                return start, twin, 0, steps
            f, g = 3 * count, 3 * count + 3
            count += 2
            t1, s1 = twin[e1], twin[o1]
            # (c, a, p) and (d, b, p) in place, (b, c, p) and (a, d, p) new.
            start[e0], start[e1], start[e2] = a, p, c
            start[o0], start[o1], start[o2] = b, p, d
            start[f], start[f + 1], start[f + 2] = b, c, p
            start[g], start[g + 1], start[g + 2] = a, d, p
            joined(twin, f, t1)
            joined(twin, g, s1)
            joined(twin, e1, f + 1)
            joined(twin, o1, g + 1)
            joined(twin, e0, g + 2)
            joined(twin, o0, f + 2)
            stack[0], stack[1], stack[2], stack[3] = e2, o2, f, g
            depth = 4
        at = e0 // 3
        # Flip edges that face the point and whose neighbour sees it within its circle.
        while depth > 0:
            depth -= 1
            e = stack[depth]
            f = twin[e]
            if f < 0:
                continue
            e1 = following(e)
            e2 = following(e1)
            f1 = following(f)
            f2 = following(f1)
            a, b, d = start[e], start[f], start[f2]
            if not inside(x[a], y[a], x[b], y[b], px, py, x[d], y[d]):
                continue
            steps += 1
            t1, s1, s2 = twin[e1], twin[f1], twin[f2]
            # (a, d, p) and (d, b, p) instead of (a, b, p) and (b, a, d).
            start[e1] = d
            start[f], start[f1], start[f2] = d, b, p
            joined(twin, e, s1)
            joined(twin, f, s2)
            joined(twin, f1, t1)
            joined(twin, e1, f2)
            if depth + 2 > stack.size:
                stack = np.append(stack, np.empty(stack.size, np.int32))
            stack[depth], stack[depth + 1] = e, f
            depth += 2
    return start, twin, count, steps
