"""Vega-Lite specifications, made with Altair from aggregated rows alone.

All charts share one layout that holds from 320 pixels: each row has its label on a line above
its marks, so no label takes width from the scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import wraps
from math import isnan, nan
from typing import TypeVar

import altair as alt
from altair.utils import schemapi

from surveybook.core.rounding import OUTPUT_DECIMALS
from surveybook.disseminate.chart_style import (
    ACCENT,
    AUTOSIZE,
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
BAND_HEIGHT = 12
STAMP_EVERY = 150  # pixels of height
KEY = "key"  # begins the name of a layer of a key
SWATCH = 24
CURVE_HEIGHT = 240
LINE_LABEL = 15  # pixels from one line's label to the next, and from a line's end to its label
LETTER = 7  # pixels of a letter of a label, at most
PERCENT_TICKS = {at: f"{at}%" for at in range(0, 101, 25)}
ZONE = "sb-zone"  # the style of the unseen marks that answer to the pointer and to keys
REPLICATE = "replicate"  # the chart's parameter: which replicate is drawn, counted from 0
NO_REPLICATE = -1
STEP_WIDTH = 12
SHORT_VALUE = 4  # letters of a value that has room at an end of the scale
SIGNED = "datum.value > 0 ? '+' + datum.value : datum.value < 0 ? '−' + abs(datum.value) : '0'"
SIDE_COLOURS = {"favourable": ACCENT, "middle": MIDDLE, "unfavourable": UNFAVOURABLE}
TIP = {
    "label": "Item",
    "share": "Share",
    "range": "Everyone",
    "base": "Base",
    "question": "Question",
    "rests": "Rests on",
}


Made = TypeVar("Made")


def unchecked(make: Callable[..., Made]) -> Callable[..., Made]:
    """Make a chart without holding each part of it against Altair's schema, which takes most of the time.

    A test holds every committed chart against the schema instead.
    """

    @wraps(make)
    def made(*arguments, **options) -> Made:
        with schemapi.debug_mode(False):
            return make(*arguments, **options)

    return made


@dataclass(frozen=True)
class Row:
    """One row of a chart, in the scale's unit; nan where the row has no such mark.

    ``value`` is a dot, ``low`` to ``high`` an interval, ``differ_low`` to ``differ_high`` a pale
    band and ``bound_low`` to ``bound_high`` a thin line around it, ``start`` to ``end`` a band
    (a range) or, where ``bar``, a bar (a count), ``printed`` an open diamond. ``hatch_low`` to
    ``hatch_high`` is the span over the replicates, and ``draws`` what each of them gives.
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
    hatch_low: float = nan
    hatch_high: float = nan
    draws: tuple[float, ...] = ()


@dataclass(frozen=True)
class Key:
    """One line of a chart's key: a mark, by its style, and what it means; ``dash`` as in a line's strokes."""

    style: str
    text: str
    dash: tuple[int, ...] = ()


@unchecked
def rows_chart(
    rows: Sequence[Row],
    keys: Sequence[Key] = (),
    *,
    least: float = 0,
    most: float = 100,
    ticks: Mapping[float, str] = PERCENT_TICKS,
    stamp: str = "",
) -> alt.LayerChart:
    """Draw rows with dots, intervals, ranges or bars on one scale, and a key below.

    The scale goes from ``least`` to ``most``; ``ticks`` are the places and texts of its grid
    lines; ``stamp`` stands large and pale across the chart.
    """
    data, end = _placed(rows, least, most)
    axis_height = AXIS_HEIGHT if ticks else 0
    height = end + axis_height + KEY_LINE * len(keys)
    y_scale = alt.Scale(domain=[height, 0], nice=False, zero=False)
    x_scale = alt.Scale(domain=[least, most], nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=None)

    base = alt.Chart(alt.InlineData(values=data))
    tooltip = _tooltip(data)
    layers = axis_layers(ticks, end, x) if ticks else []
    if stamp:
        count = max(1, round(end / STAMP_EVERY))  # so that no part of the picture is without it
        heights = [round(end * (number + 0.5) / count) for number in range(count)]
        places = alt.Chart(alt.InlineData(values=[{"at": (least + most) / 2, "height": high} for high in heights]))
        layers.append(places.mark_text(style="sb-stamp").encode(x=x("at"), y=y("height"), text=alt.value(stamp)))
    label = base.mark_text(style="sb-label", lineHeight=LABEL_LINE)
    layers.append(label.encode(x=alt.value(0), y=y("label_y"), text="lines:N"))

    def drawn(field: str) -> bool:
        return any(not isnan(getattr(row, field)) for row in rows)

    def add_range(low: str, high: str, style: str) -> None:
        if drawn(low):
            layers.append(base.mark_rule(style=style).encode(x=x(low), x2=f"{high}:Q", y=y("mark_y")))

    add_range("bound_low", "bound_high", "sb-bound")
    add_range("differ_low", "differ_high", "sb-differ")
    if rows[0].bar:
        add_range("start", "end", "sb-bar")
    elif drawn("start"):
        # An outline, so that it is told from the whole bands by its shape too.
        ranged = base.transform_filter("isValid(datum.start)")
        outline = ranged.mark_rect(style="sb-band", yOffset=-BAND_HEIGHT / 2, y2Offset=BAND_HEIGHT / 2)
        layers.append(outline.encode(x=x("start"), x2="end:Q", y=y("mark_y"), y2="mark_y:Q"))
    add_range("hatch_low", "hatch_high", "sb-hatch")
    add_range("low", "high", "sb-interval")
    if drawn("printed"):
        layers.append(_diamond(base).encode(x=x("printed"), y=y("mark_y")))
    if drawn("value"):
        layers.append(base.mark_point(style="sb-dot", filled=True).encode(x=x("value"), y=y("mark_y")))
    drawn_params = []
    if any(row.draws for row in rows):
        drawn_params = [alt.param(name=REPLICATE, value=NO_REPLICATE)]
        draw = base.transform_calculate(drawn=f"datum.draws ? datum.draws[{REPLICATE}] : null")
        draw = draw.transform_filter("isValid(datum.drawn)")
        layers.append(draw.mark_point(style="sb-drawn", filled=False).encode(x=x("drawn"), y=y("mark_y")))
    if any(row.text and not _made_up(row) for row in rows):
        mixed = any(_made_up(row) for row in rows)
        known = base.transform_filter("isValid(datum.text)") if mixed else base
        mark = known.mark_text(style="sb-value", align=alt.ExprRef("datum.align"))
        layers.append(mark.encode(x=x("anchor"), y=y("value_y"), text="text:N"))
    if any(_made_up(row) for row in rows):
        made = base.transform_filter("isValid(datum.made)")
        mark = made.mark_text(style="sb-made", align=alt.ExprRef("datum.align"))
        layers.append(mark.encode(x=x("anchor"), y=y("value_y"), text="made:N"))
    # Drawn last and unseen: the whole row answers to the pointer.
    zone = base.mark_rect(style=ZONE, tooltip=True)
    place = {"x": alt.value(0), "x2": alt.value("width"), "y": y("top"), "y2": "bottom:Q"}
    layers.append(zone.encode(**place, tooltip=tooltip))
    layers += key_layers(keys, end + axis_height)
    return alt.layer(*layers).properties(width="container", height=height).add_params(*drawn_params)


def _placed(rows: Sequence[Row], least: float, most: float) -> tuple[list[dict], float]:
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
        data.append(_datum(row, least, most) | places | {"lines": label})
        top = places["bottom"]
    return data, top


def _tooltip(data: Sequence[dict]) -> list[alt.Tooltip]:
    """The fields of a tooltip that every datum has, in their order."""
    return [
        alt.Tooltip(f"{key}:N", title=title) for key, title in TIP.items() if all(datum.get(key) for datum in data)
    ]


def axis_layers(ticks: Mapping[float, str], end: float, x) -> list[alt.Chart]:
    """Grid lines as far as the rows go, and their texts below them."""
    base = alt.Chart(alt.InlineData(values=[{"at": at, "text": text} for at, text in ticks.items()]))
    first, last = min(ticks), max(ticks)
    align = alt.ExprRef(f"datum.at == {first:g} ? 'left' : datum.at == {last:g} ? 'right' : 'center'")
    return [
        base.mark_rule(style="sb-grid").encode(x=x("at"), y=alt.value(0), y2=alt.value(end)),
        base.mark_text(style="sb-tick", align=align).encode(
            x=x("at"), y=alt.value(end + AXIS_HEIGHT / 2), text="text:N"
        ),
    ]


def _diamond(base: alt.Chart) -> alt.Chart:
    return base.mark_point(style="sb-printed", shape="diamond", filled=False)


def key_layers(keys: Sequence[Key], top: float) -> list[alt.Chart]:
    """The lines of a key: places and words are constants, so one empty datum serves them all."""
    layers = []
    for number, key in enumerate(keys):
        base = alt.Chart(alt.InlineData(values=[{}])).encode(y=alt.value(top + KEY_LINE * (number + 0.5)))
        middle = alt.value(SWATCH / 2)
        if key.style == "sb-dot":
            mark = base.mark_point(style=key.style, filled=True).encode(x=middle)
        elif key.style == "sb-printed":
            mark = _diamond(base).encode(x=middle)
        elif key.style == "sb-band":
            at = top + KEY_LINE * (number + 0.5)
            ends = {"y": alt.value(at - BAND_HEIGHT / 2), "y2": alt.value(at + BAND_HEIGHT / 2)}
            mark = base.mark_rect(style=key.style).encode(x=alt.value(1), x2=alt.value(SWATCH - 1), **ends)
        else:
            dash = {"strokeDash": list(key.dash)} if key.dash else {}
            mark = base.mark_rule(style=key.style, **dash).encode(x=alt.value(0), x2=alt.value(SWATCH))
        text = base.mark_text(style="sb-key").encode(x=alt.value(SWATCH + 8), text=alt.value(key.text))
        layers += [mark.properties(name=f"{KEY}{number}"), text.properties(name=f"{KEY}{number}text")]
    return layers


def _datum(row: Row, least: float, most: float) -> dict:
    values = {
        key: round(value, OUTPUT_DECIMALS) if isinstance(value, float) else value
        for key, value in asdict(row).items()
        if value != "" and value != () and not (isinstance(value, float) and isnan(value)) and key != "bar"
    }
    if not row.text:
        return values
    ends = (row.start, row.end) if isnan(row.hatch_low) else (row.hatch_low, row.hatch_high)
    anchor = values.get("value", round(sum(ends) / 2, OUTPUT_DECIMALS))
    if _made_up(row):
        values["made"] = values.pop("text")
    return values | {"anchor": anchor, "align": _align(row.text, (anchor - least) / (most - least))}


def _made_up(row: Row) -> bool:
    """Whether a row's value is a span of made-up examples; a hatched bar counts what is not known."""
    return not isnan(row.hatch_low) and not row.bar


def _align(text: str, place: float) -> str:
    """On which side of its place a value stands: a long one near an end of the scale would run over it."""
    if len(text) <= SHORT_VALUE or 0.2 <= place <= 0.8:
        return "center"
    return "left" if place < 0.2 else "right"


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar, ``size`` wide in percent, on one side of the scale.

    ``drawn`` is what the picture calls it, and ``mark`` what stands behind its value there.
    """

    label: str
    text: str
    size: float
    side: str
    base: str
    rests: str
    question: str
    drawn: str
    mark: str = ""


@unchecked
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
                "inside": f"{segment.text}{segment.mark}" if segment.size >= 9 else "",
                "label": segment.label,
                "text": f"{segment.text}{segment.mark}  {segment.drawn}",
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
    zone = base.mark_bar(style=ZONE, height=30, tooltip=True).encode(
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


@unchecked
def finish(chart: alt.LayerChart, title: str, subtitle: str) -> dict:
    """Return the specification with its title, what it rests on, and the chart style."""
    chart = chart.properties(
        title=alt.TitleParams(text=lines(title, TITLE_CHARS), subtitle=lines(subtitle, SUBTITLE_CHARS)),
        autosize=alt.AutoSizeParams(**AUTOSIZE),
    )
    # Several layers draw the same rows: these stand once, under a name made from their content.
    with alt.data_transformers.enable(consolidate_datasets=True):
        spec = chart.to_dict(validate=False)
    return spec | {"config": CONFIG}


@dataclass(frozen=True)
class Step:
    """One place on a curve: what would hold of everyone, ``low`` to ``high``, if the silent differ by ``points``."""

    points: float
    low: float
    high: float
    label: str
    share: str


@unchecked
def curve_chart(
    steps: Sequence[Step], *, x_title: str, y_title: str, tip: float = nan, tip_text: str = ""
) -> alt.LayerChart:
    """Draw a band over the points by which the silent differ, and the line at half of everyone.

    ``tip`` is where the band first meets that line, ``tip_text`` what stands beside it.
    """
    values = [
        {
            key: round(value, OUTPUT_DECIMALS) if isinstance(value, float) else value
            for key, value in vars(step).items()
        }
        for step in steps
    ]
    base = alt.Chart(alt.InlineData(values=values))
    x_axis = alt.Axis(title=x_title, values=list(range(-100, 101, 25)), grid=False, labelExpr=SIGNED)
    y_axis = alt.Axis(title=y_title, values=list(PERCENT_TICKS), labelExpr="datum.value + '%'")
    x = alt.X("points:Q", axis=x_axis, scale=alt.Scale(nice=False, zero=False))
    y = alt.Y("low:Q", axis=y_axis, scale=alt.Scale(domain=[0, 100]))
    band = base.mark_area(style="sb-area", line=False).encode(x=x, y=y, y2="high:Q")
    half = alt.Chart(alt.InlineData(values=[{"half": 50}])).mark_rule(style="sb-half").encode(y=alt.Y("half:Q"))
    # Drawn last and unseen: each step answers to the pointer.
    zone = base.mark_bar(style=ZONE, size=STEP_WIDTH, tooltip=True).encode(
        x=x,
        y=alt.value(0),
        y2=alt.value(CURVE_HEIGHT),
        tooltip=[alt.Tooltip("label:N", title="The silent"), alt.Tooltip("share:N", title="Everyone")],
    )
    layers = [band, half]
    if not isnan(tip):
        mark = alt.Chart(
            alt.InlineData(values=[{"points": round(tip, OUTPUT_DECIMALS), "half": 50, "text": tip_text}])
        )
        place = {"x": alt.X("points:Q"), "y": alt.Y("half:Q")}
        layers.append(mark.mark_point(style="sb-tip", shape="square", filled=True).encode(**place))
        align, dx = ("right", -10) if tip < 0 else ("left", 10)
        layers.append(mark.mark_text(style="sb-note", align=align, dx=dx, dy=-12).encode(**place, text="text:N"))
    return alt.layer(*layers, zone).properties(width="container", height=CURVE_HEIGHT)


@dataclass(frozen=True)
class Line:
    """One line over the places of a chart, in percent; ``best`` marks the line that no other can pass.

    ``dash`` tells lines apart without colour: lengths of strokes and gaps, none for a whole line.
    """

    label: str
    values: tuple[float, ...]
    dash: tuple[int, ...] = ()
    best: bool = False


@unchecked
def line_chart(
    places: Sequence[float],
    lines: Sequence[Line],
    *,
    x_title: str,
    y_title: str,
    rule: float = nan,
    rule_text: str = "",
) -> alt.LayerChart:
    """Draw lines over evenly spaced places, each with its label at its end, and a quiet rule across.

    Values are percentages. ``rule`` is the height of the rule, ``rule_text`` what stands above it.
    """
    names = [f"line{number}" for number in range(len(lines))]
    values = [
        {"at": round(at, OUTPUT_DECIMALS), "label": f"{at:g}"}
        | {name: round(line.values[k], OUTPUT_DECIMALS) for name, line in zip(names, lines, strict=True)}
        for k, at in enumerate(places)
    ]
    first, last = values[0]["at"], values[-1]["at"]
    room = LETTER * max(len(line.label) for line in lines) + LINE_LABEL
    # The labels stand inside the chart's width, right of the scale's end, so that no label is cut.
    x_scale = alt.Scale(domain=[first, last], nice=False, zero=False, range=[0, alt.ExprRef(f"width - {room}")])
    fifths = [round(first + (last - first) * k / 5, OUTPUT_DECIMALS) for k in range(6)]
    x_axis = alt.Axis(title=x_title, titleAnchor="start", values=fifths, format="~g", grid=False)
    y_axis = alt.Axis(title=y_title, values=list(range(0, 101, 20)), labelExpr="datum.value + '%'", grid=False)
    base = alt.Chart(alt.InlineData(values=values))
    layers = []
    for name, line in zip(names, lines, strict=True):
        # The first layer brings the axes and scales, which all share.
        own = {"axis": x_axis, "scale": x_scale} if not layers else {}
        high = {"axis": y_axis, "scale": alt.Scale(domain=[0, 100])} if not layers else {}
        mark = base.mark_line(style="sb-half" if line.best else "sb-interval", strokeDash=list(line.dash))
        layers.append(mark.encode(x=alt.X("at:Q", **own), y=alt.Y(f"{name}:Q", **high)))
    heights = _spread([line.values[-1] for line in lines], 100 * LINE_LABEL / CURVE_HEIGHT)
    for best, style in ((False, ["sb-label", "sb-interval"]), (True, "sb-label")):
        ends = [
            {"at": last, "height": round(height, OUTPUT_DECIMALS), "text": line.label}
            for line, height in zip(lines, heights, strict=True)
            if line.best == best
        ]
        if ends:
            mark = alt.Chart(alt.InlineData(values=ends)).mark_text(style=style, dx=8)
            layers.append(mark.encode(x="at:Q", y="height:Q", text="text:N"))
    if not isnan(rule):
        across = alt.Chart(alt.InlineData(values=[{"at": first, "end": last, "height": rule, "text": rule_text}]))
        layers.append(across.mark_rule(style="sb-bound").encode(x="at:Q", x2="end:Q", y="height:Q"))
        above = across.mark_text(style="sb-tick", align="left", dx=4, dy=-8)
        layers.append(above.encode(x="at:Q", y="height:Q", text="text:N"))
    # Drawn last and unseen: each place answers to the pointer with the values of all lines.
    zone = base.mark_bar(style=ZONE, size=STEP_WIDTH, tooltip=True).encode(
        x="at:Q",
        y=alt.value(0),
        y2=alt.value(CURVE_HEIGHT),
        tooltip=[
            alt.Tooltip("label:N", title=x_title),
            *(alt.Tooltip(f"{name}:Q", title=f"{line.label}, %") for name, line in zip(names, lines, strict=True)),
        ],
    )
    return alt.layer(*layers, zone).properties(width="container", height=CURVE_HEIGHT)


def _spread(heights: Sequence[float], gap: float) -> list[float]:
    """Move labels down until none covers another, in the order of the lines' ends; then up from the bottom.

    Of lines that end together the later stands above.
    """
    order = sorted(range(len(heights)), key=lambda k: (-heights[k], -k))
    placed = dict.fromkeys(order, 0.0)
    above = 100 + gap
    for k in order:
        above = placed[k] = min(heights[k], above - gap)
    below = -gap
    for k in reversed(order):
        below = placed[k] = max(placed[k], below + gap)
    return [placed[k] for k in range(len(heights))]
