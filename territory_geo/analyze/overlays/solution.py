"""What the design of an overlay returns: a plan over the same units, who works with whom, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from territory_geo.analyze.overlays.forces import SalesForce
from territory_geo.analyze.overlays.question import OverlayQuestion
from territory_geo.errors import DataError
from territory_geo.geodata.ids import texts
from territory_geo.geodata.reps import Reps
from territory_geo.optimize.solution import Status
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.verify import Verification, check_nested


@dataclass(frozen=True, eq=False)
class OverlaySolution:
    """The outcome.

    Parameters
    ----------
    status : Status
        optimal (proven), feasible, interrupted, infeasible (proven) or not_found.
    plan : TerritoryPlan or None
        The overlay's territories, over the same units as the plan below; verified.
    question : OverlayQuestion
        The problem, the plan below, the products.
    span : (int, int) or None
        How many territories below each holds; None where borders may be cut.
    sets : int or None
        How many sets of neighbouring territories were within bounds; None where borders may be cut.
    objective, bound : float or None
        Travel of the plan (with what cut borders cost), and what none can be below.
    reason : str
        Why there is no plan, in words.
    remedies : tuple of str
        What would do instead; each was tried.
    runtime_s : float
    """

    status: Status
    plan: TerritoryPlan | None
    question: OverlayQuestion
    span: tuple[int, int] | None
    sets: int | None
    objective: float | None
    bound: float | None
    reason: str
    remedies: tuple[str, ...]
    runtime_s: float

    @property
    def base(self) -> TerritoryPlan:
        """The plan below."""
        return self.question.base

    @property
    def problem(self) -> TerritoryProblem:
        """The overlay as a problem."""
        return self.question.problem

    @property
    def gap(self) -> float | None:
        """(objective - bound) / objective, a share; 0 where the plan is proven to be the best."""
        if self.objective is None or self.bound is None:
            return None
        return 0.0 if self.status is Status.OPTIMAL else max(0.0, 1 - self.bound / self.objective)

    @cached_property
    def partners(self) -> pd.DataFrame:
        """A row per specialist and territory below that they share: `specialist`, `generalist`, `accounts`, `share`.

        `accounts` are those with the products; `share` is their share of the generalist's, where there are none of
        the generalist's units.
        """
        plan = self._found()
        units = pd.DataFrame({"generalist": self.base.labels.to_numpy(), "specialist": plan.labels.to_numpy()})
        shared = units.value_counts(["specialist", "generalist"]).rename("units").reset_index()
        members = self.problem.units.members
        row = pd.Index(self.problem.units.ids).get_indexer(pd.Index(texts(members["unit"])))
        held = units.iloc[row[self.question.concerned]].value_counts(["specialist", "generalist"]).rename("accounts")
        shared = shared.merge(held.reset_index(), how="left", on=["specialist", "generalist"])
        shared["accounts"] = shared["accounts"].fillna(0).astype(int)
        whole = shared.groupby("generalist")[["accounts", "units"]].transform("sum")
        counted = whole["accounts"] > 0
        shared["share"] = np.where(
            counted, shared["accounts"] / whole["accounts"].where(counted, 1), shared["units"] / whole["units"]
        )
        order = shared.sort_values(["specialist", "generalist"], ignore_index=True)
        return order[["specialist", "generalist", "accounts", "share"]]

    @cached_property
    def owners(self) -> pd.Series:
        """Index `account`: the specialist of each account with the products."""
        return self.ground[self.question.concerned]

    @cached_property
    def ground(self) -> pd.Series:
        """Index `account`: the specialist in whose territory each account lies, whatever its products."""
        held = self._found().accounts
        index = pd.Index(texts(held["id"]), name="account")
        return pd.Series(held["territory"].to_numpy(), index=index, name="person", dtype=object)

    def sales_force(self, name: str, people: Reps | None = None, *, sells: bool = True) -> SalesForce:
        """Return the overlay as a sales force, for `check_overlays`.

        Parameters
        ----------
        name : str
        people : Reps, optional
            With `skills`. Left out: the reps that were designed for where they have skills; else one person for each
            territory, at its centre, who knows the products.
        sells : bool, default True
            Whether they sell, or only advise whoever does.

        Raises
        ------
        DataError
            If there is no plan, or the overlay has no products and its people no skills.
        """
        plan, products = self._found(), self.question.products
        staff = people or self.problem.reps
        if staff is None or "skills" not in staff.frame.columns:
            if not products:
                raise DataError("The overlay is of all products, so who knows which is not known. Give people=….")
            staff = _people(plan, products)
        return SalesForce(name, self.owners, staff, sells=sells, products=products, ground=self.ground)

    def verify(self) -> Verification:
        """Check the plan anew from tables; nested ones also that they are made of whole territories, as many as asked.

        Nothing of it is shared with what made the plan.
        """
        plan = self._found()
        check = plan.verify()
        if self.span is not None:
            ids = plan.problem.units.ids
            check_nested(check, dict(zip(ids, plan.labels, strict=True)), dict(zip(ids, self.base.labels, strict=True)),
                         self.span)  # fmt: skip
        return check

    def _found(self) -> TerritoryPlan:
        if self.plan is None:
            raise DataError(f"There is no overlay: {self.reason}")
        return self.plan

    def __repr__(self) -> str:
        if self.plan is None:
            return f"<OverlaySolution {self.status}: {self.reason}>"
        count, below = len(self.plan.territory_ids), len(self.base.territory_ids)
        travel = self.plan.metrics["travel"]["mean_km"]
        return f"<OverlaySolution {self.status}: {count} territories over {below}, {travel:,.1f} km on average>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"status": str(self.status), "territories below": str(len(self.base.territory_ids))}
        if self.plan is None:
            entries["reason"] = self.reason
            entries |= {f"would do, {i}": text for i, text in enumerate(self.remedies, 1)}
            return definition_table("Overlay", entries)
        return definition_table("Overlay", entries, self.partners)


def _people(plan: TerritoryPlan, products: tuple[str, ...]) -> Reps:
    """Return one person for each territory, at its centre, who knows the products."""
    import geopandas as gpd

    table = plan.territories
    frame = pd.DataFrame({"skills": ";".join(products)}, index=pd.Index(plan.territory_ids, name="rep_id"))
    places = gpd.points_from_xy(table["center_x"], table["center_y"])
    return Reps(gpd.GeoDataFrame(frame, geometry=places, crs=table.crs))
