"""What a run prints: aligned at any width, figures never cut, no trailing blanks where nobody looks at a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from territory_geo.outcome import lines, show, table
from territory_geo.study import Result, checked_study, run_study


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A design with two measures, large figures and long names."""
    folder = tmp_path_factory.mktemp("outcome")
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"id": range(40), "lon": random.uniform(8, 12, 40), "lat": random.uniform(48, 52, 40)})
    frame["city"], frame["state"] = "Sankt Martin an der langen Strasse [b]", "BW"
    frame["visit_hours"], frame["potential_usd"] = 12.25, 2_500_000
    frame.loc[0, "lat"] = 99
    frame.to_csv(folder / "points.csv", index=False)
    content = {
        "name": "A study",
        "data": {"source": "points.csv"},
        "design": {"territories": 3, "balance": {"visit_hours": 0.2, "potential_usd": 0.2}},
        "search": {"iterations": 3},
        "outputs": {"directory": str(folder / "out")},
    }
    return run_study(checked_study(content, "the test"), base=folder)


@pytest.mark.parametrize("width", [80, 110, 200])
def test_figures_are_never_cut(width: int, result: Result) -> None:
    out = io.StringIO()
    shown = table(result, width)
    assert shown is not None
    Console(file=out, width=width).print(shown)
    rows = out.getvalue().splitlines()
    assert max(map(len, rows)) <= width
    body = [row for row in rows if row.startswith("T0")]
    assert len(body) == 3
    for row in body:
        figures = row.split("Sankt")[0]
        assert "…" not in figures
        assert figures.count("%") == 2
        assert row.rstrip().endswith("…") or row.rstrip().endswith(", BW")
    assert "visit_hours" in rows[1] if width > 100 else "visit_" in rows[1]


def test_without_a_terminal_nothing_is_wrapped_or_padded(result: Result) -> None:
    out = io.StringIO()
    show(result, out)
    rows = out.getvalue().splitlines()
    assert rows[0] == "A study"
    assert [row for row in rows if row != row.rstrip()] == []
    assert sum("Sankt Martin an der langen Strasse [b], BW" in row for row in rows) == 3
    assert "\x1b" not in out.getvalue()


def test_the_lines_say_what_a_person_asks(result: Result) -> None:
    said = lines(result)
    assert said[0].startswith("Largest deviation: visit_hours ")
    assert said[0].endswith("Each territory is in one piece.")
    assert said[1] == "1 of 40 rows was rejected: see rejects.csv."
    assert said[2].startswith("No land mask: ")  # Bavaria: no outline ships for it
    assert said[3].startswith("3 iterations in ")
    assert said[3].endswith(" s. No plan travels less.")
    assert said[4] == f"Open {Path(result.directory) / 'map.html'} in a browser."
