"""A study: one TOML file that says what to design from what, and the wiring that runs it.

The command line's options build the same study, so that both ways do exactly the same.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from territory_geo.errors import DataError, OptionError
from territory_geo.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.distance import Distance
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.solution import Solution
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.constraints import Bounds, Constraint
    from territory_geo.plan.problem import TerritoryProblem

Share = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Part):
    """Absolute bounds of a measure per territory."""

    lower: Share
    upper: Share


class Data(_Part):
    """Where the data is and what its columns mean; exactly one of `source`, `accounts`, `areas`."""

    source: str | None = None
    accounts: str | None = None
    areas: str | None = None
    layer: str | None = None
    id: str | None = None
    lon: str | None = None
    lat: str | None = None
    planar: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Data:
        if sum(value is not None for value in (self.source, self.accounts, self.areas)) != 1:
            raise ValueError("give exactly one of source, accounts and areas")
        return self


class Design(_Part):
    """How many territories, what is balanced, what is minimised."""

    territories: Annotated[int, Field(ge=1)]
    balance: Annotated[dict[str, Share | Range], Field(min_length=1)]
    weight: str | None = None
    power: Literal[1, 2] = 1
    detour: Annotated[float, Field(ge=1)] = 1.0
    contiguous: bool = True
    islands: Literal["bridge", "allow", "fail"] = "bridge"


class Statement(_Part):
    """A lock or a ban: these units, that territory."""

    units: Annotated[list[str], Field(min_length=1)]
    territory: str


class SearchOptions(_Part):
    """How long to search, and from which seed."""

    seed: Annotated[int, Field(ge=0)] = 0
    iterations: Annotated[int, Field(ge=1)] | None = None
    time_limit: Annotated[float, Field(gt=0)] | None = None


class Outputs(_Part):
    """What is written where."""

    directory: str
    title: str | None = None
    save_graph: bool = False


class Study(_Part):
    """Everything that a design run needs to know."""

    name: str = "territories"
    data: Data
    design: Design
    lock: list[Statement] = []
    forbid: list[Statement] = []
    search: SearchOptions = SearchOptions()
    outputs: Outputs


@dataclass(frozen=True)
class Result:
    """What a study brought: its solution, and the folder with the files."""

    study: Study
    problem: TerritoryProblem
    solution: Solution
    directory: Path


def read_study(path: str | os.PathLike[str]) -> Study:
    """Read and check a study file.

    Raises
    ------
    DataError
        Naming the file, each wrong key, what is allowed and what came.
    """
    file = Path(path)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{file} does not exist. Check the spelling, or give the full path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid TOML: {error}.") from error
    return checked_study(content, str(file))


def checked_study(content: Mapping[str, Any], label: str) -> Study:
    """Return a study from its content; every problem is listed at once."""
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            key = ".".join(str(part) for part in problem["loc"] if part not in ("constrained-float", "Range"))
            came = "" if problem["type"] in ("missing", "value_error") else f" Got {problem['input']!r}."
            lines.append(f"  {key or 'the study'}: {problem['msg'].removeprefix('Value error, ')}.{came}")
        raise DataError(f"{label} cannot be used:\n" + "\n".join(dict.fromkeys(lines))) from error


def run_study(
    study: Study, *, base: str | os.PathLike[str] = ".", out: str | os.PathLike[str] | None = None, progress: Progress = silent
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
    """
    from territory_geo.render.export import write_nearest, write_plan

    directory = Path(out) if out is not None else Path(study.outputs.directory)
    progress("read data", 0.0, "")
    units = load_units(study.data, Path(base), [*study.design.balance, *([study.design.weight] if study.design.weight else [])])
    progress("read data", 1.0, f"{len(units):,} units, {len(units.rejects):,} rows rejected")
    problem = _problem(study, units, progress)
    from territory_geo.optimize.solve import solve

    solution = solve(problem, stop=_stop(study.search), seed=study.search.seed, progress=progress)
    progress("write", 0.0, str(directory))
    if solution.plan is not None:
        title = study.outputs.title or study.name
        write_plan(solution.plan, directory, title=title, save_graph=study.outputs.save_graph)
    else:
        outcome = {
            "status": str(solution.status), "reason": solution.reason, "seed": solution.seed,
            "iterations": solution.iterations, "runtime_s": round(solution.runtime_s, 3),
        }  # fmt: skip
        write_nearest(problem, solution.nearest, directory, outcome)
    progress("write", 1.0, str(directory))
    return Result(study, problem, solution, directory)


def load_units(data: Data, base: Path, measures: list[str]) -> BasicUnits:
    """Return the basic units of a study's data; rows whose measures cannot be used become rejects."""
    from territory_geo.geodata.accounts import TEXT_SUFFIXES, read_accounts
    from territory_geo.geodata.readers.vectors import holds_areas
    from territory_geo.geodata.units import BasicUnits

    path = base / (data.source or data.accounts or data.areas or "")
    areas = data.areas is not None
    if data.source is not None and path.suffix.lower() not in TEXT_SUFFIXES:
        areas = holds_areas(path, layer=data.layer)
    if areas:
        return BasicUnits.from_areas(path, id=data.id, layer=data.layer, measures=measures)
    accounts = read_accounts(
        path, id=data.id, lon=data.lon, lat=data.lat, crs=None if data.planar else "EPSG:4326", layer=data.layer
    )
    return BasicUnits.from_accounts(accounts, measures=measures)


def _problem(study: Study, units: BasicUnits, progress: Progress) -> TerritoryProblem:
    from territory_geo.geodata.contiguity import ContiguityGraph
    from territory_geo.geodata.distance import GreatCircle, Planar
    from territory_geo.plan.constraints import Bounds, Forbid, Lock
    from territory_geo.plan.problem import TerritoryProblem, Travel

    asked, graph = study.design, None
    if asked.contiguous:
        progress("contiguity", 0.0, "which units touch")
        graph = ContiguityGraph.from_units(units, islands=asked.islands)
        progress("contiguity", 1.0, repr(graph)[1:-1])
    distance: Distance = GreatCircle(asked.detour) if units.geographic else Planar(asked.detour)
    balance: dict[str, float | Bounds] = {
        name: Bounds(limit.lower, limit.upper) if isinstance(limit, Range) else limit for name, limit in asked.balance.items()
    }
    constraints: list[Constraint] = [Lock(s.units, s.territory) for s in study.lock]
    constraints += [Forbid(s.units, s.territory) for s in study.forbid]
    return TerritoryProblem(
        units,
        graph,
        n_territories=asked.territories,
        balance=balance,
        objective=Travel(distance=distance, power=asked.power, weight=asked.weight or "auto"),
        constraints=constraints,
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


def design(
    data: Accounts | BasicUnits | pd.DataFrame | str | os.PathLike[str],
    *,
    n_territories: int,
    balance: Mapping[str, float | Bounds],
    weight: str | None = "auto",
    constraints: tuple[Constraint, ...] | list[Constraint] = (),
    islands: str = "bridge",
    stop: Stop | None = None,
    seed: int = 0,
    display: bool = False,
) -> Solution:
    """Design territories in one call, with good defaults: units, contiguity, problem and search.

    Parameters
    ----------
    data : Accounts, BasicUnits, DataFrame or path
        A path or data frame is read as accounts with coordinates.
    n_territories : int
        How many territories.
    balance : mapping of measure to share or Bounds
        ``{"visit_hours": 0.10}`` keeps each territory within ±10 % of the mean.
    weight : str or None, default "auto"
        Measure that counts trips; "auto" is the first balanced one.
    constraints : sequence of Lock, Forbid
        What is insisted on.
    islands : {"bridge", "allow", "fail"}
        What happens to units that touch no other.
    stop, seed, display
        As in `solve`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": range(6), "lon": [9.0, 9.1, 9.2, 12.0, 12.1, 12.2], "lat": [50.0] * 6})
    >>> solution = design(table, n_territories=2, balance={"accounts": 0.0})
    >>> solution.plan.territories["accounts"].to_dict()
    {'T01': 3, 'T02': 3}
    """
    from territory_geo.geodata.accounts import Accounts, read_accounts
    from territory_geo.geodata.contiguity import ContiguityGraph
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.solve import solve
    from territory_geo.plan.problem import TerritoryProblem, Travel

    if not isinstance(balance, Mapping):
        raise OptionError(f'The \'balance\' parameter must be a mapping such as {{"accounts": 0.1}}. Got {balance!r}.')
    if not isinstance(data, (Accounts, BasicUnits)):
        data = read_accounts(data)
    units = data if isinstance(data, BasicUnits) else BasicUnits.from_accounts(data)
    problem = TerritoryProblem(
        units,
        ContiguityGraph.from_units(units, islands=islands),
        n_territories=n_territories,
        balance=balance,
        objective=Travel(weight=weight),
        constraints=constraints,
    )
    return solve(problem, stop=stop, seed=seed, display=display)
