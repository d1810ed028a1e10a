"""Segments: accounts sorted into named, enterprise, mid-market and small, each with its reason.

A family (parent and subsidiaries) is judged as one customer and stays in one segment. `sensitivity` tells how many
accounts hang on each threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.demand.profile import SEGMENTS, Combine, IdealProfile, SegmentRules, combination
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import numbers
from territory_geo.geodata.families import account_table, families
from territory_geo.geodata.ids import texts

SEPARATOR = ";"
"""Between entries of one field, such as products."""
STEPS = (-0.2, -0.1, 0.1, 0.2)
"""Shares by which `sensitivity` moves each threshold."""

Profile = SegmentRules | IdealProfile


@dataclass(frozen=True, eq=False)
class Segments:
    """Accounts with their segments.

    Parameters
    ----------
    frame : DataFrame
        Index the account ids as text; `family`, `segment`, `score` (0 to 100; missing where rules decide), `reason`
        in words.
    profile : SegmentRules or IdealProfile
        What decided.
    figures : DataFrame
        A row per family: what was compared, after combining its members, and `members`.
    missing : dict of str to int
        Families for which a measure is not known; they reach no threshold of it and score nothing there.
    """

    frame: pd.DataFrame
    profile: Profile
    figures: pd.DataFrame
    missing: dict[str, int]

    def __repr__(self) -> str:
        counts = self.frame["segment"].value_counts()
        return f"<Segments: {', '.join(f'{counts.get(name, 0):,} {name}' for name in SEGMENTS)}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table("Segments", dict(line.split(": ", 1) for line in self.explain()), self.summary())

    def explain(self) -> list[str]:
        """Return the thresholds in words, from the top, and what is not known about how many families."""
        unknown = [
            f"not known: {name} of {count:,} families, which reach no threshold of it"
            for name, count in self.missing.items()
        ]
        return [*self.profile.in_words(), *unknown]

    def summary(self) -> pd.DataFrame:
        """Return a row per segment: accounts, families, and the sum of each measure that adds up."""
        family = self.frame.drop_duplicates("family").set_index("family")["segment"]
        table = pd.DataFrame(index=pd.Index(SEGMENTS, name="segment"))
        table["accounts"] = self.frame["segment"].value_counts().reindex(SEGMENTS, fill_value=0)
        table["families"] = family.value_counts().reindex(SEGMENTS, fill_value=0)
        for name in self.profile.measures:
            if combination(name, self.profile.combine) == "sum" and self.figures[name].dtype.kind == "f":
                table[name] = self.figures[name].groupby(family).sum().reindex(SEGMENTS, fill_value=0.0)
        return table.reset_index()

    def accounts(self, segment: str) -> list[str]:
        """Return the ids of a segment's accounts."""
        if segment not in SEGMENTS:
            raise OptionError(f"The segment must be one of {', '.join(SEGMENTS)}. Got {segment!r}.")
        return [str(name) for name in self.frame.index[self.frame["segment"] == segment]]

    def sensitivity(self, steps: Sequence[float] = STEPS) -> pd.DataFrame:
        """Return how many accounts change segment when a threshold moves, one threshold at a time.

        Parameters
        ----------
        steps : sequence of float, default (-0.2, -0.1, 0.1, 0.2)
            Shares by which each threshold moves: 0.1 raises it by 10 %.

        Returns
        -------
        DataFrame
            A row per threshold and step: `segment`, `measure` ("score" for a profile), `threshold`, `step`, `moved_to`,
            `changed` (accounts in all), `up`, `down`, `named` (named accounts then). A score above 100 is cut there.
            Where a cut would pass its neighbour, it stops a millionth short of it.
        """
        before = self._ranks(self.profile)
        rows = []
        for segment, measure, value in _thresholds(self.profile):
            for step in steps:
                moved, changed = _moved(self.profile, segment, measure, value, float(step))
                after = self._ranks(changed)
                rows.append(
                    (
                        segment, measure, value, float(step), moved, int((after != before).sum()),
                        int((after < before).sum()), int((after > before).sum()), int((after == 0).sum()),
                    )
                )  # fmt: skip
        names = ["segment", "measure", "threshold", "step", "moved_to", "changed", "up", "down", "named"]
        return pd.DataFrame(rows, columns=names)

    def _ranks(self, profile: Profile) -> NDArray[np.int64]:
        ranks, _ = _judge(self.figures, profile)
        place = pd.Series(ranks, index=self.figures.index)
        return place[self.frame["family"]].to_numpy()


def segment_accounts(accounts: object, profile: Profile, *, parent: str = "parent_id") -> Segments:
    """Sort accounts into named, enterprise, mid-market and small (smb).

    Parameters
    ----------
    accounts : Accounts or DataFrame
        With the columns that the profile names; a DataFrame has its ids in `account_id` or `id`.
    profile : SegmentRules or IdealProfile
        Thresholds, or a score.
    parent : str, default "parent_id"
        Column with the parent's id. A family's figures are combined and all its members get one segment.

    Returns
    -------
    Segments

    Raises
    ------
    DataError
        If a column is not there or a figure is not a number; every problem is named at once.
    OptionError
        If thresholds leave a segment that nobody can be in.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"account_id": ["A", "B", "C"], "parent_id": ["", "A", ""], "revenue_usd": [300.0, 250.0, 400.0]}
    ... )
    >>> found = segment_accounts(table, SegmentRules({"named": {"revenue_usd": 500}}))
    >>> found.frame["segment"].to_dict()
    {'A': 'named', 'B': 'named', 'C': 'smb'}
    >>> found.frame["reason"]["B"]
    'revenue_usd 550 is at least 500 (family of 2)'
    """
    if not isinstance(profile, (SegmentRules, IdealProfile)):
        raise OptionError(f"The 'profile' parameter must be SegmentRules or IdealProfile. Got {profile!r}.")
    if isinstance(profile, SegmentRules):
        profile.check_order()
    table = account_table(accounts)
    absent = [name for name in profile.measures if name not in table.columns]
    if absent:
        raise DataError(
            f"The accounts have no column {', '.join(map(repr, absent))}. "
            f"Columns: {', '.join(map(str, table.columns))}."
        )
    family = families(table, parent)
    figures = _figures(table, family, profile)
    ranks, scores = _judge(figures, profile)
    order = pd.Series(np.arange(len(figures)), index=figures.index)[family].to_numpy()
    reasons = np.array(_reasons(figures, profile, ranks, scores), dtype=object)
    frame = pd.DataFrame(
        {
            "family": family,
            "segment": np.array(SEGMENTS, dtype=object)[ranks][order],
            "score": scores[order],
            "reason": reasons[order],
        },
        index=table.index,
    )
    unknown = {name: int(figures[name].isna().sum()) for name in profile.measures if figures[name].isna().any()}
    return Segments(frame, profile, figures, unknown)


def _figures(table: pd.DataFrame, family: pd.Series, profile: Profile) -> pd.DataFrame:
    """Return what is compared: a row per family, members combined."""
    groups = family.groupby(family, sort=True)
    found = pd.DataFrame({"members": groups.size()})
    problems: list[str] = []
    for name in profile.measures:
        how = combination(name, profile.combine)
        if isinstance(profile, IdealProfile) and profile.traits[name].among:
            found[name] = _entries(table[name], family).map(SEPARATOR.join)
            found[name] = found[name].where(found[name] != "")
            continue
        if how == "distinct":
            found[name] = _entries(table[name], family).map(len).astype(float)
            found[name] = found[name].where(found[name] > 0)
            continue
        values = pd.Series(numbers(table[name]), index=table.index)
        wrong = values.index[values.isna() & (texts(table[name]) != "")]
        problems += [f"{account}: {name} {table[name][account]!r} is no number" for account in wrong]
        grouped = values.groupby(family, sort=True)
        found[name] = (grouped.sum(min_count=1) if how == "sum" else grouped.agg(how)).astype(float)
    if problems:
        more = f"; and {len(problems) - 10:,} more" if len(problems) > 10 else ""
        raise DataError(f"The accounts cannot be sorted into segments: {'; '.join(problems[:10])}{more}.")
    return found


def _entries(column: pd.Series, family: pd.Series) -> pd.Series:
    """Return the different entries of each family, sorted."""
    parts = pd.Series([[e.strip() for e in text.split(SEPARATOR) if e.strip()] for text in texts(column)])
    return parts.groupby(family.to_numpy(), sort=True).agg(lambda lists: sorted({e for entry in lists for e in entry}))


def _judge(figures: pd.DataFrame, profile: Profile) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each family's place among the segments and its score."""
    n = len(figures)
    ranks = np.full(n, len(SEGMENTS) - 1)
    if isinstance(profile, SegmentRules):
        for segment in reversed(list(profile.thresholds)):
            least = profile.thresholds[segment]
            reached = sum((figures[name].to_numpy() >= value).astype(int) for name, value in least.items())
            ranks[reached >= profile.required(segment)] = SEGMENTS.index(segment)
        return ranks, np.full(n, np.nan)
    points, total = np.zeros(n), 0.0
    for name, trait in profile.traits.items():
        total += trait.weight
        if trait.among:
            held = [set(str(text).split(SEPARATOR)) for text in figures[name]]
            share = np.array([not entries.isdisjoint(trait.among) for entries in held], dtype=float)
        else:
            low, high = float(trait.low or 0.0), float(trait.high or 0.0)
            share = np.clip((figures[name].to_numpy() - low) / (high - low), 0, 1)
        points += trait.weight * np.nan_to_num(share)
    scores = np.round(100 * points / total, 9)
    for segment in reversed(list(profile.cuts)):
        ranks[scores >= profile.cuts[segment]] = SEGMENTS.index(segment)
    return ranks, scores


def _reasons(
    figures: pd.DataFrame, profile: Profile, ranks: NDArray[np.int64], scores: NDArray[np.float64]
) -> list[str]:
    """Return why each family is where it is."""
    lines = []
    for i, row in enumerate(figures.to_dict("records")):
        segment = SEGMENTS[ranks[i]]
        kin = f" (family of {row['members']})" if row["members"] > 1 else ""
        if isinstance(profile, IdealProfile):
            cut = profile.cuts.get(segment)
            text = f"score {scores[i]:.1f}" + (" is below all cuts" if cut is None else f" is at least {cut:,.10g}")
        elif segment in profile.thresholds:
            met = [(name, value) for name, value in profile.thresholds[segment].items() if row[name] >= value]
            text = ", ".join(f"{name} {row[name]:,.10g} is at least {value:,.10g}" for name, value in met)
        else:
            text = "meets no rule above"
        lines.append(text + kin)
    return lines


def _thresholds(profile: Profile) -> list[tuple[str, str, float]]:
    if isinstance(profile, IdealProfile):
        return [(segment, "score", float(cut)) for segment, cut in profile.cuts.items()]
    return [(s, name, float(value)) for s, least in profile.thresholds.items() for name, value in least.items()]


def _moved(profile: Profile, segment: str, measure: str, value: float, step: float) -> tuple[float, Profile]:
    """Return the threshold after a step, and the profile with it."""
    moved = float(f"{value * (1 + step):.12g}")
    if isinstance(profile, SegmentRules):
        least = {**profile.thresholds[segment], measure: moved}
        return moved, replace(profile, thresholds={**profile.thresholds, segment: least})
    order = list(profile.cuts)
    place = order.index(segment)
    below = profile.cuts[order[place + 1]] * (1 + 1e-6) if place + 1 < len(order) else 0.0
    above = profile.cuts[order[place - 1]] * (1 - 1e-6) if place else 100.0
    moved = float(np.clip(moved, below, above))
    return moved, replace(profile, cuts={**profile.cuts, segment: moved})


__all__ = ["SEGMENTS", "STEPS", "Combine", "Segments", "segment_accounts"]
