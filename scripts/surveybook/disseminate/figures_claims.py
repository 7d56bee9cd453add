"""Tables of the claims, each with its verdict, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from myst_nb import glue

from surveybook.analyse.claims import TESTING, Claim, Claims, Verdict
from surveybook.analyse.conditions import condition_shares
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import RESPONSE, FigureKind
from surveybook.disseminate.figure import Figure, make_panel
from surveybook.disseminate.figures_codebook import item_anchor
from surveybook.disseminate.figures_sources import what_text
from surveybook.disseminate.number_cards import CLAIMS, claim_anchor, make_edition_card
from surveybook.disseminate.numbers import Words
from surveybook.disseminate.wording import capital, value_text

PARTS = ("article", "sources", "sums", "words")
MEANINGS = {
    Verdict.REPRODUCED: "worked out from real answers, and the same as printed",
    Verdict.DIFFERS: "worked out from real answers, and not the same as printed",
    Verdict.DERIVED: "follows by arithmetic from other printed figures",
    Verdict.RETURNED: "came out of simulated answers as it was put in",
    Verdict.CARRIED: "copied from print; there are no answers behind it here",
    Verdict.NOT_RECOMPUTED: "cannot be worked out from what is public",
}
RESPONSE_LABELS = {
    "invited": "People invited",
    "answered": "People who answered",
    "answered_share": "Share who answered",
    "answered_two_waves": "People who took part in the first two surveys",
    "municipalities": "Municipalities with an answer",
    "open_answers": "People who wrote an open answer",
}
ARTICLE = "Torfing, Bentzen and Jensen (2022)"  # as the printed figures name their source
MAIN = "vive"  # the article's own survey, which the heading names
TESTS = {Verdict.DERIVED: "a little"}  # that sums agree, not that the answers do
RESTS = "A verdict tests something only where it says reproduced or differs, and a little where it says derived."
ADDRESSES = (
    "Web addresses stand as they were found in public texts, and were not opened for this edition; "
    "what the pages say today was not compared"
)


def paste_claims(claims: Claims) -> None:
    """Make the counts of the claims ready to be pasted: ``claims-total``, ``claims-tested``, ``claims-<verdict>``."""
    counts = claims.counts()
    told = {"total": len(claims.rows), "tested": sum(counts[verdict] for verdict in TESTING)}
    told |= {verdict.replace(" ", "-"): count for verdict, count in counts.items()}
    card = make_edition_card("Counted from the list of claims", CLAIMS)
    for name, count in told.items():
        glue(f"claims-{name}", Words(str(count), card), display=False)


def figure_claim_counts(claims: Claims, *, figure_id: str, title: str) -> Figure:
    """Show how many claims have each verdict, and what the verdict means."""
    rows = [
        (
            capital(verdict),
            str(count),
            MEANINGS[verdict],
            TESTS.get(verdict, "yes" if verdict in TESTING else "no"),
        )
        for verdict, count in claims.counts().items()
        # Where all answers are real, no claim could have come out of simulated ones.
        if count or verdict != Verdict.RETURNED
    ]
    rows.append(("All", str(len(claims.rows)), "a claim that two sources tell counts once", ""))
    return make_panel(
        figure_id,
        title,
        table=(("Verdict", "Claims", "What it means", "Does it test anything?"), *rows),
        rests=RESTS,
        caption="Counted from the tables below",
    )


def figure_claims(claims: Claims, part: str, *, figure_id: str, title: str) -> Figure:
    """List claims with place, verdict and evidence.

    Parameters
    ----------
    part : {"article", "sources", "sums", "words"}
        Figures of the article and of VIVE's page on its report; figures that other sources print; this
        edition's sums of printed figures; claims in words.
    """
    if part not in PARTS:
        raise SurveybookError("there is no such part of the claims", got=part, expected=one_of(PARTS))
    chosen = [claim for claim in claims.rows if _part(claims, claim) == part]
    words = part == "words"
    header = ("Claim", "Kind" if words else "Printed", "Where it is stated", "Verdict", "Evidence here")
    rows = [_word_row(claims, claim) if words else _figure_row(claims, claim) for claim in chosen]
    return make_panel(
        figure_id,
        title,
        table=(header, *rows),
        rests=RESTS,
        caption="The claims are in our words. " + ADDRESSES,
        links=_links(chosen),
        anchors={row: claim_anchor(claim.figure.figure_id) for row, claim in enumerate(chosen, 1) if claim.figure},
    )


def _part(claims: Claims, claim: Claim) -> str:
    if claim.words:
        return "words"
    if claim.figure.kind == FigureKind.COMPUTED:
        return "sums"
    return "article" if claim.figure.survey == MAIN or claim.figure.source == ARTICLE else "sources"


def _verdict_text(claim: Claim) -> str:
    text = capital(claim.verdict)
    return f"{text}, because {claim.because}" if claim.because else text


def _word_row(claims: Claims, claim: Claim) -> tuple[str, ...]:
    words = claim.words
    return (
        words.text_en,
        words.kind,
        f"{words.source}, {words.place}",
        _verdict_text(claim),
        _figures_text(claims, claim) if words.holds else _chapter_text(words.page),
    )


def _chapter_text(page: str) -> str:
    chapter = PurePosixPath(page.partition("#")[0]).stem
    return f"Told in the chapter {chapter.replace('-', ' ')}"


def _figures_text(claims: Claims, claim: Claim) -> str:
    """The shares that a claim in words says the same as."""
    shares = condition_shares(claim.words.holds, claims.estimates)
    told = [f"{what_text(claims.estimates.codebook, share)}, {value_text(share)}" for share in shares]
    return f"Says the same as: {'; '.join(told)}"


def _figure_row(claims: Claims, claim: Claim) -> tuple[str, ...]:
    figure, codebook = claim.figure, claims.estimates.codebook
    about = codebook.survey(figure.survey)
    what = RESPONSE_LABELS[figure.option_set] if figure.item == RESPONSE else what_text(codebook, figure)
    unit = " percent" if figure.unit == "percent" else ""
    printed = figure.word_en or (
        f"{figure.low:g}–{figure.high:g}{unit}" if figure.low is not None else f"{figure.value:g}{unit}"
    )
    places = [f"{told.source}, {told.place}" for told in (figure, *claim.also)]
    if figure.kind == FigureKind.COMPUTED:
        printed, places = f"not printed; our sum gives {printed}", [f"worked out here: {figure.place}"]
    return (
        what if figure.survey == MAIN else f"{what} ({about.label_en})",
        printed,
        "; also ".join(places),
        _verdict_text(claim),
        claim_text(claim),
    )


def claim_text(claim: Claim) -> str:
    """The claim's figure as this book works it out."""
    estimate = claim.estimate
    if estimate is None:
        return "not in the answers"
    if estimate.suppressed:
        return "suppressed"
    if claim.figure.unit == "count" and not estimate.printed_word_en:
        return str(estimate.count)
    return value_text(estimate)


def _links(chosen: Sequence[Claim]) -> dict[tuple[int, int], str]:
    """Addresses of the place of print, where a page is known, and of the evidence in the book."""
    links = {}
    for row, claim in enumerate(chosen, 1):
        if claim.words:
            links[row, 4] = claim.words.page
            continue
        if claim.figure.url and claim.figure.kind != FigureKind.COMPUTED:
            links[row, 2] = claim.figure.url
        if claim.figure.item != RESPONSE:
            links[row, 4] = f"chapters/appendix/codebook.html#{item_anchor(claim.figure)}"
    return links
