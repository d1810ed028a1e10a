"""Figures without a browser: a plan on a sheet, for slides and paper.

`projection.py` chooses the sheet, `labels.py` and `scales.py` decide what is written and coloured, `scene.py` puts a
plan on the sheet, `paint.py` and `strokes.py` draw it with matplotlib. The report draws the same scene as SVG.
"""

from territory_geo.render.figure.paint import plot, write_figure
from territory_geo.render.figure.scene import Scene, scene_of

__all__ = ["Scene", "plot", "scene_of", "write_figure"]
