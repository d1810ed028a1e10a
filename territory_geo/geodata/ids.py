"""Ids as text, for whole columns at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata import clean


def texts(values: Any) -> NDArray[np.object_]:
    """Return ids as text, shape (n,): the same as `clean.id_text` of each, many times faster for plain columns.

    Examples
    --------
    >>> texts([7, 8]).tolist(), texts([7.0, None]).tolist()
    (['7', '8'], ['7', ''])
    """
    column = pd.Series(values)
    if pd.api.types.is_integer_dtype(column.dtype) and isinstance(column.dtype, np.dtype):
        return column.to_numpy().astype(str).astype(object)
    plain: NDArray[np.object_] = column.to_numpy(dtype=object)
    if isinstance(column.dtype, pd.StringDtype) and not column.isna().any():
        return plain
    return np.array([clean.id_text(value) for value in plain], dtype=object)
