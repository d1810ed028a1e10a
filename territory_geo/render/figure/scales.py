"""What colours say: which territory, or a figure on a scale, diverging where there is a target and else growing.

Both scales differ in lightness as well as in hue, so that they are read with any colour vision and in grey.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import OptionError
from territory_geo.render.colors import mix, rgb
from territory_geo.render.formats import NumberFormat, share_text

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]

DIVERGING = ("#2c5f9e", "#7fa8d6", "#efece4", "#e3a35f", "#a8500f")
"""Below the target, on it, above it."""
GROWING = ("#eef3f6", "#a9cbd6", "#5b9bb3", "#256b8c", "#123f5c")
"""From little to much."""
NOTHING = "#c9ced3"
"""Where the figure is missing."""
_NOT_SHOWN = ("center", "center_x", "center_y", "geometry")


@dataclass(frozen=True, eq=False)
class Scale:
    """A figure of each territory as a colour.

    Parameters
    ----------
    title : str
        What is shown, for the legend.
    values : float array, shape (k,)
        In the order of `plan.territory_ids`; NaN where missing.
    texts : tuple of str
        The values as labels.
    low, middle, high : float
        Ends of the scale and, on a diverging one, the target; NaN on a growing one.
    ramp : tuple of str
        Colours from low to high.
    ticks : tuple of (float, str)
        Values on the legend, and their words.
    """

    title: str
    values: Floats
    texts: tuple[str, ...]
    low: float
    middle: float
    high: float
    ramp: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]

    def fills(self) -> tuple[str, ...]:
        """Return ``#rrggbb`` of each territory."""
        return tuple(self.color(float(value)) for value in self.values)

    def color(self, value: float) -> str:
        """Return ``#rrggbb`` of a value; beyond the ends it is that of the end."""
        if math.isnan(value):
            return NOTHING
        share = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        at = share * (len(self.ramp) - 1)
        i = min(int(at), len(self.ramp) - 2)
        return mix(self.ramp[i], rgb(self.ramp[i + 1]), at - i)


def scale_of(plan: TerritoryPlan, by: str) -> Scale:
    """Return the scale for a column of `plan.territories`, or for "deviation": that of the first balanced measure.

    Raises
    ------
    OptionError
        If there is no such number; the message lists those there are.
    """
    table = plan.territories
    if by == "deviation":
        by = f"{next(iter(plan.problem.balance))}_deviation"
    known = [str(c) for c in table.columns if c not in _NOT_SHOWN and np.issubdtype(table[c].dtype, np.number)]
    if by not in known:
        raise OptionError(
            f"The 'by' parameter must be 'territory', 'deviation' or a number of the territories: {', '.join(known)}. "
            f"Got {by!r} instead."
        )
    values = table[by].to_numpy(dtype=float)
    if by.endswith("_deviation"):
        return _deviation(plan, by.removesuffix("_deviation"), values)
    style = NumberFormat.of(by, values)
    texts = tuple("" if math.isnan(v) else style.write(float(v)) for v in values)
    targets = table[f"{by}_target"].to_numpy(dtype=float) if f"{by}_target" in table else np.array([])
    title = style.label[:1].upper() + style.label[1:]
    if len(targets) and np.ptp(targets) <= 1e-9 * abs(targets).max():
        target = float(targets[0])
        reach = float(np.nanmax(np.abs(values - target), initial=0.0)) or abs(target) or 1.0
        ends = (target - reach, target, target + reach)
        ticks = tuple(zip(ends, (style.write(end) for end in ends), strict=True))
        return Scale(f"{title}, target {style.write(target)}", values, texts, *ends, DIVERGING, ticks)
    low, high = float(np.nanmin(values, initial=math.inf)), float(np.nanmax(values, initial=-math.inf))
    if not low < high:
        low, high = (0.0, 1.0) if not math.isfinite(low) else (low - 0.5, low + 0.5)
    ticks = tuple((v, style.write(v)) for v in (low, (low + high) / 2, high))
    return Scale(title, values, texts, low, math.nan, high, GROWING, ticks)


def _deviation(plan: TerritoryPlan, measure: str, values: Floats) -> Scale:
    """Return the scale of deviations from the target: from minus to plus the largest, at least the tolerance."""
    allowed = plan.problem.balance[measure]
    tolerance = float(allowed) if isinstance(allowed, (int, float)) else 0.0
    reach = max(tolerance, float(np.nanmax(np.abs(values), initial=0.0))) or 0.01
    label = NumberFormat.of(measure, plan.territories[measure]).label
    texts = tuple("" if math.isnan(v) else share_text(float(v), signed=True) for v in values)
    ends = (-reach, 0.0, reach)
    ticks = tuple(
        zip(ends, (share_text(-reach, signed=True), "on target", share_text(reach, signed=True)), strict=True)
    )
    return Scale(f"{label[:1].upper()}{label[1:]}, deviation from target", values, texts, *ends, DIVERGING, ticks)
