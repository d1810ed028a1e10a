"""A conflict: demands that cannot hold together, why, and what would do instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from territory_geo.optimize.conflicts.relaxing import NOTHING, Relaxation
from territory_geo.plan.plan import TerritoryPlan


@dataclass(frozen=True)
class Conflict:
    """Demands that cannot hold together.

    Parameters
    ----------
    demands : tuple of str
        Their ids: constraints, "balance:MEASURE", "one piece".
    words : tuple of str
        The same as a person says them.
    proven : bool
        Whether it is proven (by arithmetic or the exact model) that no plan keeps them all; else none was found.
    smallest : bool
        Whether leaving any one of them out was tried and lifts the conflict.
    reason : str
        What proves it, or what the search said.
    relaxations : tuple of Relaxation
        For each demand the least relaxation with which a plan of the whole problem was found, the same for the one that
        the nearest plan misses most, and other numbers of territories; demands without one are left out.
    alone : bool
        Whether the relaxations are for these demands alone, because others are in conflict too.
    """

    demands: tuple[str, ...]
    words: tuple[str, ...]
    proven: bool
    smallest: bool
    reason: str
    relaxations: tuple[Relaxation, ...] = field(repr=False)
    alone: bool = False

    @property
    def plan(self) -> TerritoryPlan | None:
        """A plan that keeps all demands, where one was found while the reason was sought: then nothing is in conflict.

        `solve` makes the most of it with ``initial_plan=conflict.plan``.
        """
        kept = [relaxation.plan for relaxation in self.relaxations if relaxation.demand == NOTHING]
        return kept[0] if kept and not self.demands else None

    def __str__(self) -> str:
        if self.plan is not None:
            return f"{self.reason}."
        together = " together" if len(self.words) > 1 else ""
        verb = f"cannot hold{together}" if self.proven else f"did not hold{together} in any plan that was found"
        text = f"{' and '.join(self.words) or 'the number of territories'} {verb}: {self.reason}."
        if self.relaxations:
            one = len(self.relaxations) == 1
            settled = "This change would do" if one else "Any one of these changes would do"
            if self.alone:
                settled = f"Other demands are in conflict as well; for these, {settled[0].lower()}{settled[1:]}"
            text += f" {settled}: {'; '.join(relaxation.words for relaxation in self.relaxations)}."
        return text

    def record(self) -> dict[str, Any]:
        """Return the conflict as plain values, for a JSON file."""
        return {
            "demands": list(self.demands), "words": list(self.words), "proven": self.proven, "reason": self.reason,
            "would_do": [relaxation.words for relaxation in self.relaxations], "alone": self.alone,
        }  # fmt: skip
