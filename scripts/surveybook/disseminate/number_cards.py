"""What stands behind a number: the card that a reader opens where the number stands."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from surveybook.analyse.estimates import ASSUMPTIONS, Estimate
from surveybook.core.model import RESPONSE, Codebook, Status
from surveybook.disseminate.figures_codebook import item_anchor
from surveybook.disseminate.wording import (
    LONG_STATUS,
    SHORT_STATUS,
    answered_text,
    base_text,
    capital,
    has_range,
    level_text,
    points_text,
    range_status,
    range_text,
    sentence,
    share_text,
    sources_text,
)

CLAIMS = "chapters/appendix/claims.html"
CODEBOOK = "chapters/appendix/codebook.html"
HOW = {
    Status.OBSERVED: "Counted from the answers",
    Status.PUBLISHED: "Carried over as it was printed; nothing was worked out",
    Status.PINNED: "The printed figure, which the simulated answers were made to give",
}


@dataclass(frozen=True)
class Card:
    """What a card tells: pairs of a name and a text, and links of a text and an address from the site's root."""

    rows: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]


def make_card(estimate: Estimate, codebook: Codebook, what: str = "") -> Card:
    """Tell of an estimate its value, interval, base, question, status, method and source.

    ``what`` says what the number is that stands on the page, where it is not the estimate's value.
    """
    rows = [("What it is", sentence(what)), ("Share", share_text(estimate))] if what else []
    rows = [
        *(rows or [("Value", share_text(estimate))]),
        ("Interval", _interval_text(estimate)),
        ("Of whom", sentence(base_text(estimate))),
    ]
    question, link = _question(estimate, codebook)
    rows += [
        *question,
        ("Rests on", LONG_STATUS[estimate.status]),
        ("Method", sentence(_method_text(estimate))),
        ("Source", sentence(sources_text([estimate], codebook))),
    ]
    return Card(tuple(rows), (_claim_link(estimate), *link))


def make_printed_card(estimate: Estimate, codebook: Codebook) -> Card:
    """Tell of a printed figure, whatever the rows give, that it was printed and where."""
    question, link = _question(estimate, codebook)
    survey = codebook.survey(estimate.survey)
    printed = f"Figures as printed by {estimate.printed_source}, {estimate.printed_place}"
    carried = "carried over as it was printed"
    if estimate.status == Status.OBSERVED:
        carried += ", whatever the real answers of this edition give"
    rows = (
        ("What it is", "The figure, or the word, that was printed."),
        *question,
        ("Rests on", f"{SHORT_STATUS[Status.PUBLISHED]}: {carried}."),
        ("Source", f"{sentence(printed)} Survey: {survey.label_en}, {survey.field_period_en}."),
    )
    return Card(rows, (_claim_link(estimate), *link))


def _question(estimate: Estimate, codebook: Codebook) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The question of an estimate and a link to it; nothing for how many answered, which asks none."""
    if estimate.item == RESPONSE:
        return [], []
    item = codebook.item(estimate.survey, estimate.item)
    address = f"{CODEBOOK}#{item_anchor(item)}"
    return [("Question", sentence(answered_text(item)))], [("The question in the list of questions", address)]


def _claim_link(estimate: Estimate) -> tuple[str, str]:
    anchor = f"#{claim_anchor(estimate.figure_id)}" if estimate.figure_id else ""
    return "The claim and its verdict", f"{CLAIMS}{anchor}"


def make_edition_card(what: str, address: str) -> Card:
    """Tell of a count or a setting that rests on no answer what it is, and where it is explained."""
    return Card((("What it is", sentence(what)),), (("Where it is explained", address),))


def claim_anchor(figure_id: str) -> str:
    """The name by which the row of a printed figure's claim can be linked to."""
    return f"claim-{figure_id.replace('_', '-')}"


def _interval_text(estimate: Estimate) -> str:
    if not has_range(estimate):
        reason = estimate.ci_method.partition("none: ")[2]
        return sentence(f"none: {reason}" if reason else "none")
    told = [
        f"{range_text(estimate, 'ci')} of everyone, if the silent are like those who answered "
        f"({level_text(estimate)} interval)"
    ]
    if has_range(estimate, "differ"):
        told.append(f"{range_text(estimate, 'differ')}, if they differ by {points_text(estimate)}")
    if has_range(estimate, "bound"):
        told.append(f"{range_text(estimate, 'bound')}, whatever they think")
    ours = f" {range_status(estimate)}." if estimate.interval_status in ASSUMPTIONS else ""
    return sentence("; ".join(told)) + ours


def _method_text(estimate: Estimate) -> str:
    method = estimate.ci_method
    interval = "" if not has_range(estimate) or not method else f"; interval by {capital(method)}"
    divided = estimate.status == Status.OBSERVED and not isnan(estimate.estimate_pct)
    share = "; the share is the count, divided by the base" if divided else ""
    return HOW[estimate.status] + share + interval
