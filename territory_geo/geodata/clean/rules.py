"""What is checked in a customer table: each rule with its name, its weight and what happens by default.

The table below is the reference; the README prints it, and a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from territory_geo.errors import OptionError


@dataclass(frozen=True)
class Rule:
    """One check.

    Parameters
    ----------
    name : str
        As in reports, and in the options `fix` and `reject`.
    severity : {"error", "warning", "info"}
        error: the row cannot be placed; warning: it can, and is probably wrong or was changed; info: for the record.
    default : {"reject", "keep", "convert", "say"}
        What happens to the row; "say" is about the table as a whole.
    what : str
        What is found, in a sentence.
    fix : str
        What `fix=["name"]` does instead; empty where nothing can be mended.
    """

    name: str
    severity: str
    default: str
    what: str
    fix: str = ""

    keepable: bool = False
    """Whether `keep=["name"]` may leave a row as it is that would be rejected: the rule draws a conclusion."""

    @property
    def escalates(self) -> bool:
        """Whether `reject=["name"]` may turn a kept row into a rejected one."""
        return self.default in ("keep", "convert")


_ALL = (
    Rule("long_record", "error", "reject", "more fields than the header: its values may stand in the wrong columns"),
    Rule("missing_coordinate", "error", "reject", "a coordinate or the geometry is missing, or a word such as n/a"),
    Rule("unreadable_coordinate", "error", "reject", "a coordinate is no number and no degrees, minutes, seconds; a "
         "geometry is no point"),
    Rule("out_of_range", "error", "reject", "longitude beyond ±180 or latitude beyond ±90"),
    Rule("zero_coordinate", "error", "reject", "(0, 0), which programs write for 'unknown'"),
    Rule("projected_metres", "error", "reject", "metres or feet in longitude and latitude columns: name the "
         "system with crs"),
    Rule("swapped", "error", "reject", "far from all other rows, and among them with latitude and longitude swapped",
         "swaps them", keepable=True),
    Rule("sign_lost", "error", "reject", "far from all other rows, and among them with the other sign",
         "turns the sign", keepable=True),
    Rule("place_not_found", "error", "reject", "no coordinates, and a postcode or town that is missing or not known"),
    Rule("missing_id", "error", "reject", "the id is missing"),
    Rule("duplicate_id", "error", "reject", "the id is already used by an earlier row"),
    Rule("repeated_record", "error", "reject", "the same in every column as an earlier row"),
    Rule("degrees_minutes", "warning", "convert", "a coordinate in degrees, minutes, seconds or with N, S, E, W"),
    Rule("short_record", "warning", "convert", "fewer fields than the header: the last ones are taken as empty"),
    Rule("decimal_comma", "info", "convert", "a coordinate with a decimal comma"),
    Rule("number_text", "info", "convert", "an amount as text: currency, thousands separators, decimal comma, (1,200)"),
    Rule("missing_marker", "warning", "convert", "a word such as n/a or NULL in a column of numbers: taken as missing"),
    Rule("postcode_form", "info", "convert", "a postcode that lost its zeros, with four more digits, or known by its "
         "district only"),
    Rule("postcode_state", "warning", "keep", "the postcode lies in another state than the row says: the postcode "
         "counts"),
    Rule("unknown_postcode", "warning", "keep", "the postcode is not known: the row lies on its town"),
    Rule("several_towns", "warning", "keep", "several towns of that name: the row lies on the largest"),
    Rule("off_land", "warning", "keep", "more than 1 km off the land mask, with the distance"),
    Rule("far_outlier", "warning", "keep", "farther from all other rows than nine in ten rows are from the middle"),
    Rule("stacked", "info", "keep", "several accounts on exactly one spot, as geocoders place them"),
    Rule("same_name_place", "warning", "keep", "the name and place of an earlier row under another id"),
    Rule("missing_measure", "warning", "keep", "an amount is missing: the row is rejected once that column is balanced",
         "writes 0"),
    Rule("negative_measure", "warning", "keep", "a negative amount: the row is rejected once that column is balanced",
         "writes 0"),
    Rule("unreadable_measure", "warning", "keep", "no number in a column of amounts: the row is rejected once that "
         "column is balanced", "writes 0"),
    Rule("unknown_rep", "warning", "keep", "the current rep is not among the reps"),
    Rule("no_id_column", "warning", "say", "no column looks like an id: row numbers are the ids"),
    Rule("partial", "warning", "say", "the source says itself that it is not complete"),
    Rule("no_records", "warning", "say", "the source has no record"),
    Rule("no_crs", "warning", "say", "the source does not say its reference system: what is assumed"),
    Rule("column", "info", "say", "which column was taken for which role"),
    Rule("land", "info", "say", "which land mask the places were held against, or that there was none"),
    Rule("geocoded", "info", "say", "how many rows got a place from a postcode or town, and how far it may be off"),
    Rule("encoding", "info", "say", "how the bytes of a text file were read"),
    Rule("delimiter", "info", "say", "what separates the fields of a text file"),
    Rule("number_format", "info", "say", "which of comma and dot is the decimal sign, where columns leave a choice"),
    Rule("sheet", "info", "say", "which sheet, layer or part of the source was read"),
    Rule("header", "info", "say", "lines above the header, such as titles, that are no records"),
    Rule("blank_lines", "info", "say", "empty lines that are no records"),
    Rule("padded_id", "info", "say", "blanks before or after ids, as fixed widths leave them"),
    Rule("renamed_column", "info", "say", "a column with a name of ours, or that comes twice, got another one"),
    Rule("unnamed_column", "info", "say", "a column without a name: what it is called, or that it is empty"),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}
"""Every rule by name, in the order of reports."""

FIXABLE = tuple(rule.name for rule in _ALL if rule.fix)
"""Rules that `fix` accepts."""

KEEPABLE = tuple(rule.name for rule in _ALL if rule.keepable)
"""Rules that `keep` accepts."""

REJECTABLE = tuple(rule.name for rule in _ALL if rule.escalates)
"""Rules that `reject` accepts."""


def chosen_rules(option: str, names: Iterable[str], allowed: tuple[str, ...]) -> frozenset[str]:
    """Return the names of an option as a set.

    Raises
    ------
    OptionError
        If one is not allowed, naming those that are.
    """
    asked = [names] if isinstance(names, str) else list(names)
    wrong = [name for name in asked if name not in allowed]
    if wrong:
        raise OptionError(
            f"The '{option}' parameter takes rules among {', '.join(allowed)}. "
            f"Got {', '.join(map(repr, wrong))} instead."
        )
    return frozenset(asked)
