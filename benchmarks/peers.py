"""The peers: other open-source packages on the same units, weights and neighbours, each as one function.

A function takes a case, a seed and seconds, and returns plans with the time at which each was ready. Imports of peers
stand inside of the functions, so that a missing package fails only its own row.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import score
from benchmarks.cases import Case

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Snapshot:
    """A plan and the seconds after which it was there."""

    seconds: float
    labels: Ints


@dataclass(frozen=True)
class Peer:
    """A method of another package.

    Parameters
    ----------
    name : str
        For the table.
    package : str
        What must be installed.
    run : callable
        (case, seed, marks in seconds) → snapshots; methods without a clock ignore the marks.
    random : bool
        Whether seeds matter.
    knows : str
        What it can and cannot be told, for the table.
    """

    name: str
    package: str
    run: Callable[[Case, int, list[float]], list[Snapshot]]
    random: bool
    knows: str


def _once(started: float, labels: Any) -> list[Snapshot]:
    return [Snapshot(time.perf_counter() - started, score.as_numbers(labels))]


def kmeans(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """Weighted k-means with ten starts."""
    from sklearn.cluster import KMeans

    started = time.perf_counter()
    model = KMeans(n_clusters=case.k, n_init=10, random_state=seed)
    return _once(started, model.fit(case.plane_km, sample_weight=case.weight).labels_)


def ward(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """Ward's clustering of places."""
    from sklearn.cluster import AgglomerativeClustering

    started = time.perf_counter()
    return _once(started, AgglomerativeClustering(n_clusters=case.k).fit_predict(case.plane_km))


def ward_connected(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """Ward's clustering that merges neighbours only."""
    from scipy.sparse import coo_matrix
    from sklearn.cluster import AgglomerativeClustering

    both = np.vstack([case.pairs, case.pairs[:, ::-1]])
    n = len(case.weight)
    graph = coo_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(n, n)).tocsr()
    started = time.perf_counter()
    model = AgglomerativeClustering(n_clusters=case.k, connectivity=graph)
    return _once(started, model.fit_predict(case.plane_km))


def kmeans_constrained(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """k-means with bounds on the number of units, the only bounds it knows."""
    from k_means_constrained import KMeansConstrained

    mean = len(case.weight) / case.k
    fewest, most = int(np.floor(mean * (1 - case.tolerance))), int(np.ceil(mean * (1 + case.tolerance)))
    started = time.perf_counter()
    model = KMeansConstrained(n_clusters=case.k, size_min=fewest, size_max=most, n_init=1, random_state=seed)
    return _once(started, model.fit_predict(case.plane_km))


METIS_TRIES = 20
"""METIS is quick: one run is so many calls, of which the best plan is taken, as a user would."""


def metis(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """Graph partitioning: fewest cut borders, balanced weights, each part in one piece."""
    import pymetis

    weight = np.maximum(1, np.round(case.weight * 1e8 / case.weight.sum())).astype(np.int64).tolist()
    lists = _neighbours(case)
    started = time.perf_counter()
    found = []
    for i in range(METIS_TRIES):
        # Its imbalance is in thousandths, and often missed: half of the tries ask for less than half of it.
        asked = round(1000 * case.tolerance * (1.0 if i % 2 else 0.4))
        options = pymetis.Options(seed=1 + METIS_TRIES * seed + i, ufactor=asked, contig=1)
        _, labels = pymetis.part_graph(case.k, adjacency=lists, vweights=weight, options=options, recursive=False)
        figures = case.judge(labels)
        rank = (0.0, figures["km"]) if figures["valid"] else (1.0, figures["deviation"])
        found.append((rank, i, labels))
    return _once(started, min(found)[2])


def _neighbours(case: Case) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(len(case.weight))]
    for u, v in case.pairs.tolist():
        lists[u].append(v)
        lists[v].append(u)
    return lists


def _gerrychain_graph(case: Case) -> Any:
    import networkx as nx
    from gerrychain import Graph

    graph = nx.Graph()
    graph.add_nodes_from((i, {"weight": float(w)}) for i, w in enumerate(case.weight))
    graph.add_edges_from(case.pairs.tolist())
    return Graph.from_networkx(graph)


def gerrychain_tree(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """One random plan from spanning trees."""
    from gerrychain.partition import recursive_tree_part

    graph = _gerrychain_graph(case)
    started = time.perf_counter()
    found = recursive_tree_part(
        graph=graph,
        parts=range(case.k),
        pop_target=float(case.weight.sum()) / case.k,
        pop_col="weight",
        epsilon=case.tolerance,
        rng=random.Random(seed),
    )
    return _once(started, [found[i] for i in range(len(case.weight))])


def gerrychain_recom(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """Recombination that accepts shorter travel: merge two neighbours, cut a random tree, keep the better."""
    from gerrychain import Partition
    from gerrychain.partition import recursive_tree_part
    from gerrychain.proposals import recom

    graph, target, rng = _gerrychain_graph(case), float(case.weight.sum()) / case.k, random.Random(seed)
    kilometres = score.great_circle_km(case.lonlat, case.lonlat)
    started = time.perf_counter()
    common: dict[str, Any] = {"pop_target": target, "pop_col": "weight", "epsilon": case.tolerance, "rng": rng}
    plan: Any = Partition(graph, recursive_tree_part(graph=graph, parts=range(case.k), **common))
    numbers = [graph.original_nx_node_id_for_internal_node_id(i) for i in range(len(case.weight))]
    position = {i: int(number) for i, number in enumerate(numbers)}

    def travel(members: frozenset[int]) -> float:
        rows = np.array([position[i] for i in members])
        return float((kilometres[np.ix_(rows, rows)] @ case.weight[rows]).min())

    def labels() -> Ints:
        found = np.empty(len(case.weight), dtype=np.int64)
        for part, members in plan.parts.items():
            found[[position[i] for i in members]] = part
        return found

    cost = {part: travel(members) for part, members in plan.parts.items()}
    found: list[Snapshot] = []
    for mark in sorted(marks):
        while time.perf_counter() - started < mark:
            proposal: Any = recom(plan, **common)
            changed = {part for part in proposal.parts if proposal.parts[part] != plan.parts[part]}
            new = {part: travel(proposal.parts[part]) for part in changed}
            if sum(new.values()) <= sum(cost[part] for part in changed):
                proposal.parent = None  # the chain of ancestors would fill the memory
                plan, cost = proposal, cost | new
        found.append(Snapshot(time.perf_counter() - started, labels()))
    return found


def skater(case: Case, seed: int, marks: list[float]) -> list[Snapshot]:
    """Pruning of a spanning tree."""
    import pandas as pd
    from libpysal.weights import W
    from sklearn.metrics import pairwise
    from spopt.region import Skater

    table = pd.DataFrame(case.plane_km, columns=["x", "y"])
    # At least a quarter of the mean number of units: without a floor it cuts off single units.
    floor = len(case.weight) // (4 * case.k)
    started = time.perf_counter()
    model = Skater(
        table,
        W(dict(enumerate(_neighbours(case))), silence_warnings=True),
        ["x", "y"],
        n_clusters=case.k,
        floor=floor,
        spanning_forest_kwds={"dissimilarity": pairwise.euclidean_distances},
    )
    model.solve()
    return _once(started, model.labels_)


PEERS = [
    Peer("KMeans", "scikit-learn", kmeans, True, "weights; neither balance nor contiguity"),
    Peer("Ward", "scikit-learn", ward, False, "places only"),
    Peer("Ward with neighbours", "scikit-learn", ward_connected, False, "contiguity; neither weights nor balance"),
    Peer("k-means-constrained", "k-means-constrained", kmeans_constrained, True, "numbers of units, no weights"),
    Peer(
        "METIS",
        "pymetis",
        metis,
        True,
        "contiguity and balance; cuts few borders, knows no travel; the best of 20 calls",
    ),
    Peer("GerryChain tree", "gerrychain", gerrychain_tree, True, "contiguity and balance; a random plan"),
    Peer("GerryChain ReCom", "gerrychain", gerrychain_recom, True, "contiguity, balance and travel"),
    Peer("Skater", "spopt", skater, False, "contiguity; a floor on numbers of units, no weights"),
]
