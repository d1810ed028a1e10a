"""The house rules that a machine can check: file sizes, docstrings, no print, no machine paths, honest locks.

Each rule names the offending files, so that a failure says what to mend.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "territory_geo"
LOCKS = ROOT / "locks"
LONGEST_FILE = 320

# Folders that only runs and tools write, for a tree that is not a git checkout.
WRITTEN = {"build", "dist", "maps", "__pycache__"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def repository_files() -> tuple[Path, ...]:
    """List what git tracks or would track; without git, every file outside caches."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists():
        done = subprocess.run(git, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return tuple(p for p in (ROOT / name for name in done.stdout.split("\0") if name) if p.is_file())
    return tuple(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if not (hidden or path.name in WRITTEN or (path / "pyvenv.cfg").exists()):
                yield from _walk(path)
        else:
            yield path


def test_no_file_outgrows_a_head() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_module_says_what_lives_there() -> None:
    silent = [named(p) for p in modules() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert silent == []


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_the_library_does_not_print() -> None:
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                found.append(f"{named(path)}:{node.lineno}")
    assert found == []


def test_no_text_names_a_folder_of_one_machine() -> None:
    # Put together from parts, so that this file does not find itself.
    folders = "|".join(["work", "tmp", "root", "home/[a-z]+", "Users/[A-Za-z]+"])
    pattern = re.compile(rf"(?<![\w.$}}/*-])/(?:{folders})/")
    found = []
    for path in repository_files():
        if "assets" in path.parts and any(part.startswith("leaflet") for part in path.parts):
            continue  # vendored as published
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = enumerate(text.splitlines(), 1)
        found += [f"{named(path)}:{number}" for number, line in lines if pattern.search(line)]
    assert found == []


def test_large_files_stay_out() -> None:
    allowed = {"data/us.topojson"}
    large = {named(p): p.stat().st_size for p in repository_files() if p.stat().st_size > 1024 * 1024}
    assert {name: size for name, size in large.items() if name not in allowed} == {}
    data = sum(p.stat().st_size for p in repository_files() if named(p).startswith("data/"))
    assert data <= 5_000_000


def test_notebooks_carry_no_outputs() -> None:
    nbformat = pytest.importorskip("nbformat")
    for path in repository_files():
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            outputs = [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
            assert outputs == [], f"{named(path)}: run nbstripout on it"


# ---------------------------------------------------------------- locks


def pins(name: str) -> dict[str, str]:
    """Read a lock file: package name → the requirement line without its hashes."""
    lines = (LOCKS / name).read_text(encoding="utf-8").splitlines()
    found = (line.removesuffix("\\").strip() for line in lines if line and not line.startswith((" ", "#")))
    return {canonicalize_name(Requirement(line).name): line for line in found}


@pytest.mark.parametrize("name", ["runtime.txt", "build.txt", "dev.txt", "bench.txt"])
def test_locks_pin_versions_and_hashes_and_nothing_else(name: str) -> None:
    text = (LOCKS / name).read_text(encoding="utf-8")
    assert "://" not in text, "an index address is written into the lock"
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), "options belong in the Makefile"
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if not entry.startswith("#"):
            assert "==" in entry.splitlines()[0], f"{entry.splitlines()[0]} is not pinned"
            assert "--hash=sha256:" in entry, f"{entry.splitlines()[0]} has no hash"


@pytest.mark.parametrize("name", ["runtime.txt", "build.txt"])
def test_the_development_lock_contains_the_others(name: str) -> None:
    everything = {package: line.split(";")[0].strip() for package, line in pins("dev.txt").items()}
    here = {package: line.split(";")[0].strip() for package, line in pins(name).items()}
    assert here.items() <= everything.items()


def test_benchmarks_run_on_the_versions_that_the_package_is_tested_with() -> None:
    bench = {package: line.split(";")[0].strip() for package, line in pins("bench.txt").items()}
    runtime = {package: line.split(";")[0].strip() for package, line in pins("runtime.txt").items()}
    assert runtime.items() <= bench.items()


def test_locks_satisfy_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        ("runtime.txt", project["project"]["dependencies"]),
        ("dev.txt", [*extras["test"], *(r for r in extras["dev"] if not r.startswith("territory-geo["))]),
        ("build.txt", project["build-system"]["requires"]),
        ("bench.txt", [*project["project"]["dependencies"], *extras["bench"]]),
    ]
    for name, requirements in wanted:
        locked = pins(name)
        for text in requirements:
            requirement = Requirement(text)
            package = canonicalize_name(requirement.name)
            assert package in locked, f"{text} is not in locks/{name}: run `make lock`"
            version = re.search(r"==([^\s;]+)", locked[package])
            assert version is not None
            assert requirement.specifier.contains(version[1]), f"locks/{name}: {locked[package]}, not {text}"


def licence(package: str) -> str:
    """What a package's metadata says of its licence, whichever of the three ways it uses."""
    metadata = importlib.metadata.metadata(package)
    classifiers = [c for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    first_line = next(iter((metadata.get("License") or "").splitlines()), "")
    return metadata.get("License-Expression") or " ".join([first_line, *classifiers]).strip()


def test_no_runtime_dependency_is_under_a_gpl() -> None:
    found = {}
    for package in pins("runtime.txt"):
        try:
            found[package] = licence(package)
        except importlib.metadata.PackageNotFoundError:
            continue  # locked for another platform
    assert {p: said for p, said in found.items() if not said} == {}, "no licence in the metadata"
    copyleft = re.compile(r"\b[AL]?GPL|GNU (?:Affero|Lesser|Library|General)", re.IGNORECASE)
    assert {p: said for p, said in found.items() if copyleft.search(said)} == {}
