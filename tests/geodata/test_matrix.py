"""Distances from a table, and what is wrong with one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg


def table(*rows: tuple[object, object, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["from", "to", "km"])


def made(rows: pd.DataFrame, **options: bool) -> tg.DistanceMatrix:
    return tg.DistanceMatrix.from_table(rows, origin="from", destination="to", km="km", **options)


def test_both_directions_count_half():
    matrix = made(table(("a", "b", 3), ("b", "a", 5), ("a", "a", 0)))
    rows = matrix.rows(["b", "a"])
    assert matrix.trip(rows, rows[::-1]).tolist() == [4.0, 4.0]
    assert repr(matrix) == "<DistanceMatrix: 2 places, 4.0 km between two of them on average>"


def test_one_row_for_both_directions_only_when_asked():
    rows = table((1, 2, "3.5"), (1, 3, 4.0), (3, 2, 6))
    matrix = made(rows, symmetric=True)
    assert matrix.ids == ("1", "2", "3")
    assert matrix.km.tolist() == [[0, 3.5, 4], [3.5, 0, 6], [4, 6, 0]]
    with pytest.raises(tg.DataError, match=r"3 of 9 pairs have no distance, such as 2 to 1, 2 to 3, 3 to 1\. If each"):
        made(rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (table(("a", "b", 1), ("a", "b", 2), ("b", "a", 1)), "The way from a to b is there twice: 1 and 2 km"),
        (table(("a", "b", "far"), ("b", "a", 1)), "1 distances are no numbers, such as row 1: 'far'"),
        (table(("a", "b", -1), ("b", "a", 1)), r"1 distances are missing or negative, such as a to b \(-1\)"),
        (table(("a", "b", 1), ("b", "a", 1), ("b", "b", 2)), "not at zero kilometres from themselves, such as b"),
        (table(("a", "b", 1)).rename(columns={"km": "miles"}), "no column km. Its columns: from, to, miles"),
    ],
)  # fmt: skip
def test_a_broken_table_is_refused(rows, message):
    with pytest.raises(tg.DataError, match=message):
        made(rows)


def test_a_broken_matrix_is_refused():
    with pytest.raises(tg.DataError, match=r"needs 2 × 2 kilometres. Got a table of shape \(2, 3\)"):
        tg.DistanceMatrix(["a", "b"], np.zeros((2, 3)))
    with pytest.raises(tg.DataError, match="names a more than once"):
        tg.DistanceMatrix(["a", "a"], np.zeros((2, 2)))
    with pytest.raises(tg.DataError, match="lacks 2 units, such as x, y"):
        tg.DistanceMatrix(["a", "b"], np.zeros((2, 2))).rows(["a", "x", "y"])


HOURS = pd.DataFrame({"from": ["a", "b"], "to": ["b", "a"], "km": [30.0, 50.0], "hours": [0.5, 1.0]})


def test_hours_are_carried_and_can_be_what_is_minimised():
    matrix = tg.DistanceMatrix.from_table(HOURS, origin="from", destination="to", km="km", hours="hours")
    assert (matrix.measure, matrix.by("hours").measure) == ("km", "hours")
    quick = matrix.by("hours")
    assert matrix.trip([0], [1]).tolist() == [40.0]
    assert quick.trip([0], [1]).tolist() == [0.75]
    assert (quick.trip([0], [1], "km").tolist(), matrix.trip([0], [1], "hours").tolist()) == ([40.0], [0.75])
    assert repr(quick) == (
        "<DistanceMatrix: 2 places, 40.0 km, 0.75 hours between two of them on average, to minimise hours>"
    )


def test_without_hours_none_are_promised():
    matrix = made(table(("a", "b", 3), ("b", "a", 5)))
    with pytest.raises(tg.OptionError, match="has no hours to minimise"):
        matrix.by("hours")
    with pytest.raises(tg.OptionError, match="has no hours"):
        matrix.trip([0], [1], "hours")
    with pytest.raises(tg.OptionError, match=r"'measure' parameter must be one of \('km', 'hours'\). Got 'miles'"):
        matrix.by("miles")


def test_broken_hours_are_refused():
    zeros = np.zeros((2, 2))
    with pytest.raises(tg.DataError, match=r"needs 2 × 2 hours. Got a table of shape \(1, 1\)"):
        tg.DistanceMatrix(["a", "b"], zeros, np.zeros((1, 1)))
    with pytest.raises(tg.DataError, match=r"1 driving times are missing or negative, such as a to b \(nan\)"):
        tg.DistanceMatrix(["a", "b"], zeros, [[0, np.nan], [1, 0]])
    with pytest.raises(tg.DataError, match="1 places are not at zero hours from themselves, such as b"):
        tg.DistanceMatrix(["a", "b"], zeros, [[0, 1], [1, 2]])
    with pytest.raises(tg.DataError, match="1 driving times are no numbers, such as row 2: 'long'"):
        tg.DistanceMatrix.from_table(
            HOURS.assign(hours=["0.5", "long"]), origin="from", destination="to", km="km", hours="hours"
        )


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ("from,to,km,hours", {}),
        ("Origin;Destination;Distance km;Driving hours", {}),
        ("Origin_ID\tdestination_id\troad-km\tdays\tstunden", {}),
        ("a,b,c,d", {"origin": "a", "destination": "b", "km": "c", "hours": "d"}),
    ],
)
def test_a_file_with_usual_or_named_columns(header, options, tmp_path):
    separator = next(s for s in ";\t," if s in header)
    filler = ["9"] if "days" in header else []
    rows = [["007", "12", "3.5", *filler, "0.1"], ["12", "007", "4.5", *filler, "0.2"]]
    path = tmp_path / "ways.csv"
    path.write_text("\n".join([header, *(separator.join(row) for row in rows)]), encoding="utf-8")
    matrix = tg.DistanceMatrix.read(path, **options)
    assert matrix.ids == ("007", "12")
    assert matrix.km.tolist() == [[0, 3.5], [4.5, 0]]
    assert matrix.hours is not None
    assert matrix.hours.tolist() == [[0, 0.1], [0.2, 0]]


def test_unusable_files(tmp_path):
    with pytest.raises(tg.DataError, match="does not exist or is no file"):
        tg.DistanceMatrix.read(tmp_path)
    path = tmp_path / "ways.csv"
    path.write_text("from,to,miles\na,b,1\n")
    with pytest.raises(tg.DataError, match=r"ways.csv has no column for km. .* Its columns: from, to, miles"):
        tg.DistanceMatrix.read(path)
    with pytest.raises(tg.DataError, match="has no column 'kilometres'"):
        tg.DistanceMatrix.read(path, km="kilometres")
    path.write_text("from,to,km\na,b,1\n")
    with pytest.raises(tg.DataError, match=r"1 of 4 pairs have no distance, such as b to a"):
        tg.DistanceMatrix.read(path)
    assert tg.DistanceMatrix.read(path, symmetric=True).km.tolist() == [[0, 1], [1, 0]]
