"""Labels lie inside, do not overlap, and say less rather than nothing; scales are centred on the target."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import OptionError
from territory_geo.render.figure.labels import place_labels, text_width
from territory_geo.render.figure.projection import Sheet, length_text, round_length
from territory_geo.render.figure.scales import DIVERGING, GROWING, NOTHING, Scale, scale_of
from territory_geo.render.shapes import Frame


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]


def test_each_label_finds_its_square() -> None:
    squares = np.array([shapely.box(x, y, x + 10, y + 10) for x in (0, 10, 20) for y in (0, 10)], dtype=object)
    placed = place_labels(squares, [[(f"T{i}", "+1.0 %")] for i in range(6)], size=1.0, width=text_width)
    assert [label.number for label in placed] == list(range(6))
    for label, square in zip(placed, squares, strict=True):
        assert square.contains(shapely.box(*label.box))
    assert not any(overlap(a.box, b.box) for a, b in combinations(placed, 2))


def test_a_shorter_wording_is_taken_where_the_longer_finds_no_room() -> None:
    narrow = np.array([shapely.box(0, 0, 4, 3)], dtype=object)
    (label,) = place_labels(narrow, [[("T01", "a long second line"), ("T01",)]], size=1.0, width=text_width)
    assert label.lines == ("T01",)


def test_what_finds_no_place_is_left_out_and_the_larger_wins() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 3, 1)], dtype=object)
    placed = place_labels(shapes, [[("small",)], [("large",)]], size=1.0, width=text_width)
    assert [label.lines for label in placed] == [("large",)]
    assert place_labels(shapes, [[("a",)], [("b",)]], size=1.0, width=text_width, taken=[(-9, -9, 9, 9)]) == []


def test_many_labels_never_overlap() -> None:
    rng = np.random.default_rng(1)
    shapes = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 60, (60, 2)))))
    placed = place_labels(shapes, [[(f"R{i}", "12.3 %"), (f"R{i}",)] for i in range(60)], size=1.6, width=text_width)
    assert len(placed) >= 50
    assert not any(overlap(a.box, b.box) for a, b in combinations(placed, 2))


def test_a_line_along_a_parallel_is_bent_on_the_sheet() -> None:
    sheet = Sheet.around(Frame((-120.0, 30.0, -80.0, 50.0), True))
    (line,) = sheet.place(np.array([shapely.LineString([(-120, 49), (-80, 49)])], dtype=object))
    ends, middle = shapely.get_coordinates(line)[[0, -1]], shapely.line_interpolate_point(line, 0.5, normalized=True)
    assert middle.y < ends[:, 1].min() - 50_000
    # Equal areas: a degree square at two latitudes keeps the share that the sphere gives it.
    squares = sheet.place(np.array([shapely.box(-100, s, -99, s + 1) for s in (30, 49)], dtype=object))
    share = shapely.area(squares[1]) / shapely.area(squares[0])
    expected = np.diff(np.sin(np.radians([49, 50])))[0] / np.diff(np.sin(np.radians([30, 31])))[0]
    assert share == pytest.approx(expected, rel=0.01)


def test_the_globe_and_the_plane_have_sheets_of_their_own() -> None:
    globe = Sheet.around(Frame((-170.0, -50.0, 175.0, 70.0), True))
    assert globe.kind == "globe"
    assert np.isfinite(globe.points(np.array([[-170.0, 70.0], [175.0, -50.0]]))).all()
    plane = Sheet.around(Frame((0.0, 0.0, 10.0, 10.0), False))
    assert plane.points(np.array([[1.0, 2.0]])).tolist() == [[1.0, 2.0]]
    assert [round_length(x) for x in (1, 1.9, 2, 4.99, 5, 9.99, 0.07)] == [1, 1, 2, 2, 5, 5, 0.05]
    assert length_text(1_000_000) == "1,000 km"


def test_a_scale_is_centred_on_the_target(plan: tg.TerritoryPlan) -> None:
    deviation = scale_of(plan, "deviation")
    assert (deviation.low, deviation.middle) == (-deviation.high, 0.0)
    assert deviation.high == pytest.approx(max(0.10, plan.territories["visits_deviation"].abs().max()))
    assert deviation.color(0.0) == DIVERGING[2]
    assert deviation.color(deviation.high * 2) == DIVERGING[-1]
    assert deviation.color(float("nan")) == NOTHING
    load = scale_of(plan, "visits")
    target = plan.territories["visits_target"].iloc[0]
    assert load.color(target) == DIVERGING[2]
    assert (load.low + load.high) / 2 == pytest.approx(target)
    potential = scale_of(plan, "potential_usd")
    assert potential.color(potential.low) == GROWING[0]
    assert potential.texts[0].startswith("$")


def test_a_scale_of_one_value_has_two_ends(flat: tg.TerritoryPlan) -> None:
    scale = scale_of(flat, "units")
    assert scale.low < scale.high
    assert isinstance(scale, Scale)
    assert scale_of(flat, "deviation").high > 0


def test_an_unknown_measure_lists_those_there_are(plan: tg.TerritoryPlan) -> None:
    with pytest.raises(OptionError, match="'territory', 'deviation' or a number of the territories: units, accounts"):
        scale_of(plan, "colour")
