"""Study files: what they may say, how errors read, where paths start, and what locks and bans do."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.study import Result, checked_study, read_study, run_study

GOOD = """
name = "A study"
[data]
accounts = "inputs/points.csv"
[design]
territories = 3
balance = { visits = { lower = 8, upper = 12 } }
[search]
iterations = 5
[outputs]
directory = "unused"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with inputs/points.csv: 30 accounts on a line, 007 and 008 on one spot, one visit each."""
    (tmp_path / "inputs").mkdir()
    table = pd.DataFrame({"id": [f"{i:03d}" for i in range(30)], "lon": [10 + i / 10 for i in range(30)]})
    table["lat"], table["visits"] = 50.0, 1
    table.loc[8, "lon"] = table.loc[7, "lon"]
    table.to_csv(tmp_path / "inputs" / "points.csv", index=False)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(folder: Path, text: str) -> Result:
    path = write(folder, text)
    return run_study(read_study(path), base=folder, out=folder / "out")


def refusal(folder: Path, text: str) -> str:
    """Return the message with which a study file is refused, without the file's path."""
    path = write(folder, text)
    with pytest.raises(DataError) as caught:
        read_study(path)
    assert str(caught.value).startswith(f"{path} ")
    return str(caught.value).removeprefix(f"{path} ")


def test_paths_start_from_the_base_and_a_range_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    result = run(folder, GOOD)
    assert result.solution.status == "optimal"
    assert result.solution.plan is not None
    assert result.solution.plan.territories["visits"].between(8, 12).all()
    record = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))
    assert (record["balance"]["visits"]["lower"], record["balance"]["visits"]["upper"]) == (8, 12)
    assert not Path("/unused").exists()


def test_the_output_folder_starts_from_where_one_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")
    run_study(read_study(write(folder, GOOD)), base=folder)
    assert (folder / "here" / "unused" / "assignments.csv").exists()


def test_the_output_folder_may_come_from_the_command(folder: Path) -> None:
    study = read_study(write(folder, GOOD.replace('directory = "unused"', "")))
    with pytest.raises(OptionError, match="names no folder for the files"):
        run_study(study, base=folder)
    assert (run_study(study, base=folder, out=folder / "given").directory / "assignments.csv").exists()


WRONG = [
    # (what to replace, by what, what the message says)
    ('name = "A study"', 'nam = "A study"', "nam: is not known here. Did you mean name? Allowed are name, data, de"),
    ('name = "A study"', "name = 3", "name: must be text. Got 3."),
    ("territories = 3", "territories = 0", "design.territories: must be at least 1. Got 0."),
    ("territories = 3", 'territories = "3"', "design.territories: must be a whole number. Got '3'."),
    ("territories = 3", "territories = true", "design.territories: must be a whole number. Got True."),
    ("territories = 3", "", "design: territories (how many) is needed, or reps"),
    ("territories = 3", "territories = 3\npower = 3", "design.power: must be 1 or 2. Got 3."),
    ("territories = 3", 'territories = 3\nislands = "x"', "design.islands: must be 'bridge', 'attach', 'allow' or"),
    ("{ lower = 8, upper = 12 }", "-0.1", "design.balance.visits: must be a share from 0 to 1 (0.1 is ±10 %)"),
    ("{ lower = 8, upper = 12 }", '"10 %"', "or a range { lower = …, upper = … }. Got '10 %'."),
    ("{ lower = 8, upper = 12 }", "nan", "design.balance.visits: must be a share"),
    ("upper = 12 }", "upper = 7 }", "design.balance.visits: needs lower <= upper. Got lower 8, upper 7."),
    ("upper = 12 }", "upper = inf }", "design.balance.visits.upper: must be a finite number. Got inf."),
    ("lower = 8, ", "", "design.balance.visits.lower: is needed."),
    ("upper = 12 }", "upper = 12, mean = 9 }", "visits.mean: is not known here. Allowed are lower, upper"),
    ("balance = { visits = { lower = 8, upper = 12 } }", "balance = {}", "design.balance: must not be empty. Got {}."),
    ("iterations = 5", "iterations = 0.5", "search.iterations: must be a whole number. Got 0.5."),
    ("iterations = 5", "time_limit = 0", "search.time_limit: must be above 0"),
    ('accounts = "inputs/points.csv"', "", "data: needs exactly one of source, accounts, areas. Got none."),
    ("[search]", '[[lock]]\nunits = []\nterritory = "W"\n[search]', "lock[1].units: must not be empty. Got []."),
    ("[search]", '[[forbid]]\nunits = ["a"]\n[search]', "forbid[1].territory: is needed."),
    ("[search]", '[lock]\nunits = ["a"]\n[search]', "lock: must be a list."),
    ('directory = "unused"', "directory = 3", "outputs.directory: must be text. Got 3."),
    ("[data]", "[data", "is not valid TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_each_error_names_the_key_what_is_allowed_and_what_came(old: str, new: str, words: str, folder: Path) -> None:
    assert old in GOOD
    message = refusal(folder, GOOD.replace(old, new))
    assert words in message
    if "TOML" not in words:
        assert message.count("\n") == 1


def test_several_errors_are_told_at_once(folder: Path) -> None:
    text = GOOD.replace("territories = 3", "territories = -1\ncolour = 2").replace("iterations = 5", "seed = -1")
    text = text.replace("{ lower = 8, upper = 12 }", '"much"')
    told = refusal(folder, text).splitlines()
    assert told[0] == "cannot be used:"
    assert sorted(line.split(":")[0].strip() for line in told[1:]) == [
        "line 10, search.seed", "line 6, design.territories", "line 7, design.colour", "line 8, design.balance.visits",
    ]  # fmt: skip


def test_files_that_are_no_studies(folder: Path) -> None:
    for path, words in ((folder / "none.toml", "does not exist"), (folder / "inputs", "cannot be read")):
        with pytest.raises(DataError, match=words):
            read_study(path)
    (folder / "study.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not valid TOML"):
        read_study(folder / "study.toml")
    (folder / "study.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_study(folder / "study.toml").name == "A study"


def test_statements_name_accounts_and_hold_for_their_units(folder: Path) -> None:
    (folder / "inputs" / "locks.csv").write_text("id,action,to\n029,lock,West\n", encoding="utf-8")
    said = '[[lock]]\nunits = ["008", "009"]\nterritory = "East"\n'
    said += '[[forbid]]\nunits = ["000"]\nterritory = "West"\n[search]'
    text = GOOD.replace("[search]", said).replace("territories = 3", 'territories = 3\nlock_file = "inputs/locks.csv"')
    result = run(folder, text.replace("lower = 8", "lower = 7"))
    plan = result.solution.plan
    assert plan is not None
    owner = plan.accounts.set_index("id")["territory"]
    assert (owner["007"], owner["008"], owner["009"], owner["029"]) == ("East", "East", "East", "West")
    assert owner["000"] != "West"
    assert plan.verify().passed("constraints")
    assert [str(c) for c in result.problem.constraints] == [
        "2 units (007, 009) stay in East", "unit 000 is kept out of West", "unit 029 stays in West",
    ]  # fmt: skip


def test_locks_that_contradict_each_other_are_refused(folder: Path) -> None:
    (folder / "locks.csv").write_text("id,action,to\n008,lock,West\nnobody,lock,West\n", encoding="utf-8")
    text = GOOD.replace("[search]", '[[lock]]\nunits = ["007"]\nterritory = "East"\n[search]')
    with pytest.raises(DataError) as caught:
        run(folder, text.replace("territories = 3", 'territories = 3\nlock_file = "locks.csv"'))
    assert str(caught.value).splitlines()[1:] == [
        "  locks.csv row 1: '008', on one spot with '007' (unit 007), is locked to West, but lock[1] says East",
        "  locks.csv row 2: 'nobody' is no account of points.csv",
    ]
    assert not (folder / "out").exists()


@pytest.mark.parametrize("key", ['layer = "x"', "planar = true", 'lon = "x"'])
def test_options_that_do_not_fit_the_file_are_not_ignored(key: str, folder: Path) -> None:
    name = "points.csv" if key.startswith("layer") else "points.geojson"
    (folder / "inputs" / "points.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    text = GOOD.replace('accounts = "inputs/points.csv"', f'accounts = "inputs/{name}"\n{key}')
    with pytest.raises(OptionError, match="cannot be used here"):
        run(folder, text)


def test_the_studies_of_the_demo_are_good(repository: Path) -> None:
    for name in ("demo_accounts.toml", "demo_counties.toml"):
        assert read_study(repository / "data" / name).search.seed == 7


def test_content_may_come_from_elsewhere() -> None:
    content = {"data": {"source": "a.csv"}, "design": {"territories": "x"}, "outputs": {"directory": "o"}}
    with pytest.raises(DataError, match=r"The form cannot be used:\n  Number: must be a whole number\. Got 'x'\."):
        checked_study(content, "The form", {"design.territories": "Number"})


def test_design_in_one_call(folder: Path) -> None:
    solution = tg.design(
        folder / "inputs" / "points.csv", n_territories=3, balance={"visits": 0.2}, stop=tg.MaxIterations(5)
    )
    assert solution.plan is not None
    assert solution.plan.territories["visits"].between(8, 12).all()
    with pytest.raises(OptionError, match="must be a mapping"):
        tg.design(folder / "inputs" / "points.csv", n_territories=3, balance="visits")  # type: ignore[arg-type]


def ways(folder: Path, *, hours: bool = True) -> None:
    """Write a table of the ways between all places of the folder's accounts."""
    ids = [f"{i:03d}" for i in range(30) if i != 8]
    rows = [(a, b, abs(int(a) - int(b)), abs(int(a) - int(b)) / 60) for a in ids for b in ids if a != b]
    frame = pd.DataFrame(rows, columns=["origin", "destination", "km", "hours"])
    (frame if hours else frame.drop(columns="hours")).to_csv(folder / "inputs" / "ways.csv", index=False)


def test_a_table_of_distances_in_a_study(folder: Path) -> None:
    ways(folder)
    text = GOOD.replace("territories = 3", 'territories = 3\ndistances = "inputs/ways.csv"\nminimise = "hours"')
    result = run(folder, text)
    assert isinstance(result.problem.distance, tg.DistanceMatrix)
    travel = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))["travel"]
    assert travel["minimised"] == "hours"
    assert travel["mean_hours"] == pytest.approx(travel["mean_km"] / 60)
    ways(folder, hours=False)
    with pytest.raises(OptionError, match="no hours to minimise"):
        run(folder, text)


def test_options_of_distances_that_do_not_fit(folder: Path) -> None:
    lonely = GOOD.replace("territories = 3", 'territories = 3\nminimise = "hours"')
    assert "minimise hours needs roads or distances. Name an OpenStreetMap extract" in refusal(folder, lonely)
    both = GOOD.replace("territories = 3", 'territories = 3\ndetour = 1.3\ndistances = "inputs/ways.csv"')
    assert "a file of distances has its detours in it. Leave one out." in refusal(folder, both)
