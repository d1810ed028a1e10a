"""Amounts in one currency: which one is found or stated, others are converted by stated rates, nothing is assumed.

Rates are the user's: there is no table of them here, and an amount without a rate is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from territory_geo.errors import DataError, OptionError

if TYPE_CHECKING:
    from territory_geo.geodata.crm.draft import Draft


def settle_currency(drafts: Mapping[str, Draft], currency: str | None, rates: Mapping[str, float] | None) -> str:
    """Put all amounts into one currency and return it; empty where no source and no option names any.

    Parameters
    ----------
    drafts : mapping of table to Draft
        Their amounts are converted in place.
    currency : str, optional
        The one to report in; left out, the only one there is.
    rates : mapping of str to float, optional
        What one unit of another currency is worth in `currency`.

    Raises
    ------
    DataError
        If amounts are in several currencies and `currency` does not say which one to report in.
    OptionError
        If a rate is not positive.
    """
    stated = None if currency is None else currency.strip().upper()
    worth = {code.strip().upper(): float(rate) for code, rate in (rates or {}).items()}
    wrong = {code: rate for code, rate in worth.items() if not (np.isfinite(rate) and rate > 0)}
    if wrong:
        raise OptionError(f"The 'rates' must be positive numbers, such as {{'EUR': 1.08}}. Got {wrong} instead.")
    found: Counter[str] = Counter()
    for draft in drafts.values():
        for codes in draft.currencies.values():
            found.update(code for code in codes[~draft.ledger.refused] if code)
    if stated is None and len(found) > 1:
        listed = ", ".join(f"{code} ({count:,} rows)" for code, count in sorted(found.items()))
        raise DataError(
            f"Amounts are in {listed}. Say in which to report and what the others are worth, such as "
            f"currency={min(found)!r}, rates={{{max(found)!r}: 1.08}}."
        )
    target = stated or next(iter(found), "")
    for draft in drafts.values():
        for field, codes in draft.currencies.items():
            _convert(draft, field, codes, target, worth)
    return target


def _convert(draft: Draft, field: str, codes: np.ndarray, target: str, worth: Mapping[str, float]) -> None:
    amounts = draft.frame[field].to_numpy(dtype=float)
    factor = np.ones(len(codes))
    if not (codes != "").any() and not draft.has_currency:
        how = f"no column says; taken as {target}" if target else "no column says, and no option either"
        draft.ledger.say("currency", f"{field}: {how}", "used" if target else "reported without a currency")
        return
    others = sorted({str(code) for code in codes[codes != target] if code})
    for code in others:
        if code in worth:
            factor[codes == code] = worth[code]
            rows = int((codes == code).sum())
            draft.ledger.say("currency", f"{field}: {rows:,} rows in {code}", f"1 {code} = {worth[code]:g} {target}")
    strange = (codes != target) & ~np.isin(codes, list(worth)) & ~np.isnan(amounts)
    where = np.flatnonzero(strange)
    texts = [
        f"{field} in {codes[i]}, and there is no rate: give rates={{{codes[i]!r}: …}}"
        if codes[i]
        else f"{field} without a currency, in a table that names them"
        for i in where
    ]
    draft.ledger.add("unknown_currency", where, texts)
    if target in set(codes):
        draft.ledger.say("currency", f"{field} in {target}", "used")
    draft.frame[field] = amounts * factor
