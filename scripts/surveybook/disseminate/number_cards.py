"""What stands behind a number: the card that a reader opens where the number stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveybook.analyse.estimates import ASSUMPTIONS, Estimate
from surveybook.core.model import RESPONSE, Codebook, Status
from surveybook.disseminate.figures_codebook import item_anchor
from surveybook.disseminate.wording import (
    LONG_STATUS,
    answered_text,
    base_text,
    capital,
    has_range,
    level_text,
    points_text,
    printed_text,
    range_status,
    range_text,
    sentence,
    share_text,
    sources_text,
)

CLAIMS = "chapters/appendix/claims.html"
CODEBOOK = "chapters/appendix/codebook.html"
HOW = {
    Status.OBSERVED: "Counted from the answers, and divided by the base",
    Status.PUBLISHED: "Carried over as it was printed; nothing was worked out",
    Status.PINNED: "Worked out from simulated answers, which give what was printed",
}
PRINTED = "Published: a printed figure, carried over."
NOT_OF_PRINT = ("Interval", "Of whom")  # what is worked out from answers


@dataclass(frozen=True)
class Card:
    """What a card tells: pairs of a name and a text, and links of a text and an address from the site's root."""

    rows: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]


def make_card(estimate: Estimate, codebook: Codebook) -> Card:
    """Tell of an estimate its value, interval, base, question, status, method and source."""
    rows = [
        ("Value", share_text(estimate)),
        ("Interval", _interval_text(estimate)),
        ("Of whom", sentence(base_text(estimate))),
        ("Rests on", LONG_STATUS[estimate.status]),
        ("Method", sentence(_method_text(estimate))),
        ("Source", sentence(sources_text([estimate], codebook))),
    ]
    links = []
    if estimate.item != RESPONSE:
        item = codebook.item(estimate.survey, estimate.item)
        rows.insert(3, ("Question", sentence(answered_text(item))))
        links.append(("The question in the list of questions", f"{CODEBOOK}#{item_anchor(item)}"))
    address = f"{CLAIMS}#{claim_anchor(estimate.figure_id)}" if estimate.figure_id else CLAIMS
    return Card(tuple(rows), (("The claim and its verdict", address), *links))


def make_printed_card(estimate: Estimate, codebook: Codebook) -> Card:
    """Tell of the printed figure beside an estimate of real answers, and of nothing that the answers tell."""
    card = make_card(replace(estimate, status=Status.PUBLISHED), codebook)
    rows = dict(card.rows) | {"Value": printed_text(estimate), "Rests on": PRINTED}
    return Card(tuple(row for row in rows.items() if row[0] not in NOT_OF_PRINT), card.links)


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
    return HOW[estimate.status] + interval
