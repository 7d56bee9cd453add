"""Figures of what stands around the surveys: the innovations that are told, and the timeline of 2020."""

from __future__ import annotations

from html import escape

from surveybook.core.model import Codebook, Survey, Use
from surveybook.disseminate import charts
from surveybook.disseminate.charts import Key
from surveybook.disseminate.figure import Figure, checked_id, make_panel
from surveybook.disseminate.municipality_map import Mark, map_svg
from surveybook.disseminate.timeline_chart import DASH, Moment, Span, date_text, timeline_chart
from surveybook.disseminate.wording import capital, sentence
from surveybook.process.context import Context, DatePrecision, Event, EventKind, Innovation

TOLD = "Told in the article; no figures, no answers."
DATED = "Dates from the article and public sources; no figures, no answers."
MAP_NOTE = (
    "Marked are the municipalities that the article names as examples. Examples are not counts. "
    "Where a municipality is not marked, nothing is known."
)
OUTLINES_NOTE = (
    "The outlines are simplified for this edition from react-denmark-map 1.0.0, "
    "Copyright (c) 2022 Martin Polley, MIT licence. The package does not say where they come from"
)
EVENT_STYLES = {
    EventKind.CASE: Key("sb-printed", "first case"),
    EventKind.RESTRICTION: Key("sb-dot", "restriction"),
    EventKind.REOPENING: Key("sb-drawn", "reopening"),
}
COLLECTION = "data collection"
INFERRED = "inferred"
NONE = "none"  # in a table: there is nothing to remark


def figure_innovations(context: Context, *, figure_id: str, title: str) -> Figure:
    """Show the types of innovations as cards, with their examples, and where the examples are on a map.

    Page elements with links both ways between map and cards; their ids begin with ``figure_id``.

    Raises
    ------
    SurveybookError
        ``figure_id`` is not fit for an address.
    """
    checked_id(figure_id)
    marks = [
        Mark(
            mark_id=_map_id(figure_id, example),
            code=example.municipality,
            text=example.example_id,
            name=f"{example.example_id}, {_place(context, example)}: {context.types[example.type].label_en}",
            href=f"#{_card_id(figure_id, example)}",
        )
        for example in context.innovations
    ]
    chart = map_svg(context.municipalities, marks, label="Map of Denmark with links to the examples")
    cards = "\n".join(_card(context, number, figure_id) for number in context.types)
    markup = f"""<div class="sb-places">
<div class="sb-places-map">
{chart}
<p class="sb-places-note">{escape(MAP_NOTE)}</p>
</div>
<ul class="sb-cards" role="list">
{cards}
</ul>
</div>"""
    header = ("Type", "What it is", "Municipality", "Region", "Example", "Note by this edition")
    return make_panel(
        figure_id,
        title,
        table=(header, *(_table_row(context, example) for example in context.innovations)),
        rests=TOLD,
        caption=" ".join(
            sentence(part)
            for part in (
                "The types are those that the article calls the most typical; the words are this edition's",
                "Notes are by this edition",
                "Examples are not counts",
                OUTLINES_NOTE,
                "Bornholm is drawn as an inset",
            )
        ),
        seen="Cards with examples, and a map that marks "
        + "; ".join(f"{_place(context, e)} ({context.types[e.type].label_en})" for e in context.innovations)
        + ".",
        markup=markup,
    )


def _map_id(figure_id: str, example: Innovation) -> str:
    return f"{figure_id}-map-{example.example_id}"


def _card_id(figure_id: str, example: Innovation) -> str:
    return f"{figure_id}-example-{example.example_id}"


def _place(context: Context, example: Innovation) -> str:
    return context.municipalities[example.municipality].name


def _card(context: Context, number: int, figure_id: str) -> str:
    kind = context.types[number]
    examples = "\n".join(_example(context, example, figure_id) for example in context.examples(number))
    return f"""<li class="sb-card">
<p class="sb-card-title"><span class="sb-card-number">{number}</span> {escape(kind.label_en)}</p>
<p>{escape(kind.text_en)}</p>
<ul class="sb-examples" role="list">
{examples}
</ul>
</li>"""


def _example(context: Context, example: Innovation, figure_id: str) -> str:
    note = f' <span class="sb-note">Note by this edition: {escape(example.note)}</span>' if example.note else ""
    return f"""<li id="{escape(_card_id(figure_id, example))}">\
<a class="sb-to-map" href="#{escape(_map_id(figure_id, example))}">\
<span class="sb-place-mark">{escape(example.example_id)}</span> {escape(_place(context, example))}\
<span class="sb-hidden">, on the map</span></a> \
{escape(example.text_en)}{note}</li>"""


def _table_row(context: Context, example: Innovation) -> tuple[str, ...]:
    kind, place = context.types[example.type], context.municipalities[example.municipality]
    return (kind.label_en, kind.text_en, place.name, place.region, example.text_en, example.note or NONE)


def figure_timeline(context: Context, codebook: Codebook, *, figure_id: str, title: str) -> Figure:
    """Draw events and, below them, when the article's sources were in the field and how far they look back.

    Sources are those whose ``use`` is "article", in the order in which they began.

    Raises
    ------
    SurveybookError
        ``figure_id`` is not fit for an address.
    """
    surveys = sorted(
        (survey for survey in codebook.surveys.values() if survey.use == Use.ARTICLE),
        key=lambda survey: (survey.field_start_date, survey.field_end_date),
    )
    events = sorted(context.events, key=lambda event: event.date)
    moments = [_moment(event) for event in events]
    spans = [_span(survey) for survey in surveys]
    headings = ("Events", "When the article's sources were in the field")
    told = [
        *((event.date, _when(event), event.label_en, event.kind.value, event.note or NONE) for event in events),
        *(
            (s.field_start_date, sentence(s.field_period_en)[:-1], _name(s), COLLECTION, _looks_back(s))
            for s in surveys
        ),
    ]
    rows = [row[1:] for row in sorted(told, key=lambda row: row[0])]
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{sentence(title)} In order: " + "; ".join(f"{when}: {what}" for when, what, *_ in rows) + ".",
        caption=" ".join(sentence(note) for note in _timeline_notes(events, surveys) if note),
        rests=DATED,
        base="",
        table=(("Date", "What", "Kind", "Remark"), *rows),
        spec=charts.finish(timeline_chart(moments, spans, headings, _keys(events, spans)), title, DATED),
    )


def _keys(events: list[Event], spans: list[Span]) -> list[Key]:
    """What each mark of the timeline means, for the marks that it has."""
    unsure = not all(span.sure for span in spans) or any(event.end_date for event in events)
    back = [span.inferred for span in spans if span.back]
    said = {
        Key("sb-bar", "in the field, known to the day"): any(span.sure for span in spans),
        Key("sb-interval", "somewhere in this span; the days are not known"): unsure,
        Key("sb-bound", "looks back to here: inferred, not printed", dash=DASH): any(back),
        Key("sb-bound", "looks back to here"): not all(back),
    }
    kinds = dict.fromkeys(event.kind for event in events)
    return [*(EVENT_STYLES[kind] for kind in kinds), *(key for key, holds in said.items() if holds)]


def _moment(event: Event) -> Moment:
    return Moment(
        start=event.date,
        end=event.end_date,
        style=EVENT_STYLES[event.kind].style,
        label=event.label_en,
        day_text=_when(event, short=True),
        date_text=_when(event),
        note=event.note,
    )


def _span(survey: Survey) -> Span:
    return Span(
        start=survey.field_start_date,
        end=survey.field_end_date,
        sure=survey.field_precision == "day",
        label=f"{_name(survey)}: {survey.field_period_en}",
        date_text=survey.field_period_en,
        back=survey.looks_back_to_date,
        inferred=survey.looks_back_status == INFERRED,
        note=_looks_back(survey),
    )


def _when(event: Event, *, short: bool = False) -> str:
    """An event's date in words, with how it is known; ``short`` leaves out the year."""
    day = date_text(event.date, short=short)
    if event.precision == DatePrecision.SOURCES_DIFFER:
        return f"{day} (sources differ)"
    if event.end_date is None:
        return day
    same = (event.date.year, event.date.month) == (event.end_date.year, event.end_date.month)
    return f"Between {event.date.day if same else day} and {date_text(event.end_date, short=short)}"


def _name(survey: Survey) -> str:
    return capital(survey.label_en)


def _looks_back(survey: Survey) -> str:
    if survey.looks_back_to_date is None:
        return "How far back it looks cannot be said."
    status = f" ({INFERRED})" if survey.looks_back_status == INFERRED else ""
    return f"Looks back to {date_text(survey.looks_back_to_date)}{status}."


def _timeline_notes(events: list[Event], surveys: list[Survey]) -> list[str]:
    unsure = [event.label_en for event in events if event.precision != DatePrecision.DAY]
    silent = [survey.label_en for survey in surveys if survey.looks_back_to_date is None]
    inferred = any(survey.looks_back_status == INFERRED for survey in surveys)
    return [
        "The dates of events are known to the day" + (f", except: {'; '.join(unsure)}" if unsure else ""),
        "Of some sources only the months of data collection are known",
        "How far back the questions look is inferred from the questions by this edition" if inferred else "",
        f"For some sources it cannot be said: {'; '.join(silent)}" if silent else "",
        "The order of data collection is not shown to be the order of events",
    ]
