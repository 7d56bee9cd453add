"""Outcome rates of a survey by AAPOR's Standard Definitions, as far as its counts allow.

AAPOR (2023). Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys,
10th edition. Its letters: I complete and P partial answers, R refusals and break-offs, NC
non-contacts, O others who were eligible and did not answer, U those of whom it is not known
whether they were eligible (UH + UO), e the share of U taken to be eligible. Who is known not to
belong to the survey stands in no rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from surveybook.analyse.estimates import Estimates
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import RESPONSE, Status

ANSWERED, ASKED, ELIGIBLE = "answered_n", "asked_n", "eligible_share"
COUNT_WORDS = {
    "complete_n": "complete answers",
    "partial_n": "partial answers",
    ANSWERED: "all who answered",
    "refusal_n": "refusals",
    "noncontact_n": "non-contacts",
    "other_n": "others who did not answer",
    "unknown_n": "people who may not belong to the survey",
    ASKED: "all who were asked",
    ELIGIBLE: "the share of those who belong to it",
}


@dataclass(frozen=True)
class Outcomes:
    """How many people of a survey ended how; None where it is not known.

    ``answered_n`` is I + P where the two are not told apart, and ``asked_n`` all of
    (I + P) + (R + NC + O) + U. Where their parts are known they follow, and need not be given.
    ``eligible_share`` is e, between 0 and 1; it is not needed where ``unknown_n`` is 0.

    Raises
    ------
    SurveybookError
        A count below zero, or counts that cannot all be right.
    """

    complete_n: int | None = None
    partial_n: int | None = None
    answered_n: int | None = None
    refusal_n: int | None = None
    noncontact_n: int | None = None
    other_n: int | None = None
    unknown_n: int | None = None
    asked_n: int | None = None
    eligible_share: float | None = None

    def __post_init__(self):
        for name, value in vars(self).items():
            if value is not None and (value < 0 or (name == ELIGIBLE and value > 1)):
                expected = "0 to 1" if name == ELIGIBLE else "no count below zero"
                raise SurveybookError("an outcome of a survey cannot be", got=f"{name} {value}", expected=expected)
        self._follow(ANSWERED, self.complete_n, self.partial_n)
        silent = (self.refusal_n, self.noncontact_n, self.other_n, self.unknown_n)
        self._follow(ASKED, self.answered_n, *silent)
        if self.unknown_n == 0:
            object.__setattr__(self, ELIGIBLE, 1.0)
        some = [self.answered_n or self.complete_n, *silent]
        if self.asked_n is not None and sum(part or 0 for part in some) > self.asked_n:
            raise SurveybookError(
                "more people are counted than were asked", got=some, expected=f"at most {self.asked_n} together"
            )
        if None not in (self.complete_n, self.answered_n) and self.complete_n > self.answered_n:
            raise SurveybookError(
                "more complete answers than answers", got=self.complete_n, expected=f"at most {self.answered_n}"
            )

    def _follow(self, name: str, *parts: int | None) -> None:
        """Set a sum from its parts; where both are given they must agree."""
        if None in parts:
            return
        given = getattr(self, name)
        if given not in (None, sum(parts)):
            raise SurveybookError(
                "the parts of a survey's outcomes do not add up", got=f"{name} {given}", expected=sum(parts)
            )
        object.__setattr__(self, name, sum(parts))


@dataclass(frozen=True)
class Rate:
    """One of AAPOR's rates: what it needs, and how it is worked out."""

    needs: tuple[str, ...]
    share: Callable[[Outcomes], float]


def _belonging(outcomes: Outcomes, eligible: float) -> float:
    """The denominator: all who were asked, of the unknown only a share: (I+P) + (R+NC+O) + e U."""
    return outcomes.asked_n - (1 - eligible) * (outcomes.unknown_n or 0)


def _contacted(outcomes: Outcomes) -> float:
    return outcomes.answered_n + outcomes.refusal_n + outcomes.other_n


_SOME = (ASKED, "unknown_n")  # the unknown are left out, or a share of them
_CONTACTS = (ANSWERED, "refusal_n", "other_n")
RATES = {
    # I / ((I+P) + (R+NC+O) + U), the least; RR2 counts partial answers too
    "RR1": Rate(("complete_n", ASKED), lambda o: o.complete_n / _belonging(o, 1)),
    "RR2": Rate((ANSWERED, ASKED), lambda o: o.answered_n / _belonging(o, 1)),
    # I / ((I+P) + (R+NC+O) + e U)
    "RR3": Rate(("complete_n", *_SOME, ELIGIBLE), lambda o: o.complete_n / _belonging(o, o.eligible_share)),
    "RR4": Rate((ANSWERED, *_SOME, ELIGIBLE), lambda o: o.answered_n / _belonging(o, o.eligible_share)),
    # I / ((I+P) + (R+NC+O)): nobody of U is eligible, or there is no U; RR6 is the most
    "RR5": Rate(("complete_n", *_SOME), lambda o: o.complete_n / _belonging(o, 0)),
    "RR6": Rate((ANSWERED, *_SOME), lambda o: o.answered_n / _belonging(o, 0)),
    # of those who were reached; in 3 and 4 without those who could not answer (O)
    "COOP1": Rate(("complete_n", *_CONTACTS), lambda o: o.complete_n / _contacted(o)),
    "COOP2": Rate(_CONTACTS, lambda o: o.answered_n / _contacted(o)),
    "COOP3": Rate(("complete_n", ANSWERED, "refusal_n"), lambda o: o.complete_n / (o.answered_n + o.refusal_n)),
    "COOP4": Rate((ANSWERED, "refusal_n"), lambda o: o.answered_n / (o.answered_n + o.refusal_n)),
    # R / ((I+P) + (R+NC+O) + U), with e U, without U
    "REF1": Rate(("refusal_n", ASKED), lambda o: o.refusal_n / _belonging(o, 1)),
    "REF2": Rate(("refusal_n", *_SOME, ELIGIBLE), lambda o: o.refusal_n / _belonging(o, o.eligible_share)),
    "REF3": Rate(("refusal_n", *_SOME), lambda o: o.refusal_n / _belonging(o, 0)),
    # ((I+P) + R + O) / ((I+P) + R + O + NC + U), with e U, without U
    "CON1": Rate((*_CONTACTS, ASKED), lambda o: _contacted(o) / _belonging(o, 1)),
    "CON2": Rate((*_CONTACTS, *_SOME, ELIGIBLE), lambda o: _contacted(o) / _belonging(o, o.eligible_share)),
    "CON3": Rate((*_CONTACTS, *_SOME), lambda o: _contacted(o) / _belonging(o, 0)),
}
RESPONSE_RATES = tuple(name for name in RATES if name.startswith("RR"))


def rate_pct(outcomes: Outcomes, name: str) -> float:
    """Work out one of AAPOR's rates, in percent.

    Raises
    ------
    SurveybookError
        No such rate, a count that it needs is not known, or nobody is in its denominator.
    """
    if name not in RATES:
        raise SurveybookError("unknown outcome rate", got=name, expected=one_of(RATES))
    lacking = lacking_counts(outcomes, name)
    if lacking:
        raise SurveybookError(
            f"the rate {name} cannot be worked out",
            got=f"not known: {', '.join(COUNT_WORDS[count] for count in lacking)}",
            expected=f"the counts that it needs: {', '.join(RATES[name].needs)}",
        )
    try:
        return 100 * RATES[name].share(outcomes)
    except ZeroDivisionError:
        raise SurveybookError(
            f"the rate {name} is of nobody", got=outcomes, expected="people who were asked"
        ) from None


def lacking_counts(outcomes: Outcomes, name: str) -> tuple[str, ...]:
    """The counts that a rate needs and that are not known."""
    return tuple(count for count in RATES[name].needs if getattr(outcomes, count) is None)


def known_rates(outcomes: Outcomes) -> dict[str, float]:
    """Every rate that the counts allow, in percent, by its name."""
    return {name: rate_pct(outcomes, name) for name in RATES if not lacking_counts(outcomes, name)}


def outcomes_of(estimates: Estimates, survey: str) -> Outcomes:
    """What is known of a survey's outcomes: how many were asked and answered, from rows or from print.

    Rows and print tell alike only who answered at all: complete and partial answers are not told
    apart, nor why the others did not answer. A count that print rounds ("more than 900") is no count.
    """
    about = estimates.codebook.survey(survey)
    known = {row.option_set: row for row in estimates.rows if (row.survey, row.item) == (survey, RESPONSE)}
    answered = known.get("answered")
    if answered is not None and answered.status in (Status.OBSERVED, Status.PINNED):
        return Outcomes(answered_n=answered.count, asked_n=answered.base_n)
    return Outcomes(answered_n=about.sample_size, asked_n=about.invited_n)
