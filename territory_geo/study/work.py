"""The parts of a study about work: how hours follow from visits, how many reps, growth, quotas, visits in weeks.

Each is a table of the study file; the commands `size` and `routes` fill the same tables from their options.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from territory_geo.demand.workload import MINUTES, VISITS
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.decimals import decimal_text
from territory_geo.study.work_keys import GrowthKeys, QuotaKeys, RouteKeys, SizeKeys, WorkKeys

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from territory_geo.analyze.quotas import Quotas
    from territory_geo.analyze.routes import RoutePlan
    from territory_geo.analyze.sizing import Sizing
    from territory_geo.demand.workload import Workload
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.distance import Distance
    from territory_geo.geodata.matrix import DistanceMatrix
    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.plan import TerritoryPlan


def workload_of(keys: WorkKeys, *, geographic: bool, distance: Distance | DistanceMatrix | None = None) -> Workload:
    """Return the workload that a study describes.

    Parameters
    ----------
    keys : WorkKeys
        The study's table.
    geographic : bool
        Whether coordinates are degrees.
    distance : Distance or DistanceMatrix, optional
        Of the design; where it knows hours, and the table says nothing of detour and speed, driving follows it.
    """
    from territory_geo.demand.rules import WorkRules
    from territory_geo.demand.workload import Workload
    from territory_geo.geodata.distance import GreatCircle, Planar
    from territory_geo.geodata.speed import SpeedProfile

    roads: Distance | DistanceMatrix = (GreatCircle if geographic else Planar)(
        keys.detour, SpeedProfile(keys.kmh, keys.upto_km)
    )
    if distance is not None and knows_hours(distance) and not keys.model_fields_set & {"detour", "kmh", "upto_km"}:
        roads = distance
    rules = WorkRules(
        day_hours=keys.day_hours, days_per_week=keys.days_per_week, day_start=keys.day_start,
        max_nights=keys.max_nights, night_hours=keys.night_hours, working_days=keys.working_days,
        field_share=keys.field_share, admin_share=keys.admin_share, distance=roads,
    )  # fmt: skip
    return Workload(rules)


def knows_hours(distance: Distance | DistanceMatrix) -> bool:
    """Tell whether a distance says how long trips take, by a table of hours or a speed of its own."""
    return getattr(distance, "hours", None) is not None or getattr(distance, "speed", None) is not None


def with_policy(accounts: Accounts, keys: WorkKeys, base: Path) -> Accounts:
    """Return the accounts with visits and minutes under the usual names, by the study's call policy if it names one.

    Raises
    ------
    DataError
        If there is no such column, or the policy does not fit.
    """
    from territory_geo.demand.policy import CallPolicy

    own = {}
    for column, usual in ((keys.visits, VISITS), (keys.minutes, MINUTES)):
        if column != usual and column not in accounts.frame:
            raise DataError(
                f"The accounts have no column {column!r} for {usual}. Columns: "
                f"{', '.join(map(str, accounts.frame.columns))}."
            )
        if column != usual:
            own[usual] = accounts.frame[column]
    if own:
        accounts = replace(accounts, frame=accounts.frame.assign(**own))
    if keys.policy is None:
        missing = [name for name in (VISITS, MINUTES) if name not in accounts.frame]
        if missing:
            raise DataError(
                f"The accounts have no column {' and no column '.join(missing)}, without which there is no workload. "
                f"Name theirs (visits=…, minutes=…), or a call policy (policy='default' is the one that ships). "
                f"Columns: {', '.join(map(str, accounts.frame.columns))}."
            )
        return accounts
    policy = CallPolicy.default() if keys.policy == "default" else CallPolicy.read(base / keys.policy)
    return policy.apply(accounts, segment=keys.segment, kind=keys.kind, replace_own=keys.replace_own)


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
    from territory_geo.analyze.response import Response
    from territory_geo.analyze.sizing import size_force

    if not units.geographic and keys.towns is None:
        raise OptionError("Homes in planar metres need towns of their own: name a file with name, lon, lat.")
    sizing = size_force(
        units, workload=workload, value=keys.value, reps=reps, n_reps=keys.n_reps, towns=towns,
        capacity_hours=keys.capacity_hours, response=Response(keys.response_base, keys.response_power), span=keys.span,
        current=keys.current,
    )  # fmt: skip
    tables = {"sizing": sizing.sweep.reset_index(), "uncovered": sizing.uncovered}
    return sizing, _written(folder, tables, "sizing", sizing.plot)


def write_growth(
    units: BasicUnits, workload: Workload, keys: GrowthKeys, reps: Reps | None, base: Path, folder: Path
) -> pd.DataFrame:
    """Project the hours over the years and write growth.csv and, with matplotlib, growth.png; return the years.

    Raises
    ------
    OptionError
        If there are no reps to start from.
    """
    from territory_geo.analyze.growth.projection import project_growth
    from territory_geo.render.charts.growth import growth_figure

    if keys.reps is not None:
        reps = read_force(base / keys.reps, units)
    if reps is None:
        raise OptionError("Growth starts from today's reps. Name their file: reps under [growth] or [design].")
    table = project_growth(
        units, reps, growth=keys.rates, years=keys.years, towns=_towns(units, keys.towns, base), workload=workload,
        capacity_hours=keys.capacity_hours, segment=keys.segment,
    )  # fmt: skip
    _written(folder, {"growth": table.round({"accounts": 1})}, "growth", lambda: growth_figure(table))
    return table


def write_quotas(plan: TerritoryPlan, keys: QuotaKeys, base: Path, folder: Path) -> Quotas:
    """Set the quotas of a plan and write quotas.csv, fairness.csv, explained.csv and, with matplotlib, quotas.png."""
    import pandas as pd

    from territory_geo.analyze.quotas import set_quotas

    quotas = set_quotas(
        plan, keys.total, history=keys.history, potential=keys.potential, growth=keys.rates, reach=keys.reach,
        limits=(keys.least, keys.most), before=None if keys.before is None else _quotas_before(base / keys.before),
        step=keys.step, segment=keys.segment,
    )  # fmt: skip
    names = [str(name) for name in quotas.table.index]
    said = pd.DataFrame({"territory": names, "explained": [quotas.explain(name) for name in names]})
    fairness = quotas.spread().rename_axis("quotas").reset_index()
    tables = {"quotas": quotas.table.reset_index(), "fairness": fairness, "explained": said}
    _written(folder, tables, "quotas", quotas.plot)
    return quotas


def read_force(path: Path, units: BasicUnits) -> Reps:
    """Return the reps of a file, in the coordinates of the units."""
    from territory_geo.geodata.reps import read_reps

    return read_reps(path, crs="EPSG:4326" if units.geographic else None)


def _quotas_before(path: Path) -> pd.Series:
    """Return the quotas of a file territory,quota."""
    from territory_geo.geodata.readers.tables import numbers_where_lossless, read_delimited

    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file. Check the spelling, or give the full path.")
    table = read_delimited(path)
    missing = [name for name in ("territory", "quota") if name not in table]
    if missing:
        raise DataError(f"{path} has no column {', '.join(missing)}. Today's quotas need territory and quota.")
    table = numbers_where_lossless(table, ids="territory")
    return table.set_index(table["territory"].astype(str))["quota"].astype(float)


def _towns(units: BasicUnits, name: str | None, base: Path) -> pd.DataFrame:
    if not units.geographic and name is None:
        raise OptionError("Homes in planar metres need towns of their own: name a file with name, lon, lat.")
    return read_towns(None if name is None else base / name)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write tables as CSV; return the names of the files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            table.to_csv(
                folder / f"{name}.csv", index=False, lineterminator="\n", float_format=decimal_text, encoding="utf-8"
            )
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error
    return [f"{name}.csv" for name in tables]


def _written(folder: Path, tables: Mapping[str, pd.DataFrame], picture: str, plot: Callable[[], Figure]) -> list[str]:
    """Write tables as CSV and, with matplotlib, a picture; return the names of the files."""
    return [*write_tables(folder, tables), *_drawn(folder, picture, plot)]


def _drawn(folder: Path, picture: str, plot: Callable[[], Figure]) -> list[str]:
    """Write a picture where matplotlib is there; return the names of the files."""
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        return []
    try:
        plot().savefig(folder / f"{picture}.png", dpi=160)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error
    return [f"{picture}.png"]


def write_routes(plan: TerritoryPlan, workload: Workload, keys: RouteKeys, folder: Path) -> pd.DataFrame:
    """Lay the visits of territories into weeks; each gets a folder, and routes.csv sums them up.

    A folder holds tables, a calendar and, with matplotlib, a picture.

    Returns
    -------
    DataFrame
        Index `territory`; `visits`, `visit_hours`, `driving_hours`, `nights`, `left`.
    """
    import pandas as pd

    from territory_geo.analyze.routes import plan_routes

    def planned(name: str) -> RoutePlan:
        return plan_routes(
            plan, name, n_weeks=keys.weeks, first_week=keys.first_week, start=keys.start, workload=workload,
            worth=keys.worth, rounds=keys.rounds,
        )  # fmt: skip

    rows = {}
    names = keys.territories or plan.territory_ids
    # The search is compiled code without the interpreter's lock; what comes out does not depend on the threads.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        for name, routes in zip(names, threads.map(planned, names), strict=True):
            routes.write(folder / folder_name(name))
            _drawn(folder / folder_name(name), "weeks", routes.plot)
            rows[name] = routes.hours()
    table = pd.DataFrame(rows).T.rename_axis("territory")
    try:
        table.to_csv(folder / "routes.csv", lineterminator="\n", float_format=decimal_text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error
    return table


def folder_name(territory: str) -> str:
    """Return a territory's id as a folder's name: no slashes, no way up."""
    plain = "".join(sign if sign.isalnum() or sign in "-_ " else "_" for sign in territory).strip()
    return plain or "_"
