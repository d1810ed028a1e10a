"""What a disruption budget rules out: changes that other constraints force, whatever the plan.

Each bound is a sum over units or territories of the least that must change rep, so that it never says too much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from territory_geo.plan.budget import BudgetTerm
from territory_geo.plan.check.blocks import Blocks
from territory_geo.plan.check.measures import Limits, limits_of
from territory_geo.plan.check.words import SLACK, Finding, amount

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]

CLEARLY = 1e-6
"""Share by which one bound must exceed another to be told instead of it."""
MOST_SORTED = 50_000_000
"""Units times territories that are sorted for a proof; above it the search has to find out."""


def about_budgets(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    """Yield the caps on changes of rep that cannot be kept."""
    terms = [term for term in problem.budget_terms if term.cap is not None]
    limits = limits_of(problem) if terms else []
    for term in terms:
        assert term.cap is not None
        held = _allowed(problem, blocks, term.held)
        least, why = _forced(problem, term, held)
        if _identified(problem):
            for limit in limits:
                for found, reason in (_surplus(problem, limit, term, held), _shortage(problem, limit, term, held)):
                    if found > least * (1 + CLEARLY):
                        least, why = found, reason
        if least > term.cap + SLACK * term.total:
            whose = f" of {term.whose}" if term.whose else ""
            least = round(least, 6)
            text = (
                f"{term.budget.id} lets {100 * term.cap / term.total:g} % of {term.measure}{whose} change rep "
                f"({amount(term.cap)}), but {why}: at least {100 * least / term.total:.4g} % ({amount(least)}) must"
            )
            yield f"{term.measure}: budget too small", text, "impossible"


def _identified(problem: TerritoryProblem) -> bool:
    """Tell whether it is known which territory each of today's reps has."""
    assert problem.alignment is not None
    return set(problem.alignment.reps) <= set(problem.named_territories)


def _allowed(problem: TerritoryProblem, blocks: Blocks, held: csr_matrix) -> csr_matrix:
    """Return what reps hold and can keep: nothing of units that are locked to others or kept from them."""
    assert problem.alignment is not None
    pinned, banned = blocks.territory_of(), blocks.banned_from()
    if not (pinned or banned):
        return held
    table = held.tocoo()
    reps = problem.alignment.reps
    keeps = np.array(
        [
            all(name == reps[r] for name in pinned.get(b, ())) and reps[r] not in banned.get(b, ())
            for b, r in zip(blocks.block[table.row].tolist(), table.col.tolist(), strict=True)
        ],
        dtype=bool,
    )
    return csr_matrix((table.data[keeps], (table.row[keeps], table.col[keeps])), shape=held.shape)


def _forced(problem: TerritoryProblem, term: BudgetTerm, held: csr_matrix) -> tuple[float, str]:
    """Return what changes rep because a unit has one territory, or because there are fewer territories than reps."""
    assert problem.alignment is not None
    kept = float(held.max(axis=1).sum()) if held.nnz else 0.0
    shared = int((np.diff(term.held.indptr) > 1).sum())
    locked = term.held.nnz - held.nnz
    found = []
    if shared:
        found.append(f"{shared:,} units hold accounts of several reps")
    if locked:
        found.append(f"locks, bans and homes take {locked:,} units from their reps")
    least, why = term.total - kept, " and ".join(found)
    if not _identified(problem) and len(problem.alignment.reps) > problem.n_territories:
        most = float(np.sort(np.asarray(held.sum(axis=0)).ravel())[::-1][: problem.n_territories].sum())
        if term.total - most > least:
            count = len(problem.alignment.reps)
            least, why = term.total - most, f"there are {problem.n_territories} territories for {count} reps of today"
    return least, why


def _surplus(problem: TerritoryProblem, limit: Limits, term: BudgetTerm, held: csr_matrix) -> tuple[float, str]:
    """Return what reps must give away because what they hold exceeds their cap; the cheapest parts go first."""
    assert problem.alignment is not None
    position = {name: t for t, name in enumerate(problem.named_territories)}
    table = held.tocsc()
    kept, worst = 0.0, (0.0, "")
    for r, rep in enumerate(problem.alignment.reps):
        part = slice(table.indptr[r], table.indptr[r + 1])
        rows, value = table.indices[part], table.data[part]
        cap = float(limit.upper[position[rep]])
        load = limit.values[rows]
        kept += _most(value, load, cap)
        if load.sum() - cap > worst[0]:
            worst = (
                float(load.sum()) - cap,
                f"{rep} holds {amount(load.sum())} of an allowed {amount(cap)} {limit.name}",
            )
    return term.total - kept, worst[1] or "units hold accounts of several reps"


def _shortage(problem: TerritoryProblem, limit: Limits, term: BudgetTerm, held: csr_matrix) -> tuple[float, str]:
    """Return what must come from others so that every territory reaches its floor; the cheapest parts come first."""
    if len(problem.units) * problem.n_territories > MOST_SORTED or limit.lower.max() <= 0:
        return 0.0, ""
    assert problem.alignment is not None
    whole = np.asarray(term.held.sum(axis=1)).ravel()
    position = {rep: r for r, rep in enumerate(problem.alignment.reps)}
    table = held.tocsc()
    needed, worst = 0.0, (0.0, "")
    names = [*problem.named_territories, *[""] * (problem.n_territories - len(problem.named_territories))]
    for t, name in enumerate(names):
        cost = whole.copy()
        if name in position:
            r = position[name]
            part = slice(table.indptr[r], table.indptr[r + 1])
            cost[table.indices[part]] -= table.data[part]
        least = _least(np.maximum(cost, 0.0), limit.values, float(limit.lower[t]))
        needed += least
        if least > worst[0]:
            who = name or "a new territory"
            worst = (
                least,
                f"{who} needs {amount(limit.lower[t])} {limit.name} and cannot have it without others' accounts",
            )
    return needed, worst[1]


def _most(value: Floats, load: Floats, cap: float) -> float:
    """Return the most value that fits under a cap of load, units divided: what is left out is least."""
    free = load <= 0
    order = np.argsort(-value[~free] / load[~free], kind="stable")
    value_, load_ = value[~free][order], load[~free][order]
    before = np.concatenate([[0.0], np.cumsum(load_)[:-1]]) if len(load_) else load_
    share = np.clip((cap * (1 + SLACK) - before) / np.where(load_ > 0, load_, 1.0), 0.0, 1.0)
    return float(value[free].sum() + value_ @ share)


def _least(cost: Floats, load: Floats, floor: float) -> float:
    """Return the least cost of a load of at least `floor`, units divided; 0 where there is not enough."""
    some = load > 0
    cost, load = cost[some], load[some]
    if load.sum() < floor * (1 - SLACK):
        return 0.0
    order = np.argsort(cost / load, kind="stable")
    cost, load = cost[order], load[order]
    before = np.concatenate([[0.0], np.cumsum(load)[:-1]]) if len(load) else load
    share = np.clip((floor * (1 - SLACK) - before) / load, 0.0, 1.0)
    return float(cost @ share)
