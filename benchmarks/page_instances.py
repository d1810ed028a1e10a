"""The page's second section: known instances, the distance to the known values, and the bars that are missed."""

from __future__ import annotations

from typing import Any

from benchmarks.tables import machine_line, percent, table


def section(content: dict[str, Any]) -> str:
    """Return the section from the content of results/instances.json."""
    settings = content["settings"]
    seeds = "one seed" if settings["seeds"] == 1 else f"medians of {settings['seeds']} seeds"
    short = settings["scale"] != 1.0
    parts = [
        "## Known instances\n",
        machine_line(content),
        f"Values are in each instance's own definition, {seeds}. “Over” is the distance to the known value: "
        "the published plan's or the best one known; below zero is better than known. "
        "Every plan was checked by the scorer; the proven gap is the package's own.",
        f"**The time limits were multiplied by {settings['scale']:g}**, so the bars are not meant to be met."
        if short
        else "",
        f"Only these were run: {', '.join(settings['only'])}." if settings["only"] else "",
        "\n![Distance to the known values](results/instances.png)\n",
        table(
            ["group", "instances", "mean over", "worst over", "<bar", "<met"],
            [
                [
                    group["name"],
                    str(len(group["rows"])),
                    percent(group["mean"], 3, sign=True),
                    percent(group["worst"], 3, sign=True),
                    group["bar"],
                    f"no ({len(group['missed'])})" if group["missed"] else "yes",
                ]
                for group in content["groups"]
            ],
        ),
    ]
    for group in content["groups"]:
        parts += [f"### {group['name']}\n"]
        parts += [f"Missed: {'; '.join(group['missed'])}.\n"] if group["missed"] else []
        parts += [table(HEAD, [_cells(row) for row in group["rows"]])]
    return "\n".join(part for part in parts if part)


HEAD = ["instance", "units", "territories", "seconds", "value", "known", "over", "<status", "proven gap"]


def _cells(row: dict[str, Any]) -> list[str]:
    def number(name: str, form: str) -> str:
        return "–" if row.get(name) is None else format(row[name], form)

    return [
        row["instance"],
        number("units", ",d"),
        number("territories", "d"),
        number("seconds", ".1f"),
        number("value", ",.2f") if row["value"] is not None else f"failed: {row.get('error')}",
        number("known", ",.2f"),
        percent(row["over"], 3, sign=True),
        str(row.get("status") or "–"),
        percent(row.get("gap"), 4),
    ]
