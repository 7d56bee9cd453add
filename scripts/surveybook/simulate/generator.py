"""Draw a data set that agrees with print: exact counts, dressed in plausible answers.

Each answer has a latent score: a part common to the leader's answers, one common to the
municipality, one to the field, one to the role, and the rest. Counts are fixed first, from the whole numbers
that round to print, and go to those who score highest; so margins are exact and what hangs
together follows the assumptions.
"""

from __future__ import annotations

from math import fsum, sqrt

import numpy as np
import pandas as pd

from surveybook.analyse.printed import feasible_counts
from surveybook.core.errors import SurveybookError
from surveybook.core.model import (
    GAPS,
    RESPONSE,
    ROW_COUNTS,
    Codebook,
    Item,
    ItemType,
    MissingKind,
    PublishedFigure,
)
from surveybook.process.package import SIMULATED_MARK
from surveybook.process.survey_data import ID, SEPARATOR
from surveybook.simulate.assumptions import Assumptions

EXTENT = "extent"  # the item that everyone is asked, and that may route the rest
MUNICIPALITIES = 98
REGION_SIZES = {
    "1084": 29,
    "1085": 17,
    "1083": 22,
    "1082": 19,
    "1081": 11,
}  # municipalities by region: public
LEAST_LEADERS = 3  # of a municipality, so that each has someone to invite
UNFIT_SHARE = 0.15  # of the gaps that are no refusals: how many say that the item does not apply
OPENINGS = ("Vi gik over til", "Medarbejderne fandt på", "På vores område prøvede vi", "Borgerne fik tilbudt")
MIDDLES = ("møder på skærm", "gåture i små grupper", "øvelser på video", "åben rådgivning på telefon")
ENDINGS = (
    "og det fungerede på afstand.",
    "så flere nåede frem.",
    "også for de ældre.",
    "uden lang ventetid.",
)


def simulate_replicate(
    codebook: Codebook, published: tuple[PublishedFigure, ...], survey: str, assumptions: Assumptions
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw one replicate: invitations and responses, as text tables with raw columns.

    Random numbers are sums of uniform ones, so the same seed gives the same bytes on any machine.

    Raises
    ------
    SurveybookError
        No whole number out of the assumed base rounds to a printed figure.
    """
    return _Draw(codebook, published, survey, assumptions).tables()


class _Draw:
    def __init__(self, codebook, published, survey, assumptions):
        self.codebook, self.survey, self.assumptions = codebook, survey, assumptions
        mine = [figure for figure in reversed(published) if figure.survey == survey]
        self.figures = {(f.item, f.option_set): f for f in mine if f.unit == "percent"}
        self.counts = {f.option_set: int(f.value) for f in mine if (f.item, f.unit) == (RESPONSE, "count")}
        self.items = {item.item: item for item in codebook.survey_items(survey)}
        self.columns = {name: item.column for name, item in self.items.items()}
        self.rng = np.random.default_rng([assumptions.seed, assumptions.replicate])
        for option_set in ROW_COUNTS:
            if option_set not in self.counts:
                raise SurveybookError(
                    "a survey cannot be simulated whose counts are not published",
                    got=f"{survey}: {option_set}",
                    expected="a count in data/published/figures.csv",
                )
        gaps = {option.missing_kind: option.value for option in codebook.options[GAPS]}
        self.gap = {kind: gaps[kind] for kind in MissingKind}

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        frame = self._frame()
        answered = self._who_answered(frame)
        people = frame.loc[answered].reset_index(drop=True)
        self.n = len(people)
        self._check_base()
        self._draw_common(people)
        responses = {ID: people[ID].to_numpy()}
        extent, groups = self._extent()
        base_gaps = self._gaps_by_leader(groups)
        for item in self.codebook.survey_items(self.survey):
            if item.column is None or item.type == ItemType.BACKGROUND:
                continue
            if item.item == EXTENT:
                responses[item.column] = extent
            elif item.type == ItemType.TEXT:
                responses[item.column] = self._open_answers(base_gaps)
            else:
                responses[item.column] = self._item(item, base_gaps)
        return frame, pd.DataFrame(responses)

    def _check_base(self) -> None:
        base, least = self.assumptions.base_n, self.counts["open_answers"]
        nobody = self.assumptions.outside_base == "nobody"
        if not least <= base <= self.n or (nobody and base != self.n):
            raise SurveybookError(
                "the base of the later items cannot be",
                column="base_n",
                got=base,
                expected=f"{self.n}, since nobody is outside" if nobody else f"{least} to {self.n}",
            )

    def _normal(self, *shape: int) -> np.ndarray:
        """Nearly standard normal: twelve uniform numbers less six, so no libm is asked."""
        return self.rng.random((12, *shape)).sum(axis=0) - 6

    # The frame and who answered

    def _frame(self) -> pd.DataFrame:
        invited = self.counts["invited"]
        names = np.array([f"K{number:03d}" for number in range(1, MUNICIPALITIES + 1)])
        regions = self.rng.permutation(np.repeat(list(REGION_SIZES), list(REGION_SIZES.values())))
        extra = self.rng.choice(MUNICIPALITIES, size=invited - LEAST_LEADERS * MUNICIPALITIES, p=self._sizes())
        home = np.sort(np.concatenate([np.repeat(np.arange(MUNICIPALITIES), LEAST_LEADERS), extra]))
        ids = self.rng.permutation(np.arange(1, invited + 1))
        frame = pd.DataFrame({ID: [f"L{number:03d}" for number in ids], self.columns["municipality"]: names[home]})
        for item, shares in (("role", self.assumptions.role_shares), ("field", self.assumptions.field_shares)):
            options = [option.value for option in self.codebook.options[self.items[item].option_list]]
            if len(options) != len(shares):
                raise SurveybookError(
                    f"a replicate's {item}_shares do not fit the codebook",
                    column=f"{item}_shares",
                    got=len(shares),
                    expected=f"{len(options)} percentages, one for each option of {item}",
                )
            frame[self.columns[item]] = self.rng.choice(options, size=invited, p=np.array(shares) / sum(shares))
        frame[self.columns["region"]] = regions[home]
        return frame.sort_values(ID).reset_index(drop=True)

    def _sizes(self) -> np.ndarray:
        weights = 0.4 + self.rng.random(MUNICIPALITIES) ** 3
        return weights / weights.sum()

    def _who_answered(self, frame: pd.DataFrame) -> np.ndarray:
        """Rows that answered: one of each municipality that takes part, then whoever is keenest."""
        home = self.columns["municipality"]
        sizes = frame[home].value_counts().sort_index(kind="stable")
        small = sizes.sort_values(kind="stable").index[: MUNICIPALITIES // 2].to_numpy()
        silent = self.rng.choice(small, size=MUNICIPALITIES - self.counts["municipalities"], replace=False)
        keen = self._normal(len(frame)) + 0.4 * self._by_group(frame[home])
        keen[frame[home].isin(silent).to_numpy()] = -np.inf
        order = frame.assign(keen=keen).sort_values("keen", ascending=False, kind="stable")
        order = order[order["keen"] > -np.inf]
        first = order.drop_duplicates(home).index
        others = order.index.difference(first, sort=False)[: self.counts["answered"] - len(first)]
        return self.rng.permutation(np.concatenate([first, others]))

    def _by_group(self, labels: pd.Series) -> np.ndarray:
        names, codes = np.unique(labels.to_numpy(dtype=str), return_inverse=True)
        return self._normal(len(names))[codes]

    # Latent scores and counts

    def _draw_common(self, people: pd.DataFrame) -> None:
        self.people = people
        self.leader = self._normal(self.n)
        self.municipality = self._by_group(people[self.columns["municipality"]])

    def _scores(self) -> np.ndarray:
        a = self.assumptions
        shares = (a.leader_correlation, a.municipality_correlation, a.field_correlation, a.role_correlation)
        parts = (
            self.leader,
            self.municipality,
            self._by_group(self.people[self.columns["field"]]),
            self._by_group(self.people[self.columns["role"]]),
            self._normal(self.n),
        )
        weights = (*shares, 1 - fsum(shares))
        return sum(sqrt(weight) * part for weight, part in zip(weights, parts, strict=True))

    def _feasible(self, item: str, option_set: str, base: int) -> int:
        counts = feasible_counts(self.figures[item, option_set], base)
        if not counts:
            raise SurveybookError(
                f"no count out of {base} agrees with the printed figure of the item {item}",
                got=base,
                expected="a base on which the figure can be rounded to",
            )
        return int(self.rng.choice(counts))

    def _extent(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Answers to the extent item, and who stands in its groups (arrays of row numbers)."""
        top_n, bottom_n = self._feasible(EXTENT, "top2", self.n), self._feasible(EXTENT, "bottom", self.n)
        if self.assumptions.outside_base == "by_extent":
            self._check_routed(top_n := self._nearest("top2"), bottom_n := self._nearest("bottom"))
        order = np.argsort(-self._scores(), kind="stable")
        groups = {
            "top": order[:top_n],
            "rest": order[top_n : self.n - bottom_n],
            "bottom": order[self.n - bottom_n :],
        }
        if self.assumptions.extent_dont_know_n > len(groups["rest"]):
            raise SurveybookError(
                "more leaders do not know the extent than are between the printed groups",
                column="extent_dont_know_n",
                got=self.assumptions.extent_dont_know_n,
                expected=f"at most {len(groups['rest'])}",
            )
        very_n = round(self.assumptions.very_pct / 100 * top_n)
        none_n = round(self.assumptions.not_at_all_pct / 100 * bottom_n)
        low_n = round(self.assumptions.middle_pct / 100 * (bottom_n - none_n))
        answers = np.full(self.n, "3", dtype=object)
        answers[groups["top"]] = ["1"] * very_n + ["2"] * (top_n - very_n)
        answers[groups["bottom"]] = ["4"] * low_n + ["5"] * (bottom_n - none_n - low_n) + ["6"] * none_n
        unsure = self.rng.choice(groups["rest"], size=self.assumptions.extent_dont_know_n, replace=False)
        answers[unsure] = self.gap[MissingKind.DONT_KNOW]
        groups["not_at_all"] = order[self.n - none_n :]
        return answers, groups

    def _nearest(self, option_set: str) -> int:
        """The whole number of all who answered that is nearest to a printed share of the extent."""
        return round(self.figures[EXTENT, option_set].value / 100 * self.n)

    def _check_routed(self, top_n: int, bottom_n: int) -> None:
        if self.assumptions.base_n not in (top_n, self.n - bottom_n):
            raise SurveybookError(
                "the extent item cannot route this many leaders to the later items",
                column="base_n",
                got=self.assumptions.base_n,
                expected=f"{top_n}, who saw much, or {self.n - bottom_n}, all who saw more than a little",
            )

    # The later items

    def _gaps_by_leader(self, groups: dict[str, np.ndarray]) -> dict:
        """Who is never asked, and how readily each of the others leaves a gap."""
        outside = self.n - self.assumptions.base_n
        routed = np.array([], dtype=int)
        if self.assumptions.outside_base == "by_extent":
            in_top = len(groups["top"]) == self.assumptions.base_n
            routed = np.concatenate([groups["rest"], groups["bottom"]]) if in_top else groups["bottom"]
        elif self.assumptions.outside_base == "mixed_gaps":
            routed = groups["not_at_all"][:outside]
        return {"routed": routed, "reluctance": self._normal(self.n), "outside": outside}

    def _outside(self, gaps: dict) -> tuple[np.ndarray, np.ndarray]:
        """The gaps of one item: answers so far, and the rows in its base."""
        answers = np.full(self.n, "", dtype=object)
        answers[gaps["routed"]] = self.gap[MissingKind.NOT_ASKED]
        others = np.setdiff1d(np.arange(self.n), gaps["routed"])
        reluctant = others[np.argsort(-(gaps["reluctance"] + self._normal(self.n))[others], kind="stable")]
        silent = reluctant[: gaps["outside"] - len(gaps["routed"])]
        kinds = [self.gap[k] for k in (MissingKind.REFUSED, MissingKind.NO_ANSWER, MissingKind.NOT_APPLICABLE)]
        refused = self.assumptions.refused_pct / 100
        chances = [refused, (1 - refused) * (1 - UNFIT_SHARE), (1 - refused) * UNFIT_SHARE]
        answers[silent] = self.rng.choice(kinds, size=len(silent), p=chances)
        if self.assumptions.dont_know == "outside":
            unsure_n = min(self._dont_knows(len(others)), len(silent))
            answers[self.rng.choice(silent, size=unsure_n, replace=False)] = self.gap[MissingKind.DONT_KNOW]
        return answers, np.setdiff1d(others, silent)

    def _dont_knows(self, size: int) -> int:
        return round(self.assumptions.item_dont_know_pct / 100 * size)

    def _item(self, item: Item, gaps: dict) -> np.ndarray:
        answers, base = self._outside(gaps)
        order = base[np.argsort(-self._scores()[base], kind="stable")]
        options = [option.value for option in self.codebook.options[item.option_list]]
        if item.type == ItemType.MULTIPLE:
            answers[order] = self._several(options, order)
            unsure_from = order
        elif item.headline_set is None:
            # The first option dominates, as employees do in print; each of the others has half of what is left.
            answers[order] = _spread(options, len(order), self.assumptions.initiator_employees_pct, halving=True)
            unsure_from = order
        else:
            yes_n = self._feasible(item.item, item.headline_set, len(base))
            chosen = self.codebook.option_set(item, item.headline_set).values
            yes, no = [v for v in options if v in chosen], [v for v in options if v not in chosen]
            answers[order[:yes_n]] = _spread(yes, yes_n, self.assumptions.very_pct)
            answers[order[yes_n:]] = _spread(no, len(base) - yes_n, self.assumptions.middle_pct)
            unsure_from = order[yes_n:]
        if self.assumptions.dont_know == "inside":
            unsure_n = min(self._dont_knows(len(base)), len(unsure_from))
            unsure = self.rng.choice(unsure_from, size=unsure_n, replace=False)
            answers[unsure] = self.gap[MissingKind.DONT_KNOW]
        return answers

    def _several(self, values: list[str], base: np.ndarray) -> list[str]:
        """Each leader ticks the option they score highest on, and others by how much they score on them."""
        scores = np.array([self._scores()[base] for _ in values]).T
        first = scores.argmax(axis=1)
        scores[np.arange(len(base)), first] = -np.inf
        more_n = min(round((self.assumptions.ticks_mean - 1) * len(base)), len(base) * (len(values) - 1))
        picked = np.zeros(scores.size, dtype=bool)
        picked[np.argsort(-scores, axis=None, kind="stable")[:more_n]] = True
        picked = picked.reshape(scores.shape)
        picked[np.arange(len(base)), first] = True
        return [SEPARATOR.join(v for v, p in zip(values, row, strict=True) if p) for row in picked]

    def _open_answers(self, gaps: dict) -> np.ndarray:
        """Texts that say of themselves that they are simulated; as many as print counts."""
        answers = np.full(self.n, self.gap[MissingKind.NO_ANSWER], dtype=object)
        answers[gaps["routed"]] = self.gap[MissingKind.NOT_ASKED]
        others = np.setdiff1d(np.arange(self.n), gaps["routed"])
        for row in self.rng.choice(others, size=self.counts["open_answers"], replace=False):
            words = [part[self.rng.integers(len(part))] for part in (OPENINGS, MIDDLES, ENDINGS)]
            answers[row] = " ".join([SIMULATED_MARK, *words])
        return answers


def _spread(values: list[str], size: int, first_pct: float, *, halving: bool = False) -> list[str]:
    """Give the first value its percentage; split the rest over the others in order, evenly or by halves."""
    if len(values) == 1:
        return values * size
    counts = [round(first_pct / 100 * size)]
    for left in range(len(values) - 1, 0, -1):
        rest = size - sum(counts)
        counts.append(rest if left == 1 else round(rest / 2) if halving else -(-rest // left))
    return [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
