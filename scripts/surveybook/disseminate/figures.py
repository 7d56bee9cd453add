"""The kinds of figures that show what is observed, published or fixed by print."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from surveybook.analyse.cells import OPTION_PREFIX
from surveybook.analyse.estimates import ASSUMED_SAMPLE, Estimate, Estimates
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RESPONSE, Status
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Key, Row, Segment
from surveybook.disseminate.figure import Figure, make_figure
from surveybook.disseminate.wording import (
    EN_DASH,
    SHORT_STATUS,
    SUPPRESSED,
    answered_text,
    assumed_text,
    base_text,
    everyone_text,
    has_range,
    level_text,
    points_text,
    printed_text,
    range_pct,
    range_status,
    range_text,
    require_showable,
    sentence,
    share_text,
    suppressed_text,
    value_pct,
    value_text,
)

ALIKE = "if the silent are like those who answered"
CHANCE = "if chance chose those who answered"
DIFFER = "if the silent differ by {points}"
BOUND = "whatever the silent think"
WAYS = ("ci", "differ", "bound")
THREE_WAYS_REST = "Our calculation from one printed figure, not in the article; only the dot is {printed}."
AGREE_BY_DESIGN = ": they agree because the simulated answers were made to agree"
BY_READING = " (by our reading)"
READ_MARK = " *"  # of the same where a chart has little room
SIDES = ("favourable", "middle", "unfavourable", "")


def figure_shares(
    estimates: Estimates,
    survey: str,
    items: Sequence[str],
    *,
    figure_id: str,
    title: str,
    holds: str = "",
    ways: Sequence[str] = WAYS,
) -> Figure:
    """Draw the headline share of some items as dots with their intervals, largest first.

    Parameters
    ----------
    items : sequence of str
        Items of the survey; each is shown by its headline option set.
    figure_id : str
        The figure's permanent name on the site: small letters, digits and hyphens.
    title : str
        May paste numbers: ``{extent}`` stands for the value of that item's headline, and
        ``{extent:words}`` for "just over half".
    holds : str
        The condition of a title that states a finding; see ``conditions.judge``.
    ways : sequence of {"ci", "differ", "bound"}, optional
        Which ranges for everyone are drawn; all by default.
    """
    found = [estimates.get(survey, item) for item in items]
    _require_some(found, items)
    found.sort(key=_sort_value, reverse=True)
    rows = [share_row(estimates, estimate, ranges=ways) for estimate in found]
    header = ("Item", "Share")
    lines = [(row.label, row.share) for row in rows]
    notes = share_notes(found, ways)
    if any(has_range(estimate) for estimate in found):
        ranged = next(estimate for estimate in found if has_range(estimate))
        header = (*header, *(f"Everyone, {text} (our range)" for text in _ways(ranged, ways).values()))
        lines = [(*line, *_range_texts(e, ways)) for line, e in zip(lines, found, strict=True)]
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        holds=holds,
        chart=charts.rows_chart(rows, share_keys(found, ways)),
        table=(header, *lines),
        notes=notes,
        seen=f"Shares from largest to smallest: {_listed(rows)}.",
    )


def figure_three_ways(
    estimates: Estimates, survey: str, item: str, *, figure_id: str, title: str, holds: str = ""
) -> Figure:
    """Draw what one share says of those who answered, and, three ways, of everyone invited."""
    estimate = estimates.get(survey, item)
    ways = {way: f"Everyone, {text}" for way, text in _ways(estimate).items() if has_range(estimate, way)}
    rows = [share_row(estimates, estimate, label="Those who answered", ranges=())]
    for way, label in ways.items():
        low, high = range_pct(estimate, way)
        rows.append(
            Row(
                label,
                text=range_text(estimate, way, "%", EN_DASH),
                share=range_text(estimate, way),
                base=base_text(estimate),
                rests=range_status(estimate),
                question=_question(estimates, estimate),
                start=low,
                end=high,
            )
        )
    return make_figure(
        estimates,
        [estimate],
        figure_id,
        title,
        holds=holds,
        chart=charts.rows_chart(rows),
        table=(("Of whom", "Share"), *((row.label, row.share) for row in rows)),
        worked_out=THREE_WAYS_REST.format(printed=SHORT_STATUS[estimate.status].lower()),
        notes=["Only the first row is what the survey says", *share_notes([estimate])],
        seen=f"One share and what it says of everyone: {_listed(rows)}.",
    )


def figure_scale(
    estimates: Estimates,
    survey: str,
    item: str,
    *,
    figure_id: str,
    title: str,
    holds: str = "",
    read: Sequence[str] = (),
    reading: str = "",
) -> Figure:
    """Draw the answers to one item as a stacked bar, diverging where the scale has two sides.

    Observed rows show each option. While rows are simulated only the printed groups are known,
    so the bar shows those, and what is left of 100 as a range. ``read`` names the groups whose
    share rests on how this edition reads print, and ``reading`` says what that reading is.
    """
    about = estimates.codebook.item(survey, item)
    observed = estimates.get(survey, item).status == Status.OBSERVED
    named = {s.option_set: s for s in estimates.codebook.option_sets[about.option_list]}
    if observed:
        sides = {OPTION_PREFIX + value: s.side for s in named.values() for value in s.values if not s.cut}
        labels = {OPTION_PREFIX + o.value: o.label_en for o in estimates.codebook.answers(about)}
        options = estimates.option_sets(survey, item, OPTION_PREFIX)
        parts = [(e, labels[e.option_set], sides[e.option_set]) for e in options if e.option_set in sides]
        hidden = [label for e, label, _ in parts if e.suppressed]
        parts = [part for part in parts if not part[0].suppressed]
        parts.sort(key=lambda part: SIDES.index(part[2]))
    else:
        groups = [(e, named.get(e.option_set)) for e in estimates.option_sets(survey, item)]
        parts = [(e, group.label_en, group.side) for e, group in groups if group and not group.cut]
        hidden = []
    question = answered_text(about)
    ours = () if observed else read
    segments = [
        Segment(
            label + (BY_READING if e.option_set in ours else ""),
            value_text(e, unit="%"),
            value_pct(e),
            side,
            base_text(e),
            SHORT_STATUS[e.status] + (BY_READING if e.option_set in ours else ""),
            question,
            drawn=label,
            mark=READ_MARK if e.option_set in ours else "",
        )
        for e, label, side in parts
    ]
    found = [estimate for estimate, _, _ in parts]
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        holds=holds,
        ranges=f"{READ_MARK.strip()} {sentence(reading)}" if ours and reading else "",
        chart=charts.scale_chart(segments),
        table=(
            ("Answer", "Share"),
            *((segment.label, value_text(e)) for segment, (e, _, _) in zip(segments, parts, strict=True)),
            *((label, SUPPRESSED) for label in hidden),
        ),
        notes=[
            suppressed_text(hidden, estimates.threshold),
            "The middle part is what is left of 100, and a range because the printed figures are rounded"
            if any(e.is_range for e in found)
            else "",
        ],
        seen="One bar in parts, from the most to the least favourable answer: "
        + "; ".join(f"{segment.label}, {segment.text}" for segment in segments)
        + ".",
    )


def figure_counts(estimates: Estimates, survey: str, *, figure_id: str, title: str, holds: str = "") -> Figure:
    """Draw the flow of respondents: invited, answered, wrote an open answer."""
    labels = {
        "invited": "leaders were invited",
        "answered": "leaders answered",
        "open_answers": "described an innovation in their own words",
    }
    found = [e for name in labels if not (e := estimates.get(survey, RESPONSE, name)).suppressed]
    rows = [
        Row(
            label=f"{e.count} {labels[e.option_set]}",
            text="",
            share=str(e.count),
            base=base_text(e) if e.base_n else "",
            rests=SHORT_STATUS[e.status],
            start=0.0,
            end=float(e.count),
            bar=True,
        )
        for e in found
    ]
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        holds=holds,
        chart=charts.rows_chart(rows, most=found[0].count, ticks={}),
        table=(("Step", "Leaders"), *((labels[e.option_set], str(e.count)) for e in found)),
        notes=["These are counts, so they have no interval."],
        seen="Three bars, each shorter than the one above: " + "; ".join(row.label for row in rows) + ".",
    )


def figure_comparison(
    estimates: Estimates, survey: str, items: Sequence[str], *, figure_id: str, title: str, holds: str = ""
) -> Figure:
    """Draw computed shares (dots) beside the printed ones (diamonds), in the order of the printed.

    With simulated rows the two agree because the rows were made to agree; the caption says so.
    """
    found = [e for item in items if (e := estimates.get(survey, item)).figure_id]
    _require_some(found, items)
    found.sort(key=lambda estimate: estimate.printed_pct, reverse=True)
    rows, lines = [], []
    for e in found:
        printed = printed_text(e)
        label = estimates.codebook.item(survey, e.item).label_en
        rows.append(
            Row(
                label=label,
                text=value_text(e, unit="%"),
                share=f"{share_text(e)}; printed: {printed}",
                question=_question(estimates, e),
                base=base_text(e),
                rests=SHORT_STATUS[e.status],
                value=nan if e.is_range or e.suppressed else value_pct(e),
                start=e.printed_low_pct if e.printed_is_range else nan,
                end=e.printed_high_pct if e.printed_is_range else nan,
                printed=nan if e.printed_is_range else e.printed_pct,
            )
        )
        lines.append((label, "within the range" if e.is_range else value_text(e), printed))
    observed = found[0].status == Status.OBSERVED
    if not observed:
        title += AGREE_BY_DESIGN
    here = "Computed here" if observed else "From answers made to agree"
    keys = [] if all(e.is_range for e in found) else [Key("sb-dot", here[:1].lower() + here[1:])]
    if not all(e.printed_is_range for e in found):
        keys.append(Key("sb-printed", "printed"))
    if any(e.printed_is_range for e in found):
        keys.append(Key("sb-band", "printed in words, as the range we read it as"))
    return make_figure(
        estimates,
        found,
        figure_id,
        title,
        holds=holds,
        chart=charts.rows_chart(rows, keys),
        ranges="",
        table=(("Item", here, "Printed"), *lines),
        notes=[
            ""
            if observed
            else "They agree because the stored answers were made to agree with print: "
            "this only checks that the book carries the figures rightly, and tests nothing in the article",
        ],
        seen="For each item the computed and the printed share: "
        + "; ".join(f"{label}, {computed} and {printed}" for label, computed, printed in lines)
        + ".",
    )


# What the kinds have in common


def _require_some(found: Sequence[Estimate], items: Sequence[str]) -> None:
    if not found:
        raise SurveybookError(
            "a figure has nothing to show", got=list(items), expected="at least one item with a figure"
        )


def _sort_value(estimate: Estimate) -> float:
    if estimate.is_range:
        return (estimate.printed_low_pct + estimate.printed_high_pct) / 2
    if estimate.suppressed:
        return -1  # below every share
    return value_pct(estimate)


def share_row(
    estimates: Estimates, estimate: Estimate, *, label: str | None = None, ranges: Sequence[str] = WAYS
) -> Row:
    """The chart's row of one share: its value or range, and what it says of everyone, in these ways."""
    require_showable(estimate)
    if estimate.suppressed:
        return Row(
            label=label or estimates.codebook.item(estimate.survey, estimate.item).label_en,
            text=SUPPRESSED,
            share=SUPPRESSED,
            base="",
            rests=SHORT_STATUS[estimate.status],
        )
    ends = {
        way: range_pct(estimate, way) if way in ranges and has_range(estimate, way) else (nan, nan) for way in WAYS
    }
    return Row(
        label=label or estimates.codebook.item(estimate.survey, estimate.item).label_en,
        text=value_text(estimate, unit="%"),
        share=share_text(estimate),
        base=base_text(estimate),
        rests=SHORT_STATUS[estimate.status],
        range=_ranges_sentence(estimate, ranges),
        question=_question(estimates, estimate),
        value=nan if estimate.is_range else value_pct(estimate),
        low=ends["ci"][0],
        high=ends["ci"][1],
        differ_low=ends["differ"][0],
        differ_high=ends["differ"][1],
        bound_low=ends["bound"][0],
        bound_high=ends["bound"][1],
        start=estimate.printed_low_pct if estimate.is_range else nan,
        end=estimate.printed_high_pct if estimate.is_range else nan,
    )


def _question(estimates: Estimates, estimate: Estimate) -> str:
    return answered_text(estimates.codebook.item(estimate.survey, estimate.item))


def _ways(estimate: Estimate, chosen: Sequence[str] = WAYS) -> dict[str, str]:
    """The ways of speaking of everyone that are chosen, in words; of a random sample there is one."""
    if estimate.interval_status == ASSUMED_SAMPLE:
        return {"ci": CHANCE}
    points = points_text(estimate).replace("percentage ", "")
    told = {"ci": ALIKE, "differ": DIFFER.format(points=points), "bound": BOUND}
    return {way: text for way, text in told.items() if way in chosen}


def _range_texts(estimate: Estimate, chosen: Sequence[str]) -> list[str]:
    ways = _ways(estimate, chosen)
    return [range_text(estimate, way, "%", "–") if has_range(estimate, way) else "none" for way in ways]


def _ranges_sentence(estimate: Estimate, chosen: Sequence[str]) -> str:
    """The ranges in a line, and what they rest on, for a tooltip; empty where there is none."""
    ways = _ways(estimate, chosen) if chosen else {}
    ranges = [f"{range_text(estimate, way)} {text}" for way, text in ways.items() if has_range(estimate, way)]
    return f"{'; '.join(ranges)} ({range_status(estimate).lower()})" if ranges else ""


def share_notes(found: list[Estimate], chosen: Sequence[str] = WAYS) -> list[str]:
    """Say whose the ranges of some shares are, of whom, and what they assume; or why there is none."""
    missing = dict.fromkeys(e.ci_method for e in found if not has_range(e) and not e.suppressed)
    return [*(f"No range: {reason.removeprefix('none: ')}" for reason in missing), *_range_notes(found, chosen)]


def share_keys(found: list[Estimate], chosen: Sequence[str] = WAYS) -> list[Key]:
    """What the marks of a chart of shares mean; a chart of bare dots needs no key."""
    if not any(has_range(estimate) for estimate in found):
        return []
    styles = {"ci": "sb-interval", "differ": "sb-differ", "bound": "sb-bound"}
    keys = [] if all(e.is_range for e in found) else [Key("sb-dot", "those who answered")]
    if any(e.is_range for e in found):
        keys.append(Key("sb-band", "printed in words; the range is our reading"))
    ways = _ways(next(estimate for estimate in found if has_range(estimate)), chosen)
    ways |= {"ci": "if the silent are alike"} if ways.get("ci") == ALIKE else {}  # a key has little room
    drawn = [way for way in ways if any(has_range(estimate, way) for estimate in found)]
    return [*keys, *(Key(styles[way], f"everyone, {ways[way]}") for way in drawn)]


def _range_notes(found: list[Estimate], chosen: Sequence[str]) -> list[str]:
    """Say whose the ranges are, of whom, and what they assume."""
    ranged = next((estimate for estimate in found if has_range(estimate)), None)
    if ranged is None:
        return []
    if ranged.interval_status == ASSUMED_SAMPLE:
        return [
            f"The range is this edition's calculation, not the source's: a {level_text(ranged)} interval. "
            "It allows for chance, as if those who answered were a random sample; "
            "how many were asked and did not answer is not published"
        ]
    unknown = ranged.base_n is None
    chance = f"The first range allows for chance (a {level_text(ranged)} interval); the others do not"
    notes = [
        "The ranges are this edition's calculation, not the source's. "
        f"{everyone_text(found)}. {chance if 'ci' in chosen else 'They leave no room for chance'}",
    ]
    if unknown:
        bases = assumed_text(ranged.base_status).partition("; ")[2]
        notes.append(
            f"How many answered is not published; {bases}, and each range is the widest over these numbers. "
            "With fewer it would be wider"
        )
    return notes


def _listed(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row.label}: {row.share}" for row in rows)
