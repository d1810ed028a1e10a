"""How a text file is written: its encoding, delimiter and decimal sign, found from its bytes or stated by the user.

Every guess is handed on in words, for the report.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass

from territory_geo.errors import DataError, OptionError

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16")
"""Encodings that are recognised; any other that Python knows may be stated."""

DELIMITERS = (",", ";", "\t", "|")

NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "dot"}


@dataclass(frozen=True)
class TextFormat:
    """How to read a text file, where the guess is not right.

    Parameters
    ----------
    encoding : str, optional
        Such as "utf-8", "cp1252", "mac_roman". Left out: from byte-order marks and from what the bytes allow.
    delimiter : str, optional
        One character. Left out: comma, semicolon, tab or bar, whichever splits the header into the most fields.
    decimal : {".", ","}, optional
        The decimal sign of amounts that leave it open, such as 1,234. Left out: what the other cells prove.

    Raises
    ------
    OptionError
        If a value is none of these.

    Examples
    --------
    >>> TextFormat(decimal=",")
    TextFormat(encoding=None, delimiter=None, decimal=',')
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError as error:
                raise OptionError(
                    f"The 'encoding' parameter must be one that Python knows, such as {', '.join(ENCODINGS)}. "
                    f"Got {self.encoding!r} instead."
                ) from error
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            raise OptionError(f"The 'delimiter' parameter must be one character. Got {self.delimiter!r} instead.")
        if self.decimal not in (None, ".", ","):
            raise OptionError(f"The 'decimal' parameter must be '.' or ','. Got {self.decimal!r} instead.")


def decoded(content: bytes, label: str, encoding: str | None = None) -> tuple[str, str, bool]:
    """Return text, the name of its encoding, and whether that is a guess rather than certain.

    Raises
    ------
    DataError
        If the bytes are no text, or not in the stated encoding.
    """
    if encoding is not None:
        return _strictly(content, encoding, label), encoding, False
    if content.startswith(codecs.BOM_UTF8):
        return _strictly(content, "utf-8-sig", label), "UTF-8 with a byte-order mark", False
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(content, "utf-16", label), "UTF-16 with a byte-order mark", False
    head = content[:4096]
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        wide = "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""
        if not wide:
            raise DataError(f"{label} holds zero bytes: it is no text. Save it as CSV, or name it by its right ending.")
        return _strictly(content, wide, label), wide.upper(), True
    try:
        return content.decode("utf-8"), "UTF-8", False
    except UnicodeDecodeError:
        pass
    if _is_shift_jis(content):
        return content.decode("cp932"), "Shift-JIS", True
    try:
        return content.decode("cp1252"), "Windows-1252", True
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1", True


def _is_shift_jis(content: bytes) -> bool:
    """Tell whether bytes that are not UTF-8 are Japanese: they decode, and a tenth of what is not ASCII is kana.

    Western text may decode by chance, but then to rare signs and not to the syllables that any Japanese text has.
    """
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError:
        return False
    other = [letter for letter in text if letter > "\x7f"]
    return sum("\u3041" <= letter <= "\u30fc" for letter in other) > 0.1 * len(other)


def _strictly(content: bytes, encoding: str, label: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{label}: byte {error.start} is not {encoding}. State another encoding, or save the file as 'CSV UTF-8'."
        ) from error


def delimiter_of(header: str) -> str:
    """Return the delimiter that splits a header line into the most fields."""
    counts = {d: len(next(csv.reader([header], delimiter=d), [])) for d in DELIMITERS}
    return max(DELIMITERS, key=lambda d: counts[d])


def stated_delimiter(text: str) -> tuple[str | None, str]:
    """Return the delimiter that a first line such as ``sep=;`` states (Excel writes it), and the text without it."""
    found = re.match(r"\s*\"?sep=(.)\"?[ ]*\n", text, re.IGNORECASE)
    return (None, text) if found is None else (found[1], text[found.end() :])
