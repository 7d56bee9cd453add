"""Count answers again from a package's files, by the csv module and fractions alone."""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, sqrt
from pathlib import Path
from typing import NamedTuple

EVERYONE, ANSWERED = 556, 296
DONT_KNOW = "88"
GAPS = {"99": "refused", "-1": "not_asked", "-2": "not_applicable", "": "no_answer"}
SILENT = {"99", ""}  # who was asked and gave no answer; -1 and -2 were not asked
Z = 1.959963984540054
THRESHOLD = 5  # of fewer people nothing is told
STEPS = (1, 2, 5, 10, 20, 50)  # points that a share may be rounded to
NAMED_SHARES = {
    0: "none",
    10: "one of ten",
    20: "a fifth",
    25: "a quarter",
    33: "a third",
    40: "four of ten",
    50: "half",
    60: "six of ten",
    67: "two thirds",
    75: "three quarters",
    80: "eight of ten",
    90: "nine of ten",
    100: "all",
}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def half_up(share: Fraction, places: int = 1) -> str:
    return f"{floor(share * 10**places + Fraction(1, 2)) / 10**places:.{places}f}"


def outward(low: float, high: float) -> tuple[str, str]:
    """A range with one decimal that claims no more than it knows."""
    return f"{floor(round(10 * low, 9)) / 10:.1f}", f"{ceil(round(10 * high, 9)) / 10:.1f}"


def in_words(percent: Fraction) -> str:
    whole = int(half_up(percent, 0))
    near = min(NAMED_SHARES, key=lambda share: (abs(share - whole), share))
    assert 5 < whole < 100, "shares near the ends have words of their own"
    if whole == near:
        return NAMED_SHARES[near]
    return ("nearly " if whole < near else "just over " if whole - near <= 4 else "more than ") + NAMED_SHARES[near]


class Share(NamedTuple):
    """How many said so, of how many."""

    count: int
    base: int

    @property
    def pct(self) -> Fraction:
        return Fraction(100 * self.count, self.base)

    @property
    def text(self) -> str:
        return f"{half_up(self.pct)} percent"


class Recount:
    """The answers of the survey vive in a package."""

    def __init__(self, package: Path):
        self.items = {row["item"]: row for row in rows_of(package / "codebook/items.csv") if row["survey"] == "vive"}
        self.options = rows_of(package / "codebook" / "options.csv")
        self.sets = rows_of(package / "codebook" / "option_sets.csv")
        self.figures = [row for row in rows_of(package / "published" / "figures.csv") if row["survey"] == "vive"]
        home = {row["respondent_id"]: row for row in rows_of(package / "raw" / "vive" / "invitations.csv")}
        answers = rows_of(package / "raw" / "vive" / "responses.csv")
        assert (len(home), len(answers)) == (EVERYONE, ANSWERED)
        self.people = [home[row["respondent_id"]] | row for row in answers]

    @cached_property
    def headlines(self) -> list[str]:
        """The items that were asked and have a headline."""
        return [name for name, row in self.items.items() if row["column"] and row["headline_set"]]

    def column(self, item: str) -> list[str]:
        return [row[self.items[item]["column"]] for row in self.people]

    def headline(self, item: str, cut: str = "") -> dict[str, str]:
        """The option set of an item's headline, or of another cut of its scale."""
        about = self.items[item]
        sets = [row for row in self.sets if row["option_list"] == about["option_list"]]
        (found,) = [row for row in sets if (row["cut"] == cut if cut else row["option_set"] == about["headline_set"])]
        return found

    def has_cut(self, item: str, cut: str) -> bool:
        return any(row["option_list"] == self.items[item]["option_list"] and row["cut"] == cut for row in self.sets)

    def answers_of(self, item: str) -> list[dict[str, str]]:
        """The options of an item, gaps apart."""
        return [row for row in self.options if row["option_list"] == self.items[item]["option_list"]]

    def values(self, item: str, option_set: str) -> set[str]:
        kind, _, name = option_set.partition(":")
        if kind == "option":
            return {name}
        (named,) = [
            row
            for row in self.sets
            if (row["option_list"], row["option_set"]) == (self.items[item]["option_list"], option_set)
        ]
        return set(named["values"].split())

    def in_base(self, item: str, unsure: bool = True) -> list[bool]:
        assert self.items[item]["base_rule"] == "answered_item"
        return [cell not in GAPS and (unsure or cell != DONT_KNOW) for cell in self.column(item)]

    def chose(self, item: str, option_set: str) -> list[bool]:
        values, several = self.values(item, option_set), self.items[item]["type"] == "multiple"
        return [not values.isdisjoint(cell.split(";") if several else [cell]) for cell in self.column(item)]

    def share(
        self, item: str, option_set: str = "", *, within: list[bool] | None = None, unsure: bool = True
    ) -> Share:
        """An option set's share, the headline's where none is named, of the base or a part of it."""
        base = self.in_base(item, unsure)
        if within is not None:
            base = [a and b for a, b in zip(base, within, strict=True)]
        chosen = self.chose(item, option_set or self.items[item]["headline_set"])
        return Share(sum(a and b for a, b in zip(base, chosen, strict=True)), sum(base))

    def gaps(self, item: str, kind: str) -> Share:
        """How many have a gap of one kind, of all who answered the survey."""
        cells = {cell for cell, name in {**GAPS, DONT_KNOW: "dont_know"}.items() if name == kind}
        return Share(sum(cell in cells for cell in self.column(item)), ANSWERED)

    def silent(self, item: str) -> int:
        return EVERYONE - ANSWERED + sum(cell in SILENT for cell in self.column(item))

    def levels(self, item: str, by: str, option_set: str = "") -> dict[str, Share]:
        """A share in each level of a background item, by the label of the level."""
        column = self.column(by)
        return {
            option["label_en"]: self.share(item, option_set, within=[cell == option["value"] for cell in column])
            for option in self.answers_of(by)
        }

    def of_those_who(self, item: str, other: str) -> Share:
        """The headline among those who gave the headline answer to another item."""
        within = zip(self.in_base(other), self.chose(other, self.items[other]["headline_set"]), strict=True)
        return self.share(item, within=[a and b for a, b in within])

    def tells_of_a_few(self, item: str, other: str) -> bool:
        """Whether the one among who gave the other's answer, or the rest, or who of them skipped it, is a few."""
        group, everyone = self.of_those_who(item, other), self.share(item)
        rest = Share(everyone.count - group.count, everyone.base - group.base)
        return small(group) or small(rest) or few(self.share(other).count - group.base)

    def hidden_gaps(self, item: str) -> set[str]:
        """The kinds of gap that are suppressed: a few, and the other kind that adds up with them."""
        pairs = (("refused", "no_answer"), ("not_asked", "not_applicable"))
        return {kind for pair in pairs if any(few(self.gaps(item, one).count) for one in pair) for kind in pair}

    def people_counts(self) -> dict[str, int]:
        return {
            "invited": EVERYONE,
            "answered": ANSWERED,
            "municipalities": len({row["kommune"] for row in self.people}),
            "open_answers": sum(row["q12_beskrivelse"] not in {*GAPS, DONT_KNOW} for row in self.people),
        }

    def pair_base(self, first: str, second: str) -> int:
        """How many are in the bases of both."""
        return sum(a and b for a, b in zip(self.in_base(first), self.in_base(second), strict=True))

    def pair(self, higher: str, lower: str) -> tuple[float, float]:
        """The paired interval of two headlines' difference, in points, if the silent are alike.

        D = (b - c) / n of those in both bases, var = ((b + c) / n - D^2) / n_e, n_e with the finite
        population correction for 296 of 556.
        """
        bases = [a and b for a, b in zip(self.in_base(higher), self.in_base(lower), strict=True)]
        sides = [self.chose(item, self.items[item]["headline_set"]) for item in (higher, lower)]
        both = [(a, b) for base, a, b in zip(bases, *sides, strict=True) if base]
        more, less = sum(a and not b for a, b in both), sum(b and not a for a, b in both)
        n, difference = len(both), (more - less) / len(both)
        effective = n * (ANSWERED - 1) * EVERYONE / (ANSWERED * (EVERYONE - ANSWERED))
        half = Z * sqrt(((more + less) / n - difference**2) / effective)
        return 100 * (difference - half), 100 * (difference + half)


def wilson(share: Share) -> tuple[float, float]:
    """Wilson's interval in percent, the base a part of the 296 who answered, of 556."""
    correction = ANSWERED * (EVERYONE - ANSWERED) / (EVERYONE * (ANSWERED - 1))
    p, q = share.count / share.base, Z**2 * correction / share.base
    root = sqrt((2 * p + q) ** 2 - 4 * (1 + q) * p * p)
    low, high = ((2 * p + q + sign * root) / (2 * (1 + q)) for sign in (-1, 1))
    return 100 * low, 100 * high


def of_everyone(share: Share, silent: int, points: int) -> Fraction:
    """The share of everyone, in percent, if the silent differ by some points."""
    among = min(max(Fraction(share.count, share.base) + Fraction(points, 100), 0), 1)
    return 100 * (share.count + silent * among) / (share.base + silent)


def three_ways(share: Share, silent: int) -> dict[str, tuple[str, str]]:
    """What a share says of everyone, rounded outward."""
    everyone = share.base + silent
    return {
        "alike": outward(*wilson(share)),
        "differ": outward(*(of_everyone(share, silent, points) for points in (-10, 10))),
        "bounds": outward(Fraction(100 * share.count, everyone), Fraction(100 * (share.count + silent), everyone)),
    }


def tipping_point(share: Share, silent: int) -> Fraction | None:
    """By how many points the silent must differ before half of everyone say so; None if none is enough.

    c + m q = (b + m) / 2, solved for q.
    """
    needed = (Fraction(share.base + silent, 2) - share.count) / silent
    return abs(100 * needed - share.pct) if 0 <= needed <= 1 else None


def few(people: int) -> bool:
    return 0 < people < THRESHOLD


def small(share: Share) -> bool:
    """Whether a group, who of it said so, or who did not, is a few people."""
    return any(map(few, (share.base, share.count, share.base - share.count)))


def withheld(levels: dict[str, Share], everyone: Share) -> set[str]:
    """Groups of a few people or with a few of an answer, and the next smallest until all hidden is of many.

    Who is in none of the groups is hidden too, and counts as one where it is a few.
    """
    rest = Share(*(whole - sum(parts) for whole, *parts in zip(everyone, *levels.values(), strict=True)))
    hidden = {label for label, share in levels.items() if small(share)}
    if not hidden and not small(rest):
        return set()
    for label in sorted(levels, key=lambda label: (not levels[label].base, levels[label].base)):
        together = Share(*(sum(p) for p in zip(rest, *(levels[one] for one in hidden), strict=True)))
        if len(hidden) + small(rest) > 1 and together.base >= THRESHOLD and not small(together):
            break
        hidden.add(label)
    return hidden


def nearest(people: int) -> int:
    return THRESHOLD * floor(Fraction(people, THRESHOLD) + Fraction(1, 2))


class Rounded(NamedTuple):
    """What is told of a rounded share: the base to five people, the share to some points."""

    figure: int
    bases: tuple[int, ...]
    step: int
    pct: int

    @property
    def text(self) -> str:
        return f"{self.pct} percent"

    @property
    def base_text(self) -> str:
        return f"base about {self.figure}"

    @property
    def interval(self) -> tuple[int, int]:
        """The widest interval over all that is told so, outward to whole percent."""
        lows, highs = zip(*(wilson(share) for share in self.counts), strict=True)
        return floor(round(min(lows), 9)), ceil(round(max(highs), 9))

    @property
    def counts(self) -> list[Share]:
        """Every count and base that is told so."""
        return [
            Share(count, base)
            for base in self.bases
            for count in range(base + 1)
            if on_step(Share(count, base), self.step) == self.pct
        ]


def on_step(share: Share, step: int) -> int:
    return step * floor(share.pct / step + Fraction(1, 2))


def rounded(share: Share, people: int = 1, most: int | None = None) -> Rounded:
    """A share of a level; or of all, where ``most`` answered, with the points that two ``people`` make."""

    def figure(base: int) -> int:
        if most is not None and base > most - THRESHOLD:
            return (most - 1) // THRESHOLD * THRESHOLD
        return nearest(base)

    told = figure(share.base)
    around = range(max(THRESHOLD, told - 2 * THRESHOLD), min(most or told + 9, told + 2 * THRESHOLD) + 1)
    bases = tuple(base for base in around if figure(base) == told)
    step = min(step for step in STEPS if step * bases[0] >= 100 * people)
    return Rounded(told, bases, step, on_step(share, step))
