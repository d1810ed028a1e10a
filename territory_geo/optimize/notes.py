"""What searches in several processes tell one another through a folder: the best so far, and that it is time to end.

A process elsewhere that cannot see the folder works all the same; it only hears nothing and says nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.local_search import Score

Labels = NDArray[np.int32]

EVERY = 0.5
"""Seconds between two notes of one search."""
END = "end"


@dataclass
class Notes:
    """The folder as one search sees it.

    Parameters
    ----------
    folder : str
        Made and removed by the process that started the searches.
    number : int
        Of this search.
    """

    folder: str
    number: int
    _last: float = field(default=-np.inf, repr=False)
    _told: Score | None = field(default=None, repr=False)
    _seen: bool = field(default=False, repr=False)

    def ask_to_end(self) -> None:
        """Ask all searches to end after their present round."""
        Path(self.folder, END).touch()

    @property
    def asked_to_end(self) -> bool:
        """Whether somebody asked, or the folder is gone: nobody waits for this search any more."""
        there = Path(self.folder).is_dir()
        gone = self._seen and not there
        self._seen |= there
        return gone or Path(self.folder, END).exists()

    def write(self, labels: Labels | None, best: Score | None) -> None:
        """Leave the best so far, if it is news; not more often than every half second."""
        now = time.monotonic()
        if labels is None or best is None or best is self._told or now - self._last < EVERY:
            return
        self._last, self._told = now, best
        if not Path(self.folder).is_dir():
            return
        # Written beside and renamed: a reader sees a whole file or none.
        beside = Path(self.folder, f"{self.number}.part")
        with beside.open("wb") as file:
            np.savez(file, labels=labels, best=np.array([best.violation, best.travel]))
        beside.replace(self._file)

    def read(self) -> tuple[Labels, Score] | None:
        """Return what this search left, or None."""
        if not self._file.exists():
            return None
        with np.load(self._file) as content:
            return content["labels"], Score(*content["best"].tolist())

    @property
    def _file(self) -> Path:
        return Path(self.folder, f"{self.number}.npz")
