"""A study file begun from a data file: its own columns, what they seem to be, and comments that say what else can be.

The file is complete: it runs as it is. What was guessed says so in its comment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits

PREFERRED = ("visit_hours", "hours", "visits_per_year")
"""Measures that are balanced first, where they are there."""

USUAL = 10
"""Territories where nothing says how many."""

PLACES = ("lon", "lat", "postcode", "town", "state")
"""Columns that say where accounts are, as a study names them."""


def begun(data: str | os.PathLike[str], study: str | os.PathLike[str], *, layer: str | None = None) -> str:
    """Return the text of a study of a data file.

    Parameters
    ----------
    data : path
        Accounts or areas, in any form that is read.
    study : path
        Where the study file will be: paths in it start from its folder.
    layer : str, optional
        Of a file with several.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    from territory_geo.geodata.accounts import read_accounts
    from territory_geo.geodata.readers.sources import kind_of
    from territory_geo.geodata.readers.vectors import holds_areas
    from territory_geo.geodata.units import BasicUnits

    path = Path(data)
    shown = _path(path, Path(study).parent)
    rep: str | None = None
    if kind_of(path, layer) == "shapes" and holds_areas(path, layer=layer):
        units = BasicUnits.from_areas(path, layer=layer)
        said = [f"areas = {_text(shown)}{_found(len(units), units)}"]
    else:
        accounts = read_accounts(path, layer=layer)
        units = BasicUnits.from_accounts(accounts)
        said = [f"accounts = {_text(shown)}{_found(len(accounts), units)}"]
        roles = {role: name for role, name in accounts.columns.items() if name}
        rep = roles.get("rep")
        table = kind_of(path, layer) != "shapes"
        said += [
            f"{role} = {_text(name)}".ljust(34) + "# as found; change it if it is another column"
            for role, name in roles.items()
            if role == "id" or (table and role in PLACES)
        ]
    if layer is not None:
        said.append(f"layer = {_text(layer)}")
    reps = [] if rep is None else sorted({str(name).strip() for name in units.members[rep].dropna()} - {""})
    return _study(path.stem.replace("_", " "), said, units, rep, reps)


def _study(name: str, data: list[str], units: BasicUnits, rep: str | None, reps: list[str]) -> str:
    measures = [m for m in units.measures if float(units.frame[m].sum()) > 0] or ["accounts"]
    own = [m for m in measures if m != "accounts"] or measures
    first = next((m for m in PREFERRED if m in measures), own[0])
    count = len(reps) if 1 < len(reps) <= len(units) else min(USUAL, max(1, len(units) // 2))
    why = f"as many as reps in {_one_line(str(rep))}" if count == len(reps) else "a guess: how many do you want?"
    lines = [
        f"# A study of {_one_line(name)}: what is designed from what, and the what-ifs that are compared.",
        "# Run it: territory-geo run THIS_FILE. Lines that begin with # are ideas: take the # away.",
        "# Editors complete and check keys with the schema that `territory-geo schema` prints.",
        f"name = {_text(name)}", "", "[data]", *data, "", "[design]",
        f"territories = {count}".ljust(34) + f"# {why}",
    ]  # fmt: skip
    if rep is not None:
        lines.append(f"current = {_text(rep)}".ljust(34) + f"# who has what today: {len(reps)} reps")
    else:
        lines.append('# current = "COLUMN"               # who has what today, to compare with')
    lines += [
        f"balance = {{ {_key(first)} = 0.10 }}".ljust(34) + "# each territory within 10 % of the mean",
        f"# Numbers to balance: {_listed(measures)}",
        "# detour = 1.3                      # road kilometres per straight kilometre",
        '# lock_file = "locks.csv"           # id,action,to,reason,by: accounts that stay where they are',
        "# or balance = { workload = 0.10 }  # hours with driving and nights away, by the table below",
        "", "# [workload]", '# policy = "default"                # or a file: segment,kind,channel,per_year,minutes',
        "", "# [rules]", "# max_radius_km = 250", '# disruption = [{ share = { accounts = 0.2 } }]   # needs current',
        "", "[search]", "seed = 1                          # the same seed gives the same plans",
        "# time_limit = 30                   # seconds for each scenario; left out, a search that repeats exactly",
        "", "[outputs]", f"directory = {_text('maps/' + _folder(name))}".ljust(34) + "# from where you run it",
        "# report = true                     # pages to read, to print, to mail",
        "", "# Each scenario is the study with something changed; all are compared.",
        "[[scenario]]", 'name = "as asked"', "", "[[scenario]]", 'name = "tighter"',
        f"balance = {{ {_key(first)} = 0.05 }}", "", "[[scenario]]", 'name = "one more"',
        f"territories = {min(count + 1, len(units))}", "",
    ]  # fmt: skip
    if rep is not None and len(reps) > 1:
        leaves = f"{reps[0]} leaves"
        lines += [
            "# [[scenario]]", f"# name = {_text(leaves)}", f"# remove_rep = [{_text(reps[0])}]", "",
            "# [[scenario]]", f"# name = {_text(f'{leaves}, tighter')}",
            f"# like = {_text(leaves)}".ljust(34) + "# all that this one changes, and then:",
            f"# balance = {{ {_key(first)} = 0.05 }}", "",
        ]  # fmt: skip
    lines += [
        "# What must hold; where it does not, territory-geo ends with exit code 1.",
        "[[assertion]]", f"figure = {_text(first + '_deviation')}".ljust(34) + "# the largest of all territories",
        "most = 0.15", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _found(rows: int, units: BasicUnits) -> str:
    lost = len(units.rejects)
    refused = f", {lost:,} {'row' if lost == 1 else 'rows'} refused (territory-geo check says why)" if lost else ""
    return f"   # {rows:,} rows read{refused}"


def _listed(measures: Sequence[str]) -> str:
    shown = ", ".join(_one_line(name) for name in measures[:12])
    return shown + (f", and {len(measures) - 12} more" if len(measures) > 12 else "")


def _path(path: Path, folder: Path) -> str:
    """Return a path as the study names it: from its own folder where both lie on one drive."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        # Windows: another drive.
        return path.resolve().as_posix()


def _text(value: object) -> str:
    """Return a text as TOML writes it; JSON's escapes are among TOML's."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _text(name)


def _one_line(name: str) -> str:
    """Return a name for a comment: signs that would end it are left out."""
    return "".join(sign if sign.isprintable() else " " for sign in name)


def _folder(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in name) or "study"
