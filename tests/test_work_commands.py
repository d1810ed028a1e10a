"""Commands `size` and `routes`, and the tables of a study about work: the same answers, files, and plain errors."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from territory_geo.cli import app
from territory_geo.errors import DataError, OptionError
from territory_geo.study import checked_study, read_study, run_study

RUN = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty accounts around two towns, two reps, three towns, an assignment."""
    place = tmp_path_factory.mktemp("work")
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"id": [f"K{i:02d}" for i in range(60)], "segment": "smb", "kind": "customer"})
    table["lon"], table["lat"] = np.repeat([-93.0, -91.0], 30) + rng.normal(0, 0.3, 60), 42 + rng.normal(0, 0.3, 60)
    table["potential_usd"] = rng.integers(1000, 9000, 60)
    table["revenue_usd"] = table["potential_usd"] // 2
    table["today"] = np.where(np.arange(60) % 10 == 0, "", np.where(table["lon"] < -92.2, "W", "E/1"))
    table.to_csv(place / "accounts.csv", index=False)
    pd.DataFrame({"territory": ["T01", "T02"], "quota": [100_000, 150_000]}).to_csv(
        place / "quotas_before.csv", index=False
    )
    owner = np.where(table["lon"] < -92, "W", "E/1")
    pd.DataFrame({"id": table["id"], "territory": owner}).to_csv(place / "assignments.csv", index=False)
    reps = pd.DataFrame({"rep_id": ["W", "E/1"], "lon": [-93.0, -91.0], "lat": 42.0, "capacity_hours": [100, 100]})
    reps.to_csv(place / "reps.csv", index=False)
    towns = pd.DataFrame({"name": ["Left", "Middle", "Right"], "lon": [-93.2, -92, -90.8], "lat": 42.1})
    towns.to_csv(place / "towns.csv", index=False)
    joins = pd.DataFrame({"rep_id": ["N1"], "lon": [-92.0], "lat": [42.0]})
    joins.to_csv(place / "joins.csv", index=False)
    return place


def run(*words: object) -> tuple[int, str]:
    done = RUN.invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def test_size_reads_a_sheet_in_a_reference_system_and_text_as_written_abroad(folder, tmp_path):
    """The same accounts in degrees, in Web Mercator on a sheet of a workbook, and with decimal commas need as much."""
    table = pd.read_csv(folder / "accounts.csv")
    plane = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(3857)
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        pd.DataFrame({"note": ["nothing here"]}).to_excel(book, sheet_name="About", index=False)
        sheet = table.drop(columns=["lon", "lat"]).assign(x=plane.x, y=plane.y)
        sheet.to_excel(book, sheet_name="Accounts", index=False)
    table.assign(segment="smb").to_csv(tmp_path / "text.csv", sep=";", decimal=",", index=False, encoding="cp1252")
    ways = {
        "degrees": [folder / "accounts.csv"],
        "sheet": [tmp_path / "book.xlsx", "--layer", "Accounts", "--crs", "EPSG:3857", "--lon", "x", "--lat", "y"],
        "text": [tmp_path / "text.csv", "--delimiter", ";", "--decimal", ",", "--encoding", "cp1252"],
    }
    more = ["--value", "potential_usd", "--policy", "default", "--reps", folder / "reps.csv", "--json"]
    found = {}
    for name, words in ways.items():
        code, text = run("size", *words, *more, "--towns", folder / "towns.csv", "--out", tmp_path / name)
        assert code == 0, text
        found[name] = pd.DataFrame(json.loads(text)["sweep"]).set_index("reps")[["hours", "potential_covered"]]
    for name in ("sheet", "text"):
        pd.testing.assert_frame_equal(found[name], found["degrees"], rtol=1e-6)
    code, text = run("size", *ways["sheet"][:1], "--layer", "Nowhere", *more, "--out", tmp_path / "no")
    assert code == 2
    assert "Nowhere" in text
    assert "Accounts" in text


@pytest.mark.parametrize(("part", "more"), [("size", 'value = "potential_usd"'), ("growth", "rates = { smb = 0.1 }")])
def test_a_file_that_is_not_there_is_told_before_the_design(folder, tmp_path, part, more):
    study = tmp_path / "study.toml"
    study.write_text(
        f"""
        [data]
        accounts = {str(folder / "accounts.csv")!r}
        [design]
        territories = 2
        balance = {{ potential_usd = 0.2 }}
        [{part}]
        {more}
        reps = "repz.csv"
        [workload]
        policy = "default"
        """
    )
    said = []
    with pytest.raises(DataError, match=rf"{part}\.reps names .*repz\.csv, which does not exist"):
        run_study(read_study(study), base=tmp_path, out=tmp_path / "out", progress=lambda *told: said.append(told))
    assert said == []


def test_size(folder, tmp_path):
    base = ["size", folder / "accounts.csv", "--value", "potential_usd", "--policy", "default", "--out", tmp_path,
            "--reps", folder / "reps.csv", "--towns", folder / "towns.csv"]  # fmt: skip
    code, text = run(*base)
    assert code == 0, text
    assert "reps cover all visits; today there are 2." in text
    assert "accounts are not reached in full" in text
    sweep = pd.read_csv(tmp_path / "sizing.csv")
    assert sweep["reps"].tolist() == [1, 2, 3, 4, 5]
    assert pd.read_csv(tmp_path / "uncovered.csv")["value_per_hour"].is_monotonic_increasing
    code, text = run(*base, "--json")
    record = json.loads(text)
    assert record["current"] == 2
    assert len(record["sweep"]) == 5
    assert record["sweep"][1]["hours"] == pytest.approx(sweep["hours"].iloc[1], rel=1e-4)


def test_size_tells_what_must_change_rep(folder, tmp_path):
    code, text = run(
        "size", folder / "accounts.csv", "--value", "potential_usd", "--policy", "default", "--out", tmp_path,
        "--reps", folder / "reps.csv", "--towns", folder / "towns.csv", "--current", "today", "--span", 1,
    )  # fmt: skip
    assert code == 0, text
    sweep = pd.read_csv(tmp_path / "sizing.csv", index_col="reps")
    assert (sweep[["changes_rep", "value_changes_rep"]] >= 0).all(axis=None)
    # Without one of two, all accounts of the one who leaves change rep.
    held = pd.read_csv(folder / "accounts.csv")["today"].value_counts()
    assert sweep.loc[1, "changes_rep"] == pytest.approx(held.min() / held.sum(), rel=1e-4)
    assert "of accounts change rep at least" in text


def test_routes(folder, tmp_path):
    code, text = run(
        "routes", folder / "accounts.csv", "--assignments", folder / "assignments.csv", "--policy", "default", "--out",
        tmp_path, "--reps", folder / "reps.csv", "--weeks", 2, "--start", "2026-03-02",
    )  # fmt: skip
    assert code == 0, text
    table = pd.read_csv(tmp_path / "routes.csv")
    assert table["territory"].tolist() == ["E/1", "W"]
    # No name of a territory leads out of the folder.
    assert {path.name for path in tmp_path.iterdir()} == {"routes.csv", "E_1", "W"}
    visits = pd.read_csv(tmp_path / "W" / "visits.csv")
    assert visits["date"].between("2026-03-02", "2026-03-13").all()
    assert len(visits) == table["visits"].iloc[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "monday"], "--start must be a date such as 2026-01-05. Got 'monday'"),
        (["--start", "2026-01-06"], "must be a Monday"),
        (["--weeks", "0"], "--weeks must be at least 1"),
        (["--territory", "X"], "no territory 'X'. Territories: E/1, W"),
        (["--policy", "none.csv"], "none.csv does not exist"),
    ],
)
def test_what_is_wrong_is_said(folder, tmp_path, words, said):
    base = ["routes", folder / "accounts.csv", "--assignments", folder / "assignments.csv", "--out", tmp_path]
    code, text = run(*base, *([] if "--policy" in words else ["--policy", "default"]), *words)
    assert code == 2
    assert said in text


def test_columns_of_ones_own(folder, tmp_path):
    table = pd.read_csv(folder / "accounts.csv").rename(columns={"id": "Customer", "segment": "Class", "kind": "Type"})
    table["Calls"], table["Length"] = 12, 60
    table.to_csv(tmp_path / "own.csv", index=False)
    towns = ["--towns", folder / "towns.csv", "--reps", folder / "reps.csv", "--span", 0, "--json"]
    base = ["size", tmp_path / "own.csv", "--value", "potential_usd", "--out", tmp_path / "out", *towns]
    code, text = run(*base)
    assert (code, "Name theirs (--visits, --minutes), or a call policy (--policy default" in text) == (2, True)
    code, text = run(*base, "--visits", "Calls", "--minutes", "Length", "--id", "Customer")
    assert code == 0, text
    usual = {"Calls": "visits_per_year", "Length": "visit_minutes"}
    table.rename(columns=usual).to_csv(tmp_path / "usual.csv", index=False)
    assert text == run(base[0], tmp_path / "usual.csv", *base[2:])[1]
    table.assign(Length=table["Length"].where(table.index != 3)).to_csv(tmp_path / "gap.csv", index=False)
    short = run(base[0], tmp_path / "gap.csv", *base[2:], "--visits", "Calls", "--minutes", "Length")[1]
    assert "1 row of" in short
    assert "row 4: visit_minutes is missing" in short
    code, text = run(*base, "--visits", "Phone", "--minutes", "Length")
    assert (code, "no column 'Phone' for visits_per_year" in text) == (2, True)
    code, text = run(*base, "--policy", "default", "--segment", "Class")
    assert (code, "Name another (--kind)" in text) == (2, True)
    code, text = run(*base, "--policy", "default", "--segment", "Class", "--kind", "Type", "--id", "Customer")
    assert text == run("size", folder / "accounts.csv", *base[2:], "--policy", "default")[1]


def test_territories_of_equal_work(folder, tmp_path):
    base = ["design", folder / "accounts.csv", "-k", 2, "--balance", "workload:0.2", "--iterations", 4, "--out"]
    code, text = run(*base, tmp_path / "a", "--policy", "default", "--max-nights", 0)
    assert code == 0, text
    territories = pd.read_csv(tmp_path / "a" / "territories.csv")
    assert territories["workload_deviation"].abs().max() <= 0.2
    assert territories["workload"].sum() > 60 * 4 * 40 / 60
    code, text = run(*base, tmp_path / "b")
    assert (code, "--policy default" in text) == (2, True)
    own = pd.read_csv(folder / "accounts.csv").assign(workload=5, visits_per_year=1, visit_minutes=30)
    own.to_csv(tmp_path / "own.csv", index=False)
    base[1] = tmp_path / "own.csv"
    code, text = run(*base, tmp_path / "c")
    assert (code, "have a column 'workload'" in text) == (2, True)


def test_assignments_must_fit(folder, tmp_path):
    short = pd.read_csv(folder / "assignments.csv").iloc[1:]
    short.to_csv(tmp_path / "short.csv", index=False)
    base = ["routes", folder / "accounts.csv", "--policy", "default", "--out", tmp_path, "--assignments"]
    assert "gives no territory to 1 account, such as K00" in run(*base, tmp_path / "short.csv")[1]
    assert "has no column territory" in run(*base, folder / "accounts.csv")[1]
    code, text = run("size", folder / "accounts.csv", "--value", "gold", "--policy", "default", "--out", tmp_path)
    assert (code, "gold" in text) == (2, True)


def test_a_study_with_everything(folder, tmp_path):
    (folder / "study.toml").write_text(
        """
        [data]
        accounts = "accounts.csv"
        [design]
        territories = 2
        balance = { workload = 0.2 }
        [workload]
        policy = "default"
        max_nights = 2
        kmh = [60.0]
        upto_km = []
        [size]
        value = "potential_usd"
        reps = "reps.csv"
        towns = "towns.csv"
        span = 1
        [routes]
        weeks = 2
        start = 2026-03-02
        [growth]
        rates = { smb = 0.5 }
        years = 3
        reps = "reps.csv"
        towns = "towns.csv"
        [extend]
        reps = "joins.csv"
        disruption = { accounts = 0.9 }
        [[overlay]]
        name = "pumps / all"
        territories = 1
        balance = { potential_usd = 0.5 }
        span = [1, 2]
        [[overlay]]
        name = "too many"
        territories = 2
        balance = { potential_usd = 0.5 }
        span = [2, 2]
        [quotas]
        total = 300_000
        history = "revenue_usd"
        potential = "potential_usd"
        before = "quotas_before.csv"
        [search]
        iterations = 8
        """
    )
    result = run_study(read_study(folder / "study.toml"), base=folder, out=tmp_path)
    assert result.solution.status == "feasible"
    assert result.solution.plan.verify().passed("workload")
    territories = pd.read_csv(tmp_path / "territories.csv")
    assert territories["workload_deviation"].abs().max() <= 0.2
    assert pd.read_csv(tmp_path / "size" / "sizing.csv")["reps"].tolist() == [1, 2, 3]
    assert (tmp_path / "routes" / "T01" / "calendar.ics").is_file()
    assert pd.read_csv(tmp_path / "routes" / "routes.csv")["visits"].sum() > 0
    growth = pd.read_csv(tmp_path / "growth" / "growth.csv")
    assert growth["accounts"].tolist() == pytest.approx([60, 90, 135, 202.5])
    assert growth["reps"].tolist() == (2 + growth["hired"].cumsum()).tolist()
    changes = pd.read_csv(tmp_path / "extend" / "changes.csv").set_index("territory")
    assert set(changes.index) == {"T01", "T02", "N1"}
    moves = pd.read_csv(tmp_path / "extend" / "moves.csv")
    assert len(moves) == changes["came"].sum() >= changes.loc["N1", "accounts"] > 0
    notes = {note.partition(":")[0]: note for note in result.notes if not note.startswith("Overlay")}
    assert list(notes) == ["Size", "Growth", "Extend", "Quotas", "Routes"]
    # The sweep goes one beyond both: what is needed is the first number of reps that covers all.
    covered = pd.read_csv(tmp_path / "size" / "sizing.csv").set_index("reps")["visits_covered"]
    assert (covered < 1).all()
    assert notes["Size"].startswith("Size: ")
    assert notes["Size"].endswith(f" reps for all visits, today 2; see {tmp_path / 'size'}.")
    assert int(notes["Size"].split()[1]) > covered.index.max()
    first = growth[growth["hired"] > 0]["year"].iloc[0]
    assert ("today" if first == 0 else f"year {first}") in notes["Growth"]
    assert notes["Extend"].startswith("Extend: 2 neighbours, new: N1; 0 new accounts, ")
    assert notes["Quotas"].startswith("Quotas: 300,000 in all, of which ")
    visits = pd.read_csv(tmp_path / "routes" / "routes.csv")["visits"].sum()
    assert notes["Routes"].startswith(f"Routes: {visits:,} visits in 2 weeks, ")
    overlays = [note for note in result.notes if note.startswith("Overlay")]
    partners = pd.read_csv(tmp_path / "overlays" / "pumps _ all" / "partners.csv")
    assert partners[["specialist", "generalist"]].to_numpy().tolist() == [["S01", "T01"], ["S01", "T02"]]
    assert overlays[0].startswith("Overlay pumps / all: 1 specialist with 2 territories each, ")
    assert overlays[1].startswith("Overlay too many: no plan: ")
    assert result.exit_code == 3
    outcome = json.loads((tmp_path / "overlays" / "too many" / "plan.json").read_text())
    assert outcome["status"] == "infeasible"
    assert overlays[1].endswith(f"What would do: {'; '.join(outcome['remedies'])}.")
    assert not (tmp_path / "overlays" / "too many" / "assignments.csv").exists()
    quotas = pd.read_csv(tmp_path / "quotas" / "quotas.csv")
    assert quotas["quota"].sum() == pytest.approx(300_000)
    assert quotas["before"].tolist() == [100_000, 150_000]
    assert pd.read_csv(tmp_path / "quotas" / "fairness.csv")["quotas"].tolist() == ["before", "after"]
    assert pd.read_csv(tmp_path / "quotas" / "explained.csv")["explained"].str.contains("can be expected").all()
    pictures = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.png")}
    weeks = {"routes/T01/weeks.png", "routes/T02/weeks.png"}
    assert pictures == {"size/sizing.png", "growth/growth.png", "quotas/quotas.png", *weeks}
    # The extended plan is there like any other, with its map.
    extended = pd.read_csv(tmp_path / "extend" / "assignments.csv")
    assert set(extended["territory"]) == {"T01", "T02", "N1"}
    assert (tmp_path / "extend" / "map.html").is_file()


def test_routes_of_nobody_are_refused_before_the_search(folder, tmp_path):
    content = {
        "data": {"accounts": str(folder / "accounts.csv")}, "workload": {"policy": "default"},
        "design": {"reps": str(folder / "reps.csv"), "balance": {"workload": 0.3}}, "routes": {"territories": ["T01"]},
    }  # fmt: skip
    with pytest.raises(OptionError, match=r"routes\.territories names 'T01'. Territories: W, E/1"):
        run_study(checked_study(content, "s"), out=tmp_path / "out")
    assert not (tmp_path / "out" / "plan.json").exists()


def test_work_drives_on_the_ways_of_the_design(folder, tmp_path):
    accounts = pd.read_csv(folder / "accounts.csv")
    x = accounts["lon"].to_numpy()
    a, b = (part.ravel() for part in np.meshgrid(np.arange(60), np.arange(60)))
    ways = pd.DataFrame({"from": accounts["id"].to_numpy()[a], "to": accounts["id"].to_numpy()[b]})
    ways["km"], ways["hours"] = np.abs(x[a] - x[b]) * 100, np.abs(x[a] - x[b]) * 3
    ways.to_csv(tmp_path / "ways.csv", index=False)
    content = {
        "data": {"accounts": str(folder / "accounts.csv")},
        "design": {"territories": 2, "balance": {"workload": 0.3}, "distances": str(tmp_path / "ways.csv")},
        "workload": {"policy": "default"}, "search": {"iterations": 4}, "routes": {"weeks": 1, "rounds": 50},
    }  # fmt: skip
    plan = run_study(checked_study(content, "s"), out=tmp_path / "out").solution.plan
    assert plan.verify().passed("workload")
    center = plan.centers.xy[plan.codes]
    stem = plan.problem.work.stem_hours(center)
    assert stem == pytest.approx(np.abs(center[:, 0] - plan.problem.units.xy[:, 0]) * 3, abs=1e-9)
    # Speeds of its own are meant: then straight lines with them.
    own = checked_study({**content, "workload": {"policy": "default", "kmh": [50.0], "upto_km": []}}, "s")
    straight = run_study(own, out=tmp_path / "own").solution.plan
    assert straight.problem.workload.rules.distance.speed.kmh == (50.0,)


def test_wrong_keys_are_listed():
    content = {
        "data": {"accounts": "a.csv"}, "design": {"territories": 2, "balance": {"workload": 0.1}},
        "workload": {"hours": 8}, "size": {"span": 1}, "routes": {"weeks": 0},
    }  # fmt: skip
    with pytest.raises(Exception, match=r"workload\.hours: is not known here") as error:
        checked_study(content, "study.toml")
    assert "size.value: is needed" in str(error.value)
    assert "routes.weeks: must be at least 1" in str(error.value)


def test_a_study_says_which_products_nobody_reaches(folder, tmp_path):
    accounts = pd.read_csv(folder / "accounts.csv")
    west = accounts["lon"] < -92
    accounts["product_line"] = np.where(west, "pumps", np.where(accounts.index % 2 == 0, "pumps;valves", "valves"))
    accounts.to_csv(tmp_path / "accounts.csv", index=False)
    pd.read_csv(folder / "reps.csv").assign(skills=["pumps", ""]).to_csv(tmp_path / "reps.csv", index=False)
    study = tmp_path / "study.toml"
    text = """
        [data]
        accounts = "accounts.csv"
        [design]
        reps = "reps.csv"
        balance = { accounts = 0.1 }
        [search]
        iterations = 1
        [[overlay]]
        name = "pumps"
        territories = 1
        products = ["pumps"]
        balance = { accounts = 0.5 }
        span = [2, 2]
        """
    study.write_text(text, encoding="utf-8")
    result = run_study(read_study(study), base=tmp_path, out=tmp_path / "out")
    assert result.exit_code == 0
    # W sells pumps wherever she is, and so does the specialist; nobody knows valves.
    owner = result.solution.plan.accounts["territory"].to_numpy()
    both = int(((owner == "W") & accounts["product_line"].str.contains("pumps").to_numpy()).sum())
    assert 25 < both < 34
    assert result.notes[1:] == (
        "Nobody with the skill reaches valves at 30 accounts.",
        f"{both} times a rep and a specialist sell the same product to the same account: conflicts.csv.",
    )
    place = tmp_path / "out" / "overlays"
    coverage = pd.read_csv(place / "coverage.csv").set_index("product")
    assert coverage["not_reached"].to_dict() == {"pumps": 0, "valves": 30}
    assert len(pd.read_csv(place / "uncovered.csv")) == 30
    assert len(pd.read_csv(place / "conflicts.csv")) == both
    # A product that nobody buys is refused before anything is designed.
    study.write_text(text.replace('["pumps"]', '["pmups"]'), encoding="utf-8")
    with pytest.raises(DataError, match="No account has the product 'pmups'"):
        run_study(read_study(study), base=tmp_path, out=tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('name = "a"\nterritories = 2\nspan = [2, 3]\nsplit_cost = 1', "Leave one of them out"),
        ('name = "a"', "overlay[1]: needs territories (how many specialists) or reps"),
        ('name = "a"\nterritories = 2\nspan = [3, 2]', "overlay[1]: needs a span from the least to the most"),
        (
            'name = "a"\nterritories = 2\nspeed = 2',
            "overlay[1].speed: is not known here. Allowed are name, territories",
        ),
        (
            'name = "a"\nterritories = 2\n[[overlay]]\nname = "a"\nterritories = 3\nbalance = { visits = 0.1 }',
            "several overlays called 'a'",
        ),
    ],
)
def test_overlays_that_cannot_be(keys, words, tmp_path):
    text = '[data]\naccounts = "a.csv"\n[design]\nterritories = 2\nbalance = { visits = 0.1 }\n'
    path = tmp_path / "study.toml"
    path.write_text(f"{text}[[overlay]]\nbalance = {{ visits = 0.1 }}\n{keys}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_study(path)
    assert words in str(caught.value)
