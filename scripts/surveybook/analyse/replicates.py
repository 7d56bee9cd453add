"""Hold the replicates against print: each must agree with it, and what print fixes must not move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, nan
from types import MappingProxyType

from surveybook.analyse.cells import GAP_PREFIX, GAP_RULE, OPTION_PREFIX, option_values
from surveybook.analyse.choices import AS_PRINTED
from surveybook.analyse.estimates import Estimate
from surveybook.analyse.printed import agrees
from surveybook.core.errors import SurveybookError
from surveybook.core.model import ALL, GAPS, RESPONSE, Cell, Codebook, MissingKind, PublishedFigure, Status
from surveybook.core.rounding import half_up, percent_half_up
from surveybook.process.replicates import MAKE, Replicates
from surveybook.process.survey_data import SurveyData


def span(shares: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest of some shares; nan where there is none."""
    known = [share for share in shares if not isnan(share)]
    return (min(known), max(known)) if known else (nan, nan)


def refuse_missed_figures(data: SurveyData) -> None:
    """Refuse a table in which a replicate misses a published figure of its survey."""
    if data.replicates is None:
        return
    for figure in data.published:
        cell = Cell(figure.item, figure.option_set)
        if figure.item != RESPONSE and not data.codebook.item(figure.survey, figure.item).column:
            continue
        data.replicates.shares_pct(cell)  # says so where the table lacks the share
        for number, (count, base) in zip(data.replicates.numbers, data.replicates.counts[cell], strict=True):
            good = count == figure.value if figure.unit == "count" else bool(base) and agrees(figure, count, base)
            if not good or figure.base_n not in (None, base):
                low, high = figure.bounds
                of = f" of {figure.base_n}" if figure.base_n else ""
                raise SurveybookError(
                    f"replicate {number} of the survey {figure.survey} misses a published figure",
                    file=data.replicates.file,
                    row=data.replicates.rows[cell],
                    column="counts",
                    got=f"{count}/{base}",
                    expected=(f"{low:g}" if low == high else f"{low:g} to {high:g}")
                    + f"{' percent' if figure.unit == 'percent' else ''}{of}, as printed ({figure.figure_id})",
                    hint=f"make the table again: {MAKE}",
                )


def refuse_moving_pins(
    rows: Sequence[Estimate],
    replicates: Mapping[str, Replicates],
    figures: Mapping[str, PublishedFigure] = MappingProxyType({}),
) -> None:
    """Refuse an estimate that is called fixed by print and moves between the replicates.

    Replicates can refute a pin; that they do not move it never grants one. ``figures`` are the
    printed figures by id, which say how precisely each was printed.
    """
    for row in rows:
        if row.status != Status.PINNED or row.survey not in replicates:
            continue
        table = replicates[row.survey]
        table.shares_pct(row.cell)
        for number, (count, base) in zip(table.numbers, table.counts[row.cell], strict=True):
            if not _stands(row, figures.get(row.figure_id), count, base):
                raise SurveybookError(
                    "an estimate that is called fixed by print moves between the replicates",
                    file=table.file,
                    row=table.rows[row.cell],
                    column="counts",
                    got=f"{count}/{base} in replicate {number}",
                    expected=f"{row.count if row.count is not None else row.estimate_pct:g}, "
                    f"as in all others (item {row.item}, option set {row.option_set})",
                    hint="print does not fix it: remove the figure that says so, or make the table again",
                )


def _stands(row: Estimate, figure: PublishedFigure | None, count: int, base: int) -> bool:
    if row.count is not None and count != row.count:
        return False
    if isnan(row.estimate_pct):
        return row.count is not None
    if not base:
        return False
    if figure is not None and figure.unit == "percent":
        return agrees(figure, count, base)
    if row.printed_is_range:
        return row.printed_low_pct * base <= 100 * count <= row.printed_high_pct * base
    return percent_half_up(count, base) == half_up(row.estimate_pct)


def chosen_counts(replicates: Replicates, codebook: Codebook, cell: Cell, dont_know: str) -> list[tuple[int, int]]:
    """The (count, base) in each replicate under a choice for don't-knows; empty where that is not known.

    The base of a replicate holds its don't-knows or not, as it assumes of print. Another choice
    takes them out, or in: what the replicate counts as gaps of that kind says how many.
    """
    replicates.shares_pct(cell)  # says so where the table lacks the share
    counts = list(replicates.counts[cell])
    if dont_know == AS_PRINTED or cell.item == RESPONSE or cell.option_set.startswith(GAP_PREFIX):
        return counts
    if cell.domain != ALL:
        return []
    item = codebook.item(replicates.survey, cell.item)
    if item.base_rule == GAP_RULE:
        return counts
    unsure = next(o.value for o in codebook.options[GAPS] if o.missing_kind == MissingKind.DONT_KNOW)
    inside = replicates.counts[Cell(cell.item, OPTION_PREFIX + unsure)]
    every = replicates.counts[Cell(cell.item, f"{GAP_PREFIX}{MissingKind.DONT_KNOW.value}")]
    counted = unsure in option_values(codebook, item)[cell.option_set]
    moved = []
    for (count, base), (within, _), (total, _) in zip(counts, inside, every, strict=True):
        change = (total if dont_know == "inside" else 0) - within
        moved.append((count + counted * change, base + change))
    return moved


def chosen_shares_pct(replicates: Replicates, codebook: Codebook, cell: Cell, dont_know: str) -> list[float]:
    """The share in each replicate under a choice for don't-knows, in percent; nan without a base."""
    counts = chosen_counts(replicates, codebook, cell, dont_know)
    if not counts:
        return [nan] * len(replicates.numbers)
    return [100 * count / base if base else nan for count, base in counts]
