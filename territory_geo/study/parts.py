"""What the parts of a study share: strict models, and the kinds of values that several of them take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from territory_geo.plan.constraints import Bounds

Amount = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """A table of a study: no unknown keys, no conversions, no infinite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Range(Part):
    """Absolute bounds of a measure per territory."""

    lower: Amount
    upper: Amount

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.lower > self.upper:
            raise ValueError(f"needs lower <= upper. Got lower {self.lower:g}, upper {self.upper:g}")
        return self


def tolerances_of(balance: Mapping[str, float | Range]) -> dict[str, float | Bounds]:
    """Return what a problem is told of the balance that a study states: shares as they are, ranges as `Bounds`."""
    from territory_geo.plan.constraints import Bounds

    return {
        name: Bounds(limit.lower, limit.upper) if isinstance(limit, Range) else limit for name, limit in balance.items()
    }
