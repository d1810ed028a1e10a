"""Ctrl-C during a search: noted at once, acted on between two rounds.

An exception raised while compiled code runs would surface as an error of that code; a note does not.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupt() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl-C was pressed; a second press acts as it always does.

    Within another one it is that one's function: who runs several searches and the search that is under way notice
    the same. Outside the main thread, or where the program has a handler of its own, nothing is changed.
    """
    pressed, before = False, signal.getsignal(signal.SIGINT)
    alone = threading.current_thread() is threading.main_thread()
    outer: Callable[[], bool] | None = getattr(before, "noted", None)
    if alone and outer is not None:
        # A search within a search hears what the outer one does.
        yield outer
        return
    if not alone or not (before is signal.default_int_handler or getattr(before, "raises", False)):
        yield lambda: False
        return

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            signal.signal(signal.SIGINT, before)
            signal.raise_signal(signal.SIGINT)
        pressed = True

    note.noted = lambda: pressed  # type: ignore[attr-defined]
    signal.signal(signal.SIGINT, note)
    try:
        yield note.noted  # type: ignore[attr-defined]
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def heeded_interrupt() -> Iterator[Callable[[], None]]:
    """Raise KeyboardInterrupt at Ctrl-C, and give a function that raises it again where it was lost.

    Python swallows what is raised while it cleans up behind an import; whoever calls the function now and then
    hears of it all the same.
    """
    pressed, before = False, signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield lambda: None
        return

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def heed() -> None:
        if pressed:
            raise KeyboardInterrupt

    note.raises = True  # type: ignore[attr-defined]
    signal.signal(signal.SIGINT, note)
    try:
        yield heed
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def unheard_by_children() -> Iterator[None]:
    """Let processes that are started within never hear Ctrl-C: who started them does, and asks them to end.

    A terminal sends the signal to all of them at once, and a worker that waits for work would end with a traceback,
    and its whole pool with it. Pressed within, the signal comes afterwards. Nothing is changed on Windows.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
