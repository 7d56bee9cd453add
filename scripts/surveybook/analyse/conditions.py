"""Conditions that a finding rests on, as an author writes them: ``extent > 50 and readiness > risk_taking``."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isnan

from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import RESPONSE, Status

COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
CLEARLY = "clearly above"  # the paired interval of two items of one stem leaves out zero
NOT_CLEARLY = "not clearly above"
WAYS = {"alike": "ci", "differ": "differ", "bounds": "bound"}
SHARE_NAME = re.compile(r"[a-z]")
NUMBER = re.compile(r"\d+(\.\d+)?")
SHARE = re.compile(r"(?P<name>[a-z_0-9]+(\.[a-z_0-9]+){0,2})(:(?P<way>[a-z]+))?")
CLAUSE = re.compile(r"(?P<left>\S+)\s+(?P<compare>>=|<=|>|<|clearly above|not clearly above)\s+(?P<right>\S+)")
EXAMPLE = "for example: extent > 50, or: readiness > risk_taking and extent:alike > 40"


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds over all that is known, and the values it was held against."""

    holds: bool
    values: str


@dataclass(frozen=True)
class _Known:
    """What is known of one side of a comparison: a range in percent, and each replicate's share."""

    text: str
    low: float
    high: float
    replicates: Mapping[int, float] = field(default_factory=dict)


def judge(condition: str, estimates: Estimates) -> Verdict:
    """Hold a condition against the estimates and, while rows are simulated, against every replicate.

    Parameters
    ----------
    condition : str
        Clauses joined by ``and``. Each compares two sides by ``>``, ``<``, ``>=`` or ``<=``: a
        number of percent, or a share, written ``item``, ``item.option_set`` or
        ``survey.item.option_set``, with ``:alike``, ``:differ`` or ``:bounds`` for what it says of
        everyone. ``a clearly above b`` asks whether the paired interval of two items of one stem
        leaves out zero under every joint table, and ``a not clearly above b`` whether it does not.

    Notes
    -----
    A printed share is a range (54 is 53.5 to 54.5, "half" what it is read as); a clause holds only
    if it does over the whole range.

    Raises
    ------
    SurveybookError
        The condition cannot be read, names an unknown share, or one that print does not fix.
    """
    verdicts = [_judge_clause(part.strip(), estimates) for part in re.split(r"\band\b", condition)]
    return Verdict(all(v.holds for v in verdicts), "; ".join(dict.fromkeys(v.values for v in verdicts)))


def condition_shares(condition: str, estimates: Estimates) -> list[Estimate]:
    """The shares that a condition names; see ``judge``."""
    clauses = [CLAUSE.fullmatch(part.strip()) for part in re.split(r"\band\b", condition)]
    sides = [found[side] for found in clauses if found for side in ("left", "right")]
    return [find_share(SHARE.fullmatch(side)["name"], estimates) for side in sides if not NUMBER.fullmatch(side)]


def _judge_clause(clause: str, estimates: Estimates) -> Verdict:
    found = CLAUSE.fullmatch(clause)
    if found is None:
        raise SurveybookError("a condition cannot be read", got=clause, expected=EXAMPLE)
    if found["compare"] in (CLEARLY, NOT_CLEARLY):
        verdict = _judge_pair(found["left"], found["right"], estimates)
        return verdict if found["compare"] == CLEARLY else replace(verdict, holds=not verdict.holds)
    if not SHARE_NAME.search(found["left"] + found["right"]):
        raise SurveybookError("a condition names no share", got=clause, expected=EXAMPLE)
    left, right = (_side(found[side], estimates) for side in ("left", "right"))
    compare = COMPARE[found["compare"]]
    # The end of each range that is hardest on the clause.
    worst = (left.low, right.high) if found["compare"].startswith(">") else (left.high, right.low)
    values = [f"{side.text} is {_range_text(side.low, side.high)}" for side in (left, right) if side.text]
    holds = compare(*worst)
    for number in sorted({*left.replicates, *right.replicates}):
        # A side without replicates is held at the end that is hardest on the clause.
        a, b = left.replicates.get(number, worst[0]), right.replicates.get(number, worst[1])
        if not compare(a, b):
            holds = False
            values.append(f"in replicate {number}: {a:.1f} and {b:.1f}")
            break
    return Verdict(holds, "; ".join(values))


def _side(text: str, estimates: Estimates) -> _Known:
    if NUMBER.fullmatch(text):
        if float(text) > 100:
            raise SurveybookError("a condition asks for more than 100 percent", got=text, expected="0 to 100")
        return _Known("", float(text), float(text))
    found = SHARE.fullmatch(text)
    if found is None:
        raise SurveybookError("a condition cannot be read", got=text, expected=EXAMPLE)
    estimate = find_share(found["name"], estimates)
    _refuse_unknown(estimate, text, estimates)
    if found["way"]:
        if found["way"] not in WAYS:
            raise SurveybookError("a condition asks for an unknown range", got=found["way"], expected=one_of(WAYS))
        low, high = (getattr(estimate, f"{WAYS[found['way']]}_{end}_pct") for end in ("low", "high"))
        if isnan(low):
            raise SurveybookError(
                "a condition asks for a range that there is not", got=text, expected=estimate.ci_method
            )
        return _Known(text, low, high)
    return _Known(text, *known_range(estimate), _replicated(estimate, estimates))


def find_share(name: str, estimates: Estimates) -> Estimate:
    """Find a share by ``item``, ``item.option_set`` or ``survey.item.option_set``.

    Raises
    ------
    SurveybookError
        No item, or no option set, of that name; or items of several surveys.
    """
    parts = name.split(".")
    survey = parts.pop(0) if parts[0] in estimates.codebook.surveys and len(parts) > 1 else None
    known = sorted({(row.survey, row.item) for row in estimates.rows if row.item == parts[0]})
    if survey is None:
        if len(known) != 1:
            items = {row.item for row in estimates.rows}
            raise SurveybookError(
                "a condition names an unknown item" if not known else "a condition names an item of several surveys",
                got=name,
                expected=one_of(items) if not known else one_of(f"{one}.{item}" for one, item in known),
                hint="see data/codebook/items.csv",
            )
        survey = known[0][0]
    if len(parts) > 2:
        raise SurveybookError("a condition names a share by too many parts", got=name, expected=EXAMPLE)
    option_set = parts[1] if len(parts) > 1 else None
    if parts[0] == RESPONSE:
        return estimates.get(survey, RESPONSE, option_set or "")
    return estimates.get(survey, parts[0], option_set)


def known_range(estimate: Estimate) -> tuple[float, float]:
    """The percentages that a share may have before rounding: one where it is observed and not rounded."""
    if estimate.share_step_pct:
        half = estimate.share_step_pct / 2
        return max(0, estimate.estimate_pct - half), min(100, estimate.estimate_pct + half)
    if estimate.status == Status.OBSERVED or (estimate.count is not None and estimate.base_n):
        share = estimate.estimate_pct if estimate.count is None else 100 * estimate.count / estimate.base_n
        return share, share
    if estimate.printed_is_range:
        return estimate.printed_low_pct, estimate.printed_high_pct
    return estimate.estimate_pct - 0.5, estimate.estimate_pct + 0.5


def _replicated(estimate: Estimate, estimates: Estimates) -> dict[int, float]:
    """The share in each replicate, by its number; empty where rows are not simulated."""
    table = estimates.replicates.get(estimate.survey)
    return dict(zip(table.numbers, table.shares_pct(estimate.cell), strict=True)) if table else {}


def _refuse_unknown(estimate: Estimate, text: str, estimates: Estimates) -> None:
    if estimate.status == Status.ILLUSTRATIVE:
        raise SurveybookError(
            "a finding rests on a share that only real answers could tell",
            got=f"{text}: {estimate.low_pct:.0f} to {estimate.high_pct:.0f} percent over the replicates",
            expected="shares that are observed, published or fixed by print",
            hint="leave the finding out, or ask it as a question where real answers would show it",
        )
    if isnan(estimate.estimate_pct):
        raise SurveybookError("a finding rests on a share that is not known", got=text, expected=estimate.ci_method)


def _judge_pair(left: str, right: str, estimates: Estimates) -> Verdict:
    first, second = find_share(left, estimates), find_share(right, estimates)
    headlines = [estimates.codebook.item(share.survey, share.item).headline_set for share in (first, second)]
    comparable = first.survey == second.survey and headlines == [first.option_set, second.option_set]
    for pair in estimates.pairs if comparable else ():
        names = (pair.higher, pair.lower)
        if pair.survey == first.survey and set(names) == {first.item, second.item}:
            holds = pair.certain and names == (first.item, second.item)
            ends = f"{pair.low_pct:.1f} to {pair.high_pct:.1f} percentage points"
            return Verdict(holds, f"{pair.higher} less {pair.lower} is {ends} over every joint table")
    raise SurveybookError(
        "a condition compares two items that are no pair",
        got=f"{left} {CLEARLY} {right}",
        expected=one_of(f"{pair.higher} {CLEARLY} {pair.lower}" for pair in estimates.pairs),
        hint="only headlines of items of one stem are compared (column stem of data/codebook/items.csv)",
    )


def _range_text(low: float, high: float) -> str:
    return f"{low:.1f}" if low == high else f"{low:.1f} to {high:.1f}"
