"""Running a study: read the data, state the problem, solve it, write the files.

Each step is one call into the rooms below; whatever the status, the outcome is on disk at the end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from territory_geo.errors import OptionError
from territory_geo.progress import Progress, silent
from territory_geo.study.driving import distance_of
from territory_geo.study.parts import Range
from territory_geo.study.rules import rules_of
from territory_geo.study.schema import Data, SearchOptions, Study

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.solution import Solution
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.constraints import Bounds
    from territory_geo.plan.edits import Statement
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.study.work_keys import WorkKeys

ADDRESS_OPTIONS = ("postcode", "town", "state", "postal_file", "country")
"""Keys of a study's data that place rows without coordinates."""


@dataclass(frozen=True)
class Result:
    """What a study brought: its solution, and the folder with the files."""

    study: Study
    problem: TerritoryProblem
    solution: Solution
    directory: Path


def run_study(
    study: Study,
    *,
    base: str | os.PathLike[str] = ".",
    out: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
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
    from territory_geo.plan.edits import read_locks
    from territory_geo.render.export import BESIDE, SAVED, require_writable, write_nearest, write_plan

    if out is None and study.outputs.directory is None:
        raise OptionError("The study names no folder for the files. Add directory under [outputs], or give --out.")
    directory = Path(out or study.outputs.directory or "")
    # Before the work, not after it.
    require_writable(directory)
    progress("read data", 0.0, "")
    locks = [] if study.design.lock_file is None else read_locks(Path(base) / study.design.lock_file)
    weight = [] if study.design.weight is None else [study.design.weight]
    units = load_units(study.data, Path(base), [*_measures(study), *weight], study.workload)
    lost = len(units.rejects)
    progress("read data", 1.0, f"{len(units):,} units, {lost:,} {'row' if lost == 1 else 'rows'} rejected")
    problem = _problem(study, units, locks, Path(base), progress)
    solution = solve(problem, stop=_stop(study.search), seed=study.search.seed, progress=progress)
    progress("write", 0.0, str(directory))
    if solution.plan is not None:
        title = study.outputs.title or study.name
        write_plan(solution.plan, directory, title=title, save_graph=study.outputs.save_graph)
        if study.outputs.save_plan:
            solution.plan.save(directory / SAVED)
        if study.outputs.report:
            progress("report", 0.0, "a page for each territory")
            solution.plan.report(directory / BESIDE[0], title=title)
        _write_work(study, solution.plan, Path(base), directory, progress)
    else:
        progress("explain", 0.0, "which demands cannot hold together")
        outcome = {
            "status": str(solution.status), "reason": solution.reason, "bound": solution.bound,
            "bound_kind": solution.bound_kind, "seed": solution.seed, "iterations": solution.iterations,
            "runtime_s": round(solution.runtime_s, 3),
            "conflicts": [conflict.record() for conflict in solution.conflicts],
        }  # fmt: skip
        write_nearest(problem, solution.nearest, directory, outcome)
    progress("write", 1.0, str(directory))
    return Result(study, problem, solution, directory)


def _measures(study: Study) -> list[str]:
    """Return the columns that the units need; the workload is worked out, not read."""
    wanted = [name for name in study.design.balance if study.workload is None or name != "workload"]
    if any(part is not None for part in (study.workload, study.size, study.routes, study.growth)):
        wanted.append("visits_per_year")
    if study.size is not None:
        wanted.append(study.size.value)
    return list(dict.fromkeys(wanted))


def _write_work(study: Study, plan: TerritoryPlan, base: Path, directory: Path, progress: Progress) -> None:
    """Write what the study asks for beside the plan: size, growth, quotas, visits in their weeks, figures."""
    from territory_geo.study import work
    from territory_geo.study.figures import tell, write_told
    from territory_geo.study.work_keys import WorkKeys

    units, reps = plan.problem.units, plan.problem.reps
    workload = plan.problem.workload or work.workload_of(
        study.workload or WorkKeys(), geographic=units.geographic, distance=plan.problem.objective.distance
    )
    if study.size is not None:
        progress("size", 0.0, "how many reps")
        force = reps if study.size.reps is None else work.read_force(base / study.size.reps, units)
        towns = work.read_towns(None if study.size.towns is None else base / study.size.towns)
        work.write_size(units, workload, study.size, force, towns, directory / "size")
    if study.growth is not None:
        progress("growth", 0.0, "when the next rep is needed")
        work.write_growth(units, workload, study.growth, reps, base, directory / "growth")
    if study.quotas is not None:
        progress("quotas", 0.0, "what each territory can sell")
        work.write_quotas(plan, study.quotas, base, directory / "quotas")
    if study.routes is not None:
        progress("routes", 0.0, "visits in their weeks")
        work.write_routes(plan, workload, study.routes, directory / "routes")
    if study.kpis is not None:
        progress("kpis", 0.0, "what territories and accounts are measured by")
        write_told(tell(plan, study.kpis, base), directory / "kpis")


def load_units(data: Data, base: Path, measures: list[str], work: WorkKeys | None = None) -> BasicUnits:
    """Return the basic units of a study's data; rows whose measures cannot be used become rejects.

    Raises
    ------
    DataError
        If the data cannot be read.
    OptionError
        If an option does not fit the kind of file: it would be ignored without a word.
    """
    from territory_geo.geodata.accounts import read_accounts
    from territory_geo.geodata.readers.dialect import TextFormat
    from territory_geo.geodata.readers.sources import kind_of
    from territory_geo.geodata.readers.vectors import holds_areas
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.study.work import with_policy

    path = base / (data.source or data.accounts or data.areas or "")
    table = kind_of(path, data.layer) != "shapes"
    own = () if table else ("lon", "lat", "planar", *ADDRESS_OPTIONS)
    unfit = [name for name in own if getattr(data, name) not in (None, False)]
    if unfit:
        raise OptionError(
            f"{path}: {', '.join(unfit)} cannot be used here, a geographic file carries its own coordinates. "
            "Leave it out."
        )
    measures = [*measures, *(name for name in data.measures if name not in measures)]
    measures = [f"{name} = {data.measures[name]}" if name in data.measures else name for name in measures]
    areas = data.areas is not None and not (data.source or data.accounts)
    if data.source is not None and not table:
        areas = holds_areas(path, layer=data.layer)
    unfit = [
        name
        for name in ("crs", "land", "encoding", "delimiter", "decimal", "fix", "keep", "reject", "strict")
        if areas and getattr(data, name)
    ]
    if unfit:
        raise OptionError(f"{path}: {', '.join(unfit)} cannot be used here, it is for accounts. Leave it out.")
    if areas:
        if data.hexagons is not None or (data.source is not None and data.areas is not None):
            raise OptionError(f"{path} holds areas; only accounts can be joined to areas or hexagons. Name points.")
        return BasicUnits.from_areas(path, id=data.id, layer=data.layer, measures=measures)
    text = TextFormat(data.encoding, data.delimiter, data.decimal)
    accounts = read_accounts(
        path,
        id=data.id,
        lon=data.lon,
        lat=data.lat,
        postcode=data.postcode,
        town=data.town,
        state=data.state,
        postal_file=None if data.postal_file is None else base / data.postal_file,
        country=data.country,
        land="auto" if data.land is None else base / data.land,
        crs=None if data.planar else data.crs or "auto",
        layer=data.layer,
        text=None if text == TextFormat() else text,
        fix=data.fix,
        keep=data.keep,
        reject=data.reject,
        strict=data.strict,
    )
    if work is not None:
        accounts = with_policy(accounts, work, base)
    if data.hexagons is not None:
        return BasicUnits.from_hexagons(accounts, resolution=data.hexagons, measures=measures, own_units=data.own_units)
    if data.areas is not None:
        return BasicUnits.from_areas(
            base / data.areas,
            accounts=accounts,
            id=data.areas_id,
            layer=data.areas_layer,
            measures=measures,
            nearest_km=5.0 if data.nearest_km is None else data.nearest_km,
            own_units=data.own_units,
        )
    return BasicUnits.from_accounts(accounts, measures=measures)


def _problem(
    study: Study, units: BasicUnits, locks: list[Statement], base: Path, progress: Progress
) -> TerritoryProblem:
    from territory_geo.geodata.contiguity import ContiguityGraph
    from territory_geo.geodata.reps import read_reps
    from territory_geo.plan.constraints import Bounds
    from territory_geo.plan.edits import Statement, constraints_on
    from territory_geo.plan.objective import Travel
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.study.work import workload_of

    asked, graph = study.design, None
    reps = None
    if asked.reps is not None:
        reps = read_reps(base / asked.reps, crs="EPSG:4326" if units.geographic else None)
        reps = reps if asked.role is None else reps.with_role(asked.role)
    distance, units = distance_of(asked, units, reps, base, progress)
    said = [Statement(tuple(s.units), s.territory, False, f"lock[{i}]") for i, s in enumerate(study.lock, 1)]
    said += [Statement(tuple(s.units), s.territory, True, f"forbid[{i}]") for i, s in enumerate(study.forbid, 1)]
    constraints = constraints_on(units, [*said, *locks])
    constraints += rules_of(study.rules, study.together, study.apart, units, base)
    if asked.contiguous:
        progress("contiguity", 0.0, "which units touch")
        graph = ContiguityGraph.from_units(
            units,
            islands=asked.islands,
            rule=asked.rule,
            min_border_km=asked.min_border_km,
            bridges=None if asked.bridges is None else base / asked.bridges,
            barriers=None if asked.barriers is None else base / asked.barriers,
        )
        bridges = len(graph.bridges)
        text = f"{len(graph.pairs):,} pairs of neighbours, {bridges:,} bridge{'' if bridges == 1 else 's'}"
        progress("contiguity", 1.0, text)
    balance: dict[str, float | Bounds] = {
        name: Bounds(limit.lower, limit.upper) if isinstance(limit, Range) else limit
        for name, limit in asked.balance.items()
    }
    return TerritoryProblem(
        units,
        graph,
        n_territories=asked.territories or 0,
        balance=balance,
        objective=Travel(distance=distance, power=asked.power, weight=asked.weight or "auto", center=asked.center),
        constraints=constraints,
        reps=reps,
        current=asked.current,
        workload=None
        if study.workload is None
        else workload_of(study.workload, geographic=units.geographic, distance=distance),
    )


def _stop(search: SearchOptions) -> Stop | None:
    from territory_geo.optimize.stop import MaxIterations, MaxRuntime

    rules: list[Stop] = []
    if search.iterations is not None:
        rules.append(MaxIterations(search.iterations))
    if search.time_limit is not None:
        rules.append(MaxRuntime(search.time_limit))
    if not rules:
        return None
    return rules[0] if len(rules) == 1 else rules[0] | rules[1]
