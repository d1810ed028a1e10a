"""What the parts of a study share: strict models, and the kinds of values that several of them take."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
