"""The corpus of dirty files: each is a mess that users have, beside it what must be said about it, word for word.

What is expected was stated by hand (which rows, which rules) before the words were written down; there is no script
that rewrites it. A change of a text is made in the file that expects it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.geodata.clean.rules import RULES

CORPUS = Path(__file__).resolve().parents[1] / "data" / "dirty"
ENDING = ".expected.json"
CASES = sorted(CORPUS.glob(f"*{ENDING}"))


def read(expected: dict[str, Any]) -> tg.Accounts:
    options = dict(expected["options"])
    if "text" in options:
        options["text"] = tg.TextFormat(**options["text"])
    if "reps" in options:
        options["reps"] = tg.read_reps(pd.DataFrame(options["reps"]))
    return tg.read_accounts(CORPUS / expected["file"], **options)


@pytest.mark.parametrize("path", CASES, ids=[path.name.removesuffix(ENDING) for path in CASES])
def test_exactly_what_is_expected_is_found(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    assert expected["why"]
    if "error" in expected:
        kind, message = expected["error"]
        with pytest.raises(getattr(tg, kind)) as error:
            read(expected)
        text = str(error.value).replace(f"{CORPUS}/", "").replace(f"{CORPUS}\\", "")
        assert text == message
        return
    accounts = read(expected)
    frame = accounts.frame
    assert accounts.columns == expected["columns"]
    assert [accounts.rows_read, len(accounts)] == expected["rows"]
    places = zip(frame["row"], frame["id"], frame.geometry.x, frame.geometry.y, strict=True)
    assert [[row, str(id_), round(x, 6), round(y, 6)] for row, id_, x, y in places] == expected["accepted"]
    for name in ("revenue", "Annual Revenue"):
        if name in frame:
            amounts = [None if pd.isna(value) else value for value in frame[name]]
            assert amounts == expected["amounts"]
    rejects = accounts.rejects[["row", "id", "reason"]].to_numpy().tolist()
    assert rejects == expected["rejects"]
    report = accounts.report()
    assert list(report.columns) == ["rule", "severity", "rows", "row_numbers", "example", "action"]
    found = report[["rule", "severity", "rows", "row_numbers", "example", "action"]].to_numpy().tolist()
    assert found == expected["report"]


def test_the_corpus_is_large_and_each_file_has_an_expectation() -> None:
    used = {json.loads(path.read_text(encoding="utf-8"))["file"] for path in CASES}
    there = {path.name for path in CORPUS.iterdir() if not path.name.endswith(ENDING)}
    assert there == used
    assert len(used) >= 60


def test_each_rule_is_met_in_the_corpus() -> None:
    met: set[str] = set()
    for path in CASES:
        met |= {line[0] for line in json.loads(path.read_text(encoding="utf-8")).get("report", [])}
    assert met == set(RULES)
