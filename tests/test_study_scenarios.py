"""Studies with scenarios: what is inherited and changed, what is run again, what is asserted, how errors read."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from territory_geo.cli import app
from territory_geo.errors import DataError
from territory_geo.study import read_study, run_scenarios
from territory_geo.study.begin import begun
from territory_geo.study.json_schema import made, shipped
from territory_geo.study.lines import line_of, lines_of
from territory_geo.study.schema import scenario_study
from territory_geo.study.stating import problem_of
from territory_geo.study.traces import forget, key_of, read_record, write_record

STUDY = """\
name = "small"
[data]
accounts = "accounts.csv"
[design]
territories = 3
current = "rep"
balance = { visits = 0.5 }
[search]
iterations = 1
[outputs]
directory = "unused"
"""


def scenario(name: str, *keys: str) -> str:
    return "\n".join(["[[scenario]]", f'name = "{name}"', *keys, ""])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty accounts of three reps on a line, ten each: W, M, E."""
    random = np.random.default_rng(3)
    table = pd.DataFrame({"id": [f"K{i:02d}" for i in range(30)], "lon": -94 + 0.1 * np.arange(30)})
    table["lat"], table["visits"] = 42 + random.normal(0, 0.1, 30), 1
    table["revenue_usd"], table["rep"] = 10, np.repeat(["W", "M", "E"], 10)
    table.to_csv(tmp_path / "accounts.csv", index=False)
    return tmp_path


def write(folder: Path, *parts: str) -> Path:
    path = folder / "study.toml"
    path.write_text(STUDY + "".join(parts), encoding="utf-8")
    return path


def refusal(folder: Path, *parts: str) -> str:
    with pytest.raises(DataError) as caught:
        read_study(write(folder, *parts))
    return str(caught.value)


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        app, ["run", str(folder / "study.toml"), "--out", str(folder / "out"), *words]
    )  # fmt: skip
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_scenarios_inherit_and_change(folder: Path) -> None:
    study = read_study(write(
        folder,
        '[[lock]]\nunits = ["K00"]\nterritory = "W"\n',
        scenario("as it is"),
        scenario("tight", "balance = { visits = 0.2, revenue_usd = 0.4 }", 'weight = "revenue_usd"',
                 '[[scenario.lock]]\nunits = ["K29"]\nterritory = "E"'),
        scenario("tight, few", 'like = "tight"', "territories = 2", "disruption = [{ share = { revenue = 0.3 } }]",
                 "search = { iterations = 2 }", "design = { power = 2 }", "rules = { max_radius_km = 300 }"),
    ))  # fmt: skip
    as_it_is, tight, few = (scenario_study(study, i) for i in range(3))
    assert as_it_is.design == study.design.model_copy(update={"add_rep": [], "remove_rep": []})
    assert tight.design.balance == {"visits": 0.2, "revenue_usd": 0.4}
    assert tight.design.weight == "revenue_usd"
    assert [lock.units for lock in tight.lock] == [["K00"], ["K29"]]
    assert few.lock == tight.lock
    assert (few.design.territories, few.design.power, few.design.balance) == (2, 2, tight.design.balance)
    assert few.rules.disruption[0].share == {"revenue": 0.3}
    assert few.rules.max_radius_km == 300
    assert (few.search.iterations, tight.search.iterations, few.search.seed) == (2, 1, 0)
    assert few.outputs.save_plan
    assert few.outputs.title == "small: tight, few"


def test_reps_join_and_leave_without_a_file_of_reps(folder: Path) -> None:
    study = read_study(write(
        folder,
        scenario("M leaves", 'remove_rep = ["M"]'),
        scenario("Ann joins", 'add_rep = [{ rep_id = "Ann", lon = -92.5, lat = 42.0 }]'),
        scenario("both", 'like = "Ann joins"', 'remove_rep = ["M"]'),
        scenario("Z leaves", 'remove_rep = ["Z"]'),
    ))  # fmt: skip
    problems = [problem_of(scenario_study(study, i), folder, lambda *said: None) for i in range(3)]
    assert [problem.n_territories for problem in problems] == [2, 4, 3]
    assert [problem.named_territories for problem in problems] == [
        ("E", "W"),
        ("Ann", "E", "M", "W"),
        ("Ann", "E", "W"),
    ]
    assert problems[0].alignment is not None
    assert problems[0].alignment.counts() == {"held": 20, "nobody": 10, "gone": 0}
    assert [str(one) for one in problems[1].constraints] == ["unit K15 stays in Ann"]
    with pytest.raises(DataError, match=r"remove_rep: there is no rep 'Z' in the column rep\. Reps are E, M, W"):
        problem_of(scenario_study(study, 3), folder, lambda *said: None)


def test_reps_of_a_file_join_and_leave(folder: Path) -> None:
    reps = pd.DataFrame({"rep_id": list("WME"), "lon": [-93.5, -92.5, -91.5], "lat": 42.0, "capacity_hours": 100})
    reps.to_csv(folder / "reps.csv", index=False)
    given = 'design = { reps = "reps.csv" }'
    study = read_study(write(
        folder,
        scenario("file", given, "territories = 3"),
        scenario("change", 'like = "file"', "territories = 3", 'remove_rep = ["M"]',
                 'add_rep = [{ rep_id = "Ann", lon = -92.0, lat = 42.0, capacity_hours = 50 }]'),
        scenario("no hours", given, "territories = 4", 'add_rep = [{ rep_id = "Ann", lon = -92.0, lat = 42.0 }]'),
    ))  # fmt: skip
    problem = problem_of(scenario_study(study, 1), folder, lambda *said: None)
    assert problem.named_territories == ("Ann", "E", "W")
    assert problem.bounds("visits")[1].tolist() == [6, 12, 12]
    with pytest.raises(DataError, match=r"reps\.csv have hours \(capacity_hours\)"):
        problem_of(scenario_study(study, 2), folder, lambda *said: None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[scenario]]\nlike = "x"\n', "line 12, scenario[1].name: is needed."),
        (scenario("a") + scenario("b", "territories = 0"),
         "line 16, scenario[2].territories: must be at least 1. Got 0."),
        (scenario("a", "colour = 1"), "line 14, scenario[1].colour: is not known here. Allowed are name, like,"),
        (scenario("a", "design = { colour = 1 }"), "line 14, scenario[1].design.colour: is not known here. Allowed"),
        (scenario("a", 'balance = { visits = "x" }'), "line 14, scenario[1].balance.visits: must be a share from 0"),
        (scenario("a", '[[scenario.lock]]\nunits = ["a"]'), "line 14, scenario[1].lock[1].territory: is needed."),
        (scenario("a", 'like = "z"'), "line 12, scenario[1] (a): is like 'z', which is no scenario. Scenarios are a."),
        (scenario("a", 'like = "b"') + scenario("b", 'like = "a"'), "is like itself: a → b → a."),
        (scenario("a", 'design = { center = "home" }'), "line 12, scenario[1] (a): design: center home needs reps."),
        (scenario("a") + scenario("a"), "has two scenarios called 'a'"),
        (scenario("a") + '[[assertion]]\nfigure = "x"\n', "line 14, assertion[1]: needs most or least"),
        (scenario("a") + '[[assertion]]\nfigure = "x"\nmost = 1\nscenarios = ["b"]\n', "asserts something of 'b'."),
        ('[[assertion]]\nfigure = "x"\nmost = 1\n', "has assertions but no scenarios"),
    ],
)  # fmt: skip
def test_errors_name_line_key_and_what_is_allowed(folder: Path, text: str, said: str) -> None:
    assert said in refusal(folder, text)


def test_lines_of_keys() -> None:
    text = 'a = 1\n\n[b.c] # x\nd = [\n  "[e]", # ]\n]\n"f g" = { h = 1 }\n'
    text += '[[i]]\n[[i.j]]\nk = """\nl = 2\n"""\n[[i]]\nj.m = 3'
    found = lines_of(text)
    assert {place: found[place] for place in found if 0 not in place[2:]} == {
        ("a",): 1, ("b", "c"): 3, ("b", "c", "d"): 4, ("b", "c", "f g"): 7, ("b", "c", "f g", "h"): 7,
        ("i", 0): 8, ("i", 1): 13, ("i", 1, "j"): 14, ("i", 1, "j", "m"): 14,
    }  # fmt: skip
    assert found["i", 0, "j", 0, "k"] == 10
    assert line_of(found, ("i", 1, "j", "n", "o")) == 14
    assert line_of(found, ("z",)) is None


def test_the_hash_knows_content_and_files_but_not_where_it_goes(folder: Path) -> None:
    study = read_study(write(folder, scenario("a")))
    first = key_of(scenario_study(study, 0), folder)
    other = read_study(write(folder, scenario("b")))
    moved = other.model_copy(update={"outputs": other.outputs.model_copy(update={"directory": "elsewhere"})})
    assert first == key_of(scenario_study(read_study(write(folder, scenario("a"), "[comparison]\n")), 0), folder)
    assert key_of(scenario_study(moved, 0), folder) == key_of(scenario_study(other, 0), folder)
    changed = read_study(write(folder, scenario("a", "search = { seed = 1 }")))
    assert first != key_of(scenario_study(changed, 0), folder)
    with (folder / "accounts.csv").open("a", encoding="utf-8") as file:
        file.write("K99,-92,42,1,10,W\n")
    assert first != key_of(scenario_study(study, 0), folder)


@pytest.mark.slow
def test_only_what_changed_is_run_and_assertions_decide_the_exit_code(folder: Path) -> None:
    holds = '[[assertion]]\nfigure = "visits_deviation"\nmost = 0.5\n'
    write(folder, scenario("a"), holds)
    code, text = run(folder)
    assert code == 0, text
    assert "holds: a: visits_deviation is" in text
    written = (folder / "out" / "a" / "saved" / "labels.csv").stat().st_mtime_ns
    fails = '[[assertion]]\nfigure = "visits_spread"\nmost = 0.5\nscenarios = ["a"]\n'
    write(folder, scenario("a"), scenario("b", "territories = 2", "design = { contiguous = false }"), holds, fails)
    code, text = run(folder)
    assert code == 1
    assert "FAILS: a: visits_spread is 1" in text
    assert "; at most 0.5 is asserted." in text
    assert "(as before, not run again)" in text
    assert (folder / "out" / "a" / "saved" / "labels.csv").stat().st_mtime_ns == written
    record = json.loads((folder / "out" / "study.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["run"]) for one in record["scenarios"]] == [("a", False), ("b", True)]
    plans = pd.read_csv(folder / "out" / "comparison" / "plans.csv")
    assert plans["plan"].tolist() == ["today", "a", "b"]
    # What was written by hand into a folder is noticed.
    (folder / "out" / "b" / "plan.json").write_text("{}", encoding="utf-8")
    code, text = run(folder, "--json")
    assert [one["run"] for one in json.loads(text[text.index("{\n") :])["scenarios"]] == [False, True]
    write(folder, scenario("a"), scenario("b", "territories = 2", 'design = { contiguous = false }'),
          '[[assertion]]\nfigure = "visits_ginni"\nmost = 1\n')  # fmt: skip
    code, text = run(folder)
    assert code == 2
    assert "no figure is called 'visits_ginni'. Did you mean visits_gini?" in text


def test_a_record_holds_as_long_as_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    written = write_record(tmp_path, "key", {"name": "a", "status": "optimal"})
    assert read_record(tmp_path, "key") == written
    assert read_record(tmp_path, "other") is None
    (tmp_path / "plan.json").write_text("{ }", encoding="utf-8")
    assert read_record(tmp_path, "key") is None
    write_record(tmp_path, "key", {})
    forget(tmp_path)
    assert read_record(tmp_path, "key") is None
    (tmp_path / "scenario.json").write_text('{"key": ', encoding="utf-8")
    assert read_record(tmp_path, "key") is None


@pytest.mark.slow
def test_workers_bring_the_same_plans_and_what_has_no_plan_is_told(folder: Path) -> None:
    # Thirty visits cannot be shared out evenly among seven.
    none = scenario("none", "territories = 7", "balance = { visits = 0.0 }")
    study = read_study(write(folder, scenario("a"), scenario("b", "balance = { visits = 0.2 }"), none))
    told: dict[str, list[tuple[str, float, str]]] = {"alone": [], "together": []}
    alone = run_scenarios(study, base=folder, out=folder / "alone", progress=lambda *said: told["alone"].append(said))
    with ThreadPoolExecutor(2) as pool:
        together = run_scenarios(
            study, base=folder, out=folder / "together", executor=pool,
            progress=lambda *said: told["together"].append(said),
        )  # fmt: skip
    # Each scenario is told by its name, with its stage while it runs alone, and how it ended.
    assert any(said[0] == "a" and said[2].startswith("local search: ") for said in told["alone"])
    for said in told.values():
        ends = {name: text for name, share, text in said if share == 1.0 and name in ("a", "b", "none")}
        assert set(ends) == {"a", "b", "none"}
        assert ends["none"].startswith("infeasible after ")
        assert ("scenarios", 1.0, "3 of 3 done") in said
    for name in ("a", "b"):
        texts = [(folder / way / name / "assignments.csv").read_text() for way in ("alone", "together")]
        assert texts[0] == texts[1]
    assert alone.records["none"]["status"] == "infeasible"
    assert alone.records["none"]["reason"]
    assert alone.exit_code == together.exit_code == 3


@pytest.mark.slow
def test_an_interrupted_study_goes_on_where_it_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from territory_geo.study import scenarios

    study = read_study(write(folder, scenario("a"), scenario("b", "territories = 2"), scenario("c", "territories = 4")))
    whole, calls = scenarios._finished, []

    def stopped(job: Any, *more: Any) -> dict[str, Any]:
        calls.append(job.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(job, *more)

    monkeypatch.setattr(scenarios, "_finished", stopped)
    first = run_scenarios(study, base=folder, out=folder / "out")
    assert (first.interrupted, first.exit_code, list(first.records)) == (True, 130, ["a"])
    again = run_scenarios(study, base=folder, out=folder / "out")
    assert calls == ["a", "b", "b", "c"]
    assert [record["run"] for record in again.records.values()] == [False, True, True]
    assert again.exit_code == 0


def test_the_shipped_schema_is_the_one_that_is_checked_by(folder: Path) -> None:
    assert shipped() == made()
    schema = json.loads(shipped())
    assert set(schema["required"]) == {"data", "design"}
    assert {"scenario", "assertion", "comparison"} <= set(schema["properties"])
    assert CliRunner().invoke(app, ["schema"]).output == shipped()


def test_a_study_is_begun_from_a_file(folder: Path) -> None:
    (folder / "deep").mkdir()
    path = folder / "deep" / "begun.toml"
    done = CliRunner().invoke(app, ["new", str(folder / "accounts.csv"), "--out", str(path)])
    assert done.exit_code == 0, done.output
    study = read_study(path)
    assert study.data.accounts == "../accounts.csv"
    assert (study.data.id, study.data.lon, study.data.lat) == ("id", "lon", "lat")
    assert (study.design.territories, study.design.current) == (3, "rep")
    assert list(study.design.balance) == ["visits"]
    assert [one.name for one in study.scenario] == ["as asked", "tighter", "one more"]
    assert problem_of(scenario_study(study, 2), path.parent, lambda *said: None).n_territories == 4
    done = CliRunner().invoke(app, ["new", str(folder / "accounts.csv"), "--out", str(path)])
    assert done.exit_code == 2
    assert "exists and is kept" in done.output
    # What stands behind # is good too.
    text = path.read_text(encoding="utf-8")
    ideas = ["# [[scenario]]", '# name = "E leaves', "# remove_rep", "# like", "# balance", "# detour", "# time_limit"]
    ideas += ["# report"]
    for idea in ideas:
        assert idea in text
        text = text.replace(idea, idea.removeprefix("# "))
    path.write_text(text, encoding="utf-8")
    study = read_study(path)
    assert study.scenario[-2].remove_rep == ["E"]
    assert (study.scenario[-1].name, study.scenario[-1].like) == ("E leaves, tighter", "E leaves")
    last = scenario_study(study, len(study.scenario) - 1)
    assert (last.design.remove_rep, last.design.balance) == (["E"], {"visits": 0.05})
    done = CliRunner().invoke(app, ["new", str(path)])
    assert done.exit_code == 2
    assert "is a study already" in done.output


def test_hostile_names_stay_text(folder: Path) -> None:
    table = pd.read_csv(folder / "accounts.csv").rename(columns={"visits": 'a"]\n[x', "rep": "current\nrep"})
    table.to_csv(folder / 'new "file\n.csv', index=False)
    path = folder / "hostile.toml"
    path.write_text(begun(folder / 'new "file\n.csv', path), encoding="utf-8")
    study = read_study(path)
    assert study.data.accounts == 'new "file\n.csv'
    assert set(study.design.balance) <= {'a"]\n[x', "revenue_usd", "accounts"}
