"""Rows are sorted by their ids, whatever letters those have."""

from __future__ import annotations

import numpy as np
import pytest

from territory_geo.geodata.crm.draft import _unique_order


@pytest.mark.parametrize(
    "texts",
    [
        ["b10", "b2", "a", "B", "10", "9", ""],
        ["é", "z", "e", "日本", "Z"],  # no bytes of one letter each
        ["x"],
        [],
    ],
)
def test_ids_sort_as_texts_do(texts: list[str]) -> None:
    order = _unique_order(np.array(texts, dtype=object))
    assert order is not None
    assert [texts[i] for i in order] == sorted(texts)


@pytest.mark.parametrize("texts", [["b", "a", "b"], ["é", "a", "é"]])
def test_an_id_that_comes_twice_needs_a_closer_look(texts: list[str]) -> None:
    assert _unique_order(np.array(texts, dtype=object)) is None
