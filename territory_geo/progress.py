"""Progress while something takes time: a callback that receives stage, share done and a short text.

The library itself prints nothing; `display=True` and the command line pass `live()`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float, str], None]
"""Called with (stage, share done 0..1, text)."""


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
    """Show progress on standard error: a bar per stage on a terminal, a plain line per stage elsewhere."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        seen: set[str] = set()

        def line(stage: str, share: float, text: str) -> None:
            if stage not in seen:
                seen.add(stage)
                console.print(f"{title}: {stage} {text}".rstrip(), markup=False)

        yield line
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.fields[stage]:<18}", markup=False), BarColumn(30), TimeElapsedColumn())
    with Bars(*columns, TextColumn("{task.fields[text]}", markup=False), console=console) as bars:
        tasks: dict[str, object] = {}

        def bar(stage: str, share: float, text: str) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0, stage=stage, text=text)
            bars.update(tasks[stage], completed=min(share, 1.0), text=text)  # type: ignore[arg-type]

        yield throttled(bar)
