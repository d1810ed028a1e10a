"""What a study file may say about work: one table each for workload, size, growth, quotas and routes."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[float, Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class WorkKeys(_Part):
    """How a rep works (see `WorkRules`), and the call policy: a file, or "default" for the one that ships.

    `detour`, `kmh` and `upto_km` are roads and speeds (see `SpeedProfile`). Where accounts have visits and minutes of
    their own, `replace_own` lets the policy replace them. `visits` and `minutes` are the accounts' columns of them,
    `segment` and `kind` those that the policy goes by.
    """

    policy: Text | None = None
    visits: Text = "visits_per_year"
    minutes: Text = "visit_minutes"
    segment: Text = "segment"
    kind: Text = "kind"
    replace_own: bool = False
    day_hours: Positive = 8.0
    days_per_week: Annotated[int, Field(ge=1, le=7)] = 5
    day_start: Annotated[float, Field(ge=0)] = 8.0
    max_nights: Annotated[int, Field(ge=0)] = 4
    night_hours: Annotated[float, Field(ge=0)] = 1.0
    working_days: Annotated[int, Field(ge=1)] = 220
    field_share: Positive = 0.9
    admin_share: Annotated[float, Field(ge=0)] = 0.0
    detour: Annotated[float, Field(ge=1)] = 1.3
    kmh: list[Positive] = [30.0, 60.0, 95.0]
    upto_km: list[Positive] = [5.0, 30.0]


class SizeKeys(_Part):
    """How many reps: what accounts are worth, how many reps there are, and where they could live.

    `towns` is a file with name, lon, lat; left out: those of the United States. `response_base` and `response_power`
    are the response curve (see `Response`). `current` is the accounts' column that says who has them today: with it
    and `reps` the sweep tells what must change rep.
    """

    value: Text
    reps: Text | None = None
    n_reps: Annotated[int, Field(ge=1)] | None = None
    towns: Text | None = None
    capacity_hours: Positive | None = None
    span: Annotated[int, Field(ge=0)] = 3
    response_base: Annotated[float, Field(ge=0, le=1)] = 0.3
    response_power: Positive = 0.5
    current: Text | None = None


class GrowthKeys(_Part):
    """How segments grow, such as ``rates = { smb = 0.05, "*" = 0.02 }``, and for how many years.

    See `project_growth`. `reps`, `towns` and `capacity_hours` are as in the size.
    """

    rates: Annotated[dict[str, float], Field(min_length=1)]
    years: Annotated[int, Field(ge=1)] = 5
    reps: Text | None = None
    towns: Text | None = None
    capacity_hours: Positive | None = None
    segment: Text = "segment"


class QuotaKeys(_Part):
    """What all territories together are to sell, and from which columns quotas follow (see `set_quotas`).

    `rates` is the growth of the segments, `least` and `most` limit the change from last year, `before` is a file
    territory,quota to compare with.
    """

    total: Positive
    history: Text = "revenue_usd"
    potential: Text = "potential_usd"
    rates: dict[str, float] | None = None
    reach: Annotated[float, Field(ge=0, le=1)] = 0.1
    least: Annotated[float, Field(ge=0, le=1)] = 0.7
    most: Annotated[float, Field(ge=1)] = 1.5
    before: Text | None = None
    step: Positive = 1000.0
    segment: Text = "segment"


class RouteKeys(_Part):
    """Which weeks of which territories; left out, all of them. `start` is a Monday."""

    weeks: Annotated[int, Field(ge=1)] = 4
    first_week: Annotated[int, Field(ge=0)] = 0
    start: date = date(2026, 1, 5)
    territories: list[Text] = []
    worth: Text | None = None
    rounds: Annotated[int, Field(ge=1)] | None = None
