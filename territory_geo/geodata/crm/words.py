"""Words of a CRM in one vocabulary: stages, decision power, kinds of activity, channels, yes and no.

What a word was taken for is always said, and a word that is not known is listed, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import OptionError
from territory_geo.geodata.columns import plain

Texts = NDArray[np.object_]

STAGES = ("open", "won", "lost")
POWERS = ("decides", "influences", "uses", "blocks", "unknown")
TYPES = ("visit", "meeting", "call", "email", "demo", "event", "web", "other")
CHANNELS = ("in person", "video", "phone", "email", "event", "web", "other")

CHANNEL_OF = {
    "visit": "in person", "meeting": "in person", "call": "phone", "email": "email", "demo": "video",
    "event": "event", "web": "web", "other": "other",
}  # fmt: skip
"""The channel of an activity whose source names none."""

_WON = {
    "won",
    "closed_won",
    "closedwon",
    "gewonnen",
    "gagne",
    "gagnee",
    "ganado",
    "ganada",
    "vinto",
    "gewonnen_abgeschlossen",
}
_LOST = {
    "lost", "closed_lost", "closedlost", "verloren", "perdu", "perdue", "perdido", "perdida", "perso",
    "closed_no_decision", "disqualified",
}  # fmt: skip
_POWERS = {
    "decides": ("decides", "decision_maker", "economic_buyer", "economic_decision_maker", "executive_sponsor",
                "budget_holder", "entscheider", "decideur", "business_user_decision_maker"),
    "influences": ("influences", "influencer", "evaluator", "champion", "technical_buyer", "recommender", "coach",
                   "legal_and_compliance", "legal_compliance", "beeinflusser"),
    "uses": ("uses", "end_user", "user", "business_user", "anwender"),
    "blocks": ("blocks", "blocker", "gatekeeper", "detractor", "verhinderer"),
    "unknown": ("unknown", "other", "none", "n_a", "unbekannt"),
}  # fmt: skip
_TYPES = {
    "visit": ("visit", "on_site", "onsite", "on_site_visit", "site_visit", "field_visit", "besuch", "visite", "visita"),
    "meeting": ("meeting", "event", "appointment", "termin", "reunion", "in_person_meeting", "face_to_face"),
    "call": ("call", "phone", "phone_call", "telephone", "anruf", "telefon", "appel", "llamada"),
    "email": ("email", "e_mail", "mail", "list_email", "incoming_email", "forwarded_email", "listemail"),
    "demo": ("demo", "demonstration", "product_demo", "video", "video_call", "online_meeting", "webmeeting"),
    "event": ("trade_show", "tradeshow", "webinar", "seminar", "conference", "fair", "messe", "campaign"),
    "web": ("web", "website", "download", "form", "form_submission", "page_view", "chat", "portal"),
    "other": ("other", "task", "note", "to_do", "todo", "sms", "letter", "fax", "linkedin", "linkedin_message",
              "postal_mail", "whatsapp", "whatsapp_message"),
}  # fmt: skip
_CHANNELS = {
    "in person": ("in_person", "inperson", "on_site", "visit", "face_to_face", "field", "persoenlich", "besuch"),
    "video": ("video", "online", "teams", "zoom", "video_call", "webmeeting"),
    "phone": ("phone", "call", "telephone", "telefon"),
    "email": ("email", "e_mail", "mail"),
    "event": ("event", "trade_show", "webinar", "conference", "messe"),
    "web": ("web", "website", "portal", "chat", "digital"),
    "other": ("other", "sms", "letter", "fax", "social", "linkedin"),
}  # fmt: skip
_YES = ("true", "yes", "1", "ja", "oui", "si", "wahr", "y")
_NO = ("false", "no", "0", "nein", "non", "falsch", "n")

_KNOWN: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "stage": (STAGES, {**dict.fromkeys(_WON, "won"), **dict.fromkeys(_LOST, "lost")}),
    "decision_power": (POWERS, {word: power for power, words in _POWERS.items() for word in words}),
    "type": (TYPES, {word: kind for kind, words in _TYPES.items() for word in words}),
    "channel": (CHANNELS, {word: channel for channel, words in _CHANNELS.items() for word in words}),
}


def known_words(field: str) -> tuple[str, ...]:
    """Return our words of a field.

    Examples
    --------
    >>> known_words("stage")
    ('open', 'won', 'lost')
    """
    return _KNOWN[field][0]


def understood(
    field: str, texts: Texts, said: Mapping[str, str] | None = None
) -> tuple[Texts, dict[str, str], dict[str, int]]:
    """Return a column in our vocabulary.

    Parameters
    ----------
    field : {"stage", "decision_power", "type", "channel"}
        Which vocabulary.
    texts : array of str, shape (n,)
        The source's words, empty where there is none.
    said : mapping of source word to ours, optional
        What the user states; it comes first.

    Returns
    -------
    values : array of str, shape (n,)
        Ours; a stage that is neither won nor lost is "open", another unknown word "other" or "unknown".
    pairs : dict
        Each word of the source and what it was taken for, known ones.
    strange : dict
        Words that are not known, with the number of rows.

    Raises
    ------
    OptionError
        If `said` uses a word that is not ours.
    """
    ours, known = _KNOWN[field]
    wrong = sorted({word for word in (said or {}).values() if word not in ours})
    if wrong:
        raise OptionError(f"The words for {field!r} are {', '.join(ours)}. Got {', '.join(map(repr, wrong))} instead.")
    stated = {plain(word): our for word, our in (said or {}).items()}
    default = {"stage": "open", "decision_power": "unknown", "type": "other", "channel": "other"}[field]
    codes, words = pd.factorize(texts)
    pairs: dict[str, str] = {}
    strange: dict[str, int] = {}
    taken = np.empty(len(words), dtype=object)
    count = np.bincount(codes, minlength=len(words))
    for i, word in enumerate(words):
        key = plain(word)
        found = stated.get(key) or known.get(key)
        taken[i] = found or default
        if not key:
            continue
        if found or field == "stage":
            pairs[str(word)] = str(taken[i])
        else:
            strange[str(word)] = int(count[i])
    return taken[codes] if len(words) else np.empty(0, dtype=object), pairs, strange


def flags(texts: Texts) -> tuple[NDArray[np.int8], dict[str, int]]:
    """Return yes (1), no (0) or nothing (-1) per row, and the words that are neither."""
    codes, words = pd.factorize(texts)
    taken = np.full(len(words), -1, dtype=np.int8)
    strange: dict[str, int] = {}
    count = np.bincount(codes, minlength=len(words))
    for i, word in enumerate(words):
        key = plain(str(word))
        if key in _YES or key in _NO:
            taken[i] = key in _YES
        elif key:
            strange[str(word)] = int(count[i])
    return (taken[codes] if len(words) else np.empty(0, dtype=np.int8)), strange
