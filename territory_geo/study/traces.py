"""What a scenario was made from and made: the hashes by which the next run knows what has changed.

A scenario is run again where its content, a file that it names, or the version of this package has changed, or where
what it wrote is no longer as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo._version import __version__

if TYPE_CHECKING:
    from territory_geo.study.schema import Study

RECORD = "scenario.json"
"""Written last: where it is and fits, the rest is there."""

WRITTEN = ("plan.json", "saved/labels.csv", "saved/saved_plan.json")
"""Files that tell whether what a scenario wrote is as it was."""


def key_of(study: Study, base: Path) -> str:
    """Return the hash of all that a study's outcome depends on.

    Parameters
    ----------
    study : Study
    base : path
        Where its files are.
    """
    content = study.model_dump(mode="json", exclude={"outputs": {"directory"}, "scenario": True})
    found = hashlib.sha256(json.dumps([__version__, content], sort_keys=True).encode())
    for text in sorted(set(_texts(content))):
        for name, digest in _files(base, text):
            found.update(f"\0{name}\0{digest}".encode())
    return found.hexdigest()


def read_record(folder: Path, key: str) -> dict[str, Any] | None:
    """Return the record of a scenario that need not be run again, or None."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # No record, or half of one: the scenario is run.
        return None
    if not isinstance(record, dict) or record.get("key") != key or record.get("written") != _digests(folder):
        return None
    return record


def write_record(folder: Path, key: str, outcome: dict[str, Any]) -> dict[str, Any]:
    """Write what a finished scenario came to, and return it."""
    record = {"key": key, **outcome, "version": __version__, "written": _digests(folder)}
    part = folder / f".{RECORD}"
    part.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    part.replace(folder / RECORD)
    return record


def forget(folder: Path) -> None:
    """Remove the record: what is in the folder is about to change."""
    (folder / RECORD).unlink(missing_ok=True)


def _digests(folder: Path) -> dict[str, str]:
    return {name: _digest(folder / name) for name in WRITTEN if (folder / name).is_file()}


def _texts(content: Any) -> Iterator[str]:
    """Yield the texts of a study: some of them name files."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def _files(base: Path, text: str) -> Iterator[tuple[str, str]]:
    """Yield the files that a text names, with their hashes: itself, what stands in that folder, its sidecar files."""
    if not text or len(text) > 1000 or "\0" in text or "\n" in text:
        return
    path = base / text
    try:
        if path.is_file():
            # A shapefile's table and coordinates lie beside it under the same name.
            beside = sorted(path.parent.glob(f"{_plain(path.stem)}.*")) if path.suffix.lower() == ".shp" else [path]
        elif path.is_dir() and path.resolve() not in base.resolve().parents and path.resolve() != base.resolve():
            beside = sorted(file for file in path.iterdir() if file.is_file())
        else:
            return
    except OSError:
        # Too long or otherwise no path: a word like any other.
        return
    for file in beside:
        yield f"{text}/{file.name}", _digest(file)


def _plain(stem: str) -> str:
    """Return a name in which signs that stand for others in a pattern stand for themselves."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
