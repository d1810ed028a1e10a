"""Parts that touch nothing else: joined by bridges, attached to the largest part, left, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.topology import delaunay_pairs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ISLAND_POLICIES = ("bridge", "attach", "allow", "fail")
"""What to do with parts that nothing touches: join them by the shortest ways, attach each to the largest part,
leave them, refuse."""


def check_policy(islands: str) -> None:
    """Raise `OptionError` unless the policy is a known one."""
    if islands not in ISLAND_POLICIES:
        raise OptionError(f"The 'islands' parameter must be one of {ISLAND_POLICIES}. Got {islands!r} instead.")


def links(xy: Floats, component: Ints, ids: list[str], islands: str, blocked: Any) -> Ints:
    """Return the edges that a policy adds, sorted positions, shape (b, 2).

    Parameters
    ----------
    xy : array, shape (n, 2)
        Places in plane metres.
    component : array, shape (n,)
        Which part each unit belongs to.
    ids : list of str
        For messages.
    islands : {"bridge", "attach", "allow", "fail"}
        The policy.
    blocked : function of pairs to booleans, or None
        Which ways cross a barrier; those are taken only where no other way is left.

    Raises
    ------
    DataError
        With "fail", naming the units that are apart.
    """
    none = np.empty((0, 2), dtype=np.int64)
    if len(component) == 0 or component.max() == 0 or islands == "allow":
        return none
    main = int(np.bincount(component).argmax())
    if islands == "fail":
        apart = [ids[i] for i in np.flatnonzero(component != main)]
        raise DataError(
            f"{len(apart)} units touch nothing else of the largest part, such as {', '.join(apart[:5])}. "
            f"Use islands='bridge' to join them by the shortest bridges."
        )
    return attached(xy, component, main) if islands == "attach" else shortest_bridges(xy, component, blocked)


def attached(xy: Floats, component: Ints, main: int) -> Ints:
    """Return for each other part its shortest way to the largest part, shape (b, 2)."""
    shore = np.flatnonzero(component == main)
    others = np.flatnonzero(component != main)
    distance, nearest = cKDTree(xy[shore]).query(xy[others])
    order = np.lexsort((others, distance, component[others]))
    first = order[np.unique(component[others][order], return_index=True)[1]]
    pairs: Ints = np.sort(np.column_stack([others[first], shore[nearest[first]]]), axis=1).astype(np.int64)
    return pairs


def shortest_bridges(xy: Floats, component: Ints, blocked: Any = None) -> Ints:
    """Return the shortest edges that join all parts (Kruskal over Delaunay edges), shape (b, 2)."""
    candidates = delaunay_pairs(xy)
    candidates = candidates[component[candidates[:, 0]] != component[candidates[:, 1]]]
    length = np.linalg.norm(xy[candidates[:, 0]] - xy[candidates[:, 1]], axis=1)
    last = np.zeros(len(candidates), dtype=bool) if blocked is None else blocked(candidates)
    order = np.lexsort((candidates[:, 1], candidates[:, 0], length, last))
    root = list(range(int(component.max()) + 1))

    def find(part: int) -> int:
        while root[part] != part:
            root[part] = part = root[root[part]]
        return part

    chosen = []
    for u, v in candidates[order]:
        a, b = find(int(component[u])), find(int(component[v]))
        if a != b:
            root[a] = b
            chosen.append((u, v))
    return np.array(chosen, dtype=np.int64).reshape(-1, 2)
