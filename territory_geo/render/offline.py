"""A `folium.Map` that opens with no network: Leaflet and our scripts are part of the file.

Every text that comes from data reaches the page through `script_json` or `html.escape`, and elements
carry names made from the content, so that the same plan gives the same bytes.
"""

from __future__ import annotations

import base64
import html
import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

import folium
import numpy as np
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.map import Icon
from folium.template import Template

from territory_geo.render.policy import OfflineFigure

_LEAFLET = "leaflet-1.9.4"
_SCRIPTS = (
    "core.js", "state.js", "territories.js", "towns.js", "bridges.js", "grid.js", "stamps.js", "clusters.js",
    "accounts.js", "moves.js", "marks.js", "centers.js", "scale.js", "cards.js", "info.js", "table.js", "filters.js",
    "search.js", "tools.js", "panels.js", "findings.js",
)  # fmt: skip
_STYLES = ("map.css", "panels.css")
# In JSON a brace is followed by a quote or a brace that closes: the pairs below only occur inside texts.
_ESCAPES = (
    ("<", r"\u003c"),
    (">", r"\u003e"),
    ("&", r"\u0026"),
    ("{{", r"\u007b\u007b"),
    ("{%", r"\u007b%"),
    ("{#", r"\u007b#"),
)
_IMAGES = {
    "iconUrl": "marker-icon.png",
    "iconRetinaUrl": "marker-icon-2x.png",
    "shadowUrl": "marker-shadow.png",
}
# Folium draws these with plugins that we do not carry: adding one to a map brings Folium's links back.
_ONLINE_ELEMENTS = {Icon: ("awesome_markers", "awesome_markers_css", "awesome_markers_font_css", "glyphicons_css")}


def script_json(data: object) -> str:
    r"""Write data as JSON that is safe inside any script element.

    Non-ASCII characters are escaped (so are U+2028, U+2029 and lone surrogates), and so are ``<``, ``>`` and
    ``&``; numbers that JSON cannot hold become null. Folium compiles what an element renders as a Jinja
    template once more, so that braces which open an expression there are escaped as well.

    Examples
    --------
    >>> script_json(["</script>", float("nan")])
    '["\\u003c/script\\u003e",null]'
    """
    text = json.dumps(_plain(data), separators=(",", ":"), allow_nan=False)
    for risky, safe in _ESCAPES:
        text = text.replace(risky, safe)
    return text


def _plain(data: object) -> object:
    """Turn numpy scalars and arrays into Python's own, and what is not finite into None."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, np.ndarray):
        return _plain(data.tolist())
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if isinstance(data, np.generic):
        return _plain(data.item())
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data


def html_text(text: str) -> str:
    """Escape text for HTML; half characters, which no file can hold, become a question mark."""
    return html.escape(text.encode("utf-8", "replace").decode("utf-8"))


@cache
def asset(path: str) -> str:
    """Return the text of a vendored or own asset."""
    return files("territory_geo.render").joinpath("assets", path).read_text(encoding="utf-8")


@cache
def _image(name: str) -> str:
    data = files("territory_geo.render").joinpath("assets", _LEAFLET, "images", name).read_bytes()
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


@cache
def _style() -> str:
    leaflet = re.sub(r"url\(images/([\w.-]+)\)", lambda m: f"url({_image(m[1])})", asset(f"{_LEAFLET}/leaflet.css"))
    return "\n".join([leaflet, *(asset(f"map/{name}") for name in _STYLES)])


@cache
def _script() -> str:
    # Developer tools would look for the source map next to the file.
    leaflet = re.sub(r"//# sourceMappingURL=\S*\s*$", "", asset(f"{_LEAFLET}/leaflet.js"))
    images = script_json({option: _image(name) for option, name in _IMAGES.items()})
    default_icon = f'L.Icon.Default.imagePath = "";\nL.Icon.Default.mergeOptions({images});'
    return "\n".join([leaflet, default_icon, *(asset(f"map/{name}") for name in _SCRIPTS)])


class OfflineMap(folium.Map):
    """A `folium.Map` without anything to fetch.

    Parameters
    ----------
    key : str
        Makes the names of the map's elements; two maps in one page need two keys.
    page_title : str
        Title of the page, any text.
    **options
        Options of `folium.Map`.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - Folium's own hook, read and never changed
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <link rel="icon" href="data:," />
            <style>{{ this.asset_style }}</style>
            <style>
                html, body { width: 100%; height: 100%; margin: 0; padding: 0; }
                #{{ this.get_name() }} {
                    position: {{ this.position }};
                    width: {{ this.width[0] }}{{ this.width[1] }};
                    height: {{ this.height[0] }}{{ this.height[1] }};
                    left: {{ this.left[0] }}{{ this.left[1] }};
                    top: {{ this.top[0] }}{{ this.top[1] }};
                }
            </style>
            <script>
                L_NO_TOUCH = {{ this.global_switches.no_touch | tojson }};
                L_DISABLE_3D = {{ this.global_switches.disable_3d | tojson }};
            </script>
            <script>{{ this.asset_script }}</script>
        {% endmacro %}

        {% macro html(this, kwargs) %}
            <div class="folium-map tg-map" id={{ this.get_name() | tojson }}></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name() | tojson }}, {
                center: {{ this.location | tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options | tojavascript }}
            });
            {%- if this.zoom_control_position %}
            L.control.zoom({ position: {{ this.zoom_control | tojson }} }).addTo({{ this.get_name() }});
            {%- endif %}
            {%- if this.objects_to_stay_in_front %}
            {{ this.get_name() }}.on("overlayadd", function () {
                {%- for item in this.objects_to_stay_in_front %}
                {{ item.get_name() }}.bringToFront();
                {%- endfor %}
            });
            {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(self, *, key: str, page_title: str, **options: Any) -> None:
        super().__init__(**options)
        self.key = key
        self._id = key
        # Folium put this map into a figure of its own, under a random name; this one carries the policy.
        root = OfflineFigure()
        root.title = html_text(page_title)
        root.add_child(self)

    @property
    def asset_style(self) -> str:
        """Leaflet's and our own style sheets, images included."""
        return _style()

    @property
    def asset_script(self) -> str:
        """Leaflet and our own scripts."""
        return _script()

    def add_named(self, element: Element, name: str) -> None:
        """Add an element under a lasting name instead of Folium's random one."""
        element._id = f"{self.key}_{name}"
        self.add_child(element)

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as Folium's own elements do
        """Render into the figure; see `folium.Map.render`."""
        figure = self.get_root()
        assert isinstance(figure, Figure)
        online = {name for kind, names in _ONLINE_ELEMENTS.items() if _contains(self, kind) for name in names}
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        for name, url in folium.Map.default_css:
            if name in online:
                figure.header.add_child(CssLink(url), name=name)
        for name, url in folium.Map.default_js:
            if name in online:
                figure.header.add_child(JavascriptLink(url), name=name)


def _contains(element: Element, kind: type[Element]) -> bool:
    return any(isinstance(child, kind) or _contains(child, kind) for child in element._children.values())


class Payload(MacroElement):
    """Data in the page: one JSON block that is never executed, and a line of script that uses it.

    Parameters
    ----------
    data : object
        Anything that `script_json` writes.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <script type="application/json" id="{{ this.get_name() }}_data">{{ this.json }}</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = TerritoryGeo.plan("{{ this.get_name() }}_data");
        {% endmacro %}
        """
    )

    def __init__(self, data: object) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Plan"
        self.json = script_json(data)
