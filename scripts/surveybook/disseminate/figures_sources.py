"""Figures of the sources: who was asked, how many answered, and what several of them printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan

from surveybook.analyse.estimates import ASSUMED_SAMPLE, Estimate, Estimates
from surveybook.analyse.response_rates import RATES, RESPONSE_RATES, known_rates, outcomes_of
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RESPONSE, Codebook, PublishedFigure, Sampling, Status, Survey, Use
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Key, Row
from surveybook.disseminate.figure import Figure, make_figure, make_panel, pasted_title, share_parts
from surveybook.disseminate.figures import ALIKE, CHANCE, share_row
from surveybook.disseminate.wording import (
    EN_DASH,
    LONG_STATUS,
    base_text,
    capital,
    has_range,
    level_text,
    number_text,
    range_text,
    share_text,
    value_text,
)

NOT_PUBLISHED = "not published"
USE_TEXT = {
    Use.ARTICLE: "",
    Use.UNNAMED: "the source of a figure that the article does not name",
    Use.CONTEXT: "beside the article, for context",
}
CHOSEN_TEXT = {
    Sampling.EVERYONE: "read here as all on a list",
    Sampling.REPRESENTATIVE: "not said; the source calls its sample representative",
    Sampling.PANEL: "members of a panel were asked",
    Sampling.NO_SAMPLE: "not a sample",
    Sampling.NOT_REPRESENTATIVE: "not said; the source says that it is not representative",
    Sampling.NOT_PUBLISHED: NOT_PUBLISHED,
}
SOURCE_RESTS = f"Published: as the article or the source itself has it; “{NOT_PUBLISHED}” is what we found nowhere."
REPORTED = "reported"  # the option set of a share of which print says no more than the share
PLAIN_SETS = (REPORTED, "agree", "yes")  # option sets that an item's own label says already
AAPOR = (
    "A response rate is how many of those who were asked did answer. "
    "AAPOR's Standard Definitions (2023, 10th edition) know six kinds, RR1 to RR6. "
    "The odd ones count complete answers alone, the even ones also those that stop on the way. "
    "RR1 and RR2 are shares of all who were asked; RR5 and RR6 leave out people who may not belong to the survey; "
    "RR3 and RR4 leave out a part of them"
)

NO_OTHER_RATES = (
    "Rates of refusal, contact and cooperation need the numbers of refusals and of people not reached, "
    "which no source publishes"
)


def figure_sources(estimates: Estimates, *, figure_id: str, title: str) -> Figure:
    """Show every source of the codebook in a table, those of the article first.

    ``title`` may paste numbers, each with its survey: ``{vive.response.answered}``.
    """
    header = (
        "Source",
        "Who was asked, and when",
        "How they were chosen",
        "How many answered",
        "Who commissioned it",
    )
    lines = [
        (
            source_text(survey),
            capital(f"{survey.population_en}; {survey.field_period_en}"),
            capital(CHOSEN_TEXT[survey.sampling]),
            capital(_answered_of_text(estimates, survey)),
            capital(survey.commissioned_by),
        )
        for survey in sorted_sources(estimates.codebook)
    ]
    return make_panel(
        figure_id,
        pasted_title(title, estimates, ""),
        table=(header, *lines),
        rests=_rests(estimates),
        caption=f"The sources that the article names stand first. {_holders_text(estimates.codebook)}",
    )


def _holders_text(codebook: Codebook) -> str:
    """Who holds the data, and on which terms: said once for all sources of which it is the same."""
    groups: dict[tuple[str, str], list[Survey]] = {}
    for survey in sorted_sources(codebook):
        groups.setdefault((survey.held_by, survey.terms), []).append(survey)
    texts = []
    for (held_by, terms), surveys in groups.items():
        uses = {survey.use for survey in surveys}
        others = [survey for survey in codebook.surveys.values() if survey.use in uses and survey not in surveys]
        whose = "; ".join(survey.label_en for survey in surveys) if others else _uses_text(uses)
        texts.append(f"Who holds the data of {whose}: {held_by}; on which terms: {terms}")
    return ". ".join(texts)


def _uses_text(uses: set[Use]) -> str:
    named = "the sources of the article" if Use.CONTEXT not in uses else "the sources beside the article"
    return named if len(uses & {Use.ARTICLE, Use.CONTEXT}) < 2 else "all sources"


def figure_response_rates(estimates: Estimates, *, figure_id: str, title: str) -> Figure:
    """Show for each source which response rate its counts allow, by AAPOR's definitions, and which not."""
    header = ("Source", "Asked", "Answered", "Response rate", "Which rate that is, and what is missing")
    surveys = sorted_sources(estimates.codebook)
    shown = [survey for survey in surveys if _some_count(estimates, survey)]
    silent = "; ".join(source_text(survey) for survey in surveys if survey not in shown)
    lines = [
        (
            source_text(survey),
            capital(_asked_text(estimates, survey)),
            capital(_answered_text(estimates, survey)),
            *(capital(text) for text in _rate_texts(estimates, survey)),
        )
        for survey in shown
    ]
    others = {
        name
        for survey in estimates.codebook.surveys
        for name in known_rates(outcomes_of(estimates, survey))
        if name not in RESPONSE_RATES
    }
    return make_panel(
        figure_id,
        pasted_title(title, estimates, ""),
        table=(header, *lines),
        rests=f"{_rests(estimates)} The rate is our arithmetic on these counts.",
        caption=". ".join(
            part
            for part in (
                f"Of these neither is published: {silent}" if silent else "",
                AAPOR,
                "" if others else NO_OTHER_RATES,
            )
            if part
        ),
    )


def figure_printed(
    estimates: Estimates, names: Sequence[str], *, figure_id: str, title: str, holds: str = ""
) -> Figure:
    """Draw shares of several surveys in the order given: each is another question, put to other people.

    Parameters
    ----------
    names : sequence of str
        ``survey.item`` for an item's headline, or ``survey.item.option_set``.
    title, holds : str
        As in ``figure_shares``; an item of another survey than the first row's has its survey's name
        before it: ``{fh.more_digital}``.
    """
    found = [estimates.get(*share_parts(name, estimates.codebook)) for name in names]
    if not found:
        raise SurveybookError(
            "a figure has nothing to show", got=list(names), expected="at least one name such as fh.more_digital"
        )
    rows = [_printed_row(estimates, estimate) for estimate in found]
    bases = {base_text(estimate) for estimate in found}
    lines = [
        (
            what_text(estimates.codebook, estimate),
            capital(estimates.codebook.survey(estimate.survey).label_en),
            share_text(estimate),
            capital(estimates.codebook.survey(estimate.survey).field_period_en),
            capital(base_text(estimate).removeprefix("base ")),
            capital(_interval_text(estimate)),
        )
        for estimate in found
    ]
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        holds=holds,
        base="" if len(bases) == 1 else "the base of each share stands in the table",
        chart=charts.rows_chart(rows, _printed_keys(found)),
        table=(("What", "Source", "Share", "When", "Of how many", "Interval, or why there is none"), *lines),
        notes=_printed_notes(estimates, found),
        seen="Shares in the order of the text, not by size: "
        + "; ".join(f"{what}, {share}, from {source}" for what, source, share, *_ in lines)
        + ".",
    )


def sorted_sources(codebook: Codebook) -> list[Survey]:
    """The surveys of the codebook: those of the article, the unnamed, those beside the article."""
    return sorted(codebook.surveys.values(), key=lambda survey: list(Use).index(survey.use))


def source_text(survey: Survey) -> str:
    """A source's name, and what it is to the article where it is not one that the article names."""
    mark = USE_TEXT[survey.use]
    return capital(survey.label_en) + (f"; {mark}" if mark else "")


def what_text(codebook: Codebook, estimate: Estimate | PublishedFigure) -> str:
    """What a share is of: the item, and the answer where the item's own label does not say it."""
    item = codebook.item(estimate.survey, estimate.item)
    if estimate.option_set in PLAIN_SETS:
        return item.label_en
    answer = codebook.option_set(item, estimate.option_set).label_en
    return item.label_en if answer.lower() in item.label_en.lower() else f"{item.label_en}: {answer}"


def _rests(estimates: Estimates) -> str:
    observed = any(row.item == RESPONSE and row.status == Status.OBSERVED for row in estimates.rows)
    return f"{SOURCE_RESTS} {LONG_STATUS[Status.OBSERVED]}" if observed else SOURCE_RESTS


def _count_text(estimates: Estimates, survey: Survey, option_set: str, count: int | None) -> str:
    """A count of people; where print rounds it, as print words it; else what is known instead."""
    if count is not None:
        return f"{count:,}"
    rows = [row for row in estimates.rows if (row.survey, row.item) == (survey.survey, RESPONSE)]
    row = next((row for row in rows if row.option_set == option_set), None)
    return value_text(row) if row else NOT_PUBLISHED


def _some_count(estimates: Estimates, survey: Survey) -> bool:
    texts = (_asked_text(estimates, survey), _answered_text(estimates, survey))
    return any(not text.startswith(NOT_PUBLISHED) for text in texts)


def _asked_text(estimates: Estimates, survey: Survey) -> str:
    return _count_text(estimates, survey, "invited", outcomes_of(estimates, survey.survey).asked_n)


def _answered_text(estimates: Estimates, survey: Survey) -> str:
    text = _count_text(estimates, survey, "answered", outcomes_of(estimates, survey.survey).answered_n)
    told = survey.response_note and survey.response_note != survey.sampling
    return f"{NOT_PUBLISHED}; {survey.response_note}" if text == NOT_PUBLISHED and told else text


def _answered_of_text(estimates: Estimates, survey: Survey) -> str:
    """How many answered, and of how many where that is known at all."""
    answered, asked = _answered_text(estimates, survey), _asked_text(estimates, survey)
    return answered if asked == NOT_PUBLISHED else f"{answered} of {asked}"


def _rate_texts(estimates: Estimates, survey: Survey) -> tuple[str, str]:
    """A source's response rate, and which of AAPOR's rates it is; or none, and why."""
    outcomes = outcomes_of(estimates, survey.survey)
    if survey.sampling == Sampling.NO_SAMPLE:
        return "no rate", "these are interviews, not a sample, so no rate applies"
    rates = {name: value for name, value in known_rates(outcomes).items() if name in RESPONSE_RATES}
    if rates:
        eligible = known_rates(replace(outcomes, unknown_n=0)) if outcomes.unknown_n is None else {}
        more = [name for name in RESPONSE_RATES if name in eligible and name not in rates]
        missing = [name for name in RESPONSE_RATES if name not in rates and name not in more]
        return f"{number_text(next(iter(rates.values())), 1)} percent", _named_rates(list(rates), more, missing)
    printed = [row for row in estimates.rows if (row.survey, row.option_set) == (survey.survey, "answered_share")]
    if printed:
        return value_text(printed[0]), (
            "near RR2; print rounds both numbers, so no rate can be worked out exactly, nor any other of the six"
        )
    lacking = [
        text
        for text, count in (("how many were asked", outcomes.asked_n), ("how many answered", outcomes.answered_n))
        if count is None
    ]
    known = f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} {NOT_PUBLISHED}"
    panel = "; of a panel that people join by themselves it would be called a participation rate"
    return "no rate", known + (panel if survey.sampling == Sampling.PANEL else "")


def _named_rates(known: list[str], more: list[str], missing: list[str]) -> str:
    """Say which rates a number is, on what terms, and which rates lack a count."""
    parts = [f"{_and(known)}: complete and partial answers are not told apart, so all are counted"]
    if more:
        parts.append(f"It is also {_and(more)} if everyone who was asked belongs to the survey")
    if any("complete_n" in RATES[name].needs for name in missing):
        parts.append(f"{_and(missing)} need the number of complete answers alone")
    return ". ".join(parts)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _printed_row(estimates: Estimates, estimate: Estimate) -> Row:
    """A row that names its source; of what a share says of everyone only the interval, which all kinds have."""
    source = capital(estimates.codebook.survey(estimate.survey).label_en)
    row = share_row(estimates, estimate, label=f"{what_text(estimates.codebook, estimate)}\n{source}")
    alone = {"differ_low": nan, "differ_high": nan, "bound_low": nan, "bound_high": nan}
    return replace(row, **alone, range="", base=base_text(estimate))


def _interval_text(estimate: Estimate) -> str:
    if not has_range(estimate):
        return f"no interval: {estimate.ci_method.removeprefix('none: ')}"
    terms = CHANCE if estimate.interval_status == ASSUMED_SAMPLE else ALIKE
    return f"{range_text(estimate, 'ci', '%', EN_DASH)} of everyone, {terms}"


def _printed_keys(found: Sequence[Estimate]) -> list[Key]:
    """What the marks mean; a chart of bare dots needs no key."""
    keys = [Key("sb-band", "printed in words, as the range we read it as")] if any(e.is_range for e in found) else []
    if any(has_range(estimate) for estimate in found):
        keys.append(Key("sb-interval", "everyone; the table says on what terms"))
    return [Key("sb-dot", "those who answered"), *keys] if keys and not all(e.is_range for e in found) else keys


def _printed_notes(estimates: Estimates, found: Sequence[Estimate]) -> list[str]:
    """What may not be read into the rows, and why a share has no interval."""
    notes = []
    if len({estimate.survey for estimate in found}) > 1:
        notes.append(
            "The rows are different questions, put to different people, so they cannot be compared as on one scale"
        )
    elif len({estimate.item for estimate in found}) > 1:
        notes.append("Each row is another question, so the rows cannot be compared as on one scale")
    if any(estimate.is_range and estimate.printed_word_en for estimate in found):
        notes.append("A share that its source printed in words is drawn as the range that we read it as")
    reasons: dict[str, list[str]] = {}
    for estimate in found:
        if not has_range(estimate):
            label = estimates.codebook.survey(estimate.survey).label_en
            reasons.setdefault(estimate.ci_method.removeprefix("none: "), []).append(label)
    notes += [f"No interval for {_and(list(dict.fromkeys(who)))}: {reason}" for reason, who in reasons.items()]
    ranged = next((estimate for estimate in found if has_range(estimate)), None)
    if ranged is not None:
        notes.append(f"The intervals are this edition's calculation ({level_text(ranged)}), not the source's")
    return notes
