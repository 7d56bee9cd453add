"""Rounded bases and shares, and what they leave open: the arithmetic of disclosure control.

A rounded figure stands for every whole number that is rounded to it, so whoever subtracts rounded
figures gets a range (Hundepool et al. 2012, Statistical Disclosure Control, ch. 5; Willenborg and
de Waal 2001, Elements of Statistical Disclosure Control, ch. 9).
"""

from __future__ import annotations

from math import floor

from surveybook.core.errors import SurveybookError

THRESHOLD = 5  # people; a cell, a base or a gap of fewer is protected
LEAST_THRESHOLD, MOST_THRESHOLD = 3, 50
STEPS = (1, 2, 5, 10, 20, 50)  # percentage points that a share may be rounded to


def check_threshold(threshold: int) -> None:
    """Refuse a threshold that is no whole number of people from 3 to 50."""
    whole = isinstance(threshold, int) and not isinstance(threshold, bool)
    if not whole or not LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
        raise SurveybookError(
            "the threshold below which a few people are protected cannot be",
            got=threshold,
            expected=f"a whole number of people from {LEAST_THRESHOLD} to {MOST_THRESHOLD}",
        )


def is_small(people: int, threshold: int) -> bool:
    """Whether a number of people is protected: above zero and below the threshold."""
    return 0 < people < threshold


def round_people(people: int, threshold: int, most: int | None = None) -> int:
    """Round a number of people to the nearest multiple of the threshold, halves up.

    Parameters
    ----------
    most : int, optional
        How many there can be. All numbers that fall short of it by less than the threshold, and it
        itself, are given as the greatest multiple below it, so that none of them stands alone.
    """
    if most is not None and people > most - threshold:
        return threshold * ((most - 1) // threshold)
    return threshold * ((2 * people + threshold) // (2 * threshold))


def people_within(figure: int, threshold: int, most: int | None = None) -> list[int]:
    """Every number of people, the threshold or more, that ``round_people`` gives as this figure."""
    around = range(max(threshold, figure - threshold), figure + 2 * threshold + 1)
    return [n for n in around if (most is None or n <= most) and round_people(n, threshold, most) == figure]


def people_around(figure: int, threshold: int) -> tuple[int, int]:
    """The fewest and the most people that ``round_people`` gives as this figure, where any number may be."""
    possible = [
        n for n in range(max(0, figure - threshold), figure + threshold + 1) if round_people(n, threshold) == figure
    ]
    return possible[0], possible[-1]


def share_step(base: int, people: int) -> int | None:
    """The fewest percentage points that at least so many people of a base make; None where 50 are not enough."""
    return next((step for step in STEPS if step * base >= 100 * people), None)


def round_share(count: int, base: int, step: int) -> int:
    """The percentage of a count, rounded half up to a multiple of ``step``, worked out on whole numbers."""
    return step * ((200 * count + base * step) // (2 * base * step))


def counts_within(share: float, step: int, base: int) -> list[int]:
    """Every count of a base whose percentage is rounded to this share."""
    least = max(0, floor(base * (share - step) / 100))
    most = min(base, floor(base * (share + step) / 100) + 1)
    return [count for count in range(least, most + 1) if round_share(count, base, step) == share]
