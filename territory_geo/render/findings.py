"""Accounts → folium.Map of what was found in the data: a layer per rule, opens with no network.

Only what has a place can be drawn; the legend counts the rest as well.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template

from territory_geo.geodata.clean.rules import RULES
from territory_geo.render import background as land
from territory_geo.render.layers import PlanLayer
from territory_geo.render.map import allowed_theme, empty_map
from territory_geo.render.offline import OfflineMap, Payload, script_json
from territory_geo.render.shapes import Frame

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts

MOST_DOTS = 20_000
"""Dots that a rule gets at most; the legend says how many of them are drawn."""

# One family of hues per weight, so that red is always a row that is lost.
_COLORS = {
    "error": ("#b4233c", "#7a1fa2", "#e0457b", "#6b1d1d", "#f0614d", "#a3195b", "#8c2f6b", "#d13f3f"),
    "warning": ("#e08a00", "#8a5a00", "#f0bf2b", "#b8621b", "#a89400", "#7d6b2f"),
    "info": ("#3d66c6", "#14a38b", "#7fb2f0", "#5b5fc7", "#5aa15a"),
}
_GROUPS = {"error": "Rejected", "warning": "To look at", "info": "For the record"}
_CLEAN = "#8794a3"


class _Findings(MacroElement):
    """The dots, the title and the legend."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            TerritoryGeo.findings({{ this._parent.get_name() }}, {{ this.payload.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, payload: Payload) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Findings"
        self.payload = payload


def findings_map(
    accounts: Accounts, *, title: str | None = None, theme: str = "light", height: str | int = "100%"
) -> OfflineMap:
    """Draw what was found in a customer table on a map.

    Parameters
    ----------
    accounts : Accounts
        From `read_accounts`. Rejected rows are drawn where their own coordinates put them.
    title : str, optional
        Headline; the name of the source when not given.
    theme : {"light", "dark", "auto"}
        Colours of the page when it opens; "auto" follows the reader's system. A button changes them.
    height : str or int
        Height of the map in the page, as Folium takes it.

    Returns
    -------
    OfflineMap
        A `folium.Map`: add layers, then ``.save("map.html")``. The same accounts give the same bytes.

    Raises
    ------
    OptionError
        `theme` is none of the three.

    Examples
    --------
    >>> import pandas as pd
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": [1, 2, 2], "lon": [2.3, 2.4, 2.4], "lat": [48.8, 48.9, 48.9]})
    >>> findings_map(tg.read_accounts(table)).save("map.html")  # doctest: +SKIP
    """
    places = _places(accounts)
    frame = _frame(accounts, places)
    data = _model(accounts, places, frame, title or accounts.source)
    outline = land.background(frame)
    data["theme"] = allowed_theme(theme)
    data["credit"] = land.CREDIT if outline else ""
    key = hashlib.sha256(script_json(data).encode()).hexdigest()[:10]
    page = empty_map(frame, key=key, title=data["title"], height=height)
    # Slips put rows anywhere on the globe.
    page.options |= {"min_zoom": 1 if frame.geographic else -20}
    payload = Payload(data)
    page.add_named(payload, "model")
    if outline:
        page.add_named(PlanLayer("background", payload, name="State lines", data=outline), "land")
    page.add_named(_Findings(payload), "findings")
    return page


def _places(accounts: Accounts) -> pd.DataFrame:
    """Return `x`, `y` by row number, for all rows that can be drawn."""
    shapes = accounts.frame.geometry
    used = pd.DataFrame({"row": accounts.frame["row"], "x": shapes.x, "y": shapes.y})
    lost = accounts.rejected_places.rename(columns={"lon": "x", "lat": "y"})
    if accounts.frame.crs is not None:
        # Web Mercator ends here.
        lost = lost[(lost["x"].abs() <= 180) & (lost["y"].abs() <= 85)]
    return pd.concat([used, lost]).set_index("row").sort_index()


def _frame(accounts: Accounts, places: pd.DataFrame) -> Frame:
    """Return the part of the plane where accounts are, without those far from the others."""
    far = accounts.findings.loc[accounts.findings["rule"] == "far_outlier", "row"]
    shown = accounts.frame[~accounts.frame["row"].isin(far)].geometry.to_numpy()
    if not len(places):
        return Frame((0.0, 0.0, 1.0, 1.0), accounts.frame.crs is not None)
    if not len(shown):
        shown = shapely.points(places[["x", "y"]].to_numpy(dtype=float))
    return Frame.around(np.asarray(shown, dtype=object), geographic=accounts.frame.crs is not None)


def _model(accounts: Accounts, places: pd.DataFrame, frame: Frame, title: str) -> dict[str, Any]:
    west, south, east, north = frame.bounds
    found = accounts.findings[accounts.findings["row"].notna()]
    groups = []
    for severity, label in _GROUPS.items():
        rules: list[dict[str, Any]] = []
        for name in RULES:
            rows = found[(found["rule"] == name) & (found["severity"] == severity)]
            if len(rows):
                color = _COLORS[severity][len(rules) % len(_COLORS[severity])]
                rules.append(_rule(name, rows, places, frame, severity, color))
        if rules:
            groups.append({"label": label, "rules": rules})
    clean = accounts.frame[~accounts.frame["row"].isin(found["row"])]
    groups.append({"label": "Nothing found", "rules": [_clean(clean, places, frame)]})
    status = [f"{accounts.rows_read:,} rows read", f"{len(accounts):,} used", f"{len(accounts.rejects):,} rejected"]
    return {
        "title": title,
        "status": status,
        "bounds": [[south, west], [north, east]],
        "origin": [west, south],
        "grid": frame.grid / 10,
        "groups": groups,
    }


def _rule(
    name: str, rows: pd.DataFrame, places: pd.DataFrame, frame: Frame, severity: str, color: str
) -> dict[str, Any]:
    placed = rows[rows["row"].isin(places.index)]
    drawn = _thinned(placed)
    notes = []
    if len(placed) < len(rows):
        left = len(rows) - len(placed)
        notes.append("no place on the map" if left == len(rows) else f"{left:,} without a place on the map")
    if len(drawn) < len(placed):
        notes.append(f"{len(drawn):,} of them drawn")
    return {
        "label": name.replace("_", " "),
        "severity": severity,
        "color": color,
        "count": len(rows),
        "note": ", ".join(notes),
        **_positions(drawn["row"].to_numpy(dtype=np.int64), places, frame),
        "row": drawn["row"].to_numpy(dtype=np.int64),
        "id": drawn["id"].tolist(),
        "text": drawn["finding"].tolist(),
        "action": drawn["action"].tolist(),
    }


def _clean(clean: pd.DataFrame, places: pd.DataFrame, frame: Frame) -> dict[str, Any]:
    drawn = _thinned(clean)
    note = f"{len(drawn):,} of them drawn" if len(drawn) < len(clean) else ""
    head = {"label": "clean accounts", "severity": "none", "color": _CLEAN, "count": len(clean), "note": note}
    return {**head, **_positions(drawn["row"].to_numpy(dtype=np.int64), places, frame)}


def _thinned(rows: pd.DataFrame) -> pd.DataFrame:
    if len(rows) <= MOST_DOTS:
        return rows
    return rows.iloc[np.linspace(0, len(rows) - 1, MOST_DOTS).astype(np.int64)]


def _positions(rows: Any, places: pd.DataFrame, frame: Frame) -> dict[str, Any]:
    xy = places.loc[rows, ["x", "y"]].to_numpy(dtype=float)
    if len(xy):
        xy = shapely.get_coordinates(frame.place(np.asarray(shapely.points(xy), dtype=object).reshape(-1)))
    west, south = frame.bounds[:2]
    grid = frame.grid / 10
    return {
        "x": np.rint((xy[:, 0] - west) / grid).astype(np.int64),
        "y": np.rint((xy[:, 1] - south) / grid).astype(np.int64),
    }
