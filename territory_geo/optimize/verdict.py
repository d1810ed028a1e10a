"""What an exact model or a bound may find out about a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int32]

PROOF_GAP = 1e-6
"""Gap at which a plan counts as optimal."""


class Verdict(StrEnum):
    """What an exact model found out."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    OPEN = "open"


@dataclass(frozen=True)
class Exact:
    """The outcome: a verdict, the best labels known, and a lower bound on travel (None where there is none)."""

    verdict: Verdict
    labels: Labels | None
    bound: float | None
    kind: str
