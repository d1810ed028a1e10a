"""What a plan comes to, in plain sentences with its own numbers.

Each sentence is a pair of texts: the point, which is printed bold, and what there is to say about it. Nothing in here
is HTML.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from territory_geo.html import driving_time
from territory_geo.render.formats import NumberFormat, share_text, tolerance_text
from territory_geo.render.moves import LEFT, moves_of
from territory_geo.render.payload import bounds_of

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Sentence = tuple[str, str]
_SLACK = 1e-9


def summary(plan: TerritoryPlan) -> list[Sentence]:
    """Return what a reader should know first.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.

    Returns
    -------
    list of (str, str)
        The point, and the sentence.
    """
    said = [_size(plan), *(_balance(plan, measure) for measure in plan.problem.balance), _travel(plan)]
    said += [sentence for sentence in (_pieces(plan), _changes(plan), _overlap(plan)) if sentence is not None]
    return [*said, _proof(plan), _data(plan)]


def tiles(plan: TerritoryPlan) -> list[tuple[str, str]]:
    """Return the few figures that stand out at the top: value and name."""
    noun = "areas" if plan.problem.units.rows_are_areas else "accounts"
    found = [(f"{len(plan.territory_ids):,}", "territories"), (f"{len(plan.accounts):,}", noun)]
    for measure in list(plan.problem.balance)[:2]:
        worst = float(plan.territories[f"{measure}_deviation"].abs().max())
        found.append((share_text(worst), f"largest deviation, {label_of(plan, measure)}"))
    travel = plan.metrics["travel"]
    if travel["minimised"] == "hours":
        found.append((driving_time(travel["mean_hours"]), "mean drive"))
    else:
        found.append((km_text(travel["mean_km"]), "mean distance"))
    if "disruption" in plan.metrics:
        moves = moves_of(plan)
        found.append((share_text(len(moves) / max(1, len(plan.accounts))), f"of {noun} change rep"))
    return found


def label_of(plan: TerritoryPlan, measure: str) -> str:
    """Return a measure's name for people."""
    return NumberFormat.of(measure, plan.territories[measure]).label


def km_text(km: float) -> str:
    r"""Write a distance.

    >>> km_text(164.2), km_text(3.14159)
    ('164\xa0km', '3.1\xa0km')
    """
    return f"{km:,.0f}\N{NO-BREAK SPACE}km" if km >= 20 else f"{km:,.1f}\N{NO-BREAK SPACE}km"


def short(style: NumberFormat, value: float) -> str:
    r"""Write a value, millions in short: for columns that are narrow.

    >>> short(NumberFormat.of("revenue_usd", [5_279_450.0]), 5_279_450.0)
    '$5.28\xa0M'
    """
    if abs(value) < 1e6:
        return style.write(value)
    millions = NumberFormat(style.label, style.prefix, "M", 2 if abs(value) < 1e7 else 1 if abs(value) < 1e8 else 0)
    return millions.write(value / 1e6)


def listed(names: list[str], most: int = 4) -> str:
    """Write names as a list, those beyond the first few as a number.

    >>> listed(["R01", "R02"]), listed(["a", "b", "c", "d", "e", "f"])
    ('R01 and R02', 'a, b, c and 3 more')
    """
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 territory", "24 territories"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _size(plan: TerritoryPlan) -> Sentence:
    units = plan.problem.units
    noun = "area" if units.rows_are_areas else "account"
    per = plan.territories["accounts"]
    spread = f"from {int(per.min()):,} to {int(per.max()):,} in each"
    territories = counted(len(plan.territory_ids), "territory")
    return "Size", f"{territories} share {counted(len(plan.accounts), noun)}, {spread}."


def _balance(plan: TerritoryPlan, measure: str) -> Sentence:
    table, allowed = plan.territories, plan.problem.balance[measure]
    style = NumberFormat.of(measure, table[measure])
    low, high = style.write(float(table[measure].min())), style.write(float(table[measure].max()))
    target, deviation = table[f"{measure}_target"], table[f"{measure}_deviation"]
    alike = float(np.ptp(target.to_numpy(dtype=float))) <= 1e-9 * float(target.abs().max())
    said = f"Each territory has between {low} and {high}; "
    if alike:
        said += f"the target is {style.write(float(target.iloc[0]))}. "
    else:
        ends = f"{style.write(float(target.min()))} to {style.write(float(target.max()))}"
        said += f"targets follow the reps’ hours, from {ends}. "
    worst = str(deviation.abs().idxmax())
    said += f"The farthest from its target is {worst} with {share_text(float(deviation[worst]), signed=True)}"
    missed = outside(plan, measure)
    asked = _asked(plan, measure, allowed)
    if missed:
        verb = "miss" if len(missed) > 1 else "misses"
        return _title(style.label), f"{said}; asked for was {asked}, which {listed(missed)} {verb}."
    return _title(style.label), f"{said}; asked for was {asked}, and every territory keeps it."


def _asked(plan: TerritoryPlan, measure: str, allowed: Any) -> str:
    if isinstance(allowed, (int, float)):
        return tolerance_text(float(allowed))
    lower, upper = bounds_of(allowed)
    style = NumberFormat.of(measure, [b for b in (lower, upper) if math.isfinite(b)])
    ends = [f"at least {style.write(lower)}"] if math.isfinite(lower) else []
    ends += [f"at most {style.write(upper)}"] if math.isfinite(upper) else []
    return " and ".join(ends) or "nothing"


def outside(plan: TerritoryPlan, measure: str) -> list[str]:
    """Return the territories that miss what was asked of a measure."""
    table, allowed = plan.territories, plan.problem.balance[measure]
    if isinstance(allowed, (int, float)):
        far = table[f"{measure}_deviation"].abs() > float(allowed) + _SLACK
    else:
        lower, upper = bounds_of(allowed)
        total = table[measure]
        far = (total < lower * (1 - _SLACK) - _SLACK) | (total > upper * (1 + _SLACK) + _SLACK)
    return [str(name) for name in table.index[far.to_numpy()]]


def start_of(plan: TerritoryPlan) -> str:
    """Return where trips start, in words."""
    return {"home": "the rep’s home", "centroid": "the middle of the territory"}.get(
        plan.problem.objective.center, "the territory’s centre"
    )


def _travel(plan: TerritoryPlan) -> Sentence:
    travel, table = plan.metrics["travel"], plan.territories
    weight = travel["weight"]
    by = f", weighted by {label_of(plan, weight)}," if weight in table else ""
    far = str(table["max_km"].idxmax())
    noun = "area" if plan.problem.units.rows_are_areas else "account"
    said = f"The way from {start_of(plan)} is {km_text(travel['mean_km'])} on average{by} and "
    said += f"{km_text(travel['max_km'])} at most, to the farthest {noun} of {far}."
    if "mean_hours" in travel:
        mean, most = driving_time(travel["mean_hours"]), driving_time(travel["max_hours"])
        said += f" Driving takes {mean} on average, {most} at most."
    return "Ways", said


def _pieces(plan: TerritoryPlan) -> Sentence | None:
    graph = plan.problem.graph
    if graph is None:
        return "Pieces", "Territories in one piece were not asked for."
    bridges = len(graph.bridges)
    over = f"; {counted(bridges, 'listed bridge')} {'joins' if bridges == 1 else 'join'} parts that do not touch"
    over = over if bridges else ""
    if plan.metrics["contiguous"]:
        return "Pieces", f"Every territory is in one piece{over}."
    return "Pieces", f"Not every territory is in one piece{over}."


def _changes(plan: TerritoryPlan) -> Sentence | None:
    if "disruption" not in plan.metrics:
        return None
    counts, moves = plan.metrics["disruption"], moves_of(plan)
    changing = int((moves["why"] != LEFT).sum())
    shares = {name: share for name, share in counts["shares"].items() if name != "accounts"}
    with_them = [f"{share_text(share)} of {NumberFormat.of(name, [100.0]).label}" for name, share in shares.items()]
    said = f"{changing:,} of {counts['accounts_held']:,} accounts with a rep of today get another one"
    said += f", and with them {listed(with_them)}." if with_them else "."
    if counts["accounts_of_reps_gone"]:
        said += f" {counts['accounts_of_reps_gone']:,} more belong to reps who have no territory any more."
    if counts["accounts_of_nobody"]:
        said += f" {counts['accounts_of_nobody']:,} had nobody and now have a rep."
    return "Changes", said


def _overlap(plan: TerritoryPlan) -> Sentence:
    share = plan.metrics["overlap"]["nearer"]
    weight = plan.metrics["travel"]["weight"]
    what = label_of(plan, weight) if weight in plan.territories else "the units"
    return "Overlap", f"{share_text(share)} of {what} lies nearer to where another rep starts."


def _proof(plan: TerritoryPlan) -> Sentence:
    gap = plan.provenance.get("gap")
    if plan.provenance.get("status") == "edited":
        return "Search", "The plan was changed by hand after the search."
    if gap is None:
        return "Search", "How much shorter the ways of another plan could be is not known: no bound was computed."
    if gap <= 0:
        return "Search", "No plan that keeps these demands has shorter ways: that is proven."
    share = f"{100 * gap:.2g}\N{NO-BREAK SPACE}%"
    return "Search", f"No plan that keeps these demands can shorten the ways by more than {share}."


def _data(plan: TerritoryPlan) -> Sentence:
    used, refused = len(plan.problem.units.members), len(plan.problem.units.rejects)
    checks = plan.verify().checks
    passed = sum(ok for _, ok, _ in checks)
    said = f"All {used:,} rows of the data are in the plan."
    if refused:
        said = (
            f"{used:,} of {used + refused:,} rows of the data are in the plan; {refused:,} were refused, each with a "
        )
        said += "reason (see Method)."
    failed = [name for name, ok, _ in checks if not ok]
    verdict = f"passed all {passed}" if not failed else f"failed {listed(failed)} of {len(checks)}"
    return "Checked", f"{said} A separate check of the finished plan {verdict} checks."


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]
