"""Whether what a study asserts holds of its plans: figures of the comparison, and how even each measure is."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.errors import DataError

if TYPE_CHECKING:
    from territory_geo.analyze.compare import Comparison
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.study.scenario_keys import Assertion
    from territory_geo.study.schema import Study

SLACK = 1e-9
"""Share by which a figure may pass its limit through rounding."""


def verdicts_of(study: Study, plans: dict[str, TerritoryPlan], comparison: Comparison | None) -> list[dict[str, Any]]:
    """Return a row for each assertion and scenario.

    Parameters
    ----------
    study : Study
        With its assertions.
    plans : dict of name to TerritoryPlan
        Of the scenarios that have one.
    comparison : Comparison or None
        Of these plans; None where there are none.

    Returns
    -------
    list of dict
        `scenario`, `figure`, `value` (None where it is not known), `most`, `least`, `holds`, `said`: a sentence.

    Raises
    ------
    DataError
        If an assertion names a figure that the comparison does not have.
    """
    if not study.assertion:
        return []
    table = pd.DataFrame() if comparison is None else figures_of(comparison)
    for one in study.assertion:
        if comparison is not None and one.figure not in table:
            known = [str(name) for name in table.columns]
            near = difflib.get_close_matches(one.figure, known, 1)
            said = f" Did you mean {near[0]}?" if near else ""
            raise DataError(f"assertion: no figure is called {one.figure!r}.{said} Figures are {', '.join(known)}.")
    rows = []
    figures = {(str(name), figure): values[name] for figure, values in table.to_dict().items() for name in values}
    for one in study.assertion:
        for name in one.scenarios or [scenario.name for scenario in study.scenario]:
            value = float(figures.get((name, one.figure), math.nan))
            rows.append(_verdict(one, name, value, has_plan=name in plans))
    return rows


def figures_of(comparison: Comparison) -> pd.DataFrame:
    """Return what can be asserted: the numbers of a comparison's plans, and of each measure its gini and spread."""
    from territory_geo.analyze.quotas import gini

    table = comparison.plans.select_dtypes("number").copy()
    for measure in comparison.measures:
        loads = comparison.territories.groupby("plan")[measure]
        table[f"{measure}_gini"] = loads.apply(lambda values: gini(values.to_numpy(dtype=float)))
        table[f"{measure}_spread"] = loads.max() / loads.min()
    return table


def _verdict(asserted: Assertion, name: str, value: float, *, has_plan: bool) -> dict[str, Any]:
    known = math.isfinite(value)
    over = known and asserted.most is not None and value > asserted.most + SLACK * abs(asserted.most)
    under = known and asserted.least is not None and value < asserted.least - SLACK * abs(asserted.least)
    holds = known and not over and not under
    asked = " and ".join(
        f"{word} {limit:g}" for word, limit in (("at least", asserted.least), ("at most", asserted.most))
        if limit is not None
    )  # fmt: skip
    what = f"is {value:,.4g}" if known else "is not known" if has_plan else "cannot be told, there is no plan"
    return {
        "scenario": name, "figure": asserted.figure, "value": value if known else None, "most": asserted.most,
        "least": asserted.least, "holds": holds,
        "said": f"{name}: {asserted.figure} {what}; {asked} is asserted.",
    }  # fmt: skip
