"""Shares in words, by tables written by hand in both languages."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from math import floor, nan

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.core.model import Status
from surveybook.disseminate.shares_in_words import share_in_words
from surveybook.disseminate.wording import words_text

BY_HAND = [
    (0, "none", "ingen"),
    (0.3, "fewer than one of ten", "færre end en ud af ti"),
    (3, "fewer than one of ten", "færre end en ud af ti"),
    (6, "nearly one of ten", "næsten en ud af ti"),
    (10, "one of ten", "en ud af ti"),
    (14, "just over one of ten", "lidt over en ud af ti"),
    (20, "a fifth", "en femtedel"),
    (25, "a quarter", "en fjerdedel"),
    (33, "a third", "en tredjedel"),
    (44, "just over four of ten", "lidt over fire ud af ti"),
    (46, "nearly half", "næsten halvdelen"),
    (48, "nearly half", "næsten halvdelen"),
    (50, "half", "halvdelen"),
    (52, "just over half", "lidt over halvdelen"),
    (54, "just over half", "lidt over halvdelen"),
    (55, "more than half", "mere end halvdelen"),
    (60, "six of ten", "seks ud af ti"),
    (61, "just over six of ten", "lidt over seks ud af ti"),
    (65, "nearly two thirds", "næsten to tredjedele"),
    (67, "two thirds", "to tredjedele"),
    (71, "just over two thirds", "lidt over to tredjedele"),
    (73, "nearly three quarters", "næsten tre fjerdedele"),
    (74, "nearly three quarters", "næsten tre fjerdedele"),
    (75, "three quarters", "tre fjerdedele"),
    (77, "just over three quarters", "lidt over tre fjerdedele"),
    (78, "nearly eight of ten", "næsten otte ud af ti"),
    (85, "more than eight of ten", "mere end otte ud af ti"),
    (90, "nine of ten", "ni ud af ti"),
    (95, "more than nine of ten", "mere end ni ud af ti"),
    (97, "nearly all", "næsten alle"),
    (99.7, "nearly all", "næsten alle"),
    (100, "all", "alle"),
]
# What each word is of a hundred, for the tests of order and truth.
SIZES = {
    "en": {
        "none": 0,
        "one of ten": 10,
        "a fifth": 20,
        "a quarter": 25,
        "a third": 100 / 3,
        "four of ten": 40,
        "half": 50,
        "six of ten": 60,
        "two thirds": 200 / 3,
        "three quarters": 75,
        "eight of ten": 80,
        "nine of ten": 90,
        "all": 100,
    },
    "da": {
        "ingen": 0,
        "en ud af ti": 10,
        "en femtedel": 20,
        "en fjerdedel": 25,
        "en tredjedel": 100 / 3,
        "fire ud af ti": 40,
        "halvdelen": 50,
        "seks ud af ti": 60,
        "to tredjedele": 200 / 3,
        "tre fjerdedele": 75,
        "otte ud af ti": 80,
        "ni ud af ti": 90,
        "alle": 100,
    },
}
BEFORE = {
    "en": {"fewer than": -2, "nearly": -1, "just over": 1, "more than": 2},
    "da": {"færre end": -2, "næsten": -1, "lidt over": 1, "mere end": 2},
}
SHARES = [number / 10 for number in range(1001)]


def parts(text: str, language: str) -> tuple[float, int]:
    """The size of the word in a text, and how its beginning places the share to it."""
    for start, place in BEFORE[language].items():
        if text.startswith(f"{start} "):
            return SIZES[language][text.removeprefix(f"{start} ")], place
    return SIZES[language][text], 0


@pytest.mark.parametrize(("percent", "english", "danish"), BY_HAND)
def test_a_share_has_its_word_in_both_languages(percent, english, danish):
    assert share_in_words(percent) == share_in_words(percent, "en") == english
    assert share_in_words(percent, "da") == danish


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        # A share that is as near to two words is told by the lower one.
        (15, "more than one of ten"),
        (29, "just over a quarter"),
        (45, "more than four of ten"),
        (70, "just over two thirds"),
        (85, "more than eight of ten"),
        # Half a percent is rounded up first.
        (53.5, "just over half"),
        (54.4, "just over half"),
        (54.5, "more than half"),
        (49.5, "half"),
        (49.4, "nearly half"),
        (50.4, "half"),
        # What is not nothing is not none, and what is not everything not all.
        (0.04, "fewer than one of ten"),
        (5.4, "fewer than one of ten"),
        (5.5, "nearly one of ten"),
        (99.96, "nearly all"),
    ],
)
def test_shares_between_two_words(percent, words):
    assert share_in_words(percent) == words


@pytest.mark.parametrize("language", ["en", "da"])
def test_a_larger_share_never_has_a_smaller_word(language):
    told = [parts(text, language) for text, _ in groupby(share_in_words(share, language) for share in SHARES)]
    assert told == sorted(told)
    assert len(told) == len(set(told)) > 30


@pytest.mark.parametrize("language", ["en", "da"])
def test_words_are_true_of_the_share_as_it_is_rounded(language):
    for share in SHARES:
        size, place = parts(share_in_words(share, language), language)
        if place < 0:
            assert share < size
        elif place > 0:
            assert share >= size
        else:
            assert floor(share + 0.5) == floor(size + 0.5)
        assert abs(share - size) < 8 or place == -2


@pytest.mark.parametrize("percent", [0, 100])
@pytest.mark.parametrize("language", ["en", "da"])
def test_none_and_all_are_of_nobody_and_of_everybody_alone(percent, language):
    word = share_in_words(percent, language)
    assert [share for share in SHARES if share_in_words(share, language) == word] == [percent]


def test_both_languages_say_the_same():
    english, danish = (
        [parts(share_in_words(share, language), language) for share in SHARES] for language in ("en", "da")
    )
    assert english == danish


@pytest.mark.parametrize("percent", [-0.1, 100.1, -50, 1000, nan])
def test_a_share_outside_0_to_100_is_refused(percent):
    with pytest.raises(SurveybookError, match="outside 0 to 100 percent") as caught:
        share_in_words(percent)
    assert caught.value.got == pytest.approx(percent, nan_ok=True)


def test_an_unknown_language_is_refused_and_the_known_ones_named():
    with pytest.raises(SurveybookError, match="unknown language") as caught:
        share_in_words(50, "de")
    assert (caught.value.got, caught.value.expected) == ("de", "one of 'da', 'en'")


# Of estimates


@pytest.mark.parametrize(
    ("item", "option_set", "english", "danish"),
    [
        ("extent", "top2", "just over half", "lidt over halvdelen"),
        ("extent", "bottom", "just over one of ten", "lidt over en ud af ti"),
        ("digital", "yes", "nearly nine of ten", "næsten ni ud af ti"),
        ("faster_help", "agree", "half", "halvdelen"),
        ("readiness", "agree", "more than nine of ten", "mere end ni ud af ti"),
        ("character", "smaller", "nearly three quarters", "næsten tre fjerdedele"),
        ("response", "answered", "just over half", "lidt over halvdelen"),
    ],
)
def test_a_printed_share_is_told_in_words(simulated, item, option_set, english, danish):
    estimate = simulated.get("vive", item, option_set)
    assert words_text(estimate) == words_text(estimate, "en") == english
    assert words_text(estimate, "da") == danish


@pytest.mark.parametrize(
    ("percent", "english", "danish"),
    [
        (48, "half", "halvdelen"),
        (50, "half", "halvdelen"),
        (51.9, "half", "halvdelen"),
        (52, "half", "halvdelen"),
        (47.9, "nearly half", "næsten halvdelen"),
        (52.1, "just over half", "lidt over halvdelen"),
        (53, "just over half", "lidt over halvdelen"),
        (44, "just over four of ten", "lidt over fire ud af ti"),
        (80, "eight of ten", "otte ud af ti"),
    ],
)
def test_an_observed_share_keeps_a_printed_word_only_within_what_it_is_read_as(simulated, percent, english, danish):
    row = replace(simulated.get("vive", "faster_help"), status=Status.OBSERVED, estimate_pct=float(percent))
    assert (row.printed_word_en, row.printed_low_pct, row.printed_high_pct) == ("half", 48, 52)
    assert words_text(row) == english
    assert words_text(row, "da") == danish


@pytest.mark.parametrize(
    ("percent", "english"),
    [(86.9, "nearly nine of ten"), (87, "nearly nine of ten"), (90.1, "nine of ten"), (84, "just over eight of ten")],
)
def test_nearly_nine_of_ten_follows_the_answers_too(simulated, percent, english):
    row = replace(simulated.get("vive", "digital"), status=Status.OBSERVED, estimate_pct=percent)
    assert words_text(row) == english


def test_what_print_does_not_fix_has_no_words(simulated):
    with pytest.raises(SurveybookError, match="simulated rows alone"):
        words_text(simulated.get("vive", "extent", "top1"))


def test_a_count_has_no_words(simulated):
    with pytest.raises(SurveybookError, match="a count has no share to tell in words"):
        words_text(simulated.get("vive", "response", "open_answers"))


def test_declared_answers_are_told_in_words_of_their_own(observed, project, read_records):
    cells = [row["q07c_hurtig"] for row in read_records(project / "data" / "raw" / "vive" / "responses.csv")]
    share = 100 * cells.count("1") / sum(cell in ("1", "2", "3", "88") for cell in cells)
    assert 48 <= share <= 52
    assert words_text(observed.get("vive", "faster_help")) == "half"
