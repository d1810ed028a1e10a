"""The import direction: the contracts in pyproject.toml hold, and its listed exceptions stay lazy.

`lint-imports` checks the same contracts on the command line; here they are part of `make test`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "territory_geo"

# Importing the package costs nothing until a name is used (SPEC 1).
HEAVY = (
    "branca",
    "folium",
    "geopandas",
    "networkx",
    "numba",
    "ortools",
    "pandas",
    "scipy",
    "sklearn",
)
# Reading needs geopandas; what looks places up, joins and solves comes when it is asked for.
SEARCHING = ("branca", "folium", "networkx", "numba", "ortools", "scipy", "sklearn")


def names_bound_on_import(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    """List the import statements that run when the module is imported, not inside a function."""
    found: list[ast.Import | ast.ImportFrom] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, (ast.Import, ast.ImportFrom)):
                found.append(child)
            elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                waiting.append(child)
    return found


def test_import_contracts() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ["plan", "analyze"])
def test_delegates_reach_render_only_inside_functions(room: str) -> None:
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for node in names_bound_on_import(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            assert not any("render" in module.split(".") for module in modules), f"{path.name}:{node.lineno}"


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = f"import sys, territory_geo; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_ten_rows_with_coordinates_are_read_without_the_libraries_that_search(tmp_path: Path) -> None:
    table = tmp_path / "ten.csv"
    table.write_text("id,lat,lon\n" + "".join(f"{i},40.{i},-90.{i}\n" for i in range(10)), encoding="utf-8")
    read = f"import sys, territory_geo as tg; assert len(tg.read_accounts({str(table)!r})) == 10"
    code = f"{read}; print(*sorted(set(sys.modules) & set({(*SEARCHING, 'territory_geo.geodata.units')!r})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("room", ["geodata", "demand", "plan", "optimize", "analyze", "render"])
def test_rooms_are_packages(room: str) -> None:
    folder = PACKAGE / room
    if folder.is_dir() and any(folder.rglob("*.py")):
        # Without __init__.py neither the import check nor an installed wheel sees the room.
        for inner in [folder, *(p.parent for p in folder.rglob("*.py"))]:
            assert (inner / "__init__.py").is_file(), f"{inner.relative_to(ROOT)} has no __init__.py"
