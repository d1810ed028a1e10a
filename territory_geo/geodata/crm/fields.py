"""Which tables a CRM has, which fields each, and by what names exports call them.

Names are those of common tables and of Salesforce and HubSpot exports, compared in lower case with underscores;
the surest first.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Parameters
    ----------
    name : str
        As it is called here.
    kind : {"id", "ref", "text", "amount", "number", "date", "flag"}
        id: the row's own; ref: an id of another table; amount: money; number: of minutes.
    names : tuple of str
        What sources call it.
    needed : bool
        Whether the table cannot do without the column.
    each : bool
        Whether a row cannot do without a value.
    """

    name: str
    kind: str
    names: tuple[str, ...] = ()
    needed: bool = False
    each: bool = False


_ACCOUNT = (
    "account_id", "accountid", "account", "customer_id", "company_id", "associated_company_id",
    "primary_associated_company_id", "associated_company_ids_primary", "associated_company_ids",
    "associatedcompanyid", "what_id", "whatid", "kundennummer", "kunden_id", "kundennr",
)  # fmt: skip
_REP = (
    "rep_id", "rep", "owner_id", "ownerid", "owner", "hubspot_owner_id", "contact_owner", "deal_owner", "lead_owner",
    "opportunity_owner", "activity_assigned_to", "assigned_to", "assigned", "sales_rep", "current_rep", "vertreter",
    "betreuer",
)  # fmt: skip
_CURRENCY = ("currency", "currencyisocode", "currency_iso_code", "deal_currency_code", "currency_code", "waehrung")
_CREATED = (
    "created", "createddate", "created_date", "create_date", "createdate", "hs_createdate", "created_at",
    "date_created", "erstellt", "angelegt_am",
)  # fmt: skip
_PRODUCT = (
    "product", "product_line", "product_name", "product2_name", "pricebookentry_product2_name", "product_family",
    "productcode", "produkt", "artikel",
)  # fmt: skip
_AMOUNT = (
    "amount", "total_amount", "totalamount", "totalprice", "total_price", "net_amount", "order_amount", "value",
    "amount_in_company_currency", "hs_amount", "revenue", "betrag", "umsatz",
)  # fmt: skip
_ACCOUNT_FIELD = Field("account_id", "ref", _ACCOUNT)
_REP_FIELD = Field("rep_id", "ref", _REP)
_CURRENCY_FIELD = Field("currency", "text", _CURRENCY)

TABLES: dict[str, tuple[Field, ...]] = {
    "contacts": (
        Field("contact_id", "id", ("contact_id", "id", "contactid", "record_id", "hs_object_id", "vid")),
        Field("account_id", "ref", _ACCOUNT, needed=True, each=True),
        Field("name", "text", ("name", "full_name", "contact_name", "last_name", "lastname")),
        Field("role", "text", ("role", "title", "job_title", "jobtitle", "funktion", "position")),
        Field("seniority", "text", ("seniority", "hs_seniority", "jobseniority", "level", "job_level",
                                    "employment_seniority")),
        Field("decision_power", "text", (
            "decision_power", "buying_role", "hs_buying_role", "contact_role", "opportunitycontactrole_role",
            "decision_role", "influence", "entscheidung",
        )),
        Field("reports_to", "ref", ("reports_to", "reportstoid", "reports_to_id", "manager_id", "vorgesetzter")),
    ),
    "activities": (
        Field("activity_id", "id", ("activity_id", "id", "activityid", "task_id", "event_id", "engagement_id",
                                    "record_id", "hs_object_id")),
        _ACCOUNT_FIELD,
        Field("contact_id", "ref", ("contact_id", "contactid", "whoid", "who_id", "associated_contact_id",
                                    "associated_contact_ids", "associatedcontactids")),
        _REP_FIELD,
        Field("type", "text", ("type", "activity_type", "hs_activity_type", "engagement_type", "tasksubtype",
                               "task_subtype", "activitytype", "art")),
        Field("channel", "text", ("channel", "kanal", "medium")),
        Field("date", "date", (
            "date", "activity_date", "activitydate", "startdatetime", "start_date_time", "activitydatetime",
            "hs_meeting_start_time", "hs_timestamp", "timestamp", "engagement_date", "due_date", "createddate",
            "create_date", "hs_createdate", "datum",
        ), needed=True, each=True),
        Field("content", "text", ("content", "asset", "content_id", "asset_id", "document", "inhalt")),
        Field("minutes", "number", ("minutes", "durationinminutes", "duration_in_minutes", "duration_minutes",
                                    "visit_minutes", "minuten")),
        Field("travel_minutes", "number", ("travel_minutes", "driving_minutes", "fahrtminuten")),
    ),
    "opportunities": (
        Field("opportunity_id", "id", ("opportunity_id", "id", "opportunityid", "deal_id", "record_id",
                                       "hs_object_id")),
        Field("account_id", "ref", _ACCOUNT, needed=True, each=True),
        _REP_FIELD,
        Field("stage", "text", ("stage", "stagename", "stage_name", "deal_stage", "dealstage", "phase"), needed=True,
              each=True),
        Field("amount", "amount", _AMOUNT),
        _CURRENCY_FIELD,
        Field("created", "date", _CREATED, needed=True, each=True),
        Field("closed", "date", ("closed", "closedate", "close_date", "closed_date", "date_closed", "geschlossen")),
        Field("product", "text", _PRODUCT),
        Field("is_won", "flag", ("is_won", "iswon", "is_closed_won", "hs_is_closed_won", "won")),
        Field("is_closed", "flag", ("is_closed", "isclosed", "hs_is_closed")),
    ),
    "orders": (
        Field("order_id", "id", ("order_id", "id", "orderid", "order_number", "ordernumber", "record_id",
                                 "hs_object_id", "auftragsnummer")),
        Field("account_id", "ref", _ACCOUNT, needed=True, each=True),
        _REP_FIELD,
        Field("date", "date", (
            "date", "order_date", "effectivedate", "effective_date", "order_start_date", "orderdate", "invoice_date",
            "closedate", "createddate", "create_date", "hs_createdate", "datum",
        ), needed=True, each=True),
        Field("product", "text", _PRODUCT),
        Field("amount", "amount", _AMOUNT, needed=True, each=True),
        _CURRENCY_FIELD,
    ),
    "leads": (
        Field("lead_id", "id", ("lead_id", "id", "leadid", "record_id", "hs_object_id")),
        Field("account_id", "ref", (*_ACCOUNT[:1], "convertedaccountid", "converted_account_id", *_ACCOUNT[1:])),
        _REP_FIELD,
        Field("source", "text", ("source", "leadsource", "lead_source", "original_source", "hs_analytics_source",
                                 "quelle")),
        Field("status", "text", ("status", "lead_status", "hs_lead_status", "leadstatus")),
        Field("created", "date", _CREATED, needed=True, each=True),
        Field("contacted", "date", ("contacted", "first_contacted", "first_response", "firstrespondeddate",
                                    "first_call_date", "firstcalldatetime", "firstemaildatetime",
                                    "hs_first_outreach_date", "notes_first_contacted", "hs_sa_first_engagement_date",
                                    "first_engagement_date")),
        Field("converted", "date", ("converted", "converteddate", "converted_date", "became_an_opportunity_date",
                                    "hs_lifecyclestage_opportunity_date", "hs_v2_date_entered_opportunity")),
    ),
    "people": (
        Field("person_id", "id", ("person_id", "id", "rep_id", "user_id", "userid", "owner_id", "employee_id")),
        Field("name", "text", ("name", "full_name", "user_name")),
        Field("role", "text", ("role", "userrole_name", "profile", "title", "job_title")),
        Field("team", "text", ("team", "hubspot_team", "team_name", "department")),
        Field("manager", "ref", ("manager", "manager_id", "managerid", "reports_to")),
        Field("cost", "amount", ("cost", "yearly_cost", "cost_a_year", "total_cost")),
        _CURRENCY_FIELD,
    ),
}  # fmt: skip
"""The fields of each table, by the table's name."""

CODES = (
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "INR",
    "BRL", "MXN", "ZAR", "TRY",
)  # fmt: skip
"""Currencies that a column's name may end in, as in amount_usd."""


def id_field(table: str) -> str:
    """Return the name of a table's own id."""
    return TABLES[table][0].name


def dates_of(table: str) -> list[str]:
    """Return the names of a table's dates."""
    return [field.name for field in TABLES[table] if field.kind == "date"]
