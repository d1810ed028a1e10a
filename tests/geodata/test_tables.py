"""Delimited text: a user exports customers from Excel, a CRM or pandas, in whatever dialect, and reads them here.

Right means: the same cells in the same rows and columns as were written, text where digits are names (ZIP codes,
FIPS codes, account numbers), and an error that names the line wherever the file leaves a doubt.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory_geo.errors import DataError
from territory_geo.geodata.readers.tables import (
    delimiter_of,
    numbers_where_lossless,
    read_delimited,
    sha256_of,
)
from territory_geo.geodata.readers.widths import record_widths

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write bytes or text to a file and return its path."""

    def write(content: str | bytes, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(path: Path) -> pd.DataFrame:
    return numbers_where_lossless(read_delimited(path))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(write: Write, delimiter: str) -> None:
    lines = [["id", "name", "lon"], ["1", "Acme", "2.5"], ["2", "Büro", "-3"]]
    frame = read(write("\n".join(delimiter.join(line) for line in lines) + "\n"))
    assert frame.to_dict("list") == {"id": [1, 2], "name": ["Acme", "Büro"], "lon": [2.5, -3.0]}


def test_delimiter_of_a_header_with_quoted_delimiters() -> None:
    assert delimiter_of('"a,b,c,d";e;f') == ";"
    assert delimiter_of("single") == ","


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffid,lon\n7,1\n",  # Excel's byte-order mark
        "id,lon\r\n7,1\r\n",  # Windows
        "id,lon\r7,1\r",  # old Macintosh
        "id,lon\n7,1",  # no end of line at the end
        "\n  \nid,lon\n\n7,1\n   \n\n",  # blank lines, above the header too
        " id , lon \n7,1\n",  # spaces around names
        '"id","lon"\n"7","1"\n',
    ],
)
def test_dialects_of_one_table(write: Write, content: str) -> None:
    assert read(write(content)).to_dict("list") == {"id": [7], "lon": [1]}


def test_codes_keep_their_zeros_and_numbers_their_value(write: Write) -> None:
    frame = read(write("zip,fips,share,count\n02134,01001,0.5, 12 \n10001,48201,0,-3\n"))
    assert frame["zip"].tolist() == ["02134", "10001"]
    assert frame["fips"].tolist() == ["01001", "48201"]
    assert frame["share"].tolist() == [0.5, 0.0]
    assert frame["count"].tolist() == [12, -3]


def test_one_text_cell_keeps_the_column_text(write: Write) -> None:
    frame = read(write('pop,money\n5,"1,200"\nn/a,30\n,40\n'))
    assert frame["pop"].tolist()[:2] == ["5", "n/a"]
    assert pd.isna(frame["pop"][2])
    assert frame["money"].tolist() == ["1,200", "30", "40"]


def test_words_that_pandas_takes_for_missing_stay(write: Write) -> None:
    """Namibia's code is NA, and None is a village; only an empty cell is missing."""
    frame = read(write("country,place\nNA,None\nnan,null\n,NULL\n"))
    assert frame["country"].tolist()[:2] == ["NA", "nan"]
    assert pd.isna(frame["country"][2])
    assert frame["place"].tolist() == ["None", "null", "NULL"]


def test_long_integers_are_not_rounded(write: Write) -> None:
    gaps = read(write("n,x\n123456789012345678,1\n,2\n"))
    assert gaps["n"][0] == "123456789012345678"
    huge = read(write("n,x\n123456789012345678901234,1\n12,2\n"))
    assert huge["n"].tolist() == ["123456789012345678901234", "12"]
    whole = read(write("n,x\n123456789012345678,1\n12,2\n"))
    assert whole["n"].tolist() == [123456789012345678, 12]


@pytest.mark.parametrize("cells", [["1E5", "12"], ["1.10", "1.1"], ["+5", "5"], ["3.0", "4"]])
def test_ids_read_as_they_are_written(cells: list[str]) -> None:
    """As numbers, 1E5 would be 100000, and 1.10 the same id as 1.1."""
    table = pd.DataFrame({"id": cells, "other": cells})
    frame = numbers_where_lossless(table, ids="id")
    assert frame["id"].tolist() == cells
    assert frame["other"].tolist() == [float(cell) for cell in cells]


def test_plain_numbers_are_fine_ids() -> None:
    frame = numbers_where_lossless(pd.DataFrame({"id": ["10", "9"]}), ids="id")
    assert frame["id"].tolist() == [10, 9]
    assert frame["id"].dtype.kind == "i"


def test_quotes_hold_delimiters_and_line_breaks(write: Write) -> None:
    frame = read(write('id,name,lon\n1,"Smith, Jones\nand ""Sons""",2\n2,5" pipes,3\n'))
    assert frame["name"].tolist() == ['Smith, Jones\nand "Sons"', '5" pipes']
    assert frame["lon"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is empty. It needs a header line"),
        (b"  \n\n", r"is empty"),
        (b"a,b\n1,\xe9\n", r"byte 6 is not UTF-8. Save the file as 'CSV UTF-8'"),
        (b"\xff\xfea\x00,\x00b\x00", r"not UTF-8"),  # UTF-16, Excel's "Unicode text"
        (b"a,b,a\n1,2,3\n", r"the header has 'a' more than once. Rename one"),
        (b"a, a\n1,2\n", r"'a' more than once"),
        (b"a,b,c\n1,2\n4,5,6\n", r"record 1 has 2 fields and the header 3 \(line 2\)"),
        (b"a,b,c\n1,2,3\n\n4,5,6,7\n", r"record 2 has 4 fields and the header 3 \(line 4\).*Put quotes"),
        (b"a,b,c\n1,2,3,\n4,5,6,\n", r"record 1 has 4 fields"),  # pandas alone would cut them off
        (b'a,b\n"x,1\n12,2\n', r"opens in line 2 closes in line 3 or never"),  # a quote that never closes
        (b"a;b\n1;2;3\n", r"holds ';' or a line break"),
    ],
)
def test_doubtful_files_are_refused_by_line(write: Write, content: bytes, message: str) -> None:
    path = write(content)
    with pytest.raises(DataError, match=message) as error:
        read_delimited(path)
    assert str(path) in str(error.value)


def test_header_only_is_a_table_without_rows(write: Write) -> None:
    frame = read(write("id,lon,lat\n"))
    assert list(frame.columns) == ["id", "lon", "lat"]
    assert len(frame) == 0


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells), max_size=6), st.sampled_from(",;\t|"))
def test_whatever_was_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("one", "two", "three"), *rows])
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    frame = read_delimited(path)
    back = [tuple("" if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]
    assert back == rows


@given(st.lists(st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{1,3})?([eE][0-9])?|[ a-z]{0,3}", fullmatch=True), max_size=5))
def test_a_number_column_holds_the_numbers_of_its_text(texts: list[str]) -> None:
    column = numbers_where_lossless(pd.DataFrame({"c": pd.Series(texts, dtype=object)}))["c"]
    if column.dtype == object:
        assert column.tolist() == texts
    else:
        for value, text in zip(column, texts, strict=True):
            # pandas reads long decimals to the last bit but one.
            assert value == (pytest.approx(float(text), rel=1e-15) if column.dtype.kind == "f" else int(text))
            assert not re.match(r"[+-]?0\d", text.strip())


def test_frames_of_any_dtype_pass() -> None:
    frame = pd.DataFrame(
        {
            "when": pd.to_datetime(["2024-01-01", "2024-01-02"]),
            "yes": [True, False],
            "mixed": [1, "a"],
            "kind": pd.Categorical(["b", "a"]),
            "digits": pd.Categorical(["1", "2"]),
            "none": [None, None],
            "int": pd.array([1, None], dtype="Int64"),
        },
        index=[5, 3],
    )
    out = numbers_where_lossless(frame)
    assert out.index.tolist() == [5, 3]
    assert out["when"].equals(frame["when"])
    assert out["mixed"].tolist() == [1, "a"]
    assert out["kind"].tolist() == ["b", "a"]
    assert out["digits"].tolist() == [1, 2]
    assert out["int"].equals(frame["int"])
    assert np.array_equal(out["yes"], [True, False])


def test_digest_of_a_file_and_of_a_folder(tmp_path: Path) -> None:
    for name, content in (("b", b"2"), ("a", b"1")):
        (tmp_path / name).write_bytes(content)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"1").hexdigest()
    assert sha256_of(tmp_path) == hashlib.sha256(b"12").hexdigest()


CELLS = st.lists(st.sampled_from(["a", "", " ", "é", "1"]), max_size=3)


@given(records=st.lists(CELLS, max_size=6), ends=st.booleans())
@settings(max_examples=40)
def test_fields_counted_at_a_stroke_are_those_counted_one_by_one(records: list[list[str]], ends: bool) -> None:
    text = "\n".join(["u,v,w", *(",".join(record) for record in records)]) + ("\n" if ends else "")
    # A quotation mark anywhere takes the slow way.
    quick, slow = (
        record_widths(written, ",", 3, Path("t.csv"), lines=0, strict=False) for written in (text, '"u"' + text[1:])
    )
    assert quick == slow
