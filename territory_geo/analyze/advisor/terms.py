"""What the advice takes for granted, in one place: prices, margin, and what only a team reaches."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from territory_geo.analyze.response import Curve, Response, checked
from territory_geo.errors import OptionError

MODELS = ("territory", "account-based", "hybrid")
"""The three models, in the order in which they are compared."""


@dataclass(frozen=True)
class AdviceTerms:
    """What is assumed; `Advice.turning` says how far each of these may be off before the advice changes.

    Parameters
    ----------
    cost_per_hour : float, default 75
        Currency for an hour of anybody.
    margin : float, default 0.3
        Share of what is sold that stays once it is delivered.
    depth : float, default 0.15
        Share of an account's value that only a team reaches, where nobody counted its stakeholders.
    reach : float, default 3
        Stakeholders whom one rep keeps up with. An account with more of them, where the CRM has contacts, has the share
        1 − reach / stakeholders that only a team reaches.
    response : callable, optional
        From the share of an account's work that is done to the share of its value that is won; left out, `Response()`.

    Examples
    --------
    >>> AdviceTerms(reach=4).beyond_one_rep(np.array([2.0, 8.0, np.nan])).tolist()
    [0.0, 0.5, 0.15]
    """

    cost_per_hour: float = 75.0
    margin: float = 0.3
    depth: float = 0.15
    reach: float = 3.0
    response: Curve = field(default_factory=Response)

    def __post_init__(self) -> None:
        limits = {"cost_per_hour": np.inf, "margin": 1.0, "depth": 1.0, "reach": np.inf}
        for name, most in limits.items():
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)
            if not number or not 0 <= value <= most or (name == "reach" and value == 0):
                raise OptionError(
                    f"The {name!r} parameter of AdviceTerms must be a number of at least 0"
                    f"{f', at most {most:g}' if most < np.inf else ''}{', and not 0' if name == 'reach' else ''}. "
                    f"Got {value!r} instead."
                )
        checked(self.response)

    def beyond_one_rep(self, stakeholders: np.ndarray) -> np.ndarray:
        """Return the share of each account's value that only a team reaches; missing counts take `depth`."""
        known = np.maximum(stakeholders, 1e-9)
        share: np.ndarray = np.where(np.isnan(stakeholders), self.depth, np.maximum(0.0, 1 - self.reach / known))
        return share
