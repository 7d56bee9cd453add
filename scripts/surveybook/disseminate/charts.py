"""Vega-Lite specifications, made with Altair from aggregated rows alone.

All charts share one layout that holds from 320 pixels: each row has its label on a line above
its marks, so no label takes width from the scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan, nan

import altair as alt

from surveybook.core.rounding import OUTPUT_DECIMALS
from surveybook.disseminate.chart_style import (
    ACCENT,
    CONFIG,
    LABEL_CHARS,
    MIDDLE,
    SUBTITLE_CHARS,
    TITLE_CHARS,
    UNFAVOURABLE,
    lines,
)

ROW_HEIGHT = 56
BARE_ROW_HEIGHT = 42  # of a row without a value above its marks
LABEL_LINE = 15
VALUE_LINE = 14  # a row's value stands above its marks
SIDE_COLOURS = {"favourable": ACCENT, "middle": MIDDLE, "unfavourable": UNFAVOURABLE}
TIP = {
    "label": "Item",
    "share": "Share",
    "range": "Everyone",
    "base": "Base",
    "question": "Question",
    "rests": "Rests on",
}


@dataclass(frozen=True)
class Row:
    """One row of a chart, in the scale's unit; nan where the row has no such mark.

    ``value`` is a dot, ``low`` to ``high`` an interval, ``differ_low`` to ``differ_high`` a pale
    band and ``bound_low`` to ``bound_high`` a thin line around it, ``start`` to ``end`` a band
    (a range) or, where ``bar``, a bar (a count), ``printed`` an open diamond.
    """

    label: str
    text: str
    share: str
    base: str
    rests: str
    range: str = ""
    question: str = ""
    value: float = nan
    low: float = nan
    high: float = nan
    differ_low: float = nan
    differ_high: float = nan
    bound_low: float = nan
    bound_high: float = nan
    start: float = nan
    end: float = nan
    bar: bool = False
    printed: float = nan


def rows_chart(rows: Sequence[Row], *, most: float = 100, percent: bool = True) -> alt.LayerChart:
    """Draw rows with dots, intervals, ranges or bars on one scale from 0 to ``most``."""
    y = alt.Y("row:O", axis=None)
    x_scale = alt.Scale(domain=[0, most], nice=False, zero=True)
    axis = alt.Axis(values=[0, 25, 50, 75, 100], labelExpr="datum.value + '%'", title=None) if percent else None
    data = [_datum(number, row) for number, row in enumerate(rows)]
    base = alt.Chart(alt.Data(values=data)).encode(y=y)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=axis, title=None)

    label_lines = max(len(lines(row.label, LABEL_CHARS)) for row in rows)
    row_height = ROW_HEIGHT if any(row.text for row in rows) else BARE_ROW_HEIGHT
    height = row_height + LABEL_LINE * (label_lines - 1)
    offset = height / 2 - 12
    tooltip = [alt.Tooltip(f"{key}:N", title=title) for key, title in TIP.items() if _any(data, key)]
    layers = [
        base.mark_bar(style="sb-zone", tooltip=True).encode(
            x=alt.X("zero:Q", scale=x_scale, axis=axis, title=None), x2="most:Q", tooltip=tooltip
        ),
        base.mark_text(style="sb-label", dy=-height / 2 + 11, lineHeight=LABEL_LINE).encode(
            x=x("zero"), text="lines:N"
        ),
    ]

    def drawn(field: str) -> bool:
        return any(not isnan(getattr(row, field)) for row in rows)

    def add_range(low: str, high: str, style: str, thick: int = 0) -> None:
        mark = {"style": style, "yOffset": offset, "tooltip": None}
        drawing = base.mark_bar(height=thick, **mark) if thick else base.mark_rule(**mark)
        if drawn(low):
            layers.append(drawing.encode(x=x(low), x2=f"{high}:Q"))

    add_range("bound_low", "bound_high", "sb-bound")
    add_range("differ_low", "differ_high", "sb-differ", thick=8)
    add_range("start", "end", "sb-bar" if rows[0].bar else "sb-band", thick=12)
    add_range("low", "high", "sb-interval")
    if drawn("printed"):
        mark = base.mark_point(style="sb-printed", shape="diamond", yOffset=offset, filled=False)
        layers.append(mark.encode(x=x("printed")))
    if drawn("value"):
        layers.append(base.mark_point(style="sb-dot", filled=True, yOffset=offset).encode(x=x("value")))
    if any(row.text for row in rows):
        # A long value near the end of the scale would run over it.
        align = alt.ExprRef("length(datum.text) > 4 && datum.anchor > 80 ? 'right' : 'center'")
        mark = base.mark_text(style="sb-value", align=align, dy=offset - VALUE_LINE)
        layers.append(mark.encode(x=x("anchor"), text="text:N"))
    return alt.layer(*layers).properties(width="container", height=height * len(rows))


def _any(data: list[dict], key: str) -> bool:
    return any(datum.get(key) for datum in data)


def _datum(number: int, row: Row) -> dict:
    values = {
        key: round(value, OUTPUT_DECIMALS) if isinstance(value, float) else value
        for key, value in asdict(row).items()
        if value != "" and not (isinstance(value, float) and isnan(value)) and key != "bar"
    }
    values |= {"row": number, "zero": 0, "most": 100, "lines": lines(row.label, LABEL_CHARS)}
    if not isnan(row.value):
        return values | {"anchor": values["value"]}
    return values | ({"anchor": (row.start + row.end) / 2} if row.text else {})


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar, ``size`` wide in percent, on one side of the scale."""

    label: str
    text: str
    size: float
    side: str
    base: str
    rests: str
    question: str


def scale_chart(segments: Sequence[Segment]) -> alt.LayerChart:
    """Draw a scale as one stacked bar, the middle of its middle part at the centre, with a key below.

    A scale without a middle part is centred between its two sides.
    """
    left = sum(s.size for s in segments if s.side == "favourable")
    centre = left + sum(s.size for s in segments if s.side == "middle") / 2
    data, at = [], -centre
    for number, segment in enumerate(segments):
        data.append(
            {
                "row": 0,
                "key": number + 1,
                "start": round(at, OUTPUT_DECIMALS),
                "end": round(at + segment.size, OUTPUT_DECIMALS),
                "middle": round(at + segment.size / 2, OUTPUT_DECIMALS),
                "inside": segment.text if segment.size >= 9 else "",
                "label": segment.label,
                "text": f"{segment.text}  {segment.label}",
                "share": segment.text,
                "base": segment.base,
                "rests": segment.rests,
                "question": segment.question,
                "order": number,
                "colour": _colour(segments, number),
                "ink": _ink(_colour(segments, number)),
            }
        )
        at += segment.size
    domain = [data[0]["start"], data[-1]["end"]]
    x_scale = alt.Scale(domain=domain, nice=False, zero=False)
    base = alt.Chart(alt.Data(values=data))
    tooltip = [alt.Tooltip(f"{key}:N", title=title) for key, title in TIP.items() if key in data[0]]
    colour = alt.Color("colour:N", scale=None)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:O", axis=None)

    bar = base.mark_bar(height=30, stroke="white", tooltip=True).encode(
        x=x("start"), x2="end:Q", y=y("row"), color=colour, tooltip=tooltip
    )
    inside = base.mark_text(style="sb-value").encode(
        x=x("middle"), y=y("row"), text="inside:N", color=alt.Color("ink:N", scale=None)
    )
    square = base.mark_square(size=130, opacity=1).encode(x=alt.value(7), y=y("key"), color=colour)
    key = base.mark_text(style="sb-label", dx=20).encode(x=alt.value(0), y=y("key"), text="text:N")
    return alt.layer(bar, inside, square, key).properties(width="container", height=34 * (len(segments) + 1))


def _colour(segments: Sequence[Segment], number: int) -> str:
    """The colour of a side, paler toward the middle of the scale."""
    side = segments[number].side
    same = [k for k, segment in enumerate(segments) if segment.side == side]
    if side == "favourable":
        same.reverse()
    toward_end = (same.index(number) + 1) / len(same) if side != "middle" else 1
    ink = SIDE_COLOURS.get(side, MIDDLE)
    mixed = [int(ink[k : k + 2], 16) for k in (1, 3, 5)]
    share = 0.5 + 0.5 * toward_end
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in mixed)


def _ink(colour: str) -> str:
    """Black or white, whichever has more contrast on a colour (relative luminance as in WCAG 2.2)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def finish(chart: alt.LayerChart, title: str, subtitle: str) -> dict:
    """Return the specification with its title, what it rests on, and the chart style."""
    chart = chart.properties(
        title=alt.TitleParams(text=lines(title, TITLE_CHARS), subtitle=lines(subtitle, SUBTITLE_CHARS)),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    with alt.data_transformers.enable(consolidate_datasets=False):
        spec = chart.to_dict(validate=True)
    return spec | {"config": CONFIG}
