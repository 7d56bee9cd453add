"""Read a CSV file as text, strictly: every fault is named by file, row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError

HEADER_ROW = 1
FIRST_DATA_ROW = 2
TYPE_PATTERNS = {
    "string": re.compile(r".*", re.DOTALL),
    "integer": re.compile(r"-?\d+"),
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
}


# Control characters but tab and line ends, and those that turn the direction of all that follows.
UNSEEN = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF}
SHOWN = dict.fromkeys(UNSEEN - set(map(ord, "\t\n\r")), "\ufffd")


def show_unseen(text: str) -> str:
    """Show a character that no page, picture or print can hold as U+FFFD, the sign for such a one."""
    return text.translate(SHOWN)


def parse_text_table(content: bytes, path: Path) -> pd.DataFrame:
    """Parse the bytes of a CSV file (UTF-8, comma, header) as strings; an empty cell is ``""``.

    ``path`` only names the file in errors.

    Raises
    ------
    SurveybookError
        The file is not UTF-8, empty, has a doubled column name or a ragged row.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise SurveybookError(
            "the file is not UTF-8 text",
            file=path,
            row=row,
            got=content[error.start : error.start + 1],
            expected="UTF-8",
            hint="save the file again as UTF-8",
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
    except csv.Error as error:
        raise SurveybookError(
            "the file is not well-formed CSV",
            file=path,
            row=len(rows) + 1,
            got=str(error),
            hint="mend the quotes",
        ) from None
    if not rows:
        raise SurveybookError("the file is empty", file=path, expected="a header row and data rows")
    header, body = rows[0], rows[1:]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise SurveybookError(
            "a column name stands twice",
            file=path,
            row=HEADER_ROW,
            column=doubled[0],
            expected="each name once",
        )
    for row_number, row in enumerate(body, FIRST_DATA_ROW):
        if len(row) != len(header):
            raise SurveybookError(
                "a row has the wrong number of cells",
                file=path,
                row=row_number,
                got=len(row),
                expected=f"{len(header)} cells, one for each column",
                hint="look for a missing or extra comma, or an unclosed quote",
            )
    return pd.DataFrame(body, columns=header, dtype=str)


def check_fields(table: pd.DataFrame, fields: Sequence[Mapping], path: Path) -> None:
    """Hold a text table against the fields of its data package resource.

    Knows the Frictionless field types string, integer, number and date, and the constraints
    required, unique, pattern and enum. An empty cell is a missing value.

    Raises
    ------
    SurveybookError
        The first cell, or column, that does not fit.
    """
    names = [field["name"] for field in fields]
    for name in names:
        if name not in table.columns:
            raise SurveybookError(
                "a column is missing",
                file=path,
                row=HEADER_ROW,
                column=name,
                expected=f"the columns {', '.join(names)}",
            )
    for name in table.columns:
        if name not in names:
            raise SurveybookError(
                "an unknown column",
                file=path,
                row=HEADER_ROW,
                column=name,
                expected=f"the columns {', '.join(names)}",
                hint="correct its name, or describe the field in datapackage.json",
            )
    for field in fields:
        _check_column(table[field["name"]], field, path)


def _check_column(cells: pd.Series, field: Mapping, path: Path) -> None:
    constraints = field.get("constraints", {})
    filled = cells[cells != ""]
    if constraints.get("required") and len(filled) < len(cells):
        _refuse(cells[cells == ""], "a required cell is empty", "a value", path)
    kind = field.get("type", "string")
    wrong = filled[~filled.map(lambda cell: _is_of(kind, cell)).astype(bool)]
    if len(wrong):
        _refuse(wrong, f"a cell is not of type {kind}", f"type {kind}", path)
    if "pattern" in constraints:
        wrong = filled[~filled.str.fullmatch(constraints["pattern"]).astype(bool)]
        if len(wrong):
            _refuse(wrong, "a cell does not follow its pattern", f"the pattern {constraints['pattern']}", path)
    if "enum" in constraints:
        wrong = filled[~filled.isin(constraints["enum"])]
        if len(wrong):
            _refuse(wrong, "a value is not one of those allowed", ", ".join(constraints["enum"]), path)
    if constraints.get("unique"):
        doubled = filled[filled.duplicated()]
        if len(doubled):
            _refuse(doubled, "a value stands twice in a column of unique values", "each value once", path)


def _is_of(kind: str, cell: str) -> bool:
    if TYPE_PATTERNS[kind].fullmatch(cell) is None:
        return False
    if kind == "date":
        try:
            date.fromisoformat(cell)
        except ValueError:  # a day that no month has
            return False
    return True


def _refuse(cells: pd.Series, what: str, expected: str, path: Path) -> None:
    first = cells.index[0]
    more = f"{len(cells) - 1} more like it in this column" if len(cells) > 1 else None
    raise SurveybookError(
        what,
        file=path,
        row=int(first) + FIRST_DATA_ROW,
        column=str(cells.name),
        got=cells.iloc[0],
        expected=expected,
        hint=more,
    )
