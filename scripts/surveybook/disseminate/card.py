"""The picture of a page where it is shared: its first finding, what that rests on, and its chart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from textwrap import wrap

import vl_convert

from surveybook.disseminate.chart_style import ACCENT, FONT, INK, PAPER, QUIET
from surveybook.disseminate.picture import VEGALITE_VERSION, svg_size
from surveybook.disseminate.wording import LONG_STATUS, PICTURE_STATUS, SHORT_STATUS

WIDTH, HEIGHT, MARGIN = 1200, 630, 56
CHART_WIDTH = 560  # drawn narrow and shown large, so that its words can be read on a small card
MOST_TALL = 1.0  # a chart taller than wide would be too small
TITLES = ((44, 46), (36, 58), (30, 70))  # sizes in pixels, and how many letters a line of each holds
SMALL_SIZE, SMALL_CHARS = 22, 104


def is_fit(about: Mapping) -> bool:
    """Whether a figure may stand on a card: a chart of observed, published or pinned shares, and not too tall."""
    if about["open"] or not about.get("spec"):
        return False
    if not any(about["rests"].startswith(text) for text in LONG_STATUS.values()):
        return False
    rows = [row for rows in about["spec"].get("datasets", {}).values() for row in rows]
    statuses = {row["rests"] for row in rows if "rests" in row}
    width, height = svg_size(_chart(about["spec"]))
    return statuses <= set(SHORT_STATUS.values()) and height <= MOST_TALL * width


def draw_card(about: Mapping, site: str) -> bytes:
    """Draw a figure's card as PNG, 1200 by 630 pixels."""
    size, chars = next((one for one in TITLES if len(wrap(about["title"], one[1])) <= 2), TITLES[-1])
    y, parts = MARGIN, []
    for line in wrap(about["title"], chars):
        y += size
        parts.append(_text(line, y, size, INK, ' font-weight="bold"'))
        y += 8
    y += 10
    for line in wrap(short_rests(about), SMALL_CHARS):
        y += SMALL_SIZE
        parts.append(_text(line, y, SMALL_SIZE, QUIET))
        y += 8
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - MARGIN - SMALL_SIZE - y - 32
    height = svg_size(_chart(about["spec"]))[1]
    chart = _chart(about["spec"], max(CHART_WIDTH, round(height * wide / high)))
    width, height = svg_size(chart)
    place = f'x="{MARGIN}" y="{y + 16}" width="{wide}" height="{high}"'
    inner = re.sub(r"<svg[^>]*>", "", chart, count=1)
    parts.append(f'<svg {place} viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMid meet">{inner}')
    parts.append(_text(f"{site} (an independent edition)", HEIGHT - MARGIN + 8, SMALL_SIZE, ACCENT))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="{FONT}">'
    svg += f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>{"".join(parts)}</svg>'
    return vl_convert.svg_to_png(svg, scale=1)


def _text(line: str, y: int, size: int, colour: str, more: str = "") -> str:
    return f'<text x="{MARGIN}" y="{y}" font-size="{size}" fill="{colour}"{more}>{escape(line)}</text>'


def short_rests(about: Mapping) -> str:
    """What a figure rests on, as short as in its picture, and its base."""
    text = about["rests"]
    for status, long in LONG_STATUS.items():
        text = text.replace(long, PICTURE_STATUS[status])
    return f"{text} {about['base']}".strip()


def _chart(spec: Mapping, width: int = CHART_WIDTH) -> str:
    """The chart without its title, which stands on the card in larger letters."""
    bare = {key: value for key, value in spec.items() if key != "title"} | {"width": width}
    return _drawn(json.dumps(bare))


@cache
def _drawn(spec: str) -> str:
    """Draw a chart once, since pages without a chart of their own ask again for those of others."""
    return vl_convert.vegalite_to_svg(spec, vl_version=VEGALITE_VERSION)
