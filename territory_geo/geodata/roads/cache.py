"""Computed rows kept on disk, so that a long table of travel survives an interruption and serves again.

One file per row, written beside its place and moved there; a checksum inside tells a damaged file.
"""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError

Floats = NDArray[np.float64]

SUFFIX = ".roadrow.npz"
"""Only files with this ending are ever read or removed."""


STALE_S = 3600.0
"""Seconds after which a half-written file has no writer any more."""


class RowCache:
    """A folder of computed rows, of bounded size.

    Parameters
    ----------
    folder : path
        Made where it does not exist.
    limit_mb : float, default 2000
        Beyond this the rows used longest ago are removed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = RowCache(folder)
    ...     cache.put("key", 0, np.array([[0.0, 3.5], [0.0, 0.1]]))
    ...     cache.get("key", 0, 2).tolist(), cache.get("key", 1, 2)
    ([[0.0, 3.5], [0.0, 0.1]], None)
    """

    def __init__(self, folder: str | os.PathLike[str], limit_mb: float = 2000.0) -> None:
        if not (np.isfinite(limit_mb) and limit_mb > 0):
            raise OptionError(f"The 'limit_mb' parameter must be a positive number. Got {limit_mb!r} instead.")
        self.folder, self.limit_mb = Path(folder), limit_mb
        self.damaged = 0
        """Files that could not be used and were computed anew."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{self.folder} cannot hold computed rows: {error.strerror}. Name a folder.") from error

    def _path(self, key: str, row: int) -> Path:
        return self.folder / f"{key}-{row:07d}{SUFFIX}"

    def get(self, key: str, row: int, places: int) -> Floats | None:
        """Return kilometres and hours from one place to all, shape (2, places), or None where not there or damaged."""
        path = self._path(key, row)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                values: Floats = stored["row"]
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile):
            # Half-written, by a full disk or another program: computed anew and written over.
            self.damaged += 1
            return None
        if values.shape != (2, places) or values.dtype != np.float64:
            self.damaged += 1
            return None
        return values

    def put(self, key: str, row: int, values: Floats) -> None:
        """Keep one row, shape (2, places)."""
        path = self._path(key, row)
        half = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with half.open("wb") as file:
                np.savez(file, row=values)
            half.replace(path)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise DataError(f"{self.folder} cannot be written: {error.strerror}. Choose another folder.") from error

    def trim(self) -> int:
        """Remove the rows used longest ago until the folder is within its limit; return how many went."""
        kept = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            try:
                said = path.stat()
            except FileNotFoundError:
                continue  # another run removed it
            kept.append((said.st_mtime_ns, path.name, said.st_size, path))
        total, gone = sum(size for _, _, size, _ in kept), 0
        for _, _, size, path in sorted(kept):
            if total <= self.limit_mb * 1e6:
                break
            path.unlink(missing_ok=True)
            total, gone = total - size, gone + 1
        for path in self.folder.glob(f".*{SUFFIX}.*"):
            # Left by a run that was killed while it wrote; a younger one may still be written.
            if _age_s(path) > STALE_S:
                path.unlink(missing_ok=True)
        return gone

    def __repr__(self) -> str:
        damaged = f", {self.damaged:,} damaged rows computed anew" if self.damaged else ""
        return f"<RowCache: {self.folder}, up to {self.limit_mb:,.0f} MB{damaged}>"


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0  # its writer has just moved it to its place
