"""A plan as plain text, one fact a line in a fixed order, and what differs between two plans in plain sentences.

Nothing in it depends on when or where it was written, so that version control shows what changed and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from territory_geo.geodata.ids import texts
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.measures import NAME

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.plan import TerritoryPlan

MADE = ("status", "version", "seed", "iterations", "stop", "starts", "bound", "bound_kind")
"""Of a plan's provenance: what is told; how long it took says nothing of the plan."""


def data_sha256(units: BasicUnits) -> str:
    """Return the SHA-256 of the units' content: ids, places or shapes, measures, and which account is in which unit.

    The same data give the same hash whatever file they came from and in which order their rows stood; hours that
    depend on territories are no data.
    """
    digest = hashlib.sha256()
    names = [name for name in units.frame.columns if name in units.measures and name != NAME]
    digest.update(json.dumps([units.kind, names]).encode())
    values = units.frame[names].to_numpy(dtype=np.float64)
    for id_, shape, row in zip(units.ids, units.frame.geometry.to_wkb(), values, strict=True):
        digest.update(f"{id_}\n".encode())
        digest.update(shape)
        digest.update(row.tobytes())
    pairs = zip(texts(units.members["id"]), texts(units.members["unit"]), strict=True)
    digest.update("\n".join(sorted(f"{id_}\t{unit}" for id_, unit in pairs)).encode())
    return digest.hexdigest()


def provenance(plan: TerritoryPlan) -> dict[str, str]:
    """Return where a plan comes from, as text by name: data, how it was made, and what was asked."""
    units = plan.problem.units
    # The file alone: where it lies is a matter of the machine.
    found = {"data": data_sha256(units), "source": units.source.replace("\\", "/").rsplit("/", 1)[-1]}
    if units.sha256:
        found["source_sha256"] = units.sha256
    found |= {"accounts": str(len(units.members)), "units": str(len(units)), "rejected": str(len(units.rejects))}
    found |= {name: _plain(plan.provenance[name]) for name in MADE if plan.provenance.get(name) is not None}
    return found | parameters(plan)


def parameters(plan: TerritoryPlan) -> dict[str, str]:
    """Return what was asked, as text by name; constraints in the order of their words."""
    problem = plan.problem
    objective = problem.objective
    found = {"territories": str(problem.n_territories)}
    for measure in sorted(problem.balance):
        limit = problem.balance[measure]
        found[f"balance {measure}"] = str(limit) if isinstance(limit, Bounds) else f"±{100 * limit:g} %"
    found |= {
        "travel from": objective.center, "travel power": str(objective.power),
        "travel weight": problem.weight_name or "each unit once", "distance": repr(problem.distance),
        "in one piece": "not asked for" if problem.graph is None else f"{len(problem.graph.edges)} pairs of neighbours",
    }  # fmt: skip
    if problem.reps is not None:
        found["reps"] = ", ".join(sorted(texts(problem.reps.frame.index)))
    if problem.alignment is not None:
        counts = problem.alignment.counts()
        found["current"] = ", ".join(f"{counts[name]} {name}" for name in ("held", "nobody", "gone"))
    if problem.workload is not None:
        rules = problem.workload.rules
        found |= {f"workload {f.name}": _plain(getattr(rules, f.name)) for f in fields(rules)}
        found["workload tours"] = repr(problem.workload.tours)
    for i, words in enumerate(sorted(str(rule) for rule in problem.constraints), 1):
        found[f"constraint {i}"] = words
    return found


def plan_text(plan: TerritoryPlan) -> str:
    """Return a plan as text: its provenance, then a line per account with its territory, sorted by id.

    Examples
    --------
    >>> import pandas as pd
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": list("ab"), "x": [0, 9], "y": 0, "visits": 1})
    >>> units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> problem = tg.TerritoryProblem(units, n_territories=2, balance={"visits": 0.1})
    >>> plan = tg.TerritoryPlan(problem, pd.Series(["W", "E"], index=list("ab")))
    >>> print(plan_text(plan).splitlines()[-1])
    assigned b: E
    """
    lines = [f"{name}: {_line(value)}" for name, value in provenance(plan).items()]
    lines += [f"assigned {_line(id_)}: {_line(name)}" for id_, name in sorted(_assigned(plan).items())]
    return "\n".join(lines) + "\n"


def diff_text(before: TerritoryPlan, after: TerritoryPlan) -> str:
    """Return what is different in another plan: a sentence for each thing, then a line per account, sorted by id."""
    return "\n".join(_differences(before, after)) + "\n"


def _differences(before: TerritoryPlan, after: TerritoryPlan) -> Iterator[str]:
    was, now = provenance(before), provenance(after)
    rules = [{v for k, v in found.items() if k.startswith("constraint ")} for found in (was, now)]
    if was["data"] == now["data"]:
        yield f"The data are the same: {len(before.problem.units.members):,} accounts, sha256 {was['data'][:12]}."
    else:
        yield f"The data differ: sha256 {was['data'][:12]} before, {now['data'][:12]} after."
    same = True
    for name in dict.fromkeys([*was, *now]):
        if name == "data" or name.startswith("constraint ") or was.get(name) == now.get(name):
            continue
        same = False
        yield f"{name}: {_line(was.get(name, 'none'))} before, {_line(now.get(name, 'none'))} after."
    yield from (f"Constraint dropped: {_line(words)}." for words in sorted(rules[0] - rules[1]))
    yield from (f"Constraint added: {_line(words)}." for words in sorted(rules[1] - rules[0]))
    old, new = _assigned(before), _assigned(after)
    both = sorted(set(old) & set(new))
    moved = [id_ for id_ in both if old[id_] != new[id_]]
    if same and not moved and rules[0] == rules[1] and old == new:
        yield "The plans are the same."
        return
    yield f"{len(moved):,} of {len(both):,} accounts {'is' if len(moved) == 1 else 'are'} in another territory."
    yield from (f"moved {_line(id_)}: {_line(old[id_])} -> {_line(new[id_])}" for id_ in moved)
    yield from (f"dropped {_line(id_)}: {_line(old[id_])}" for id_ in sorted(set(old) - set(new)))
    yield from (f"added {_line(id_)}: {_line(new[id_])}" for id_ in sorted(set(new) - set(old)))


def _assigned(plan: TerritoryPlan) -> dict[str, str]:
    """Return the territory of each account, and of each unit that holds none."""
    units = plan.problem.units
    labels = dict(zip(units.ids, plan.labels, strict=True))
    own = dict(zip(texts(units.members["id"]), texts(units.members["unit"]), strict=True))
    empty = set(units.ids) - set(own.values())
    return {id_: labels[unit] for id_, unit in own.items()} | {unit: labels[unit] for unit in sorted(empty)}


def _line(text: str) -> str:
    """Return text on one line: what would end a line is written out."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _plain(value: Any) -> str:
    """Return a value as text that is the same on every machine."""
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.12g}"
    return str(value)
