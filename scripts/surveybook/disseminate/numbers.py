"""Numbers in prose: pasted objects that print as text and know what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from myst_nb import glue

from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.core.model import Codebook, Status
from surveybook.disseminate.wording import (
    ROWS_TEXT,
    SHORT_STATUS,
    base_text,
    dates_text,
    has_range,
    level_text,
    points_text,
    range_text,
    require_showable,
    sentence,
    value_text,
    wording_text,
)
from surveybook.process.codebook import RESPONSE

WAYS = {"ci": "alike", "differ": "differ", "bound": "bounds"}


@dataclass(frozen=True)
class Number:
    """A number in a sentence: the words it prints, and what it rests on.

    The plain text names the base and the status too, so that a changed status cannot hide
    behind an unchanged number.
    """

    text: str
    about: str
    status: Status

    def __str__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        kind = self.status.value
        markup = (
            f'<span class="sb-number" data-status="{kind}" title="{escape(self.about)}">{escape(self.text)}</span>'
        )
        return {"text/html": markup, "text/plain": f"{self.text} [{self.about}]"}


@dataclass(frozen=True)
class Words:
    """A pasted sentence that depends on the data but states no number."""

    text: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": escape(self.text), "text/plain": self.text}


def paste_rests(estimates: Estimates, survey: str) -> None:
    """Make the sentence on what a survey's numbers rest on ready to be pasted, as ``<survey>-rests``."""
    statuses = {row.status for row in estimates.rows if row.survey == survey}
    kind = next(status for status in (Status.OBSERVED, Status.PINNED, Status.PUBLISHED) if status in statuses)
    glue(f"{survey}-rests", Words(ROWS_TEXT[kind]), display=False)


def paste_numbers(estimates: Estimates, survey: str, *items: str) -> None:
    """Make the numbers of some items ready to be pasted in prose.

    For the item ``extent`` and its option set ``top2`` of the survey ``vive`` the keys are
    ``vive-extent-top2`` (the value), ``...-alike``, ``...-differ``, ``...-bounds`` (the three
    ways of speaking of everyone invited), ``...-base`` and, for counts, ``...-count``. Write
    ``{glue}`vive-extent-top2` `` in a sentence. An option set that print does not fix gets no key.
    """
    for item in items:
        rows = [row for row in estimates.option_sets(survey, item) if row.status != Status.ILLUSTRATIVE]
        if not rows:
            estimates.get(survey, item)  # says which items and option sets there are
        for row in rows:
            for key, number in numbers_of(row, estimates.codebook).items():
                glue(key, number, display=False)


def numbers_of(estimate: Estimate, codebook: Codebook) -> dict[str, Number]:
    """Return the pasted numbers of one estimate, by key."""
    require_showable(estimate)
    about = about_text(estimate, codebook)
    stem = f"{estimate.survey}-{estimate.item}-{estimate.option_set}"
    texts = {stem: value_text(estimate), f"{stem}-base": base_text(estimate)}
    if estimate.count is not None:
        texts[f"{stem}-count"] = str(estimate.count)
    for way, name in WAYS.items():
        if has_range(estimate, way):
            texts[f"{stem}-{name}"] = range_text(estimate, way)
    if has_range(estimate):
        texts |= {f"{stem}-level": level_text(estimate), f"{stem}-points": points_text(estimate)}
    return {key: Number(text, about, estimate.status) for key, text in texts.items()}


def about_text(estimate: Estimate, codebook: Codebook) -> str:
    """Say in a line what a number rests on: status, base, question, source."""
    parts = [SHORT_STATUS[estimate.status], base_text(estimate)]
    if estimate.item != RESPONSE:
        parts.append(wording_text(codebook.item(estimate.survey, estimate.item)))
    parts.append(dates_text([estimate], codebook))
    return " ".join(sentence(part) for part in parts)
