"""Call policies: what rules say, which accounts they fit, and what is wrong with a table."""

from __future__ import annotations

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.demand.policy import CallPolicy
from territory_geo.errors import DataError

RULES = [
    ("A", "customer", "visit", 12, 60),
    ("A", "customer", "phone", 6, 30),
    ("A", "*", "visit", 2, 45),
    ("*", "*", "phone", 4, 15),
]


@pytest.fixture
def policy() -> CallPolicy:
    """Customers of A: visits and calls; others of A: visits; everybody else: calls only."""
    return CallPolicy(pd.DataFrame(RULES, columns=["segment", "kind", "channel", "per_year", "minutes"]))


@pytest.fixture
def accounts() -> pd.DataFrame:
    return pd.DataFrame({"segment": ["A", " a ", "B", None], "kind": ["customer", "prospect", "customer", None]})


def test_the_narrowest_rule_counts_and_channels_do_not_mix(policy, accounts):
    done = policy.apply(accounts)
    assert done["visits_per_year"].tolist() == [12, 2, 0, 0]
    assert done["visit_minutes"].tolist() == [60, 45, 0, 0]
    assert done["remote_hours"].tolist() == [3, 0, 1, 1]
    assert "visits_per_year" not in accounts


def test_visits_of_their_own_stay_unless_asked_otherwise(policy, accounts):
    own = accounts.assign(visits_per_year=[5, None, 7, None], visit_minutes=[20, 20, None, None])
    assert policy.apply(own)["visits_per_year"].tolist() == [5, 2, 7, 0]
    assert policy.apply(own)["visit_minutes"].tolist() == [20, 20, 0, 0]
    assert policy.apply(own, replace_own=True)["visits_per_year"].tolist() == [12, 2, 0, 0]
    assert policy.report(own)["own"].sum() == 2


def test_a_policy_may_leave_out_what_it_does_not_go_by(accounts):
    policy = CallPolicy(pd.DataFrame({"segment": ["A", "*"], "per_year": [6, 1], "minutes": [60, 30]}))
    done = policy.apply(accounts.drop(columns="kind"))
    assert done["visits_per_year"].tolist() == [6, 6, 1, 1]
    with pytest.raises(DataError, match="segment or kind or both"):
        CallPolicy(pd.DataFrame({"class": ["A"], "per_year": [6], "minutes": [60]}))


def test_the_report_adds_up(policy, accounts):
    report = policy.report(accounts)
    assert report["accounts"].sum() == 4
    assert report["visits"].sum() == 14
    assert report["visit_hours"].sum() == 12 + 1.5
    assert report["remote_hours"].sum() == 5


def test_accounts_without_a_rule_are_counted(policy):
    narrow = CallPolicy(policy.table[policy.table["segment"] == "a"])
    with pytest.raises(DataError, match=r"no rule for 3 accounts: b/customer \(2 accounts\), none/none \(1 accounts\)"):
        narrow.apply(pd.DataFrame({"segment": ["B", "B", None], "kind": ["customer", "customer", None]}))


def test_all_problems_of_a_table_are_said_at_once():
    bad = pd.DataFrame(
        [("A", None, "visit", 1, 10), ("A", "x", "visit", -1, "long"), ("A", "x", "visit", 1, 1)],
        columns=["segment", "kind", "channel", "per_year", "minutes"],
    )
    with pytest.raises(DataError) as error:
        CallPolicy(bad)
    for words in (
        "row 1: kind is missing",
        "row 2: per_year must be",
        "got '-1'",
        "got 'long'",
        "row 3: a, x, visit is",
    ):
        assert words in str(error.value)
    with pytest.raises(DataError, match=r"no column minutes.*It needs per_year, minutes"):
        CallPolicy(bad.drop(columns="minutes"))


def test_files_say_the_same(policy, tmp_path, accounts):
    policy.table.to_csv(tmp_path / "policy.csv", index=False)
    text = "".join(
        f'[[rule]]\nsegment = "{s}"\nkind = "{k}"\nchannel = "{c}"\nper_year = {n}\nminutes = {m}\n'
        for s, k, c, n, m in RULES
    )
    (tmp_path / "policy.toml").write_text(text)
    for name in ("policy.csv", "policy.toml"):
        assert CallPolicy.read(tmp_path / name).apply(accounts).equals(policy.apply(accounts))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", r"no rules. Write each as \[\[rule\]\]"),
        ('[[rule]]\nsegment = "a"\nevery = 2', "unknown keys every"),
        ("[[rule", "not valid TOML"),
    ],
)
def test_broken_toml_is_named(tmp_path, text, words):
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(DataError, match=words):
        CallPolicy.read(tmp_path / "policy.toml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"policy\.csv does not exist"):
        CallPolicy.read(tmp_path / "policy.csv")


def test_the_default_fits_the_demo_company():
    report = CallPolicy.default().report(tg.samples.demo_accounts())
    assert report["accounts"].sum() == report["own"].sum() == 5000
    own = tg.samples.demo_accounts()["visits_per_year"].sum()
    assert report["visits"].sum() == pytest.approx(own, rel=0.02)


def test_accounts_keep_what_they_are():
    read = tg.read_accounts(tg.samples.demo_accounts().head(50).drop(columns=["visits_per_year", "visit_minutes"]))
    done = CallPolicy.default().apply(read)
    assert isinstance(done, tg.Accounts)
    assert done.frame["visits_per_year"].gt(0).all()
    assert len(done) == len(read)
