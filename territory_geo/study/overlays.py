"""The part of a study about overlays: specialists who each work across several of the plan's territories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from territory_geo.study.parts import Amount, Part, Range, Share, Text, tolerances_of

if TYPE_CHECKING:
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.plan import TerritoryPlan

Count = Annotated[int, Field(ge=1)]


class OverlayKeys(Part):
    """Specialists over the plan's territories; see `design_overlay`.

    `territories` is how many there are, or `reps` a file of who they are. `products` are what they sell: only accounts
    with one of these count in `balance`. Each has `span` whole territories (2 to 3), or, with `split_cost`, territories
    are cut where that pays: then nothing limits how many a specialist has a part of, and `span` must be left out.
    """

    name: Text
    territories: Count | None = None
    reps: Text | None = None
    products: list[Text] = []
    balance: Annotated[dict[str, Share | Range], Field(min_length=1)]
    span: Annotated[list[Count], Field(min_length=2, max_length=2)] | None = None
    split_cost: Amount | None = None

    @model_validator(mode="after")
    def _one_force(self) -> OverlayKeys:
        if (self.territories is None) == (self.reps is None):
            raise ValueError("needs territories (how many specialists) or reps (a file of who they are), one of them")
        if self.span is not None and self.span[0] > self.span[1]:
            raise ValueError(f"needs a span from the least to the most territories. Got {self.span}")
        if self.span is not None and self.split_cost is not None:
            raise ValueError(
                "has both span, which speaks of whole territories, and split_cost, which allows them to be cut. "
                "Leave one of them out"
            )
        return self


def write_overlay(
    plan: TerritoryPlan, keys: OverlayKeys, base: Path, folder: Path, *, stop: Stop | None, seed: int
) -> str:
    """Design an overlay and write it like a plan, with partners.csv: which territories each specialist works across.

    Parameters
    ----------
    plan : TerritoryPlan
        Of the study.
    keys : OverlayKeys
        The overlay.
    base, folder : path
        Where files are found, and where these go; without a plan none is written.
    stop, seed
        As in `solve`; `stop` is for overlays that may cut territories.

    Returns
    -------
    str
        What came of it, in a sentence.
    """
    from territory_geo.analyze.overlays import design_overlay
    from territory_geo.render.export import write_plan
    from territory_geo.study.work import read_force, write_tables

    found = design_overlay(
        plan,
        n_territories=keys.territories,
        reps=None if keys.reps is None else read_force(base / keys.reps, plan.problem.units),
        products=keys.products or None,
        balance=tolerances_of(keys.balance),
        span=None if keys.span is None else (keys.span[0], keys.span[1]),
        split_cost=keys.split_cost,
        stop=None if keys.split_cost is None else stop,
        seed=seed,
    )
    if found.plan is None:
        instead = f" What would do: {'; '.join(found.remedies)}." if found.remedies else ""
        return f"Overlay {keys.name}: no plan: {found.reason}.{instead}"
    write_plan(found.plan, folder, title=keys.name)
    write_tables(folder, {"partners": found.partners})
    travel = found.plan.metrics["travel"]
    each = len(found.partners) / len(found.plan.territory_ids)
    return (
        f"Overlay {keys.name}: {len(found.plan.territory_ids)} specialists, {each:.1f} territories each, "
        f"{travel['mean_km']:,.0f} km a trip, {found.status}."
    )
