"""Messages at the command line name its options, and those about a study file its keys, never Python's parameters."""

from __future__ import annotations

import pytest

from territory_geo.cli.option_names import OPTION_NAMES
from territory_geo.cli.words import in_words, options_named

SAID = [
    # what the library says, at the command line, about a study
    (
        "The 'n_territories' parameter must be an int. Got 99.",
        "--territories must be an int. Got 99.",
        "design.territories must be an int. Got 99.",
    ),
    (
        "The 'center' parameter of Travel must be one of two.",
        "--center must be one of two.",
        "design.center must be one of two.",
    ),
    (
        "Leave n_territories out, or choose, such as reps.with_role('field rep').",
        "Leave --territories out, or choose, such as --role 'field rep'.",
        "Leave design.territories out, or choose, such as design.role = 'field rep'.",
    ),
    (
        "3 parts (islands='bridge' joins them)",
        "3 parts (--islands bridge joins them)",
        "3 parts (design.islands = 'bridge' joins them)",
    ),
    ("Then say symmetric=True.", "Then say --symmetric.", "Then say design.symmetric = true."),
    ("Give reps=read_reps(...), please.", "Give --reps, please.", "Give design.reps, please."),
    ("Name it with id=… (--id on the command line).", "Name it with --id.", "Name it with data.id."),
    (
        "or postcode=… (--town or --postcode on the command line).",
        "or --town or --postcode.",
        "or data.postcode.",
    ),
    ("or country='US' (--country US).", "or --country US.", "or data.country = 'US'."),
    (
        "a.gpkg: lon, postal_file cannot be used here.",
        "a.gpkg: --lon, --postal-file cannot be used here.",
        "a.gpkg: data.lon, data.postal_file cannot be used here.",
    ),
    ("Row 7: x='n_ter' cannot be read.", "Row 7: x='n_ter' cannot be read.", "Row 7: x='n_ter' cannot be read."),
]


@pytest.mark.parametrize(("text", "options", "keys"), SAID)
def test_parameters_become_options_and_keys(text: str, options: str, keys: str) -> None:
    assert in_words(text, options_named(OPTION_NAMES)) == options
    assert in_words(text, None) == keys
