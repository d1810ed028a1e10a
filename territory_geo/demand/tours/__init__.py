"""Tours: how long it takes to drive to a set of visits, estimated in an instant or planned stop by stop."""

from __future__ import annotations

from territory_geo.demand.tours.calibrate import TourFit, calibrate_tours
from territory_geo.demand.tours.estimate import TourModel
from territory_geo.demand.tours.weeks import Stops, Weeks, plan_weeks

__all__ = ["Stops", "TourFit", "TourModel", "Weeks", "calibrate_tours", "plan_weeks"]
