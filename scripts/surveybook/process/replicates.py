"""Read the committed estimates of the simulated replicates: counts, never rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

from surveybook.core.errors import SurveybookError
from surveybook.core.model import Cell
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage

ESTIMATES = "replicate-estimates"
ASSUMPTIONS = "simulation-assumptions"
MAKE = "surveybook simulate --replicates 40"


@dataclass(frozen=True)
class Replicates:
    """What every replicate of a survey gives for each share, in the order of ``numbers``.

    ``counts`` holds for each cell one (count, base) of whole numbers per replicate; ``rows`` the
    row of each cell in the file, for errors; ``notes`` what is special to each replicate.
    """

    survey: str
    numbers: tuple[int, ...]
    notes: tuple[str, ...]
    counts: Mapping[Cell, tuple[tuple[int, int], ...]] = field(repr=False)
    rows: Mapping[Cell, int] = field(repr=False)
    file: str = ""

    def shares_pct(self, cell: Cell) -> list[float]:
        """The share in each replicate, in percent; nan where nobody is in the base.

        Raises
        ------
        SurveybookError
            The table does not have this share: it was made from another codebook.
        """
        if cell not in self.counts:
            raise SurveybookError(
                "the table of replicates does not have an estimate of the codebook",
                file=self.file,
                got=f"{cell.item}, {cell.option_set}, {cell.domain}, {cell.level}",
                hint=f"make the table again: {MAKE}",
            )
        return [100 * count / base if base else nan for count, base in self.counts[cell]]


def read_replicates(package: DataPackage, survey: str) -> Replicates:
    """Read a survey's part of the table of replicates.

    Raises
    ------
    SurveybookError
        There is no such table, it lacks the survey, or a row is not of all replicates.
    """
    if ESTIMATES not in package.resources:
        raise SurveybookError(
            f"the answers of the survey {survey} are simulated, and their replicates are missing",
            file=package.file,
            expected=f"a resource named {ESTIMATES}",
            hint=f"copy its description from the committed package, and run: {MAKE}",
        )
    resource = package.resource(ESTIMATES)
    path = package.path(resource)
    known = package.read(package.resource(ASSUMPTIONS))
    counts: dict[Cell, tuple[tuple[int, int], ...]] = {}
    rows: dict[Cell, int] = {}

    def refuse(row: int, what: str, got: str, expected: str) -> None:
        raise SurveybookError(
            f"the table of replicates cannot be: {what}",
            file=path,
            row=row,
            column="counts",
            got=got,
            expected=expected,
            hint=f"make the table again: {MAKE}",
        )

    for row, cells in enumerate(package.read(resource).to_dict("records"), FIRST_DATA_ROW):
        if cells["survey"] != survey:
            continue
        cell = Cell(cells["item"], cells["option_set"], cells["domain"], cells["level"])
        pairs = tuple(tuple(int(n) for n in pair.split("/")) for pair in cells["counts"].split())
        for number, (count, base) in zip(known["replicate"], pairs, strict=False):
            if count > base:
                refuse(
                    row, f"more people in replicate {number} than its base", f"{count}/{base}", "a count of its base"
                )
        if cell in rows:
            share = f"{cell.item}, {cell.option_set}, {cell.domain}, {cell.level}"
            refuse(row, "a share stands twice", share, f"each share once; it stands in row {rows[cell]} too")
        counts[cell], rows[cell] = pairs, row
    if not counts:
        raise SurveybookError(
            f"the table of replicates holds nothing of the survey {survey}",
            file=path,
            hint=f"make the table again: {MAKE}",
        )
    sizes = Counter(len(pairs) for pairs in counts.values())
    size = sizes.most_common(1)[0][0]
    for cell, pairs in counts.items():
        if len(pairs) != size or not 2 <= size <= len(known):
            least = (
                f"2 to {len(known)}, the rows of the table of assumptions"
                if len(pairs) == size
                else f"{size} replicates"
            )
            refuse(rows[cell], "a share is not of every replicate", f"{len(pairs)} replicates", least)
    notes = tuple(known["note"][:size])
    numbers = tuple(int(number) for number in known["replicate"][:size])
    return Replicates(survey, numbers, notes, counts, rows, str(path))
