"""Why the accounts of a move list change hands: each one is put back on trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.analyze.explain import words
from territory_geo.analyze.explain.explain import said_of_move
from territory_geo.analyze.explain.trial import Trial

if TYPE_CHECKING:
    from territory_geo.analyze.compare.sides import Side


def move_reasons(side: Side, moves: pd.DataFrame) -> list[str]:
    """Return a sentence per row of a move list.

    Parameters
    ----------
    side : Side
        The plan in which they move.
    moves : DataFrame
        `id`, `from` (a holder of the first plan), `to`.
    """
    plan = side.plan
    here = {old: own for own, old in zip(side.holders, side.base, strict=True) if old}
    number = {name: t for t, name in enumerate(plan.territory_ids)}
    unit_of = plan.problem.units.unit_of
    position = {id_: i for i, id_ in enumerate(plan.problem.units.ids)}
    unit = np.array([position[unit_of[id_]] for id_ in moves["id"]], dtype=np.int64)
    back = np.array([number.get(here.get(name, ""), -1) for name in moves["from"]], dtype=np.int64)
    # Of today's alignment an account may have another rep than the territory that its unit is drawn in.
    tried = np.flatnonzero((back >= 0) & (back != plan.codes[unit]))
    reasons = [
        words.gone(was, now) if name < 0 else words.shared(was, now)
        for was, now, name in zip(moves["from"], moves["to"], back, strict=True)
    ]
    if tried.size:
        called = dict(zip(side.holders, side.called, strict=True))
        names = [called[name] for name in plan.territory_ids]
        trial = Trial(plan, names)
        judged = trial.judged(unit[tried], back[tried])
        hair = words.HAIR * max(float(trial.travels.now.sum()), 1e-300)
        for i, row in enumerate(tried.tolist()):
            was, now = names[back[row]], names[plan.codes[unit[row]]]
            reasons[row] = said_of_move(judged, i, was, now, hair)
    return reasons
