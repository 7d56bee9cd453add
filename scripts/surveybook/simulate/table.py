"""The table of what every replicate gives for each share: counts, so that no row need be kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from surveybook.analyse.agreement import refuse_disagreement, response_counts
from surveybook.analyse.cells import EVERYONE, Tabulation, asked_items, survey_cells
from surveybook.analyse.choices import place_dont_knows
from surveybook.core.model import RESPONSE, Cell, Codebook, PublishedFigure, RowKind
from surveybook.process.survey_data import SurveyData, validate_responses
from surveybook.simulate.assumptions import Assumptions
from surveybook.simulate.generator import EXTENT

COLUMNS = ("survey", "item", "option_set", "domain", "level", "counts")
Counts = dict[Cell, tuple[int, int]]


def count_replicate(
    tables: tuple[pd.DataFrame, pd.DataFrame],
    codebook: Codebook,
    published: tuple[PublishedFigure, ...],
    survey: str,
    assumptions: Assumptions,
) -> Counts:
    """Validate a replicate as if it had been received, and count every share.

    ``tables`` are its invitations and responses, as ``simulate_replicate`` draws them.

    Raises
    ------
    SurveybookError
        The replicate misses a published figure.
    """
    place = f"replicate {assumptions.replicate}"
    responses = validate_responses(
        *tables, codebook, survey, frame_path=Path(f"{place}, invitations"), path=Path(f"{place}, responses")
    )
    # Extent is asked of everyone, don't-knows included; the later items' base is what is assumed.
    placed = place_dont_knows(codebook, assumptions.dont_know, lambda item: item.item != EXTENT)
    figures = tuple(figure for figure in published if figure.survey == survey)
    data = SurveyData(codebook.survey(survey), placed, figures, responses, RowKind.SIMULATED)
    refuse_disagreement(data)
    tabulation = Tabulation(responses, placed, survey)
    answered = len(responses.codes)
    counts: Counts = {
        Cell(RESPONSE, name): (count, base or answered) for name, (count, base) in response_counts(data).items()
    }
    counts |= {cell: tabulation.count(cell) for cell in survey_cells(placed, survey)}
    silent = len(responses.frame) - answered
    for item in asked_items(placed, survey):
        if item.headline_set:
            count, base = counts[Cell(item.item, item.headline_set)]
            counts[Cell(item.item, item.headline_set, EVERYONE, EVERYONE)] = _with_silent(
                count, base, silent, answered, assumptions.silent_points
            )
    return counts


def _with_silent(count: int, base: int, silent: int, answered: int, points: float) -> tuple[int, int]:
    """Add what the silent would have said; as many of them are in the base as of those who answered."""
    more = round(silent * base / answered)
    share = min(max(count / base + points / 100, 0), 1)
    return count + round(share * more), base + more


def table_of_counts(survey: str, drawn: Sequence[Counts]) -> pd.DataFrame:
    """Put the counts of all replicates side by side: a text table with one row per share.

    The column ``counts`` holds ``count/base`` of each replicate, in the order of ``drawn``.
    """
    rows = []
    for cell in drawn[0]:
        pairs = " ".join("{}/{}".format(*counts[cell]) for counts in drawn)
        rows.append([survey, cell.item, cell.option_set, cell.domain, cell.level, pairs])
    return pd.DataFrame(rows, columns=list(COLUMNS))
