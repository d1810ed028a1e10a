"""Measures by formula: "hours = visits_per_year * visit_minutes / 60" over the columns of a table.

Only columns, numbers, texts in quotes, + - * / and comparisons (1 where true, so that their sum counts) are
allowed; pandas evaluates them, no code runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import clean

ALLOWED = "columns, numbers, texts in quotes, + - * / ( ) and the comparisons == != < <= > >="

BUILT_IN = ("accounts", "visit_hours")
"""Measures that are always there, which a formula may define anew."""

_QUOTED = re.compile(r"`([^`]*)`")
_DEFINITION = re.compile(r"^\s*([^=<>!`'\"]+?)\s*=(?!=)\s*(.+)$", re.DOTALL)
_PIECES = (
    ast.Expression, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub, ast.UAdd, ast.Compare,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Name, ast.Load, ast.Constant,
)  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A measure's name and how it follows from columns.

    Parameters
    ----------
    name : str
        Of the measure.
    text : str
        As it was written.
    columns : tuple of str
        The columns it uses, in order of appearance.
    safe : str
        The expression with columns called c0, c1, …, which is what pandas is given.
    as_text : frozenset of str
        Those of `columns` that are compared with a text.
    """

    name: str
    text: str
    columns: tuple[str, ...]
    safe: str
    as_text: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Formula | None:
        """Return the formula in a text "name = expression", or None where it is only a name.

        Raises
        ------
        OptionError
            If the expression holds anything but what is allowed.

        Examples
        --------
        >>> Formula.parse("hours = visits * `minutes each` / 60").columns
        ('visits', 'minutes each')
        >>> Formula.parse("hours") is None
        True
        """
        found = _DEFINITION.match(text)
        if found is None:
            return None
        name, expression = found[1].strip(), found[2].strip()
        columns: dict[str, str] = {}

        def stand_in(column: str) -> str:
            return columns.setdefault(column, f"c{len(columns)}")

        # Names in backticks may hold anything; they get their stand-in before the expression is read.
        marked = _QUOTED.sub(lambda match: f" quoted_{match[1].encode().hex()}_ ", expression)
        try:
            tree = ast.parse(marked.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise OptionError(f"The measure {text!r} cannot be read. Allowed are {ALLOWED}.") from error
        for node in ast.walk(tree):
            number = isinstance(node, ast.Constant) and type(node.value) in (int, float, str)
            if not isinstance(node, _PIECES) or (isinstance(node, ast.Constant) and not number):
                what = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
                raise OptionError(f"The measure {text!r} holds {what!r}. Allowed are {ALLOWED}.")
            if isinstance(node, ast.Compare) and len(node.ops) > 1:
                raise OptionError(f"The measure {text!r} compares three values at once. Compare two at a time.")
        as_text: set[str] = set()
        compared = 0
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides):
                    as_text |= {_column(side.id) for side in sides if isinstance(side, ast.Name)}
                    compared += sum(isinstance(side, ast.Name) for side in sides)
        used = sum(isinstance(node, ast.Name) and _column(node.id) in as_text for node in ast.walk(tree))
        if used > compared:
            listed = ", ".join(sorted(as_text))
            raise OptionError(f"The measure {text!r} takes {listed} both for text and for a number. Allowed is one.")
        for node in sorted(
            (node for node in ast.walk(tree) if isinstance(node, ast.Name)), key=lambda node: node.col_offset
        ):
            node.id = stand_in(_column(node.id))
        if not columns:
            raise OptionError(f"The measure {text!r} uses no column. Name at least one.")
        safe = ast.unparse(ast.fix_missing_locations(_Counting().visit(tree)))
        return cls(name, text, tuple(columns), safe, frozenset(as_text))

    def values(self, frame: pd.DataFrame) -> Any:
        """Return the measure of each row, shape (n,); NaN where a column has no number.

        Raises
        ------
        DataError
            If a column does not exist or the expression does not fit the columns.
        """
        missing = [column for column in self.columns if column not in frame.columns]
        if missing:
            listed = ", ".join(str(name) for name in frame.columns if name != "geometry")
            raise DataError(f"The measure {self.text!r} uses {missing[0]!r}, which is no column. Columns: {listed}.")
        table = pd.DataFrame(
            {
                f"c{i}": frame[column].map(clean.id_text).to_numpy(dtype=object)
                if column in self.as_text
                else clean.numbers(frame[column])
                for i, column in enumerate(self.columns)
            }
        )
        try:
            result = table.eval(self.safe, engine="python", parser="pandas")
        except Exception as error:
            # pandas raises nearly anything for types that do not go together; the user needs the formula.
            raise DataError(
                f"The measure {self.text!r} cannot be worked out: {error}. Allowed are {ALLOWED}."
            ) from error
        return clean.numbers(pd.Series(result, index=table.index).astype(float))


class _Counting(ast.NodeTransformer):
    """Makes each comparison a number, 1 where it holds: pandas would read a sum of two as 'or'."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return ast.BinOp(node, ast.Mult(), ast.Constant(1.0))


def _column(name: str) -> str:
    quoted = re.fullmatch(r"quoted_((?:[0-9a-f]{2})*)_", name)
    return bytes.fromhex(quoted[1]).decode() if quoted else name


def with_formulas(frame: Any, measures: Sequence[str]) -> tuple[Any, list[str]]:
    """Return a table with a column per formula, and the measures as plain names.

    Raises
    ------
    OptionError
        If a formula holds more than arithmetic, or its name is taken.
    DataError
        If a formula cannot be worked out.
    """
    names: list[str] = []
    source = list(frame.columns)
    for text in dict.fromkeys(measures):
        formula = None if text in source else Formula.parse(text)
        if formula is not None:
            if formula.name in names or (formula.name in source and formula.name not in BUILT_IN):
                raise OptionError(f"The measure {text!r} has the name of another column. Give it another name.")
            frame = frame.assign(**{formula.name: formula.values(frame)})
        if (formula.name if formula else text) not in names:
            names.append(formula.name if formula else text)
    return frame, names


def columns_needed(measures: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the columns that each measure needs, by the measure's text."""
    parsed = {text: Formula.parse(text) for text in measures}
    return {text: (text,) if formula is None else formula.columns for text, formula in parsed.items()}
