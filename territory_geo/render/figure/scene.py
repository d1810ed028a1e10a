"""A plan on a sheet: land, territories, accounts and centres in metres, ready for any painter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.render import background
from territory_geo.render.figure.projection import Sheet, round_length
from territory_geo.render.look import look_of
from territory_geo.render.shapes import Frame, Shapes, geographic, polygonal

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Box = tuple[float, float, float, float]

_AIR = 0.035
_BAR = 0.2


@dataclass(frozen=True, eq=False)
class Scene:
    """What a figure of a plan shows, on its sheet.

    Parameters
    ----------
    sheet : Sheet
        The projection.
    frame : Frame
        The same extent in the plan's own coordinates.
    bounds : tuple of float
        West, south, east, north of what is shown, metres.
    land : ndarray of shapes
        States around, cut to the surroundings; empty where the outline that ships has none.
    shapes : ndarray of shapes, shape (k,)
        The territories, in the order of `plan.territory_ids`.
    fills : tuple of str
        Colours of the territories, as on the map.
    points : float array, shape (n, 2)
        The accounts, in the order of `plan.accounts`.
    owner : int array, shape (n,)
        The number of each account's territory.
    centers : float array, shape (k, 2)
        Where trips start.
    credit : str
        What must be said of the sources.
    """

    sheet: Sheet
    frame: Frame
    bounds: Box
    land: Shapes
    shapes: Shapes
    fills: tuple[str, ...]
    points: Floats
    owner: Ints
    centers: Floats
    credit: str

    @property
    def bar(self) -> float:
        """Length of the scale bar, metres: round, about a fifth of the width."""
        return round_length((self.bounds[2] - self.bounds[0]) * _BAR * 1.5)


def scene_of(plan: TerritoryPlan) -> Scene:
    """Put a plan on a sheet.

    Parameters
    ----------
    plan : TerritoryPlan
        Geographic, or on a plane of its own.
    """
    look = look_of(plan)
    frame, sheet = look.frame, Sheet.around(look.frame)
    # Rounding to the map's grid may leave a border that touches itself: on the sheet it would bend to nothing.
    shapes, torn = look.shapes.copy(), ~shapely.is_valid(look.shapes)
    shapes[torn] = polygonal(shapely.make_valid(shapes[torn]))
    shapes = sheet.place(shapes)
    bounds = padded(tuple(float(b) for b in shapely.total_bounds(shapes)))
    states = background.states_around(frame)
    land = np.empty(0, dtype=object) if states is None else cut(sheet.place(states), bounds, 0.6)
    accounts = geographic(plan.accounts)
    places = np.asarray(accounts.geometry.array, dtype=object)
    number = {name: t for t, name in enumerate(plan.territory_ids)}
    table = plan.territories
    centers = shapely.points(table["center_x"].to_numpy(dtype=float), table["center_y"].to_numpy(dtype=float))
    roads = [str(row["action"]) for row in plan.problem.units.findings.to_dict("records") if row["rule"] == "driving"]
    return Scene(
        sheet, frame, bounds, land, shapes, look.fills,
        sheet.points(shapely.get_coordinates(frame.place(places))),
        accounts["territory"].map(number).to_numpy(dtype=np.int64),
        sheet.points(shapely.get_coordinates(frame.place(centers))),
        "; ".join([*([background.CREDIT] if len(land) else []), *(f"Driving: {action}" for action in roads)]),
    )  # fmt: skip


def padded(bounds: tuple[float, ...], share: float = _AIR) -> Box:
    """Return bounds with some air around them, a share of the longer side."""
    west, south, east, north = bounds
    air = max(east - west, north - south, 1e-9) * share
    return west - air, south - air, east + air, north + air


def cut(shapes: Shapes, bounds: Box, share: float) -> Shapes:
    """Return what of shapes lies in bounds and a share of them around, without what is then empty."""
    west, south, east, north = padded(bounds, share)
    inside = shapely.clip_by_rect(shapes, west, south, east, north)
    kept = [shape for shape in inside if not shapely.is_empty(shape)]
    result = np.empty(len(kept), dtype=object)
    result[:] = kept
    return result
