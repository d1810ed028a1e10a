"""TerritoryPlan → folium.Map: one page with everything in it, which opens with no network.

`plan_map` only wires: shapes, colours, payload, layers and the offline map have their own modules.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import folium
from folium import LayerControl
from folium.utilities import JsCode

from territory_geo.errors import DataError, OptionError
from territory_geo.render import background as land
from territory_geo.render import marks, towns
from territory_geo.render.bridges import barriers_data, bridges_data
from territory_geo.render.changes import changes_data
from territory_geo.render.layers import PlanLayer, PlanPanels
from territory_geo.render.look import looks_of
from territory_geo.render.offline import OfflineMap, Payload, script_json
from territory_geo.render.payload import model
from territory_geo.render.points import PointLayer, points_data, territory_codes
from territory_geo.render.shapes import Frame

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.geodata.reps import Reps
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.teams.plan import TeamPlan

MOST_LISTED = 6
"""Layers whose switch is open when the map opens on a wide screen."""
MOST_LOCKS = 100
"""Locks that are drawn when the map opens; more of them would hide the plan, and wait in the layer switch."""
THEMES = ("light", "dark", "auto")
"""Values of `theme`."""


def plan_map(
    plan: TerritoryPlan | Mapping[str, TerritoryPlan],
    *,
    title: str | None = None,
    theme: str = "light",
    show_accounts: bool | None = None,
    reps: Reps | None = None,
    teams: TeamPlan | None = None,
    findings: pd.DataFrame | None = None,
    barriers: Any = None,
    account_names: bool | None = None,
    cluster_above: int | None = None,
    tiles: Any = None,
    height: str | int = "100%",
) -> OfflineMap:
    """Draw a plan, or several to switch between, as an interactive map.

    Parameters
    ----------
    plan : TerritoryPlan or mapping of name to TerritoryPlan
        The plan; or several over the same accounts, such as ``{"Today": today, "Proposed": plan}``. Geographic plans
        are drawn in Web Mercator over the shipped outline, plans on a plane (no CRS) on an empty sheet, one unit
        being a metre.
    title : str, optional
        Headline; "Territory plan" when not given.
    theme : {"light", "dark", "auto"}
        Colours of the page when it opens; "auto" follows the reader's system. A button changes them.
    show_accounts : bool, optional
        Whether accounts are drawn when the map opens; the layer switch has them either way. When not given,
        accounts are drawn, while the points that stand for areas are not.
    reps : Reps, optional
        Whose homes, names and hours the map shows; the problem's own reps when not given.
    teams : TeamPlan, optional
        Named accounts and who is on their teams, from `solve_teams`.
    findings : DataFrame, optional
        `Accounts.findings`, to show what the data check found on accounts of the plan.
    barriers : GeoDataFrame or path, optional
        Lines and areas to draw instead of the barriers that the graph was built with; those are drawn by themselves.
    account_names : bool, optional
        Whether the page carries ids and names of the accounts. When not given, it does for up to 250,000 accounts.
    cluster_above : int, optional
        Accounts on the map above which they are gathered into clusters when zoomed out; 20,000 when not given, 0 for
        never.
    tiles : str, TileProvider or folium.TileLayer, optional
        An online background, as Folium takes it. Then the page is fetched from its servers when it is opened.
    height : str or int
        Height of the map in the page, as Folium takes it.

    Returns
    -------
    OfflineMap
        A `folium.Map`: add layers, then ``.save("map.html")``. The same plan gives the same bytes.

    Raises
    ------
    OptionError
        `theme`, `teams` or `findings` cannot be used.
    DataError
        A plan has no territories, the plans are not over the same accounts, or `barriers` cannot be used.

    Examples
    --------
    >>> plan_map(plan, title="Field sales 2026").save("map.html")  # doctest: +SKIP
    """
    theme = allowed_theme(theme)
    plans = _plans(plan)
    headline = title or "Territory plan"
    first, last = next(iter(plans.values())), next(reversed(plans.values()))
    looks = looks_of(plans.values())
    frame = looks[0].frame
    reps = reps if reps is not None else last.problem.reps

    data = model(plans, looks, title=headline, reps=reps)
    outline = land.background(frame) if tiles is None else None
    places = towns.towns_data(frame) if outline else None
    points = points_data(plans, frame, names=account_names, cluster_above=cluster_above)
    areas = first.problem.units.rows_are_areas
    points["noun"] = "area" if areas else "account"
    data |= {
        "theme": theme,
        "tiles": tiles is not None,
        "changes": changes_data(plans, territory_codes(plans)),
        "credit": _credit(plans, outline=bool(outline), places=bool(places)),
    }
    key = hashlib.sha256(script_json([data, points]).encode()).hexdigest()[:10]

    page = empty_map(frame, key=key, title=headline, height=height)
    if tiles is not None:
        page.add_named(
            tiles if isinstance(tiles, folium.TileLayer) else folium.TileLayer(tiles, control=False), "tiles"
        )
    payload = Payload(data)
    page.add_named(payload, "model")
    if outline:
        page.add_named(PlanLayer("background", payload, name="State lines", data=outline), "land")
    page.add_named(PlanLayer("territories", payload, name="Territories"), "territories")
    if places:
        page.add_named(PlanLayer("towns", payload, name="Towns", data=places), "towns")
    _add_lines(page, payload, last, frame, barriers)
    label = f"{'Areas' if areas else 'Accounts'} ({len(first.accounts):,})"
    show = not areas if show_accounts is None else show_accounts
    page.add_named(PointLayer(points, payload, name=label, show=show), "accounts")
    if data["changes"] is not None and any(data["changes"]["moved"]):
        page.add_named(PlanLayer("moves", payload, name="Who moves to whom", show=False), "moves")
    page.add_named(PlanLayer("centers", payload, name="Centres and labels"), "centers")
    locks = marks.locks_data(last, frame)
    for kind, name, found, shown in (
        ("homes", "Homes of reps", marks.homes_data(reps, frame), False),
        ("named", "Named accounts and teams", marks.teams_data(teams, last, frame), True),
        ("locks", "Locks", locks, len(locks or ()) <= MOST_LOCKS),
        ("checks", "Data check", marks.findings_data(findings, last, frame), False),
    ):
        if found is not None:
            drawn = [mark for mark in found if mark["at"] is not None][: marks.MOST_MARKS]
            count = f"{len(found):,}" if len(drawn) == len(found) else f"{len(drawn):,} of {len(found):,}"
            layer = PlanLayer(
                "marks", payload, name=f"{name} ({count})", data={"kind": kind, "marks": drawn}, show=shown
            )
            page.add_named(layer, kind)
    # A long list would lie on the plan.
    layers = sum(isinstance(child, PlanLayer) for child in page._children.values())
    folded = JsCode("window.innerWidth < 720" if layers <= MOST_LISTED else "true")
    control = LayerControl(position="bottomleft", collapsed=folded)  # type: ignore[arg-type]
    page.add_named(control, "switch")
    page.add_named(PlanPanels(payload), "panels")
    return page


def map_with_today(plan: TerritoryPlan, *, name: str = "Proposed", **options: Any) -> folium.Map:
    """Return the map of a plan; where today's alignment is known, and another one, it switches between both.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    name : str, default "Proposed"
        What the switch calls it.
    **options
        Those of `plan_map`.
    """
    today = None if plan.problem.alignment is None else type(plan).from_current(plan.problem)
    if today is None or today.labels.equals(plan.labels):
        return plan.explore(**options)
    return plan_map({"Today": today, name: plan}, **options)


def _plans(plan: TerritoryPlan | Mapping[str, TerritoryPlan]) -> dict[str, TerritoryPlan]:
    plans = {str(name): each for name, each in plan.items()} if isinstance(plan, Mapping) else {"Plan": plan}
    if not plans:
        raise DataError("plans: expected at least one, got none; there is nothing to draw.")
    for each in plans.values():
        if not len(each.territories):
            raise DataError("plan: expected at least one territory, got none; there is nothing to draw.")
    systems = {each.territories.crs is not None for each in plans.values()}
    if len(systems) > 1:
        raise DataError("plans: some are geographic and some on a plane; one map cannot show both.")
    return plans


def _credit(plans: Mapping[str, TerritoryPlan], *, outline: bool, places: bool) -> str:
    """Return the sources of what is drawn, for the corner of the map."""
    findings = next(iter(plans.values())).problem.units.findings
    driving = [f"Driving: {line['action']}" for line in findings.to_dict("records") if line["rule"] == "driving"]
    return "; ".join([*([land.CREDIT] if outline else []), *([towns.CREDIT] if places else []), *driving])


def _add_lines(page: OfflineMap, payload: Payload, plan: TerritoryPlan, frame: Frame, barriers: Any) -> None:
    """Add what joins and what parts neighbours, where there is any."""
    bridges = bridges_data(plan, frame)
    if bridges is not None:
        name = f"Bridges ({len(bridges['lines']):,})"
        page.add_named(PlanLayer("bridges", payload, name=name, data=bridges), "bridges")
    parted = barriers_data(plan, frame, barriers)
    if parted is not None:
        page.add_named(PlanLayer("barriers", payload, name="Barriers", data=parted), "barriers")


def allowed_theme(theme: str) -> str:
    """Return a theme, or raise `OptionError` if it is none."""
    if theme not in THEMES:
        raise OptionError(f"theme: expected one of {', '.join(THEMES)}, got {theme!r}; leave it out for the default.")
    return theme


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
