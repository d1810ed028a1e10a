"""Runs a peer in a process of its own: a crash, a missing package or an endless run becomes a row, not the end."""

from __future__ import annotations

import multiprocessing
import traceback
import warnings
from multiprocessing.connection import Connection

from benchmarks.cases import Case
from benchmarks.peers import PEERS, Snapshot

PATIENCE_S = 600.0
"""Longest wait for one run of a peer without a clock."""


def run_apart(name: str, case: Case, seed: int, marks: list[float], patience: float = PATIENCE_S) -> list[Snapshot]:
    """Return the snapshots of one run of a peer.

    Parameters
    ----------
    name : str
        Of the peer.
    case : Case
        What it gets.
    seed : int
        Of its random choices.
    marks : list of float
        Seconds at which methods with a clock show their plan.
    patience : float
        Seconds after which the run is ended, on top of the last mark.

    Raises
    ------
    RuntimeError
        With the peer's own message, or saying that it was ended.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(sender, name, case, seed, marks), daemon=True)
    child.start()
    sender.close()
    limit = patience + max(marks, default=0.0)
    try:
        if not receiver.poll(limit):
            raise RuntimeError(f"not finished after {limit:,.0f} s, ended")
        try:
            answer = receiver.recv()
        except EOFError:
            child.join(10)
            raise RuntimeError(f"its process ended with code {child.exitcode}") from None
    finally:
        if child.is_alive():
            child.terminate()
        child.join()
    if isinstance(answer, str):
        raise RuntimeError(answer)
    snapshots: list[Snapshot] = answer
    return snapshots


def _child(sender: Connection, name: str, case: Case, seed: int, marks: list[float]) -> None:
    warnings.simplefilter("ignore")
    peer = next(p for p in PEERS if p.name == name)
    try:
        sender.send(peer.run(case, seed, marks))
    except BaseException as error:
        traceback.print_exc()
        first = (str(error).strip().splitlines() or [""])[0]
        sender.send(f"{type(error).__name__}: {first[:160]}")
