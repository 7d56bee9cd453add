"""What a share says of everyone, for any difference between the silent and those who answered."""

from __future__ import annotations

from math import isnan

from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.analyse.printed import possible_bases, printed_rows, share_of_everyone
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Status


def everyone_if(estimates: Estimates, estimate: Estimate, points: float) -> tuple[float, float]:
    """The lowest and highest share of everyone if the silent differ by some points, in percent.

    Parameters
    ----------
    points : float
        Percentage points by which the share among the silent is higher; lower where negative.

    Raises
    ------
    SurveybookError
        Nothing is known of everyone from this estimate.
    """
    if isnan(estimate.bound_low_pct):
        raise SurveybookError(
            f"the item {estimate.item} says nothing of everyone", got=estimate.option_set, expected=estimate.ci_method
        )
    if estimate.share_step_pct:
        answered = [estimate.population_size - silent for silent in estimate.possible_silent]
        rows = [(*counts, end) for counts in estimate.possible_counts for end in answered]
    elif estimate.status == Status.OBSERVED or estimate.count is not None:
        answered = estimate.population_size - estimate.silent_n
        rows = [(estimate.count, estimate.base_n, answered)]
    else:
        figure = estimates.figures[estimate.figure_id]
        bases = possible_bases(estimates.codebook.item(estimate.survey, estimate.item), figure)
        rows = printed_rows(figure, bases, estimate.population_size - estimate.silent_n)
    shares = [100 * share_of_everyone(*row, estimate.population_size, points) for row in rows]
    return min(shares), max(shares)
