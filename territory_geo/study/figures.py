"""The part of a study about figures: where the CRM is, how accounts are covered, what is aimed at.

The command `kpis` fills the same table from its options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.study.parts import Part, Text

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.analyze.kpis import AccountCard, Alignment
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan

CRM_FILES = ("crm_rejects.csv", "crm_findings.csv")
"""What became of the records, beside the figures."""


class KpiKeys(Part):
    """Where the records are, and what is told of them.

    `crm` is a folder (see `read_crm`), `coverage` a file with account_id, motion, owner, team, `targets` one with kpi,
    value, per, level, key. `against` is "before" or "year". `owner` is the accounts' column that says who looks after
    them, `by` the levels, `measures` the KPIs. With `market`, a column, shares of the market are told, and a ranking by
    what could be expected, each class of accounts of the column `within` for itself. The other keys are those of
    `kpis`, `KpiOptions` and `read_crm`.
    """

    crm: Text | None = None
    period: Text | None = None
    against: Text = "before"
    coverage: Text | None = None
    targets: Text | None = None
    owner: Text | None = None
    by: list[Text] = []
    measures: list[Text] = []
    both: bool = False
    market: Text | None = None
    within: Text | None = None
    margin: float | None = None
    discount: float = 0.10
    currency: Text | None = None
    rates: dict[str, float] = {}
    day_first: bool | None = None


@dataclass(frozen=True)
class Told:
    """Figures with what belongs to them.

    Parameters
    ----------
    table : DataFrame
        From `kpis`.
    records : CRM
        Of what.
    ranking : DataFrame or None
        From `fair_ranking`; None without a market, or where there is nothing to rank.
    accounts : list of AccountCard
        From `account_cards`: the named accounts.
    """

    table: pd.DataFrame
    records: CRM
    ranking: pd.DataFrame | None
    accounts: list[AccountCard]


def tell(
    plan: TerritoryPlan | Alignment,
    keys: KpiKeys,
    base: Path,
    *,
    accounts: Accounts | None = None,
    files: Mapping[str, Path] | None = None,
) -> Told:
    """Read the records and work out the figures.

    Parameters
    ----------
    plan : TerritoryPlan or Alignment
        Which account is in which territory.
    keys : KpiKeys
        What is asked.
    base : path
        Where relative paths start.
    accounts : Accounts, optional
        As in `read_crm`.
    files : mapping of table to path, optional
        Tables by themselves.

    Raises
    ------
    DataError, OptionError
        As `read_crm` and `kpis`.
    """
    from territory_geo.analyze.kpis import KpiOptions, account_cards, fair_ranking, kpis
    from territory_geo.analyze.kpis.covered import unknown
    from territory_geo.analyze.kpis.table import chosen_period
    from territory_geo.geodata.crm import read_crm

    options = KpiOptions(market=keys.market, margin=keys.margin, discount=keys.discount)
    folder = None if keys.crm is None else base / keys.crm
    tables: dict[str, Any] = dict(files or {})
    records = read_crm(
        folder, **tables, accounts=accounts, currency=keys.currency, rates=keys.rates,
        day_first=keys.day_first,
    )  # fmt: skip
    coverage, targets = _table(base, keys.coverage), _table(base, keys.targets)
    table = kpis(
        plan, records, period=keys.period, against=keys.against, coverage=coverage, owner=keys.owner,
        by=keys.by or None, measures=keys.measures or None, models="both" if keys.both else "own",
        targets=targets, options=options,
    )  # fmt: skip
    level = next((name for name in ("rep", "territory") if name in set(table["level"])), None)
    ranking = None
    sold = records.has("orders", "amount") and not unknown(records, ["orders"], chosen_period(keys.period, records))
    if keys.market is not None and level is not None and sold:
        ranking = fair_ranking(
            plan, records, potential=keys.market, period=keys.period, by=level, within=keys.within, coverage=coverage,
            owner=keys.owner, options=options,
        )  # fmt: skip
    cards = [] if "account" not in set(table["level"]) else account_cards(
        plan, records, period=keys.period, against=keys.against, coverage=coverage, owner=keys.owner, options=options
    )  # fmt: skip
    return Told(table, records, ranking, cards)


def write_told(told: Told, folder: Path, *, title: str | None = None) -> list[str]:
    """Write the figures, and what became of the records; return the names of the files."""
    from territory_geo.render.export import named_failures
    from territory_geo.render.kpis import write_kpis

    written = write_kpis(told.table, folder, title=title, ranking=told.ranking, accounts=told.accounts)
    with named_failures(folder):
        for name, table in zip(CRM_FILES, (told.records.rejects, told.records.findings), strict=True):
            table.to_csv(folder / name, index=False, lineterminator="\n", encoding="utf-8")
    return [*written, *CRM_FILES]


def _table(base: Path, path: str | None) -> pd.DataFrame | None:
    """Return a small table as text."""
    if path is None:
        return None
    from territory_geo.geodata.readers.sources import load

    return load(base / path).frame  # type: ignore[no-any-return]
