"""Which breakdowns of a question with a rounded base are withheld, since they would tell the base after all.

The bases of the levels add up to the base of all, and levels are rounded apart, so together they may
leave one base possible. Here one person is moved to another answer, in all tables of the question at
once: where some such move shows the same tables, the small number that it changes is hidden. It is a
proof by example, so what it accepts is safe from any subtraction among these tables.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from surveybook.analyse.rounded import is_small
from surveybook.analyse.small_joints import NO, OUT, YES, Comparison, rounded_level
from surveybook.process.survey_data import SEPARATOR

Place = tuple[str, str]  # a cell of the raw file, and the kind of gap


@dataclass(frozen=True)
class Shown:
    """How a question's answers are counted: option sets of its breakdowns, and which kinds of gap are in the base."""

    sets: Mapping[str, frozenset[str]]
    in_base: Collection[str]
    several: bool

    def group(self, place: Place) -> tuple[int, ...]:
        """What one person adds to the base and to each count of a level."""
        cell, kind = place
        if kind not in self.in_base:
            return (0,) * (1 + len(self.sets))
        given = cell.split(SEPARATOR) if self.several else [cell]
        return (1, *(int(not values.isdisjoint(given)) for values in self.sets.values()))


@dataclass(frozen=True)
class Breakdown:
    """The level of each person, None where it is not known, and the levels that are withheld."""

    name: str
    levels: Sequence[str | None]
    hidden: Collection[str]


@dataclass(frozen=True)
class OtherQuestion:
    """Another question of the stem: what each person said to it, and what is shown of the two together."""

    name: str
    answers: Sequence[str]  # YES, NO or OUT
    comparison: Comparison
    rows: bool
    pair: bool
    headline: int = 0  # which of the option sets of the question is compared


TRIED_WHOLE, FEW = 10, 2  # names of which every set is tried, and how many together beyond


@dataclass
class Neighbours:
    """One question's answers, person by person, with all that they are broken down by."""

    places: Sequence[Place]
    shown: Shown
    breakdowns: Sequence[Breakdown]
    others: Sequence[OtherQuestion]
    threshold: int
    _same: dict = field(default_factory=dict, repr=False)

    def __post_init__(self):
        self._adds = {place: self.shown.group(place) for place in set(self.places)}
        self._counts = {one.name: self._level_counts(one) for one in self.breakdowns}
        self._joints = {one.name: self._joint(one) for one in self.others}

    def to_withhold(self, moves: Iterable[tuple[Place, Place, set]], protected: Collection[Hashable]) -> set[str]:
        """The fewest breakdowns, and other questions, without which some move hides each protected number.

        Parameters
        ----------
        moves : (from, to, names of the numbers that change), each of which leaves the rows of all as they are
        protected : names of the numbers that are small
        """
        missing = self._missing()
        found = list(self._found(moves))
        names = [one.name for one in (*self.breakdowns, *self.others)]
        # The sets double with each name, so of a long battery only the smallest are tried.
        for size in range(len(names) + 1 if len(names) <= TRIED_WHOLE else FEW + 1):
            for dropped in combinations(names, size):
                wanted = {*protected, *(key for key in missing if key[0] not in dropped)}
                for changed, spoiled in found:
                    if spoiled <= set(dropped):
                        wanted -= changed
                if not wanted:
                    return set(dropped)
        return set(names)

    def _found(self, moves) -> Iterable[tuple[set, set]]:
        people: dict[Place, dict[tuple, None]] = {}
        for k, place in enumerate(self.places):
            levels = tuple(one.levels[k] for one in self.breakdowns)
            people.setdefault(place, {})[levels, tuple(one.answers[k] for one in self.others)] = None
        seen = set()
        for source, target, changed in moves:
            for levels, answers in people.get(source, ()):
                spoiled = {
                    one.name
                    for one, level in zip(self.breakdowns, levels, strict=True)
                    if not self._level_stays(one, level, source, target)
                }
                spoiled |= {
                    one.name
                    for one, answer in zip(self.others, answers, strict=True)
                    if not self._joint_stays(one, answer, source, target)
                }
                what = set(changed)
                if self._add(source)[0] != self._add(target)[0]:
                    what |= {(one.name, level) for one, level in zip(self.breakdowns, levels, strict=True)}
                key = frozenset(what), frozenset(spoiled)
                if key not in seen:
                    seen.add(key)
                    yield what, spoiled

    def _add(self, place: Place) -> tuple[int, ...]:
        if place not in self._adds:
            self._adds[place] = self.shown.group(place)
        return self._adds[place]

    def _level_counts(self, breakdown: Breakdown) -> dict:
        counts: dict = {}
        for place, level in zip(self.places, breakdown.levels, strict=True):
            before = counts.get(level, (0,) * (1 + len(self.shown.sets)))
            counts[level] = tuple(a + b for a, b in zip(before, self._adds[place], strict=True))
        return counts

    def _missing(self) -> list[tuple[str, str]]:
        """The levels of which a few people are not in the base."""
        found = []
        for one in self.breakdowns:
            for level, group in self._counts[one.name].items():
                people = sum(known == level for known in one.levels)
                if level is not None and is_small(people - group[0], self.threshold):
                    found.append((one.name, level))
        return found

    def _level_stays(self, breakdown: Breakdown, level: str | None, source: Place, target: Place) -> bool:
        if level is None or level in breakdown.hidden:
            return True
        key = breakdown.name, level, source, target
        if key not in self._same:
            before = self._counts[breakdown.name][level]
            after = tuple(n - a + b for n, a, b in zip(before, self._add(source), self._add(target), strict=True))
            self._same[key] = rounded_level(before, self.threshold) == rounded_level(after, self.threshold)
        return self._same[key]

    def _said(self, other: OtherQuestion, place: Place) -> str:
        group = self._add(place)
        return OUT if not group[0] else YES if group[1 + other.headline] else NO

    def _joint(self, other: OtherQuestion) -> dict[tuple[str, str], int]:
        joint: dict[tuple[str, str], int] = {}
        for place, answer in zip(self.places, other.answers, strict=True):
            key = self._said(other, place), answer
            joint[key] = joint.get(key, 0) + 1
        return joint

    def _joint_stays(self, other: OtherQuestion, answer: str, source: Place, target: Place) -> bool:
        before, after = self._said(other, source), self._said(other, target)
        if before == after:
            return True
        key = other.name, answer, before, after
        if key not in self._same:
            joint = dict(self._joints[other.name])
            moved = joint | {
                (before, answer): joint[before, answer] - 1,
                (after, answer): joint.get((after, answer), 0) + 1,
            }
            told = [
                other.comparison.published(one, self.threshold, rows=other.rows, pair=other.pair)
                for one in (joint, moved)
            ]
            self._same[key] = told[0] == told[1]
        return self._same[key]
