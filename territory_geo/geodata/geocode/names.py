"""Names of the columns that hold parts of an address: postcode, town, state, country."""

from __future__ import annotations

USUAL_NAMES = {
    "postcode": (
        "postcode", "post_code", "postal_code", "postalcode", "zip", "zip_code", "zipcode", "zip5", "zip_5",
        "billingpostalcode", "billing_postal_code", "billingaddress_postalcode", "billing_zip_postal_code",
        "billing_zip", "zip_postal_code", "shippingpostalcode", "shipping_zip_postal_code", "mailing_zip",
        "mailing_zip_postal_code", "address_zip", "business_zip", "properties_zip", "plz", "postleitzahl",
        "code_postal", "codepostal", "codigo_postal", "cap", "kod_pocztowy", "postnummer", "postnr",
    ),
    "town": (
        "city", "town", "billingcity", "billing_city", "billingaddress_city", "shippingcity", "shipping_city",
        "mailing_city", "business_city", "properties_city", "city_town", "municipality", "place", "ort", "stadt",
        "ville", "commune", "ciudad", "citta", "comune", "plaats", "woonplaats", "cidade", "miasto",
    ),
    "state": (
        "state", "state_code", "billingstate", "billing_state", "billingaddress_state", "billing_state_province",
        "billing_state_code", "shippingstate", "shipping_state_province", "mailing_state", "business_state",
        "properties_state", "state_region", "state_province", "bundesland", "province", "provincia", "provincie",
    ),
    "country": (
        "country", "country_code", "billingcountry", "billing_country", "billingaddress_country",
        "billing_country_code", "shippingcountry", "shipping_country", "mailing_country", "country_region",
        "properties_country", "pays", "pais", "paese",
    ),
}  # fmt: skip
"""Recognised names of columns per role, the surest first."""

FOREIGN_NAMES = (
    "plz", "postleitzahl", "code_postal", "codepostal", "codigo_postal", "cap", "kod_pocztowy", "postnummer", "postnr",
)  # fmt: skip
"""Names of postcodes that are hardly ZIP codes: 10115 is a street in Berlin, and a block in New York."""
