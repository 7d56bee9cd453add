"""The thematic codebook: themes, codes, who tells what, and the links of the hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.paths import find_project
from surveybook.process.codebook import refuse_dangling, unique_rows
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage, load_package

TOLD_PART = "organisation"  # the part whose codes the article says who tells
PARTS = (TOLD_PART, "effects", "shadow_sides")
KINDS = {"organisation": ("sub_code", "counter_pattern"), "effects": ("effect",), "shadow_sides": ("shadow_side",)}


@dataclass(frozen=True)
class Theme:
    """What codes are gathered under; ``basis`` is told, printed or inferred by this edition."""

    theme: str
    part: str
    label_en: str
    label_da: str
    text_en: str
    basis: str
    place: str


@dataclass(frozen=True)
class Code:
    """One thing that the article's material tells, in our words; how often is not published."""

    code: str
    theme: str
    kind: str
    label_en: str
    label_da: str
    text_en: str
    groups_en: str
    basis: str
    note_en: str


@dataclass(frozen=True)
class Teller:
    """A group of people that the article says tell something."""

    teller: str
    label_en: str
    label_da: str


@dataclass(frozen=True)
class Told:
    """That the article says a group tells a code; ``emphasis`` where it says that they stress it."""

    code: str
    teller: str
    emphasis: str
    note_en: str


@dataclass(frozen=True)
class Link:
    """A link that somebody proposes, none of them tested; ``voice`` is the article or this edition."""

    link: str
    voice: str
    from_en: str
    through_en: str
    to_en: str


@dataclass(frozen=True)
class Thematic:
    """The thematic codebook, each table by name and in the order of its file."""

    themes: Mapping[str, Theme] = field(repr=False)
    codes: Mapping[str, Code] = field(repr=False)
    tellers: Mapping[str, Teller] = field(repr=False)
    told: Mapping[tuple[str, str], Told] = field(repr=False)
    links: Mapping[str, Link] = field(repr=False)

    def part(self, part: str) -> list[tuple[Theme, list[Code]]]:
        """Return the themes of a part, each with its codes, or say which parts there are."""
        if part not in PARTS:
            raise SurveybookError("there is no such part of the themes", got=part, expected=one_of(PARTS))
        themes = [theme for theme in self.themes.values() if theme.part == part]
        return [(theme, [code for code in self.codes.values() if code.theme == theme.theme]) for theme in themes]


def load_thematic(data_package: str = "data", *, project_folder: Path | None = None) -> Thematic:
    """Load the thematic codebook of a data package, checked.

    Raises
    ------
    SurveybookError
        A file is missing, changed or broken; a name stands twice, or points to nothing; or a
        code is of a kind that its theme's part does not have.
    """
    return read_thematic(load_package(find_project(project_folder).data_package(data_package)))


def has_thematic(package: DataPackage) -> bool:
    """Whether a package has a thematic codebook; one of answers alone need not."""
    return "themes" in package.resources


def read_thematic(package: DataPackage) -> Thematic:
    """Read the thematic codebook of a package; see ``load_thematic``."""
    themes = unique_rows(package, "themes", lambda row: Theme(**row), lambda row: row["theme"])
    codes = unique_rows(package, "codes", lambda row: Code(**row), lambda row: row["code"])
    tellers = unique_rows(package, "tellers", lambda row: Teller(**row), lambda row: row["teller"])
    told = unique_rows(package, "told", lambda row: Told(**row), lambda row: (row["code"], row["teller"]))
    links = unique_rows(package, "links", lambda row: Link(**row), lambda row: row["link"])
    path = package.path(package.resource("codes"))
    for number, code in enumerate(codes.values(), FIRST_DATA_ROW):
        if code.theme not in themes:
            refuse_dangling(path, number, "theme", code.theme, themes)
        allowed = KINDS[themes[code.theme].part]
        if code.kind not in allowed:
            raise SurveybookError(
                f"the code {code.code} is of a kind that its theme does not have",
                file=path,
                row=number,
                column="kind",
                got=code.kind,
                expected=" or ".join(allowed),
            )
    path = package.path(package.resource("told"))
    for number, one in enumerate(told.values(), FIRST_DATA_ROW):
        if one.code not in codes:
            refuse_dangling(path, number, "code", one.code, codes)
        if one.teller not in tellers:
            refuse_dangling(path, number, "teller", one.teller, tellers)
        if themes[codes[one.code].theme].part != TOLD_PART:
            raise SurveybookError(
                f"who tells {one.code} is shown nowhere",
                file=path,
                row=number,
                column="code",
                got=one.code,
                expected=f"a code of a theme of the part {TOLD_PART}",
            )
    return Thematic(themes, codes, tellers, told, links)
