"""The map's page without a browser: what is in the file, what must not be, and that it never changes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.notices import findings_table
from territory_geo.render.map import plan_map

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "`${alert(2)}` \\' \" &lt;b&gt;",
    "\u202egnirts\u202d",
    "{{ 7*7 }} {% raw %} {# note #} {{{%",
    "<!-- <script> \u2028\u2029 ]]> \x00",
)


def make_plan(
    *,
    crs: int | None = 4326,
    kind: str = "areas",
    side: int = 6,
    block: int = 2,
    step: float = 1.0,
    balance: dict[str, Any] | None = None,
    names: tuple[str, ...] = ("Plain Co.",),
    prefix: str = "T",
) -> Any:
    """A plan of side × side squares in blocks of block × block, on Colorado's plains when geographic.

    4 5 6      territories of side=6, block=2: nine blocks, numbered
    1 2 3  …   from the south-west; hours are 1, 2, 3, 1, 2, 3, … from unit to unit
    """
    west, south = (-105.0, 36.0) if crs else (0.0, 0.0)
    columns, rows = np.tile(np.arange(side), side), np.repeat(np.arange(side), side)
    squares = shapely.box(
        west + columns * step, south + rows * step, west + (columns + 1) * step, south + (rows + 1) * step
    )
    across = -(-side // block)
    number = (rows // block) * across + columns // block + 1
    units = gpd.GeoDataFrame(
        {
            "hours": 1.0 + np.arange(side * side) % 3,
            "revenue_usd": 1000.0 * (1 + np.arange(side * side)),
            "territory": [f"{prefix}{i:02d}" for i in number],
        },
        geometry=squares,
        index=pd.Index([f"u{i:04d}" for i in range(side * side)], name="unit"),
        crs=crs,
    )
    accounts = gpd.GeoDataFrame(
        {
            "row": np.arange(1, len(units) + 1),
            "id": units.index,
            "unit": units.index,
            "territory": units["territory"].to_numpy(),
            "name": [names[i % len(names)] for i in range(len(units))],
            "hours": units["hours"].to_numpy(),
            "revenue_usd": units["revenue_usd"].to_numpy(),
        },
        geometry=shapely.centroid(squares),
        crs=crs,
    )
    territories = units.dissolve("territory", aggfunc="sum")
    centers = shapely.centroid(np.array(territories.geometry.array))
    balance = {"hours": 0.1} if balance is None else balance
    for measure in balance:
        territories[f"{measure}_target"] = territories[measure].mean()
        territories[f"{measure}_deviation"] = territories[measure] / territories[measure].mean() - 1
    territories["units"] = territories["accounts"] = units.groupby("territory").size()
    territories = territories.assign(
        travel_km=np.arange(len(territories)) + 40.25,
        max_km=123.4,
        center="u0000",
        center_x=shapely.get_x(centers),
        center_y=shapely.get_y(centers),
        area_km2=9876.5,
        parts=1,
    )
    problem = SimpleNamespace(
        units=SimpleNamespace(
            kind=kind, rows_are_areas=kind == "areas", findings=findings_table(), measures=["hours", "revenue_usd"]
        ),
        graph=None,
        reps=None,
        constraints=(),
        alignment=None,
        current=None,
        balance=balance,
        weight_name=next(iter(balance), None),
    )
    return SimpleNamespace(
        problem=problem,
        labels=units["territory"],
        territory_ids=list(territories.index),
        accounts=accounts,
        territories=territories,
        provenance={},
    )


class Page(HTMLParser):
    """What a browser would find in the page's markup."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.json: dict[str, Any] = {}
        self.styles = ""
        self._open = ""
        self.title = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "script" and self.tags[-1][1].get("type") == "application/json":
            self.json[str(self.tags[-1][1]["id"])] = json.loads(data)
        if self._open == "style":
            self.styles += data
        if self._open == "title":
            self.title += data

    def data(self, part: str) -> Any:
        """The payload whose name contains `part`."""
        (found,) = (value for name, value in self.json.items() if part in name.lower())
        return found

    def scenario(self, number: int = 0) -> Any:
        """One of the plans in the page."""
        return self.data("model")["scenarios"][number]


def unpacked(column: dict[str, str]) -> Any:
    """What `pack_array` packed."""
    return np.frombuffer(base64.b64decode(column["d"]), dtype=f"<{column['t']}")


def render(plan: Any, **options: Any) -> str:
    return plan_map(plan, **options).get_root().render()


def test_is_a_folium_map_that_opens_in_a_notebook() -> None:
    page = plan_map(make_plan())
    assert isinstance(page, folium.Map)
    assert page._repr_html_().count("<iframe") == 1


@pytest.mark.parametrize("crs", [4326, None])
def test_nothing_is_fetched(crs: int | None) -> None:
    page = Page(render(make_plan(crs=crs)))
    for tag, attributes in page.tags:
        for name in ("src", "href", "data", "srcset", "poster", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith("data:"), f"<{tag} {name}={value}>"
        assert not any(name.startswith("on") for name in attributes), "no inline handlers"
    targets = re.findall(r"url\(\s*[\"']?([^\"')]+)", page.styles)
    assert targets
    assert all(target.startswith(("data:", "#")) for target in targets)
    assert "@import" not in page.styles
    assert "sourceMappingURL" not in render(make_plan(crs=crs))


def test_scripts_arrive_as_they_were_written() -> None:
    # Folium compiles what elements render once more as a template, which must not find anything in there.
    text = render(make_plan())
    assets = files("territory_geo.render").joinpath("assets")
    leaflet = assets.joinpath("leaflet-1.9.4", "leaflet.js").read_text("utf-8")
    assert leaflet.split("//# sourceMappingURL")[0] in text
    for asset in assets.joinpath("map").iterdir():
        assert asset.read_text("utf-8").strip() in text, asset.name


def test_neither_jquery_nor_bootstrap_nor_font_awesome() -> None:
    text = render(make_plan()).lower()
    assert "awesome" not in text
    assert "bootstrap" not in text
    assert "jquery.com" not in text


def test_territories_carry_their_measures() -> None:
    page = Page(render(make_plan(balance={"hours": 0.1, "revenue_usd": 0.2}), title="Field sales"))
    model = page.scenario()
    assert page.title == "Field sales"
    assert [measure["label"] for measure in model["measures"]] == ["hours", "revenue"]
    first = model["territories"][0]
    assert first["id"] == "T01"
    total, target, deviation, inside = first["balance"][0]
    assert (total, target, inside) == (6.0, 8.0, False)
    assert deviation == pytest.approx(-0.25)
    assert first["accounts"] == 4
    assert first["km"] == 40.2
    assert first["center"] == [37.0, -104.0]
    assert len(model["fills"]) == len(model["shapes"]) == len(model["territories"]) == 9


def test_status_is_one_line() -> None:
    status = Page(render(make_plan(balance={"hours": 0.1}))).scenario()["status"]
    assert status == (
        "9 territories · hours beyond ±10\N{NO-BREAK SPACE}% · largest deviation 25.0\N{NO-BREAK SPACE}% · "
        "mean distance 44.4\N{NO-BREAK SPACE}km"
    )


@pytest.mark.parametrize(
    ("lower", "upper", "said", "inside"),
    [
        (5.0, 12.0, "hours from 5\N{NO-BREAK SPACE}h to 12\N{NO-BREAK SPACE}h", True),
        (0.0, 5.5, "hours at most 5.50\N{NO-BREAK SPACE}h", False),
        (7.0, float("inf"), "hours at least 7\N{NO-BREAK SPACE}h", False),
    ],
)
def test_absolute_bounds(lower: float, upper: float, said: str, inside: bool) -> None:
    bounds = SimpleNamespace(lower=lower, upper=upper)
    model = Page(render(make_plan(balance={"hours": bounds}))).scenario()
    assert said in model["status"].split(" · ")
    assert model["territories"][0]["balance"][0][3] is inside


def test_accounts_carry_name_territory_and_two_measures() -> None:
    data = Page(render(make_plan(kind="points"))).data("accounts")
    assert data["id"][0] == "u0000"
    assert data["name"][0] == "Plain Co."
    assert unpacked(data["territory"][0])[:4].tolist() == [0, 0, 1, 1]
    assert [measure["label"] for measure in data["measures"]] == ["hours", "revenue"]
    hours, revenue = (unpacked(values).tolist() for values in data["values"])
    assert hours == [1 + i % 3 for i in range(36)]
    assert revenue == [1000 * (1 + i) for i in range(36)]
    assert data["origin"][0] + unpacked(data["x"])[0] * data["grid"] == pytest.approx(-104.5, abs=1e-4)
    assert data["origin"][1] + unpacked(data["y"])[0] * data["grid"] == pytest.approx(36.5, abs=1e-4)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(name: str) -> None:
    harmless = Page(render(make_plan(kind="points"), title="x"))
    text = render(make_plan(kind="points", names=(name,), prefix=name), title=name)
    page = Page(text)
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in harmless.tags]
    assert page.data("accounts")["name"][0] == name
    assert page.scenario()["territories"][0]["id"] == name + "01"
    assert page.data("model")["title"] == name
    assert page.title == name


def test_half_characters_can_be_saved() -> None:
    text = render(make_plan(), title="half \ud800")
    assert Page(text).title == "half ?"
    assert Page(text).data("model")["title"] == "half \ud800"
    text.encode("utf-8")


def test_missing_values_are_null() -> None:
    plan = make_plan(kind="points")
    plan.accounts.loc[0, "hours"] = np.nan
    plan.accounts.loc[1, "name"] = None
    plan.territories.loc["T02", ["area_km2", "travel_km", "center_x", "center_y"]] = np.nan
    page = Page(render(plan))
    assert np.isnan(unpacked(page.data("accounts")["values"][0])[0])
    assert page.data("accounts")["name"][1] == ""
    second = page.scenario()["territories"][1]
    assert (second["areaKm2"], second["km"], second["center"]) == (None, None, None)


def test_same_plan_same_bytes() -> None:
    assert render(make_plan()) == render(make_plan())
    page = plan_map(make_plan())
    assert page.get_root().render() == page.get_root().render()
    assert render(make_plan()) != render(make_plan(block=3))


def test_land_lies_below_plans_in_the_united_states_only() -> None:
    inside = Page(render(make_plan()))
    assert "Census" in inside.data("model")["credit"]
    assert inside.data("land")["shapes"]
    elsewhere = make_plan()
    for table in (elsewhere.territories, elsewhere.accounts):
        table.geometry = table.geometry.translate(xoff=120)
    elsewhere.territories["center_x"] += 120
    page = Page(render(elsewhere))
    assert page.data("model")["credit"] == ""
    assert not any("land" in name.lower() for name in page.json)


def test_plans_on_a_plane() -> None:
    text = render(make_plan(crs=None, step=1000.0))
    page = Page(text)
    assert "L.CRS.Simple" in text
    assert page.data("model")["bounds"] == [[0, 0], [6000, 6000]]
    assert page.data("model")["geographic"] is False
    assert not any("land" in name.lower() for name in page.json)


def test_projected_plans_are_drawn_in_longitude_and_latitude() -> None:
    plan = make_plan()
    plan.territories = plan.territories.to_crs(5070)
    plan.accounts = plan.accounts.to_crs(5070)
    centers = shapely.centroid(np.array(plan.territories.geometry.array))
    plan.territories = plan.territories.assign(center_x=shapely.get_x(centers), center_y=shapely.get_y(centers))
    page = Page(render(plan))
    assert page.data("model")["bounds"][0] == pytest.approx([36, -105], abs=0.01)
    assert page.scenario()["territories"][0]["center"] == pytest.approx([37, -104], abs=0.05)


@pytest.mark.parametrize(("kind", "asked", "drawn"), [("points", None, 1), ("areas", None, 0), ("areas", True, 1)])
def test_points_of_areas_are_off_at_first(kind: str, asked: bool | None, drawn: int) -> None:
    text = render(make_plan(kind=kind), show_accounts=asked)
    assert len(re.findall(r"accounts_\w+_accounts\.addTo\(", text)) == drawn
    label = "Accounts (36)" if kind == "points" else "Areas (36)"
    assert label in text


def test_demo_size() -> None:
    plan = make_plan(kind="points", side=71, block=15, step=0.1, names=("Four Seasons Dental Group",))
    assert len(plan.accounts) > 5000
    assert len(render(plan).encode()) < 1_500_000


def test_can_be_built_upon_offline() -> None:
    page = plan_map(make_plan())
    folium.Marker([37, -104], popup="Depot <b>1</b>", tooltip="Depot").add_to(page)
    group = folium.FeatureGroup("Depots").add_to(page)
    folium.CircleMarker([38, -104]).add_to(group)
    text = page.get_root().render()
    assert all("src" not in attributes for tag, attributes in Page(text).tags if tag == "script")
    assert '"Depots"' in text


def test_an_element_that_needs_a_plugin_brings_its_links_back() -> None:
    page = plan_map(make_plan())
    folium.Marker([37, -104], icon=folium.Icon(color="red")).add_to(page)
    text = page.get_root().render()
    assert "leaflet.awesome-markers.js" in text
    assert "awesome-markers" not in render(make_plan())


def test_wrong_arguments() -> None:
    with pytest.raises(OptionError, match=r"theme.*light.*'neon'"):
        plan_map(make_plan(), theme="neon")
    empty = make_plan()
    empty.territories = empty.territories.iloc[:0]
    with pytest.raises(DataError, match="at least one territory"):
        plan_map(empty)


def test_vendored_files_are_the_published_ones() -> None:
    assets = files("territory_geo.render").joinpath("assets")
    rows = re.findall(r"`(leaflet-[\w./-]+)` \| `([0-9a-f]{64})`", assets.joinpath("LICENSES.md").read_text("utf-8"))
    assert len(rows) == 8
    for name, digest in rows:
        assert hashlib.sha256(assets.joinpath(name).read_bytes()).hexdigest() == digest, name
