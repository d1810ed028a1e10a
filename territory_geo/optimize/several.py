"""Several searches at once, each with its own seed, through any executor; then their plans are combined.

What comes out depends on the seed and the number of starts alone: not on how many workers there are, nor on which
of them is done first.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from concurrent.futures import Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.free_bound import watch
from territory_geo.optimize.interrupt import unheard_by_children
from territory_geo.optimize.local_search import Score
from territory_geo.optimize.notes import Notes
from territory_geo.optimize.search import Search
from territory_geo.optimize.stop import Clock, MaxIterations, MaxRuntime, Stop, rules
from territory_geo.progress import Progress

Labels = NDArray[np.int32]

LOOK = 0.2
"""Seconds between two looks at what the searches have found."""
COMBINING = 0.15
"""Part of a time limit that is kept for combining the plans of all starts."""
WAITED = 0.25
"""Part of a time limit from which on a start that waited is worth a warning."""
COMBINED = -1
"""Number of a start in the history's rows, once the plans of all are combined."""


@dataclass(frozen=True)
class Start:
    """One search's part: what a worker is sent."""

    arrays: Packed
    stop: Stop
    seed: int
    number: int
    folder: str
    ends: float | None
    initial: list[Labels]


@dataclass(frozen=True)
class Found:
    """What a worker sends back: its best labels (None if there are none), good plans, history, rounds and bound."""

    labels: Labels | None
    best: Score | None
    plans: list[tuple[float, Labels]]
    history: list[dict[str, Any]]
    iterations: int
    interrupted: bool
    began: float
    floor: float = -np.inf


class Packed:
    """The arrays of a problem for the way to another process: a table that repeats itself in memory is sent once."""

    def __init__(self, arrays: ProblemArrays) -> None:
        self.plain = replace(arrays, **{f.name: _once(getattr(arrays, f.name)) for f in fields(arrays)})
        tables = {f.name: getattr(arrays, f.name) for f in fields(arrays)}
        self.shapes = {
            name: (table.shape, table.strides)
            for name, table in tables.items()
            if isinstance(table, np.ndarray) and 0 in table.strides
        }

    def unpacked(self) -> ProblemArrays:
        """Return the arrays as they were."""
        seen: dict[str, Any] = {
            name: np.lib.stride_tricks.as_strided(getattr(self.plain, name), shape, strides)
            for name, (shape, strides) in self.shapes.items()
        }
        return replace(self.plain, **seen)


def _once(table: Any) -> Any:
    """Return a table without its repetitions."""
    if not isinstance(table, np.ndarray) or 0 not in table.strides:
        return table
    return np.ascontiguousarray(table[tuple(slice(1) if step == 0 else slice(None) for step in table.strides)])


def own_seeds(seed: int, starts: int) -> list[int]:
    """Return a seed for each start, from independent streams."""
    spawned = np.random.SeedSequence(seed).spawn(starts)
    return [int(child.generate_state(1, np.uint64)[0] >> np.uint64(1)) for child in spawned]


def parts_of(stop: Stop, starts: int) -> list[Stop]:
    """Return each start's rule: rounds are shared out between them, all other rules hold for each.

    Fewer rules than starts come back where there are fewer rounds than starts.
    """
    rounds = min((rule.iterations for rule in rules(stop) if isinstance(rule, MaxIterations)), default=None)
    if rounds is None:
        return [stop] * starts
    others = [rule for rule in rules(stop) if not isinstance(rule, MaxIterations)]
    parts: list[Stop] = []
    for number in range(min(starts, rounds)):
        part: Stop = MaxIterations(rounds // starts + (number < rounds % starts))
        for other in others:
            part = part | other
        parts.append(part)
    return parts


def search_once(start: Start) -> Found:
    """Search with one seed: what a worker does."""
    notes, stop, began = Notes(start.folder, start.number), start.stop, time.time()
    if start.ends is not None:
        # Seconds that passed in a queue are gone: a limit is the same moment for all starts.
        stop = stop | MaxRuntime(max(start.ends - time.time(), 1e-3))
    asked = False

    def listen(stage: str, share: float, text: str) -> None:
        nonlocal asked
        notes.write(search.labels, search.best)
        if not asked and notes.asked_to_end:
            asked = True
            raise KeyboardInterrupt

    search = Search(
        start.arrays.unpacked(), stop, start.seed, listen, watch=watch(stop), start=start.number, initial=start.initial
    )
    search.run()
    return Found(
        search.labels, search.best, search.good.plans, search.history, search.clock.iterations, search.interrupted,
        began, search.floor,
    )  # fmt: skip


def search_several(search: Search, executor: Executor, starts: int, progress: Progress) -> None:
    """Fill a search with the best of several, and with what their plans make when they are combined.

    Parameters
    ----------
    search : Search
        Not run yet; says problem, rule and seed.
    executor : Executor
        Runs the starts: processes, threads, or a cluster's.
    starts : int
        How many.
    progress : callable
        Told every fifth of a second.

    Notes
    -----
    After Ctrl-C all searches are asked to end, and the best of them is kept.
    """
    search.clock, search.start, began = Clock(started=time.monotonic()), COMBINED, time.time()
    limits = [rule.seconds for rule in rules(search.stop) if isinstance(rule, MaxRuntime)]
    ends = began + min(limits) * (1 - COMBINING) if limits else None
    packed = Packed(search.arrays)
    with tempfile.TemporaryDirectory(prefix="territory_geo_", ignore_cleanup_errors=True) as folder:
        parts = parts_of(search.stop, starts)
        tasks = [
            Start(packed, part, seed, number, folder, ends, list(search.initial))
            for number, (part, seed) in enumerate(zip(parts, own_seeds(search.seed, len(parts)), strict=True))
        ]
        notes = [Notes(folder, task.number) for task in tasks]
        with unheard_by_children():
            futures = [executor.submit(search_once, task) for task in tasks]
        search.interrupted = not _followed(futures, notes, search, progress)
        results = _results(futures, notes, search.interrupted)
        for found in results:
            _merge(search, found, began)
    if limits and not search.interrupted:
        _tell_late(results, began, min(limits))
    if not search.interrupted:
        search.finish()


def _followed(futures: list[Future[Found]], notes: list[Notes], search: Search, progress: Progress) -> bool:
    """Show progress until all searches are done; False if the user ended them before."""
    try:
        while True:
            done, running = wait(futures, timeout=LOOK)
            known = [found[1] for found in (note.read() for note in notes) if found is not None]
            best = min(known, key=lambda value: (value.violation, value.travel), default=None)
            text = f"{len(done)} of {len(futures)} starts done{'' if best is None else ', ' + search.text(best)}"
            share = max(len(done) / len(futures), min(search.time_used(), 1.0))
            progress("starts", share if running else 1.0, text)
            if not running:
                return True
    except KeyboardInterrupt:
        notes[0].ask_to_end()
        for future in futures:
            future.cancel()
        wait([future for future in futures if not future.cancelled()])
        return False


def _results(futures: list[Future[Found]], notes: list[Notes], interrupted: bool) -> list[Found]:
    """Return what each search found, in the order of the starts; after an interruption, what is left of it."""
    results = []
    for future, note in zip(futures, notes, strict=True):
        if future.cancelled():
            continue
        try:
            results.append(future.result())
        except (BrokenProcessPool, KeyboardInterrupt):
            # Ctrl-C reaches all processes of a terminal: where the pool is older than this search, an idle worker
            # ends with it, and the pool with the worker.
            left = note.read()
            if not interrupted:
                raise
            if left is not None:
                results.append(Found(left[0], left[1], [], [], 0, True, time.time()))
    return results


def _tell_late(results: list[Found], began: float, limit: float) -> None:
    """Warn of starts that spent much of a time limit in a queue."""
    late = sum(found.began - began >= WAITED * limit for found in results)
    if late:
        warnings.warn(
            f"{late} of {len(results)} starts waited for a worker for a quarter of the {limit:g} seconds or more, "
            f"and had little left. With a time limit, ask for no more starts than the executor has workers.",
            stacklevel=7,
        )


def _merge(search: Search, found: Found, began: float) -> None:
    """Add one search's rows, rounds and plans; its best becomes the best if it is better."""
    later = found.began - began
    search.history.extend({**row, "seconds": row["seconds"] + later} for row in found.history)
    search.clock.iterations += found.iterations
    for travel, labels in found.plans:
        search.good.add(labels, Score(0.0, travel))
    search.interrupted |= found.interrupted
    search.floor = max(search.floor, found.floor)
    if found.labels is not None and found.best is not None and found.best.better(search.best):
        search.labels, search.best = found.labels, found.best
        search.clock.feasible = found.best.feasible
