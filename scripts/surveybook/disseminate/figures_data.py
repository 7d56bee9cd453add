"""Figures of the data themselves: the files of the package, and what is known of each source's quality."""

from __future__ import annotations

from math import ceil, floor, isnan
from string import ascii_uppercase

from surveybook.analyse.cells import GAP_PREFIX
from surveybook.analyse.estimates import Estimates
from surveybook.analyse.response_rates import outcomes_of
from surveybook.core.model import ALL, MissingKind, RowKind, Status, Survey
from surveybook.disseminate.figure import Figure, make_panel
from surveybook.disseminate.figures_sources import NOT_PUBLISHED, sorted_sources, source_text
from surveybook.disseminate.wording import number_text
from surveybook.process.data_files import load_files
from surveybook.process.package import EDITORIAL

KIND_TEXT = {
    RowKind.SIMULATED.value: "Simulated: made up to match print.",
    RowKind.PUBLISHED.value: "Published: printed figures.",
    RowKind.OBSERVED.value: "Observed: real answers.",
    EDITORIAL: "Editorial: written, or worked out from simulated answers, by this edition.",
}
WRITTEN = "Editorial: written by this edition."  # where no file tells of simulated answers
REPLICATES = "replicates/"
NO_SIGNATURE = "not told"
NO_ANSWER = GAP_PREFIX + MissingKind.NO_ANSWER.value


def figure_data_files(data_package: str, *, figure_id: str, title: str) -> Figure:
    """Show every file of a data package: what its rows are, how many, licence, sources, signature."""
    files = load_files(data_package)
    letters = dict(zip(dict.fromkeys(s for file in files for s in file.sources), ascii_uppercase, strict=False))
    lines = [
        (
            file.path,
            file.title,
            file.kind.capitalize(),
            f"{file.rows_n:,}",
            file.licence,
            ", ".join(letters[source] for source in file.sources),
            file.signature or NO_SIGNATURE,
        )
        for file in files
    ]
    texts = dict(KIND_TEXT)
    if not any(file.path.startswith(REPLICATES) for file in files):
        texts[EDITORIAL] = WRITTEN
    kinds = dict.fromkeys(texts[file.kind] for file in files)
    hidden = "" if all(file.signature for file in files) else "; that of real answers is told to nobody"
    return make_panel(
        figure_id,
        title,
        table=(("File", "What it holds", "Its rows are", "Rows", "Licence", "Sources", "Signature"), *lines),
        rests=" ".join(kinds),
        caption="Sources: "
        + "; ".join(f"{letter}, {source}" for source, letter in letters.items())
        + ". A signature is worked out from a file's bytes (SHA-256, the first digits): another file has another"
        + hidden,
        entries=True,
    )


def figure_quality(estimates: Estimates, *, figure_id: str, title: str) -> Figure:
    """Show for each source what is here of it, and what is known of those who, and what, is missing."""
    header = (
        "Source",
        "What this book has",
        "Shares in print",
        "Of how many people",
        "Who did not answer",
        "Missing answers to single questions",
    )
    lines = [
        (
            source_text(survey),
            *_held_texts(estimates, survey),
            _silent_text(estimates, survey),
            _gaps_text(estimates, survey),
        )
        for survey in sorted_sources(estimates.codebook)
    ]
    return make_panel(
        figure_id,
        title,
        table=(header, *lines),
        rests="Worked out from this edition's data files; what is not published is not guessed.",
        caption="",
    )


def _statuses(estimates: Estimates, survey: Survey) -> set[Status]:
    return {row.status for row in estimates.rows if row.survey == survey.survey}


def _held_texts(estimates: Estimates, survey: Survey) -> tuple[str, str, str]:
    """What the book has of a source, how many shares print gives, and with how many their base."""
    printed = [
        figure
        for figure in estimates.figures.values()
        if figure.survey == survey.survey
        and figure.same_claim_as is None
        and (figure.unit, figure.kind) != ("percent", "computed")
        and (survey.survey, figure.item) in estimates.codebook.items
    ]
    with_base = sum(figure.base_n is not None for figure in printed)
    statuses = _statuses(estimates, survey)
    if Status.OBSERVED in statuses:
        held = "Real answers"
    elif Status.ILLUSTRATIVE in statuses:
        held = "Printed figures, and simulated answers that match them"
    else:
        held = "Printed figures alone" if printed else "No share"
    if not printed:
        return held, "0", "Nothing to say it of"
    base = f"Printed with {with_base} of them" if with_base else f"{NOT_PUBLISHED.capitalize()} for any share"
    if Status.OBSERVED in statuses:
        base = "Told by the answers"
    return held, str(len(printed)), base


def _silent_text(estimates: Estimates, survey: Survey) -> str:
    outcomes = outcomes_of(estimates, survey.survey)
    if None in (outcomes.answered_n, outcomes.asked_n):
        return NOT_PUBLISHED.capitalize()
    silent = outcomes.asked_n - outcomes.answered_n
    return f"{silent:,} of {outcomes.asked_n:,}; who they are is {NOT_PUBLISHED}"


def _gaps_text(estimates: Estimates, survey: Survey) -> str:
    """How many left a question out: of real answers their share, from the least to the most over the questions."""
    statuses = _statuses(estimates, survey)
    if Status.ILLUSTRATIVE in statuses:
        return "Not known: the stored answers are simulated, and so are their gaps"
    shares = [
        row.estimate_pct
        for row in estimates.rows
        if (row.survey, row.option_set, row.domain, row.status) == (survey.survey, NO_ANSWER, ALL, Status.OBSERVED)
    ]
    shares = [share for share in shares if not isnan(share)]
    if not shares:
        return NOT_PUBLISHED.capitalize()
    # Whole percentages: where few left a question out, the share is rounded or not told.
    told = f"{number_text(floor(min(shares)))} to {number_text(ceil(max(shares)))} percent gave no answer"
    return f"{told}, over the questions where it may be told"
