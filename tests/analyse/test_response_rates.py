"""AAPOR's outcome rates, by counts worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from surveybook.analyse.response_rates import RATES, Outcomes, known_rates, lacking_counts, outcomes_of, rate_pct
from surveybook.core.errors import SurveybookError

# A whole set of outcomes: of 1,000 people asked 400 answered all, 50 a part, 150 refused, 200 were
# not reached, 20 could not answer, and of 180 it is not known whether they belong; half of those do.
WHOLE = Outcomes(
    complete_n=400,
    partial_n=50,
    refusal_n=150,
    noncontact_n=200,
    other_n=20,
    unknown_n=180,
    eligible_share=0.5,
)
# (I+P) + (R+NC+O) is 820; with the unknown 1,000; with half of them 910. Reached: 450 + 150 + 20 = 620.
BY_HAND = {
    "RR1": Fraction(400, 1000),
    "RR2": Fraction(450, 1000),
    "RR3": Fraction(400, 910),
    "RR4": Fraction(450, 910),
    "RR5": Fraction(400, 820),
    "RR6": Fraction(450, 820),
    "COOP1": Fraction(400, 620),
    "COOP2": Fraction(450, 620),
    "COOP3": Fraction(400, 600),
    "COOP4": Fraction(450, 600),
    "REF1": Fraction(150, 1000),
    "REF2": Fraction(150, 910),
    "REF3": Fraction(150, 820),
    "CON1": Fraction(620, 1000),
    "CON2": Fraction(620, 910),
    "CON3": Fraction(620, 820),
}
VIVE = Outcomes(answered_n=296, asked_n=556)


def test_every_rate_of_a_whole_set_of_outcomes_is_as_worked_by_hand():
    assert set(BY_HAND) == set(RATES)
    assert known_rates(WHOLE) == {name: pytest.approx(float(100 * share)) for name, share in BY_HAND.items()}


def test_the_least_rate_is_never_above_the_most():
    rates = known_rates(WHOLE)
    assert rates["RR1"] <= rates["RR3"] <= rates["RR5"] <= rates["RR6"]
    assert rates["RR1"] <= rates["RR2"] <= rates["RR4"] <= rates["RR6"]


def test_answered_of_asked_allow_the_second_rate_alone():
    assert known_rates(VIVE) == {"RR2": pytest.approx(100 * 296 / 556)}
    assert f"{rate_pct(VIVE, 'RR2'):.1f}" == "53.2"
    assert lacking_counts(VIVE, "RR1") == ("complete_n",)
    assert lacking_counts(VIVE, "RR6") == ("unknown_n",)


def test_if_all_were_eligible_the_second_fourth_and_sixth_are_one():
    rates = known_rates(Outcomes(answered_n=296, asked_n=556, unknown_n=0))
    assert set(rates) == {"RR2", "RR4", "RR6"} and len(set(rates.values())) == 1


def test_a_rate_whose_counts_are_not_known_is_refused_and_names_them():
    with pytest.raises(SurveybookError, match="RR1 cannot be worked out") as caught:
        rate_pct(VIVE, "RR1")
    assert "complete answers" in str(caught.value)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"answered_n": -1}, "cannot be"),
        ({"eligible_share": 1.1}, "cannot be"),
        ({"complete_n": 3, "partial_n": 2, "answered_n": 6}, "do not add up"),
        ({"answered_n": 6, "asked_n": 5}, "more people are counted"),
        ({"complete_n": 7, "answered_n": 6}, "more complete answers"),
    ],
)
def test_counts_that_cannot_be_are_refused(counts, message):
    with pytest.raises(SurveybookError, match=message):
        Outcomes(**counts)


def test_an_unknown_rate_and_a_rate_of_nobody_are_refused():
    with pytest.raises(SurveybookError, match="unknown outcome rate"):
        rate_pct(WHOLE, "RR7")
    with pytest.raises(SurveybookError, match="of nobody"):
        rate_pct(Outcomes(answered_n=0, asked_n=0), "RR2")


@pytest.mark.parametrize(
    ("survey", "answered_n", "asked_n"),
    [("vive", 296, 556), ("fh", 1708, None), ("mm_bikuben", None, None), ("interviews", 14, None)],
)
def test_print_gives_what_stands_in_the_table_of_surveys(estimates, survey, answered_n, asked_n):
    outcomes = outcomes_of(estimates, survey)
    assert (outcomes.answered_n, outcomes.asked_n) == (answered_n, asked_n)


def test_of_real_answers_the_rate_is_that_of_the_rows(real, vive):
    outcomes = outcomes_of(real, "vive")
    assert outcomes == Outcomes(answered_n=len(vive.responses.codes), asked_n=len(vive.responses.frame))


def test_fewer_real_answers_give_a_lower_rate(vive):
    from made_up import first_answers, observed, only

    from surveybook.analyse import estimate_surveys

    fewer = estimate_surveys({"vive": observed(only(first_answers(vive, 139), "extent"))})
    assert rate_pct(outcomes_of(fewer, "vive"), "RR2") == pytest.approx(25)
