"""Runs the known instances within their time limits and says which bars are met."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import machine, ours
from benchmarks.compare import write_json
from benchmarks.instances import Instance, discover, state


@dataclass(frozen=True)
class Bar:
    """What a group must reach.

    Parameters
    ----------
    name : str
        Of the group of runs.
    seconds : float
        Time limit of each run.
    mean, worst : float or None
        Most that the value may lie over the known one, shares: on average, and for each instance.
    certified : float or None
        Largest gap between plan and proven bound, a share; the status must be optimal.
    """

    name: str
    seconds: float
    mean: float | None = None
    worst: float | None = None
    certified: float | None = None

    def text(self) -> str:
        """Return the bar in words."""
        parts = []
        if self.mean is not None:
            parts.append(f"mean {_signed(self.mean)}")
        if self.worst is not None:
            parts.append(f"worst {_signed(self.worst)}")
        if self.certified is not None:
            parts.append(f"certified optimal, gap ≤ {100 * self.certified:g} %")
        return f"{'; '.join(parts)}; {self.seconds:g} s each"


def _signed(share: float) -> str:
    return f"≤ {100 * share:g} %".replace("-", "−")


SMALL = 60
"""Units up to which an instance of the third kind must be proven."""


def bars(instance: Instance) -> list[Bar]:
    """Return the runs that an instance is in, each with its group's bar."""
    if instance.kind.name == "cpmp":
        return [Bar(instance.group, 60, mean=0.004, worst=0.01)]
    if instance.kind.name == "ttdp":
        small = instance.row is not None and int(instance.row.get("n", SMALL + 1)) <= SMALL
        proof = [Bar(f"{instance.group}, proof", 60, certified=1e-4)] if small else []
        return [Bar(instance.group, 5, mean=-0.018, worst=0.0), *proof]
    if "county" in instance.group:
        return [Bar(instance.group, 120, worst=1e-4, certified=1e-4)]
    return [Bar(instance.group, 30, mean=0.0002, worst=0.001)]


def measure(folder: Path, *, seeds: int = 1, scale: float = 1.0, only: tuple[str, ...] = (), note: str = "") -> Path:
    """Run the instances below a folder and return the path of the JSON.

    Parameters
    ----------
    folder : path
        Laid out as benchmarks/README.md says.
    seeds : int
        Runs per instance; the median counts.
    scale : float
        Multiplies every time limit; the bars stay.
    only : tuple of str
        Names of instances or groups; none means all.
    note : str
        A sentence for the page.
    """
    found = [i for i in discover(folder) if not only or i.name in only or i.group in only]
    if not found:
        raise SystemExit(f"Nothing in the folder is called {', '.join(only)}.")
    warm = ours.warm_up()
    print(f"compiled and warmed up in {warm:.0f} s", flush=True)
    groups: dict[str, tuple[Bar, list[dict[str, Any]]]] = {}
    for instance in found:
        for bar in bars(instance):
            row = _row(instance, bar, seeds, scale)
            print(_told(bar, row), flush=True)
            groups.setdefault(bar.name, (bar, []))[1].append(row)
    written = {
        **machine.describe(),
        "settings": {"seeds": seeds, "scale": scale, "only": list(only), "warm_up_s": round(warm, 1), "note": note},
        "groups": [summary(bar, rows, scale) for bar, rows in groups.values()],
    }
    return write_json("instances", written)


def _row(instance: Instance, bar: Bar, seeds: int, scale: float) -> dict[str, Any]:
    """Run one instance; whatever fails is in the row."""
    row: dict[str, Any] = {"instance": instance.name, "known": instance.known, "value": None, "over": None}
    runs: list[dict[str, Any]] = []
    try:
        stated = state(instance)
        row |= {"units": len(stated.ids), "territories": stated.problem.n_territories}
        for seed in range(seeds):
            run = ours.run(stated.problem, bar.seconds * scale, seed)
            labels = run.arranged(stated.ids)
            told = {"seed": seed, "seconds": round(run.seconds, 2), "status": run.status, "gap": run.gap}
            if labels is None:
                runs.append(told | {"value": None, "fault": f"no plan: {run.reason}"})
            else:
                fault, value = stated.judge(labels)
                runs.append(told | {"value": round(value, 6), "fault": fault})
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
        return row | {"runs": runs}
    row |= {"runs": runs, "seconds": statistics.median(r["seconds"] for r in runs)}
    faults = [r["fault"] for r in runs if r["fault"]]
    if faults:
        row["error"] = faults[0]
    values = [r["value"] for r in runs if r["value"] is not None and not r["fault"]]
    if values:
        row["value"] = statistics.median(values)
        row["over"] = None if instance.known is None else row["value"] / instance.known - 1
    row["status"] = runs[0]["status"] if len({r["status"] for r in runs}) == 1 else "differs"
    gaps = [r["gap"] for r in runs if r["gap"] is not None]
    row["gap"] = max(gaps) if len(gaps) == len(runs) else None
    return row


def summary(bar: Bar, rows: list[dict[str, Any]], scale: float) -> dict[str, Any]:
    """Return a group's rows with its figures and the bars that it misses."""
    overs = [row["over"] for row in rows if row["over"] is not None]
    mean, worst = (statistics.fmean(overs), max(overs)) if overs else (None, None)
    missed = [f"{row['instance']}: {row['error']}" for row in rows if row.get("error")]
    hair = 1e-6  # known values are written with few digits
    if bar.mean is not None and (mean is None or mean > bar.mean + hair):
        missed.append("the mean is not reached")
    if bar.worst is not None:
        names = [row["instance"] for row in rows if row["over"] is not None and row["over"] > bar.worst + hair]
        missed += [f"{name} is above the worst allowed" for name in names]
    if bar.certified is not None:
        for row in rows:
            if row.get("status") != "optimal" or row.get("gap") is None or row["gap"] > bar.certified:
                missed.append(f"{row['instance']} is not certified")
    slow = [row["instance"] for row in rows if row.get("seconds", 0.0) > 1.1 * bar.seconds * scale + 1.0]
    missed += [f"{name} overran its time limit" for name in slow]
    return {
        "name": bar.name,
        "bar": bar.text(),
        "seconds": bar.seconds * scale,
        "mean": mean,
        "worst": worst,
        "allowed": bar.worst,
        "missed": missed,
        "rows": rows,
    }


def _told(bar: Bar, row: dict[str, Any]) -> str:
    over = "" if row["over"] is None else f"{100 * row['over']:+.4f} %"
    return (
        f"{bar.name} {row['instance']}: {row['value']} {over} {row.get('status', '')} {row.get('error', '')}".rstrip()
    )
