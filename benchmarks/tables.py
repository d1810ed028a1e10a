"""Small helpers of the page: a Markdown table, percentages, the machine in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first is aligned to the right unless its head starts with <."""
    names = [name.removeprefix("<") for name in head]
    marks = ["---" if i == 0 or head[i].startswith("<") else "---:" for i in range(len(head))]
    lines = [names, marks, *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def percent(share: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """Return a share as a percentage, with a true minus sign."""
    if share is None:
        return "–"
    rounded = round(100 * share, digits) + 0.0  # no minus before a zero
    text = f"{rounded:+,.{digits}f}" if sign else f"{rounded:,.{digits}f}"
    return text.replace("-", "−") + " %"


def listed(names: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def machine_line(content: dict[str, Any]) -> str:
    """Return date, machine and versions in a paragraph."""
    packages = [f"{name} {version or '(not installed)'}" for name, version in content["packages"].items()]
    note = content["settings"].get("note")
    ram = "" if content["ram_gb"] is None else f", {content['ram_gb']:g} GB RAM"
    cores = f"{content['cores']} core{'' if content['cores'] == 1 else 's'}"
    return (
        f"{content['date']} · {content['cpu']}, {cores}{ram}, {content['system']} · "
        f"Python {content['python']}, territory_geo {content['territory_geo']}, {', '.join(packages)}\n"
        + (f"\n**{note}**\n" if note else "")
    )
