"""Running a study: read the data, state the problem, solve it, write the files.

Each step is one call into the rooms below; whatever the status, the outcome is on disk at the end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.errors import DataError, OptionError
from territory_geo.progress import Progress, silent
from territory_geo.study.hybrid import Sorting, solved_hybrid, write_selling
from territory_geo.study.overlays import require_overlays, write_overlays
from territory_geo.study.schema import Study
from territory_geo.study.stating import problem_of, stop_of

if TYPE_CHECKING:
    from territory_geo.analyze.overlays import OverlaySolution
    from territory_geo.optimize.hybrid import HybridSolution
    from territory_geo.optimize.solution import Solution
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem


@dataclass(frozen=True)
class Result:
    """What a study brought: its solution, and the folder with the files.

    With named accounts out of the geography, `solution` has the territories and `hybrid` the whole; `notes` is what is
    to be said about teams, overlays and the rest.
    """

    study: Study
    problem: TerritoryProblem
    solution: Solution
    directory: Path
    hybrid: HybridSolution | None = None
    notes: tuple[str, ...] = ()
    overlays: tuple[OverlaySolution, ...] = ()

    @property
    def exit_code(self) -> int:
        """The command line's exit code: that of the plan, or else of an overlay without one."""
        mine = self.solution.status.exit_code
        return mine or max((one.status.exit_code for one in self.overlays if one.plan is None), default=0)


def run_study(
    study: Study,
    *,
    base: str | os.PathLike[str] = ".",
    out: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
    shared: dict[str, Any] | None = None,
) -> Result:
    """Run a study: read, design, verify, write.

    Parameters
    ----------
    study : Study
        From `read_study`.
    base : path
        Folder that the study's relative data paths start from.
    out : path, optional
        Where the files go instead of the study's own output directory.
    progress : callable
        Told (stage, share, text).
    shared : dict, optional
        Keeps what was read for further studies of the same data.

    Returns
    -------
    Result
        With the solution, whatever its status; files are written for each status.

    Raises
    ------
    DataError, OptionError
        If the data, the locks or the output folder cannot be used or is missing; nothing was then written.
    """
    from territory_geo.optimize.solve import solve
    from territory_geo.render.export import BESIDE, SAVED, require_writable, write_nearest, write_plan

    if out is None and study.outputs.directory is None:
        raise OptionError("The study names no folder for the files. Add directory under [outputs], or give --out.")
    directory = Path(out or study.outputs.directory or "")
    # Before the work, not after it.
    require_writable(directory)
    _require_files(study, Path(base))
    sorting = None if study.segments is None else Sorting(study, Path(base))
    problem = problem_of(study, Path(base), progress, sorting, shared)
    if study.routes is not None and problem.reps is not None:
        unknown = [name for name in study.routes.territories if name not in problem.reps.frame.index]
        if unknown:
            known = ", ".join(map(str, problem.reps.frame.index))
            raise OptionError(f"routes.territories names {unknown[0]!r}. Territories: {known}.")
    hybrid: HybridSolution | None = None
    notes: list[str] = []
    overlays: list[OverlaySolution] = []
    require_overlays(problem.units, study.overlay, Path(base))
    if study.hybrid is not None and sorting is not None:
        hybrid, notes = solved_hybrid(study, problem, sorting, stop_of(study.search), progress)
        solution = hybrid.of_territories()
    else:
        solution = solve(problem, stop=stop_of(study.search), seed=study.search.seed, progress=progress)
        found = _found_after_all(solution, progress)
        if found is not None:
            solution = solve(
                problem, stop=stop_of(study.search), seed=study.search.seed, progress=progress, initial_plan=found
            )
            notes.append("the search found no plan by itself, but in the further time for the reason one was found")
    if solution.plan is not None:
        progress("write", 0.0, str(directory))
        title = study.outputs.title or study.name
        write_plan(solution.plan, directory, title=title, save_graph=study.outputs.save_graph)
        if study.outputs.save_plan:
            solution.plan.save(directory / SAVED)
        if study.outputs.report:
            progress("report", 0.0, "a page for each territory")
            solution.plan.report(directory / BESIDE[0], title=title)
        said, overlays = _write_work(study, solution.plan, Path(base), directory, progress)
        notes += said
    else:
        outcome = {
            "status": str(solution.status), "reason": solution.reason, "bound": solution.bound,
            "bound_kind": solution.bound_kind, "seed": solution.seed, "iterations": solution.iterations,
            "runtime_s": round(solution.runtime_s, 3),
            "conflicts": [conflict.record() for conflict in solution.conflicts], "advice": list(solution.advice),
        }  # fmt: skip
        write_nearest(problem, solution.nearest, directory, outcome)
    notes += write_selling(study, sorting, solution.plan, hybrid, directory, progress)
    progress("write", 1.0, str(directory))
    return Result(study, problem, solution, directory, hybrid, tuple(notes), tuple(overlays))


def _require_files(study: Study, base: Path) -> None:
    """Check that the files are there that are read after the design: nobody should wait for it and then be told."""
    for part in ("size", "growth", "quotas", "extend"):
        keys = getattr(study, part)
        for name in ("accounts", "reps", "towns", "before"):
            file = getattr(keys, name, None)
            if isinstance(file, str) and not (base / file).exists():
                raise DataError(f"{part}.{name} names {base / file}, which does not exist. Check the spelling.")


def _found_after_all(solution: Solution, progress: Progress) -> TerritoryPlan | None:
    """Work out why there is no plan, and return one that turned up on the way: then there is nothing to explain."""
    if solution.plan is not None or solution.status == "interrupted":
        return None
    progress("no plan", 0.0, "for up to a minute: which demands cannot hold together, and what would do")
    progress("explain", 0.0, "weaker problems tried")
    return next((conflict.plan for conflict in solution.conflicts if conflict.plan is not None), None)


def _write_work(
    study: Study, plan: TerritoryPlan, base: Path, directory: Path, progress: Progress
) -> tuple[list[str], list[OverlaySolution]]:
    """Write what the study asks for beside the plan: size, growth, quotas, visits in their weeks, figures.

    Returns what is to be said of it, and the overlays.
    """
    from territory_geo.render.charts.growth import next_hire
    from territory_geo.render.report.words import counted
    from territory_geo.study import work
    from territory_geo.study.extend import write_extension
    from territory_geo.study.figures import tell, write_told
    from territory_geo.study.work_keys import WorkKeys

    units, reps = plan.problem.units, plan.problem.reps
    workload = plan.problem.workload or work.workload_of(
        study.workload or WorkKeys(), geographic=units.geographic, distance=plan.problem.objective.distance
    )
    notes: list[str] = []
    if study.size is not None:
        progress("size", 0.0, "how many reps")
        force = reps if study.size.reps is None else work.read_force(base / study.size.reps, units)
        towns = work.read_towns(None if study.size.towns is None else base / study.size.towns)
        sizing, _ = work.write_size(units, workload, study.size, force, towns, directory / "size")
        notes.append(
            f"Size: {counted(sizing.needed, 'rep')} for all visits, today {sizing.current:,}; see {directory / 'size'}."
        )
    if study.growth is not None:
        progress("growth", 0.0, "when the next rep is needed")
        years = work.write_growth(units, workload, study.growth, reps, base, directory / "growth")
        notes.append(f"Growth: {next_hire(years)}; see {directory / 'growth'}.")
    if study.extend is not None:
        progress("extend", 0.0, "what a new market or rep changes")
        found = write_extension(
            plan, study.extend, study.data, study.workload, base, directory / "extend",
            title=study.outputs.title or study.name, stop=stop_of(study.search), seed=study.search.seed,
            progress=progress,
        )  # fmt: skip
        notes.append(f"Extend: {found.summary()}.")
    overlays, said = write_overlays(
        plan, study.overlay, base, directory / "overlays", stop=stop_of(study.search), seed=study.search.seed,
        progress=progress,
    )  # fmt: skip
    notes += said
    if study.quotas is not None:
        progress("quotas", 0.0, "what each territory can sell")
        quotas = work.write_quotas(plan, study.quotas, base, directory / "quotas")
        after = quotas.spread().loc["after"]
        notes.append(
            f"Quotas: {quotas.total:,.0f} in all, of which {100 * after['least']:.0f} to {100 * after['most']:.0f} % "
            f"can be expected; see {directory / 'quotas'}."
        )
    if study.routes is not None:
        progress("routes", 0.0, "visits in their weeks")
        weeks = work.write_routes(plan, workload, study.routes, directory / "routes")
        left = int(weeks["left"].sum())
        fit = "all fit" if not left else f"{left:,} {'does' if left == 1 else 'do'} not fit"
        notes.append(
            f"Routes: {counted(int(weeks['visits'].sum()), 'visit')} in {counted(study.routes.weeks, 'week')}, {fit}; "
            f"see {directory / 'routes'}."
        )
    if study.kpis is not None:
        progress("kpis", 0.0, "what territories and accounts are measured by")
        write_told(tell(plan, study.kpis, base), directory / "kpis")
    return notes, overlays
