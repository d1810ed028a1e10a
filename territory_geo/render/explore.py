"""One way to look at things: accounts with what was found in them, a plan, or several plans to switch between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from territory_geo.errors import OptionError

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.render.offline import OfflineMap


def explore(
    what: Accounts | TerritoryPlan | Mapping[str, TerritoryPlan], *, title: str | None = None, **options: Any
) -> OfflineMap:
    """Draw accounts, a plan, or several plans on one interactive map that opens without a network.

    Parameters
    ----------
    what : Accounts, TerritoryPlan or mapping of name to TerritoryPlan
        Accounts: what was found in the table, a layer per rule. A plan: its territories and accounts. Several plans
        over the same accounts: one file that switches between them and shows what changes.
    title : str, optional
        Headline.
    **options
        For accounts those of `render.findings.findings_map`, for plans those of `render.map.plan_map`, such as
        ``reps``, ``teams``, ``findings``, ``theme``.

    Returns
    -------
    OfflineMap
        A `folium.Map`: add layers, then ``.save("map.html")``. The same input gives the same bytes.

    Raises
    ------
    OptionError
        If `what` is something else.

    Examples
    --------
    >>> import pandas as pd
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": [1, 2, 2], "lon": [2.3, 2.4, 2.4], "lat": [48.8, 48.9, 48.9]})
    >>> explore(tg.read_accounts(table)).save("map.html")  # doctest: +SKIP
    """
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.plan.plan import TerritoryPlan

    if isinstance(what, Accounts):
        from territory_geo.render.findings import findings_map

        return findings_map(what, title=title, **options)
    several = isinstance(what, Mapping) and len(what) and all(isinstance(each, TerritoryPlan) for each in what.values())
    if isinstance(what, TerritoryPlan) or several:
        from territory_geo.render.map import plan_map

        return plan_map(what, title=title, **options)
    raise OptionError(
        "The first parameter must be what read_accounts returns, a TerritoryPlan, or a mapping of names to plans such "
        f'as {{"today": today, "proposed": plan}}. Got {type(what).__name__} instead.'
    )
