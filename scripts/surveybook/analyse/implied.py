"""What printed figures imply by arithmetic: the bounds of an option set from those of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from surveybook.core.errors import SurveybookError
from surveybook.core.model import Codebook, FigureKind, Item, ItemType, Precision, PublishedFigure


def printed_bounds(figure: PublishedFigure) -> tuple[float, float]:
    """The percentages that a printed figure allows before rounding, lowest and highest."""
    half = 0.5 if figure.precision == Precision.INTEGER and figure.kind != FigureKind.COMPUTED else 0
    low, high = figure.bounds
    return low - half, high + half


def implied_bounds(
    target: frozenset[str], everything: frozenset[str], printed: Mapping[frozenset[str], tuple[float, float]]
) -> tuple[float, float]:
    """Bound a set of answers by printed sets of answers of the same base, in percent.

    Parameters
    ----------
    target, everything : frozenset of str
        The answers that are asked for, and all answers of the base.
    printed : mapping of frozenset of str to (low, high)

    Notes
    -----
    Disjoint printed sets inside the target add up to no more than it, printed sets that cover it
    to no less, and what is left of 100 bounds likewise. For printed sets that do not overlap
    these are the bounds of the linear program over all shares of single answers.
    """
    rest = everything - target
    low = max(_inside(target, printed), 100 - _over(rest, printed))
    return low, min(_over(target, printed), 100 - _inside(rest, printed))


def _inside(target: frozenset[str], printed: Mapping[frozenset[str], tuple[float, float]]) -> float:
    sets = [name for name in printed if name <= target]
    disjoint = (some for some in _some(sets) if len(frozenset().union(*some)) == sum(map(len, some)))
    return max((sum(max(printed[name][0], 0) for name in some) for some in disjoint), default=0.0)


def _over(target: frozenset[str], printed: Mapping[frozenset[str], tuple[float, float]]) -> float:
    if not target:
        return 0.0
    covers = (some for some in _some(list(printed)) if target <= frozenset().union(*some))
    return min([100.0, *(sum(printed[name][1] for name in some) for some in covers)])


def _some(sets: Sequence[frozenset[str]]):
    return (some for size in range(len(sets) + 1) for some in combinations(sets, size))


def refuse_unfounded(codebook: Codebook, item: Item, figures: Mapping[str, PublishedFigure]) -> None:
    """Refuse a figure called computed that does not follow from the printed figures of its item.

    Parameters
    ----------
    figures : mapping of option set to PublishedFigure
        All percentages that are stated of the item.
    """
    named = {known.option_set: known.values for known in codebook.option_sets.get(item.option_list or "", ())}
    everything = frozenset(option.value for option in codebook.answers(item))
    printed = {
        named[name]: printed_bounds(figure) for name, figure in figures.items() if figure.kind != FigureKind.COMPUTED
    }
    for name, figure in figures.items():
        # Who may tick several answers can be in two sets at once, so nothing is left to compute.
        several = item.type == ItemType.MULTIPLE
        low, high = (0.0, 100.0) if several else implied_bounds(named[name], everything, printed)
        if figure.kind == FigureKind.COMPUTED and not (figure.bounds[0] <= low and high <= figure.bounds[1]):
            raise SurveybookError(
                "a computed figure does not follow from the printed ones",
                file="data/published/figures.csv",
                column=f"{figure.figure_id}, low and high",
                got=f"{figure.bounds[0]:g} to {figure.bounds[1]:g}",
                expected=f"a range that holds {low:g} to {high:g}, which print allows",
                hint="widen low and high, or remove the figure",
            )
