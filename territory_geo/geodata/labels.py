"""Columns of numbers that name or date something, and that nobody adds up: ids, postcodes, phones, years, coordinates.

They are told by their names; a column that is asked for as a measure is one, whatever it is called.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from territory_geo.geodata.columns import USUAL_NAMES, plain
from territory_geo.geodata.geocode.names import USUAL_NAMES as ADDRESS_NAMES

_WORDS = {
    "a code of the census": r"(fips|geoid|zcta|statefp|countyfp|tractce|blkgrpce|placefp|cbsafp|countyns|statens|gnis)"
    r"(_?\d+)?(_code)?|(state|county|tract|block|place|cbsa|nuts|insee|ags|lau|gemeinde)_(code|nr|key|schluessel)|ags",
    "a postcode": r"(zip|zipcode|postcode|post_code|postal_code|postalcode|plz)(_?\d+)?(_code|_postal_code)?",
    "a phone number": r"(tele)?phone(_(no|nr|number|\d+))?|tel(_?\d+)?|mobile(_(phone|no|nr|number))?|(tele)?fax"
    r"(_(no|nr|number))?|cell_phone|(mobil)?telefon(nummer)?|telefono|telephone_number|handy(nummer)?|numero_telephone",
    "an id": r"id|ids|uuid|guid|code|codes|key|sku|ean|gtin|iban|duns(_number)?|naics|sic|nace|siret|siren|"
    r"(account|customer|client|company|kunden|order|invoice|licen[cs]e|permit|site|store|branch|facility|record|"
    r"registration|serial|house|haus|street|building|floor|suite|district|ward|precinct|region|territory|gebiets|"
    r"route|tax|vat|social_security|contract|case|ticket|employee|rep|owner)_?(number|no|nr|num|nbr|nummer)",
}  # fmt: skip
_ENDINGS = {what: re.compile(rf"(^|_)({words})$") for what, words in _WORDS.items()}
"""What a column is whose name is, or ends in, such words."""

_YEARS = re.compile(
    r"^(year|yr|jahr|annee|ano|anno|jaar|rok|ar|vintage|founded|established|built|opened|since)$"
    r"|^year_(of_)?[a-z]+$|(^|_)(founded|founding|foundation|established|opened|opening|built|birth|fiscal|model|start|"
    r"end|construction|census|tax|base)_(in_)?year$|(gruendungs|bau|geburts|geschaefts|eroeffnungs)jahr$|_since$|_seit$"
    r"|^annee_|^ano_de_|^anno_di_"
)
_FIRST_YEAR, _LAST_YEAR = 1000, 2999

_KNOWN = {
    **dict.fromkeys(USUAL_NAMES["id"], "an id"),
    **dict.fromkeys(ADDRESS_NAMES["postcode"], "a postcode"),
    **dict.fromkeys((*USUAL_NAMES["lon"], *USUAL_NAMES["lat"]), "a coordinate"),
}


def label_of(column: pd.Series) -> str | None:
    """Return what a column of numbers is, if it is none to add up; None for an amount.

    Parameters
    ----------
    column : Series
        Numbers, under their name. A name such as year counts where the numbers can be years.

    Examples
    --------
    >>> label_of(pd.Series([60601, 60602], name="Zip Code"))
    'a postcode'
    >>> label_of(pd.Series([12, 4], name="visits_per_year")) is None
    True
    """
    # AccountId and YearBuilt are two words each.
    parts = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(column.name)))
    if _YEARS.search(parts) and _are_years(column):
        return "a year"
    for what, ending in _ENDINGS.items():
        if ending.search(parts):
            return what
    return _KNOWN.get(parts) or _KNOWN.get(plain(str(column.name)))


def labels(frame: pd.DataFrame) -> dict[str, str]:
    """Return the columns of numbers that are none to add up, and what each is, in the order of the table."""
    found: dict[str, str] = {}
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name]):
            what = label_of(frame[name])
            if what is not None:
                found[str(name)] = what
    return found


def _are_years(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column):
        return False
    values = pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)
    values = values[np.isfinite(values) & (values != 0)]
    between = (values >= _FIRST_YEAR) & (values <= _LAST_YEAR) & (values % 1 == 0)
    return bool(len(values)) and bool(between.all())
