"""The one error type that reaches a person: what, where, got, expected, hint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from surveybook.core.paths import shown_path


class SurveybookError(Exception):
    """A fault in data, parameters or configuration that its author can mend.

    Parameters
    ----------
    what : str
        The fault in one line.
    file, row, column : optional
        Where it is. ``row`` counts as a spreadsheet does: the header is row 1.
    got : optional
        The value found, shown quoted.
    expected : str, optional
        What would have been right.
    hint : str, optional
        What to do next.
    """

    def __init__(
        self,
        what: str,
        *,
        file: Path | str | None = None,
        row: int | None = None,
        column: str | None = None,
        got: object = None,
        expected: str | None = None,
        hint: str | None = None,
    ):
        self.what = what
        self.file = shown_path(file) if file is not None else None
        self.row, self.column, self.got = row, column, got
        self.expected, self.hint = expected, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [
            ("file", self.file),
            ("row", self.row),
            ("column", self.column),
            ("value", None if self.got is None else repr(self.got)),
            ("expected", self.expected),
            ("hint", self.hint),
        ]
        lines = [f"  {name + ':':<10}{value}" for name, value in parts if value is not None]
        return "\n".join([f"error: {self.what}", *lines])


class CombinedError(SurveybookError):
    """Some faults told together; ``errors`` are they."""

    def __init__(self, errors: Sequence[SurveybookError]):
        self.errors = tuple(errors)
        super().__init__(f"{len(errors)} faults")

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def refuse_all(errors: Sequence[BaseException]) -> None:
    """Raise what went wrong, if anything did: at once what no author can mend, else all faults together."""
    for error in errors:
        if not isinstance(error, SurveybookError):
            raise error
    if errors:
        raise errors[0] if len(errors) == 1 else CombinedError(errors)


def one_of(names) -> str:
    """Say which names would have been right, sorted and quoted."""
    return "one of " + ", ".join(repr(str(name)) for name in sorted(names, key=str))
