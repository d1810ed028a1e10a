"""The demo company end to end: from the table of accounts to balanced hours, a size, growth, quotas and four weeks.

``python -m benchmarks company`` prints the seconds of each step and writes results/company.json; half a minute is what
all of it may take on two cores.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import territory_geo as tg
from territory_geo.study.work import write_growth, write_quotas, write_routes, write_size
from territory_geo.study.work_keys import GrowthKeys, QuotaKeys, RouteKeys, SizeKeys

RESULTS = Path(__file__).resolve().parent / "results" / "company.json"
LIMIT = 30.0
"""Seconds for everything, compiling not counted."""


def run(*, iterations: int = 40, weeks: int = 4, seed: int = 7) -> dict[str, object]:
    """Run every step once on the demo company and return its seconds: by the clock, and of the processor.

    Parameters
    ----------
    iterations : int
        Of the search for territories.
    weeks : int
        Into which all territories' visits are laid.
    seed : int
        Of the search.
    """
    steps: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        clock, cpu = time.monotonic(), time.process_time()
        yield
        steps[name] = {
            "seconds": round(time.monotonic() - clock, 2), "processor_seconds": round(time.process_time() - cpu, 2)
        }  # fmt: skip

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with step("read and check 5,000 accounts"):
            accounts = tg.read_accounts(tg.samples.demo_accounts())
            reps, towns = tg.read_reps(tg.samples.demo_reps()), tg.samples.us_towns()
            units = tg.BasicUnits.from_accounts(accounts, measures=["visits_per_year", "potential_usd"])
            graph = tg.ContiguityGraph.from_units(units)
        workload = tg.Workload()
        with step("24 territories of equal hours, settled and checked"):
            problem = tg.TerritoryProblem(
                units, graph, n_territories=24, balance={"workload": 0.10}, workload=workload
            )  # fmt: skip
            solution = tg.solve(problem, stop=tg.MaxIterations(iterations), seed=seed)
        plan = solution.plan
        assert plan is not None
        with step("size of the sales force"):
            keys = SizeKeys(value="potential_usd", current="current_rep")
            write_size(units, workload, keys, reps, towns, folder / "size")
        with step("growth over five years"):
            write_growth(units, workload, GrowthKeys(rates={"*": 0.05}), reps, folder, folder / "growth")
        with step("quotas"):
            write_quotas(plan, QuotaKeys(total=90e6), folder, folder / "quotas")
        with step(f"{weeks} weeks of visits of 24 reps"):
            table = write_routes(plan, workload, RouteKeys(weeks=weeks), folder / "routes")
    total = sum(row["seconds"] for row in steps.values())
    return {
        "steps": steps, "seconds": round(total, 2), "limit": LIMIT, "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2), "status": str(solution.status),
        "visits": int(table["visits"].sum()), "left": int(table["left"].sum()),
    }  # fmt: skip


def measure() -> Path:
    """Run everything twice, the first time to compile, and write and print the second."""
    run(iterations=4, weeks=1)
    found = run()
    print(json.dumps(found, indent=1))
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return RESULTS


if __name__ == "__main__":
    print(measure())
