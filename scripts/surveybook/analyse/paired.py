"""Compare two shares of the same people when only their margins are known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import inf, nan, sqrt

from surveybook.analyse.cells import Tabulation, asked_items
from surveybook.analyse.design import Design
from surveybook.analyse.intervals import normal_quantile
from surveybook.analyse.printed import feasible_counts, possible_bases
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Cell, Codebook, Item, PublishedFigure, RowKind, Status
from surveybook.process.survey_data import SurveyData


@dataclass(frozen=True)
class Pair:
    """The difference of two shares, over every joint table and base that print allows.

    ``low_pct`` and ``high_pct`` are the widest paired interval of the difference ``higher`` less
    ``lower``, in percentage points, if the silent are alike; ``least_z`` the lowest
    |difference| / standard error. Observed rows have one joint table, so one interval, which
    disclosure control widens: how many said yes to both is a cell of a few people, perhaps.
    ``base_n`` is the people in both bases, where that may be told.
    """

    survey: str
    stem: str
    higher: str
    lower: str
    difference_low_pct: float
    difference_high_pct: float
    low_pct: float
    high_pct: float
    least_z: float
    level: float
    status: Status
    base_n: int | None = None

    @property
    def certain(self) -> bool:
        """Whether no joint table lets the interval hold zero."""
        return self.low_pct > 0


def joint_counts(first: int, second: int, base: int) -> range:
    """How many may have said yes to both, given how many said yes to each (Fréchet's bounds)."""
    return range(max(0, first + second - base), min(first, second) + 1)


def paired_variance(first: int, second: int, both: int, base: int, effective_n: float) -> float:
    """The variance of the difference of two shares of the same base, in shares of 1 squared.

    With b = first - both and c = second - both the discordant, D = (b - c) / base and
    v = ((b + c) / base - D^2) / effective_n: the variance of a mean of 1, 0 and -1
    (Agresti 2013, Categorical Data Analysis, section 11.1). ``effective_n`` carries the finite
    population correction, as for a proportion.
    """
    b, c = first - both, second - both
    difference = (b - c) / base
    return ((b + c) / base - difference**2) / effective_n


def widest_pair(
    figures: tuple[PublishedFigure, PublishedFigure],
    bases: Collection[int],
    population_size: int,
    sample_size: int,
    level: float,
) -> tuple[float, float, float, float, float]:
    """The difference and its paired interval over bases, feasible counts and joint tables, in points.

    Returns the lowest and highest difference, the lowest and highest end of an interval, and the
    lowest z. The variance falls as more said yes to both, so the fewest possible give the widest
    interval. Both shares are taken of the same base.

    Raises
    ------
    SurveybookError
        No base lets both figures be rounded to.
    """
    z = normal_quantile(level)
    ends: list[tuple[float, float, float, float]] = []
    for base in bases:
        pairs = product(*(feasible_counts(figure, base) for figure in figures))
        designs = [Design(population_size, answered).simple_effective_n(base) for answered in {base, sample_size}]
        for (first, second), effective_n in product(list(pairs), designs):
            both = joint_counts(first, second, base)[0]
            se = sqrt(paired_variance(first, second, both, base, effective_n))
            difference = (first - second) / base
            ratio = abs(difference) / se if se else (inf if difference else 0.0)
            ends.append((difference, difference - z * se, difference + z * se, ratio))
    if not ends:
        raise SurveybookError(
            "no base lets both printed figures be rounded to",
            got=[figure.figure_id for figure in figures],
            expected=f"a base from {min(bases)} to {max(bases)}",
        )
    differences, lows, highs, ratios = zip(*ends, strict=True)
    return 100 * min(differences), 100 * max(differences), 100 * min(lows), 100 * max(highs), min(ratios)


def compare_pairs(data: SurveyData, level: float) -> list[Pair]:
    """Compare the headlines of every two items of the same stem.

    Simulated rows are not asked: their joint table is invented, so print's margins stand for all.
    """
    if data.responses is None:
        return []
    items = [item for item in asked_items(data.codebook, data.survey.survey) if item.headline_set]
    same_stem = [(a, b) for a, b in combinations(items, 2) if a.stem == b.stem]
    compare = _observed_pair if data.kind == RowKind.OBSERVED else _printed_pair
    pairs = [compare(data, a, b, level) for a, b in same_stem]
    return [pair for pair in pairs if pair]


def _printed_pair(data: SurveyData, first: Item, second: Item, level: float) -> Pair | None:
    figures = {
        figure.item: figure
        for figure in data.published
        if figure.unit == "percent" and figure.same_claim_as is None and _is_headline(data.codebook, figure)
    }
    if first.item not in figures or second.item not in figures:
        return None
    first, second = sorted((first, second), key=lambda item: -figures[item.item].value)
    bases = sorted({*possible_bases(first, figures[first.item])} & {*possible_bases(second, figures[second.item])})
    if not bases:
        return None
    people = len(data.responses.frame), len(data.responses.codes)
    got = widest_pair((figures[first.item], figures[second.item]), bases, *people, level)
    return Pair(data.survey.survey, first.stem, first.item, second.item, *got, level, Status.PINNED)


def _is_headline(codebook: Codebook, figure: PublishedFigure) -> bool:
    item = codebook.items.get((figure.survey, figure.item))
    return item is not None and figure.option_set == item.headline_set


def _observed_pair(data: SurveyData, first: Item, second: Item, level: float) -> Pair | None:
    tabulation = Tabulation(data.responses, data.codebook, data.survey.survey)
    (chose_a, base_a), (chose_b, base_b) = (
        tabulation.masks(Cell(item.item, item.headline_set)) for item in (first, second)
    )
    base = base_a & base_b
    a, b, both, size = (int((mask & base).sum()) for mask in (chose_a, chose_b, chose_a & chose_b, base))
    if not size:
        return None
    names = (first.item, second.item)
    if a < b:
        names, a, b = names[::-1], b, a
    effective_n = Design(len(data.responses.frame), len(data.responses.codes)).simple_effective_n(size)
    blank = Pair(data.survey.survey, first.stem, *names, *[nan] * 5, level, Status.OBSERVED)
    return pair_of_counts(blank, names, (a, b, both, size), effective_n)


def pair_of_counts(pair: Pair, names: tuple[str, str], counts: tuple[int, int, int, int], effective_n: float) -> Pair:
    """The comparison of two shares whose joint table is known, with the settings of a pair.

    Parameters
    ----------
    names : the item with the higher share, and the other
    counts : who gave the higher answer, the other, both, and the people in both bases
    """
    a, b, both, size = counts
    se = sqrt(paired_variance(a, b, both, size, effective_n))
    difference, half = (a - b) / size, normal_quantile(pair.level) * se
    z = abs(difference) / se if se else (inf if difference else 0.0)
    return replace(
        pair,
        higher=names[0],
        lower=names[1],
        difference_low_pct=100 * difference,
        difference_high_pct=100 * difference,
        low_pct=100 * (difference - half),
        high_pct=100 * (difference + half),
        least_z=z,
        base_n=size,
    )
