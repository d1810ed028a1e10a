"""Small grids with random rules, judged by hand: every rule is counted from what was asked, not from the tables."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import numpy as np

from territory_geo.geodata.contiguity import adjacency
from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import CENTROID, HOME, UNIT, ProblemArrays, spread
from territory_geo.optimize.rules.building import Budget, Kind, budgeted, containers, grouped, kept_apart
from territory_geo.optimize.rules.tables import NO_TABLES, UNLIMITED, Rules


@dataclass
class Asked:
    """The rules of a case as a person would write them down."""

    groups: list[list[int]] = field(default_factory=list)
    apart: list[tuple[int, int]] = field(default_factory=list)
    radius: float = np.inf
    containers: list[Kind] = field(default_factory=list)
    border: dict[tuple[int, int], float] = field(default_factory=dict)
    overlap: np.ndarray = field(default_factory=lambda: np.empty(0))
    budgets: list[Budget] = field(default_factory=list)


def with_rules(a: ProblemArrays, asked: Asked) -> ProblemArrays:
    """Return the arrays with these rules."""
    source = np.repeat(np.arange(a.n), np.diff(a.indptr))
    border = np.array([asked.border.get((min(u, v), max(u, v)), 0.0) for u, v in zip(source, a.indices, strict=True)])
    tables = NO_TABLES._replace(
        **grouped(a.n, asked.groups), **kept_apart(a.n, asked.apart),
        **containers(a.n, asked.containers),
        **budgeted(a.n, a.k, asked.budgets), **({"border": border} if asked.border else {}),
    )  # fmt: skip
    return replace(a, rules=Rules(tables, asked.radius, overlap=asked.overlap))


def grid_arrays(
    seed: int, rows: int, columns: int, k: int, *, centering: int = UNIT, contiguous: bool = True, width: float = 0.3
) -> ProblemArrays:
    """A grid, a little shaken, with random weights and loads."""
    rng = np.random.default_rng(seed)
    n = rows * columns
    places = np.array([[1000.0 * c, -1000.0 * r, 0.0] for r in range(rows) for c in range(columns)])
    places[:, :2] += rng.uniform(-150, 150, (n, 2))
    homes = np.column_stack([rng.uniform(-500, 1000 * columns, k), rng.uniform(-1000 * rows, 500, k), np.zeros(k)])
    edges = [(i, i + 1) for i in range(n) if i % columns < columns - 1] + [(i, i + columns) for i in range(n - columns)]
    graph = adjacency(np.array(edges), n)
    load = rng.uniform(1.0, 2.0, (n, 1))
    target = np.full((k, 1), load.sum() / k)
    return ProblemArrays(
        places=places, points=np.vstack([places, homes]) if centering == HOME else places, metric=kernels.PLANAR,
        scale=0.001, power=1, weight=rng.uniform(0.5, 2.0, n), measures=spread(load, k), lower=target * (1 - width),
        upper=target * (1 + width), target=target, indptr=graph.indptr.astype(np.int64),
        indices=graph.indices.astype(np.int64), component=np.zeros(n, np.int64), contiguous=contiguous,
        extra=np.zeros((n, k)), locked=np.full(n, -1), centering=centering,
    )  # fmt: skip


def random_rules(seed: int, a: ProblemArrays, *, share: float = 0.5) -> Asked:
    """Return a random choice of all kinds of rules."""
    rng = np.random.default_rng(seed)
    asked = Asked()
    if rng.random() < share:
        asked.groups = [rng.choice(a.n, 2 + int(rng.integers(2)), replace=False).tolist() for _ in range(2)]
    if rng.random() < share:
        asked.apart = [tuple(rng.choice(a.n, 2, replace=False).tolist()) for _ in range(2)]
    if rng.random() < share:
        size = np.ptp(a.places[:, :2] / 1000.0, axis=0).max()
        asked.radius = float(rng.uniform(0.35, 0.9) * size)
    if rng.random() < share:
        members = [np.flatnonzero(rng.random(a.n) < 0.4) for _ in range(3)]
        limit = int(rng.integers(0, 4)) if rng.random() < 0.5 else UNLIMITED
        asked.containers = [Kind(members[:2], 1.5, limit), Kind(members[2:], 0.5)]
    if rng.random() < share:
        source = np.repeat(np.arange(a.n), np.diff(a.indptr))
        pairs = {(int(min(u, v)), int(max(u, v))) for u, v in zip(source, a.indices, strict=True)}
        asked.border = {pair: float(rng.uniform(0, 0.5)) for pair in sorted(pairs)}
    if rng.random() < share:
        asked.overlap = rng.uniform(0, 1.0, a.n)
    if rng.random() < share:
        today = rng.integers(0, a.k, a.n)
        for _ in range(1 + int(rng.integers(2))):
            unit = rng.integers(0, a.n, 2 * a.n)
            owner = np.where(rng.random(2 * a.n) < 0.8, today[unit], rng.integers(-1, a.k, 2 * a.n))
            amount = rng.uniform(0, 1, 2 * a.n) * (rng.random(2 * a.n) < 0.7)
            asked.budgets.append(Budget(unit, owner, amount, float(rng.uniform(0.2, 0.8) * amount.sum())))
    return asked


def centers_by_hand(a: ProblemArrays, labels: np.ndarray, radius: float) -> list[np.ndarray]:
    """Return where each territory is measured from, kilometres."""
    xy = a.places[:, :2] / 1000.0
    found = []
    for t in range(a.k):
        own = np.flatnonzero(labels == t)
        if a.centering == HOME:
            found.append(a.points[a.n + t, :2] / 1000.0)
        elif a.centering == CENTROID:
            found.append(np.average(xy[own], axis=0, weights=a.weight[own]))
        else:
            away = np.hypot(*(xy[own][:, None] - xy[own][None]).transpose(2, 0, 1))
            travel = (a.weight[own] * away**a.power).sum(axis=1)
            covers = away.max(axis=1) <= radius * (1 + 1e-9)
            found.append(xy[own[int(np.argmin(np.where(covers | ~covers.any(), travel, np.inf)))]])
    return found


def kept_by_hand(a: ProblemArrays, asked: Asked, labels: np.ndarray) -> bool:
    """Tell whether all hard rules hold."""
    if any(len({int(labels[i]) for i in group}) > 1 for group in asked.groups):
        return False
    if any(labels[i] == labels[j] for i, j in asked.apart):
        return False
    if any(splits_by_hand(kind, labels) > kind.limit for kind in asked.containers):
        return False
    for budget in asked.budgets:
        if budget.amount[labels[budget.unit] != budget.owner].sum() > budget.cap + 1e-9:
            return False
    if np.isfinite(asked.radius):
        places = np.array(centers_by_hand(a, labels, asked.radius))
        away = np.hypot(*(a.places[:, :2] / 1000.0 - places[labels]).T)
        if (away > asked.radius * (1 + 1e-9)).any():
            return False
    return True


def splits_by_hand(kind: Kind, labels: np.ndarray) -> int:
    """Return how many territories containers have besides one each."""
    return sum(len(np.unique(labels[units])) - 1 for units in kind.members if len(units))


def soft_by_hand(a: ProblemArrays, asked: Asked, labels: np.ndarray) -> float:
    """Return what the soft rules cost."""
    total = sum(cost for (u, v), cost in asked.border.items() if labels[u] != labels[v])
    for kind in asked.containers:
        total += kind.cost * splits_by_hand(kind, labels)
    if asked.overlap.size:
        places = np.array(centers_by_hand(a, labels, asked.radius))
        away = np.hypot(*(a.places[:, None, :2] / 1000.0 - places[None]).transpose(2, 0, 1))
        farther = away[np.arange(a.n), labels] > away.min(axis=1) * (1 + 1e-9)
        total += asked.overlap[farther].sum()
    return float(total)


def in_pieces(a: ProblemArrays, members: np.ndarray) -> bool:
    inside, reached, frontier = set(members.tolist()), {int(members[0])}, [int(members[0])]
    while frontier:
        unit = frontier.pop()
        for v in a.indices[a.indptr[unit] : a.indptr[unit + 1]].tolist():
            if v in inside and v not in reached:
                reached.add(v)
                frontier.append(v)
    return len(reached) < len(inside)


def value_by_hand(a: ProblemArrays, asked: Asked, labels: np.ndarray) -> float:
    """Return travel and all costs of labels that keep everything, infinity for others."""
    for t in range(a.k):
        members = np.flatnonzero(labels == t)
        if not members.size or not np.isfinite(a.extra[members, t]).all():
            return np.inf
        load = a.measures[members, t].sum(axis=0)
        if (load < a.lower[t]).any() or (load > a.upper[t]).any():
            return np.inf
        if a.contiguous and in_pieces(a, members):
            return np.inf
    if ((a.locked >= 0) & (labels != a.locked)).any() or not kept_by_hand(a, asked, labels):
        return np.inf
    places = np.array(centers_by_hand(a, labels, asked.radius))
    away = np.hypot(*(a.places[:, :2] / 1000.0 - places[labels]).T)
    travel = float((a.weight * away**a.power).sum())
    return travel + float(a.extra[np.arange(a.n), labels].sum()) + soft_by_hand(a, asked, labels)


def best_by_hand(a: ProblemArrays, asked: Asked) -> tuple[float, np.ndarray | None]:
    """Try all labels."""
    best, found = np.inf, None
    for each in itertools.product(range(a.k), repeat=a.n):
        labels = np.array(each)
        value = value_by_hand(a, asked, labels)
        if value < best:
            best, found = value, labels
    return best, found
