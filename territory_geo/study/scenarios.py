"""Running a study with scenarios: each in its own folder, what has not changed not again, then compared and judged.

A study that was interrupted goes on where it stopped: scenarios that are finished stay.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.errors import DataError, OptionError
from territory_geo.progress import Progress, silent
from territory_geo.study.schema import Study, scenario_study
from territory_geo.study.stating import problem_of
from territory_geo.study.traces import forget, key_of, read_record, write_record

if TYPE_CHECKING:
    from territory_geo.analyze.compare import Comparison
    from territory_geo.plan.plan import TerritoryPlan

COMPARISON = "comparison"
"""Folder of the comparison, beside those of the scenarios."""

SUMMARY = "study.json"
TODAY = "today"
INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Job:
    """A scenario to run: its name, the study that it is, its folder, and the hash of what it depends on."""

    name: str
    study: Study
    base: Path
    folder: Path
    key: str


@dataclass(frozen=True)
class ScenariosResult:
    """What a study with scenarios brought.

    Parameters
    ----------
    directory : path
        With a folder for each scenario, comparison/ and study.json.
    records : dict of name to record
        Of each scenario: `status`, `reason`, `objective`, `runtime_s`; `run` says whether it was run this time.
    comparison : Comparison or None
        None where fewer than two plans are there.
    verdicts : list of dict
        A row for each assertion and scenario: `scenario`, `figure`, `value`, `most`, `least`, `holds`, `said`.
    interrupted : bool
        Whether scenarios are left to be run.
    """

    directory: Path
    records: dict[str, dict[str, Any]]
    comparison: Comparison | None
    verdicts: list[dict[str, Any]]
    interrupted: bool

    @property
    def failed(self) -> list[str]:
        """What the assertions that do not hold say."""
        return [row["said"] for row in self.verdicts if not row["holds"]]

    @property
    def exit_code(self) -> int:
        """130 where it was interrupted, 1 where an assertion fails, else the worst of the scenarios' own."""
        from territory_geo.optimize.solution import Status

        if self.interrupted:
            return Status.INTERRUPTED.exit_code
        if self.failed:
            return 1
        return max((Status(record["status"]).exit_code for record in self.records.values()), default=0)


def run_scenarios(
    study: Study,
    *,
    base: str | os.PathLike[str] = ".",
    out: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
    fresh: bool = False,
    progress: Progress = silent,
) -> ScenariosResult:
    """Run the scenarios of a study that have changed since the last time, compare all, and judge the assertions.

    Parameters
    ----------
    study : Study
        From `read_study`, with scenarios.
    base : path
        Folder that relative data paths start from.
    out : path, optional
        Where the files go instead of the study's own output directory.
    executor : concurrent.futures.Executor, optional
        Runs scenarios side by side; the plans are the same.
    fresh : bool, default False
        Whether all are run, changed or not.
    progress : callable
        Told (stage, share, text).

    Returns
    -------
    ScenariosResult

    Raises
    ------
    DataError, OptionError
        If data or folder cannot be used, two scenarios would share a folder, or an assertion names an unknown figure.
        What was finished before stays.
    """
    from territory_geo.render.export import require_writable
    from territory_geo.study.judging import verdicts_of

    if not study.scenario:
        raise OptionError("The study has no scenarios. Add [[scenario]] with a name; it may change nothing.")
    if out is None and study.outputs.directory is None:
        raise OptionError("The study names no folder for the files. Add directory under [outputs], or give --out.")
    directory = Path(out or study.outputs.directory or "")
    require_writable(directory)
    jobs = _jobs(study, Path(base), directory)
    kept = {} if fresh else {job.name: found for job in jobs if (found := read_record(job.folder, job.key))}
    todo = [job for job in jobs if job.name not in kept]
    progress("scenarios", 0.0, f"{len(todo)} of {len(jobs)} to run, {len(kept)} as before")
    ran: dict[str, dict[str, Any]] = {}
    interrupted = False
    try:
        for record in _run(todo, executor, progress):
            interrupted = interrupted or record["status"] == INTERRUPTED
            ran[record["name"]] = record
            progress(record["name"], 1.0, f"{record['status']} after {record['runtime_s']:.1f} s of search")
            progress("scenarios", len(ran) / len(todo), f"{len(ran)} of {len(todo)} done")
            if interrupted:
                break
    except KeyboardInterrupt:
        interrupted = True
    # In the order of the study, whoever was ready first.
    records = {
        job.name: {**(kept.get(job.name) or ran[job.name]), "run": job.name in ran}
        for job in jobs
        if job.name in kept or job.name in ran
    }
    if interrupted:
        return ScenariosResult(directory, records, None, [], interrupted=True)
    progress("compare", 0.0, f"{len(records)} scenarios")
    plans = _plans(jobs, records, today=study.design.current is not None)
    comparison = _compared(study, plans, directory)
    verdicts = verdicts_of(study, plans, comparison)
    _write_summary(study, directory, records, verdicts)
    progress("compare", 1.0, str(directory))
    return ScenariosResult(directory, records, comparison, verdicts, interrupted=False)


def _jobs(study: Study, base: Path, directory: Path) -> list[Job]:
    folders: dict[str, str] = {}
    jobs = []
    for number, scenario in enumerate(study.scenario):
        folder = _folder_name(scenario.name)
        other = folders.setdefault(folder.casefold(), scenario.name)
        if other != scenario.name or folder.casefold() == COMPARISON:
            what = f"that of scenario {other!r}" if other != scenario.name else "that of the comparison"
            raise DataError(f"Scenario {scenario.name!r} would have the folder {folder!r}, {what}. Rename it.")
        whole = scenario_study(study, number)
        jobs.append(Job(scenario.name, whole, base, directory / folder, key_of(whole, base)))
    return jobs


def _folder_name(name: str) -> str:
    """Return a scenario's name as a folder's: letters, digits, - and _, no way up."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name.strip()) or "_"


def _run(todo: list[Job], executor: Executor | None, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the record of each scenario once it is finished."""
    shared: dict[str, Any] = {}
    if executor is None:
        for job in todo:
            yield _finished(job, shared, _told(progress, job.name))
        return
    if todo and todo[0].study.segments is None:
        # Read once, here: the workers get it with their first scenario.
        problem_of(todo[0].study, todo[0].base, progress, None, shared)
    waiting = [executor.submit(_finished, job, shared) for job in todo]
    progress("scenarios", 0.0, f"{len(todo)} under way, side by side")
    try:
        for one in as_completed(waiting):
            yield one.result()
    finally:
        for one in waiting:
            one.cancel()


def _told(progress: Progress, name: str) -> Progress:
    """Return a callback under a scenario's name: which stage it is in is part of the text.

    Its share stays at 0 until the scenario is finished, because every stage begins anew.
    """

    def told(stage: str, share: float, text: str) -> None:
        progress(name, 0.0, f"{stage}: {text}" if text else stage)

    return told


def _finished(job: Job, shared: dict[str, Any] | None = None, progress: Progress = silent) -> dict[str, Any]:
    """Run a scenario and write its record, unless it was interrupted."""
    from territory_geo.study.run import run_study

    forget(job.folder)
    try:
        result = run_study(job.study, base=job.base, out=job.folder, progress=progress, shared=shared)
    except (DataError, OptionError) as error:
        raise type(error)(f"Scenario {job.name!r}: {error}") from error
    found = result.solution
    outcome = {
        "name": job.name, "status": str(found.status), "reason": found.reason, "objective": found.objective,
        "runtime_s": round(found.runtime_s, 3),
    }  # fmt: skip
    return outcome if found.status == INTERRUPTED else write_record(job.folder, job.key, outcome)


def _plans(jobs: list[Job], records: dict[str, dict[str, Any]], *, today: bool) -> dict[str, TerritoryPlan]:
    """Return the plans by name, today's alignment first where it is known."""
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.storage import load_plan
    from territory_geo.render.export import SAVED

    found: dict[str, TerritoryPlan] = {
        job.name: load_plan(job.folder / SAVED) for job in jobs if (job.folder / SAVED / "labels.csv").is_file()
        and records[job.name]["objective"] is not None
    }  # fmt: skip
    if today and found and TODAY not in found:
        changed = {job.name for job in jobs if job.study.design.remove_rep or job.study.design.add_rep}
        # Whoever leaves still has accounts today: a scenario without changes of the force knows them all.
        first = next((name for name in found if name not in changed), next(iter(found)))
        return {TODAY: TerritoryPlan.from_current(found[first].problem), **found}
    return found


def _compared(study: Study, plans: dict[str, TerritoryPlan], directory: Path) -> Comparison | None:
    """Write the comparison, where there is something to compare."""
    from territory_geo.analyze.compare import compare
    from territory_geo.render.compare import write_comparison

    if not plans:
        return None
    keys = study.comparison
    found = compare(
        plans, loss_rate=keys.loss_rate, km_cost=keys.km_cost, hour_cost=keys.hour_cost, tier=keys.tier,
        containers=keys.containers or None, capacity_hours=keys.capacity_hours,
    )  # fmt: skip
    write_comparison(found, directory / COMPARISON, title=study.outputs.title or study.name)
    return found


def _write_summary(
    study: Study, directory: Path, records: dict[str, dict[str, Any]], verdicts: list[dict[str, Any]]
) -> None:
    from territory_geo.render.export import named_failures

    kept = ("status", "reason", "objective", "runtime_s", "run", "key")
    content = {
        "name": study.name,
        "scenarios": [{"name": name, **{k: record.get(k) for k in kept}} for name, record in records.items()],
        "assertions": verdicts,
    }
    with named_failures(directory):
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        (directory / SUMMARY).write_text(text + "\n", encoding="utf-8", newline="\n")
