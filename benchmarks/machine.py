"""What a benchmark ran on: processor, cores, memory, versions, date."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import territory_geo as tg

PACKAGES = [
    "numpy",
    "scipy",
    "numba",
    "ortools",
    "scikit-learn",
    "k-means-constrained",
    "pymetis",
    "gerrychain",
    "spopt",
]


def describe() -> dict[str, Any]:
    """Return date, machine and versions; a package that is not installed has the version None."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "ram_gb": _ram_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "territory_geo": tg.__version__,
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _cpu() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _ram_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1)
    except (AttributeError, ValueError, OSError):
        return None
