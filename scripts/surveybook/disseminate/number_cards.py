"""What stands behind a number: the card that a reader opens where the number stands."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from surveybook.analyse.estimates import ASSUMPTIONS, Estimate
from surveybook.core.model import RESPONSE, Codebook, Status
from surveybook.disseminate.figures_codebook import item_anchor
from surveybook.disseminate.wording import (
    LONG_STATUS,
    PERHAPS_ASKED,
    SHORT_STATUS,
    answered_text,
    base_text,
    capital,
    has_range,
    level_text,
    perhaps_asked,
    points_text,
    range_status,
    range_text,
    said_of,
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
RANGES_EXPLAINED = "chapters/method.html#from-those-who-answered-to-everyone"
COUNTED = "A count of people"


@dataclass(frozen=True)
class Card:
    """What a card tells: pairs of a name and a text, and links of a text and an address from the site's root."""

    rows: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]


def make_card(estimate: Estimate, codebook: Codebook, what: str = "") -> Card:
    """Tell of an estimate its value, interval, base, question, status, method and source.

    ``what`` says what the number is that stands on the page, where it is not the estimate's value.
    """
    if estimate.item == RESPONSE and isnan(estimate.estimate_pct) and not what:
        return make_count_card(estimate, codebook)
    rows = [("What it is", sentence(what)), ("Share", share_text(estimate))] if what else []
    rows = [
        *(rows or [("Value", share_text(estimate))]),
        ("Interval", _interval_text(estimate)),
        ("Of whom", sentence(_of_whom(estimate))),
    ]
    question, link = _question(estimate, codebook)
    rows += [
        *question,
        ("Rests on", LONG_STATUS[estimate.status]),
        ("Method", sentence(_method_text(estimate))),
        ("Source", sentence(sources_text([estimate], codebook))),
    ]
    return Card(tuple(rows), (_claim_link(estimate), *link))


def make_count_card(estimate: Estimate, codebook: Codebook, what: str = COUNTED) -> Card:
    """Tell of a count of people what it is, what it rests on and where it is from: a count is of no base."""
    rows = (
        ("What it is", sentence(what)),
        ("Rests on", _rests_of_count(estimate)),
        ("Source", sentence(sources_text([estimate], codebook))),
    )
    return Card(rows, (_claim_link(estimate),))


def _rests_of_count(estimate: Estimate) -> str:
    if estimate.status == Status.OBSERVED:
        return LONG_STATUS[estimate.status]
    return f"{SHORT_STATUS[estimate.status]}: a printed count, or a difference of printed counts."


def make_range_card(estimate: Estimate, codebook: Codebook, what: str) -> Card:
    """Tell of a range that this edition works out over assumed bases that it is ours, and from what it starts."""
    question, link = _question(estimate, codebook)
    survey = codebook.survey(estimate.survey)
    starts = f"{share_text(estimate)}, printed by {estimate.printed_source}, {estimate.printed_place}"
    perhaps = [("Beware", PERHAPS_ASKED)] if perhaps_asked([estimate], codebook) else []
    rows = (
        ("What it is", sentence(what)),
        ("Whose it is", "Our range: worked out by this edition. It is not in the article, nor printed elsewhere."),
        ("Starts from", sentence(starts)),
        ("Of whom", sentence(base_text(estimate))),
        *perhaps,
        *question,
        ("Survey", sentence(f"{survey.label_en}, {survey.field_period_en}")),
    )
    claim = ("The claim of the printed figure", _claim_link(estimate)[1])
    return Card(rows, (("How our ranges are worked out", RANGES_EXPLAINED), claim, *link))


def _of_whom(estimate: Estimate) -> str:
    """The base, and first of what the figure is said in print, where that is not leaders."""
    said = said_of(estimate)
    base = base_text(estimate)
    if not said or estimate.status == Status.OBSERVED:
        return base
    return f"printed of {said}; this book reads it as of leaders, which may be wrong; {base}"


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
    name, _, over = estimate.ci_method.partition(", ")
    # Over assumed bases the method's name is followed by what the interval is the widest of.
    widest = (
        ", the widest over all bases that we assume and all counts that round to the printed figure" if over else ""
    )
    if estimate.interval_status not in ASSUMPTIONS:
        name, widest = estimate.ci_method, ""
    interval = "" if not has_range(estimate) or not name else f"; interval by the method of {capital(name)}{widest}"
    divided = estimate.status == Status.OBSERVED and not isnan(estimate.estimate_pct)
    share = "; the share is the count, divided by the base" if divided else ""
    return HOW[estimate.status] + share + interval
