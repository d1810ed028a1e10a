"""The part of a study about overlays: specialists who each work across several of the plan's territories."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from territory_geo.progress import Progress
from territory_geo.study.parts import Amount, Part, Range, Share, Text, tolerances_of

if TYPE_CHECKING:
    from territory_geo.analyze.overlays import OverlaySolution
    from territory_geo.geodata.units import BasicUnits
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


def require_overlays(units: BasicUnits, overlays: Sequence[OverlayKeys], base: Path) -> None:
    """Raise `DataError` or `OptionError` where an overlay cannot be asked of these units, before there is a plan."""
    from territory_geo.analyze.overlays.question import measures_of_products
    from territory_geo.study.work import read_force

    for keys in overlays:
        measures_of_products(units, keys.products or None, tolerances_of(keys.balance))
        if keys.reps is not None:
            read_force(base / keys.reps, units)


def write_overlays(
    plan: TerritoryPlan, overlays: Sequence[OverlayKeys], base: Path, directory: Path, *, stop: Stop | None, seed: int,
    progress: Progress,
) -> tuple[list[OverlaySolution], list[str]]:  # fmt: skip
    """Design overlays and write each like a plan, and what they make of the products together.

    Parameters
    ----------
    plan : TerritoryPlan
        Of the study.
    overlays : sequence of OverlayKeys
    base, directory : path
        Where files are found, and where these go: a folder for each overlay with the plan and partners.csv (which
        territories each specialist works across), or with plan.json alone, which says why there is none; and, where
        the reps of the territories have skills, coverage.csv, uncovered.csv and conflicts.csv.
    stop, seed
        As in `solve`; `stop` is for overlays that may cut territories.
    progress : callable
        Told (stage, share, text).

    Returns
    -------
    list of OverlaySolution, list of str
        What was found, and what is to be said, in sentences.
    """
    from territory_geo.analyze.overlays import design_overlay
    from territory_geo.study.work import folder_name, read_force

    found, said = [], []
    for keys in overlays:
        progress("overlay", 0.0, keys.name)
        overlay = design_overlay(
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
        found.append(overlay)
        said.append(_written(overlay, keys.name, directory / folder_name(keys.name)))
    checked = {keys.name: one for keys, one in zip(overlays, found, strict=True) if one.plan is not None}
    return found, said + _checked(
        plan, {name: one for name, one in checked.items() if one.question.products}, directory
    )


def _written(found: OverlaySolution, name: str, folder: Path) -> str:
    """Write an overlay, or why there is none; return that in words."""
    from territory_geo.render.export import named_failures, write_nearest, write_plan
    from territory_geo.study.work import write_tables

    if found.plan is None:
        with named_failures(folder):
            (folder / "partners.csv").unlink(missing_ok=True)
        write_nearest(
            found.problem, None, folder,
            {"status": str(found.status), "reason": found.reason, "remedies": list(found.remedies)},
        )  # fmt: skip
        instead = f". What would do: {'; '.join(text.rstrip('.') for text in found.remedies)}" if found.remedies else ""
        return f"Overlay {name}: no plan: {found.reason.rstrip('.')}{instead}."
    write_plan(found.plan, folder, title=f"Specialists: {name}")
    write_tables(folder, {"partners": found.partners})
    count, each = len(found.plan.territory_ids), found.partners["specialist"].value_counts()
    span = f"{each.min()} to {each.max()}" if each.min() < each.max() else f"{each.min()}"
    return (
        f"Overlay {name}: {count} specialist{'' if count == 1 else 's'} with {span} "
        f"{'parts of ' if found.span is None else ''}territories each, "
        f"{found.plan.metrics['travel']['mean_km']:,.0f} km a trip"
        f"{', proven to be the least' if found.status == 'optimal' else ''}."
    )


def _checked(plan: TerritoryPlan, overlays: dict[str, OverlaySolution], directory: Path) -> list[str]:
    """Write which product nobody with the skill reaches, and who is in whose way, of reps and overlays together."""
    from territory_geo.analyze.overlays import SalesForce, check_overlays
    from territory_geo.study.work import write_tables

    files = ("coverage", "uncovered", "conflicts")
    for name in files:
        (directory / f"{name}.csv").unlink(missing_ok=True)
    reps = plan.problem.reps
    if not overlays:
        return []
    if reps is None or "skills" not in reps.frame.columns:
        return ["Who reaches which product is not checked: that needs reps with skills, for the territories as well."]
    name = "territories"
    while name in overlays:
        name += " of the plan"
    accounts = plan.problem.units.members.drop(columns="geometry", errors="ignore")
    direct = SalesForce(name, plan.accounts.set_index("id")["territory"], reps, direct=True)
    forces = [direct, *(one.sales_force(overlay) for overlay, one in overlays.items())]
    # Spans need no check: those of whole territories are verified, others are not limited.
    report = check_overlays(accounts, forces, span=(0, len(plan.territory_ids)))
    write_tables(directory, {file: getattr(report, file) for file in files})
    lost = report.coverage[report.coverage["not_reached"] > 0]
    texts = [f"{row['product']} at {row['not_reached']:,} accounts" for row in lost.to_dict("records")]
    both = int((report.conflicts["kind"] == "several sellers").sum())
    said = [f"Nobody with the skill reaches {', '.join(texts)}." if texts else "Each product is reached everywhere."]
    if both:
        said.append(f"{both:,} times a rep and a specialist sell the same product to the same account: conflicts.csv.")
    return said
