"""Known instances: the kind is told by known.csv, files without a row are kept, the judge sees what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.instances import discover, state
from benchmarks.measure import Bar, bars, summary

CELLS = [(i, x, y) for i, (x, y) in enumerate([(0, 0), (3, 0), (6, 0), (9, 0)])]
EDGES = "u,v\n0,1\n1,2\n2,3\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four units in a row, 3 m apart, as one instance of each kind; `lost` has no row in known.csv."""
    for group in ("hess_county", "medians", "three"):
        (tmp_path / group).mkdir()
    hess, medians, three = tmp_path / "hess_county", tmp_path / "medians", tmp_path / "three"
    (hess / "known.csv").write_text("state,n,k,lower,upper,reference,proven\nAA,4,2,20,20,0.00018,True\n")
    (hess / "AA").mkdir()
    rows = "".join(f"{i},9{i},10,{x * 1000},{y}\n" for i, x, y in CELLS)
    (hess / "AA" / "nodes.csv").write_text("id,geoid,pop2010,x_m,y_m\n" + rows)
    (hess / "AA" / "edges.csv").write_text(EDGES)
    (medians / "known.csv").write_text("instance,n,k,capacity,best_known\nrow,4,2,2,6\n")
    rows = "".join(f"{i},{x},{y},1\n" for i, x, y in CELLS)
    (medians / "row.csv").write_text("id,x,y,demand\n" + rows)
    (medians / "lost.csv").write_text("id,x,y,demand\n" + rows)
    (three / "known.csv").write_text("instance,n,k,tolerance,best_known\nrow,4,2,0.05,6\n")
    rows = "".join(f"{i},{x},{y},1,2,3\n" for i, x, y in CELLS)
    (three / "row.nodes.csv").write_text("id,x,y,w1,w2,w3\n" + rows)
    (three / "row.edges.csv").write_text(EDGES)
    return tmp_path


def test_every_instance_is_found_with_its_kind(folder: Path) -> None:
    found = [(i.group, i.kind.name, i.name, i.known) for i in discover(folder)]
    assert found == [
        ("hess_county", "hess", "AA", 0.00018),
        ("medians", "cpmp", "row", 6.0),
        ("medians", "cpmp", "lost", None),
        ("three", "ttdp", "row", 6.0),
    ]


def test_a_folder_without_instances_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="No instances"):
        discover(tmp_path)


def test_the_judge_gives_the_value_in_the_instances_own_definition(folder: Path) -> None:
    for instance in (i for i in discover(folder) if i.row is not None):
        stated = state(instance)
        assert stated.ids == ["0", "1", "2", "3"]
        fault, value = stated.judge([0, 0, 1, 1])
        assert fault == ""
        assert value == pytest.approx(instance.known)


def test_the_judge_sees_pieces_loads_and_numbers(folder: Path) -> None:
    hess, medians, _, three = discover(folder)
    assert "2 territories in pieces" in state(hess).judge([0, 1, 0, 1])[0]
    assert "population out of bounds by 10" in state(hess).judge([0, 0, 0, 1])[0]
    assert state(medians).judge([0, 1, 0, 1])[0] == ""
    assert "capacity exceeded by 1" in state(medians).judge([0, 0, 0, 1])[0]
    assert "w2 50.00 % off the mean" in state(three).judge([0, 0, 0, 1])[0]
    assert "1 territories, not 2" in state(three).judge([0, 0, 0, 0])[0]


def test_without_a_row_nobody_knows_what_is_asked(folder: Path) -> None:
    with pytest.raises(ValueError, match="no row"):
        state(discover(folder)[2])


def test_small_instances_with_three_measures_must_be_proven_too(folder: Path) -> None:
    assert [bar.name for bar in bars(discover(folder)[3])] == ["three", "three, proof"]
    (county,) = bars(discover(folder)[0])
    assert county.certified == 1e-4


def test_a_failing_run_is_never_met() -> None:
    row = {"instance": "a", "value": None, "over": None, "error": "no plan", "runs": []}
    good = {"instance": "b", "value": 1.0, "over": 0.0, "runs": []}
    assert summary(Bar("g", 5, mean=0.1, worst=0.1), [good], 1.0)["missed"] == []
    assert summary(Bar("g", 5, mean=0.1, worst=0.1), [good, row], 1.0)["missed"] == ["a: no plan"]
    assert summary(Bar("g", 5, certified=1e-4), [good], 1.0)["missed"] == ["b is not certified"]
