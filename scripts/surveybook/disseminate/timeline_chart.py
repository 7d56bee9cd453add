"""A timeline as a Vega-Lite chart: events with their texts beside them, and spans below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from surveybook.disseminate.chart_style import LABEL_CHARS, lines
from surveybook.disseminate.charts import (
    AXIS_HEIGHT,
    KEY_LINE,
    LABEL_AT,
    LABEL_LINE,
    ZONE,
    Key,
    axis_layers,
    key_layers,
    unchecked,
)

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
LEAST_WIDTH = 290  # pixels between the ends of the scale on a phone
CHAR_WIDTH = 6  # pixels of a character of a label, about
TEXT_GAP = 12  # from an event's mark to its text
HEADING = 26
EVENT_END = 4  # below an event's last line
SPAN_MARK, SPAN_END = 11, 24  # below a span's last line: its mark, and its end
TIP = ("date", "label", "note")
TICK_MONTHS = 2  # a text at every so many months
DASH = (3, 3)


@dataclass(frozen=True)
class Moment:
    """One event; where ``end`` is given, it lies from ``start`` to it. ``style`` names its mark.

    ``day_text`` stands before its label, ``date_text`` in the tooltip.
    """

    start: date
    end: date | None
    style: str
    label: str
    day_text: str
    date_text: str
    note: str = ""


@dataclass(frozen=True)
class Span:
    """One span of days, ``sure`` where its ends are known to the day, and how far ``back`` it looks.

    ``inferred`` says that how far back is not printed, but read out of the source.
    """

    start: date
    end: date
    sure: bool
    label: str
    date_text: str
    back: date | None = None
    inferred: bool = False
    note: str = ""


@unchecked
def timeline_chart(
    moments: Sequence[Moment], spans: Sequence[Span], headings: tuple[str, str], keys: Sequence[Key]
) -> alt.LayerChart:
    """Draw moments, then spans, each in the order given, on one scale of whole months.

    ``headings`` stand above the two groups. A line leads from a span back to where it looks, dashed
    where that is inferred.
    """
    days = [day for one in (*moments, *spans) for day in (one.start, one.end, getattr(one, "back", None)) if day]
    first = min(days).replace(day=1)
    ticks, length = _months(first, max(days))
    events, top = _events(moments, first, length, HEADING)
    periods, end = _spans(spans, first, length, top + HEADING)
    height = end + AXIS_HEIGHT + KEY_LINE * len(keys)
    # The first layer brings the scales, which all share.
    x_scales, y_scales = (
        iter([alt.Scale(domain=domain, nice=False, zero=False)]) for domain in ([0, length], [height, 0])
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=next(x_scales, alt.Undefined), axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=next(y_scales, alt.Undefined), axis=None)

    heads = [{"y": at, "text": text} for at, text in zip((LABEL_AT, top + LABEL_AT), headings, strict=True)]
    head = alt.Chart(alt.InlineData(values=heads)).mark_text(style="sb-value", align="left")
    layers = [*axis_layers(ticks, end, x), head.encode(x=alt.value(0), y=y("y"), text="text:N")]
    happened, asked = (alt.Chart(alt.InlineData(values=rows)) for rows in (events, periods))
    layers += [*_event_layers(happened, events, x, y), *_span_layers(asked, periods, x, y)]
    # Drawn last and unseen: the whole row answers to the pointer.
    layers += [
        _zone(happened, ("Date", "Event", "Note"), y),
        _zone(asked, ("In the field", "Source", "Note"), y),
    ]
    layers += key_layers(keys, end + AXIS_HEIGHT)
    return alt.layer(*layers).properties(width="container", height=height)


def date_text(day: date, *, short: bool = False) -> str:
    """Write a day: "11 March 2020", or "11 Mar"."""
    month = MONTHS[day.month - 1]
    return f"{day.day} {month[:3]}" if short else f"{day.day} {month} {day.year}"


def _months(first: date, last: date) -> tuple[dict[float, str], int]:
    """The first of every month from ``first`` to past ``last`` in days, with texts; and how many days that is."""
    ticks, day, number = {}, first, 0
    while True:
        named = number % TICK_MONTHS == 0 and day <= last
        ticks[(day - first).days] = MONTHS[day.month - 1][:3] if named else ""
        if day > last:
            return ticks, (day - first).days
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        number += 1


def _events(moments: Sequence[Moment], first: date, length: int, top: float) -> tuple[list[dict], float]:
    """The moments as chart data: each text on the side where there is more room; and where they end."""
    rows = []
    for moment in moments:
        start = (moment.start - first).days
        end = start if moment.end is None else (moment.end - first).days
        right = start + end < length
        room = (length - end if right else start) / length * LEAST_WIDTH - TEXT_GAP
        text = lines(f"{moment.day_text}: {moment.label}", min(int(room / CHAR_WIDTH), LABEL_CHARS))
        bottom = top + LABEL_LINE * len(text) + EVENT_END
        rows.append(
            {
                "start": start,
                "end": end,
                "at": (start + end) / 2,
                "edge": end if right else start,
                "side": "right" if right else "left",
                "style": moment.style,
                "lines": text,
                "top": top,
                "y": top + LABEL_AT,
                "bottom": bottom,
                "date": moment.date_text,
                "label": moment.label,
                "note": moment.note or "none",
            }
        )
        top = bottom
    return rows, top + EVENT_END


def _spans(spans: Sequence[Span], first: date, length: int, top: float) -> tuple[list[dict], float]:
    """The spans as chart data, each with its label above it; and where the last one ends."""
    rows = []
    for span in spans:
        text = lines(span.label, LABEL_CHARS)
        mark = top + LABEL_LINE * len(text) + SPAN_MARK
        row = {
            "start": (span.start - first).days,
            "end": (span.end - first).days + 1,  # its last day is in it
            "sure": span.sure,
            "lines": text,
            "top": top,
            "label_y": top + LABEL_AT,
            "y": mark,
            "tick_top": mark - 4,
            "tick_end": mark + 4,
            "bottom": top + LABEL_LINE * len(text) + SPAN_END,
            "date": span.date_text,
            "label": span.label,
            "note": span.note,
        }
        back = {"back": (span.back - first).days, "inferred": span.inferred} if span.back else {}
        rows.append(row | back)
        top = row["bottom"]
    return rows, top


def _zone(base: alt.Chart, titles: tuple[str, str, str], y) -> alt.Chart:
    tooltip = [alt.Tooltip(f"{key}:N", title=title) for key, title in zip(TIP, titles, strict=True)]
    place = {"x": alt.value(0), "x2": alt.value("width"), "y": y("top"), "y2": "bottom:Q"}
    return base.mark_rect(style=ZONE, tooltip=True).encode(**place, tooltip=tooltip)


def _event_layers(base: alt.Chart, rows: Sequence[dict], x, y) -> list[alt.Chart]:
    place = {"x": x("at"), "y": y("y")}
    layers = [base.mark_rule(style="sb-interval").encode(x=x("start"), x2="end:Q", y=y("y"))]
    for style in dict.fromkeys(row["style"] for row in rows):
        own = base.transform_filter(f"datum.style == '{style}'")
        shape = {"shape": "diamond"} if style == "sb-printed" else {}
        layers.append(own.mark_point(style=style, filled=style == "sb-dot", **shape).encode(**place))
    for side, align, way in (("right", "left", 1), ("left", "right", -1)):
        own = base.transform_filter(f"datum.side == '{side}'")
        text = own.mark_text(style="sb-label", align=align, dx=way * TEXT_GAP, lineHeight=LABEL_LINE)
        layers.append(text.encode(x=x("edge"), y=y("y"), text="lines:N"))
    return layers


def _span_layers(base: alt.Chart, rows: Sequence[dict], x, y) -> list[alt.Chart]:
    layers = [
        base.mark_text(style="sb-label", lineHeight=LABEL_LINE).encode(x=alt.value(0), y=y("label_y"), text="lines:N")
    ]
    for inferred, dash in ((True, {"strokeDash": list(DASH)}), (False, {})):
        if any(row.get("inferred") is inferred for row in rows):
            back = base.transform_filter(f"datum.inferred === {str(inferred).lower()}")
            layers.append(back.mark_rule(style="sb-bound", **dash).encode(x=x("back"), x2="start:Q", y=y("y")))
            layers.append(back.mark_rule(style="sb-bound").encode(x=x("back"), y=y("tick_top"), y2="tick_end:Q"))
    for sure, style in ((False, "sb-interval"), (True, "sb-bar")):
        if any(row["sure"] is sure for row in rows):
            span = base.transform_filter(f"datum.sure === {str(sure).lower()}")
            layers.append(span.mark_rule(style=style).encode(x=x("start"), x2="end:Q", y=y("y")))
    return layers
