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
