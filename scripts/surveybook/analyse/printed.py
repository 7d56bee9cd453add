"""What a printed percentage allows: counts, bases, and the intervals over all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil, floor, inf

from surveybook.analyse.design import Design
from surveybook.analyse.intervals import wilson_interval
from surveybook.core.errors import SurveybookError
from surveybook.core.model import FigureKind, Item, Precision, PublishedFigure
from surveybook.core.rounding import percent_half_up


def agrees(figure: PublishedFigure, count: int, base: int) -> bool:
    """Whether a count of a base agrees with a printed percentage.

    An integer that was printed agrees where the count's percentage, rounded half up, lies between
    the figure's bounds. A verbal figure, and one that follows from others, agrees where the
    percentage itself does.
    """
    low, high = figure.bounds
    if figure.precision == Precision.VERBAL or figure.kind == FigureKind.COMPUTED:
        return low * base <= 100 * count <= high * base
    return low <= percent_half_up(count, base) <= high


def feasible_counts(figure: PublishedFigure, base: int) -> list[int]:
    """Whole numbers out of ``base`` that agree with a printed percentage, smallest first."""
    low, high = figure.bounds
    least, most = max(0, floor(base * (low - 1) / 100)), min(base, ceil(base * (high + 1) / 100))
    return [count for count in range(least, most + 1) if agrees(figure, count, base)]


def possible_bases(item: Item, figure: PublishedFigure) -> range:
    """The printed base alone, or all from the least to the most that are assumed; empty where none is."""
    if figure.base_n:
        return range(figure.base_n, figure.base_n + 1)
    assumed = item.assumed_bases
    return range(min(assumed), max(assumed) + 1) if assumed else range(0)


@dataclass(frozen=True)
class Envelope:
    """What a printed share says of the whole population, over all assumed bases, in percent."""

    alike_low_pct: float
    alike_high_pct: float
    differ_low_pct: float
    differ_high_pct: float
    bound_low_pct: float
    bound_high_pct: float
    tip_low_pct: float
    tip_high_pct: float


def envelope(
    figure: PublishedFigure,
    bases: Collection[int],
    population_size: int,
    sample_size: int,
    level: float,
    points: float,
) -> Envelope:
    """Say what a printed share tells of everyone, three ways, over bases and feasible counts.

    Parameters
    ----------
    bases : collection of int
        Assumed numbers of respondents in the base, each at most ``sample_size``.
    level : float
        Confidence level of the interval that holds if the silent are like those who answered.
    points : float
        Percentage points by which the silent are taken to differ, either way.

    Notes
    -----
    Respondents outside a base may not have been asked, or may have been asked and be silent as
    well; which is not known, so both are tried, and each range is the widest.
    """
    rows = printed_rows(figure, bases, sample_size)
    ranges = [three_ways(*row, population_size, level, points) for row in rows]
    ends = [pick(values) for pick, values in zip([min, max] * 3, zip(*ranges, strict=True), strict=True)]
    tips = [tipping_point(*row, population_size) for row in rows]
    return Envelope(*ends, min(tips), max(tips))


def printed_rows(figure: PublishedFigure, bases: Collection[int], sample_size: int) -> list[tuple[int, int, int]]:
    """Every (count, base, answered) that a printed share allows; see ``envelope``.

    Raises
    ------
    SurveybookError
        No count of any base agrees with print.
    """
    rows = [
        (count, base, answered)
        for base in bases
        for count in feasible_counts(figure, base)
        for answered in {base, sample_size}
    ]
    if not rows:
        raise SurveybookError(
            f"no count agrees with the printed figure {figure.figure_id}",
            got=f"{figure.value:g} {figure.unit} of bases {sorted(bases)}",
            expected="a base with a whole number that rounds to print",
            hint="check the figure, and assumed_bases in data/codebook/items.csv",
        )
    return rows


def share_of_everyone(count: int, base: int, answered: int, population_size: int, points: float) -> float:
    """The share of everyone if the silent differ by some points (lower where negative), in shares of 1.

    (c + m q) / (b + m), with m = N - answered silent in the base and q = c / b + points, cut at 0 and 1.
    """
    silent = population_size - answered
    return (count + silent * min(max(count / base + points / 100, 0), 1)) / (base + silent)


def three_ways(
    count: int, base: int, answered: int, population_size: int, level: float, points: float
) -> tuple[float, ...]:
    """Low and high, in percent: if the silent are alike, if they differ by points, whatever they think.

    Parameters
    ----------
    count, base : int
        Who said yes, of how many.
    answered : int
        Who is not silent: the base, and those who were not asked this question.

    Notes
    -----
    *Alike* is Wilson's interval with finite population correction, the base a domain of the
    ``answered``. For *differ* and *whatever*, with m of the N - answered silent in the base, the
    share is (c + m q) / (b + m), where q is the share among the silent: c / b -/+ points, or 0
    and 1. Both move away from c / b as m grows, so m = N - answered gives the extremes.
    """
    p, silent = count / base, population_size - answered
    alike = wilson_interval(p, Design(population_size, answered).simple_effective_n(base), level)
    differ = [share_of_everyone(count, base, answered, population_size, sign * points) for sign in (-1, 1)]
    bound = [count / (base + silent), (count + silent) / (base + silent)]
    return tuple(100 * value for value in (*alike, *differ, *bound))


def tipping_point(count: int, base: int, answered: int, population_size: int) -> float:
    """How far the silent would have to differ before exactly half of everyone say so, in points.

    Lower for a majority, higher for a minority; infinite where no difference is enough.

    Notes
    -----
    With m = N - answered silent in the base, (c + m q) / (b + m) = 1/2 gives
    |c / b - q| = |c / b - 1/2| (b + m) / m. With fewer silent in the base it is larger.
    """
    p, silent = count / base, population_size - answered
    if 2 * count == base:
        return 0.0
    if not silent:
        return inf
    needed = abs(p - 0.5) * (base + silent) / silent
    room = p if p > 0.5 else 1 - p
    return 100 * needed if needed <= room + 1e-12 else inf
