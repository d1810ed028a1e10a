"""Ids as text: one by one, and for whole columns at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def id_text(value: Any) -> str:
    """Return an id as text: whole floats lose their '.0', missing becomes empty."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return str(value)


def texts(ids: Any) -> NDArray[np.object_]:
    """Return a column of ids as text, shape (n,): the same as `id_text` of each, many times faster for plain columns.

    Examples
    --------
    >>> texts([7, 8]).tolist(), texts([7.0, None]).tolist()
    (['7', '8'], ['7', ''])
    """
    column = ids if isinstance(ids, (pd.Series, pd.Index)) else pd.Series(ids)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        return np.array(list(map(str, column.tolist())), dtype=object)
    if isinstance(column.dtype, pd.StringDtype):
        return np.array(column.to_numpy(dtype=object, na_value=""), dtype=object)
    return np.array([value if type(value) is str else id_text(value) for value in column.tolist()], dtype=object)
