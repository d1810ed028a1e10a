"""Which column of a user's table is the id, the longitude, the latitude, the name, the current rep.

Usual names are recognised whatever their case and punctuation, in several languages and in the words of CRM
exports; the guess is kept for the report and every guess can be overridden.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

import pandas as pd

from territory_geo.errors import DataError

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "account_id", "accountid", "account_number", "accountnumber", "account_no", "customer_id", "customerid",
        "customer_number", "customer_no", "customer_code", "client_id", "client_number", "client_no", "cust_id",
        "cust_no", "cust_number", "cust_nr", "custid", "custno", "acct_id", "acct_no", "acct_number", "account_nr",
        "customer_nr",
        # Salesforce and HubSpot, in exports by report and by API
        "account_id_18", "id_18", "case_safe_id", "hs_object_id", "company_id", "companyid", "properties_hs_object_id",
        # German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish
        "kundennummer", "kunden_nr", "kundennr", "kdnr", "kd_nr", "kunde_id", "kunden_id", "kundenid", "debitor",
        "debitorennummer", "debitoren_nr", "numero_client", "num_client", "no_client", "n_client",
        "code_client", "id_client",
        "numero_de_client", "numero_cliente", "num_cliente", "codigo_cliente", "cod_cliente", "id_cliente",
        "codice_cliente", "klantnummer", "klant_id", "klantnr", "numer_klienta", "nr_klienta", "kundnummer", "kund_id",
        "id", "unit_id", "geoid", "fips", "geoid10", "geoid20", "record_id", "store_id", "store_number", "site_id",
        "location_id", "license_number", "licence_number", "permit_number", "outlet_id", "filialnummer", "uuid", "guid",
        "license_no", "licence_no", "license_nbr", "organisation_code", "organization_code", "organisation_id",
        "organization_id", "practice_code", "ods_code", "npi", "place_id", "osm_id", "provider_id", "n_siret",
        "numero_siret", "objektid", "filial_nr", "filialnr", "store_no", "site_code", "branch_code", "no", "番号",
        "license_id", "licence_id", "permit_id", "facility_id", "establishment_id", "business_id",
        "registration_number", "siret", "siren", "objectid", "object_id", "globalid",
        "key", "nr", "nummer", "numero", "zip", "zipcode", "zip_code", "postcode", "postal_code", "plz",
        "postleitzahl", "code_postal", "codigo_postal", "cap", "code",
    ),
    "lon": (
        "lon", "longitude", "lng", "long", "x", "x_m", "lon_dd", "long_dd", "longitude_dd", "decimal_longitude",
        "decimallongitude", "x_coord", "xcoord", "x_coordinate", "coord_x", "coordinate_x", "point_x", "geo_lon",
        "geo_lng", "geo_long", "gps_lon", "gps_lng", "gps_longitude", "wgs84_lon", "lon_wgs84", "easting", "eastings",
        "e_koord", "koord_e", "ekoord", "x_koord", "koord_x", "coord_e", "east",
        "billinglongitude", "billing_longitude", "billing_address_longitude", "billingaddress_longitude",
        "shippinglongitude", "shipping_longitude", "mailing_longitude", "mailinglongitude", "hs_longitude",
        "company_longitude", "address_longitude", "location_longitude", "geolocation_longitude_s",
        "geolocation_longitude", "location_lon", "location_lng", "laengengrad", "langengrad", "laenge", "geo_laenge",
        "geogr_laenge", "rechtswert", "ostwert", "longitud", "longitudine", "lengtegraad", "longitud_x", "coordenada_x",
        "dlugosc", "dlugosc_geograficzna", "longitud_geografica", "経度", "经度", "經度", "경도", "долгота",
    ),
    "lat": (
        "lat", "latitude", "y", "y_m", "lat_dd", "latitude_dd", "decimal_latitude", "decimallatitude", "y_coord",
        "ycoord", "y_coordinate", "coord_y", "coordinate_y", "point_y", "geo_lat", "gps_lat", "gps_latitude",
        "wgs84_lat", "lat_wgs84", "northing", "northings",
        "n_koord", "koord_n", "nkoord", "y_koord", "koord_y", "coord_n", "north", "billinglatitude", "billing_latitude",
        "billing_address_latitude", "billingaddress_latitude", "shippinglatitude", "shipping_latitude",
        "mailing_latitude", "mailinglatitude", "hs_latitude", "company_latitude", "address_latitude",
        "location_latitude", "geolocation_latitude_s", "geolocation_latitude", "location_lat", "breitengrad", "breite",
        "geo_breite", "geogr_breite", "hochwert", "nordwert", "latitud", "latitudine", "breedtegraad", "latitud_y",
        "coordenada_y", "szerokosc", "szerokosc_geograficzna", "latitud_geografica", "緯度", "纬度", "위도", "широта",
    ),
    "name": (
        "name", "account_name", "accountname", "customer_name", "customername", "client_name", "company",
        "company_name", "companyname", "properties_name", "business_name", "legal_name", "store_name",
        "customer", "client", "account", "title",
        "firma", "firmenname", "kunde", "kundenname", "name_1", "name1", "nom", "nom_client", "raison_sociale",
        "societe", "nombre", "razon_social", "empresa", "ragione_sociale", "nome", "azienda", "naam", "klant",
        "klantnaam", "bedrijf", "nazwa", "foretag", "kundnamn", "bezeichnung", "enseigne", "dba",
        "dba_name", "doing_business_as_name", "denominazione", "venue", "restaurant_name", "shop_name", "site_name",
        "facility_name", "organisation_name", "organization_name", "outlet_name", "trading_name", "provider_name",
        "branch_name", "establishment_name", "tags_name", "名称", "施設名", "名稱", "상호명", "название",
    ),
    "rep": (
        "current_rep", "rep", "rep_id", "sales_rep", "salesrep", "sales_rep_id", "salesperson", "sales_person",
        "account_owner", "accountowner", "owner", "owner_id", "ownerid", "account_owner_id", "owner_name",
        "hubspot_owner_id", "company_owner", "properties_hubspot_owner_id", "account_manager", "betreuer",
        "kundenbetreuer", "vertreter", "vertriebsmitarbeiter", "aussendienst", "adm", "vendeur", "commercial",
        "vendedor", "comercial", "venditore", "agente", "verkoper", "accountmanager", "saljare", "handlowiec",
    ),
    "point": (
        "geo_point_2d", "geo_point", "geopoint", "geolocation", "geo_location", "lat_lng", "latlng", "lat_lon",
        "latlon",
        "lat_long", "latlong", "latitude_longitude", "gps", "gps_coordinates", "coordinates", "coordonnees",
        "coordonnees_gps", "coordonnees_geo", "koordinaten", "geokoordinaten", "coordenadas", "coordinate",
        "coordinaten",
        "wkt", "the_geom", "geom", "georeference", "geocoded_location", "location", "location_1", "point", "geometry",
    ),
    "origin": ("origin", "origin_id", "from", "from_id", "start", "source", "von"),
    "destination": ("destination", "destination_id", "to", "to_id", "end", "target", "nach"),
    "km": ("km", "distance_km", "road_km", "kilometres", "kilometers", "kilometer"),
    "hours": ("hours", "driving_hours", "duration_hours", "travel_hours", "time_hours", "stunden"),
}  # fmt: skip
"""Recognised names per role, the surest first; as `plain` writes them. A point is both coordinates in one column."""

PLACE_CODES = (
    "geoid", "fips", "geoid10", "geoid20", "zip", "zipcode", "zip_code", "postcode", "postal_code", "plz",
    "postleitzahl", "code_postal", "codigo_postal", "cap", "code",
)  # fmt: skip
"""Names that are an area's id, and an account's only when no two accounts share a place."""

WEAK_IDS = (
    "key", "nr", "nummer", "numero", "uuid", "guid", "store_id", "store_number", "site_id", "location_id", "outlet_id",
    "license_number", "licence_number", "permit_number", "filialnummer", "debitor", "license_id", "licence_id",
    "permit_id", "facility_id", "establishment_id", "business_id", "registration_number", "siret", "siren", "objectid",
    "object_id", "globalid", "license_no", "licence_no", "license_nbr", "organisation_code", "organization_code",
    "organisation_id", "organization_id", "practice_code", "ods_code", "npi", "place_id", "osm_id", "provider_id",
    "n_siret", "numero_siret", "objektid", "filial_nr", "filialnr", "store_no", "site_code", "branch_code", "no",
    "番号",
)  # fmt: skip
"""Names that may be a house number, a licence or a site with several rows: an id only where no two rows share it."""

_REPEATED = 0.05

RESERVED = ("row", "id", "unit", "geometry")
"""Columns that every frame of ours has."""

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae"})

Frame = TypeVar("Frame", bound=pd.DataFrame)


def plain(name: str) -> str:
    """Return a name in lower case and without accents, words joined by underscores; other scripts stay."""
    spelt = unicodedata.normalize("NFC", str(name).strip()).lower().translate(_LETTERS)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", bare)).strip("_")


def similar(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three of the names that are spelt like one, the nearest first."""
    by_plain = {plain(known): known for known in reversed(list(names))}
    near = difflib.get_close_matches(plain(name), list(by_plain), n=3, cutoff=0.7)
    return [by_plain[known] for known in near]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a sentence with the nearest of the names, with a space before it; empty where none is near."""
    near = similar(name, names)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def find_column(
    role: str,
    columns: Iterable[str],
    chosen: str | None,
    *,
    source: str,
    usual: Mapping[str, tuple[str, ...]] = USUAL_NAMES,
) -> str | None:
    """Return the column that plays `role`: the chosen one, else the first with a usual name, else None.

    Parameters
    ----------
    role : str
        Key of `usual`.
    columns : iterable of str
        The table's columns.
    chosen : str or None
        What the user said.
    source : str
        Name of the table, for messages.
    usual : mapping, optional
        Names per role, the surest first.

    Raises
    ------
    DataError
        If the chosen column does not exist; the message lists those that do, and the nearest.
    """
    names = [str(name) for name in columns]
    if chosen is not None:
        if chosen not in names:
            raise DataError(
                f"{source} has no column {chosen!r} (asked for as {role}).{did_you_mean(chosen, names)} "
                f"Its columns: {', '.join(names)}."
            )
        return chosen
    return next(iter(candidates(role, names, usual)), None)


def candidates(role: str, columns: Iterable[str], usual: Mapping[str, tuple[str, ...]] = USUAL_NAMES) -> list[str]:
    """Return the columns with a usual name for a role, the surest first."""
    names = [str(name) for name in columns]
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    # The last part of a dotted name (BillingAddress.latitude) counts where the whole does not.
    for name in names:
        if "." in name:
            by_plain.setdefault(plain(name.rpartition(".")[2]), name)
    found = [by_plain[known] for known in usual[role] if known in by_plain]
    return list(dict.fromkeys(found))


def find_id(frame: pd.DataFrame, chosen: str | None, *, source: str) -> str | None:
    """Return the column with the ids: the chosen one, else the first candidate that can be one.

    A column without any value is none; a postcode, a plain number or the like only where each row has one of its
    own. Where more than a twentieth of the rows repeat a value, the column may number something else, such as the
    owner of several sites: another candidate without repeats comes first.

    Raises
    ------
    DataError
        If the chosen column does not exist.
    """
    if chosen is not None:
        return find_column("id", frame.columns, chosen, source=source)
    second = None
    for name in candidates("id", frame.columns):
        column = frame[name]
        if len(column) and column.isna().all():
            continue
        if plain(name) not in (*PLACE_CODES, *WEAK_IDS):
            if column.nunique() >= (1 - _REPEATED) * column.notna().sum():
                return name
            second = second or name
            continue
        one_each = not column.isna().any() and column.astype(object).map(str).is_unique
        if one_each and (second is None or plain(name) not in PLACE_CODES):
            return name
    return second


def likely(role: str, columns: Iterable[str]) -> list[str]:
    """Return columns whose names are spelt nearly like a usual name of the role."""
    found = []
    for name in map(str, columns):
        usual = [known for known in USUAL_NAMES[role] if len(known) > 3]
        # A name that came twice was numbered: lat (1), lat (2).
        again = re.sub(r"_\d+$", "", plain(name)) in USUAL_NAMES[role]
        if again or difflib.get_close_matches(plain(name), usual, n=1, cutoff=0.8):
            found.append(name)
    return found


def without_reserved(frame: Frame, id_column: str | None) -> tuple[Frame, dict[str, str]]:
    """Return the table with room for our own columns, and the new names of the source's columns in their way.

    The id column is left out where its name is reserved: `id` holds it.
    """
    taken = [name for name in RESERVED if name in frame.columns and name != id_column]
    renamed = {}
    for name in taken:
        new = f"{name}_source"
        while new in frame.columns:
            new += "_"
        renamed[name] = new
    gone = [id_column] if id_column in RESERVED else []
    return frame.drop(columns=gone).rename(columns=renamed), renamed
