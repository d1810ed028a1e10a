"""Overlays: several sales forces over the same accounts. Who reaches which product where, and who is in whose way.

`design_overlay` makes the territories of one, `check_overlays` looks at all of them.
"""

from territory_geo.analyze.overlays.clashes import KINDS
from territory_geo.analyze.overlays.design import design_overlay
from territory_geo.analyze.overlays.forces import SalesForce
from territory_geo.analyze.overlays.report import OverlayReport, check_overlays
from territory_geo.analyze.overlays.solution import OverlaySolution

__all__ = ["KINDS", "OverlayReport", "OverlaySolution", "SalesForce", "check_overlays", "design_overlay"]
