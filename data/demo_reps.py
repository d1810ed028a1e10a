"""reps.csv and today's alignment: 24 reps of the synthetic company, and who looks after whom. SYNTHETIC.

The alignment has a history: state lines, new hires who never got all accounts, corporate families, strays.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from demo_company import PRODUCT_LINES
from demo_names import REPS

SEED = 24_024
FULL_TIME_HOURS = 1_600
# Home, states worked, share of full time. States of several reps go to the nearest of their homes.
TERRITORIES = (
    ("Newton, MA", "MA NH ME VT RI", 1.0),
    ("Brooklyn, NY", "NY CT", 1.0),
    ("Paramus, NJ", "NJ NY", 1.0),
    ("King of Prussia, PA", "PA NJ DE", 1.0),
    ("Columbia, MD", "MD DC VA", 1.0),
    ("Cary, NC", "NC SC VA", 1.0),
    ("Marietta, GA", "GA AL", 1.0),
    ("Winter Park, FL", "FL", 1.0),
    ("Coral Springs, FL", "FL", 0.8),
    ("Franklin, TN", "TN KY MS", 1.0),
    ("Dublin, OH", "OH IN WV PA", 1.0),
    ("Troy, MI", "MI", 1.0),
    ("Naperville, IL", "IL IA", 1.0),
    ("Evanston, IL", "IL WI", 0.5),
    ("Edina, MN", "MN ND SD WI", 1.0),
    ("Kirkwood, MO", "MO KS NE AR", 1.0),
    ("Plano, TX", "TX OK", 1.0),
    ("Sugar Land, TX", "TX LA", 1.0),
    ("Aurora, CO", "CO WY UT NM MT", 1.0),
    ("Scottsdale, AZ", "AZ NV", 1.0),
    ("Pasadena, CA", "CA", 0.8),
    ("Irvine, CA", "CA", 1.0),
    ("Walnut Creek, CA", "CA NV", 1.0),
    ("Bellevue, WA", "WA OR ID", 1.0),
)
# State, rep who worked there before, share of its customers that never changed hands.
HISTORY = (
    ("TN", "R07", 0.30), ("SC", "R07", 0.35), ("WI", "R15", 0.20), ("CT", "R01", 0.40), ("OK", "R16", 0.25),
    ("LA", "R10", 0.20), ("NM", "R20", 0.35), ("IN", "R13", 0.25), ("KY", "R11", 0.45), ("UT", "R24", 0.15),
    ("WV", "R05", 0.30), ("NJ", "R02", 0.12), ("NE", "R19", 0.30),
)  # fmt: skip
NEIGHBOUR_SHARE, FAMILY_SHARE, STRAY_SHARE = 0.03, 0.35, 0.008
# Who does not sell everything: rep → product lines.
SPECIALISTS = {
    "R03": "filtration", "R06": "filtration;pumps", "R09": "controls;filtration", "R12": "controls;pumps",
    "R14": "controls", "R16": "pumps", "R18": "filtration;pumps", "R21": "controls;filtration",
    "R23": "controls;pumps",
}  # fmt: skip


def build_reps(towns: pd.DataFrame) -> pd.DataFrame:
    """Return the reps: rep_id, name, home, lat, lon, role, capacity_hours (hours a year), skills."""
    ids = [f"R{number:02d}" for number in range(1, len(TERRITORIES) + 1)]
    largest = towns.sort_values("population", ascending=False).drop_duplicates(["name", "state"])
    where = largest.set_index(largest["name"] + ", " + largest["state"])[["lat", "lon"]]
    homes = [home for home, _, _ in TERRITORIES]
    reps = pd.DataFrame({"rep_id": ids, "name": REPS, "home": homes, **where.loc[homes].reset_index(drop=True)})
    reps["role"] = "territory rep"
    reps["capacity_hours"] = [round(FULL_TIME_HOURS * share) for _, _, share in TERRITORIES]
    reps["skills"] = [SPECIALISTS.get(rep, ";".join(PRODUCT_LINES)) for rep in ids]
    return reps


def current_alignment(accounts: pd.DataFrame, reps: pd.DataFrame) -> np.ndarray:
    """Rep id of each account today."""
    rng = np.random.default_rng(SEED)
    km = _distances_km(accounts, reps)
    works = np.array([[state in states.split() for _, states, _ in TERRITORIES] for state in accounts["state"]])
    assert works.any(axis=1).all(), "every state has a rep"
    owner = np.where(works, km, np.inf).argmin(axis=1)
    # Where territories meet, some accounts are with the rep who happened to call first.
    first_two = np.argsort(km, axis=1, kind="stable")[:, :2]
    near = km[np.arange(len(km)), first_two[:, 1]] < 2.2 * km[np.arange(len(km)), first_two[:, 0]]
    called = near & (rng.random(len(accounts)) < 2 * NEIGHBOUR_SHARE)
    owner[called] = first_two[called, (rng.random(len(accounts)) < 0.7).astype(int)[called]]
    customer = (accounts["kind"] == "customer").to_numpy()
    for state, rep, share in HISTORY:
        kept = customer & (accounts["state"] == state).to_numpy() & (rng.random(len(accounts)) < share)
        owner[kept] = reps.index[reps["rep_id"] == rep][0]
    # Some subsidiaries are looked after by the rep of their headquarters.
    position = pd.Series(np.arange(len(accounts)), index=accounts["account_id"])
    children = np.flatnonzero(accounts["parent_id"] != "")
    children = children[rng.random(len(children)) < FAMILY_SHARE]
    owner[children] = owner[position[accounts["parent_id"].iloc[children]].to_numpy()]
    stray = rng.random(len(accounts)) < STRAY_SHARE
    owner[stray] = (rng.random(len(accounts)) * len(reps)).astype(int)[stray]
    return reps["rep_id"].to_numpy()[owner]


def visit_hours(accounts: pd.DataFrame) -> pd.Series:
    """Visit hours a year of each rep's accounts."""
    hours = accounts["visits_per_year"] * accounts["visit_minutes"] / 60
    return hours.groupby(accounts["current_rep"]).sum()


def _distances_km(accounts: pd.DataFrame, reps: pd.DataFrame) -> np.ndarray:
    """Great-circle distance of every account to every home, shape (n_accounts, n_reps)."""
    lat, lon = np.radians(accounts[["lat", "lon"]].to_numpy(dtype=float)).T[:, :, None]
    home_lat, home_lon = np.radians(reps[["lat", "lon"]].to_numpy(dtype=float)).T[:, None, :]
    half = np.sin((lat - home_lat) / 2) ** 2 + np.cos(lat) * np.cos(home_lat) * np.sin((lon - home_lon) / 2) ** 2
    return 2 * 6_371.0 * np.arcsin(np.sqrt(half))
