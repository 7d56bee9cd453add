"""Whether the comparison of two questions tells of a few people: who gave both answers, or one alone.

What is published of two questions of one stem is each by itself, the share of one among who gave the
headline answer to the other, both ways, and the interval of their difference. Two people who exchange
their answers to one question leave each question as it was: where all else stays too, the few are hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, permutations, product
from math import floor, nan

from surveybook.analyse.paired import Pair, pair_of_counts
from surveybook.analyse.rounded import is_small, people_within, round_people, round_share, share_step
from surveybook.analyse.small_groups import has_small_cell

YES, NO, OUT = "yes", "no", "out"  # the headline answer, another one, or not in the base
PAIR_PEOPLE = 2  # a rounded difference is of as many people at least
Joint = Mapping[tuple[str, str], int]


def round_pair(pair: Pair) -> Pair | None:
    """Round the comparison of two shares of observed rows outward; None where too few are in both bases.

    An end that lies on a step goes to the next, since "no difference" would tell as much as a count.
    """
    step = share_step(pair.base_n, PAIR_PEOPLE)
    if step is None:
        return None
    return replace(
        pair,
        difference_low_pct=float(step * _down(pair.difference_low_pct / step)),
        difference_high_pct=float(step * (_down(pair.difference_high_pct / step) + 1)),
        low_pct=float(-step * (_down(-pair.low_pct / step) + 1)),
        high_pct=float(step * (_down(pair.high_pct / step) + 1)),
        least_z=nan,
        base_n=None,
    )


def _down(value: float) -> int:
    return floor(round(value, 9))


@dataclass(frozen=True)
class Comparison:
    """Two questions of one stem, and how they are compared: level, and effective people per person."""

    items: tuple[str, str]
    pair: Pair
    effective: float  # effective sample size of one person in the base

    def published(self, joint: Joint, threshold: int, *, rows: bool, pair: bool) -> tuple:
        """All that is published of a joint table, beside each question by itself."""
        told: list = []
        yes = joint.get((YES, YES), 0)
        for base in (yes + joint.get((NO, YES), 0), yes + joint.get((YES, NO), 0)) if rows else ():
            told.append(rounded_level((base, yes), threshold))
        if pair:
            told.append(self._rounded_pair(joint))
        return tuple(told)

    def _rounded_pair(self, joint: Joint) -> tuple | None:
        both, first, second = (joint.get(key, 0) for key in ((YES, YES), (YES, NO), (NO, YES)))
        size = both + first + second + joint.get((NO, NO), 0)
        if not size:
            return None
        a, b, items = both + first, both + second, self.items
        if a < b:
            a, b, items = b, a, items[::-1]
        exact = pair_of_counts(self.pair, items, (a, b, both, size), self.effective * size)
        shown = round_pair(exact)
        return shown and (items, shown.difference_low_pct, shown.low_pct, shown.high_pct)


def rounded_level(group: tuple[int, ...], threshold: int) -> tuple[int, ...] | None:
    """What is published of a level of a breakdown: base and shares, rounded; None where a small cell forbids it."""
    base, *counts = group
    if has_small_cell(group, threshold):
        return None
    if not base:
        return ()
    figure = round_people(base, threshold)
    step = share_step(people_within(figure, threshold)[0], 1)
    return (figure, *(round_share(count, base, step) for count in counts))


def numbers(joint: Joint) -> dict[str, int]:
    """Who gave an answer among who gave the headline answer to the other question, and among the others."""
    found = {}
    for name, at in (("first", 0), ("second", 1)):
        for among, theirs in (("yes", (YES,)), ("others", (NO, OUT))):
            for mine in ((YES,), (NO,), (YES, NO), (OUT,)):
                people = sum(n for key, n in joint.items() if key[at] in mine and key[1 - at] in theirs)
                found[f"{name} {'/'.join(mine)} among {among}"] = people
    return found


def exchanged(joint: Joint) -> Iterator[Counter]:
    """Every table in which one or two pairs of people exchange their answers to the second question."""
    for once in _exchanged_once(joint):
        yield once
    for once in _exchanged_once(joint):
        yield from _exchanged_once(once)


def _exchanged_once(joint: Joint) -> Iterator[Counter]:
    kinds = (YES, NO, OUT)
    for (a, b), (c, d) in product(combinations(kinds, 2), permutations(kinds, 2)):
        if joint.get((a, c), 0) and joint.get((b, d), 0):
            moved = Counter(joint)
            moved.subtract([(a, c), (b, d)])
            moved.update([(a, d), (b, c)])
            yield moved


def hides(comparison: Comparison, joint: Joint, threshold: int, *, rows: bool, pair: bool) -> bool:
    """Whether each small number of a joint table has another value in a table that shows the same."""
    values = numbers(joint)
    left = {name for name, people in values.items() if is_small(people, threshold)}
    # Where all of a group are in the base, the base is how many gave that answer, which is no cell by domain.
    left -= {
        name.replace(OUT, f"{YES}/{NO}", 1) for name, people in values.items() if f" {OUT} " in name and not people
    }
    if not left:
        return True
    before = comparison.published(joint, threshold, rows=rows, pair=pair)
    for moved in exchanged(joint):
        changed = {name for name, people in numbers(moved).items() if people != values[name]}
        if changed & left and comparison.published(moved, threshold, rows=rows, pair=pair) == before:
            left -= changed
        if not left:
            return True
    return False
