"""The forty replicates, drawn once, and a recount of them by the csv module and whole numbers alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import floor

import pytest

from surveybook.simulate.writer import replicate_files

DONT_KNOW = "88"
GAPS = {"99": "refused", "-1": "not_asked", "-2": "not_applicable", "": "no_answer"}
VIVE_FIGURES = 26
REPLICATES = range(1, 41)


@dataclass(frozen=True)
class Names:
    """The codebook and the printed figures of the survey vive, as text."""

    items: dict[str, dict[str, str]]
    sets: dict[tuple[str, str], set[str]]
    figures: list[dict[str, str]]


@dataclass(frozen=True)
class Rows:
    """The rows of one replicate, by raw column, and what was assumed of it."""

    invited: list[dict[str, str]]
    answers: list[dict[str, str]]
    assumed: dict[str, str]
    names: Names = field(repr=False)

    @cached_property
    def people(self) -> list[dict[str, str]]:
        """Each answer with what the list of invited says of who gave it."""
        home = {row["respondent_id"]: row for row in self.invited}
        return [home[row["respondent_id"]] | row for row in self.answers]

    def column(self, item: str) -> list[str]:
        """The cells of an item, in the order of the rows."""
        name = self.names.items[item]["column"]
        return [row[name] for row in self.people]

    def in_base(self, item: str, *, unsure: bool | None = None) -> list[bool]:
        """Who is in an item's base; don't-knows are as assumed of print, or as ``unsure`` says."""
        if unsure is None:
            unsure = item == "extent" or self.assumed["dont_know"] == "inside"
        return [cell not in GAPS and (unsure or cell != DONT_KNOW) for cell in self.column(item)]

    def chose(self, item: str, option_set: str) -> list[bool]:
        """Who gave one of the answers of an option set, or left a gap of one kind."""
        prefix, _, name = option_set.partition(":")
        if prefix == "gap" and name == "dont_know":
            wanted = {DONT_KNOW}
        elif prefix == "gap":
            wanted = {cell for cell, kind in GAPS.items() if kind == name}
        elif prefix == "option":
            wanted = {name}
        else:
            wanted = self.names.sets[self.names.items[item]["option_list"], option_set]
        several = self.names.items[item]["type"] == "multiple"
        return [not wanted.isdisjoint(cell.split(";") if several else [cell]) for cell in self.column(item)]

    def count(self, item: str, option_set: str, domain: str = "all", level: str = "all", **base) -> tuple[int, int]:
        """How many said so, of how many."""
        if item == "response":
            return self._people(option_set)
        inside = [True] * len(self.people) if option_set.startswith("gap:") else self.in_base(item, **base)
        if domain in ("role", "field"):
            inside = [a and cell == level for a, cell in zip(inside, self.column(domain), strict=True)]
        elif domain != "all":
            others = zip(inside, self.in_base(domain), self.chose(domain, level), strict=True)
            inside = [all(three) for three in others]
        chosen = [a and b for a, b in zip(inside, self.chose(item, option_set), strict=True)]
        return sum(chosen), sum(inside)

    def _people(self, name: str) -> tuple[int, int]:
        towns = [{row["kommune"] for row in rows} for rows in (self.people, self.invited)]
        texts = sum(row["q12_beskrivelse"] not in {*GAPS, DONT_KNOW} for row in self.answers)
        return {
            "invited": (len(self.invited), len(self.invited)),
            "answered": (len(self.answers), len(self.invited)),
            "municipalities": (len(towns[0]), len(towns[1])),
            "open_answers": (texts, len(self.answers)),
        }[name]

    def misses(self, **base) -> list[tuple[str, int, int]]:
        """Every published figure that the rows miss: its name, the count and the base."""
        assert len(self.names.figures) == VIVE_FIGURES
        return [missed for figure in self.names.figures for missed in self._missed(figure, **base)]

    def _missed(self, figure: dict[str, str], **base) -> Iterator[tuple[str, int, int]]:
        count, of = self.count(figure["item"], figure["option_set"], **base)
        value, share = Fraction(figure["value"]), Fraction(100 * count, of) if of else None
        low, high = (Fraction(figure[end] or figure["value"]) for end in ("low", "high"))
        if figure["unit"] == "count":
            good = count == value
        elif figure["precision"] == "verbal" or figure["kind"] == "computed":
            good = share is not None and low <= share <= high
        else:
            good = share is not None and floor(share + Fraction(1, 2)) == value
        if not good or figure["base_n"] not in ("", str(of)):
            yield figure["figure_id"], count, of


@pytest.fixture(scope="session")
def names(committed, read_records) -> Names:
    """The committed codebook and printed figures of vive, by the csv module alone."""
    items = [row for row in read_records(committed / "codebook" / "items.csv") if row["survey"] == "vive"]
    sets = read_records(committed / "codebook" / "option_sets.csv")
    figures = read_records(committed / "published" / "figures.csv")
    return Names(
        {row["item"]: row for row in items},
        {(row["option_list"], row["option_set"]): set(row["values"].split()) for row in sets},
        [row for row in figures if row["survey"] == "vive"],
    )


@pytest.fixture(scope="session")
def assumptions(committed, read_records) -> dict[int, dict[str, str]]:
    """The committed assumptions by replicate."""
    rows = read_records(committed / "replicates" / "assumptions.csv")
    assert [row["replicate"] for row in rows] == [str(number) for number in REPLICATES]
    return {int(row["replicate"]): row for row in rows}


@pytest.fixture(scope="session")
def drawn_files(committed) -> dict[int, dict[str, bytes]]:
    """The bytes of both files of each of the forty replicates."""
    return {number: replicate_files(committed, "vive", number) for number in REPLICATES}


@pytest.fixture(scope="session")
def read_rows(names):
    """Read the bytes of a replicate's files, given what was assumed of it."""

    def read(files: dict[str, bytes], assumed: dict) -> Rows:
        tables = (csv.DictReader(io.StringIO(files[part].decode())) for part in ("invitations", "responses"))
        invited, answers = (list(table) for table in tables)
        return Rows(invited, answers, {name: str(value) for name, value in assumed.items()}, names)

    return read


@pytest.fixture(scope="session")
def drawn(drawn_files, assumptions, read_rows) -> dict[int, Rows]:
    """The rows of each of the forty replicates."""
    return {number: read_rows(files, assumptions[number]) for number, files in drawn_files.items()}


@pytest.fixture
def assume(project, assumptions, write_rows, sign):
    """Write rows of assumptions, each given by how it differs from the first committed one.

    The other committed rows follow, so that the committed table of replicates still fits;
    ``alone`` leaves them out. Returns the assumptions by replicate.
    """

    def write(*changes: dict, alone: bool = False) -> dict[int, dict[str, str]]:
        made = [assumptions[1] | {name: str(value) for name, value in change.items()} for change in changes or [{}]]
        taken = {row["replicate"] for row in made}
        rest = [] if alone else [row for row in assumptions.values() if row["replicate"] not in taken]
        assert all(row.keys() == assumptions[1].keys() for row in made), "a column that there is not"
        file = project / "data" / "replicates" / "assumptions.csv"
        write_rows(file, [list(assumptions[1]), *(list(row.values()) for row in [*made, *rest])])
        sign(file)
        return {int(row["replicate"]): row for row in made if row["replicate"].isdigit()}

    return write


@pytest.fixture
def draw(project, assume, read_rows):
    """Draw one replicate under other assumptions than the first committed ones."""

    def draw_one(**change) -> Rows:
        assumed = assume(change)
        ((number, row),) = assumed.items()
        return read_rows(replicate_files(project / "data", "vive", number), row)

    return draw_one
