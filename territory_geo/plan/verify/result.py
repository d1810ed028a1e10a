"""The outcome of an independent check: what was checked, what passed, what did not and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

TOLERANCE = 1e-9
"""Share by which a bound may be passed, and a total may differ, through rounding."""


@dataclass
class Verification:
    """The outcome of a check.

    Parameters
    ----------
    checks : list of (name, passed, detail)
        In the order in which they were made.
    """

    checks: list[tuple[str, bool, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything passed."""
        return all(passed for _, passed, _ in self.checks)

    @property
    def failures(self) -> list[str]:
        """What failed, in words."""
        return [f"{name}: {detail}" for name, passed, detail in self.checks if not passed]

    def passed(self, name: str) -> bool:
        """Tell whether the check of this name was made and passed."""
        return any(check == name and passed for check, passed, _ in self.checks)

    def add(self, name: str, problems: Iterable[str], fine: str) -> None:
        """Record a check: the problems found, or what was found to be fine."""
        found = list(problems)
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        self.checks.append((name, not found, "; ".join(found[:3]) + more if found else fine))

    def table(self) -> pd.DataFrame:
        """Return the checks as a table."""
        return pd.DataFrame(self.checks, columns=["check", "passed", "detail"])

    def __repr__(self) -> str:
        state = "passed" if self.ok else f"FAILED: {'; '.join(self.failures)}"
        return f"<Verification: {len(self.checks)} checks, {state}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table("Verification", {"passed": "yes" if self.ok else "NO"}, self.table())
