"""The page's first section: the comparison's tables, and what they say in plain words."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.compare import OURS
from benchmarks.tables import listed, machine_line, percent, table

Row = dict[str, Any]


def section(content: dict[str, Any]) -> str:
    """Return the section from the content of results/compare.json."""
    settings = content["settings"]
    parts = [
        "## Us and others on the data that ships\n",
        machine_line(content),
        "Every method gets the same units, weights and neighbours. Travel is the weighted mean of the straight "
        "kilometres from a unit to the best centre unit of its territory. The rules: the asked number of territories, "
        "each in one piece, each within the tolerance. Our runs are limited to the time shown, after a warm-up "
        f"({settings['warm_up_s']:.0f} s here, longer where nothing is compiled yet). "
        f"Figures are medians of {settings['seeds']} seeds, with the least and the most; "
        "methods without random choices ran once. Seconds are measured.\n",
        "![Travel against time](results/compare.png)\n",
    ]
    for case in content["cases"]:
        parts += [
            f"### {case['title']}: {case['units']:,} units, {case['territories']} territories, "
            f"{case['measure'].replace('_', ' ')} ±{100 * case['tolerance']:g} %\n",
            *(f"- {sentence}" for sentence in verdict(case)),
            "",
            _case_table(case),
        ]
    told = {row["method"]: row["knows"] for case in content["cases"] for row in case["rows"] if row["knows"]}
    parts += ["What each peer can be told:\n", *(f"- {name}: {knows}." for name, knows in told.items()), ""]
    return "\n".join(parts)


def label(row: Row) -> str:
    """Return a method with its time limit."""
    return f"{row['method']}, {row['budget']}" if row["budget"] else str(row["method"])


def valid_km(row: Row) -> float | None:
    """Return the median travel of the plans within the rules, or None."""
    kept = [run["km"] for run in row["runs"] if run.get("valid")]
    return statistics.median(kept) if kept else None


def verdict(case: dict[str, Any]) -> list[str]:
    """Say who wins and who loses, in sentences."""
    ours = [row for row in case["rows"] if row["method"] == OURS and valid_km(row) is not None]
    peers = [row for row in case["rows"] if row["method"] != OURS]
    if not ours:
        return ["territory_geo found no plan within the rules: it loses."]
    best = ours[-1]
    km = valid_km(best) or 0.0
    said = [
        f"territory_geo, {best['budget']}: {km:.1f} km; {best['valid']} of {len(best['runs'])} plans keep the rules."
    ]
    rivals = sorted((found, label(row)) for row in peers if (found := valid_km(row)) is not None)
    if not rivals:
        said.append("No peer found a plan within the rules.")
    for found, name in rivals:
        if found < km:
            said.append(f"**We lose to {name}**: {found:.1f} km within the rules, {percent(1 - found / km)} shorter.")
    behind = [(found, name) for found, name in rivals if found >= km]
    if behind:
        longer = listed([f"{name} {found:.1f} km ({percent(found / km - 1, sign=True)})" for found, name in behind])
        said.append(f"Within the rules but longer: {longer}.")
    broken = [row for row in peers if row["plans"] and valid_km(row) is None]
    for row in (row for row in broken if row["km"] < km):
        said.append(
            f"Shorter than ours, but against the rules: {label(row)}, {row['km']:.1f} km "
            f"({percent(row['km'] / km - 1, sign=True)}); {_fault(row, case)}."
        )
    both = [label(row) for row in broken if row["km"] >= km]
    if both:
        said.append(f"Longer than ours and against the rules: {listed(both)}.")
    said += [f"Gave no plan: {label(row)} ({row['error']})." for row in peers if not row["plans"]]
    return said


def _fault(row: Row, case: dict[str, Any]) -> str:
    faults = []
    if row["deviation"] > case["tolerance"]:
        faults.append(f"its worst territory is {percent(row['deviation'], 0)} off the mean")
    if row["split"]:
        faults.append(f"{row['split']:g} of its territories are in pieces")
    if row["territories"] != case["territories"]:
        faults.append(f"it has {row['territories']:g} territories")
    return listed(faults) if faults else "no seed keeps all of them at once"


def _case_table(case: dict[str, Any]) -> str:
    ours = [found for row in case["rows"] if row["method"] == OURS and (found := valid_km(row)) is not None]
    rows = []
    for row in case["rows"]:
        kept = f"{row['valid']} of {len(row['runs'])}"
        if not row["plans"]:
            rows.append([label(row), "–", f"failed: {row['error']}", "–", "–", "–", kept])
            continue
        low, high = row["km_range"]
        spread = f" ({low:.1f} to {high:.1f})" if len(row["runs"]) > 1 else ""
        rows.append(
            [
                label(row),
                f"{row['seconds']:.1f}",
                f"{row['km']:.1f}{spread}",
                percent(row["km"] / ours[-1] - 1, sign=True) if ours else "–",
                percent(row["deviation"]),
                f"{row['split']:g}"
                + ("" if row["territories"] == case["territories"] else f" of {row['territories']:g}"),
                kept,
            ]
        )
    head = [
        "method",
        "seconds",
        "mean km",
        "to our longest",
        "worst deviation",
        "territories in pieces",
        "within rules",
    ]
    return table(head, rows)
