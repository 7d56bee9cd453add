"""Whoever subtracts published numbers recovers no cell below the threshold, on 200 random surveys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from adversary import World
from random_packages import random_package

from surveybook.analyse import estimate_surveys, estimating
from surveybook.core.model import ALL

PACKAGES, PARTS = 200, 10
ABLE = (0, 6)  # where the adversary is let loose on unprotected tables


def attack(vive, seed: int, monkeypatch=None, protect=None) -> list[str]:
    """The small numbers that are recovered from all that is published of one random survey."""
    data, threshold = random_package(vive, seed)
    if protect:
        monkeypatch.setattr(estimating, "protect", protect)
    world = World(data, threshold)
    world.learn(estimate_surveys({"vive": data}, threshold=threshold))
    rules = set(world.rules.values()) - {"answered_survey"}
    for choice, rule in (("inside", "answered_item"), ("outside", "answered_substantively")):
        if rules - {rule}:  # else the choice is that of print
            world.learn(estimate_surveys({"vive": data}, threshold=threshold, dont_know=choice))
    return world.recovered(np.random.default_rng(seed))


@pytest.mark.parametrize("part", [pytest.param(part, marks=[pytest.mark.long] * (part > 1)) for part in range(PARTS)])
def test_no_small_number_is_recovered(vive, part):
    seeds = range(part, PACKAGES, PARTS)
    assert {seed: found for seed in seeds if (found := attack(vive, seed))} == {}


def unprotected(rows, pairs, data, threshold, **settings):
    return [replace(row, suppressed=False) for row in rows], list(pairs)


def primary_only(rows, pairs, data, threshold, **settings):
    """Only the small cells themselves are suppressed, level by level, and small gaps."""

    def small(row) -> bool:
        cells = (row.base_n, row.count, row.base_n - row.count)
        return row.domain != ALL and any(0 < cell < threshold for cell in cells)

    levels = {(row.item, row.domain, row.level) for row in rows if small(row)}
    shown = []
    for row in rows:
        gap = row.option_set.startswith("gap:") and 0 < row.count < threshold
        shown.append(replace(row, suppressed=gap or (row.item, row.domain, row.level) in levels))
    return shown, []


@pytest.mark.parametrize("seed", ABLE)
def test_the_adversary_is_able(vive, monkeypatch, seed):
    bare = attack(vive, seed, monkeypatch, unprotected)
    primary = attack(vive, seed, monkeypatch, primary_only)
    assert len(bare) > 15
    assert len(bare) > len(primary) > 3


def test_the_surveys_are_of_all_kinds(vive):
    made = [random_package(vive, seed) for seed in range(PACKAGES)]
    sizes = [len(data.responses.codes) for data, _ in made]
    assert min(sizes) < 30 and max(sizes) > 390
    assert {threshold for _, threshold in made} == {3, 5, 10}
