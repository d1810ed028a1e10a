"""What is checked in tables of contacts, activities, opportunities, orders, leads and people, by name.

The same form as the rules for accounts: each with its weight and what happens to a row.
"""

from __future__ import annotations

from territory_geo.geodata.clean.rules import Rule

_ALL = (
    Rule("long_record", "error", "reject", "more fields than the header: its values may stand in the wrong columns"),
    Rule("missing_id", "error", "reject", "the id is missing"),
    Rule("duplicate_id", "error", "reject", "the id is already used by an earlier row"),
    Rule("repeated_record", "error", "reject", "the same in every column as an earlier row"),
    Rule("missing_account", "error", "reject", "no account, and no contact that leads to one"),
    Rule("missing_date", "error", "reject", "a date is missing without which the row counts in no period"),
    Rule("unreadable_date", "error", "reject", "a needed date that cannot be read"),
    Rule("missing_amount", "error", "reject", "an order without an amount"),
    Rule("unreadable_amount", "error", "reject", "an order whose amount is no number"),
    Rule("unknown_currency", "error", "reject", "an amount in a currency without a rate"),
    Rule("missing_stage", "error", "reject", "an opportunity without a stage"),
    Rule("short_record", "warning", "convert", "fewer fields than the header: the last ones are taken as empty"),
    Rule("optional_date", "warning", "keep", "an optional date that cannot be read: taken as missing"),
    Rule("optional_number", "warning", "keep", "an optional number or amount that cannot be read: taken as missing"),
    Rule("negative_amount", "warning", "keep", "a negative amount: it counts, as a return or a credit"),
    Rule("negative_number", "warning", "keep", "minutes below zero: taken as missing"),
    Rule("date_order", "warning", "keep", "an end before its beginning: no length is taken from it"),
    Rule("open_stage_closed", "info", "keep", "an open opportunity with a date of closing: an expected one, not used"),
    Rule("won_without_date", "warning", "keep", "won or lost without a date of closing: it counts in no period"),
    Rule("several_accounts", "warning", "convert", "several accounts in one cell: the first counts"),
    Rule("short_id", "info", "convert", "an id of 15 characters where the accounts' have 18: matched by the first 15"),
    Rule("account_of_contact", "info", "convert", "no account: that of the contact was taken"),
    Rule("unknown_account", "warning", "keep", "the account is not among the accounts: the row counts nowhere"),
    Rule("unknown_contact", "warning", "keep", "the contact is not among the contacts"),
    Rule("contact_elsewhere", "warning", "keep", "the contact belongs to another account than the row says"),
    Rule("unknown_superior", "warning", "keep", "reports to somebody who is not among the contacts"),
    Rule("reports_to_loop", "warning", "keep", "reports, over others, to himself or herself"),
    Rule("unknown_person", "warning", "keep", "the person is not among the people"),
    Rule("unknown_word", "warning", "keep", "a word that is not known, in a column with known ones"),
    Rule("currency", "info", "say", "in which currency amounts are, and how others were converted"),
    Rule("words", "info", "say", "how words of the source were understood"),
    Rule("no_id_column", "warning", "say", "no column looks like an id: row numbers are the ids"),
    Rule("column", "info", "say", "which column was taken for which field"),
    Rule("dates", "info", "say", "how dates are written"),
    Rule("encoding", "info", "say", "how the bytes of a text file were read"),
    Rule("delimiter", "info", "say", "what separates the fields of a text file"),
    Rule("number_format", "info", "say", "which of comma and dot is the decimal sign"),
    Rule("sheet", "info", "say", "which sheet of a workbook was read"),
    Rule("header", "info", "say", "lines above the header that are no records"),
    Rule("blank_lines", "info", "say", "empty lines that are no records"),
    Rule("renamed_column", "info", "say", "a column that comes twice got another name"),
    Rule("unnamed_column", "info", "say", "a column without a name"),
)

CRM_RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}
"""Every rule by name, in the order of reports."""
