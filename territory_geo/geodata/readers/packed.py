"""Archives: a zip file with one table or map in it, and gzipped files of any kind.

Zipped shapefiles and geodatabases stay packed, as their reader takes them so.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from territory_geo.errors import DataError

_STAY_PACKED = (".shp", ".gdbtable", ".tab", ".mif")
_TEXT_BESIDE = (".txt", ".md", ".pdf", ".html", ".xml")
"""Endings of what publishers put beside the data: read only where there is nothing else."""


def is_packed(path: Path) -> bool:
    """Tell whether a path is an archive that has to be unpacked first."""
    name = path.name.lower()
    if name.endswith(".gz"):
        return not name.endswith((".csv.gz", ".tsv.gz"))
    if not name.endswith(".zip") or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return not any(member.lower().endswith(_STAY_PACKED) for member in archive.namelist())


@contextmanager
def unpacked(path: Path, readable: Collection[str], member: str | None = None) -> Iterator[Path]:
    """Yield the file in an archive, unpacked for as long as it is needed.

    Parameters
    ----------
    path : Path
        An archive for which `is_packed` holds.
    readable : collection of str
        Endings that can be read.
    member : str, optional
        Which file of a zip file with several.

    Raises
    ------
    DataError
        If the archive is broken, or holds no such file, or several and none was named; an error about the file
        itself names the archive, too.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            if path.suffix.lower() == ".gz":
                inner = Path(folder) / path.name[: -len(".gz")]
                inner.write_bytes(gzip.decompress(path.read_bytes()))
            else:
                inner = _of_zip(path, Path(folder), tuple(readable), member)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
            raise DataError(f"{path} cannot be unpacked: {error}. Write the file anew.") from error
        try:
            yield inner
        except DataError as error:
            raise DataError(str(error).replace(str(inner), f"{path} ({inner.name})")) from error


def _of_zip(path: Path, folder: Path, readable: tuple[str, ...], member: str | None) -> Path:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
        found = [name for name in names if name.lower().endswith(readable)]
        found = [name for name in found if not name.lower().endswith(_TEXT_BESIDE)] or found
        listed = ", ".join(map(repr, found or names)) or "nothing"
        if member is not None:
            found = [name for name in names if name == member]
        if not found:
            lacks = f"no {member!r}" if member is not None else "no file that can be read"
            raise DataError(f"{path} holds {lacks}. It holds {listed}.")
        if len(found) > 1:
            raise DataError(f"{path} holds {listed}. Say which one with layer=… (--layer on the command line).")
        inner = folder / PurePosixPath(found[0]).name
        inner.write_bytes(archive.read(found[0]))
        return inner
