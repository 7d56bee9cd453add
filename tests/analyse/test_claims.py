"""Every claim has one verdict: which, by lists written by hand, and how it turns when real answers come."""

from dataclasses import replace
from math import nan

import pytest
from made_up import made_figure, observed, only, with_figure

from printed_figures import PRINTED, SAME_CLAIM_AS
from surveybook.analyse import estimate_surveys
from surveybook.analyse.claims import TESTING, Verdict, judge_claims, load_claims
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Precision, RowKind
from surveybook.process.claims import WordClaim, read_word_claims
from surveybook.process.package import load_package

# Figures, by number of their id.
DERIVED_FIGURES = ["vive_01", "vive_07", "vive_09", "fh_04"]
NOT_BOUNDED = ["mm_bikuben_03"]  # of two counts that are printed as "more than"
RETURNED = [f"vive_{k:02}" for k in (2, 3, 4, 6, 8, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26)]
CARRIED = [
    *("komdir_01", "institution_leaders_01", "interviews_01"),
    *(f"fh_{k:02}" for k in range(1, 20) if k != 4),
    *(f"dlf_{k:02}" for k in range(1, 4)),
    *(f"bupl_{k:02}" for k in range(1, 16)),
    *(f"mm_bikuben_{k:02}" for k in (1, 2, 4, 5, 6, 7)),
]
CONTEXT = [
    *("bupl_16", "bupl_17", "bupl_18"),
    *(f"socialstyrelsen_{k:02}" for k in range(1, 5)),
    *(f"vive_nursery_{k:02}" for k in range(1, 10)),
]
DERIVED_WORDS = {
    "smaller_improvements": "character > 50",
    "worth_keeping": "permanent > 50 and transferable > 50",
    "judged_positive": "motivation > 50 and wellbeing > 50",
    "readiness_most": "readiness > 50",
}
# By kind: what the article describes, says of causes, or puts forward.
WITHOUT = {
    "descriptive": [
        *("sector_specific", "kinds", "unexpected_gains", "no_competition", "collaboration_grew", "trust_grew"),
        *("nearly_identical", "no_field_pattern", "organisation_first"),
    ],
    "causal": ["distance", "collaboration_drove", "catalyst", "breaks_inertia"],
    "hypothesis": ["organisation_made_ground", "four_links", "may_vanish"],
}
EXPECTED = (
    dict.fromkeys([*DERIVED_FIGURES, *DERIVED_WORDS], Verdict.DERIVED)
    | dict.fromkeys(RETURNED, Verdict.RETURNED)
    | dict.fromkeys(CARRIED, Verdict.CARRIED)
    | {claim: Verdict.NOT_RECOMPUTED for claims in [*WITHOUT.values(), NOT_BOUNDED] for claim in claims}
)
COUNTS = {  # by hand: 4 + 4 derived, 9 + 4 + 3 in words without a condition and one not bounded
    Verdict.REPRODUCED: 0,
    Verdict.DIFFERS: 0,
    Verdict.DERIVED: 8,
    Verdict.RETURNED: 20,
    Verdict.CARRIED: 45,
    Verdict.NOT_RECOMPUTED: 17,
}


@pytest.fixture(scope="module")
def words(committed):
    """The claims in words of the committed package."""
    return read_word_claims(load_package(committed))


@pytest.fixture(scope="module")
def claims(estimates, words):
    return judge_claims(estimates, words)


def by_id(claims) -> dict:
    assert len({claim.claim_id for claim in claims.rows}) == len(claims.rows)
    return {claim.claim_id: claim for claim in claims.rows}


def in_words(name: str, holds: str = "", because: str = "") -> WordClaim:
    """A made-up claim in words."""
    return WordClaim(name, "descriptive", "Made up.", holds, because, "source", "place", "page.html")


# As committed


def test_the_lists_by_hand_hold_every_claim_once():
    figures = {figure.figure_id for figure in PRINTED}
    listed = [*DERIVED_FIGURES, *NOT_BOUNDED, *RETURNED, *CARRIED, *CONTEXT, *SAME_CLAIM_AS]
    assert sorted(listed) == sorted(figures) and len(set(listed)) == len(listed) == 89
    assert {figure.figure_id for figure in PRINTED if figure.kind == "context"} == set(CONTEXT)
    assert len(EXPECTED) == 70 + 20


def test_every_claim_has_exactly_one_verdict(claims):
    assert {name: claim.verdict for name, claim in by_id(claims).items()} == EXPECTED


def test_the_counts_add_up_to_the_number_of_claims(claims):
    assert claims.counts() == COUNTS
    assert list(claims.counts()) == list(COUNTS)
    assert sum(COUNTS.values()) == len(claims.rows) == 90


def test_only_what_was_worked_out_tests_anything(claims):
    assert set(TESTING) == {Verdict.REPRODUCED, Verdict.DIFFERS, Verdict.DERIVED}
    assert sum(claim.verdict in TESTING for claim in claims.rows) == 8


def test_figures_stand_before_words(claims):
    kinds = [claim.words is None for claim in claims.rows]
    assert kinds == sorted(kinds, reverse=True)
    for claim in claims.rows:
        assert (claim.figure is None) == (claim.estimate is None) == (claim.words is not None)


def test_the_package_s_claims_are_those(claims):
    loaded = load_claims()
    assert [(claim.claim_id, claim.verdict) for claim in loaded.rows] == [
        (claim.claim_id, claim.verdict) for claim in claims.rows
    ]


def test_context_figures_are_no_claims(claims):
    assert by_id(claims).keys().isdisjoint(CONTEXT)


def test_a_claim_told_twice_counts_once_and_names_both(claims):
    found = by_id(claims)
    assert found.keys().isdisjoint(SAME_CLAIM_AS)
    told = {name: [also.figure_id for also in claim.also] for name, claim in found.items() if claim.also}
    assert told == {"vive_04": ["vive_05"], "vive_11": ["vive_12"], "vive_16": ["vive_17"]}


def test_claims_in_words_are_of_these_kinds_and_conditions(words):
    assert {claim.claim: claim.holds for claim in words if claim.holds} == DERIVED_WORDS
    for kind, names in WITHOUT.items():
        assert [claim.claim for claim in words if claim.kind == kind and not claim.holds] == names
    assert {claim.kind for claim in words if claim.holds} == {"descriptive"}


def test_only_what_cannot_be_recomputed_says_why(claims, words):
    reasons = {claim.claim: claim.because for claim in words}
    reasons["mm_bikuben_03"] = "the counts are printed only as “more than”"
    for claim in claims.rows:
        expected = reasons[claim.claim_id] if claim.verdict == Verdict.NOT_RECOMPUTED else ""
        assert claim.because == expected
        assert bool(expected) == (claim.verdict == Verdict.NOT_RECOMPUTED)


@pytest.mark.parametrize("name", WITHOUT["causal"] + WITHOUT["hypothesis"])
def test_no_causal_claim_or_hypothesis_is_tested(claims, name):
    assert by_id(claims)[name].verdict == Verdict.NOT_RECOMPUTED


# With rows that pass for real answers


@pytest.fixture(scope="module")
def with_real_rows(surveys, vive, words):
    return judge_claims(estimate_surveys({**surveys, "vive": observed(vive)}), words)


def test_real_answers_that_agree_with_print_reproduce_it(with_real_rows, claims):
    # the committed rows return every printed figure of VIVE; other surveys have no rows
    expected = {
        name: Verdict.REPRODUCED if name.startswith("vive_") or name in DERIVED_WORDS else verdict
        for name, verdict in EXPECTED.items()
    }
    assert {name: claim.verdict for name, claim in by_id(with_real_rows).items()} == expected
    # 20 returned and 3 derived figures, and the 4 claims in words
    assert with_real_rows.counts()[Verdict.REPRODUCED] == 27
    assert sum(with_real_rows.counts().values()) == len(claims.rows) == 90


def judged(vive, words=(), figures=(), **columns):
    """The verdicts on some items of VIVE alone, with made-up answers."""
    data = observed(only(vive, "open_answer", *columns), **columns)
    if figures:
        data = replace(data, published=tuple(figures))
    return {
        name: claim.verdict for name, claim in by_id(judge_claims(estimate_surveys({"vive": data}), words)).items()
    }


@pytest.mark.parametrize(
    ("yes", "verdict"),
    [
        (158, Verdict.DIFFERS),  # 53.4 percent of 296
        (159, Verdict.REPRODUCED),  # 53.7
        (161, Verdict.REPRODUCED),  # 54.4
        (162, Verdict.DIFFERS),  # 54.7
    ],
)
def test_one_answer_more_or_less_turns_a_verdict(vive, yes, verdict):
    # "the rest" is 32 percent each time: 95 of 296
    cells = ["1"] * yes + ["3"] * 95 + ["4"] * (201 - yes)
    found = judged(vive, extent=cells)
    assert found["vive_04"] == verdict
    assert found["vive_07"] == Verdict.REPRODUCED


@pytest.mark.parametrize(
    ("rest", "verdict"),
    [
        (91, Verdict.DIFFERS),  # 30.7 percent, which would be rounded to 31
        (92, Verdict.REPRODUCED),  # 31.1
        (97, Verdict.REPRODUCED),  # 32.8
        (98, Verdict.DIFFERS),  # 33.1, which would be rounded to 33
    ],
)
def test_a_computed_range_is_held_against_the_share_itself(vive, rest, verdict):
    assert judged(vive, extent=["1"] * 160 + ["3"] * rest + ["4"] * (136 - rest))["vive_07"] == verdict


@pytest.mark.parametrize(
    ("yes", "verdict"),
    [(86, Verdict.DIFFERS), (87, Verdict.REPRODUCED), (90, Verdict.REPRODUCED), (91, Verdict.DIFFERS)],
)
def test_a_figure_in_words_is_held_against_the_range_that_it_is_read_as(vive, yes, verdict):
    cells = ["1"] * yes + ["2"] * (100 - yes) + ["-1"] * 196
    assert judged(vive, digital=cells)["vive_14"] == verdict


@pytest.mark.parametrize(("yes", "base", "value"), [(23, 40, 58), (29, 200, 15), (1, 200, 1), (113, 200, 57)])
def test_a_share_that_ends_in_a_half_is_rounded_up_as_print_does(vive, yes, base, value):
    # 57.5, 14.5, 0.5 and 56.5 percent, some of which a float misses
    cells = ["1"] * yes + ["2"] * (base - yes) + ["-1"] * (296 - base)
    for printed, verdict in ((value, Verdict.REPRODUCED), (value - 1, Verdict.DIFFERS)):
        figure = made_figure(printed, "digital", "yes")
        assert judged(vive, figures=[figure], digital=cells) == {"made_up": verdict}


def test_counts_of_people_are_the_same_or_not(vive):
    data = observed(only(vive, "open_answer"))
    assert {figure.figure_id for figure in data.published} == {"vive_01", "vive_02", "vive_03", "vive_25", "vive_26"}
    for changed, value in (("vive_25", 557), ("vive_26", 295), ("vive_02", 94), ("vive_03", 161), ("vive_01", 54)):
        rows = judge_claims(estimate_surveys({"vive": with_figure(data, changed, value=value)}), ())
        verdicts = {name: claim.verdict for name, claim in by_id(rows).items()}
        assert verdicts.pop(changed) == Verdict.DIFFERS
        assert set(verdicts.values()) == {Verdict.REPRODUCED}


def test_more_people_than_a_count_that_is_printed_as_more_than_reproduce_it(vive):
    data = observed(only(vive))
    figures = [
        made_figure(
            value, "response", "invited", figure_id=f"over_{value}", unit="count", precision=Precision.MORE_THAN
        )
        for value in (550, 556)
    ]
    found = {}
    for figure in figures:
        rows = judge_claims(estimate_surveys({"vive": replace(data, published=(figure,))}), ())
        found |= {claim.claim_id: claim.verdict for claim in rows.rows}
    assert found == {"over_550": Verdict.REPRODUCED, "over_556": Verdict.DIFFERS}


@pytest.mark.parametrize(
    ("yes", "verdict"), [(149, Verdict.REPRODUCED), (148, Verdict.DIFFERS), (10, Verdict.DIFFERS)]
)
def test_a_claim_in_words_follows_the_answers(vive, yes, verdict):
    cells = ["1"] * yes + ["2"] * (296 - yes)
    claim = in_words("most", holds="character > 50")
    assert judged(vive, [claim], character=cells)["most"] == verdict


def test_a_claim_in_words_without_a_condition_stays_so_whatever_comes(vive):
    claim = in_words("why", because="nobody asked")
    assert judged(vive, [claim], digital=["1"] * 296)["why"] == Verdict.NOT_RECOMPUTED


def test_a_claim_in_words_on_two_surveys_is_reproduced_only_if_both_have_rows(surveys, vive):
    estimates = estimate_surveys(
        {"komdir": surveys["komdir"], "vive": observed(only(vive, "open_answer", "digital", "extent"))}
    )
    claims = [in_words("both", holds="kept_collaboration > extent"), in_words("one", holds="digital > extent")]
    found = {claim.claim_id: claim.verdict for claim in judge_claims(estimates, claims).rows}
    assert (found["both"], found["one"]) == (Verdict.DERIVED, Verdict.REPRODUCED)


def test_a_share_that_is_withheld_cannot_be_recomputed(vive):
    data = observed(only(vive, "open_answer", "digital"), digital=["1"] * 90 + ["2"] * 10 + ["-1"] * 196)
    estimates = estimate_surveys({"vive": data})
    assert by_id(judge_claims(estimates, ()))["vive_14"].verdict == Verdict.REPRODUCED
    rows = tuple(
        replace(row, suppressed=True, estimate_pct=nan, count=None, base_n=None)
        if (row.item, row.option_set) == ("digital", "yes")
        else row
        for row in estimates.rows
    )
    claim = by_id(judge_claims(replace(estimates, rows=rows), ()))["vive_14"]
    assert claim.verdict == Verdict.NOT_RECOMPUTED
    assert "few people" in claim.because


# What is refused


@pytest.mark.parametrize(("figure", "value"), [("vive_01", 54), ("vive_01", 52), ("vive_26", 300), ("vive_26", 290)])
def test_a_percentage_that_does_not_follow_from_its_printed_counts_is_refused(estimates, figure, value):
    # 296 of 556 is 53.2; 300 would be 54.0, and 290 52.2
    figures = {**estimates.figures, figure: replace(estimates.figures[figure], value=value)}
    with pytest.raises(SurveybookError) as caught:
        judge_claims(replace(estimates, figures=figures), ())
    error = caught.value
    assert error.what == "a percentage of people does not follow from the printed counts"
    assert (error.file, error.column) == ("data/published/figures.csv", "vive_01")
    answered, share = (value, 53) if figure == "vive_26" else (296, value)
    assert (error.got, error.expected) == (f"{share} percent", f"{answered} of 556")


@pytest.mark.parametrize("answered", [293, 296, 297])
def test_a_percentage_that_its_counts_round_to_is_derived(estimates, answered):
    # 53 percent of 556 is 292 (52.5 exactly) to 297
    figures = {**estimates.figures, "vive_26": replace(estimates.figures["vive_26"], value=answered)}
    found = by_id(judge_claims(replace(estimates, figures=figures), ()))
    assert found["vive_01"].verdict == Verdict.DERIVED


@pytest.mark.parametrize("changes", [{"base_n": None}, {"option_set": "municipalities"}])
def test_a_percentage_whose_counts_are_not_printed_is_only_carried(estimates, changes):
    figures = {**estimates.figures, "vive_01": replace(estimates.figures["vive_01"], **changes)}
    if "option_set" in changes:
        figures.pop("vive_02")
    assert by_id(judge_claims(replace(estimates, figures=figures), ()))["vive_01"].verdict == Verdict.CARRIED


def test_a_condition_that_does_not_hold_is_refused(estimates):
    with pytest.raises(SurveybookError) as caught:
        judge_claims(estimates, [in_words("nearly_all", holds="character > 90")])
    error = caught.value
    assert error.what == "the claim nearly_all does not follow from the printed figures"
    assert error.column == "holds"
    assert error.got.startswith("character > 90; character is 72.5 to 73.5; in replicate 1: ")


@pytest.mark.parametrize("holds", ["character above 50", "60 > 50", "karakter > 50", "extent.top1 > 5"])
def test_a_condition_that_says_nothing_known_is_refused(estimates, holds):
    with pytest.raises(SurveybookError):
        judge_claims(estimates, [in_words("made_up", holds=holds)])


# When rows of another survey arrive


@pytest.mark.parametrize(
    "survey",
    [
        "interviews",
        "bupl_2",
        "mm_bikuben",
    ],
)
def test_counts_of_people_can_be_judged_when_rows_arrive(surveys, vive, survey):
    # the people of VIVE's survey stand in for those of another: 296 of 556
    data = surveys[survey]
    counts = tuple(figure for figure in data.published if figure.item == "response")
    codebook = replace(data.codebook, items={key: i for key, i in data.codebook.items.items() if key[0] != survey})
    responded = replace(data, responses=vive.responses, kind=RowKind.OBSERVED, published=counts, codebook=codebook)
    rows = judge_claims(estimate_surveys({survey: responded}), ()).rows
    assert [claim.claim_id for claim in rows] == [figure.figure_id for figure in counts]
    by_set = {claim.figure.option_set: claim.verdict for claim in rows}
    if survey == "interviews":
        assert by_set == {"answered": Verdict.DIFFERS}  # 14 are printed
    else:
        assert by_set.keys() >= {"answered_two_waves" if survey == "bupl_2" else "answered_share"}


def test_real_answers_that_come_without_the_open_ones_leave_their_count_carried(vive):
    data = observed(only(vive))
    assert "vive_03" in {figure.figure_id for figure in data.published}
    found = by_id(judge_claims(estimate_surveys({"vive": data}), ()))
    assert found["vive_03"].verdict == Verdict.CARRIED
    assert found["vive_26"].verdict == Verdict.REPRODUCED
