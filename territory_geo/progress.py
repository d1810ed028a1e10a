"""Progress while something takes time: a callback that receives stage, share done and a short text.

The library itself prints nothing; `display=True` and the command line pass `live()`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

Progress = Callable[[str, float, str], None]
"""Called with (stage, share done 0..1, text)."""

STAGE_WIDTH = 14
"""Of the column with the stages' names."""
LONG = 15.0
"""Seconds after which a line says how far a stage is, where there is no bar to see it by."""


def silent(stage: str, share: float, text: str) -> None:
    """Do nothing."""


def throttled(progress: Progress, seconds: float = 0.2) -> Progress:
    """Return a callback that passes on a stage's first call and its end, and others every so many seconds."""
    last: dict[str, float] = {}

    def call(stage: str, share: float, text: str) -> None:
        now = time.monotonic()
        if share >= 1.0 or now - last.get(stage, -1e9) >= seconds:
            last[stage] = now
            progress(stage, share, text)

    return call


@contextmanager
def live(title: str) -> Iterator[Progress]:
    """Show progress: a bar per stage on a terminal, a line per finished stage elsewhere; the title at once.

    Standard error is used, except in a notebook, which would show it as an error.
    """
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if console.is_jupyter:
        console = Console(file=sys.stdout, highlight=False, force_jupyter=False, force_terminal=False)
    console.print(title, markup=False, soft_wrap=True)
    with _bars(console) if console.is_terminal else _lines(console) as progress:
        yield progress


@contextmanager
def _lines(console: Console) -> Iterator[Progress]:
    """Print a line for each stage when the next one begins: seconds since the start, the stage's last text.

    Stages may take turns, as the parts of a search do; each is told once, and where nothing was told for long, how far
    the present one is.
    """
    started, told = time.monotonic(), set[str]()
    current = last = ""
    spoken = started

    def say(stage: str, text: str) -> None:
        nonlocal spoken
        spoken = time.monotonic()
        line = f"{spoken - started:7.1f} s  {stage:<{STAGE_WIDTH - 2}}  {text}"
        console.print(line.rstrip(), markup=False, soft_wrap=True)

    def finish() -> None:
        if current and current not in told:
            told.add(current)
            say(current, last)

    def line(stage: str, share: float, text: str) -> None:
        nonlocal current, last
        if time.monotonic() - spoken >= LONG:
            say(stage, text)
        if stage in told:
            return
        if stage != current:
            finish()
            current = stage
        last = text

    # Not in a `finally`: a stage that failed is not finished, the error says what happened.
    yield line
    finish()


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    stage_column = TextColumn(
        "{task.fields[stage]}",
        markup=False,
        table_column=Column(min_width=STAGE_WIDTH, max_width=2 * STAGE_WIDTH, no_wrap=True),
    )
    text_column = TextColumn(
        "{task.fields[text]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
    )
    with Bars(stage_column, BarColumn(20), TimeElapsedColumn(), text_column, console=console, expand=True) as bars:
        tasks: dict[str, TaskID] = {}

        def bar(stage: str, share: float, text: str) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0, stage=stage, text=text)
            bars.update(tasks[stage], completed=min(share, 1.0), text=text)

        try:
            yield throttled(bar)
        finally:
            # A stage that ended early must not go on counting seconds.
            for task in tasks.values():
                bars.stop_task(task)
