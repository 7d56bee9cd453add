"""An adversary who subtracts published numbers: whole-number programming over all tables of a survey.

Nothing of the code under test is used: the rules of rounding are stated here again. The adversary
knows how many were invited, answered and wrote an open answer, every row that is published under
two choices for don't-knows, and the comparison of two items. Unknown are how many gave each answer
and each gap, how they spread over the levels of each breakdown, and the joint answers to two items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, isnan

import numpy as np
from random_packages import GROUPS, OPTIONS
from scipy.optimize import Bounds, LinearConstraint, milp

OUTSIDE = ("not_asked", "not_applicable", "refused", "no_answer")
CELL_OF = {"not_asked": "-1", "not_applicable": "-2", "refused": "99", "no_answer": "", "dont_know": "88"}
SETS = {
    "agree": {"agree": "1", "neither": "2", "disagree": "3", "not_against": "12"},
    "degree": {"top2": "12", "bottom": "456", "top1": "1", "top3": "123", "rest": "3u"},
}
LISTS = {"motivation": "agree", "wellbeing": "agree", "extent": "degree"}
HEADLINE = {"motivation": "agree", "wellbeing": "agree", "extent": "top2"}
Z = 1.959963984540054
Terms = Mapping[object, float]


def members(item: str, option_set: str) -> list[str]:
    """The answers in an option set; u stands for don't know."""
    if option_set.startswith("option:"):
        return [option_set.removeprefix("option:").replace("88", "u")]
    return list(SETS[LISTS[item]][option_set])


def rounded(people: int, threshold: int, most: int | None = None) -> int:
    """As the rule says: the nearest multiple; close to the most there can be, the greatest multiple below it."""
    if most is not None and most - people < threshold:
        return (most - 1) // threshold * threshold
    return floor(people / threshold + 0.5) * threshold


def window(figure: int, threshold: int, most: int | None, limit: int) -> tuple[int, int]:
    """The fewest and most people that are rounded to a figure; fewer than the threshold are never shown."""
    fit = [n for n in range(threshold, limit + 1) if rounded(n, threshold, most) == figure]
    return fit[0], fit[-1]


class World:
    """Everything that is published of a survey, as linear conditions on whole numbers of people."""

    def __init__(self, data, threshold: int):
        self.threshold, self.codes, self.missing = threshold, data.responses.codes, data.responses.missing
        self.n, self.invited = len(self.codes), len(data.responses.frame)
        self.open_answers = int((self.missing["open_answer"] == "").sum())
        self.items = [name for name in OPTIONS if name in self.codes]
        self.rules = {name: data.codebook.items["vive", name].base_rule for name in self.items}
        self.levels = {name: [o.value for o in data.codebook.options[name]] for name in GROUPS}
        self.index: dict[object, int] = {}
        self.truth: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self._structure()

    # What is known before anything is published

    def _add(self, key: object, true: int) -> None:
        self.index[key] = len(self.truth)
        self.truth.append(int(true))

    def require(self, terms: Terms, low: float, high: float) -> None:
        found: dict[int, float] = {}
        for key, weight in terms.items():
            found[self.index[key]] = found.get(self.index[key], 0) + weight
        self.rows.append((found, low, high))

    def chosen(self, item: str, options: Sequence[str]) -> np.ndarray:
        wanted = {"88" if one == "u" else one for one in options}
        return np.array([not wanted.isdisjoint(cell.split(";")) for cell in self.codes[item]])

    def base(self, item: str, unsure: bool = True) -> np.ndarray:
        if self.rules[item] == "answered_survey":
            return np.ones(self.n, dtype=bool)
        return self.missing[item].isin(["", "dont_know"] if unsure else [""]).to_numpy()

    def shown_sets(self, item: str) -> list[str]:
        return [HEADLINE[item]] if item in HEADLINE else [f"option:{o}" for o in OPTIONS[item]]

    def _structure(self) -> None:
        for item in self.items:
            for option in OPTIONS[item]:
                self._add((item, option), self.chosen(item, [option]).sum())
            for kind in CELL_OF:
                self._add((item, "gap", kind), (self.missing[item] == kind).sum())
            self._add((item, "given"), (self.missing[item] == "").sum())
            gaps = {(item, "gap", kind): 1 for kind in CELL_OF}
            self.require({(item, "given"): 1, **gaps}, self.n, self.n)
            if item == "kind":
                for option in OPTIONS[item]:
                    self.require({(item, "given"): 1, (item, option): -1}, 0, np.inf)
            else:
                self.require({(item, "given"): -1, **{(item, option): 1 for option in OPTIONS[item]}}, 0, 0)
        for by in GROUPS:
            groups = {level: (self.codes[by] == level).to_numpy() for level in self.levels[by]}
            groups[None] = ~np.any(list(groups.values()), axis=0)
            for level, mask in groups.items():
                self._add((by, level), mask.sum())
            self.require({(by, level): 1 for level in groups}, self.n, self.n)
            for item in self.items:
                self._spread(item, by, groups)
        self._joint()

    def _spread(self, item: str, by: str, groups: Mapping) -> None:
        base, sets = self.base(item, self.rules[item] != "answered_substantively"), self.shown_sets(item)
        for level, mask in groups.items():
            self._add((item, by, level), (base & mask).sum())
            self.require({(by, level): 1, (item, by, level): -1}, 0, np.inf)
            for name in sets:
                self._add((item, by, level, name), (self.chosen(item, members(item, name)) & base & mask).sum())
                self.require({(item, by, level): 1, (item, by, level, name): -1}, 0, np.inf)
            if len(sets) > 1 and item != "kind":
                self.require({(item, by, level): 1, **{(item, by, level, s): -1 for s in sets}}, 0, np.inf)
        total, _ = self.base_terms(item, self.rules[item])
        self._sum({(item, by, level): 1 for level in groups}, total)
        for name in sets:
            self._sum({(item, by, level, name): 1 for level in groups}, self.count_terms(item, name, True))

    def _sum(self, parts: Terms, total: Terms) -> None:
        constant = total.get(1, 0)
        self.require({**parts, **{key: -weight for key, weight in total.items() if key != 1}}, constant, constant)

    def _joint(self) -> None:
        """Who said yes, no, or is not in the base: of two items at once."""
        masks = {}
        for item in ("motivation", "wellbeing"):
            base = self.base(item, self.rules[item] != "answered_substantively")
            yes = self.chosen(item, "1") & base
            masks[item] = {"yes": yes, "no": base & ~yes, "out": ~base}
        for a, first in masks["motivation"].items():
            for b, second in masks["wellbeing"].items():
                self._add(("joint", a, b), (first & second).sum())
        for item, at in (("motivation", 1), ("wellbeing", 2)):
            cells = [key for key in self.index if isinstance(key, tuple) and key[0] == "joint"]
            self._sum({k: 1 for k in cells if k[at] == "yes"}, {(item, "1"): 1})
            self._sum({k: 1 for k in cells if k[at] != "out"}, self.base_terms(item, self.rules[item])[0])
        self.require({k: 1 for k in self.index if isinstance(k, tuple) and k[0] == "joint"}, self.n, self.n)

    def base_terms(self, item: str, rule: str) -> tuple[dict, bool]:
        """The base as a sum of unknown numbers (1 is a constant), and whether don't-knows are in it."""
        if rule == "answered_survey":
            return {1: self.n}, True
        terms = {(item, "given"): 1}
        return (terms | {(item, "gap", "dont_know"): 1}, True) if rule == "answered_item" else (terms, False)

    def count_terms(self, item: str, option_set: str, unsure: bool) -> dict:
        return {
            ((item, "gap", "dont_know") if one == "u" else (item, one)): 1
            for one in members(item, option_set)
            if one != "u" or unsure
        }

    # What is published

    def learn(self, estimates, pairs: bool = True) -> None:
        """Take in the rows of one choice."""
        for row in estimates.rows:
            if row.item == "response" or row.suppressed:
                continue
            if row.option_set.startswith("gap:"):
                kind = row.option_set.removeprefix("gap:")
                self._share(row, {(row.item, "gap", kind): 1}, {1: self.n}, None)
            elif row.domain == "all":
                terms, unsure = self.base_terms(row.item, row.base_rule)
                self._share(row, self.count_terms(row.item, row.option_set, unsure), terms, self.n)
                if row.silent_n is not None:
                    self._silent(row)
            elif row.domain in GROUPS:
                key = (row.item, row.domain, row.level)
                self._share(row, {(*key, row.option_set): 1}, {key: 1}, None)
            else:
                side = 1 if row.item == "motivation" else 2
                cells = [("joint", a, b) for a in ("yes", "no") for b in ("yes", "no")]
                base = {key: 1 for key in cells if key[3 - side] == "yes"}
                self._share(row, {("joint", "yes", "yes"): 1}, base, None)
        for pair in estimates.pairs if pairs else ():
            self._pair(pair)

    def _share(self, row, count: Terms, base: Terms, most: int | None) -> None:
        step, constant = row.share_step_pct, base.get(1, 0)
        base = {key: weight for key, weight in base.items() if key != 1}
        if row.count is not None:
            self.require(count, row.count, row.count)
        if base and row.base_n is not None:
            ends = (row.base_n, row.base_n)
            if row.rounded_to:
                assert row.rounded_to == self.threshold
                ends = window(row.base_n, self.threshold, most, self.n)
            self.require(base, *ends)
        if isnan(row.estimate_pct):
            return
        half = step / 2
        # count / base lies from the share less half a step, to just below the share and half a step
        ends = (row.estimate_pct - half, row.estimate_pct + half) if step else (row.estimate_pct,) * 2
        for sign, end in ((1, ends[0]), (-1, ends[1])):
            terms = {key: sign * (100.0 * count.get(key, 0) - end * base.get(key, 0)) for key in {**count, **base}}
            if step == 0:
                self.require(terms, sign * end * constant - 1e-3, np.inf)
            else:
                self.require(terms, sign * end * constant + (0.5 if sign < 0 else 0) * 0.01, np.inf)
        if step and row.domain == "all" and not row.option_set.startswith("gap:"):
            return
        # of a level, or a kind of gap, no cell below the threshold is shown
        if step and row.estimate_pct >= step:
            self.require(count, self.threshold, np.inf)
        if step and row.estimate_pct <= 100 - step and base and row.domain != "all":
            self.require({**base, **{k: base.get(k, 0) - 1 for k in count}}, self.threshold, np.inf)

    def _silent(self, row) -> None:
        skipped = {(row.item, "gap", kind): 1 for kind in ("refused", "no_answer")}
        if self.rules[row.item] == "answered_survey":
            return
        low = high = row.silent_n
        if row.rounded_to:
            fit = [m for m in range(low + self.threshold + 1) if rounded(m, self.threshold) == row.silent_n]
            low, high = fit[0], fit[-1]
        self.require(skipped, low - (self.invited - self.n), high - (self.invited - self.n))

    def _pair(self, pair) -> None:
        """Every base and number of people who differ that a published comparison allows, as ranges."""
        way = 1 if pair.higher == "motivation" else -1
        fits = []
        for size in range(1, self.n + 1):
            least = ceil(pair.difference_low_pct * size / 100 - 1e-6)
            most = floor(pair.difference_high_pct * size / 100 + 1e-6)
            effective = (
                size * (self.n - 1) / (self.n * (1 - self.n / self.invited)) if self.invited > self.n else None
            )
            for more in range(max(0, least), min(size, most) + 1):
                if pair.base_n is None and 100 * more / size > pair.difference_high_pct - 1e-9:
                    continue  # the upper end is a step that is not reached
                differ = np.arange(more, size + 1, 2)
                variance = np.maximum(differ / size - (more / size) ** 2, 0) / effective if effective else 0 * differ
                half = 100 * Z * np.sqrt(variance)
                at = 100 * more / size
                step = self.pair_step(size)
                low, high = at - half, at + half
                if pair.base_n is None:
                    # outward, and from a step to the next one
                    low = -step * (np.floor(np.round(-low / step, 9)) + 1)
                    high = step * (np.floor(np.round(high / step, 9)) + 1)
                good = (np.abs(low - pair.low_pct) < 1e-6) & (np.abs(high - pair.high_pct) < 1e-6)
                fits += [(size, more, int(d)) for d in differ[good]]
        if not fits:
            raise AssertionError("no joint table fits a published comparison")
        sizes, mores, differs = zip(*fits, strict=True)
        both = [("joint", a, b) for a in ("yes", "no") for b in ("yes", "no")]
        self.require(dict.fromkeys(both, 1), min(sizes), max(sizes))
        self.require({("joint", "yes", "no"): way, ("joint", "no", "yes"): -way}, min(mores), max(mores))
        self.require({("joint", "yes", "no"): 1, ("joint", "no", "yes"): 1}, min(differs), max(differs))

    @staticmethod
    def pair_step(size: int) -> float:
        return next((step for step in (1, 2, 5, 10, 20, 50) if step * size >= 200), 50)

    # What the adversary looks for

    def protected(self) -> dict[str, dict]:
        """Every number of people that must not be known where it is small, as a sum of unknown ones."""
        found: dict[str, dict] = {}
        for item in self.items:
            for kind in CELL_OF:
                found[f"{item}: {kind}"] = {(item, "gap", kind): 1}
            found[f"{item}: skipped"] = {(item, "gap", kind): 1 for kind in ("refused", "no_answer")}
            found[f"{item}: not in the base"] = {(item, "gap", kind): 1 for kind in OUTSIDE}
            found[f"{item}: without an answer"] = {(item, "gap", kind): 1 for kind in CELL_OF}
            inside = {(item, "given"): 1, (item, "gap", "dont_know"): 1}
            for name, known in (("invited", self.invited), ("open answers", self.open_answers)):
                for base in (inside, {(item, "given"): 1}):
                    if self.true(base) == self.n:
                        continue  # all who answered: how many they are is published
                    found[f"{item}: {name} less {len(base)}"] = {1: known, **dict.fromkeys(base, -1)}
            for other in self.items:
                if other == item:
                    continue
                for mine in (inside, {(item, "given"): 1}):
                    for theirs in (
                        {(other, "given"): 1, (other, "gap", "dont_know"): 1},
                        {(other, "given"): 1},
                    ):
                        less = dict.fromkeys(theirs, -1)
                        found[f"{item} {len(mine)} less {other} {len(theirs)}"] = {**mine, **less}
            for by in GROUPS:
                for level in (*self.levels[by], None):
                    base = (item, by, level)
                    found[f"{item} by {by} {level}: people"] = {base: 1}
                    found[f"{item} by {by} {level}: missing"] = {(by, level): 1, base: -1}
                    for name in self.shown_sets(item):
                        found[f"{item} by {by} {level}: {name}"] = {(*base, name): 1}
                        found[f"{item} by {by} {level}: not {name}"] = {base: 1, (*base, name): -1}
        for side, item in ((1, "motivation"), (2, "wellbeing")):
            cell = {("joint", a, b): 1 for a in ("yes", "no", "out") for b in ("yes", "no", "out")}

            def part(mine, theirs, at=side, cells=cell):
                return {key: 1 for key in cells if key[at] in mine and key[3 - at] in theirs}

            for name, theirs in (("among yes", ["yes"]), ("among the others", ["no", "out"])):
                for mine in (["yes"], ["no"], ["yes", "no"], ["out"]):
                    if mine == ["yes", "no"] and not self.true(part(["out"], theirs)):
                        continue  # all of the group: how many gave that answer, which is no cell by domain
                    found[f"{item} {name} of the other: {mine}"] = part(mine, theirs)
        return found

    def true(self, terms: Terms) -> int:
        return sum(weight * (1 if key == 1 else self.truth[self.index[key]]) for key, weight in terms.items())

    def recovered(self, draw: np.random.Generator) -> list[str]:
        """The small numbers that have one value in every world that fits what is published."""
        small = {
            name: terms for name, terms in self.protected().items() if 0 < abs(self.true(terms)) < self.threshold
        }
        vectors = {name: self._vector(terms) for name, terms in small.items()}
        truth = np.array(self.truth, dtype=float)
        matrix = np.zeros((len(self.rows), len(self.truth)))
        low, high = np.empty(len(self.rows)), np.empty(len(self.rows))
        for at, (terms, least, most) in enumerate(self.rows):
            matrix[at, list(terms)] = list(terms.values())
            low[at], high[at] = least, most
        seen = matrix @ truth
        assert ((seen >= low - 1e-6) & (seen <= high + 1e-6)).all(), "what is published is not true of the answers"
        left = dict(vectors)
        constraint = LinearConstraint(matrix, low, high)
        bounds = Bounds(0, self.n)
        whole = np.ones(len(truth))

        def solve(objective: np.ndarray) -> None:
            about = {"constraints": constraint, "bounds": bounds, "integrality": whole}
            got = milp(objective, **about, options={"time_limit": 5})
            if got.x is None:  # the truth fits, so there is a world: the solver simplified too much
                got = milp(objective, **about, options={"time_limit": 5, "presolve": False})
            if got.x is not None:
                world = np.round(got.x)
                for name in [name for name, vector in left.items() if abs(vector @ (world - truth)) > 0.5]:
                    del left[name]

        for _ in range(3):  # worlds far from the truth in a random direction
            if left:
                solve(sum(draw.choice([-1, 1]) * vector for vector in left.values()) + 0.01 * draw.random(len(truth)))
        for name in list(left):
            for sign in (1, -1):
                if name in left:
                    solve(sign * left[name])
        return sorted(left)

    def _vector(self, terms: Terms) -> np.ndarray:
        vector = np.zeros(len(self.truth))
        for key, weight in terms.items():
            if key != 1:
                vector[self.index[key]] += weight
        return vector
