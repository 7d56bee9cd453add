"""Surveys with random people, answers, gaps and groups: what disclosure control is tried out on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from made_up import KINDS_OF_GAP, only, with_item

from surveybook.core.model import Option, RowKind
from surveybook.process.survey_data import Responses, SurveyData

GROUPS = ("role", "field", "region")
GAPS = ("88", "99", "-1", "-2", "")
OPTIONS = {"motivation": "123", "wellbeing": "123", "extent": "123456", "kind": "12", "initiator": "12345"}
THRESHOLDS = (3, 5, 10)


def random_package(vive: SurveyData, seed: int) -> tuple[SurveyData, int]:
    """A survey of 20 to 400 respondents with two items of one stem, perhaps another item, and a threshold."""
    draw = np.random.default_rng(seed)
    threshold, size = int(draw.choice(THRESHOLDS)), int(draw.integers(20, 401))
    silent = int(draw.choice([0, threshold, draw.integers(threshold, 300)]))
    names = ["motivation", "wellbeing", *draw.choice(["", "extent", "kind", "initiator"], 1)]
    names = [name for name in names if name]
    data = only(vive, *names, *GROUPS, "open_answer")
    levels = {name: int(draw.integers(2, 7)) for name in GROUPS}
    options = dict(data.codebook.options)
    for name, count in levels.items():
        options[name] = tuple(Option(name, f"g{k}", f"group {k}", f"gruppe {k}", k, None) for k in range(count))
    data = replace(data, codebook=replace(data.codebook, options=options))
    for name in names:
        rule = str(draw.choice(["answered_item", "answered_item", "answered_substantively", "answered_survey"]))
        data = with_item(data, name, base_rule=rule)
    codes, missing = {}, {}
    for name, count in levels.items():
        weights = draw.dirichlet(np.full(count, 0.8))
        codes[name] = draw.choice([f"g{k}" for k in range(count)], size, p=weights).astype(object)
        if draw.random() < 0.4:  # some people's group is not known
            codes[name][: draw.integers(1, 2 * threshold)] = ""
        missing[name] = np.where(codes[name] == "", "no_answer", "")
    for name in names:
        cells = _answers(draw, name, codes["role"], codes.get("motivation"))
        for gap in GAPS:
            if draw.random() < 0.5:
                few = draw.integers(0, threshold + 2) if draw.random() < 0.7 else draw.integers(0, 1 + size // 8)
                cells[draw.permutation(size)[: min(few, size // 8)]] = gap
        codes[name] = cells
        missing[name] = np.array([KINDS_OF_GAP.get(cell, "") for cell in cells], dtype=object)
    wrote = draw.random(size) < draw.random()
    codes["open_answer"] = np.where(wrote, "answered", "")
    missing["open_answer"] = np.where(wrote, "", "no_answer")
    frame = pd.DataFrame({"respondent_id": [f"r{k}" for k in range(size + silent)]})
    responses = Responses(pd.DataFrame(codes), pd.DataFrame(missing), frame)
    return replace(data, kind=RowKind.OBSERVED, replicates=None, published=(), responses=responses), threshold


def _answers(draw: np.random.Generator, name: str, role: np.ndarray, earlier: np.ndarray | None) -> np.ndarray:
    options, size = list(OPTIONS[name]), len(role)
    weights = {level: draw.dirichlet(np.full(len(options), 0.6)) for level in sorted(set(role))}
    cells = np.array([draw.choice(options, p=weights[level]) for level in role], dtype=object)
    if name == "wellbeing" and draw.random() < 0.6:  # who agrees to one mostly agrees to the other
        same = (draw.random(size) < 0.9) & np.isin(earlier, options)
        cells[same] = earlier[same]
    if name == "kind":
        cells = np.where(draw.random(size) < 0.3, "1;2", cells).astype(object)
    return cells
