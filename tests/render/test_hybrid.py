"""A hybrid plan as files and as a page: verified as written, everything escaped, everybody's hours in sight."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import VerificationError
from territory_geo.render.hybrid import FILES, hybrid_page, write_hybrid

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def solution() -> tg.HybridSolution:
    """On a plane."""
    return solved(geographic=False)


def solved(*, geographic: bool) -> tg.HybridSolution:
    """Two reps with an account each, and a named one that the first of them owns."""
    lon, lat = ([-95.0, -94.91, -94.99], 40.0) if geographic else ([0.0, 9e3, 1e3], 0.0)
    table = pd.DataFrame(
        {
            "account_id": ["a", "b", "N"], "name": ["Ay", HOSTILE, f"N {HOSTILE}"], "lon": lon, "lat": lat,
            "visit_hours": [10.0, 10.0, 0.0], "revenue_usd": [1.0, 2.0, 3.0],
        }
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "rep_id": ["P", "Q"], "name": [f"Ann {HOSTILE}", "Ben"], "lon": lon[:2], "lat": lat,
            "capacity_hours": 40.0, "role": ["rep;executive", "rep"],
        }
    )  # fmt: skip
    crs = 4326 if geographic else None
    reps = tg.read_reps(people, crs=crs and f"EPSG:{crs}")
    units = tg.BasicUnits.from_table(table[:2], id="account_id", x="lon", y="lat", crs=crs, measures=["visit_hours"])
    geography = tg.TerritoryProblem(units, reps=reps, balance={"visit_hours": 0.5})
    teams = tg.TeamProblem(table[2:], reps, [tg.TeamRole("executive", 4, "owns")])
    return tg.solve_hybrid(tg.HybridProblem(geography, teams, hours="visit_hours"))


def test_the_files_say_who_covers_what(solution: tg.HybridSolution, tmp_path: Path) -> None:
    assert sorted(write_hybrid(solution, tmp_path)) == sorted(FILES)
    table = pd.read_csv(tmp_path / "coverage.csv", dtype=str)
    assert table[["account", "covered_by", "owner", "lies_in"]].to_numpy().tolist() == [
        ["N", "team", "P", "P"], ["a", "territory", "P", "P"], ["b", "territory", "Q", "Q"]
    ]  # fmt: skip
    people = pd.read_csv(tmp_path / "people.csv").set_index("person")
    assert people.loc["P", ["territory_hours", "team_hours", "hours"]].tolist() == [10.0, 4.0, 14.0]


def test_the_map_has_the_named_accounts_with_their_teams(tmp_path: Path) -> None:
    solution = solved(geographic=True)
    write_hybrid(solution, tmp_path, title="Both")
    page = (tmp_path / "hybrid_map.html").read_text(encoding="utf-8")
    assert "Named accounts and teams (1)" in page
    assert "[40.0,-94.99]" in page
    assert '["Executive","Ann ' in page
    assert "<img src" not in page


def test_the_page_shows_data_as_text(solution: tg.HybridSolution) -> None:
    assert solution.plan is not None
    page = hybrid_page(solution.plan)
    assert "<img" not in page
    assert page.count("&lt;img") >= 3
    assert "10 hours in the territory, 4 in teams, of 40" in page
    assert "1 named account lies here" in page


def test_files_that_do_not_hold_are_not_kept(
    solution: tg.HybridSolution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert solution.plan is not None
    monkeypatch.setitem(solution.plan.__dict__, "coverage", solution.plan.coverage[1:])
    with pytest.raises(VerificationError, match="N is not covered"):
        write_hybrid(solution, tmp_path)
    assert not (tmp_path / "coverage.csv").exists()
