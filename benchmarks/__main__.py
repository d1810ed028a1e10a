"""The command line: every task writes its results and benchmarks/README.md anew."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import page


def numbers(text: str) -> tuple[float, ...]:
    """Return the numbers in a list such as "5,30"."""
    return tuple(float(part) for part in text.split(","))


def names(text: str) -> tuple[str, ...]:
    """Return the names in a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def main() -> None:
    """Run what is asked, then write the page from all results that exist."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    tasks = parser.add_subparsers(dest="task", required=True)
    side = tasks.add_parser("compare", help="us and the peers on the data that ships")
    side.add_argument("--seeds", type=int, default=5)
    side.add_argument("--budgets", type=numbers, default=(2.0, 5.0, 10.0, 30.0), help="our time limits, seconds")
    side.add_argument("--marks", type=numbers, default=(5.0, 30.0, 120.0), help="when peers with a clock are looked at")
    side.add_argument("--patience", type=float, default=900.0, help="seconds for a peer without a clock")
    side.add_argument("--cases", type=names, default=(), help="demo_counties, demo_accounts")
    side.add_argument("--peers", type=names, default=(), help="names as in the table")
    known = tasks.add_parser("instances", help="known instances from a folder")
    known.add_argument("folder", type=Path)
    known.add_argument("--seeds", type=int, default=1)
    known.add_argument("--scale", type=float, default=1.0, help="multiplies every time limit")
    known.add_argument("--only", type=names, default=(), help="instances, such as NH,SJC1, or groups")
    for task in (side, known):
        task.add_argument("--note", default="", help="a sentence for the page, such as what else the machine did")
    ruled = tasks.add_parser("rules", help="problems with many constraints at once")
    ruled.add_argument("--long", type=float, default=600.0, help="seconds of the run the others are held against")
    planned = tasks.add_parser("routes", help="weeks of visits: a quick search, one of two minutes, and OR-Tools'")
    planned.add_argument("--territories", type=int, default=3)
    planned.add_argument("--seeds", type=int, default=10)
    planned.add_argument("--long", type=float, default=120.0, help="seconds of processor time of each long search")
    tasks.add_parser("company", help="the demo company end to end, seconds of each step")
    tasks.add_parser("page", help="write the page from the results that are there")
    asked = parser.parse_args()
    if asked.task == "compare":
        from benchmarks.compare import Settings, compare

        settings = Settings(
            asked.seeds, asked.budgets, asked.marks, asked.patience, asked.cases, asked.peers, asked.note
        )
        print(compare(settings))
    elif asked.task == "instances":
        from benchmarks.measure import measure

        print(measure(asked.folder, seeds=asked.seeds, scale=asked.scale, only=asked.only, note=asked.note))
    elif asked.task == "rules":
        from benchmarks.rules import run

        print(run(asked.long))
    elif asked.task == "routes":
        from benchmarks import routes

        print(routes.run(territories=asked.territories, seeds=asked.seeds, long=asked.long))
    elif asked.task == "company":
        from benchmarks import company

        print(company.measure())
    print(page.write_page())


if __name__ == "__main__":
    main()
