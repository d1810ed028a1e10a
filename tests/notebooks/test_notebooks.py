"""The notebooks run whole, quickly and without a warning, and are committed without outputs.

Each is run in a folder of its own, beside a `maps/`, so that nothing is written into the checkout.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

pytestmark = pytest.mark.slow


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def test_there_are_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS][:1] == ["01_design_regions.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_outputs_are_committed(path: Path) -> None:
    assert [cell["id"] for cell in cells(path) if cell["outputs"] or cell["execution_count"]] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
# Of the kernel's client and its messages, not of ours.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:(nbclient|jupyter_client|zmq|traitlets).*")
def test_it_runs_whole(path: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(path, as_version=4)
    started = time.monotonic()
    metadata = {"metadata": {"path": str(tmp_path / "notebooks")}}
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=metadata).execute()
    assert time.monotonic() - started < 120
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
    assert any("text/html" in output.get("data", {}) for output in outputs)
    written = {file.name for file in (tmp_path / "maps").rglob("*") if file.is_file()}
    assert {"assignments.csv", "rejects.csv", "plan.json", "map.html"} <= written
