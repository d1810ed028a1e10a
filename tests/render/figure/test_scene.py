"""A plan on its sheet: no territory is lost on the way, whatever rounding did to its border."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

import territory_geo as tg
from territory_geo.render.figure import scene
from territory_geo.render.look import Look, look_of


def test_a_border_that_touches_itself_is_drawn(plan: tg.TerritoryPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    look = look_of(plan)
    shapes = look.shapes.copy()
    # A spike that runs out and back along one line.
    shapes[1] = shapely.Polygon([(-94, 41), (-93, 41), (-93, 42), (-92.5, 42), (-93, 42), (-94, 42)])
    assert not shapely.is_valid(shapes[1])
    monkeypatch.setattr(scene, "look_of", lambda _: Look(look.frame, shapes, look.fills))
    drawn = scene.scene_of(plan).shapes
    assert shapely.is_valid(drawn).all()
    assert {shape.geom_type for shape in drawn} <= {"Polygon", "MultiPolygon"}
    # A degree square at 41.5° north, in square kilometres.
    assert np.isclose(shapely.area(drawn[1]) / 1e6, 9_270, rtol=0.02)
