"""Overlays: several sales forces over the same accounts. Who reaches which product where, and who is in whose way."""

from territory_geo.analyze.overlays.clashes import KINDS
from territory_geo.analyze.overlays.forces import SalesForce
from territory_geo.analyze.overlays.report import OverlayReport, check_overlays

__all__ = ["KINDS", "OverlayReport", "SalesForce", "check_overlays"]
