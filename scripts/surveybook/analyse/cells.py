"""Which shares are estimated: every option set of every item, for all and in domains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from surveybook.analyse.bases import in_base
from surveybook.analyse.proportions import chose
from surveybook.core.model import ALL, Cell, Codebook, Item, ItemType, MissingKind
from surveybook.process.survey_data import Responses

OPTION_PREFIX = "option:"  # of one option by itself
GAP_PREFIX = "gap:"  # of one kind of gap, as a share of all who answered the survey
GAP_RULE = "answered_survey"
EVERYONE = "everyone"  # the domain of all who were invited, the silent included: in replicates alone
GEOGRAPHIC = ("region",)  # a simulated map would be believed, so places are broken down by real answers only


def option_values(codebook: Codebook, item: Item) -> dict[str, frozenset[str]]:
    """The answers of each option set of an item, then of each option and don't know by itself, by name."""
    named = {one.option_set: one.values for one in codebook.option_sets.get(item.option_list or "", ())}
    return named | {OPTION_PREFIX + option.value: frozenset([option.value]) for option in codebook.answers(item)}


def asked_items(codebook: Codebook, survey: str) -> list[Item]:
    """The items with closed answers that stand in the survey's rows, background apart."""
    kinds = (ItemType.SINGLE, ItemType.MULTIPLE)
    return [item for item in codebook.survey_items(survey) if item.column and item.type in kinds]


def breakdowns(codebook: Codebook, survey: str, *, places: bool) -> list[Item]:
    """The background items that shares are broken down by; ``places`` with the geographic ones."""
    background = [item for item in codebook.survey_items(survey) if item.type == ItemType.BACKGROUND]
    return [item for item in background if item.option_list and (places or item.item not in GEOGRAPHIC)]


def survey_cells(codebook: Codebook, survey: str, *, places: bool = False) -> Iterator[Cell]:
    """Every share of a survey, in the codebook's order.

    For all who answered: each option set, option and kind of gap. By each breakdown: the
    headline, or each option where an item has none. And the headline among those who gave the
    headline answer to another item of the same stem, which tells how answers hang together.
    """
    items = asked_items(codebook, survey)
    for item in items:
        for option_set in option_values(codebook, item):
            yield Cell(item.item, option_set)
        for kind in MissingKind:
            yield Cell(item.item, GAP_PREFIX + kind.value)
        shown = [item.headline_set] if item.headline_set else _options(codebook, item)
        for background in breakdowns(codebook, survey, places=places):
            for option in codebook.options[background.option_list]:
                for name in shown:
                    yield Cell(item.item, name, background.item, option.value)
        for other in items:
            if other.stem == item.stem and other.item != item.item and item.headline_set and other.headline_set:
                yield Cell(item.item, item.headline_set, other.item, other.headline_set)


def _options(codebook: Codebook, item: Item) -> list[str]:
    return [OPTION_PREFIX + option.value for option in codebook.options[item.option_list]]


class Tabulation:
    """A survey's rows, asked for one share after the other."""

    def __init__(self, responses: Responses, codebook: Codebook, survey: str):
        self.responses, self.codebook, self.survey = responses, codebook, survey
        self._chosen: dict[tuple[str, str], np.ndarray] = {}

    def base_rule(self, cell: Cell) -> str:
        """Who is in the denominator of a share."""
        if cell.option_set.startswith(GAP_PREFIX):
            return GAP_RULE
        return self.codebook.item(self.survey, cell.item).base_rule

    def masks(self, cell: Cell) -> tuple[np.ndarray, np.ndarray]:
        """Who said so, and who is in the base: two arrays of bool, shape (n,)."""
        base = in_base(self.responses.missing[cell.item], self.base_rule(cell))
        return self._chose(cell.item, cell.option_set), base & self.domain(cell)

    def count(self, cell: Cell) -> tuple[int, int]:
        """How many said so, of how many."""
        chosen, base = self.masks(cell)
        return int((chosen & base).sum()), int(base.sum())

    def domain(self, cell: Cell) -> np.ndarray:
        """Who is in the share's domain: an array of bool, shape (n,)."""
        if cell.domain == ALL:
            return np.ones(len(self.responses.codes), dtype=bool)
        other = self.codebook.item(self.survey, cell.domain)
        if other.type == ItemType.BACKGROUND:
            return (self.responses.codes[cell.domain] == cell.level).to_numpy()
        return self._chose(cell.domain, cell.level) & in_base(self.responses.missing[cell.domain], other.base_rule)

    def _chose(self, name: str, option_set: str) -> np.ndarray:
        key = (name, option_set)
        if key not in self._chosen:
            item = self.codebook.item(self.survey, name)
            if option_set.startswith(GAP_PREFIX):
                kind = option_set.removeprefix(GAP_PREFIX)
                self._chosen[key] = (self.responses.missing[name] == kind).to_numpy()
            else:
                values = option_values(self.codebook, item)[option_set]
                self._chosen[key] = chose(self.responses, item, values)
        return self._chosen[key]
