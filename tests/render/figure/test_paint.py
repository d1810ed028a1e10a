"""Figures: what matplotlib really draws, measured by its own renderer."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import territory_geo as tg
from territory_geo.errors import MissingDependency, OptionError
from territory_geo.render.colors import mix, rgb
from territory_geo.render.figure.themes import THEMES
from territory_geo.render.look import look_of

mpl = pytest.importorskip("matplotlib")
mpl.use("agg")


def words(axes):
    return [text.get_text() for text in axes.texts]


@pytest.fixture
def axes(plan):
    from matplotlib import pyplot

    drawn = plan.plot(by="deviation", title="Iowa: 5 $")
    yield drawn
    pyplot.close("all")


def test_a_figure_says_what_it_shows(axes, plan):
    said = words(axes)
    assert "Iowa: 5 $" in said
    assert any(text.startswith("3 territories") for text in said)
    assert any("U.S. Census Bureau" in text for text in said)
    assert {"R1", "R2", "R3"} <= set(said)
    assert any(text.endswith("00 km") for text in said)
    assert axes.get_aspect() == 1.0
    (legend,) = axes.child_axes
    assert legend.get_title(loc="left") == "Visits, deviation from target"


def test_labels_as_drawn_do_not_overlap(axes):
    figure = axes.get_figure()
    figure.canvas.draw()
    labels = [text for text in axes.texts if text.get_zorder() == 5]
    boxes = [text.get_window_extent() for text in labels]
    assert len(boxes) == 6  # an id and a deviation for each of three
    by_place = {(round(t.get_position()[0], 3)): [] for t in labels}
    for text, box in zip(labels, boxes, strict=True):
        by_place[round(text.get_position()[0], 3)].append(box)
    for one, other in combinations(by_place.values(), 2):
        assert not any(a.overlaps(b) for a in one for b in other)


def test_territories_have_the_maps_colours(plan):
    from matplotlib.colors import to_hex
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch

    axes = Figure().add_subplot()
    assert plan.plot(ax=axes, labels=False, title="") is axes
    shown = {to_hex(p.get_facecolor()) for p in axes.get_children() if isinstance(p, PathPatch)}
    light = THEMES["light"]
    assert {mix(fill, rgb(light.land), 1 - light.opacity) for fill in look_of(plan).fills} <= shown
    assert len(set(look_of(plan).fills)) > 1
    assert not {"R1", "R2", "R3"} & set(words(axes))


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_files_are_the_same_each_time(ending: str, flat: tg.TerritoryPlan, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert flat.write(tmp_path / f"{name}.{ending}", theme="dark", dpi=50) == []
    first = (tmp_path / f"a.{ending}").read_bytes()
    assert first == (tmp_path / f"b.{ending}").read_bytes()
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending])


def test_several_pieces_are_all_drawn(plan):
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch

    split = plan.move(plan.accounts["id"].iloc[0], to="R3")
    axes = Figure().add_subplot()
    split.plot(ax=axes)
    reach = np.vstack([p.get_path().vertices for p in axes.get_children() if isinstance(p, PathPatch)])
    assert np.isfinite(reach).all()
    assert look_of(split).shapes[2].geom_type == "MultiPolygon"


def test_wrong_options_are_told(flat, tmp_path):
    with pytest.raises(OptionError, match="'theme' parameter must be one of light, dark"):
        flat.plot(theme="pink")
    with pytest.raises(OptionError, match="no option colour"):
        flat.write(tmp_path / "a.png", colour=1)


def test_without_matplotlib_the_install_line_is_told(flat, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingDependency, match=r"pip install 'territory-geo\[plot\]'"):
        flat.write(tmp_path / "a.png")
