"""The page benchmarks/README.md: a section from each JSON file, so that no command erases another's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import page_compare, page_instances, page_work

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"

HEAD = """# Benchmarks

Written by `make bench` and `make bench-instances`; do not edit by hand. Every plan, ours and theirs, is judged by
[score.py](score.py), which shares no code with the package: it gets labels and works out pieces, balance and travel.
All runs of one section were made in one go on one machine; every single run stands in [results/](results/).
"""

REPEAT = """## How to repeat it

```console
make bench                              # the comparison; about an hour on two cores
make bench BENCH_ARGS="--seeds 3 --budgets 5,30 --marks 30 --cases demo_counties"
make bench-instances DIR=folder         # the known instances
make bench-instances DIR=folder BENCH_ARGS="--scale 0.1 --only cpmp,NH"
python -m benchmarks rules              # many constraints at once; half an hour
python -m benchmarks routes             # weeks of visits; a quarter of an hour
python -m benchmarks company            # the demo company end to end; a minute
```

Both install the extra `bench` from `locks/bench.txt` into `.venv`. The packages compared with are needed for
nothing else. None of them is under a GPL.

The folder of instances holds one folder per group with a table `known.csv`, whose columns tell the kind:

- **Districts (Hess)**: `state, k, lower, upper, reference`; files `STATE/nodes.csv` (`id, pop2010, x_m, y_m`) and
  `STATE/edges.csv` (`u, v`). The value is Σ population × (whole metres / 1000)² / 10⁶ from each district's best unit.
  A group with "county" in its name must be proven.
- **Capacitated p-median**: `instance, k, capacity, best_known`; files `NAME.csv` (`id, x, y, demand`). The value is the
  sum of the straight distances to the best centre units; pieces do not matter.
- **Three measures at once (Ríos-Mercado)**: `instance, n, k, tolerance, best_known`; files `NAME.nodes.csv`
  (`id, x, y, w1, w2, w3`) and `NAME.edges.csv` (`u, v`). The value is the same sum; every territory in one piece.
"""


def write_page() -> Path:
    """Write the page and its pictures from the results that are there; return its path."""
    parts = [HEAD]
    for name, section in (("compare", page_compare.section), ("instances", page_instances.section)):
        path = RESULTS / f"{name}.json"
        if path.is_file():
            parts.append(section(json.loads(path.read_text(encoding="utf-8"))))
            _picture(name, path)
        else:
            parts.append(f"## {name.capitalize()}\n\nNot run yet.\n")
    for name, work in (
        ("rules", page_work.rules_section),
        ("routes", page_work.routes_section),
        ("company", page_work.company_section),
    ):
        path = RESULTS / f"{name}.json"
        if path.is_file():
            parts.append(work(json.loads(path.read_text(encoding="utf-8"))))
    target = HERE / "README.md"
    target.write_text("\n".join([*parts, REPEAT]), encoding="utf-8")
    return target


def _picture(name: str, path: Path) -> None:
    try:
        from benchmarks import picture
    except ModuleNotFoundError as error:
        print(f"no picture: {error}")
        return
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if name == "compare":
        picture.draw_compare(content, RESULTS / "compare.png")
    else:
        picture.draw_instances(content, RESULTS / "instances.png")
