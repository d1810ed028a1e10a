"""What README.md shows is true: its Python runs from top to bottom, its names, keywords and options exist.

The user's own files get small stand-ins: the shipped accounts, and roads and places of Helsinki.
"""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer

import territory_geo as tg

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SHELL = "\n".join(re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)).replace("\\\n", " ")
COMMANDS = [line for line in SHELL.splitlines() if line.startswith("territory-geo ")]
SHORTER = {"tg.MaxRuntime(60)": "tg.MaxRuntime(3)"}
"""What would take a minute takes seconds here."""


def calls(source: str) -> list[tuple[str, list[str]]]:
    """List what is called on `tg`, with the keywords it is given."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("tg."):
            found.append((ast.unparse(node.func), [word.arg for word in node.keywords if word.arg]))
    return found


def test_there_is_something_to_look_at() -> None:
    assert len(BLOCKS) >= 7
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize(("name", "keywords"), [call for block in BLOCKS for call in calls(block)])
def test_each_call_exists_and_takes_its_keywords(name: str, keywords: list[str]) -> None:
    thing: Any = tg
    for part in name.removeprefix("tg.").split("."):
        # What hangs on a result, such as calibrate(…).distance, is seen when the code runs.
        if not part.isidentifier():
            return
        thing = getattr(thing, part)
    assert set(keywords) <= set(inspect.signature(thing).parameters)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_exists_and_has_its_options(line: str) -> None:
    from territory_geo.cli import app

    command, *rest = shlex.split(line, comments=True)[1:]
    known = typer.main.get_command(app)
    context = typer.Context(known)
    found = known.get_command(context, command)  # type: ignore[attr-defined]
    assert found is not None, command
    options = {name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in rest if word.startswith("-")} <= options


def places_of_helsinki() -> tg.BasicUnits:
    """Return twelve places on the streets of the extract that ships with the tests."""
    random = np.random.default_rng(5)
    table = pd.DataFrame(
        {"id": range(12), "lon": random.uniform(24.935, 24.955, 12), "lat": random.uniform(60.165, 60.175, 12)}
    )
    return tg.BasicUnits.from_accounts(tg.read_accounts(table))


@pytest.mark.slow
def test_the_python_code_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("osmium")
    (tmp_path / "data").symlink_to(ROOT / "data")
    shutil.copy(ROOT / "data" / "accounts.csv", tmp_path / "accounts.csv")
    shutil.copy(ROOT / "tests" / "data" / "helsinki.osm.pbf", tmp_path / "finland.osm.pbf")
    monkeypatch.chdir(tmp_path)
    # The guard of processes asks for this name.
    shown: dict[str, Any] = {"__name__": "__main__"}
    for long in SHORTER:
        assert long in "".join(BLOCKS)
    for block in BLOCKS:
        source = block
        for long, short in SHORTER.items():
            source = source.replace(long, short)
        units = shown.get("units")
        if "from_osm" in block:
            shown["units"] = places_of_helsinki()
        exec(compile(source, "README.md", "exec"), shown)
        if "from_osm" in block:
            assert len(shown["hours"].ids) == 12
            assert shown["straight"].detour > 1
            shown["units"] = units
        if "plan = solution.plan" in block:
            assert {path.name for path in (tmp_path / "maps" / "my_plan").iterdir()} >= {"map.html", "plan.json"}
    assert len(shown["plan"].territories) == 24
    assert shown["solution"].plan.verify() is not None
