"""The independent check of a plan: from tables, with networkx, sharing no code with the optimiser.

It trusts nothing that the plan says about itself: totals, deviations, pieces and rules are worked out again, from
memory or from the files that were written.
"""

from territory_geo.plan.verify.assignment import check_assignment, verify_plan
from territory_geo.plan.verify.files import verify_written
from territory_geo.plan.verify.nested import check_nested
from territory_geo.plan.verify.pieces import pieces_with_networkx, pieces_with_scipy
from territory_geo.plan.verify.result import Verification

__all__ = [
    "Verification",
    "check_assignment",
    "check_nested",
    "pieces_with_networkx",
    "pieces_with_scipy",
    "verify_plan",
    "verify_written",
]
