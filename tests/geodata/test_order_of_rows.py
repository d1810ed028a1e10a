"""Order of rows: the same customers exported twice, in another order, must give the same territories.

Right means: units, cells and graph are identical to the last bit, because everything is sorted by id first.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.geodata.samples import demo_accounts, us_counties


def assert_same(a: tg.BasicUnits, b: tg.BasicUnits) -> None:
    pd.testing.assert_frame_equal(pd.DataFrame(a.frame), pd.DataFrame(b.frame), check_exact=True)
    assert a.plane == b.plane
    assert (shapely.to_wkb(a.shapes) == shapely.to_wkb(b.shapes)).all()
    first, second = tg.ContiguityGraph.from_units(a), tg.ContiguityGraph.from_units(b)
    assert np.array_equal(first.pairs, second.pairs)
    pd.testing.assert_frame_equal(first.edges, second.edges, check_exact=True)


@pytest.fixture(scope="module")
def some_accounts() -> pd.DataFrame:
    """A tenth of the demo accounts, all of those that share a spot, numbers instead of text as ids."""
    table = demo_accounts()
    shared = table.duplicated(["lat", "lon"], keep=False)
    table = table[shared | (np.arange(len(table)) % 10 == 0)].reset_index(drop=True)
    return table.assign(account_id=np.arange(len(table)) * 7)


@pytest.mark.parametrize("seed", [1, 2])
def test_accounts(some_accounts: pd.DataFrame, seed: int) -> None:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(some_accounts))
    shuffled = some_accounts.sample(frac=1.0, random_state=seed)
    other = tg.BasicUnits.from_accounts(tg.read_accounts(shuffled))
    assert len(units) < len(some_accounts)
    assert_same(units, other)


def test_areas() -> None:
    counties = us_counties().query("state in ['MA', 'RI', 'CT', 'NH', 'VT', 'ME', 'VA']")
    shuffled = gpd.GeoDataFrame(counties.sample(frac=1.0, random_state=3))
    assert_same(tg.BasicUnits.from_areas(counties), tg.BasicUnits.from_areas(shuffled))


def test_table() -> None:
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.integers(0, 12, (80, 2)) * 1000.0, columns=["x", "y"])  # many on one spot
    table = table.assign(key=[f"{i:02d}" for i in range(80)], load=rng.uniform(0, 1, 80))
    units = [
        tg.BasicUnits.from_table(frame, id="key", x="x", y="y", measures=["load"])
        for frame in (table, table.sample(frac=1.0, random_state=5))
    ]
    assert_same(*units)
