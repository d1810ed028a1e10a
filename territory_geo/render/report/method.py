"""How the plan came to be: what was asked, how it was searched, which data, which checks. For who wants to know."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from territory_geo._version import __version__
from territory_geo.render.figure.scene import Scene
from territory_geo.render.formats import NumberFormat, tolerance_text
from territory_geo.render.payload import bounds_of
from territory_geo.render.report.towns import sources
from territory_geo.render.report.words import counted, start_of

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

MOST_REASONS = 12
"""Reasons of refused rows that are listed."""


def method_section(plan: TerritoryPlan, scene: Scene) -> str:
    """Return the last pages."""
    parts = [
        ("What was asked", _pairs(_asked(plan))),
        ("How it was searched", _pairs(_search(plan))),
        ("Which data", _pairs(_data(plan, scene)) + _rejects(plan)),
        ("What was checked", _checks(plan)),
        ("What the figures mean", _pairs(_meanings(plan))),
    ]
    body = "".join(f"<h3>{escape(title)}</h3>{content}" for title, content in parts)
    return f'<section id="method" class="sheet"><h2>Method</h2>{body}</section>'


def _pairs(entries: list[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in entries if text)
    return f'<dl class="method">{rows}</dl>'


def _asked(plan: TerritoryPlan) -> list[tuple[str, str]]:
    problem = plan.problem
    entries = [("Territories", f"{problem.n_territories}{', one for each rep' if problem.reps is not None else ''}")]
    for measure, allowed in problem.balance.items():
        style = NumberFormat.of(measure, plan.territories[measure])
        if isinstance(allowed, (int, float)):
            text = f"{tolerance_text(float(allowed))} of the target"
        else:
            lower, upper = bounds_of(allowed)
            text = f"from {style.write(max(lower, 0.0))}" + (f" to {style.write(upper)}" if upper < 1e300 else "")
        entries.append((f"Balance of {style.label}", text))
    if problem.reps is not None and "capacity_hours" in problem.reps.frame:
        entries.append(("Targets", "in proportion to the reps’ hours a year"))
    entries.append(("In one piece", "asked for" if problem.graph is not None else "not asked for"))
    power = "squared ways" if problem.objective.power == 2 else "ways"
    weight = problem.weight_name
    weighted = f", weighted by {NumberFormat.of(weight, [1.0]).label}" if weight else ""
    entries.append(("As short as possible", f"{power} from {start_of(plan)}{weighted}; {_distance(plan)}"))
    entries += [(f"Rule {c.id}", str(c)) for c in problem.constraints]
    return entries


def _distance(plan: TerritoryPlan) -> str:
    distance = plan.problem.distance
    detour = getattr(distance, "detour", None)
    if detour is None:
        return "distances from a table or from roads"
    return "distances are straight lines" + (f" times {detour:.3g} for usual roads" if detour != 1 else "")


def _search(plan: TerritoryPlan) -> list[tuple[str, str]]:
    made = plan.provenance
    entries = [("Outcome", str(made.get("status", "edited")).replace("_", " "))]
    for key, name in (("seed", "Seed"), ("iterations", "Iterations")):
        if made.get(key) is not None:
            entries.append((name, f"{int(made[key]):,}"))
    if made.get("gap") is not None:
        gap = 100 * float(made["gap"])
        kind = str(made.get("bound_kind") or "").replace("_", " ")
        entries.append(("Bound", f"no plan is better by more than {gap:.2g} %{f' ({kind})' if kind else ''}"))
    entries.append(("Made with", f"territory-geo {made.get('version', __version__)}"))
    return entries


def _data(plan: TerritoryPlan, scene: Scene) -> list[tuple[str, str]]:
    units = plan.problem.units
    used, refused = len(units.members), len(units.rejects)
    entries = [
        ("Source", str(units.source or "a table in memory")),
        ("Fingerprint (SHA-256)", str(units.sha256 or "")),
        ("Rows", f"{used + refused:,} read, {used:,} used, {refused:,} refused"),
        ("Basic units", f"{len(units):,} {units.kind}: what is assigned as a whole"),
        ("Credit", sources(scene)),
    ]
    graph = plan.problem.graph
    notices = [units.findings, *([] if graph is None else [graph.findings])]
    for table in notices:
        for notice in table.to_dict("records"):
            entries.append((str(notice["rule"]).replace("_", " "), f"{notice['example']}: {notice['action']}"))
    return entries


def _rejects(plan: TerritoryPlan) -> str:
    rejects = plan.problem.units.rejects
    if rejects.empty:
        return ""
    counts = rejects["reason"].astype(str).value_counts(sort=False).sort_index()
    counts = counts.sort_values(ascending=False, kind="stable")
    rows = "".join(
        f'<tr><td>{escape(str(reason))}</td><td class="number">{count:,}</td></tr>'
        for reason, count in counts.head(MOST_REASONS).items()
    )
    rest = len(counts) - MOST_REASONS
    more = f'<p class="note">And {counted(rest, "other reason")}, row by row in rejects.csv.</p>' if rest > 0 else ""
    return (
        f'<table class="reasons"><thead><tr><th>Why rows were refused</th><th class="number">rows</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{more}"
    )


def _checks(plan: TerritoryPlan) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="{"better" if ok else "worse"}">{"passed" if ok else "not passed"}</td>'
        f"<td>{escape(detail)}</td></tr>"
        for name, ok, detail in plan.verify().checks
    )
    return (
        '<p>Done on the finished plan by code that shares nothing with the search.</p><table class="checks"><thead><tr>'
        f"<th>check</th><th>outcome</th><th>what was found</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _meanings(plan: TerritoryPlan) -> list[tuple[str, str]]:
    entries = [
        ("Target", "the total of a measure divided among the territories, evenly or by the reps’ hours"),
        ("Vs target", "how much more (+) or less (−) than its target a territory has, as a share of the target"),
        ("Mean way", f"the average of the ways from {start_of(plan)}, each counted as often as it is weighted"),
        ("Overlap", "what share lies nearer to where another rep starts than to where its own rep does"),
    ]
    if plan.problem.alignment is not None:
        entries.append(("Changes rep", "an account whose rep in the plan is not the rep who has it today"))
    return entries
