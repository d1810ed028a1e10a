"""Options that are written in two parts, such as MEASURE:SHARE and NAME=FORMULA."""

from __future__ import annotations

from typing import Any

from territory_geo.errors import OptionError


def formulas(texts: list[str]) -> dict[str, str]:
    """Return name → formula of texts "NAME=FORMULA"."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, formula = (part.strip() for part in text.partition("="))
        if not (name and equals and formula) or name in found:
            raise OptionError(f"--measure must be NAME=FORMULA, each name once. Got {text!r}.")
        found[name] = formula
    return found


def tolerances(texts: list[str]) -> dict[str, Any]:
    """Return measure → tolerance of texts "MEASURE[:SHARE]"; the study's check judges the values."""
    found: dict[str, Any] = {}
    for text in texts:
        name, colon, share = text.rpartition(":")
        tolerance: Any = 0.1
        if not colon:
            name = text
        else:
            try:
                tolerance = float(share.removesuffix("%")) / (100 if share.endswith("%") else 1)
            except ValueError:
                tolerance = share
        if not name:
            raise OptionError(f"--balance must be MEASURE[:SHARE], such as visit_hours:0.1. Got {text!r}.")
        if name in found:
            raise OptionError(f"--balance names {name!r} more than once. Give each measure one tolerance.")
        found[name] = tolerance
    return found
