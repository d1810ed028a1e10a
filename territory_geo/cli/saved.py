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
    from territory_geo.plan.storage import RECORD, SAVED, load_plan

    if any((place / RECORD).is_file() for place in (folder, folder / SAVED)):
        return load_plan(folder)
    if (folder / "assignments.csv").is_file():
        raise DataError(f"{folder} has a design whose plan was not saved. Design it again with --save-plan.")
    raise DataError(f"{folder} holds no saved plan. Name a folder of `design --save-plan`, or one that `save` wrote.")


def named(folders: list[Path]) -> dict[str, TerritoryPlan]:
    """Return the plans by name: the folder's, or the one that stands before an equals sign.

    Raises
    ------
    OptionError
        If two have the same name.
    DataError
        If a folder holds no plan.
    """
    from territory_geo.errors import OptionError

    found: dict[str, TerritoryPlan] = {}
    for text in folders:
        name, path = parted(text)
        if name in found:
            raise OptionError(f"Two plans are called {name!r}. Name one of them: NAME={path}.")
        found[name] = loaded(path)
    return found


def parted(text: Path) -> tuple[str, Path]:
    """Return a plan's name and its folder, of ``NAME=DIR`` or ``DIR``; a folder with an equals sign is a folder."""
    from territory_geo.render.export import SAVED

    name, sign, folder = str(text).partition("=")
    if sign and not text.exists():
        return name, Path(folder)
    whole = text.resolve()
    return (whole.parent if whole.name == SAVED else whole).name, text
