"""The comparison on the shipped data: every method on every case, judged by the same scorer, written as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import machine, ours
from benchmarks.cases import TITLES, Case, load_case
from benchmarks.isolate import run_apart
from benchmarks.peers import PEERS, Peer

RESULTS = Path(__file__).resolve().parent / "results"
OURS = "territory_geo"


@dataclass(frozen=True)
class Settings:
    """How much is run.

    Parameters
    ----------
    seeds : int
        Runs per method with random choices.
    budgets : list of float
        Time limits of our runs, seconds; each is a run of its own.
    marks : list of float
        Seconds at which peers with a clock show their plan; one run shows all of them.
    patience : float
        Seconds that a run of a peer without a clock may take.
    cases, peers : list of str
        Names; none means all.
    note : str
        A sentence for the page, such as what else the machine was doing.
    """

    seeds: int = 5
    budgets: tuple[float, ...] = (2.0, 5.0, 10.0, 30.0)
    marks: tuple[float, ...] = (5.0, 30.0, 120.0)
    patience: float = 900.0
    cases: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    note: str = ""


def compare(settings: Settings) -> Path:
    """Run the comparison and return the path of its JSON."""
    known = [*TITLES], [peer.name for peer in PEERS]
    for asked, names in zip((settings.cases, settings.peers), known, strict=True):
        strangers = sorted(set(asked) - set(names))
        if strangers:
            raise SystemExit(f"There is no {strangers[0]!r}. Names: {', '.join(names)}.")
    warm = ours.warm_up()
    print(f"compiled and warmed up in {warm:.0f} s", flush=True)
    written: dict[str, Any] = {
        **machine.describe(),
        "settings": {
            "seeds": settings.seeds,
            "our_budgets_s": list(settings.budgets),
            "peer_marks_s": list(settings.marks),
            "patience_s": settings.patience,
            "warm_up_s": round(warm, 1),
            "note": settings.note,
        },
        "cases": [],
    }
    for name in settings.cases or TITLES:
        case, problem = load_case(name)
        rows = [_row(OURS, "", f"{b:g} s", _our_runs(case, problem, settings.seeds, b)) for b in settings.budgets]
        for peer in PEERS:
            if not settings.peers or peer.name in settings.peers:
                rows += list(_peer_rows(peer, case, settings))
        written["cases"].append({**case.facts(), "rows": rows})
        path = write_json("compare", written)  # after each case: a long run that is cut off leaves what it has
    return path


def write_json(name: str, content: dict[str, Any]) -> Path:
    """Write results/NAME.json and return its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _our_runs(case: Case, problem: Any, seeds: int, budget: float) -> list[dict[str, Any]]:
    runs = []
    for seed in range(seeds):
        run = ours.run(problem, budget, seed)
        labels = run.arranged(problem.units.ids)
        if labels is None:
            runs.append({"seed": seed, "seconds": round(run.seconds, 2), "error": f"{run.status}: {run.reason}"})
        else:
            runs.append({"seed": seed, "seconds": round(run.seconds, 2), **_rounded(case.judge(labels))})
    return runs


def _peer_rows(peer: Peer, case: Case, settings: Settings) -> Iterable[dict[str, Any]]:
    """Yield one row, or one per mark for a peer with a clock."""
    by_mark: dict[int, list[dict[str, Any]]] = {}
    for seed in range(settings.seeds if peer.random else 1):
        try:
            snapshots = run_apart(peer.name, case, seed, list(settings.marks), settings.patience)
        except RuntimeError as error:
            by_mark.setdefault(0, []).append({"seed": seed, "error": str(error)})
            if not peer.random or "not finished" in str(error) or "ModuleNotFound" in str(error):
                break
            continue
        for i, snapshot in enumerate(snapshots):
            run = {"seed": seed, "seconds": round(snapshot.seconds, 2), **_rounded(case.judge(snapshot.labels))}
            by_mark.setdefault(i, []).append(run)
    for i, runs in sorted(by_mark.items()):
        label = f"{settings.marks[i]:g} s" if len(by_mark) > 1 else ""
        yield _row(peer.name, peer.knows, label, runs)


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def _row(method: str, knows: str, budget: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a row: medians over the seeds that gave a plan, and every run."""
    row: dict[str, Any] = {"method": method, "knows": knows, "budget": budget, "runs": runs}
    good = [run for run in runs if "error" not in run]
    errors = [run["error"] for run in runs if "error" in run]
    row |= {"plans": len(good), "valid": sum(run["valid"] for run in good), "error": errors[0] if errors else None}
    for figure in ("seconds", "km", "deviation", "split", "territories") if good else ():
        row[figure] = statistics.median(run[figure] for run in good)
    if good:
        row["km_range"] = [min(run["km"] for run in good), max(run["km"] for run in good)]
    shown = f"{row['km']:.2f} km, {row['valid']} of {len(runs)} within the rules" if good else row["error"]
    print(f"{method}{budget and ', '}{budget}: {shown}", flush=True)
    return row
