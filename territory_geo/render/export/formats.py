"""`plan.write`: a folder, or one file for another program, by the ending of its name or by a format.

Each format has its own file; here is only who is called.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.errors import OptionError

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

_HERE = "territory_geo.render.export"
_WRITERS = {
    "folder": (f"{_HERE}.folder", "write_plan"),
    "gpkg": (f"{_HERE}.shapes", "write_geopackage"),
    "geojson": (f"{_HERE}.shapes", "write_geojson"),
    "shp": (f"{_HERE}.shapefile", "write_shapefile"),
    "kml": (f"{_HERE}.kml", "write_kml"),
    "xlsx": (f"{_HERE}.book", "write_book"),
    "png": ("territory_geo.render.figure", "write_figure"),
    "svg": ("territory_geo.render.figure", "write_figure"),
    "pdf": ("territory_geo.render.figure", "write_figure"),
    "salesforce": (f"{_HERE}.salesforce", "write_salesforce"),
    "hubspot": (f"{_HERE}.hubspot", "write_hubspot"),
}
FORMATS = tuple(_WRITERS)
"""Values of `format`."""
_ENDINGS = tuple(name for name in FORMATS if name not in ("folder", "salesforce", "hubspot"))
# Of files that people ask for and that are something else here: a folder of that name would only puzzle.
_OTHERS = {
    "html": "For the map use plan.explore().save(path), for the report plan.report(path).",
    "csv": "Name a folder: assignments.csv and territories.csv go into it.",
    "json": "Name a folder: plan.json goes into it; or end the name in .geojson.",
}


def write(plan: TerritoryPlan, path: str | os.PathLike[str], *, format: str | None = None, **options: Any) -> list[str]:
    """Write a plan as a folder of files, or as one file for another program.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    path : path
        A folder, or a file whose name ends in .gpkg, .geojson, .shp, .kml, .xlsx, .png, .svg or .pdf. An earlier file
        is replaced.
    format : str, optional
        One of `FORMATS` where the name does not say it: "salesforce" (a folder), "hubspot" (a CSV file), "folder".
    **options
        Of the format: see `write_plan`, `write_salesforce`, `write_hubspot`, `write_figure`.

    Returns
    -------
    list of str
        What to know about the files: names that were shortened, texts that were cut. Empty where all is as it was.

    Raises
    ------
    OptionError
        If the format is unknown, or does not take an option.
    DataError
        If the file cannot be written, or the plan does not have what the format needs.
    """
    chosen = format or _by_name(Path(path))
    if chosen not in _WRITERS:
        raise OptionError(f"The 'format' parameter must be one of {', '.join(FORMATS)}. Got {format!r} instead.")
    module, name = _WRITERS[chosen]
    writer: Callable[..., list[str] | None] = getattr(import_module(module), name)
    try:
        return writer(plan, path, **options) or []
    except TypeError as error:
        if "unexpected keyword" in str(error) and options:
            raise OptionError(f"The format {chosen!r} does not take all of {', '.join(options)}: {error}.") from error
        raise


def _by_name(path: Path) -> str:
    """Return the format that a name stands for: its known ending, else a folder."""
    ending = path.suffix.lower().removeprefix(".")
    if path.is_dir():
        return "folder"
    if ending in _OTHERS:
        raise OptionError(
            f"A plan is not written as .{ending}. {_OTHERS[ending]} Endings: {', '.join(f'.{e}' for e in _ENDINGS)}."
        )
    return ending if ending in _ENDINGS else "folder"
