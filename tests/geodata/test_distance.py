"""Distances: an analyst reads kilometres off a map and expects the same here, times the detour of the roads.

Right means: published city distances, the metre's own definition, and an independent geodesic library agree.
"""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory_geo.errors import OptionError, TerritoryGeoError
from territory_geo.geodata.distance import EARTH_RADIUS_KM, GreatCircle, Planar

PLACES = {
    "London": (-0.1278, 51.5074),
    "Paris": (2.3522, 48.8566),
    "New York": (-74.0060, 40.7128),
    "Los Angeles": (-118.2437, 34.0522),
    "Tokyo": (139.6917, 35.6895),
    "Sydney": (151.2093, -33.8688),
    "Auckland": (174.7633, -36.8485),
}
# Kilometres as tables of air distances give them; some take the ellipsoid, from which a sphere is half a percent off.
KNOWN = [
    ("London", "Paris", 344),
    ("New York", "Los Angeles", 3936),
    ("London", "New York", 5570),
    ("Tokyo", "Sydney", 7823),
    ("Sydney", "Auckland", 2156),
]

lon = st.floats(-180, 180)
lat = st.floats(-90, 90)
places = st.tuples(lon, lat)


def km(a: tuple[float, float], b: tuple[float, float], detour: float = 1.0) -> float:
    return float(GreatCircle(detour).between(np.array([a]), np.array([b]))[0])


@pytest.mark.parametrize(("a", "b", "known"), KNOWN)
def test_known_city_distances(a: str, b: str, known: float) -> None:
    assert km(PLACES[a], PLACES[b]) == pytest.approx(known, rel=0.005)


def test_quarter_of_a_meridian_across_the_date_line_and_at_the_poles() -> None:
    quarter = np.pi / 2 * EARTH_RADIUS_KM
    assert km((10, 0), (10, 90)) == pytest.approx(quarter)
    assert km((0, 0), (180, 0)) == pytest.approx(2 * quarter)
    assert km((-170, 90), (35, 90)) == pytest.approx(0, abs=1e-6)
    assert km((179.5, 0), (-179.5, 0)) == pytest.approx(quarter / 90)


@given(places, places)
def test_agrees_with_an_independent_library_and_is_symmetric(a: tuple[float, float], b: tuple[float, float]) -> None:
    sphere = pyproj.Geod(a=EARTH_RADIUS_KM * 1000, b=EARTH_RADIUS_KM * 1000)
    # By chords, 1 mm is lost among antipodes; nothing that matters to a rep.
    assert km(a, b) == pytest.approx(sphere.inv(*a, *b)[2] / 1000, abs=1e-3, rel=1e-9)
    assert km(a, b) == km(b, a)
    assert km(a, a) == 0.0


@given(places, places, places)
def test_triangle_inequality(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert km(a, c) <= km(a, b) + km(b, c) + 1e-3


def test_detour_multiplies() -> None:
    london, paris = PLACES["London"], PLACES["Paris"]
    assert km(london, paris, detour=1.3) == pytest.approx(1.3 * km(london, paris))
    assert Planar(1.3).between(np.array([[0, 0]]), np.array([[3000, 4000]]))[0] == pytest.approx(6.5)


@pytest.mark.parametrize("kind", [GreatCircle, Planar])
@pytest.mark.parametrize(
    "detour",
    [
        0.99,  # no road is shorter than the straight line
        0,
        -1.3,
        float("nan"),
        float("inf"),
    ],
)
def test_bad_detour(kind: type, detour: float) -> None:
    with pytest.raises(OptionError, match=r"The 'detour' parameter must be a number of at least 1.*Got .* instead"):
        kind(detour)
    with pytest.raises(TerritoryGeoError):
        kind(detour=detour)


def test_planar_is_pythagoras_in_metres_row_by_row() -> None:
    a = np.array([[0.0, 0.0], [1000.0, 1000.0], [5.0, 5.0]])
    b = np.array([[3000.0, 4000.0], [1000.0, -11000.0], [5.0, 5.0]])
    np.testing.assert_allclose(Planar().between(a, b), [5.0, 12.0, 0.0])


@pytest.mark.parametrize("distance", [GreatCircle(1.2), Planar(1.2)])
def test_placement_measures_as_between_does(distance: GreatCircle | Planar) -> None:
    """The optimiser measures on placements itself: chords on the sphere, straight lines in the plane."""
    rng = np.random.default_rng(3)
    a, b = rng.uniform(-80, 80, (2, 50, 2))
    pa, pb = distance.place(a), distance.place(b)
    assert pa.points.shape == (50, 3)
    assert pa.points.flags.c_contiguous
    straight = np.linalg.norm(pa.points - pb.points, axis=1)
    length = 2 * np.arcsin(straight / 2) if pa.kind == "sphere" else straight
    np.testing.assert_allclose(length * pa.scale_km, distance.between(a, b))


def test_no_places_at_all() -> None:
    nothing = np.empty((0, 2))
    assert GreatCircle().between(nothing, nothing).shape == (0,)
    assert Planar().between(nothing, nothing).shape == (0,)
