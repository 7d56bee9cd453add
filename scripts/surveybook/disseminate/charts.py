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

# Heights in pixels, from the top of a row: its label, its value, its marks, and the row's end.
LABEL_AT, VALUE_AT, MARK_AT, ROW_END = 9, 26, 42, 58
BARE_MARK_AT, BARE_ROW_END = 26, 42  # of a row without a value above its marks
LABEL_LINE = 15
AXIS_HEIGHT = 20
KEY_LINE = 18
SWATCH = 24
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


@dataclass(frozen=True)
class Key:
    """One line of a chart's key: a mark, by its style, and what it means."""

    style: str
    text: str


def rows_chart(
    rows: Sequence[Row], keys: Sequence[Key] = (), *, most: float = 100, percent: bool = True
) -> alt.LayerChart:
    """Draw rows with dots, intervals, ranges or bars on one scale from 0 to ``most``, and a key below."""
    data, end = _placed(rows, most)
    height = end + (AXIS_HEIGHT if percent else 0) + KEY_LINE * len(keys)
    y_scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
    x_scale = alt.Scale(domain=[0, most], nice=False, zero=True)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=None)

    base = alt.Chart(alt.InlineData(values=data))
    tooltip = _tooltip(data)
    layers = _axis(end, x, y) if percent else []
    label = base.mark_text(style="sb-label", lineHeight=LABEL_LINE)
    layers.append(label.encode(x=x("zero"), y=y("label_y"), text="lines:N"))

    def drawn(field: str) -> bool:
        return any(not isnan(getattr(row, field)) for row in rows)

    def add_range(low: str, high: str, style: str) -> None:
        if drawn(low):
            layers.append(base.mark_rule(style=style).encode(x=x(low), x2=f"{high}:Q", y=y("mark_y")))

    add_range("bound_low", "bound_high", "sb-bound")
    add_range("differ_low", "differ_high", "sb-differ")
    add_range("start", "end", "sb-bar" if rows[0].bar else "sb-band")
    add_range("low", "high", "sb-interval")
    if drawn("printed"):
        layers.append(_diamond(base).encode(x=x("printed"), y=y("mark_y")))
    if drawn("value"):
        layers.append(base.mark_point(style="sb-dot", filled=True).encode(x=x("value"), y=y("mark_y")))
    if any(row.text for row in rows):
        # A long value near the end of the scale would run over it.
        align = alt.ExprRef("length(datum.text) > 4 && datum.anchor > 80 ? 'right' : 'center'")
        mark = base.mark_text(style="sb-value", align=align)
        layers.append(mark.encode(x=x("anchor"), y=y("value_y"), text="text:N"))
    # Drawn last and unseen: the whole row answers to the pointer.
    zone = base.mark_rect(style="sb-zone", tooltip=True)
    layers.append(zone.encode(x=x("zero"), x2="most:Q", y=y("top"), y2="bottom:Q", tooltip=tooltip))
    layers += _key(keys, end + (AXIS_HEIGHT if percent else 0))
    return alt.layer(*layers).properties(width="container", height=height)


def _placed(rows: Sequence[Row], most: float) -> tuple[list[dict], float]:
    """The rows as chart data, each with its places from the top; and where the last one ends."""
    valued = any(row.text for row in rows)
    data, top = [], 0
    for row in rows:
        label = lines(row.label, LABEL_CHARS)
        shift = LABEL_LINE * (len(label) - 1)
        places = {
            "top": top,
            "label_y": top + LABEL_AT,
            "value_y": top + VALUE_AT + shift,
            "mark_y": top + (MARK_AT if valued else BARE_MARK_AT) + shift,
            "bottom": top + (ROW_END if valued else BARE_ROW_END) + shift,
        }
        data.append(_datum(row) | places | {"zero": 0, "most": most, "lines": label})
        top = places["bottom"]
    return data, top


def _tooltip(data: Sequence[dict]) -> list[alt.Tooltip]:
    """The fields of a tooltip that every datum has, in their order."""
    return [
        alt.Tooltip(f"{key}:N", title=title) for key, title in TIP.items() if all(datum.get(key) for datum in data)
    ]


def _axis(end: float, x, y) -> list[alt.Chart]:
    """Grid lines as far as the rows go, and the percentages below them."""
    place = {"top": 0, "end": end, "below": end + AXIS_HEIGHT / 2}
    ticks = [{"at": at, "text": f"{at}%", **place} for at in range(0, 101, 25)]
    base = alt.Chart(alt.InlineData(values=ticks))
    align = alt.ExprRef("datum.at == 0 ? 'left' : datum.at == 100 ? 'right' : 'center'")
    return [
        base.mark_rule(style="sb-grid").encode(x=x("at"), y=y("top"), y2="end:Q"),
        base.mark_text(style="sb-tick", align=align).encode(x=x("at"), y=y("below"), text="text:N"),
    ]


def _diamond(base: alt.Chart) -> alt.Chart:
    return base.mark_point(style="sb-printed", shape="diamond", filled=False)


def _key(keys: Sequence[Key], top: float) -> list[alt.Chart]:
    """The lines of a key: places and words are constants, so one empty datum serves them all."""
    layers = []
    for number, key in enumerate(keys):
        base = alt.Chart(alt.InlineData(values=[{}])).encode(y=alt.value(top + KEY_LINE * (number + 0.5)))
        middle = alt.value(SWATCH / 2)
        if key.style == "sb-dot":
            layers.append(base.mark_point(style=key.style, filled=True).encode(x=middle))
        elif key.style == "sb-printed":
            layers.append(_diamond(base).encode(x=middle))
        else:
            layers.append(base.mark_rule(style=key.style).encode(x=alt.value(0), x2=alt.value(SWATCH)))
        layers.append(base.mark_text(style="sb-key").encode(x=alt.value(SWATCH + 8), text=alt.value(key.text)))
    return layers


def _datum(row: Row) -> dict:
    values = {
        key: round(value, OUTPUT_DECIMALS) if isinstance(value, float) else value
        for key, value in asdict(row).items()
        if value != "" and not (isinstance(value, float) and isnan(value)) and key != "bar"
    }
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
                "colour": _colour(segments, number),
                "ink": _ink(_colour(segments, number)),
            }
        )
        at += segment.size
    domain = [data[0]["start"], data[-1]["end"]]
    x_scale = alt.Scale(domain=domain, nice=False, zero=False)
    base = alt.Chart(alt.InlineData(values=data))
    colour = alt.Color("colour:N", scale=None)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:O", axis=None)

    bar = base.mark_bar(height=30, stroke="white").encode(x=x("start"), x2="end:Q", y=y("row"), color=colour)
    # Drawn last and unseen: the whole segment answers to the pointer, its text included.
    zone = base.mark_bar(style="sb-zone", height=30, tooltip=True).encode(
        x=x("start"), x2="end:Q", y=y("row"), tooltip=_tooltip(data)
    )
    inside = base.mark_text(style="sb-value").encode(
        x=x("middle"), y=y("row"), text="inside:N", color=alt.Color("ink:N", scale=None)
    )
    square = base.mark_square(size=130, opacity=1).encode(x=alt.value(7), y=y("key"), color=colour)
    key = base.mark_text(style="sb-label", dx=20).encode(x=alt.value(0), y=y("key"), text="text:N")
    return alt.layer(bar, inside, square, key, zone).properties(width="container", height=34 * (len(segments) + 1))


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
    # Several layers draw the same rows: these stand once, under a name made from their content.
    with alt.data_transformers.enable(consolidate_datasets=True):
        spec = chart.to_dict(validate=True)
    return spec | {"config": CONFIG}
