"""Which levels of a breakdown are withheld: small cells, and others that would give them away.

The levels of a breakdown, and who is in none of them, add up to all who answered. A level that is
hidden alone is what the others leave of that total; so more are hidden, until what is hidden is of
two or more groups and holds no small number itself (complementary suppression; Hundepool et al.
2012, Statistical Disclosure Control, ch. 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveybook.analyse.rounded import is_small, people_within, round_people

Counts = tuple[int, ...]  # the people of a base, then how many of them gave each of some answers


def has_small_cell(group: Counts, threshold: int) -> bool:
    """Whether a group, who of it gave an answer, or who did not, is a small number of people."""
    base, *counts = group
    cells = [base, *counts, *(base - count for count in counts)]
    return any(is_small(cell, threshold) for cell in cells)


def levels_to_hide(
    levels: Mapping[str, Counts], total: Counts, threshold: int, *, most: int | None = None
) -> set[str]:
    """The levels of a breakdown that are withheld.

    Parameters
    ----------
    levels : mapping of a level to its base and counts
    total : base and counts of all who answered
    most : int, optional
        The largest base that the published total allows; by default it is published as it is.
    """
    rest = _less(total, list(levels.values()))
    hidden = {level for level, group in levels.items() if has_small_cell(group, threshold)}
    left_small = has_small_cell(rest, threshold)
    if not hidden and not left_small:
        return set(levels) if _pinned(levels, total[0] if most is None else most, threshold) else set()
    # The smallest group with anybody in it is the least loss; an empty one hides as well where there is no other.
    for level in sorted(levels, key=lambda level: (levels[level][0] == 0, levels[level][0])):
        shown = [group for name, group in levels.items() if name not in hidden]
        together = _less(total, shown)
        enough = len(hidden) + left_small > 1 and together[0] >= threshold
        if enough and not has_small_cell(together, threshold):
            break
        hidden.add(level)
    return hidden


def _less(total: Counts, groups: Sequence[Counts]) -> Counts:
    """What groups leave of a total; levels that overlap with nobody leave nothing below zero."""
    return tuple(whole - sum(parts) for whole, *parts in zip(total, *groups, strict=True))


def _pinned(levels: Mapping[str, Counts], most: int, threshold: int) -> bool:
    """Whether the rounded bases are all at the lowest that the total allows, so that each is known."""
    bases = [group[0] for group in levels.values() if group[0]]
    lowest = [people_within(round_people(base, threshold), threshold)[0] for base in bases]
    return sum(lowest) >= most
