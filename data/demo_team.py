"""team.csv: 18 people of the synthetic company who look after its named accounts. SYNTHETIC.

Account executives, customer success and marketing partners, and a specialist for each product line.
"""

from __future__ import annotations

import pandas as pd
from demo_company import INDUSTRIES, PRODUCT_LINES

# Name, home, role, hours a year.
PEOPLE = (
    ("Adele Marsh", "Boston, MA", "account executive", 1_600),
    ("Boris Lind", "Philadelphia, PA", "account executive", 1_600),
    ("Clara Osei", "Atlanta, GA", "account executive", 1_600),
    ("Dev Raman", "Chicago, IL", "account executive", 1_600),
    ("Edith Koch", "Dallas, TX", "account executive", 1_600),
    ("Felix Arango", "Denver, CO", "account executive", 1_600),
    ("Gwen Tanaka", "Los Angeles, CA", "account executive", 1_600),
    ("Hugo Bell", "Seattle, WA", "account executive", 1_280),
    ("Ida Novik", "Columbus, OH", "customer success", 1_600),
    ("Jamal Reyes", "Charlotte, NC", "customer success", 1_600),
    ("Kim Sato", "Houston, TX", "customer success", 1_600),
    ("Lena Voss", "Phoenix, AZ", "customer success", 800),
    ("Marco Dietz", "New Orleans, LA", "marketing partner", 1_600),
    ("Nora Quist", "Minneapolis, MN", "marketing partner", 1_600),
    ("Otis Grant", "San Francisco, CA", "marketing partner", 800),
    ("Pia Holm", "Detroit, MI", "specialist", 1_600),
    ("Raj Mehta", "Kansas City, MO", "specialist", 1_600),
    ("Sara Weiss", "Nashville, TN", "specialist", 1_600),
)
# Each executive knows three industries; a circle, so that each industry has three executives.
KNOWN = 3


def build_team(towns: pd.DataFrame) -> pd.DataFrame:
    """Return the people: rep_id, name, home, lat, lon, role, capacity_hours, skills, industries, max_accounts."""
    largest = towns.sort_values("population", ascending=False).drop_duplicates(["name", "state"])
    where = largest.set_index(largest["name"] + ", " + largest["state"])[["lat", "lon"]]
    homes = [home for _, home, _, _ in PEOPLE]
    team = pd.DataFrame({"rep_id": [f"T{i:02d}" for i in range(1, len(PEOPLE) + 1)]})
    team["name"], team["home"] = [name for name, *_ in PEOPLE], homes
    team[["lat", "lon"]] = where.loc[homes].to_numpy()
    team["role"] = [role for *_, role, _ in PEOPLE]
    team["capacity_hours"] = [hours for *_, hours in PEOPLE]
    place = team.groupby("role").cumcount()
    names = list(INDUSTRIES)
    experts = (team["role"] == "specialist").tolist()
    team["skills"] = [PRODUCT_LINES[i] if expert else "" for i, expert in zip(place, experts, strict=True)]
    circle = [";".join(sorted(names[(i + step) % len(names)] for step in range(KNOWN))) for i in place]
    executive = (team["role"] == "account executive").tolist()
    team["industries"] = [known if sells else ";".join(names) for known, sells in zip(circle, executive, strict=True)]
    team["max_accounts"] = [40 if sells else "" for sells in executive]
    return team
