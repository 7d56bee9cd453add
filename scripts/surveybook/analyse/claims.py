"""Every claim of the article and its sources, each with a verdict: what was tested, and what only carried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveybook.analyse.conditions import condition_shares, judge, known_range
from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.analyse.estimating import load_estimates
from surveybook.analyse.implied import printed_bounds
from surveybook.analyse.rounded import THRESHOLD
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RESPONSE, Cell, FigureKind, Precision, PublishedFigure, Status
from surveybook.core.rounding import half_up, percent_half_up
from surveybook.process.claims import WordClaim, load_word_claims

ANSWERED_SHARE = "answered_share"


class Verdict(StrEnum):
    """What became of a claim when it was worked out again."""

    REPRODUCED = "reproduced"
    DIFFERS = "differs"
    DERIVED = "derived"
    RETURNED = "returned"
    CARRIED = "carried"
    NOT_RECOMPUTED = "cannot be recomputed"


TESTING = (Verdict.REPRODUCED, Verdict.DIFFERS, Verdict.DERIVED)  # only these test anything


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict; ``because`` is the reason where it cannot be recomputed.

    ``figure`` is None for a claim in words, and ``words`` for a figure; ``estimate`` is what
    stands beside a figure here, None where rows came that do not give it. ``also`` names further
    sources that tell the same claim.
    """

    claim_id: str
    verdict: Verdict
    because: str
    figure: PublishedFigure | None = None
    estimate: Estimate | None = None
    words: WordClaim | None = None
    also: tuple[PublishedFigure, ...] = ()


@dataclass(frozen=True)
class Claims:
    """All claims, figures before words, with the estimates they were held against."""

    rows: tuple[Claim, ...]
    estimates: Estimates

    def counts(self) -> dict[Verdict, int]:
        """How many claims have each verdict, in the order of the verdicts, none left out."""
        found = Counter(claim.verdict for claim in self.rows)
        return {verdict: found[verdict] for verdict in Verdict}


def load_claims(
    data_package: str = "data",
    confidence_level: float = 0.95,
    ci_method: str = "wilson",
    differ_points: float = 10,
    threshold: int = THRESHOLD,
) -> Claims:
    """Load a data package and give each claim its verdict: what the claims' chapter begins with."""
    estimates = load_estimates(data_package, confidence_level, ci_method, differ_points, threshold)
    return judge_claims(estimates, load_word_claims(data_package))


def judge_claims(estimates: Estimates, words: Sequence[WordClaim]) -> Claims:
    """Give each printed or computed figure, and each claim in words, its one verdict.

    A claim that two sources tell counts once, under the figure that the others name as the same.
    """
    figures = [figure for figure in estimates.figures.values() if figure.kind != FigureKind.CONTEXT]
    also: dict[str, list[PublishedFigure]] = {}
    for figure in figures:
        if figure.same_claim_as:
            also.setdefault(figure.same_claim_as, []).append(figure)
    rows = [_judge_figure(figure, estimates, also) for figure in figures if not figure.same_claim_as]
    return Claims((*rows, *(_judge_words(claim, estimates) for claim in words)), estimates)


def _judge_figure(figure: PublishedFigure, estimates: Estimates, also: dict) -> Claim:
    estimate = estimates.find(figure.survey, Cell(figure.item, figure.option_set))
    verdict, because = _verdict(figure, estimate, estimates) if estimate else (Verdict.CARRIED, "")
    told = tuple(also.get(figure.figure_id, ()))
    return Claim(figure.figure_id, verdict, because, figure=figure, estimate=estimate, also=told)


def _verdict(figure: PublishedFigure, estimate: Estimate, estimates: Estimates) -> tuple[Verdict, str]:
    if estimate.status == Status.OBSERVED:
        if estimate.suppressed:
            return Verdict.NOT_RECOMPUTED, "so few people stand behind it that it is suppressed"
        return _observed_verdict(figure, estimate)
    if figure.item == RESPONSE and figure.unit == "percent":
        return _derived_rate(figure, estimates)
    if figure.kind == FigureKind.COMPUTED:  # refused elsewhere unless it follows from the printed ones
        return Verdict.DERIVED, ""
    return (Verdict.CARRIED if estimate.status == Status.PUBLISHED else Verdict.RETURNED), ""


ROUNDED = "so few people answered otherwise that it is rounded, and agrees as far as that tells"


def _observed_verdict(figure: PublishedFigure, estimate: Estimate) -> tuple[Verdict, str]:
    if not estimate.share_step_pct:
        return (Verdict.REPRODUCED if _reproduces(figure, estimate) else Verdict.DIFFERS), ""
    # A share that is rounded to protect a few people is known as a range, and print as another.
    (low, high), (least, most) = known_range(estimate), printed_bounds(figure)
    return (Verdict.NOT_RECOMPUTED, ROUNDED) if low <= most and least <= high else (Verdict.DIFFERS, "")


def _reproduces(figure: PublishedFigure, estimate: Estimate) -> bool:
    low, high = figure.bounds
    if figure.precision == Precision.MORE_THAN:
        return estimate.count > figure.value
    if figure.unit == "count":
        return estimate.count == figure.value
    exact = figure.low is not None
    return low <= (estimate.estimate_pct if exact else half_up(estimate.estimate_pct)) <= high


def _derived_rate(figure: PublishedFigure, estimates: Estimates) -> tuple[Verdict, str]:
    """A printed share of people whose count and base are printed too."""
    counts = {
        other.option_set: other
        for other in estimates.figures.values()
        if (other.survey, other.item, other.unit) == (figure.survey, RESPONSE, "count")
    }
    share = figure.option_set == ANSWERED_SHARE
    part, whole = counts.get("answered" if share else figure.option_set), counts.get("invited")
    base = (whole and int(whole.value)) if share else figure.base_n
    if part is None or base is None:
        return Verdict.CARRIED, ""
    count = int(part.value)
    low, high = figure.bounds
    if not low <= percent_half_up(count, base) <= high:
        raise SurveybookError(
            "a percentage of people does not follow from the printed counts",
            file="data/published/figures.csv",
            column=figure.figure_id,
            got=f"{figure.value:g} percent",
            expected=f"{count} of {base}",
            hint="correct the figure, or the count",
        )
    if share and Precision.MORE_THAN in (part.precision, whole.precision):
        return Verdict.NOT_RECOMPUTED, "the counts are printed only as “more than”"
    return Verdict.DERIVED, ""


def _judge_words(claim: WordClaim, estimates: Estimates) -> Claim:
    if not claim.holds:
        return Claim(claim.claim, Verdict.NOT_RECOMPUTED, claim.because, words=claim)
    try:
        found = judge(claim.holds, estimates)
        shares = condition_shares(claim.holds, estimates)
    except SurveybookError as error:
        raise SurveybookError(
            f"the condition of the claim {claim.claim}: {error.what}",
            file=claim.file,
            row=claim.row,
            column="holds",
            got=claim.holds,
            expected=error.expected,
            hint=error.hint,
        ) from None
    if all(share.status == Status.OBSERVED for share in shares):
        if not found.holds and any(share.share_step_pct for share in shares):
            return Claim(claim.claim, Verdict.NOT_RECOMPUTED, "its shares are rounded to protect a few", words=claim)
        return Claim(claim.claim, Verdict.REPRODUCED if found.holds else Verdict.DIFFERS, "", words=claim)
    if not found.holds:
        raise SurveybookError(
            f"the claim {claim.claim} does not follow from the printed figures",
            file=claim.file,
            row=claim.row,
            column="holds",
            got=f"{claim.holds}; {found.values}",
            expected="a condition that holds over all that print allows",
            hint="correct the condition, or say under `because` why the claim cannot be recomputed",
        )
    return Claim(claim.claim, Verdict.DERIVED, "", words=claim)
