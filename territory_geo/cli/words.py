"""Messages in the words of the command line: the library names its parameters, a person at a terminal has options.

A study file has keys instead, written here as they are nested: design.territories.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KEYS = {
    "n_territories": "design.territories", "balance": "design.balance", "weight": "design.weight",
    "power": "design.power", "center": "design.center", "detour": "design.detour", "islands": "design.islands",
    "rule": "design.rule", "min_border_km": "design.min_border_km", "measure": "design.minimise",
    "symmetric": "design.symmetric", "reps": "design.reps", "role": "design.role", "resolution": "data.hexagons",
    "nearest_km": "data.nearest_km", "own_units": "data.own_units", "crs": "data.crs", "id": "data.id",
    "lon": "data.lon", "lat": "data.lat", "planar": "data.planar", "layer": "data.layer", "strict": "data.strict",
    "postcode": "data.postcode", "town": "data.town", "state": "data.state", "postal_file": "data.postal_file",
    "country": "data.country", "fix": "data.fix", "keep": "data.keep", "reject": "data.reject",
    "seed": "search.seed", "rep": "data.rep", "encoding": "data.encoding", "delimiter": "data.delimiter",
    "policy": "workload.policy", "visits": "workload.visits", "minutes": "workload.minutes",
    "segment": "workload.segment", "kind": "workload.kind", "decimal": "data.decimal",
    "query": "data.query", "land": "data.land", "snap_km": "design.snap_km",
}  # fmt: skip
"""What a study calls a parameter."""

CALLS = {
    "Workload(visits=…, minutes=…)": "visits=…, minutes=…",
    "CallPolicy.default().apply(accounts)": "policy='default'",
}
"""Calls in Python, and the settings that do the same."""

_PARAMETER = re.compile(r"The '(\w+)' parameter(?: of \w+)?")
_SETTING = re.compile(
    r"\b(?P<name>\w+)=(?P<value>…|True|'[^']*'|\w+\(\.\.\.\))"
    r"(?: \((?P<said>--[^)]*?)(?: on the command line)?\))?"
)
_ROLE = re.compile(r"\w+\.with_role\((?P<role>'[^']*')\)")
_UNFIT = re.compile(r"(?P<before>: )(?P<keys>\w+(?:, \w+)*)(?= cannot be used here)")
_ALONE = re.compile(r"\bn_territories\b")


def options_named(keys: Mapping[str, str]) -> dict[str, str]:
    """Return the option of every key: the one that is given, else the key's last part with two dashes."""
    plain = {key: "--" + key.rpartition(".")[2].replace("_", "-") for key in KEYS.values()}
    return {**plain, **keys}


def in_words(text: str, options: Mapping[str, str] | None) -> str:
    """Return a message with the names of options, or of a study's keys, instead of Python's.

    Parameters
    ----------
    text : str
        A message of the library.
    options : mapping or None
        Option of each key, such as ``{"design.territories": "--territories"}``; None: keys of a study file.

    Examples
    --------
    >>> in_words("The 'n_territories' parameter must be above 0.", {"design.territories": "--territories"})
    '--territories must be above 0.'
    >>> in_words("Use islands='bridge'.", {"design.islands": "--islands"}), in_words("Use islands='bridge'.", None)
    ('Use --islands bridge.', "Use design.islands = 'bridge'.")
    """

    def called(name: str) -> str:
        key = KEYS.get(name, name)
        return key if options is None else options.get(key, key)

    def setting(found: re.Match[str]) -> str:
        name, value = found["name"], found["value"]
        if name not in KEYS:
            return found[0]
        if options is not None and found["said"]:
            return found["said"]
        if value == "True":
            return called(name) if options is not None else f"{called(name)} = true"
        if not value.startswith("'"):
            return called(name)
        return f"{called(name)} {value[1:-1]}" if options is not None else f"{called(name)} = {value}"

    def role(found: re.Match[str]) -> str:
        return f"{called('role')} {'= ' if options is None else ''}{found['role']}"

    for call, settings in CALLS.items():
        text = text.replace(call, settings)
    text = _PARAMETER.sub(lambda found: called(found[1]) if found[1] in KEYS else found[0], text)
    text = _UNFIT.sub(lambda found: found["before"] + ", ".join(map(called, found["keys"].split(", "))), text)
    text = _ROLE.sub(role, _SETTING.sub(setting, text))
    return _ALONE.sub(called("n_territories"), text)
