"""TerritoryPlan → folium.Map: one page with everything in it, which opens with no network.

`plan_map` only wires: shapes, colours, payload, layers and the offline map have their own modules.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from folium import LayerControl
from folium.utilities import JsCode

from territory_geo.errors import DataError, OptionError
from territory_geo.render import background as land
from territory_geo.render.bridges import bridges_data
from territory_geo.render.layers import PlanLayer, PlanPanels
from territory_geo.render.offline import OfflineMap, Payload, script_json
from territory_geo.render.payload import accounts_data, geographic, model
from territory_geo.render.shapes import Frame, polygonal

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

THEMES = ("light",)
"""Values of `theme`."""


def plan_map(
    plan: TerritoryPlan,
    *,
    title: str | None = None,
    theme: str = "light",
    show_accounts: bool | None = None,
    height: str | int = "100%",
) -> OfflineMap:
    """Draw a plan as an interactive map.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan. Geographic plans are drawn in Web Mercator over the shipped outline, plans on a plane
        (no CRS) on an empty sheet, one unit being a metre.
    title : str, optional
        Headline; "Territory plan" when not given.
    theme : {"light"}
        Colours of the page.
    show_accounts : bool, optional
        Whether accounts are drawn when the map opens; the layer switch has them either way. When not given,
        accounts are drawn, while the points that stand for areas are not.
    height : str or int
        Height of the map in the page, as Folium takes it.

    Returns
    -------
    OfflineMap
        A `folium.Map`: add layers, then ``.save("map.html")``. The same plan gives the same bytes.

    Raises
    ------
    OptionError
        `theme` is unknown.
    DataError
        The plan has no territories.

    Examples
    --------
    >>> plan_map(plan, title="Field sales 2026").save("map.html")  # doctest: +SKIP
    """
    if theme not in THEMES:
        raise OptionError(f"theme: expected one of {', '.join(THEMES)}, got {theme!r}; leave it out for the default.")
    if not len(plan.territories):
        raise DataError("plan: expected at least one territory, got none; there is nothing to draw.")
    headline = title or "Territory plan"
    territories = geographic(plan.territories)
    frame = Frame.around(polygonal(territories.geometry), geographic=territories.crs is not None)

    data = model(plan, frame, title=headline)
    outline = land.background(frame)
    areas = plan.problem.units.rows_are_areas
    points = accounts_data(plan, frame)
    roads = [line["action"] for line in plan.problem.units.findings.to_dict("records") if line["rule"] == "driving"]
    data["credit"] = "; ".join([*([land.CREDIT] if outline else []), *(f"Driving: {action}" for action in roads)])
    key = hashlib.sha256(script_json([data, points]).encode()).hexdigest()[:10]

    page = empty_map(frame, key=key, title=headline, height=height)
    payload = Payload(data)
    page.add_named(payload, "model")
    if outline:
        page.add_named(PlanLayer("background", payload, name="State lines", data=outline), "land")
    page.add_named(PlanLayer("territories", payload, name="Territories"), "territories")
    bridges = bridges_data(plan, frame)
    if bridges is not None:
        name = f"Bridges ({len(bridges['lines']):,})"
        page.add_named(PlanLayer("bridges", payload, name=name, data=bridges), "bridges")
    label = f"{'Areas' if areas else 'Accounts'} ({len(plan.accounts):,})"
    show = not areas if show_accounts is None else show_accounts
    points["noun"] = "area" if areas else "account"
    page.add_named(PlanLayer("accounts", payload, name=label, data=points, show=show), "accounts")
    page.add_named(PlanLayer("centers", payload, name="Centres and labels"), "centers")
    folded = JsCode("window.innerWidth < 720")
    control = LayerControl(position="bottomleft", collapsed=folded)  # type: ignore[arg-type]
    page.add_named(control, "switch")
    page.add_named(PlanPanels(payload), "panels")
    return page


def empty_map(frame: Frame, *, key: str, title: str, height: str | int) -> OfflineMap:
    """Return an offline map without layers that shows a frame."""
    west, south, east, north = frame.bounds
    # Only a first guess: the page fits the plan into the room that its panels leave.
    zoom = math.log2((360 if frame.geographic else 256) / frame.extent) + 2
    options: dict[str, Any] = {"zoom_snap": 0.1, "zoom_delta": 0.5, "wheel_px_per_zoom_level": 120}
    page = OfflineMap(
        key=key,
        page_title=title,
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=round(zoom),
        crs="EPSG3857" if frame.geographic else "Simple",
        tiles=None,
        zoom_control="bottomright",
        height=height,
        **options,
    )
    # Folium hands these two to tiles only.
    page.options |= {"min_zoom": math.floor(zoom) - 3, "max_zoom": math.ceil(zoom) + 11}
    return page
