"""The report without a browser: its numbers are the plan's, its texts are escaped, nothing is fetched or run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import territory_geo as tg
from territory_geo.errors import OptionError
from territory_geo.render.map import map_with_today
from territory_geo.render.report import report_page
from territory_geo.render.report.frame import script_hashes
from territory_geo.render.report.words import summary, tiles


class Page(HTMLParser):
    """The markup as a browser reads it: tags with their attributes, and the text outside of styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._style else data

    def first(self, tag: str, **attributes: str) -> dict[str, str | None]:
        found = [a for t, a in self.tags if t == tag and all(a.get(k) == v for k, v in attributes.items())]
        return found[0]


@pytest.fixture(scope="module")
def text(plan: tg.TerritoryPlan) -> str:
    return report_page(plan, title="Iowa </style><b>", note="Draft & <i>", workbook="plan.xlsx")


def test_sentences_carry_the_plans_numbers(plan: tg.TerritoryPlan) -> None:
    said = {point: words.replace("\N{NO-BREAK SPACE}", " ") for point, words in summary(plan)}
    assert said["Size"] == "3 territories share 42 accounts, from 14 to 14 in each."
    loads = plan.territories["visits"]
    assert f"between {loads.min():.0f} and {loads.max():.0f}; the target is 34" in said["Visits"]
    assert "asked for was ±10 %, and every territory keeps it" in said["Visits"]
    assert f"{plan.metrics['travel']['mean_km']:.0f} km on average, weighted by visits, and" in said["Ways"]
    assert said["Changes"].startswith("28 of 42 accounts with a rep of today get another one, and with them ")
    assert said["Search"] == "No plan that keeps these demands can shorten the ways by more than 2 %."
    assert said["Checked"].startswith("All 42 rows of the data are in the plan. A separate check of the finished plan ")
    assert ("42", "accounts") in tiles(plan)
    assert ("66.7\N{NO-BREAK SPACE}%", "of accounts change rep") in tiles(plan)


def test_what_is_missed_is_said(plan: tg.TerritoryPlan) -> None:
    ids = plan.accounts.loc[plan.accounts["territory"] == "R1", "id"].tolist()
    edited = plan.move(ids[:6], to="R2")
    said = dict(summary(edited))
    assert re.search(r"asked for was ±10.%, which R1 and R2 miss\.", said["Visits"])
    assert said["Search"] == "The plan was changed by hand after the search."
    assert "failed" in said["Checked"]


def test_each_territory_has_a_page_of_its_own(text: str, plan: tg.TerritoryPlan) -> None:
    page = Page(text)
    sections = [a["id"] for tag, a in page.tags if tag == "section"]
    assert sections == ["summary", "scorecard", "territory1", "territory2", "territory3", "changes", "method"]
    links = [a["href"] for tag, a in page.tags if tag == "a"]
    assert {f"#{name}" for name in sections} <= set(links)
    assert page.text.count("plan.xlsx") == 1  # all accounts fit their pages: only the moves are elsewhere
    assert "From Council Bluffs, IA: 14 accounts" in page.text
    assert ">Des Moines</text>" in text  # on the map, beside the pin of the home
    assert sum(tag == "svg" and a.get("class") == "map" for tag, a in page.tags) == 4


def test_nothing_is_fetched_and_nothing_runs_but_the_maps_scripts(text: str, plan: tg.TerritoryPlan) -> None:
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "object", "embed", "form", "base"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    policy = str(page.first("meta", **{"http-equiv": "Content-Security-Policy"})["content"])
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1]
    frame = page.first("iframe")
    assert frame["sandbox"] == "allow-scripts"
    inner = str(frame["srcdoc"])
    assert inner == map_with_today(plan, title="Iowa </style><b>", theme="auto").get_root().render()
    hashes = script_hashes(inner)
    assert hashes
    assert all(digest in policy for digest in hashes)
    addresses = [a.get(k) for _, a in page.tags for k in ("src", "href", "action", "data") if a.get(k)]
    assert {address.split(":")[0] for address in map(str, addresses)} <= {"data"} | {
        link for link in map(str, addresses) if link.startswith("#")
    }


def test_hostile_texts_are_shown_and_not_obeyed(text: str, plan: tg.TerritoryPlan) -> None:
    page = Page(text)
    assert {"img", "b2", "i2"} & {tag for tag, _ in page.tags} == set()
    for name in plan.accounts["name"]:
        assert name in page.text
    assert "Ann <i>West</i>" in page.text
    assert "Iowa </style><b>" in page.text
    assert "Draft & <i>" in page.text
    # In the style sheet, where the title runs along the top of each page, it is numbers.
    assert '"Iowa \\00003c\\00002fstyle\\00003e\\00003cb\\00003e"' in text


def test_the_same_plan_gives_the_same_page(text: str, plan: tg.TerritoryPlan) -> None:
    assert text == report_page(plan, title="Iowa </style><b>", note="Draft & <i>", workbook="plan.xlsx")


def test_a_plan_on_a_plane_without_reps_has_a_report_too(flat: tg.TerritoryPlan, tmp_path: Path) -> None:
    assert flat.report(tmp_path / "flat.html", workbook=False, interactive=False) == ["flat.html"]
    page = Page((tmp_path / "flat.html").read_text(encoding="utf-8"))
    assert "iframe" not in {tag for tag, _ in page.tags}
    assert [a["id"] for tag, a in page.tags if tag == "section"][-1] == "method"
    assert "script-src 'none'" in str(page.first("meta", **{"http-equiv": "Content-Security-Policy"})["content"])
    assert not (tmp_path / "flat.xlsx").exists()
    assert tg.report(flat, tmp_path / "flat.html", interactive=False) == ["flat.html", "flat.xlsx"]
    with pytest.raises(OptionError, match=r"must end in \.html\. Got 'flat\.pdf'"):
        flat.report(tmp_path / "flat.pdf")


def test_scripts_are_known_by_their_hash() -> None:
    page = "<script>a()</script><script type='application/json'>{}</script><script type='module'>b()</script>"
    assert len(script_hashes(page)) == 2
    assert script_hashes("<p>nothing</p>") == []
