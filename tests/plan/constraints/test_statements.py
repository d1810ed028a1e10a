"""Each constraint as a person states it: its id, its words, and what it refuses."""

from __future__ import annotations

import pickle

import pytest

import territory_geo as tg
from territory_geo.plan.constraints import KINDS
from territory_geo.plan.constraints.record import statement_of, statement_record

SAID = [
    (tg.Lock(["b", "a", "b"], "West"), "lock:b+>West", "2 units (b, a) stay in West"),
    (tg.Lock(7, 12, name="L17"), "L17", "unit 7 stays in 12"),
    (tg.Forbid(["x"], "R01"), "forbid:x>R01", "unit x is kept out of R01"),
    (tg.Together(["a", "b", "c", "d"]), "together:a+", "4 units (a, b, c, …) stay together"),
    (tg.Apart(["a", "b"]), "apart:a+", "2 units (a, b) are kept apart"),
    (tg.MaxRadius(km=250), "max_radius:250", "no unit is more than 250 km from its territory's centre"),
    (tg.AccountRange(80, 1200), "accounts:80-1200", "each territory holds 80 to 1,200 accounts"),
    (tg.KeepWhole("state", cost=0.5), "keep_whole:state", "each further territory of a state costs 0.5 of mean travel"),
    (
        tg.KeepWhole("state", 0.5, limit=3),
        "keep_whole:state",
        "each further territory of a state costs 0.5 of mean travel, and there are at most 3 of them",
    ),
    (tg.KeepWhole("state", float("inf")), "keep_whole:state", "each state lies in one territory"),
    (tg.HomeInside(), "home_inside", "each rep's territory contains the rep's home"),
    (tg.BorderLength(0.001), "border_length:km", "each km of border between territories costs 0.001 of mean travel"),
    (
        tg.BorderLength(2, by="edges"),
        "border_length:edges",
        "each pair of neighbours in different territories costs 2 of mean travel",
    ),
    (
        tg.OverlapCost(5),
        "overlap:nearer",
        "trips to units that are nearer to another centre cost 5 of mean travel, times their share",
    ),
    (
        tg.OverlapCost(5, by="hulls"),
        "overlap:hulls",
        "account hulls that intersect cost 5 of mean travel, times their share",
    ),
    (tg.DisruptionBudget(revenue=0.05), "disruption:revenue<=5%", "at most 5 % of revenue changes rep"),
    (
        tg.DisruptionBudget({"price": 0.1}, accounts=0, per="territory"),
        "disruption/territory:accounts<=0%,price<=10%",
        "at most 0 % of accounts of each rep of today changes rep, at most 10 % of price of each rep of today changes "
        "rep",
    ),
    (
        tg.DisruptionBudget(price={"revenue": 40}),
        "disruption:revenue@40",
        "all revenue changing rep would cost 40 of mean travel",
    ),
]


@pytest.mark.parametrize(("statement", "id_", "words"), SAID, ids=[id_ for _, id_, _ in SAID])
def test_a_statement_has_an_id_and_words_and_survives_storage(statement, id_, words):
    assert (statement.id, str(statement)) == (id_, words)
    assert isinstance(statement, KINDS)
    assert len({statement, statement_of(statement_record(statement))}) == 1
    assert pickle.loads(pickle.dumps(statement)) == statement


def test_every_kind_is_among_the_examples():
    assert {type(statement) for statement, _, _ in SAID} == set(KINDS)


BAD = [
    (lambda: tg.Lock([], "A"), "'units' of a Lock must be one or more unit ids. Got \\[\\]"),
    (lambda: tg.Lock("a", ""), "'territory' of a Lock must be a territory's \\(or a rep's\\) id. Got ''"),
    (lambda: tg.Lock("a", "A", name=" "), "'name' of a Lock must be text, such as 'L17'. Got ' '"),
    (lambda: tg.Forbid("", "A"), "'units' of a Forbid"),
    # one unit has nothing to be together with, or apart from
    (lambda: tg.Together(["a", "a"]), "'units' of a Together must be 2 or more different unit ids"),
    (lambda: tg.Apart("a"), "'units' of an Apart must be 2 or more different unit ids. Got 'a'"),
    (lambda: tg.MaxRadius(0), "'km' of a MaxRadius must be above 0"),
    (lambda: tg.MaxRadius("250"), "'km' of a MaxRadius must be a number of at least 0. Got '250'"),
    (lambda: tg.MaxRadius(float("inf")), "'km' of a MaxRadius must be a number"),
    (lambda: tg.AccountRange(5, 4), "0 <= lower <= upper. Got lower=5, upper=4"),
    (lambda: tg.AccountRange(0.5, 4), "whole numbers.*0.5"),
    (lambda: tg.AccountRange(True, 4), "whole numbers.*True"),
    (lambda: tg.AccountRange(-1, 4), "lower=-1"),
    (lambda: tg.KeepWhole("state", -1), "'cost' of a KeepWhole must be a number of at least 0 \\(or inf\\). Got -1"),
    (lambda: tg.KeepWhole("state", 1, limit=-1), "'limit' of a KeepWhole must be a whole number"),
    (lambda: tg.KeepWhole("state", 1, limit=1.5), "'limit' of a KeepWhole"),
    (lambda: tg.KeepWhole("", 1), "'column' of a KeepWhole"),
    (lambda: tg.KeepWhole("state", float("nan")), "nan"),
    (lambda: tg.BorderLength(1, by="miles"), "'by' of a BorderLength must be one of \\('km', 'edges'\\). Got 'miles'"),
    (lambda: tg.BorderLength(float("inf")), "'cost' of a BorderLength"),
    (lambda: tg.OverlapCost(1, by="both"), "'by' of an OverlapCost must be one of"),
    (lambda: tg.DisruptionBudget(), "at least one share or price"),
    # meant as per cent
    (lambda: tg.DisruptionBudget(revenue=5), "'revenue' of a DisruptionBudget must be a share from 0 to 1 .*Got 5"),
    (lambda: tg.DisruptionBudget(revenue=-0.1), "Got -0.1"),
    (lambda: tg.DisruptionBudget({"revenue": 0.1}, revenue=0.2), "names 'revenue' twice"),
    (lambda: tg.DisruptionBudget(price=4.0), "'price' of a DisruptionBudget must be a mapping"),
    (lambda: tg.DisruptionBudget(price={"revenue": 1}, per="segment"), "Prices.*for the plan as a whole"),
    (lambda: tg.DisruptionBudget(revenue=0.1, per=""), "'per' of a DisruptionBudget"),
]


@pytest.mark.parametrize(("make", "words"), BAD)
def test_bad_arguments_are_named(make, words):
    with pytest.raises(tg.OptionError, match=words):
        make()
