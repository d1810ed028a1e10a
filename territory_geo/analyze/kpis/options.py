"""What a user may set about KPIs: weights, half-life, margin, discount, the market measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from territory_geo.errors import OptionError
from territory_geo.geodata.crm.words import CHANNELS

CHANNEL_WEIGHTS = {
    "in person": 10.0, "video": 6.0, "phone": 4.0, "event": 3.0, "email": 1.0, "web": 1.0, "other": 1.0,
}  # fmt: skip
"""Points of one contact, by channel, on its day."""


@dataclass(frozen=True)
class KpiOptions:
    """Options of KPIs.

    Parameters
    ----------
    market : str, optional
        Column of the accounts with what each could buy a year, in the CRM's currency; without one there is no market
        share and no white space in money.
    visits, minutes : str
        Columns with the required visits a year and the minutes of each.
    margin : float or None
        Share of revenue that is margin, 0–1, for lifetime value; None: revenue itself is taken, and the note says so.
    discount : float
        Yearly discount rate of lifetime value, 0.1 is 10 %.
    half_life_days : float
        After how many days a contact counts half in engagement.
    channel_weights : mapping of channel to float
        Points of one contact on its day.
    silence : float
        How many of its usual gaps between orders an account may be silent before it counts as at risk.
    answer_hours : float
        Within how many hours a lead should be answered.
    confidence : float
        Of intervals.

    Raises
    ------
    OptionError
        If a value is out of its range.
    """

    market: str | None = None
    visits: str = "visits_per_year"
    minutes: str = "visit_minutes"
    margin: float | None = None
    discount: float = 0.10
    half_life_days: float = 90.0
    channel_weights: Mapping[str, float] = field(default_factory=lambda: dict(CHANNEL_WEIGHTS))
    silence: float = 2.0
    answer_hours: float = 24.0
    confidence: float = 0.95

    def __post_init__(self) -> None:
        ranges = {
            "margin": (0.0, 1.0), "discount": (0.0, 1.0), "half_life_days": (0.001, 1e5), "silence": (0.1, 100.0),
            "answer_hours": (0.01, 1e5), "confidence": (0.5, 0.9999),
        }  # fmt: skip
        for name, (least, most) in ranges.items():
            value = getattr(self, name)
            if value is None and name == "margin":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
                raise OptionError(f"The '{name}' must be a number from {least:g} to {most:g}. Got {value!r} instead.")
        wrong = [name for name in self.channel_weights if name not in CHANNELS]
        if wrong or any(not weight >= 0 for weight in self.channel_weights.values()):
            raise OptionError(
                f"The 'channel_weights' must be points of 0 or more by channel ({', '.join(CHANNELS)}). "
                f"Got {dict(self.channel_weights)!r} instead."
            )
