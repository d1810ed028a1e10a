"""Tables of manual edits: which rows a design takes, and how each refusal reads."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from territory_geo.errors import DataError
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Forbid, Lock
from territory_geo.plan.edits import Statement, constraints_on, read_locks


def written(folder: Path, text: str) -> Path:
    path = folder / "edits.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_locks_are_read_with_their_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "id;action;to;reason;by\n 007 ; lock ;West;near;me\n8;forbid;East;;\n")
    assert read_locks(path) == [
        Statement(("007",), "West", False, "edits.csv row 1"),
        Statement(("8",), "East", True, "edits.csv row 2"),
    ]
    assert read_locks(written(tmp_path, "id,action,to,reason,by\n")) == []


REFUSED = [
    ("id,to\nA,West\n", ["has no column action. A table of edits has the columns id, action, to, reason, by."]),
    ("id,action,to,until\nA,lock,West,May\n", ["has the unknown column until."]),
    (
        "id,action,to\nA,move,West\n",
        ["row 1 (A): the action 'move' needs a plan to change; a design takes 'lock' and 'forbid'"],
    ),
    ("id,action,to\nA,challenge,West\n", ["row 1 (A): the action 'challenge' needs a plan to change"]),
    ("id,action,to\nA,Lock,West\nB,,West\n", ["row 1 (A): the action 'Lock' is not known", "row 2 (B): the action ''"]),
    ("id,action,to\n,lock,West\nA,lock,\n", ["row 1: the id is missing", "row 2: the territory (to) is missing"]),
    ("id,action,to\n" + "A,move,W\n" * 30, ["… and 20 more"]),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[words[0] for _, words in REFUSED])
def test_what_is_refused_is_named(text: str, words: list[str], tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_locks(written(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path / "edits.csv"))
    for part in words:
        assert part in str(caught.value)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.csv", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(DataError, match=words):
            read_locks(path)


@pytest.mark.parametrize("number", [1, 1.5])
def test_ids_of_any_type_are_found_by_their_text(number: float) -> None:
    table = pd.DataFrame({"id": [number, 2, 3], "x": [0, 1, 2], "y": 0, "visits": 1})
    units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    said = [
        Statement((f"{number:g}", "2"), "West", False, "a"),
        Statement(("3",), "West", True, "b"),
        Statement(("2",), "West", False, "c"),
    ]
    assert constraints_on(units, said) == [Lock([f"{number:g}", "2"], "West"), Forbid("3", "West")]
    with pytest.raises(DataError, match=r"d: '2' is locked to East, but a says West"):
        constraints_on(units, [*said, Statement(("2",), "East", False, "d")])
    with pytest.raises(DataError, match=r"f: '2' is kept out of West, but a locks it there"):
        constraints_on(units, [*said, Statement(("2",), "West", True, "f")])
    with pytest.raises(DataError, match=r"e: no rep has the id 'Wset'. There are 2 reps, such as West"):
        constraints_on(units, [*said, Statement(("2",), "Wset", False, "e")], {"East", "West"})
