"""accounts.csv: 5,000 customers and prospects of a company that does not exist, on real towns. SYNTHETIC.

Only `Generator.random`, a fixed seed and rounded results, so that every machine makes the same file.
"""

from __future__ import annotations

from statistics import NormalDist

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from demo_names import NOUNS, branch_name, company_names
from scipy.spatial import cKDTree

SEED = 20_190
N_ACCOUNTS = 5_000
SEGMENTS = {"enterprise": 0.06, "mid-market": 0.24, "smb": 0.70}
CUSTOMER_SHARE = 0.43
# More than proportional to small towns: companies like this one sell to plants and farms, too.
POPULATION_POWER = 0.8
INDUSTRIES = dict(zip(sorted(NOUNS), (0.12, 0.08, 0.11, 0.16, 0.16, 0.12, 0.17, 0.08), strict=True))
PRODUCT_LINES = ("controls", "filtration", "pumps")
# Share of each product line, by industry, in the order of PRODUCT_LINES.
PRODUCT_SHARES = {
    "agriculture": (0.10, 0.20, 0.70), "chemicals": (0.35, 0.35, 0.30), "education": (0.60, 0.30, 0.10),
    "food processing": (0.25, 0.45, 0.30), "healthcare": (0.35, 0.55, 0.10),
    "hospitality": (0.30, 0.50, 0.20), "manufacturing": (0.45, 0.20, 0.35), "utilities": (0.20, 0.30, 0.50),
}  # fmt: skip
# Median revenue of a customer, USD a year, and the spread of its logarithm.
REVENUE = {"enterprise": (260_000, 0.7), "mid-market": (52_000, 0.7), "smb": (8_500, 0.8)}
# Visits a year and minutes a visit: call policy by segment and kind.
VISITS = {
    ("enterprise", "customer"): (18, 75), ("mid-market", "customer"): (9, 60), ("smb", "customer"): (4, 40),
    ("enterprise", "prospect"): (6, 60), ("mid-market", "prospect"): (4, 45), ("smb", "prospect"): (1, 30),
}  # fmt: skip
N_SUBSIDIARIES, N_PARENTS = 300, 70
N_BUILDINGS, N_ZIP_GROUPS = 45, 25
COLUMNS = [
    "account_id", "name", "kind", "segment", "industry", "product_line", "parent_id", "city", "state",
    "zip", "lat", "lon", "revenue_usd", "potential_usd", "visits_per_year", "visit_minutes",
]  # fmt: skip


def build_accounts(
    towns: pd.DataFrame, weights: np.ndarray, zips: pd.DataFrame, states: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return the accounts without their reps, one row per account, in the order of COLUMNS.

    ``weights`` is the population of each town as it should count; accounts stay inside of their state's
    shape in ``states``.
    """
    rng = np.random.default_rng(SEED)
    accounts = _places(towns, weights, states, rng)
    _share_locations(accounts, zips, states, rng)
    accounts["zip"] = _nearest_zips(accounts, zips)
    accounts.insert(0, "account_id", [f"A{number:05d}" for number in range(1, N_ACCOUNTS + 1)])
    _profile(accounts, rng)
    _families(accounts, rng)
    _money_and_visits(accounts, rng)
    return accounts[COLUMNS]


def _places(
    towns: pd.DataFrame, weights: np.ndarray, states: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Towns drawn by population, and in each a point at a distance that suits the size of the town."""
    shapes = states.set_index("state").geometry
    land = towns["state"].map(shapes)
    for shape in shapes:
        shapely.prepare(shape)
    # A few towns lie off their state at this resolution: on a sand bar, or just over the border.
    usable = shapely.contains_xy(land.to_numpy(), towns["lon"], towns["lat"])
    assert usable.sum() > 21_000, f"{usable.sum()} towns on land"
    chance = np.cumsum(np.where(usable, weights, 0.0) ** POPULATION_POWER)
    drawn = np.searchsorted(chance / chance[-1], rng.random(N_ACCOUNTS), side="right")
    drawn.sort()
    lat, lon = towns["lat"].to_numpy()[drawn], towns["lon"].to_numpy()[drawn]
    # Radius of a round town of 1,200 inhabitants per square km, plus its outskirts.
    radius_km = 0.8 + np.sqrt(weights[drawn] / (np.pi * 1_200))
    x, y = lon.copy(), lat.copy()
    todo = np.arange(N_ACCOUNTS)
    while len(todo):
        far, turn = rng.random(len(todo)) ** 0.7 * radius_km[todo], 2 * np.pi * rng.random(len(todo))
        y[todo] = (lat[todo] + far * np.sin(turn) / 111.2).round(5)
        x[todo] = (lon[todo] + far * np.cos(turn) / (111.2 * np.cos(np.radians(lat[todo])))).round(5)
        todo = todo[~shapely.contains_xy(land.to_numpy()[drawn[todo]], x[todo], y[todo])]
    places = pd.DataFrame({"city": towns["name"].to_numpy()[drawn], "state": towns["state"].to_numpy()[drawn]})
    # Ids follow the date of signing, not the map: shuffle.
    return places.assign(lat=y, lon=x).iloc[np.argsort(rng.random(N_ACCOUNTS))].reset_index(drop=True)


def _share_locations(
    accounts: pd.DataFrame, zips: pd.DataFrame, states: gpd.GeoDataFrame, rng: np.random.Generator
) -> None:
    """Put some accounts into one building, and some on the centroid of their ZIP code, as geocoders do."""
    groups = [rows for rows in accounts.groupby(["state", "city"]).indices.values() if len(rows) >= 4]
    picked = _sample(len(groups), N_BUILDINGS, rng)
    for group in picked:
        rows = groups[group]
        tenants = rows[_sample(len(rows), 2 + int(rng.random() * 2), rng)]
        accounts.loc[tenants, ["lat", "lon"]] = accounts.loc[tenants[0], ["lat", "lon"]].to_numpy()
    shapes = states.set_index("state").geometry
    centroid = zips.drop_duplicates(["lat", "lon"]).set_index("zip")
    found = pd.Series(_nearest_zips(accounts, zips))
    groups = [
        rows.to_numpy()
        for code, rows in found.groupby(found).groups.items()
        if len(rows) >= 3
        and shapes[centroid.loc[code, "state"]].contains(shapely.Point(centroid.loc[code, ["lon", "lat"]]))
    ]
    for group in _sample(len(groups), N_ZIP_GROUPS, rng):
        rows = groups[group][:4]
        code = found[rows[0]]
        accounts.loc[rows, ["lat", "lon"]] = centroid.loc[code, ["lat", "lon"]].to_numpy(dtype=float).round(5)


def _nearest_zips(accounts: pd.DataFrame, zips: pd.DataFrame) -> np.ndarray:
    """ZIP code of the nearest centroid in the account's own state; of several on one spot, the lowest."""
    found = np.empty(len(accounts), dtype=object)
    unique = zips.drop_duplicates(["state", "lat", "lon"])
    for state, rows in accounts.groupby("state").indices.items():
        candidates = unique[unique["state"] == state]
        shrink = np.array([1.0, np.cos(np.radians(candidates["lat"].mean()))])
        tree = cKDTree(candidates[["lat", "lon"]].to_numpy() * shrink)
        _, nearest = tree.query(accounts.loc[rows, ["lat", "lon"]].to_numpy(dtype=float) * shrink)
        found[rows] = candidates["zip"].to_numpy()[nearest]
    return found


def _profile(accounts: pd.DataFrame, rng: np.random.Generator) -> None:
    """Add kind, segment, industry, product line and name."""
    accounts["kind"] = np.where(rng.random(N_ACCOUNTS) < CUSTOMER_SHARE, "customer", "prospect")
    # Large accounts sit in large places more often: rank by chance, helped by the number of accounts around.
    crowd = accounts.groupby(["state", "city"])["city"].transform("size").to_numpy()
    rank = np.argsort(np.argsort(-(rng.random(N_ACCOUNTS) + 0.06 * np.log(crowd)), kind="stable"), kind="stable")
    bounds = np.cumsum(list(SEGMENTS.values())) * N_ACCOUNTS
    accounts["segment"] = np.array(list(SEGMENTS))[np.searchsorted(bounds, rank, side="right").clip(max=2)]
    industries = _draw(list(INDUSTRIES), np.tile(list(INDUSTRIES.values()), (N_ACCOUNTS, 1)), rng)
    accounts["industry"] = industries
    accounts["product_line"] = _draw(list(PRODUCT_LINES), np.array([PRODUCT_SHARES[i] for i in industries]), rng)
    accounts["name"] = company_names(industries.tolist(), rng)


def _families(accounts: pd.DataFrame, rng: np.random.Generator) -> None:
    """Make some accounts subsidiaries of larger ones; a parent has no parent itself."""
    accounts["parent_id"] = ""
    large = np.flatnonzero(accounts["segment"] != "smb")
    parents = large[_sample(len(large), N_PARENTS, rng)]
    others = np.setdiff1d(np.arange(N_ACCOUNTS), parents)
    children = others[_sample(len(others), N_SUBSIDIARIES, rng)]
    # A few families are large: the square of a uniform number prefers the first parents.
    chosen = np.concatenate([parents, parents[(rng.random(N_SUBSIDIARIES - N_PARENTS) ** 2 * N_PARENTS).astype(int)]])
    taken = set(accounts["name"])
    for child, parent in zip(children, chosen, strict=True):
        accounts.loc[child, "parent_id"] = accounts.loc[parent, "account_id"]
        accounts.loc[child, "industry"] = accounts.loc[parent, "industry"]
        accounts.loc[child, "name"] = branch_name(accounts.loc[parent, "name"], accounts.loc[child, "city"], taken)
    customers = accounts.loc[chosen, "kind"].to_numpy() == "customer"
    follow = rng.random(N_SUBSIDIARIES) < 0.6
    accounts.loc[children[customers & follow], "kind"] = "customer"


def _money_and_visits(accounts: pd.DataFrame, rng: np.random.Generator) -> None:
    """Revenue, potential and the call policy."""
    median, spread = (np.array([REVENUE[s][i] for s in accounts["segment"]], dtype=float) for i in (0, 1))
    customer = (accounts["kind"] == "customer").to_numpy()
    yearly = _round_up(median * np.exp(spread * _normal(rng)), 50)
    # Customers could buy somewhat more than they do; what prospects could buy is guessed lower.
    room = np.exp(-0.9 + 0.8 * _normal(rng))
    accounts["revenue_usd"] = np.where(customer, yearly, 0)
    accounts["potential_usd"] = np.where(customer, _round_up(yearly * (1 + room), 100), _round_up(yearly * 0.8, 100))
    policy = np.array([VISITS[key] for key in zip(accounts["segment"], accounts["kind"], strict=True)])
    # One account in three gets more or fewer visits than the policy says.
    change = np.searchsorted([0.18, 0.82], rng.random(N_ACCOUNTS)) - 1
    visits = policy[:, 0] + change * np.maximum(1, policy[:, 0] // 4)
    accounts["visits_per_year"] = np.maximum(visits, 1)
    accounts["visit_minutes"] = policy[:, 1] + 15 * (rng.random(N_ACCOUNTS) < 0.2)


def _draw(choices: list[str], shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    edges = np.cumsum(shares, axis=1)
    drawn = (rng.random(len(shares))[:, None] * edges[:, -1:] >= edges).sum(axis=1)
    return np.array(choices, dtype=object)[np.minimum(drawn, len(choices) - 1)]


def _sample(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    return np.argsort(rng.random(n), kind="stable")[:size]


def _normal(rng: np.random.Generator) -> np.ndarray:
    inverse = NormalDist().inv_cdf
    return np.array([inverse(u) for u in np.clip(rng.random(N_ACCOUNTS), 1e-9, 1 - 1e-9)])


def _round_up(usd: np.ndarray, step: int) -> np.ndarray:
    return (np.ceil(usd / step) * step).astype(np.int64)
