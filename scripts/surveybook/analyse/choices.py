"""Choices that another analyst might make otherwise: don't-knows in the base, and where a scale is cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import Codebook, Item

AS_PRINTED = "as-printed"
BASE_RULES = {"inside": "answered_item", "outside": "answered_substantively"}
DONT_KNOW = (AS_PRINTED, *BASE_RULES)
CUT_POINTS = (AS_PRINTED, "stricter", "wider")
CHOICES = {
    "as printed": {},
    "don't-knows counted": {"dont_know": "inside"},
    "don't-knows left out": {"dont_know": "outside"},
    "a stricter cut": {"cut_point": "stricter"},
    "a wider cut": {"cut_point": "wider"},
}


def check_choices(dont_know: str, cut_point: str) -> None:
    """Refuse a choice that is not known by name."""
    for what, got, known in (("don't-knows", dont_know, DONT_KNOW), ("the cut point", cut_point, CUT_POINTS)):
        if got not in known:
            raise SurveybookError(f"unknown choice for {what}", got=got, expected=one_of(known))


def place_dont_knows(codebook: Codebook, place: str, which: Callable[[Item], bool] = lambda item: True) -> Codebook:
    """Put don't-knows inside or outside the base of the items that ``which`` picks.

    An item whose base is everyone who answered the survey keeps it.
    """
    if place == AS_PRINTED:
        return codebook
    rules = set(BASE_RULES.values())

    def placed(item: Item) -> Item:
        return replace(item, base_rule=BASE_RULES[place]) if item.base_rule in rules and which(item) else item

    return replace(codebook, items={key: placed(item) for key, item in codebook.items.items()})


def cut_scales(codebook: Codebook, cut_point: str) -> Codebook:
    """Cut scales elsewhere: the headline becomes the option set that has this name as its cut.

    Only lists with such option sets have another cut; the others keep theirs.
    """
    if cut_point == AS_PRINTED:
        return codebook
    cuts: Mapping[str, str] = {
        option_list: named.option_set
        for option_list, sets in codebook.option_sets.items()
        for named in sets
        if named.cut == cut_point
    }

    def cut(item: Item) -> Item:
        if item.headline_set is None or item.option_list not in cuts:
            return item
        return replace(item, headline_set=cuts[item.option_list])

    return replace(codebook, items={key: cut(item) for key, item in codebook.items.items()})
