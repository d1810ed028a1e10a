"""The page's section on work: weeks of visits beside long searches and OR-Tools, and the demo company end to end."""

from __future__ import annotations

from typing import Any

from benchmarks.tables import table


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
