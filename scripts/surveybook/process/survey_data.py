"""From a survey's raw rows to validated answers, one kind of gap per gap."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import (
    GAPS,
    Codebook,
    Item,
    ItemType,
    PublishedFigure,
    RowKind,
    Survey,
)
from surveybook.core.paths import find_project
from surveybook.core.reads import in_parts
from surveybook.process.claims import has_claims, read_word_claims
from surveybook.process.codebook import read_codebook, read_published
from surveybook.process.context import has_context, read_context
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage, load_package
from surveybook.process.replicates import Replicates, read_replicates
from surveybook.process.thematic import has_thematic, read_thematic

ID = "respondent_id"
ANSWERED = "answered"  # all that is kept of an open answer: that there is one
SEPARATOR = ";"
PARTS_APART = ((has_context, read_context), (has_thematic, read_thematic), (has_claims, read_word_claims))


@dataclass(frozen=True)
class Responses:
    """A survey's validated rows.

    ``codes`` and ``missing`` have one row per respondent, in the order of the raw file, and one
    column per item. ``codes`` holds the value as it stands in the raw file (of an open answer
    only that it is there); ``missing`` the kind of the gap, or ``""``. ``frame`` has one row per
    invited person, with the background items.
    """

    codes: pd.DataFrame = field(repr=False)
    missing: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class SurveyData:
    """A survey as the book knows it: codebook, printed figures, and rows where there are any."""

    survey: Survey
    codebook: Codebook = field(repr=False)
    published: tuple[PublishedFigure, ...] = field(repr=False)
    responses: Responses | None
    kind: RowKind
    replicates: Replicates | None = field(default=None, repr=False)  # only where rows are simulated

    @property
    def items(self) -> list[Item]:
        """The survey's items, in the order of the codebook."""
        return self.codebook.survey_items(self.survey.survey)


def load_survey(survey: str, data_package: str = "data", *, project_folder: Path | None = None) -> SurveyData:
    """Load one survey of a data package, checked.

    Parameters
    ----------
    survey : str
        The survey's name in ``codebook/surveys.csv``.
    data_package : str
        The package's folder, relative to the checkout, or absolute.
    project_folder : Path, optional
        A folder inside the checkout; by default the working directory.

    Raises
    ------
    SurveybookError
        A file is missing, changed or broken, or holds anything that the codebook does not know.
    """
    package = load_package(find_project(project_folder).data_package(data_package))
    codebook = read_codebook(package)
    _check_owners(package, codebook)
    return _load(package, codebook, read_published(package, codebook), survey)


def load_surveys(data_package: str = "data", *, project_folder: Path | None = None) -> dict[str, SurveyData]:
    """Load every survey of a data package, by name; see ``load_survey``."""
    return read_surveys(load_package(find_project(project_folder).data_package(data_package)))


def read_surveys(package: DataPackage) -> dict[str, SurveyData]:
    """Read every file of a package, and every survey of its codebook, by name.

    Context, thematic codebook and claims are checked here too, so that no build or signing passes
    over a broken one.
    """
    with in_parts():  # who checks a file does not depend on what it says
        for resource in package.descriptor["resources"]:
            package.read(resource)
        for known, read in PARTS_APART:
            if known(package):
                read(package)
    codebook = read_codebook(package)
    published = read_published(package, codebook)
    _check_owners(package, codebook)
    return {survey: _load(package, codebook, published, survey) for survey in codebook.surveys}


def _check_owners(package: DataPackage, codebook: Codebook) -> None:
    """Rows of a survey that the codebook does not know would be lost in silence."""
    for resource in package.descriptor["resources"]:
        if "part" in resource and resource["survey"] not in codebook.surveys:
            raise SurveybookError(
                f"the resource {resource['name']} holds rows of an unknown survey",
                file=package.file,
                column="survey",
                got=resource["survey"],
                expected=one_of(codebook.surveys),
            )


def _load(
    package: DataPackage, codebook: Codebook, published: tuple[PublishedFigure, ...], survey: str
) -> SurveyData:
    about = codebook.survey(survey)
    figures = tuple(figure for figure in published if figure.survey == survey)
    resource = package.part(survey, "responses")
    if resource is None:
        return SurveyData(about, codebook, figures, None, RowKind.PUBLISHED)
    frame_resource = package.part(survey, "invitations")
    if frame_resource is None or frame_resource["status"] != resource["status"]:
        raise SurveybookError(
            f"the invitations and the responses of the survey {survey} are not of one kind",
            file=package.file,
            column="status",
            got=[frame_resource and frame_resource["status"], resource["status"]],
            expected="both simulated, or both observed",
        )
    responses, kind = read_responses(package, codebook, survey), RowKind(resource["status"])
    replicates = read_replicates(package, survey) if kind == RowKind.SIMULATED else None
    return SurveyData(about, codebook, figures, responses, kind, replicates)


def read_responses(package: DataPackage, codebook: Codebook, survey: str) -> Responses:
    """Read a survey's files and validate its rows; see ``validate_responses``."""
    frame, raw = package.part(survey, "invitations"), package.part(survey, "responses")
    paths = {"frame_path": package.path(frame), "path": package.path(raw)}
    return validate_responses(package.read(frame), package.read(raw), codebook, survey, **paths)


def validate_responses(
    frame: pd.DataFrame, raw: pd.DataFrame, codebook: Codebook, survey: str, *, frame_path: Path, path: Path
) -> Responses:
    """Validate a survey's rows, a text table with raw columns, against its frame and codebook.

    The paths are named in errors.
    """
    items = codebook.survey_items(survey)
    background = [item for item in items if item.type == ItemType.BACKGROUND]
    asked = [item for item in items if item.column and item.type != ItemType.BACKGROUND]
    _check_ids(raw, path, frame, frame_path)
    frame_coded = pd.DataFrame({ID: frame[ID]})
    for item in background:
        frame_coded[item.item] = _checked(frame, item, codebook, frame_path)
    codes, missing = {}, {}
    gaps = {option.value: option.missing_kind for option in codebook.options[GAPS]}
    for item in asked:
        cells = _checked(raw, item, codebook, path)
        missing[item.item] = cells.map(lambda cell: gaps.get(cell, "")).astype(str)
        is_open = item.type == ItemType.TEXT
        codes[item.item] = cells.where(missing[item.item] != "", ANSWERED) if is_open else cells
    known = frame_coded.set_index(ID).loc[raw[ID]].reset_index(drop=True)
    for item in background:
        codes[item.item] = known[item.item]
        missing[item.item] = known[item.item].map(lambda cell: gaps.get(cell, "")).astype(str)
    return Responses(pd.DataFrame(codes), pd.DataFrame(missing), frame_coded)


def _check_ids(raw: pd.DataFrame, path: Path, frame: pd.DataFrame, frame_path: Path) -> None:
    for table, where in ((frame, frame_path), (raw, path)):
        if ID not in table.columns:
            raise SurveybookError(
                "a table of people has no ids", file=where, row=1, column=ID, expected="a column of ids"
            )
        doubled = table[ID].duplicated()
        if doubled.any():
            row = int(doubled.idxmax())
            first = int((table[ID] == table[ID][row]).idxmax())
            raise SurveybookError(
                "a respondent stands twice",
                file=where,
                row=row + FIRST_DATA_ROW,
                column=ID,
                got=table[ID][row],
                expected="each respondent once",
                hint=f"the same id stands in row {first + FIRST_DATA_ROW}; remove one of the two",
            )
    stranger = ~raw[ID].isin(frame[ID])
    if stranger.any():
        row = int(stranger.idxmax())
        raise SurveybookError(
            "an answer comes from someone who was not invited",
            file=path,
            row=row + FIRST_DATA_ROW,
            column=ID,
            got=raw[ID][row],
            expected=f"an id from {frame_path.name}",
        )


def _checked(table: pd.DataFrame, item: Item, codebook: Codebook, path: Path) -> pd.Series:
    if item.column not in table.columns:
        raise SurveybookError(
            f"the column of the item {item.item} is missing",
            file=path,
            row=1,
            column=item.column,
            hint="correct the header, or the column's name in codebook/items.csv",
        )
    cells = table[item.column]
    if item.option_list is None:
        return cells
    values = {option.value for option in codebook.options[item.option_list]}
    allowed = values | {option.value for option in codebook.options[GAPS]}
    if item.type == ItemType.MULTIPLE:
        fits = cells.map(lambda cell: cell in allowed or _are_several(cell.split(SEPARATOR), values))
    else:
        fits = cells.isin(allowed)
    if not fits.all():
        row = int((~fits).idxmax())
        raise SurveybookError(
            "an unknown answer",
            file=path,
            row=row + FIRST_DATA_ROW,
            column=item.column,
            got=cells[row],
            expected=one_of(allowed),
            hint="correct the cell, or add the option to codebook/options.csv",
        )
    return cells


def _are_several(parts: list[str], values: set[str]) -> bool:
    return set(parts) <= values and len(parts) == len(set(parts))
