"""Large tables are read at once: the same, cell by cell, as the closer look gives, and left to it where in doubt."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory_geo.errors import DataError
from territory_geo.geodata.readers import plain
from territory_geo.geodata.readers.plain import plain_table
from territory_geo.geodata.readers.tables import read_text_table

CELLS = st.text(alphabet="a1 é.-", max_size=3)


def both(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what a file is read as, at once wherever that can be, and with the closer look."""
    found: list[object] = []
    for least in (0, 10**12):
        monkeypatch.setattr(plain, "LARGE", least)
        try:
            found.append(read_text_table(path))
        except DataError as error:
            found.append(str(error))
    return found


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6), end=st.sampled_from(["", "\n", "\n\n"]))
@settings(max_examples=40)
def test_the_same_as_the_closer_look(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str) -> None:
    path = tmp_path_factory.mktemp("plain") / "table.csv"
    path.write_text("\n".join(["id,name,place", *(",".join(row) for row in rows)]) + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        quick, slow = both(path, patch)
    if isinstance(slow, str):
        assert quick == slow
        return
    assert isinstance(quick, tuple)
    assert isinstance(slow, tuple)
    pd.testing.assert_frame_equal(quick[0], slow[0])
    assert quick[1:] == slow[1:]


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,"2"\n',  # a quotation mark
        "a,b\n1,2\n\n3,4\n",  # a blank line
        "a,b\n1,2,3\n",  # longer than the header
        "a,b\n1\n",  # shorter
        "a\n1\n",  # a single column: a blank line would look like a record
        "a,b\n1,2\r\n",
        f"a,b\n1,{'x' * 200_000}\n",  # longer than a field may be
    ],
)
def test_what_is_in_doubt_gets_a_closer_look(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(plain, "LARGE", 0)
    assert plain_table(text, ",", text.split("\n")[0].count(",") + 1, 1) is None


def test_empty_cells_are_missing_and_the_last_line_needs_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "LARGE", 0)
    frame = plain_table("a;b\n1;\nNA; x", ";", 2, 1)
    assert frame is not None
    assert frame.isna().to_numpy().tolist() == [[False, True], [False, False]]
    assert frame[0].tolist() == ["1", "NA"]
    assert frame[1].iloc[1] == " x"
    assert plain_table("a;b\n1;2\n", ";", 2, 1) is not None
    monkeypatch.setattr(plain, "LARGE", 100)
    assert plain_table("a;b\n1;2\n", ";", 2, 1) is None
