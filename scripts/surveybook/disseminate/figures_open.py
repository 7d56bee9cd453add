"""Figures of what only real answers could tell: spans over the replicates, titled as questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan, nan

from IPython.display import display

from surveybook.analyse.cells import EVERYONE, GAP_PREFIX, OPTION_PREFIX
from surveybook.analyse.choices import AS_PRINTED
from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.analyse.replicates import chosen_counts, chosen_shares_pct
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import ALL, Codebook, ItemType, MissingKind, OptionSet, Status
from surveybook.core.rounding import half_up
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Key, Row
from surveybook.disseminate.figure import Figure, as_title, checked_id, make_figure, pasted_title
from surveybook.disseminate.figures import BY_READING, share_keys, share_notes, share_row
from surveybook.disseminate.wording import (
    EN_DASH,
    SHORT_STATUS,
    SUPPRESSED,
    asked_texts,
    base_text,
    decimals,
    number_text,
    questions_text,
    sentence,
    share_text,
    suppressed_text,
    value_pct,
    value_text,
)

SIMULATED = (
    "Made up, not observed: each example is one way the answers could have been, simulated to agree with print. "
    "Only the real answers could tell which is near the truth, so the rows cannot be compared."
)
STAMP = "MADE UP"  # across the picture, so that no copy of it passes for a result
SIMULATED_SHORT = "Made up (simulated), not observed."
NO_BASE = "base not published"
BASE_DIFFERS = "Base not published (in our made-up examples {bases})."
SPAN = "not known; our made-up examples run from {low} to {high} percent"
SPAN_SHORT = "made up: {span}%"
FIXED_OR_MADE_UP = "Fixed by print, or not known (made up)"
MADE_UP = "Made up: only real answers could tell"
ALL_MADE_UP = "Nothing drawn here is printed: all of it is made up by this edition"
FIXED_PRINTED = (
    "Only the filled dots and outlined ranges are printed, or follow from print: {places}; "
    "all that is hatched or hollow is made up by this edition"
)
CHOICE_WORDS = {
    "inside": "with don't-knows counted",
    "outside": "with don't-knows left out",
    "stricter": "with only the strongest answers",
    "wider": "with the middle answers too",
}
GAP_LABELS = {
    MissingKind.NOT_ASKED: "was not asked",
    MissingKind.NOT_APPLICABLE: "said that it does not apply",
    MissingKind.DONT_KNOW: "did not know",
    MissingKind.REFUSED: "did not wish to answer",
    MissingKind.NO_ANSWER: "gave no answer",
}
KINDS = ("options", "gaps")


def figure_open(
    estimates: Estimates,
    survey: str,
    item: str,
    *,
    figure_id: str,
    title: str,
    by: str = "",
    show: str = "",
    option: str | None = None,
    read: Sequence[str] = (),
) -> Figure:
    """Draw shares that print does not fix: plain where observed, else only as their span over the replicates.

    Parameters
    ----------
    title : str
        A question, since simulated rows answer none.
    by : str, optional
        A background item, or another item of the same stem: the headline in each of its levels;
        or ``everyone``: the silent included.
    show : {"options", "gaps"}, optional
        Instead: every answer by itself, or every kind of gap.
    option : str, optional
        With ``by``, the option set that is broken down, where an item has no headline.
    read : sequence of str, optional
        The option sets whose printed share rests on how this edition reads print; they are marked.

    Raises
    ------
    SurveybookError
        The title is no question, or there is no such breakdown.
    """
    _require_question(title)
    rows = [
        (label + BY_READING if row.option_set in read and row.status != Status.OBSERVED else label, row)
        for label, row in _chosen(estimates, survey, item, by, show, option)
    ]
    return (
        _plain(estimates, rows, figure_id, title) if _all_known(rows) else _spans(estimates, rows, figure_id, title)
    )


def show_breakdowns(
    estimates: Estimates, survey: str, item: str, *, figure_id: str, title: str, option: str | None = None
) -> None:
    """Display an item's share in each kind of group that there is, as figures that readers choose among.

    Roles and fields; places only where rows are observed. ``{by}`` in the title is the kind of
    group; the figures are called ``<figure_id>-by-<group>``.
    """
    codebook = estimates.codebook
    option = option or codebook.item(survey, item).headline_set
    domains = [
        row.domain for row in estimates.rows if (row.survey, row.item, row.option_set) == (survey, item, option)
    ]
    for domain in dict.fromkeys(domains):
        if domain in (ALL, EVERYONE) or codebook.item(survey, domain).type != ItemType.BACKGROUND:
            continue
        label = codebook.item(survey, domain).label_en
        drawn = figure_open(
            estimates,
            survey,
            item,
            by=domain,
            option=option,
            figure_id=f"{figure_id}-by-{domain}",
            title=title.replace("{by}", as_title(label.lower())),
        )
        display(replace(drawn, view=(figure_id, domain, label)))


def _require_question(title: str) -> None:
    if not title.rstrip().endswith("?"):
        raise SurveybookError(
            "a figure of what only real answers could tell has a title that is no question",
            got=title,
            expected="...?",
        )


def _chosen(
    estimates: Estimates, survey: str, item: str, by: str, show: str, option: str | None
) -> list[tuple[str, Estimate]]:
    """The labels and estimates that a figure shows, what print fixes among them first."""
    codebook = estimates.codebook
    about = codebook.item(survey, item)
    sets = estimates.option_sets(survey, item)
    if by:
        option = option or about.headline_set
        levels = [row for row in estimates.rows if _is(row, survey, item, option, by)]
        if not levels and by != EVERYONE:  # real answers do not tell what the silent think
            known = {row.domain for row in estimates.rows if (row.survey, row.item) == (survey, item)} - {ALL}
            raise SurveybookError(
                f"the item {item} has no such breakdown",
                got=by,
                expected=one_of(known),
                hint="places, such as regions, are broken down by real answers only",
            )
        everyone = [("All who answered", estimates.get(survey, item, option))]
        return everyone + [(_level_label(codebook, survey, row), row) for row in levels]
    if show not in KINDS:
        raise SurveybookError("a figure does not say what it shows", got=show, expected=one_of(["by=", *KINDS]))
    if show == "gaps":
        rows = [estimates.get(survey, item, GAP_PREFIX + kind.value) for kind in GAP_LABELS]
        return [
            (sentence(GAP_LABELS[MissingKind(row.option_set.removeprefix(GAP_PREFIX))])[:-1], row) for row in rows
        ]
    labels = {named.option_set: named.label_en for named in codebook.option_sets.get(about.option_list, ())}
    labels |= {OPTION_PREFIX + answer.value: answer.label_en for answer in codebook.answers(about)}
    single = [row for row in sets if row.option_set.startswith(OPTION_PREFIX)]
    shown = {frozenset([row.option_set.removeprefix(OPTION_PREFIX)]) for row in single}
    values = {named.option_set: named.values for named in codebook.option_sets.get(about.option_list, ())}
    printed = [row for row in sets if row.figure_id and values.get(row.option_set, frozenset()) not in shown]
    printed = [row for row in printed if row.option_set in values and row.status != Status.OBSERVED]
    return [(sentence(labels[row.option_set])[:-1], row) for row in (*printed, *single)]


def _is(row: Estimate, survey: str, item: str, option: str | None, by: str) -> bool:
    return (row.survey, row.item, row.option_set, row.domain) == (survey, item, option, by)


def _level_label(codebook: Codebook, survey: str, row: Estimate) -> str:
    if row.domain == EVERYONE:
        return "Everyone, the silent included"
    domain = codebook.item(survey, row.domain)
    if domain.type == ItemType.BACKGROUND:
        name = next(o.label_en for o in codebook.options[domain.option_list] if o.value == row.level)
        return sentence(name)[:-1]
    return f"Of those who also say: {domain.label_en}"


def _all_known(rows: Sequence[tuple[str, Estimate]]) -> bool:
    return all(row.status != Status.ILLUSTRATIVE for _, row in rows)


def _plain(estimates: Estimates, rows: list[tuple[str, Estimate]], figure_id: str, title: str) -> Figure:
    """Known shares: dots with their intervals, and a group of a few people without a value."""
    shown = [(label, row) for label, row in rows if row.is_range or not isnan(row.estimate_pct)]
    withheld = [label for label, row in rows if row.suppressed]
    marks = [share_row(estimates, row, label=label) for label, row in rows if row.suppressed or (label, row) in shown]
    found = [row for _, row in shown] or [row for _, row in rows]
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        chart=charts.rows_chart(marks, share_keys(found)),
        table=(("Who", "Share"), *((mark.label, _share_of_base(mark)) for mark in marks)),
        notes=[
            suppressed_text(withheld, estimates.threshold),
            *share_notes([row for row in found if row.silent_n is not None]),
        ],
        seen="; ".join(f"{mark.label}: {mark.share}" for mark in marks) + ".",
    )


def _share_of_base(mark: Row) -> str:
    return f"{mark.share} ({mark.base})" if mark.base else mark.share


def _spans(estimates: Estimates, rows: list[tuple[str, Estimate]], figure_id: str, title: str) -> Figure:
    """Simulated rows: hatched spans, and beside them, as dots that stand still, what print fixes."""
    survey = rows[0][1].survey
    table = estimates.replicates[survey]
    marks = [_mark(estimates, label, row) for label, row in rows]
    keys = [Key("sb-hatch", "made up: lowest to highest of our examples")]
    if any(not isnan(mark.value) for mark in marks):
        keys = [Key("sb-dot", "fixed by print"), *keys]
    if any(not isnan(mark.start) for mark in marks):
        keys = [Key("sb-band", "fixed by print, as a range"), *keys]
    items = {row.item: estimates.codebook.item(survey, row.item) for _, row in rows}
    notes = [
        questions_text(list(items.values())),
        _printed_text([row for _, row in rows]),
        *_guesses(estimates.codebook, [row for _, row in rows]),
        f"{len(table.numbers)} examples (replicates) were made up; a span shows what these do, not all that could be",
        "A wide or a narrow span says nothing of the leaders, and no share within it is more likely than another",
    ]
    base = _bases(estimates, [row for _, row in rows])
    title = pasted_title(title, estimates, survey)
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{title} {SIMULATED} " + "; ".join(f"{mark.label}: {mark.share}" for mark in marks) + ".",
        caption=" ".join(sentence(note) for note in notes),
        rests=SIMULATED,
        base=base,
        table=(("Who", FIXED_OR_MADE_UP), *((mark.label, mark.share) for mark in marks)),
        spec=charts.finish(charts.rows_chart(marks, keys, stamp=STAMP), title, f"{SIMULATED_SHORT} {base}"),
        is_open=True,
        questions=tuple(asked_texts(list(items.values()))),
        draws=tuple(
            f"In this made-up example (replicate {number} of {len(table.numbers)}) we assume: {note}."
            for number, note in zip(table.numbers, table.notes, strict=True)
        ),
    )


def _printed_text(rows: Sequence[Estimate]) -> str:
    """Say what of a made-up figure is printed, and by whom."""
    fixed = [row for row in rows if row.status != Status.ILLUSTRATIVE and row.printed_source]
    if not fixed:
        return ALL_MADE_UP
    places = dict.fromkeys(f"{row.printed_source}, {row.printed_place}" for row in fixed)
    return FIXED_PRINTED.format(places="; ".join(places))


def _bases(estimates: Estimates, rows: Sequence[Estimate]) -> str:
    """The bases of some shares in the replicates, since print gives none."""
    counts = [
        chosen_counts(estimates.replicates[row.survey], estimates.codebook, row.cell, estimates.dont_know)
        for row in rows
    ]
    bases = sorted({base for pairs in counts for _, base in pairs})
    span = f"{bases[0]} to {bases[-1]}" if len(bases) > 1 else f"{bases[0]}"
    return BASE_DIFFERS.format(bases=span)


def _guesses(codebook: Codebook, rows: Sequence[Estimate]) -> list[str]:
    """Say where the answers that could be given, or the groups, are this edition's guess."""
    survey = rows[0].survey
    options = {codebook.item(survey, row.item).options_status for row in rows}
    domains = [codebook.item(survey, row.domain) for row in rows if row.domain not in (ALL, EVERYONE)]
    groups = {domain.options_status for domain in domains if domain.type == ItemType.BACKGROUND}
    said = {
        "Which answers could be given is our guess": "assumed" in options,
        "Some of the answers that could be given are our guess": "partly published" in options,
        "How the groups were divided is our guess": "assumed" in groups,
    }
    return [text for text, holds in said.items() if holds]


def _mark(estimates: Estimates, label: str, row: Estimate) -> Row:
    if row.status != Status.ILLUSTRATIVE:
        return Row(
            label,
            text=value_text(row, unit="%"),
            share=f"{share_text(row)} (fixed by print)",
            base=base_text(row),
            rests=SHORT_STATUS[row.status],
            **_fixed_marks(row),
        )
    if isnan(row.low_pct):
        raise SurveybookError(
            "the replicates say nothing of a share", got=f"{row.item}, {row.option_set}, {row.domain} {row.level}"
        )
    shares = chosen_shares_pct(estimates.replicates[row.survey], estimates.codebook, row.cell, estimates.dont_know)
    low, high = number_text(row.low_pct), number_text(row.high_pct)
    return Row(
        label,
        text=SPAN_SHORT.format(span=low if low == high else f"{low}{EN_DASH}{high}"),
        share=SPAN.format(low=low, high=high),
        base=NO_BASE,
        rests=MADE_UP,
        hatch_low=row.low_pct,
        hatch_high=row.high_pct,
        draws=tuple(None if isnan(share) else half_up(share) for share in shares),
    )


def _fixed_marks(row: Estimate) -> dict[str, float]:
    """The dot of what print fixes, or the band of a figure known as a range."""
    if row.is_range:
        return {"start": row.printed_low_pct, "end": row.printed_high_pct}
    return {"value": value_pct(row)}


def figure_known(estimates: Estimates, survey: str, *, figure_id: str, title: str) -> Figure:
    """Draw how many of a survey's shares are known, by kind of share: a count of statuses, and of no answers."""
    about = estimates.codebook.survey(survey)
    title = pasted_title(title, estimates, survey)
    kinds: dict[str, list[Estimate]] = {}
    for row in estimates.rows:
        if row.survey == survey and row.item in {item.item for item in estimates.codebook.survey_items(survey)}:
            kinds.setdefault(_kind(estimates.codebook, row), []).append(row)
    marks, lines = [], []
    for kind, rows in kinds.items():
        known = sum(row.status != Status.ILLUSTRATIVE and not row.suppressed for row in rows)
        share = 100 * known / len(rows)
        text = f"{known} of {len(rows)}"
        marks.append(
            Row(
                kind,
                text=text,
                share=text,
                base="",
                rests="",
                start=0.0,
                end=share,
                hatch_low=share,
                hatch_high=100.0,
                bar=True,
            )
        )
        lines.append((kind, str(known), str(len(rows) - known)))
    observed = all(row.status != Status.ILLUSTRATIVE for rows in kinds.values() for row in rows)
    unknown = "Suppressed to protect small groups" if observed else "Only real answers would show it"
    keys = [Key("sb-bar", "known"), Key("sb-hatch", unknown.lower())]
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{title} " + "; ".join(f"{mark.label}: {mark.share} known" for mark in marks) + ".",
        caption="A share is known if it is observed, printed, or follows from printed ones by arithmetic. "
        f"Survey: {about.label_en}, {about.field_period_en}.",
        rests="How many of this book's shares are known.",
        base=f"All shares that this book estimates from {about.label_en}.",
        table=(("Kind of share", "Known", unknown), *lines),
        spec=charts.finish(
            charts.rows_chart(marks, keys, ticks={}), title, "How many of this book's shares are known"
        ),
    )


def _kind(codebook: Codebook, row: Estimate) -> str:
    if row.option_set.startswith(GAP_PREFIX):
        return "Why an answer is missing"
    if row.domain == ALL:
        if row.option_set.startswith(OPTION_PREFIX):
            return "Each single answer"
        headline = codebook.item(row.survey, row.item).headline_set
        return "The headline of each question" if row.option_set == headline else "Other groups of answers"
    if row.domain == EVERYONE:
        return "What everyone would say, the silent included"
    domain = codebook.item(row.survey, row.domain)
    if domain.type == ItemType.BACKGROUND:
        return f"By {domain.label_en.lower()}"
    return "How two answers hang together"


def figure_headlines(
    estimates: Estimates, survey: str, items: Sequence[str], *, figure_id: str, title: str
) -> Figure:
    """Draw the headlines of some items under the choices of ``estimates``, as ``figure_open`` draws shares.

    ``{choice}`` in the title stands for the choice in words. A question that another cut point
    does not touch is left out.
    """
    _require_question(title)
    title = title.replace("{choice}", _choice_words(estimates))
    cut = estimates.cut_point
    rows = [
        _headline(estimates, survey, item)
        for item in items
        if cut == AS_PRINTED or _headline_set(estimates, survey, item).cut == cut
    ]
    if not rows:
        raise SurveybookError("no item has such a cut point", got=cut, expected="an item of a scale that has one")
    return (
        _plain(estimates, rows, figure_id, title) if _all_known(rows) else _spans(estimates, rows, figure_id, title)
    )


def _choice_words(estimates: Estimates) -> str:
    chosen = [choice for choice in (estimates.dont_know, estimates.cut_point) if choice != AS_PRINTED]
    return " and ".join(CHOICE_WORDS[choice] for choice in chosen) or "counted as in print"


def _headline(estimates: Estimates, survey: str, item: str) -> tuple[str, Estimate]:
    about = estimates.codebook.item(survey, item)
    guess = " (our guess at the answer's words)" if about.options_status == "assumed" else ""
    label = f"{about.label_en}: {_headline_set(estimates, survey, item).label_en}{guess}"
    return label, estimates.get(survey, item)


def _headline_set(estimates: Estimates, survey: str, item: str) -> OptionSet:
    about = estimates.codebook.item(survey, item)
    return estimates.codebook.option_set(about, about.headline_set)


def figure_choices(
    choices: Mapping[str, Estimates], survey: str, items: Sequence[str], *, figure_id: str, title: str
) -> Figure:
    """Draw for each headline one line: its range over the choices that another analyst might make.

    Parameters
    ----------
    choices : mapping of a choice's name to Estimates, as ``load_choices`` gives them
        The first is the choice of print.
    """
    _require_question(title)
    first = next(iter(choices.values()))
    marks, lines = [], []
    for item in items:
        row = first.get(survey, item)
        under = [one.get(survey, item) for one in choices.values()]
        mark, over = _line(first.codebook.item(survey, item).label_en, row, under)
        marks.append(mark)
        fixed = "" if row.status == Status.OBSERVED else " (fixed by print)"
        lines.append((mark.label, f"{share_text(row)}{fixed}", over))
    observed = first.get(survey, items[0]).status == Status.OBSERVED
    names = "; ".join(choices)
    notes = [
        f"The choices: {names}",
        "A question without another cut point, or without don't-knows, has fewer",
        "" if observed else "Each span is the widest over these choices and over our made-up examples",
    ]
    over = "Over the choices" if observed else "Over the choices: not known (made up)"
    table = (("Item", "As printed" if not observed else "As reported", over), *lines)
    seen = "; ".join(f"{mark.label}: {mark.share}" for mark in marks) + "."
    found = [first.get(survey, item) for item in items]
    if observed:
        keys = [Key("sb-dot", "as reported here"), Key("sb-band", "over the choices")]
        chart = charts.rows_chart(marks, keys)
        return make_figure(first, found, figure_id, title, chart=chart, table=table, notes=notes, seen=seen)
    base = _bases(first, found)
    title = pasted_title(title, first, survey)
    keys = [Key("sb-dot", "fixed by print"), Key("sb-hatch", "made up: over the choices and our examples")]
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{title} {SIMULATED} {seen}",
        caption=" ".join(sentence(note) for note in [*notes, _printed_text(found)] if note),
        rests=SIMULATED,
        base=base,
        table=table,
        spec=charts.finish(charts.rows_chart(marks, keys, stamp=STAMP), title, f"{SIMULATED_SHORT} {base}"),
        is_open=True,
    )


def _line(label: str, row: Estimate, under: Sequence[Estimate]) -> tuple[Row, str]:
    """A headline's line, its value and its range over the choices; and that range in words."""
    if row.status == Status.OBSERVED:
        ends = [one.estimate_pct for one in under if not one.suppressed]
        if not ends:
            return Row(label, text="", share=SUPPRESSED, base="", rests=SHORT_STATUS[row.status]), SUPPRESSED
        # A rounded share is told no more precisely than it is known.
        places = min(decimals(one) for one in under)
        over = f"{number_text(min(ends), places)} to {number_text(max(ends), places)} percent"
        about = {"base": base_text(row), "rests": SHORT_STATUS[row.status]}
        share = f"{share_text(row)}; over the choices {over}"
        value = nan if row.suppressed else value_pct(row)
        return Row(label, text="", share=share, **about, value=value, start=min(ends), end=max(ends)), over
    low, high = min(one.low_pct for one in under), max(one.high_pct for one in under)
    over = SPAN.format(low=number_text(low), high=number_text(high))
    share = f"{share_text(row)} (fixed by print); {over}"
    mark = Row(
        label,
        text="",
        share=share,
        base=NO_BASE,
        rests=f"{SHORT_STATUS[row.status]}: the dot alone; the span is made up",
        **_fixed_marks(row),
        hatch_low=low,
        hatch_high=high,
    )
    return mark, over
