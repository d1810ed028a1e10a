"""`tg.design()`: a whole design in one call, with good defaults.

For a first look in a notebook; every step it takes is public and can be taken one by one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from territory_geo.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.solution import Solution
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.constraints import Bounds, Constraint


def design(
    data: Accounts | BasicUnits | pd.DataFrame | str | os.PathLike[str],
    *,
    n_territories: int,
    balance: Mapping[str, float | Bounds],
    weight: str | None = "auto",
    constraints: tuple[Constraint, ...] | list[Constraint] = (),
    current: str | pd.Series | Mapping[str, str] | None = None,
    islands: str = "bridge",
    stop: Stop | None = None,
    seed: int = 0,
    display: bool = False,
) -> Solution:
    """Design territories in one call, with good defaults: units, contiguity, problem and search.

    Parameters
    ----------
    data : Accounts, BasicUnits, DataFrame or path
        A path or data frame is read as accounts with coordinates, postcodes, or towns and states.
    n_territories : int
        How many territories.
    balance : mapping of measure to share or Bounds
        ``{"visit_hours": 0.10}`` keeps each territory within ±10 % of the mean.
    weight : str or None, default "auto"
        Measure that counts trips; "auto" is the first balanced one.
    constraints : sequence of constraints
        What is insisted on; see `TerritoryProblem`.
    current : str, Series or mapping, optional
        Who has each account today; see `TerritoryProblem`.
    islands : {"bridge", "attach", "allow", "fail"}
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
    from territory_geo.plan.objective import Travel
    from territory_geo.plan.problem import TerritoryProblem

    if not isinstance(balance, Mapping):
        raise OptionError(f"The 'balance' parameter must be a mapping such as {{\"accounts\": 0.1}}. Got {balance!r}.")
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
        current=current,
    )
    return solve(problem, stop=stop, seed=seed, display=display)
