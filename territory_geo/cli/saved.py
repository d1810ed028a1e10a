"""Plans that earlier commands saved, as later ones read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan


def loaded(folder: Path) -> TerritoryPlan:
    """Return the plan that a folder holds, or that a design with --save-plan left in it.

    Raises
    ------
    DataError
        If there is none.
    """
    from territory_geo.errors import DataError
    from territory_geo.plan.storage import RECORD, load_plan
    from territory_geo.render.export import SAVED

    for place in (folder, folder / SAVED):
        if (place / RECORD).is_file():
            return load_plan(place)
    if (folder / "assignments.csv").is_file():
        raise DataError(f"{folder} has a design whose plan was not saved. Design it again with --save-plan.")
    raise DataError(f"{folder} holds no saved plan. Name a folder of `design --save-plan`, or one that `save` wrote.")
