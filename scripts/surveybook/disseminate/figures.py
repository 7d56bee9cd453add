"""Figures: one displayed object for the page, the notebook, the code host and the terminal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from string import Formatter

from surveybook.analyse.estimates import OPTION_PREFIX, Estimate, Estimates
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import Status
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Row, Segment
from surveybook.disseminate.picture import draw_svg
from surveybook.disseminate.wording import (
    LONG_STATUS,
    SHORT_STATUS,
    base_text,
    bases_text,
    dates_text,
    has_range,
    level_text,
    points_text,
    range_pct,
    range_text,
    require_showable,
    sentence,
    status_texts,
    value_pct,
    value_text,
    wording_text,
)
from surveybook.process.codebook import RESPONSE

VEGALITE_MIME = "application/vnd.vegalite.v6+json"
USERMETA = "surveybook"
ALIKE = "if the silent are like those who answered"
DIFFER = "if the silent differ by {points}"
BOUND = "whatever the silent think"
SIDES = ("favourable", "middle", "unfavourable", "")


@dataclass(frozen=True)
class Figure:
    """A figure and everything that is said of it.

    ``table`` is a header and rows of text: what the chart shows, in words. ``rests`` says what
    the numbers rest on; it stands inside the picture, in the table and in the data file.
    """

    figure_id: str
    title: str
    alt: str
    caption: str
    rests: str
    base: str
    table: tuple[tuple[str, ...], ...]
    spec: dict

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        about = {
            "id": self.figure_id,
            "title": self.title,
            "alt": self.alt,
            "caption": self.caption,
            "rests": self.rests,
            "base": self.base,
            "table": [list(row) for row in self.table],
        }
        return {
            VEGALITE_MIME: {**self.spec, "usermeta": {USERMETA: about}},
            "image/svg+xml": draw_svg(self.spec, self.alt),
            "text/plain": self.text(),
        }

    def text(self) -> str:
        """The figure for a terminal and a diff: title, table, and what stands below it."""
        widths = [max(len(row[k]) for row in self.table) for k in range(len(self.table[0]))]
        cells = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in self.table]
        lines = [self.title, self.rests, sentence(self.base), "", *cells, "", self.caption, self.alt]
        return "\n".join(line.rstrip() for line in lines)


def csv_text(about: dict) -> str:
    """Write a figure's table as CSV, with a header that says what it is and what it rests on."""
    out = io.StringIO()
    for key in ("title", "rests", "base", "caption"):
        out.write(f"# {sentence(about[key])}\n")
    csv.writer(out, lineterminator="\n").writerows(about["table"])
    return out.getvalue()


def figure_shares(estimates: Estimates, survey: str, items: Sequence[str], *, figure_id: str, title: str) -> Figure:
    """Draw the headline share of some items as dots with their intervals, largest first.

    Parameters
    ----------
    items : sequence of str
        Items of the survey; each is shown by its headline option set.
    figure_id : str
        The figure's permanent name on the site: small letters, digits and hyphens.
    title : str
        May paste numbers: ``{extent}`` stands for the value of that item's headline.
    """
    found = [estimates.get(survey, item) for item in items]
    found.sort(key=_sort_value, reverse=True)
    rows = [_share_row(estimates, estimate) for estimate in found]
    header = ("Item", "Share")
    lines = [(row.label, row.share) for row in rows]
    notes = _share_notes(estimates, found)
    if any(has_range(estimate) for estimate in found):
        header = (*header, *(f"Everyone, {text}" for text in _ways(found[0]).values()))
        lines = [(*line, *_range_texts(e)) for line, e in zip(lines, found, strict=True)]
    return _figure(
        estimates,
        found,
        figure_id,
        title,
        chart=charts.rows_chart(rows),
        table=(header, *lines),
        notes=notes,
        seen=f"Shares from largest to smallest: {_listed(rows)}.",
    )


def figure_three_ways(estimates: Estimates, survey: str, item: str, *, figure_id: str, title: str) -> Figure:
    """Draw what one share says of those who answered, and, three ways, of everyone invited."""
    estimate = estimates.get(survey, item)
    ways = {way: f"Everyone, {text}" for way, text in _ways(estimate).items()}
    base, rests = base_text(estimate), SHORT_STATUS[estimate.status]
    rows = [_share_row(estimates, estimate, label="Those who answered", ranges=False)]
    for way, label in ways.items():
        low, high = range_pct(estimate, way)
        short = range_text(estimate, way, unit="%", joint="–")
        rows.append(Row(label, short, range_text(estimate, way), base, _range_rests(estimate), start=low, end=high))
    return _figure(
        estimates,
        [estimate],
        figure_id,
        title,
        chart=charts.rows_chart(rows),
        table=(("Of whom", "Share"), *((row.label, row.share) for row in rows)),
        notes=[
            f"Only the first row is what the survey says. “Everyone” is {_everyone(estimate)}; "
            f"the first range is a {level_text(estimate)} interval",
            _assumed_note([estimate]),
        ],
        seen=f"One share and three ranges: {_listed(rows)}. What the first row rests on: {rests}.",
    )


def figure_scale(estimates: Estimates, survey: str, item: str, *, figure_id: str, title: str) -> Figure:
    """Draw the answers to one item as a stacked bar, diverging where the scale has two sides.

    Observed rows show each option. While rows are simulated only the printed groups are known,
    so the bar shows those, and what is left of 100 as a range.
    """
    about = estimates.codebook.item(survey, item)
    observed = estimates.get(survey, item).status == Status.OBSERVED
    named = {s.option_set: s for s in estimates.codebook.option_sets[about.option_list]}
    if observed:
        sides = {OPTION_PREFIX + value: s.side for s in named.values() for value in s.values}
        labels = {OPTION_PREFIX + o.value: o.label_en for o in estimates.codebook.answers(about)}
        found = [e for e in estimates.option_sets(survey, item, OPTION_PREFIX) if e.option_set in sides]
        parts = [(e, labels[e.option_set], sides[e.option_set]) for e in found]
        parts.sort(key=lambda part: SIDES.index(part[2]))
    else:
        found = [e for e in estimates.option_sets(survey, item) if e.option_set in named]
        parts = [(e, named[e.option_set].label_en, named[e.option_set].side) for e in found]
    question = wording_text(about)
    segments = [
        Segment(label, value_text(e, unit="%"), value_pct(e), side, base_text(e), SHORT_STATUS[e.status], question)
        for e, label, side in parts
    ]
    found = [estimate for estimate, _, _ in parts]
    return _figure(
        estimates,
        found,
        figure_id,
        title,
        chart=charts.scale_chart(segments),
        table=(
            ("Answer", "Share"),
            *((label, value_text(e)) for e, label, _ in parts),
        ),
        notes=[_range_note(found)],
        seen="One bar in parts, from the most to the least favourable answer: "
        + "; ".join(f"{segment.label}, {segment.text}" for segment in segments)
        + ".",
    )


def figure_counts(estimates: Estimates, survey: str, *, figure_id: str, title: str) -> Figure:
    """Draw the flow of respondents: invited, answered, wrote an open answer."""
    labels = {
        "invited": "leaders were invited",
        "answered": "leaders answered",
        "open_answers": "described an innovation in their own words",
    }
    found = [estimates.get(survey, RESPONSE, name) for name in labels]
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
    return _figure(
        estimates,
        found,
        figure_id,
        title,
        chart=charts.rows_chart(rows, most=found[0].count, percent=False),
        table=(("Step", "Leaders"), *((labels[e.option_set], str(e.count)) for e in found)),
        notes=["These are counts, so they have no interval."],
        seen="Three bars, each shorter than the one above: " + "; ".join(row.label for row in rows) + ".",
    )


def figure_comparison(
    estimates: Estimates, survey: str, items: Sequence[str], *, figure_id: str, title: str
) -> Figure:
    """Draw computed shares (dots) beside the printed ones (diamonds), in the order of the printed.

    With simulated rows the two agree because the rows were made to agree; the caption says so.
    """
    found = [e for item in items if (e := estimates.get(survey, item)).figure_id]
    found.sort(key=lambda estimate: estimate.printed_pct, reverse=True)
    rows, lines = [], []
    for e in found:
        printed = _printed_text(e)
        label = estimates.codebook.item(survey, e.item).label_en
        is_range = e.printed_low_pct < e.printed_high_pct
        rows.append(
            Row(
                label=label,
                text=value_text(e, unit="%"),
                share=f"{value_text(e)}; printed: {printed}",
                question=_question(estimates, e),
                base=base_text(e),
                rests=SHORT_STATUS[e.status],
                value=nan if e.is_range else value_pct(e),
                start=e.printed_low_pct if is_range else nan,
                end=e.printed_high_pct if is_range else nan,
                printed=nan if is_range else e.printed_pct,
            )
        )
        lines.append((label, value_text(e), printed))
    observed = found[0].status == Status.OBSERVED
    return _figure(
        estimates,
        found,
        figure_id,
        title,
        chart=charts.rows_chart(rows),
        table=(("Item", "Computed here", "Printed"), *lines),
        notes=[
            "Diamonds and bands are what was printed; dots are what this book computes.",
            ""
            if observed
            else "They agree because the simulated rows were made to agree with print: "
            "this tests the way of the numbers through the book, not the article.",
        ],
        seen="For each item the computed and the printed share: "
        + "; ".join(f"{label}, {computed} and {printed}" for label, computed, printed in lines)
        + ".",
    )


# What the kinds have in common


def _figure(
    estimates: Estimates,
    found: list[Estimate],
    figure_id: str,
    title: str,
    *,
    chart,
    table: tuple[tuple[str, ...], ...],
    notes: list[str],
    seen: str,
) -> Figure:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", figure_id):
        raise SurveybookError(
            "a figure's id is not fit for an address",
            got=figure_id,
            expected="small letters, digits and hyphens",
        )
    title = _pasted(title, estimates, found[0].survey)
    rests = status_texts(found, LONG_STATUS)
    known = [e for e in found if e.item != RESPONSE or e.base_n is not None]
    base = sentence(bases_text(known))
    items = [
        estimates.codebook.item(e.survey, e.item) for e in {e.item: e for e in found}.values() if e.item != RESPONSE
    ]
    wordings = "; ".join(dict.fromkeys(wording_text(item) for item in items)) if len(items) == 1 else _wordings(items)
    parts = [
        f"Question: {wordings}" if items else "",
        f"Source: {dates_text(found, estimates.codebook)}",
        *notes,
    ]
    caption = " ".join(sentence(part) for part in parts if part)
    return Figure(
        figure_id=figure_id,
        title=title,
        alt=f"{sentence(title)} {seen}",
        caption=caption,
        rests=rests,
        base=base,
        table=table,
        spec=charts.finish(chart, title, f"{rests} {base}"),
    )


def _wordings(items) -> str:
    """Quote several questions; say once that their wording is reconstructed."""
    if all(item.wording_status == "assumed" for item in items):
        quoted = " ".join(f"“{item.wording_en}”" for item in items)
        return f"{quoted} (our reconstructions; the questionnaire is not public)"
    return "; ".join(dict.fromkeys(wording_text(item) for item in items))


def _pasted(title: str, estimates: Estimates, survey: str) -> str:
    """Fill the fields of a title with values: ``{item}`` or ``{item.option_set}``."""
    filled = ""
    for text, field, _, _ in Formatter().parse(title):
        filled += text
        if field is not None:
            item, _, option_set = field.partition(".")
            if not item:
                raise SurveybookError(
                    "a title has an empty field", got=title, expected=one_of(e.item for e in estimates.rows)
                )
            value = value_text(estimates.get(survey, item, option_set or None))
            filled += value if filled else value[:1].upper() + value[1:]
    return filled


def _sort_value(estimate: Estimate) -> float:
    if estimate.is_range:
        return (estimate.printed_low_pct + estimate.printed_high_pct) / 2
    return value_pct(estimate)


def _share_row(estimates: Estimates, estimate: Estimate, *, label: str | None = None, ranges: bool = True) -> Row:
    require_showable(estimate)
    nothing = (nan, nan)
    shown = {way: range_pct(estimate, way) if ranges else nothing for way in ("ci", "differ", "bound")}
    return Row(
        label=label or estimates.codebook.item(estimate.survey, estimate.item).label_en,
        text=value_text(estimate, unit="%"),
        share=value_text(estimate),
        base=base_text(estimate),
        rests=SHORT_STATUS[estimate.status],
        range=_ranges_sentence(estimate) if ranges else "",
        question=_question(estimates, estimate),
        value=nan if estimate.is_range else value_pct(estimate),
        low=shown["ci"][0],
        high=shown["ci"][1],
        differ_low=shown["differ"][0],
        differ_high=shown["differ"][1],
        bound_low=shown["bound"][0],
        bound_high=shown["bound"][1],
        start=estimate.printed_low_pct if estimate.is_range else nan,
        end=estimate.printed_high_pct if estimate.is_range else nan,
    )


def _question(estimates: Estimates, estimate: Estimate) -> str:
    return wording_text(estimates.codebook.item(estimate.survey, estimate.item))


def _ways(estimate: Estimate) -> dict[str, str]:
    """The three ways of speaking of everyone, in words."""
    points = points_text(estimate).replace("percentage ", "")
    return {"ci": ALIKE, "differ": DIFFER.format(points=points), "bound": BOUND}


def _range_texts(estimate: Estimate) -> list[str]:
    return [range_text(estimate, way) if has_range(estimate, way) else "none" for way in _ways(estimate)]


def _ranges_sentence(estimate: Estimate) -> str:
    """The three ranges in a line, for a tooltip; empty where there is none."""
    ranges = [
        f"{range_text(estimate, way)} {text}" for way, text in _ways(estimate).items() if has_range(estimate, way)
    ]
    return "; ".join(ranges)


def _share_notes(estimates: Estimates, found: list[Estimate]) -> list[str]:
    notes = []
    if any(has_range(estimate) for estimate in found):
        ways = _ways(found[0])
        notes += [
            "Dots are shares of those who answered, which have no sampling error",
            f"The rest says what holds of everyone, that is {_everyone(found[0])}: thick lines {ways['ci']} "
            f"({level_text(found[0])} interval), pale bands {ways['differ']}, thin lines {ways['bound']}",
        ]
    for reason in dict.fromkeys(e.ci_method for e in found if not has_range(e)):
        notes.append(f"No interval: {reason.removeprefix('none: ')}")
    return [*notes, _range_note(found), _assumed_note(found)]


def _everyone(estimate: Estimate) -> str:
    """Name the population; where the base is not published, perhaps not all invited were asked."""
    invited = f"all {estimate.population_size} who were invited"
    return invited if estimate.base_n is not None else f"{invited} and would have been asked this question"


def _range_note(found: list[Estimate]) -> str:
    if any(e.is_range and e.printed_word_en for e in found):
        return "A short thick band is a figure that was printed in words, and the range we read it as."
    if any(e.is_range for e in found):
        return "A range follows from figures that were printed as whole numbers."
    return ""


def _assumed_note(found: list[Estimate]) -> str:
    assumed = next((e for e in found if e.status == Status.PINNED and e.base_n is None), None)
    if assumed is None or not has_range(assumed):
        return ""
    bases = assumed.base_status.partition("assumed ")[2].replace(" to ", "–")
    return (
        f"The base is not published, so each range is the widest over assumed bases of {bases} leaders "
        "and every count that rounds to print."
    )


def _range_rests(estimate: Estimate) -> str:
    return "Assumed bases" if estimate.base_n is None else SHORT_STATUS[estimate.status]


def _printed_text(estimate: Estimate) -> str:
    if estimate.printed_word_en:
        return estimate.printed_word_en
    low, high = estimate.printed_low_pct, estimate.printed_high_pct
    return f"{estimate.printed_pct:g} percent" if low == high else f"{low:g}–{high:g} percent"


def _listed(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row.label}: {row.share}" for row in rows)
