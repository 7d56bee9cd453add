"""Numbers in prose: pasted objects that print as text and know what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import isnan

from myst_nb import glue

from surveybook.analyse.estimates import ASSUMED, ASSUMPTIONS, Estimate, Estimates
from surveybook.core.model import RESPONSE, Codebook, Status
from surveybook.disseminate.figure import Figure
from surveybook.disseminate.number_cards import (
    Card,
    make_card,
    make_count_card,
    make_edition_card,
    make_printed_card,
    make_range_card,
)
from surveybook.disseminate.number_markup import number_html
from surveybook.disseminate.wording import (
    BASES_TEXT,
    LEAST_TEXT,
    OPEN_ANSWERS_WHY,
    ROWS_TEXT,
    SHORT_STATUS,
    base_text,
    has_range,
    level_text,
    points_text,
    printed_text,
    questions_text,
    range_status,
    range_text,
    require_showable,
    sentence,
    sources_text,
    tipping_text,
    value_text,
    words_text,
)

WAYS = {"ci": "alike", "differ": "differ", "bound": "bounds"}
EDITION_STATUS = "edition"  # of what this edition counts or sets
OTHERS = "A count of the rest: all, less those counted"
OPEN_ANSWERS = "open_answers"
RANGES = {
    "ci": "The range for everyone, if the silent are like those who answered",
    "differ": "The range for everyone, if the silent differ by some points",
    "bound": "The range for everyone, whatever the silent think",
}
TIPPING = "How far the silent would have to differ before half of everyone say so"
ASSUMED_STATUS = "assumed"  # of a range over assumed bases, beside the four statuses of values

METHOD = "chapters/method.html"
REPLICATES = "A count of the made-up sets of answers that this book compares"


@dataclass(frozen=True)
class Number:
    """A number in a sentence: the words it prints, what it rests on, and the card that explains it.

    The plain text names the base and the status too, so that a changed status cannot hide
    behind an unchanged number.
    """

    text: str
    about: str
    status: str
    card: Card

    def __str__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        markup = number_html(self.text, self.status, self.card)
        return {"text/html": markup, "text/plain": f"{self.text} [{self.about}]"}


@dataclass(frozen=True)
class Words:
    """Pasted words that rest on no answer: a sentence on the data, a count of this book, a setting of the edition.

    A count has a card that says so; a setting has none, since it is no finding.
    """

    text: str
    card: Card | None = None

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        markup = number_html(self.text, EDITION_STATUS, self.card) if self.card else escape(self.text)
        return {"text/html": markup, "text/plain": self.text}


def paste_figure(figure: Figure) -> None:
    """Keep a figure to be pasted on another page, by ``{paste-figure}`` and its id; it is not shown here."""
    glue(figure.figure_id, figure, display=False)


def paste_rests(estimates: Estimates, survey: str) -> None:
    """Make words on a survey ready to be pasted.

    ``<survey>-rests`` is a sentence on its numbers, ``<survey>-bases`` on its ranges, ``<survey>-least``
    on the smallest base that is assumed, and ``<survey>-replicates`` how many replicates there are.
    """
    estimates.codebook.survey(survey)
    rows = [row for row in estimates.rows if row.survey == survey]
    statuses = {row.status for row in rows}
    kind = next(status for status in (Status.OBSERVED, Status.PINNED, Status.PUBLISHED) if status in statuses)
    glue(f"{survey}-rests", Words(ROWS_TEXT[kind]), display=False)
    replicates = estimates.replicates.get(survey)
    count = Words(str(len(replicates.numbers)), make_edition_card(REPLICATES, METHOD)) if replicates else Words("no")
    glue(f"{survey}-replicates", count, display=False)
    if kind in BASES_TEXT:
        assumed = next((row.base_status for row in rows if row.interval_status == ASSUMED), "")
        least, _, most = assumed.partition("assumed ")[2].partition(" to ")
        wrote = next((row.count for row in rows if row.option_set == OPEN_ANSWERS), None)
        why = OPEN_ANSWERS_WHY if least and int(least) == wrote else ""
        told = LEAST_TEXT.format(least=least, why=why)
        glue(f"{survey}-least", Words(told if least else ""), display=False)
        we_assume = told.partition("; ")[2]
        words = BASES_TEXT[kind].format(least=sentence(we_assume), most=most)
        glue(f"{survey}-bases", Words(words), display=False)


def paste_numbers(estimates: Estimates, survey: str, *items: str) -> None:
    """Make the numbers of some items ready to be pasted in prose.

    For the item ``extent`` and its option set ``top2`` of the survey ``vive`` the keys are
    ``vive-extent-top2`` (the value), ``...-words`` (the value in words), ``...-printed`` (what
    print says, whatever the rows say), ``...-alike``, ``...-differ``, ``...-bounds`` (the three
    ways of speaking of everyone) with ``...-level`` and ``...-points``, ``...-tipping`` (how far
    the silent would have to differ before half of everyone say so), and, where it is known,
    ``...-count`` and ``...-others`` (the rest of the base). Write ``{glue}`vive-extent-top2` ``
    in a sentence. An option set that print does not fix gets no key.
    """
    for item in items:
        rows = [row for row in estimates.option_sets(survey, item) if row.status != Status.ILLUSTRATIVE]
        if not rows:
            known = estimates.option_sets(survey, item)
            require_showable(known[0] if known else estimates.get(survey, item))
        for row in rows:
            for key, number in numbers_of(row, estimates.codebook).items():
                glue(key, number, display=False)


def numbers_of(estimate: Estimate, codebook: Codebook) -> dict[str, Number | Words]:
    """Return the pasted numbers of one estimate, by key."""
    require_showable(estimate)
    stem = f"{estimate.survey}-{estimate.item}-{estimate.option_set}"
    about, status, card = about_text(estimate, codebook), estimate.status.value, make_card(estimate, codebook)
    numbers: dict[str, Number | Words] = {stem: Number(value_text(estimate), about, status, card)}

    def add(name: str, text: str, card: Card, about: str = about, status: str = status) -> None:
        numbers[f"{stem}-{name}"] = Number(text, about, status, card)

    if estimate.suppressed and estimate.item == RESPONSE:
        add("count", value_text(estimate), make_count_card(estimate, codebook))
    if estimate.count is not None:
        add("count", str(estimate.count), make_count_card(estimate, codebook))
        if estimate.base_n is not None:
            add("others", str(estimate.base_n - estimate.count), make_count_card(estimate, codebook, OTHERS))
    if not isnan(estimate.estimate_pct):
        numbers[f"{stem}-words"] = Number(words_text(estimate), about, status, card)
    if printed_text(estimate):
        printed = f"Published: {estimate.printed_source}, {estimate.printed_place}."
        published = Status.PUBLISHED.value
        numbers[f"{stem}-printed"] = Number(
            printed_text(estimate), printed, published, make_printed_card(estimate, codebook)
        )
    about_range = f"{sentence(range_status(estimate))} {sentence(base_text(estimate))}"
    ours = estimate.interval_status in ASSUMPTIONS
    shown, make = (ASSUMED_STATUS, make_range_card) if ours else (status, make_card)
    for way, name in WAYS.items():
        if has_range(estimate, way):
            add(name, range_text(estimate, way), make(estimate, codebook, RANGES[way]), about_range, shown)
    if not isnan(estimate.tip_low_pct):
        add("tipping", tipping_text(estimate), make(estimate, codebook, TIPPING), about_range, shown)
    if has_range(estimate):
        numbers[f"{stem}-level"] = Words(level_text(estimate))
        numbers[f"{stem}-points"] = Words(points_text(estimate))
    return numbers


def about_text(estimate: Estimate, codebook: Codebook) -> str:
    """Say in a line what a number rests on: status, base, question, source."""
    parts = [SHORT_STATUS[estimate.status], base_text(estimate)]
    if estimate.item != RESPONSE:
        parts.append(questions_text([codebook.item(estimate.survey, estimate.item)]))
    parts.append(sources_text([estimate], codebook))
    return " ".join(sentence(part) for part in parts)
