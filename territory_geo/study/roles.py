"""Which roles a team has: a file of roles and prices, or the usual ones as far as people have them."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo.errors import DataError

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps
    from territory_geo.plan.teams.roles import TeamPrices, TeamRole


def roles_of(path: Path | None, staff: Reps) -> tuple[list[TeamRole], TeamPrices, list[str]]:
    """Return roles, prices, and usual roles that nobody has.

    Parameters
    ----------
    path : path or None
        TOML with ``[[role]]`` and ``[prices]``; None: the usual roles.
    staff : Reps

    Raises
    ------
    DataError
        If the file cannot be used, or nobody could own an account.
    """
    from territory_geo.plan.teams.roles import TeamPrices, TeamRole, usual_roles
    from territory_geo.plan.teams.tables import entries

    if path is None:
        frame = staff.frame
        there = set().union(*entries(frame["role"])) if "role" in frame.columns else set()
        usual = usual_roles()
        has = [role for role in usual if role.name in there]
        if not any(role.duty == "owns" for role in has):
            if "role" not in frame.columns:
                raise DataError(
                    f"The people have no column 'role', such as account executive. "
                    f"Columns: {', '.join(map(str, frame.columns.drop('geometry', errors='ignore')))}."
                )
            raise DataError(
                f"Nobody has the role 'account executive', who owns an account. Roles: "
                f"{', '.join(sorted(there)) or 'none'}. Call it so, or give --roles FILE to say what a team is."
            )
        return has, TeamPrices(), [role.name for role in usual if role.name not in there]
    if not path.is_file():
        raise DataError(f"{path} does not exist or is no file. Check the spelling, or give the full path.")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not valid TOML: {error}.") from error
    listed = content.get("role")
    if (
        not set(content) <= {"role", "prices"}
        or not isinstance(listed, list)
        or not isinstance(content.get("prices", {}), dict)
    ):
        raise DataError(f"{path} must have a [[role]] for each role and may have [prices]. Got: {', '.join(content)}.")
    found = [_made(TeamRole, entry, f"{path}, role {i}", {"name", "hours"}) for i, entry in enumerate(listed, 1)]
    return found, _made(TeamPrices, content.get("prices", {}), f"{path}, prices", set()), []


def _made(kind: Any, entry: dict[str, Any], where: str, needed: set[str]) -> Any:
    known = [field.name for field in fields(kind)]
    strange = sorted(set(entry) - set(known))
    missing = sorted(needed - set(entry))
    if strange or missing:
        raise DataError(
            f"{where}: the keys are {', '.join(known)}. "
            f"Unknown: {', '.join(strange) or 'none'}; missing: {', '.join(missing) or 'none'}."
        )
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})
