"""The question that a study states: its units, what is in the geography, the problem, and when to stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.errors import DataError, OptionError
from territory_geo.progress import Progress
from territory_geo.study.asked import Data, SearchOptions
from territory_geo.study.driving import distance_of
from territory_geo.study.force import current_of, force_of, homes_of_new
from territory_geo.study.parts import tolerances_of
from territory_geo.study.rules import rules_of
from territory_geo.study.schema import Study

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.edits import Statement
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.study.work_keys import WorkKeys

ADDRESS_OPTIONS = ("postcode", "town", "state", "postal_file", "country")
"""Keys of a study's data that place rows without coordinates."""


def problem_of(
    study: Study,
    base: Path,
    progress: Progress,
    staying: Callable[[Accounts], Accounts] | None = None,
    shared: dict[str, Any] | None = None,
) -> TerritoryProblem:
    """Return the territory problem that a study states.

    Parameters
    ----------
    study : Study
    base : path
        Where relative paths start.
    progress : callable
    staying : callable, optional
        Says which accounts are in the geography.
    shared : dict, optional
        Keeps units and contiguity for further studies of the same data, which then do not read it again.
    """
    from territory_geo.plan.edits import read_locks

    progress("read data", 0.0, "")
    # Which accounts stay is for the reading to say: it is done each time.
    shared = shared if staying is None else None
    locks = [] if study.design.lock_file is None else read_locks(base / study.design.lock_file)
    weight = [] if study.design.weight is None else [study.design.weight]
    measures = [*_measures(study), *weight]
    units = _once(
        shared, ["units", study.data, study.workload, *measures],
        lambda: load_units(study.data, base, measures, study.workload, staying),
    )  # fmt: skip
    if study.workload is not None and "workload" in study.design.balance and "workload" in units.members:
        raise DataError(
            "The accounts have a column 'workload', and the hours that are worked out have that name. Rename theirs; "
            "to balance it as it is, call it otherwise by a measure, such as hours=workload."
        )
    lost = len(units.rejects)
    progress("read data", 1.0, f"{len(units):,} units, {lost:,} {'row' if lost == 1 else 'rows'} rejected")
    return _problem(study, units, locks, base, progress, shared)


def _once(shared: dict[str, Any] | None, key: list[Any], make: Callable[[], Any]) -> Any:
    """Return what `shared` holds under a key, made where it does not hold it yet."""
    if shared is None:
        return make()
    text = repr(key)
    if text not in shared:
        shared[text] = make()
    return shared[text]


def _measures(study: Study) -> list[str]:
    """Return the columns that the units need; the workload is worked out, not read."""
    wanted = [name for name in study.design.balance if study.workload is None or name != "workload"]
    if any(part is not None for part in (study.workload, study.size, study.routes, study.growth)):
        wanted.append("visits_per_year")
    if study.size is not None:
        wanted.append(study.size.value)
    return list(dict.fromkeys(wanted))


def load_units(
    data: Data,
    base: Path,
    measures: list[str],
    work: WorkKeys | None = None,
    staying: Callable[[Accounts], Accounts] | None = None,
) -> BasicUnits:
    """Return the basic units of a study's data; rows whose measures cannot be used become rejects.

    `staying` says which of the accounts are in the geography.

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
    if staying is not None:
        accounts = staying(accounts)
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
    study: Study,
    units: BasicUnits,
    locks: list[Statement],
    base: Path,
    progress: Progress,
    shared: dict[str, Any] | None,
) -> TerritoryProblem:
    from territory_geo.geodata.contiguity import ContiguityGraph
    from territory_geo.plan.edits import Statement, constraints_on
    from territory_geo.plan.objective import Travel
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.study.work import workload_of

    asked, graph = study.design, None
    reps = force_of(asked, units, base)
    distance, units = distance_of(asked, units, reps, base, progress)
    said = [Statement(tuple(s.units), s.territory, False, f"lock[{i}]") for i, s in enumerate(study.lock, 1)]
    said += [Statement(tuple(s.units), s.territory, True, f"forbid[{i}]") for i, s in enumerate(study.forbid, 1)]
    constraints = constraints_on(units, [*said, *locks], None if reps is None else set(reps.frame.index))
    constraints += homes_of_new(asked, units)
    constraints += rules_of(study.rules, study.together, study.apart, units, base)
    if asked.contiguous:
        progress("contiguity", 0.0, "which units touch")
        touching: dict[str, Any] = {
            "islands": asked.islands,
            "rule": asked.rule,
            "min_border_km": asked.min_border_km,
            "bridges": None if asked.bridges is None else base / asked.bridges,
            "barriers": None if asked.barriers is None else base / asked.barriers,
        }
        graph = _once(
            shared, ["graph", study.data, study.workload, *_measures(study), study.design.weight, touching],
            lambda: ContiguityGraph.from_units(units, **touching),
        )  # fmt: skip
        bridges = len(graph.bridges)
        text = f"{len(graph.pairs):,} pairs of neighbours, {bridges:,} bridge{'' if bridges == 1 else 's'}"
        progress("contiguity", 1.0, text)
    return TerritoryProblem(
        units,
        graph,
        n_territories=asked.territories or 0,
        balance=tolerances_of(asked.balance),
        objective=Travel(distance=distance, power=asked.power, weight=asked.weight or "auto", center=asked.center),
        constraints=constraints,
        reps=reps,
        current=current_of(asked, units),
        workload=None
        if study.workload is None
        else workload_of(study.workload, geographic=units.geographic, distance=distance),
    )


def stop_of(search: SearchOptions) -> Stop | None:
    """Return the stopping rule that a study states, or None."""
    from territory_geo.optimize.stop import MaxIterations, MaxRuntime

    rules: list[Stop] = []
    if search.iterations is not None:
        rules.append(MaxIterations(search.iterations))
    if search.time_limit is not None:
        rules.append(MaxRuntime(search.time_limit))
    if not rules:
        return None
    return rules[0] if len(rules) == 1 else rules[0] | rules[1]
