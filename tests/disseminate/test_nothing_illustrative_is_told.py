"""No pasted number, title or text alternative takes a share that only real answers could tell."""

from __future__ import annotations

import pytest

from surveybook.analyse import load_choices
from surveybook.core.errors import SurveybookError
from surveybook.disseminate import (
    figure_choices,
    figure_comparison,
    figure_counts,
    figure_headlines,
    figure_known,
    figure_open,
    figure_pairs,
    figure_scale,
    figure_shares,
    figure_three_ways,
    figure_tipping,
    paste_numbers,
)
from surveybook.disseminate.numbers import numbers_of

ALONE = "simulated rows alone"
# Each kind of figure that is not open, of shares that print fixes, with a title.
FIGURES = {
    "shares": lambda e, title: figure_shares(e, "vive", ["motivation"], figure_id="f", title=title),
    "three ways": lambda e, title: figure_three_ways(e, "vive", "extent", figure_id="f", title=title),
    "scale": lambda e, title: figure_scale(e, "vive", "extent", figure_id="f", title=title),
    "counts": lambda e, title: figure_counts(e, "vive", figure_id="f", title=title),
    "comparison": lambda e, title: figure_comparison(e, "vive", ["extent"], figure_id="f", title=title),
    "tipping point": lambda e, title: figure_tipping(e, "vive", "extent", figure_id="f", title=title),
    "pairs": lambda e, title: figure_pairs(e, "vive", "effect", figure_id="f", title=title),
}
# Each kind whose shares another choice makes illustrative.
OF_EXTENT = {
    "shares": lambda e: figure_shares(e, "vive", ["extent"], figure_id="f", title="x"),
    "three ways": lambda e: figure_three_ways(e, "vive", "extent", figure_id="f", title="x"),
    "tipping point": lambda e: figure_tipping(e, "vive", "extent", figure_id="f", title="x"),
    "comparison": lambda e: figure_comparison(e, "vive", ["extent"], figure_id="f", title="x"),
    "title": lambda e: figure_counts(e, "vive", figure_id="f", title="{extent}"),
    "title in words": lambda e: figure_counts(e, "vive", figure_id="f", title="{extent:words}"),
    "numbers": lambda e: numbers_of(e.get("vive", "extent"), e.codebook),
}


@pytest.fixture(scope="module")
def choices(committed):
    """The committed package under each choice."""
    return load_choices(str(committed))


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("field", ["{extent.top1}", "{extent.top3:words}", "{motivation.disagree}"])
def test_a_title_cannot_paste_an_illustrative_share(simulated, kind, field):
    agreed = ": they agree because the simulated answers were made to agree" if kind == "comparison" else ""
    assert FIGURES[kind](simulated, "{extent} agree").title == f"54 percent agree{agreed}"
    with pytest.raises(SurveybookError, match=ALONE):
        FIGURES[kind](simulated, f"Only {field} agree")


@pytest.mark.parametrize("field", ["{extent.option:1}", "{extent.gap:dont_know}", "{extent:raw}", "{extent:.1f}"])
def test_a_title_with_a_field_of_an_unknown_form_is_refused(simulated, field):
    with pytest.raises(SurveybookError, match="unknown form") as caught:
        FIGURES["shares"](simulated, field)
    assert "words" in str(caught.value)


@pytest.mark.parametrize("choice", ["a stricter cut", "a wider cut", "don't-knows left out"])
@pytest.mark.parametrize("way", OF_EXTENT)
def test_a_choice_that_print_does_not_fix_is_refused_by_every_figure_that_is_not_open(choices, choice, way):
    OF_EXTENT[way](choices["as printed"])
    with pytest.raises(SurveybookError, match=f"{ALONE}|nothing to show|only the real answers could tell"):
        OF_EXTENT[way](choices[choice])


@pytest.mark.parametrize("item", ["kind", "initiator", "target_group"])
def test_numbers_of_an_item_without_print_cannot_be_made_ready(simulated, item):
    with pytest.raises(SurveybookError, match=ALONE):
        paste_numbers(simulated, "vive", item)


def test_every_illustrative_estimate_is_refused_as_a_number(simulated):
    illustrative = [row for row in simulated.rows if row.status == "illustrative"]
    assert len(illustrative) > 400
    for row in illustrative:
        with pytest.raises(SurveybookError, match=ALONE):
            numbers_of(row, simulated.codebook)


def test_numbers_that_are_made_ready_are_of_printed_option_sets_alone(simulated, committed, read_records):
    figures = read_records(committed / "published" / "figures.csv")
    printed = {f"vive-extent-{row['option_set']}" for row in figures if row["item"] == "extent"}
    ready = set()
    for row in simulated.option_sets("vive", "extent"):
        if row.status != "illustrative":
            ready |= numbers_of(row, simulated.codebook).keys()
    assert printed == {"vive-extent-top2", "vive-extent-rest", "vive-extent-bottom"} == ready & printed
    assert [key for key in ready if not key.startswith(tuple(printed))] == []


def test_a_choice_of_an_item_without_a_printed_headline_is_refused(choices):
    with pytest.raises(SurveybookError, match="no estimate"):
        figure_choices(choices, "vive", ["initiator"], figure_id="f", title="Who?")
    strict = {"as printed": choices["a stricter cut"]}
    with pytest.raises(SurveybookError, match=ALONE):
        figure_choices(strict, "vive", ["extent"], figure_id="f", title="Who?")


def test_a_number_knows_its_words(simulated):
    numbers = numbers_of(simulated.get("vive", "extent"), simulated.codebook)
    assert str(numbers["vive-extent-top2-words"]) == "just over half"
    assert numbers["vive-extent-top2-words"].status == "pinned"
    assert str(numbers["vive-extent-top2"]) == "54 percent"


@pytest.mark.parametrize(
    ("title", "pasted"),
    [
        ("{extent:words} see much that is new", "Just over half see much that is new"),
        ("Much that is new: {extent:words}", "Much that is new: just over half"),
        ("{digital:words} are digital", "Nearly nine of ten are digital"),
        ("{readiness:words} ({readiness})", "More than nine of ten (95 percent)"),
        ("{extent.bottom:words} do not", "Just over one of ten do not"),
        ("{response.answered:words} answered", "Just over half answered"),
    ],
)
def test_a_title_may_paste_words(simulated, title, pasted):
    figure = FIGURES["shares"](simulated, title)
    assert figure.title == pasted
    assert figure.alt.startswith(pasted)
    assert " ".join(figure.spec["title"]["text"]) == pasted


def test_a_count_has_no_words(simulated):
    with pytest.raises(SurveybookError, match="a count has no share"):
        FIGURES["counts"](simulated, "{response.open_answers:words}")


# An open figure's title is a question, and asks without numbers that are not known either.
OPEN = {
    "open": lambda e, title: figure_open(e, "vive", "extent", by="role", figure_id="f", title=title),
    "headlines": lambda e, title: figure_headlines(e, "vive", ["extent"], figure_id="f", title=title),
    "choices": lambda e, title: figure_choices({"as printed": e}, "vive", ["extent"], figure_id="f", title=title),
    "known": lambda e, title: figure_known(e, "vive", figure_id="f", title=title),
}


KINDS = ["headlines", "open", "choices", "known"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_may_paste_what_print_fixes_in_every_kind(simulated, kind):
    assert OPEN[kind](simulated, "Who are the {extent}?").title == "Who are the 54 percent?"
