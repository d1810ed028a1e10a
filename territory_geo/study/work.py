"""The parts of a study about work: how hours follow from visits, how many reps, and visits laid into weeks.

Each is a table of the study file; the commands `size` and `routes` fill the same tables from their options.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from territory_geo.errors import DataError, OptionError

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.analyze.sizing import Sizing
    from territory_geo.demand.workload import Workload
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.plan import TerritoryPlan

Positive = Annotated[float, Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class WorkKeys(_Part):
    """How a rep works (see `WorkRules`), and the call policy: a file, or "default" for the one that ships.

    `detour`, `kmh` and `upto_km` are roads and speeds (see `SpeedProfile`). Where accounts have visits and minutes of
    their own, `replace_own` lets the policy replace them.
    """

    policy: Text | None = None
    replace_own: bool = False
    day_hours: Positive = 8.0
    days_per_week: Annotated[int, Field(ge=1, le=7)] = 5
    day_start: Annotated[float, Field(ge=0)] = 8.0
    max_nights: Annotated[int, Field(ge=0)] = 4
    night_hours: Annotated[float, Field(ge=0)] = 1.0
    working_days: Annotated[int, Field(ge=1)] = 220
    field_share: Positive = 0.9
    admin_share: Annotated[float, Field(ge=0)] = 0.0
    detour: Annotated[float, Field(ge=1)] = 1.3
    kmh: list[Positive] = [30.0, 60.0, 95.0]
    upto_km: list[Positive] = [5.0, 30.0]


class SizeKeys(_Part):
    """How many reps: what accounts are worth, how many reps there are, and where they could live.

    `towns` is a file with name, lon, lat; left out: those of the United States. `response_base` and `response_power`
    are the response curve (see `Response`).
    """

    value: Text
    reps: Text | None = None
    n_reps: Annotated[int, Field(ge=1)] | None = None
    towns: Text | None = None
    capacity_hours: Positive | None = None
    span: Annotated[int, Field(ge=0)] = 3
    response_base: Annotated[float, Field(ge=0, le=1)] = 0.3
    response_power: Positive = 0.5


class RouteKeys(_Part):
    """Which weeks of which territories; left out, all of them. `start` is a Monday."""

    weeks: Annotated[int, Field(ge=1)] = 4
    first_week: Annotated[int, Field(ge=0)] = 0
    start: date = date(2026, 1, 5)
    territories: list[Text] = []
    worth: Text | None = None
    rounds: Annotated[int, Field(ge=1)] | None = None


def workload_of(keys: WorkKeys, *, geographic: bool) -> Workload:
    """Return the workload that a study describes."""
    from territory_geo.demand.rules import WorkRules
    from territory_geo.demand.workload import Workload
    from territory_geo.geodata.distance import GreatCircle, Planar
    from territory_geo.geodata.speed import SpeedProfile

    roads = (GreatCircle if geographic else Planar)(keys.detour, SpeedProfile(keys.kmh, keys.upto_km))
    rules = WorkRules(
        day_hours=keys.day_hours, days_per_week=keys.days_per_week, day_start=keys.day_start,
        max_nights=keys.max_nights, night_hours=keys.night_hours, working_days=keys.working_days,
        field_share=keys.field_share, admin_share=keys.admin_share, distance=roads,
    )  # fmt: skip
    return Workload(rules)


def with_policy(accounts: Accounts, keys: WorkKeys, base: Path) -> Accounts:
    """Return the accounts with the visits and minutes of the study's call policy, if it names one."""
    from territory_geo.demand.policy import CallPolicy

    if keys.policy is None:
        return accounts
    policy = CallPolicy.default() if keys.policy == "default" else CallPolicy.read(base / keys.policy)
    return policy.apply(accounts, replace_own=keys.replace_own)


def read_towns(path: Path | None) -> pd.DataFrame:
    """Return the towns of a file, or those that ship; reps can live there."""
    from territory_geo.geodata import samples
    from territory_geo.geodata.readers.tables import numbers_where_lossless, read_delimited

    if path is None:
        return samples.us_towns()
    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file. Check the spelling, or give the full path.")
    return numbers_where_lossless(read_delimited(path), ids="name")


def write_size(
    units: BasicUnits, workload: Workload, keys: SizeKeys, reps: Reps | None, towns: pd.DataFrame, folder: Path
) -> tuple[Sizing, list[str]]:
    """Work out the size of the sales force and write sizing.csv, uncovered.csv and, with matplotlib, sizing.png.

    Returns
    -------
    (Sizing, list of str)
        And the files that were written.
    """
    from importlib.util import find_spec

    from territory_geo.analyze.response import Response
    from territory_geo.analyze.sizing import size_force

    if not units.geographic and keys.towns is None:
        raise OptionError("Homes in planar metres need towns of their own: name a file with name, lon, lat.")
    sizing = size_force(
        units, workload=workload, value=keys.value, reps=reps, n_reps=keys.n_reps, towns=towns,
        capacity_hours=keys.capacity_hours, response=Response(keys.response_base, keys.response_power), span=keys.span,
    )  # fmt: skip
    files = ["sizing.csv", "uncovered.csv"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sizing.sweep.to_csv(folder / files[0], lineterminator="\n", float_format="%.6g")
        sizing.uncovered.to_csv(folder / files[1], index=False, lineterminator="\n", float_format="%.6g")
        if find_spec("matplotlib") is not None:
            sizing.plot().savefig(folder / "sizing.png", dpi=120)
            files.append("sizing.png")
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error
    return sizing, files


def write_routes(plan: TerritoryPlan, workload: Workload, keys: RouteKeys, folder: Path) -> pd.DataFrame:
    """Lay the visits of territories into weeks; each gets a folder, and routes.csv sums them up.

    Returns
    -------
    DataFrame
        Index `territory`; `visits`, `visit_hours`, `driving_hours`, `nights`, `left`.
    """
    import pandas as pd

    from territory_geo.analyze.routes import plan_routes

    rows = {}
    for name in keys.territories or plan.territory_ids:
        routes = plan_routes(
            plan, name, n_weeks=keys.weeks, first_week=keys.first_week, start=keys.start, workload=workload,
            worth=keys.worth, rounds=keys.rounds,
        )  # fmt: skip
        routes.write(folder / _folder_name(name))
        rows[name] = routes.hours()
    table = pd.DataFrame(rows).T.rename_axis("territory")
    try:
        table.to_csv(folder / "routes.csv", lineterminator="\n", float_format="%.6g", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error
    return table


def _folder_name(territory: str) -> str:
    """Return a territory's id as a folder's name: no slashes, no way up."""
    plain = "".join(sign if sign.isalnum() or sign in "-_ " else "_" for sign in territory).strip()
    return plain or "_"
