"""The page's sections on rules, on weeks of visits beside long searches and OR-Tools, and on the demo company."""

from __future__ import annotations

from typing import Any

from benchmarks.tables import percent, table


def rules_section(rows: list[dict[str, Any]]) -> str:
    """Return the section from the content of results/rules.json."""
    best = {
        row["case"]: min(r["objective"] for r in rows if r["case"] == row["case"] and r["objective"] is not None)
        for row in rows
        if row["objective"] is not None
    }
    shown = [
        [
            row["case"], f"{row['limit']:,.0f}", f"{row['seconds']:,.1f}", row["status"],
            "–" if row["first_feasible"] is None else f"{row['first_feasible']:.1f}",
            "–" if row["objective"] is None else percent(row["objective"] / best[row["case"]] - 1, 2, sign=True),
            percent(row["gap"]),
        ]
        for row in rows
    ]  # fmt: skip
    head = ["case", "limit, s", "back after, s", "<status", "kept all after, s", "to the longest run", "gap"]
    return "\n".join(
        [
            "## Many constraints at once\n",
            "Demo accounts: 24 homes, 40 locked accounts, 30 keep-together groups, two measures ±10 %, 5 % of revenue "
            "may change rep. Counties: every kind of constraint at once. One seed; “kept all after” is when the first "
            "plan within every rule was there, “gap” what any plan could still be better by, as far as is proven.\n",
            table(head, shown),
        ]
    )


def routes_section(rows: list[dict[str, Any]]) -> str:
    """Return the section from the content of results/routes.json."""
    shown = []
    for row in rows:
        kept = [m for m, left in zip(row["quick_minutes"], row["quick_left"], strict=True) if left <= row["long_left"]]
        before, after = row["quick_minutes"][0], row.get("from_ours_minutes")
        gained = "–" if after is None or row["from_ours_left"] else f"{100 * (after / before - 1):+.2f} %"
        over = f"{100 * (max(kept) / row['long_minutes'] - 1):+.1f} %" if kept else "–"
        shown.append(
            [
                row["territory"], str(row["visits"]), f"{row['quick_seconds']:.1f}",
                ", ".join(map(str, row["quick_left"])), over,
                f"{row['long_left']}, {row['long_minutes'] / 60:,.0f} h",
                f"{row['or_tools_left']}, {row['or_tools_minutes'] / 60:,.0f} h" if "or_tools_left" in row else "–",
                gained,
            ]
        )  # fmt: skip
    headings = [
        "territory",
        "<visits",
        "<seconds",
        "<left out, each seed",
        "<worst over long",
        "<long",
        "<OR-Tools, long",
        "<OR-Tools from ours",
    ]
    return "\n".join(
        [
            "## Weeks of visits\n",
            "Visits of demo territories laid into weeks: a quick search from several seeds, ours with two minutes of "
            "processor time, and OR-Tools' routing with as much, on the same arrays and the same cost. “Left out” "
            "counts first: hours on the road and nights of fewer visits are no gain. The last column is what OR-Tools "
            "changes when it goes on from our quick weeks for half a minute.\n",
            table(headings, shown),
        ]
    )


def company_section(content: dict[str, Any]) -> str:
    """Return the section from the content of results/company.json."""
    rows = [
        [name, f"{one['seconds']:.1f}", f"{one['processor_seconds']:.1f}"] for name, one in content["steps"].items()
    ]
    processor = sum(one["processor_seconds"] for one in content["steps"].values())
    rows.append(["all", f"{content['seconds']:.1f}", f"{processor:.1f}"])
    busy = content["load_before"]
    return "\n".join(
        [
            "## The demo company end to end\n",
            f"On {content['cores']} cores, {busy:g} other processes busy on average when it began; the aim is "
            f"{content['limit']:g} s. Compiling is not counted. {content['visits']:,} visits were planned, "
            f"{content['left']:,} did not fit.\n",
            table(["step", "seconds", "of the processor"], rows),
        ]
    )
