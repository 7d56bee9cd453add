"""Made-up surveys and figures, put together without the code under test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from surveybook.core.model import Cell, Precision, PublishedFigure, RowKind
from surveybook.process.replicates import Replicates
from surveybook.process.survey_data import SurveyData

KINDS_OF_GAP = {"88": "dont_know", "99": "refused", "-1": "not_asked", "-2": "not_applicable", "": "no_answer"}


def made_figure(value: float, item: str = "extent", option_set: str = "top2", **more) -> PublishedFigure:
    """A printed percentage of VIVE's survey."""
    fields = {
        "figure_id": "made_up",
        "same_claim_as": None,
        "survey": "vive",
        "unit": "percent",
        "low": None,
        "high": None,
        "precision": Precision.INTEGER,
        "word_en": "",
        "word_da": "",
        "kind": "printed",
        "base_n": None,
        "source": "",
        "place": "",
    }
    return PublishedFigure(item=item, option_set=option_set, value=value, **(fields | more))


def rounded(count: int, base: int) -> int:
    """The percentage as print rounds it, by the school's rule, in decimal numbers."""
    return int((Decimal(100 * count) / Decimal(base)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def about(people: int, threshold: int = 5) -> int:
    """People to the nearest multiple of a threshold, halves up, by decimal numbers."""
    return threshold * int((Decimal(people) / threshold).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def grid(least_base: int, people: int = 1) -> int:
    """The fewest points that so many people of a base make, among those that shares are rounded to."""
    return min(step for step in (1, 2, 5, 10, 20, 50) if Decimal(100 * people) / least_base <= step)


def on_grid(count: int, base: int, step: int) -> int:
    """A percentage to the nearest multiple of some points, halves up."""
    return step * int((Decimal(100 * count) / base / step).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def observed(data: SurveyData, **columns: list[str]) -> SurveyData:
    """The survey as if its answers were real ones, with the cells of some items replaced."""
    kinds = {name: [KINDS_OF_GAP.get(cell, "") for cell in cells] for name, cells in columns.items()}
    responses = replace(
        data.responses,
        codes=data.responses.codes.assign(**columns),
        missing=data.responses.missing.assign(**kinds),
    )
    return replace(data, kind=RowKind.OBSERVED, replicates=None, responses=responses)


def only(data: SurveyData, *names: str) -> SurveyData:
    """The survey with some items alone, so that it is quickly estimated."""
    survey = data.survey.survey
    items = {key: item for key, item in data.codebook.items.items() if key[0] != survey or key[1] in names}
    figures = tuple(known for known in data.published if known.item in ("response", *names))
    return replace(data, codebook=replace(data.codebook, items=items), published=figures)


def first_answers(data: SurveyData, size: int) -> SurveyData:
    """The survey with the answers of its first respondents alone."""
    codes, missing = (table.head(size) for table in (data.responses.codes, data.responses.missing))
    return replace(data, responses=replace(data.responses, codes=codes, missing=missing))


def with_counts(
    replicates: Replicates, counts: Mapping[Cell, tuple[int, int]], only: int | None = None
) -> Replicates:
    """The replicates with a (count, base) of some shares planted: in all of them, or in the one of a number."""
    changed = dict(replicates.counts)
    for cell, pair in counts.items():
        changed[cell] = tuple(
            pair if only in (None, number) else before
            for number, before in zip(
                replicates.numbers, replicates.counts.get(cell, [pair] * len(replicates.numbers)), strict=True
            )
        )
    return replace(replicates, counts=changed)


def with_figure(data: SurveyData, figure_id: str, **changes) -> SurveyData:
    """The survey with one printed figure changed."""
    figures = (replace(known, **changes) if known.figure_id == figure_id else known for known in data.published)
    return replace(data, published=tuple(figures))


def with_item(data: SurveyData, name: str, **changes) -> SurveyData:
    """The survey with one item of its codebook changed."""
    key = (data.survey.survey, name)
    items = {**data.codebook.items, key: replace(data.codebook.items[key], **changes)}
    return replace(data, codebook=replace(data.codebook, items=items))
