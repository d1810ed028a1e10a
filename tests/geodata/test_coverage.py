"""Topology for display: territories that tile the map, whatever is dissolved or simplified.

Right means: areas add up, no two shapes overlap, no gap opens, after clipping to land, dissolving and simplifying.
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory_geo.geodata.topology import dissolve, voronoi_cells
from territory_geo.render.shapes import Frame, simplify_coverage

LAND = shapely.box(0, 0, 90_000, 90_000).difference(shapely.Point(45_000, 45_000).buffer(12_000))
"""Ninety kilometres square, with a round lake in the middle."""

spots = st.lists(
    st.tuples(st.integers(1, 89), st.integers(1, 89)).filter(lambda p: np.hypot(p[0] - 45, p[1] - 45) > 12.5),
    min_size=3, max_size=14, unique=True,
)  # fmt: skip


@given(spots, st.integers(1, 4), st.integers(0, 3))
def test_cells_dissolve_and_simplify_without_gaps_or_overlaps(
    places: list[tuple[int, int]], count: int, coarse: int
) -> None:
    xy = np.array(places, dtype=float) * 1000
    cells = voronoi_cells(xy, LAND)
    assert shapely.area(cells.shapes).sum() == pytest.approx(LAND.area, rel=1e-6)
    labels = np.arange(len(xy), dtype=np.int64) % count
    territories = dissolve(cells.shapes, labels, min(count, len(xy)))
    assert shapely.area(territories).sum() == pytest.approx(LAND.area, rel=1e-6)
    frame = Frame.around(territories, geographic=False)
    simple = simplify_coverage(territories, tolerance=frame.tolerance * 10**coarse, grid=frame.grid)
    filled = simple[~shapely.is_empty(simple)]
    assert shapely.coverage_is_valid(filled)
    union = shapely.union_all(shapely.make_valid(filled))
    assert shapely.area(filled).sum() == pytest.approx(union.area, rel=1e-9)
    # Only the shore may move, by no more than the tolerance; inside no gap opens.
    assert union.area == pytest.approx(LAND.area, rel=0.001 * 10**coarse)
    holes = shapely.get_num_interior_rings(shapely.get_parts(union)).sum()
    assert holes <= 1  # the lake


def test_hexagons_and_areas_dissolve_exactly() -> None:
    squares = shapely.box(*np.array([(x, y, x + 1, y + 1) for x in range(40) for y in range(40)], dtype=float).T)
    labels = (np.arange(1600) // 40 // 8).astype(np.int64)
    joined = dissolve(squares, labels, 5)
    assert shapely.area(joined).tolist() == [320.0] * 5
    assert shapely.coverage_is_valid(joined)
