"""Who owns, who supports, who is informed: as a table, as files and as a page in which data is never markup."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import VerificationError
from territory_geo.plan.teams.plan import TeamPlan
from territory_geo.render.duties import duties_page, write_teams

HOSTILE = '<script>alert("x")</script>&'


@pytest.fixture
def problem() -> tg.TeamProblem:
    """Two accounts, an owner each, an expert for two products, and a partner who is only informed."""
    accounts = pd.DataFrame(
        {"account_id": ["A", "B"], "name": [HOSTILE, "Bee"], "products": ["x;y", ""], "current_rep": ["R", "R"]}
    )
    people = pd.DataFrame(
        {
            "rep_id": ["R", "E", "M"], "name": ["Ann", "</td><u>Ed", "Max"], "role": ["rep", "expert", "partner"],
            "capacity_hours": 100, "lon": 1.0, "lat": 2.0, "skills": ["", "x;y", ""],
        }
    )  # fmt: skip
    roles = [
        tg.TeamRole("rep", 10, "owns", skills="ignore"),
        tg.TeamRole("expert", 5, per_product=True),
        tg.TeamRole("partner", 1, "informed", skills="ignore"),
    ]
    return tg.TeamProblem(accounts, tg.read_reps(people), roles)


def test_who_does_what(problem: tg.TeamProblem) -> None:
    plan = tg.solve_teams(problem).plan
    assert plan is not None
    duties = plan.duties(territories={"A": "T1", "B": "R"})
    assert duties[["account", "duty", "role", "products", "person"]].to_numpy().tolist() == [
        ["A", "owns", "rep", "", "R"],
        ["A", "supports", "expert", "x;y", "E"],
        ["A", "informed", "partner", "", "M"],
        ["A", "informed", "territory", "", "T1"],
        ["B", "owns", "rep", "", "R"],  # R has the territory too, and owns already
        ["B", "informed", "partner", "", "M"],
    ]
    assert duties["person_name"].tolist()[:2] == ["Ann", "</td><u>Ed"]
    assert (duties[duties["duty"] == "owns"]["account"].value_counts() == 1).all()


class Page(HTMLParser):
    """Collects the elements of a page and the texts of its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "h2":
            self.titles.append(data)
        elif self.cells:
            self.cells[-1] += data


def test_the_page_says_it_and_nothing_of_the_data_is_markup(problem: tg.TeamProblem) -> None:
    plan = tg.solve_teams(problem).plan
    assert plan is not None
    page = Page()
    page.feed(duties_page(plan, title=HOSTILE))
    assert not {"script", "u", "img", "link", "iframe"} & set(page.tags)
    assert page.cells[0].startswith(HOSTILE)
    assert [cell.strip() for cell in page.cells[1:4]] == ["Annrep", "</td><u>Edexpert, x, y", "Maxpartner"]
    assert [cell.strip() for cell in page.cells[-4:]] == [
        "Ann",
        "rep",
        "2",
        "20 of 100 hours",
    ]  # people follow, by role
    assert page.tags.count("tr") == 3 + 4
    assert {"Accounts", "People"} <= set(page.titles)


def test_the_files(problem: tg.TeamProblem, tmp_path: Path) -> None:
    (tmp_path / "shortages.csv").write_text("of an earlier run")
    (tmp_path / "assignments.csv").write_text("of a design")
    written = write_teams(tg.solve_teams(problem), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*written, "assignments.csv"}
    record = json.loads((tmp_path / "teams.json").read_text())
    assert (record["status"], record["gap"]) == ("optimal", 0)
    assert "hours" in record["verified"]
    table = pd.read_csv(tmp_path / "teams.csv", keep_default_na=False)
    assert table["person"].tolist() == ["R", "E", "E", "M", "R", "M"]
    duties = pd.read_csv(tmp_path / "duties.csv", keep_default_na=False)
    assert duties["account_name"][0] == HOSTILE


def test_without_teams_the_reasons_and_the_nearest(problem: tg.TeamProblem, tmp_path: Path) -> None:
    people = tg.read_reps(
        pd.DataFrame({"rep_id": ["R"], "role": ["rep"], "capacity_hours": [15], "lon": 1.0, "lat": 2.0, "skills": [""]})
    )
    table = problem.accounts.reset_index(drop=True)
    solution = tg.solve_teams(tg.TeamProblem(table, people, [tg.TeamRole("rep", 10, "owns", skills="ignore")]))
    written = write_teams(solution, tmp_path)
    assert set(written) == {"shortages.csv", "teams.json", "nearest/teams.csv"}
    assert not (tmp_path / "teams.csv").exists()
    shortage = pd.read_csv(tmp_path / "shortages.csv").iloc[0]
    assert (shortage["hours_needed"], shortage["hours_available"]) == (20, 15)
    assert solution.nearest is not None
    page = duties_page(solution.nearest)
    assert page.count('class="nobody"') == 1


def test_wrong_teams_are_not_written(problem: tg.TeamProblem, tmp_path: Path) -> None:
    solution = tg.solve_teams(problem)
    assert solution.plan is not None
    wrong = TeamPlan(problem, ("M", *solution.plan.members[1:]))
    object.__setattr__(solution, "plan", wrong)
    with pytest.raises(VerificationError, match="M at A: is no rep"):
        write_teams(solution, tmp_path)
    assert not (tmp_path / "teams.csv").exists()
