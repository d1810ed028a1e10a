"""The layers and panels of a plan's map as Folium elements, each a few lines of script around one payload.

They are ordinary Folium layers: they appear in the layer control, can be switched and can be built upon.
"""

from __future__ import annotations

from typing import Any

from branca.element import MacroElement
from folium.map import Layer
from folium.template import Template

from territory_geo.render.offline import Payload, script_json


class PlanLayer(Layer):
    """A layer that one of our scripts draws.

    Parameters
    ----------
    kind : str
        Name of the factory in the script: ``background``, ``territories``, ``towns``, ``bridges``, ``barriers``,
        ``accounts``, ``moves``, ``centers`` or ``marks``.
    plan : Payload
        The plan's model, which must be on the map before this layer.
    name : str
        Text in the layer control; our own words, never data.
    data : object
        What the layer needs beyond the model.
    show : bool
        Whether the layer is on when the map opens.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
            {%- if this.json %}
            <script type="application/json" id="{{ this.get_name() }}_data">{{ this.json }}</script>
            {%- endif %}
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = TerritoryGeo.{{ this.kind }}(
                {{ this.plan.get_name() }}{% if this.json %}, "{{ this.get_name() }}_data"{% endif %}
            );
            {%- if this.show %}
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
            {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(self, kind: str, plan: Payload, *, name: str, data: object = None, show: bool = True) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = kind.capitalize()
        self.kind = kind
        self.plan = plan
        self.json = "" if data is None else script_json(data)

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as Folium's own elements do
        """Render as any Folium layer, into the same bytes however often.

        Folium adds a layer to its map through a new element with a random name at every rendering; our
        template does that itself.
        """
        super(Layer, self).render(**kwargs)  # type: ignore[no-untyped-call]


class PlanPanels(MacroElement):
    """Title, legend, scale and tooltips, and the first view of the map."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            TerritoryGeo.panels({{ this._parent.get_name() }}, {{ this.plan.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, plan: Payload) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Panels"
        self.plan = plan
