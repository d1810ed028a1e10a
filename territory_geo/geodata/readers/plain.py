"""Large tables of text without a quotation mark: read at once, where each line is a record as wide as the header."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

LARGE = 1_000_000
"""Letters from which on it pays; below, loading the reader takes longer than the table."""


def plain_table(text: str, delimiter: str, width: int, below: int) -> pd.DataFrame | None:
    """Return a table of text as pandas reads it, or None where that takes a closer look.

    Parameters
    ----------
    text : str
        Header and records, lines ended by a line feed.
    delimiter : str
        One character.
    width : int
        Fields of the header.
    below : int
        Lines of the header.

    Returns
    -------
    DataFrame or None
        Columns 0..width-1 of text, empty cells missing; None for small texts, and wherever a quotation mark, a blank
        line, a record of another width or a field of unusual length has to be looked into.
    """
    if len(text) < LARGE or width < 2 or len(delimiter) != 1 or not delimiter.isascii():
        return None
    if any(sign in text for sign in '"\r\0'):
        return None
    import pyarrow as pa
    from pyarrow import compute
    from pyarrow import csv as arrow_csv

    start = 0
    for _ in range(below):
        start = text.find("\n", start) + 1 or len(text)
    records = text.count("\n", start) + (not text.endswith("\n"))
    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text[start:].encode()),
            arrow_csv.ReadOptions(column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, newlines_in_values=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid:
        return None
    longest = max((compute.max(compute.binary_length(column)).as_py() or 0) for column in table.columns)
    if table.num_rows != records or longest > csv.field_size_limit():
        return None
    # Of the kind that pandas itself gives to text, which differs between its versions.
    kind = pd.read_csv(io.StringIO("x\ny"), dtype=str)["x"].dtype
    if isinstance(kind, pd.StringDtype):
        frame: pd.DataFrame = table.to_pandas(types_mapper={pa.large_string(): kind}.get)
    else:
        frame = table.to_pandas().astype(object)
        frame = frame.where(frame.notna(), np.nan)
    return frame.set_axis(range(width), axis=1)
