"""Hold simulated answers against print: they must return every published figure."""

from __future__ import annotations

from dataclasses import dataclass

from surveybook.analyse.bases import in_base
from surveybook.analyse.printed import agrees
from surveybook.analyse.proportions import chose
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RESPONSE, ItemType, PublishedFigure, RowKind
from surveybook.process.survey_data import SurveyData


@dataclass(frozen=True)
class Check:
    """One published figure beside the counts of the rows."""

    figure: PublishedFigure
    count: int
    base: int | None
    agrees: bool


def response_counts(data: SurveyData) -> dict[str, tuple[int, int | None]]:
    """Count invited, answered, municipalities and open answers: name to (count, base).

    The base of the open answers is not published, so it has none.
    """
    frame, codes = data.responses.frame, data.responses.codes
    counts = {"invited": (len(frame), len(frame)), "answered": (len(codes), len(frame))}
    if "municipality" in frame:
        counts["municipalities"] = (codes["municipality"].nunique(), frame["municipality"].nunique())
    texts = [item.item for item in data.items if item.column and item.type == ItemType.TEXT]
    if texts:
        counts["open_answers"] = (int((data.responses.missing[texts] == "").any(axis=1).sum()), None)
    return counts


def check_agreement(data: SurveyData) -> list[Check]:
    """Hold a survey's rows against each of its published figures, in the order of the figures."""
    counts = response_counts(data)
    checks = []
    for figure in data.published:
        if figure.item == RESPONSE:
            count, base = counts.get(figure.option_set, (0, None))
        else:
            item = data.codebook.item(figure.survey, figure.item)
            if not item.column:
                continue
            base_mask = in_base(data.responses.missing[item.item], item.base_rule)
            values = data.codebook.option_set(item, figure.option_set).values
            count = int((chose(data.responses, item, values) & base_mask).sum())
            base = int(base_mask.sum())
        if figure.unit == "count":
            good = count == figure.value and figure.base_n in (None, base)
        else:
            good = bool(base) and agrees(figure, count, base) and figure.base_n in (None, base)
        checks.append(Check(figure, count, base, good))
    return checks


def refuse_disagreement(data: SurveyData) -> None:
    """Refuse simulated rows that miss a published figure; observed rows may differ from print."""
    if data.kind != RowKind.SIMULATED:
        return
    for check in check_agreement(data):
        if not check.agrees:
            figure = check.figure
            low, high = figure.bounds
            allowed = f"{figure.value:g}" if low == high else f"{low:g} to {high:g}"
            got = f"{check.count} of {check.base}" if check.base else f"{check.count}"
            raise SurveybookError(
                f"the simulated answers of the survey {figure.survey} disagree with print",
                column=f"item {figure.item}, option set {figure.option_set}",
                got=got,
                expected=f"{allowed} {figure.unit}, as printed ({figure.figure_id})",
                hint="make the simulated rows again: surveybook simulate",
            )
