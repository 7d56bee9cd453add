"""The one look of all charts. Colours are those of Okabe and Ito (2008), safe for the colour-blind."""

from __future__ import annotations

import re
from textwrap import wrap

INK = "#1f2933"
QUIET = "#5b6670"  # 5.9 to 1 on white
GRID = "#dfe3e8"
ACCENT = "#0072b2"
RANGE = "#7fb3d5"
UNFAVOURABLE = "#b34700"
MIDDLE = "#a9b1ba"
PAPER = "#ffffff"

# Liberation Sans comes with vl-convert, and Arial and Helvetica have the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
STATIC_WIDTH = 440
TITLE_CHARS = 36
SUBTITLE_CHARS = 56
LABEL_CHARS = 52

CONFIG = {
    "background": PAPER,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET,
        "labelFontSize": 11,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "titleColor": QUIET,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "title": {
        "anchor": "start",
        "frame": "group",
        "color": INK,
        "fontSize": 14,
        "subtitleColor": QUIET,
        "subtitleFontSize": 11,
        "subtitlePadding": 5,
        "offset": 10,
    },
    "style": {
        "sb-label": {"color": INK, "fontSize": 12, "align": "left", "baseline": "middle"},
        "sb-value": {"color": INK, "fontSize": 12, "fontWeight": "bold", "baseline": "middle"},
        "sb-dot": {"color": ACCENT, "size": 80, "opacity": 1},
        "sb-interval": {"color": ACCENT, "strokeWidth": 3},
        "sb-differ": {"color": RANGE, "opacity": 0.6},
        "sb-bound": {"color": QUIET, "strokeWidth": 1},
        "sb-band": {"color": RANGE},
        "sb-bar": {"color": ACCENT},
        "sb-printed": {"color": INK, "strokeWidth": 1.5, "size": 260, "opacity": 1},
        "sb-zone": {"opacity": 0},
    },
}


def lines(text: str, width: int) -> list[str]:
    """Break text into lines for a picture, which does not wrap by itself."""
    kept = re.sub(r"(\d) percent", "\\1\u00a0percent", text)  # a number stays with its unit
    return [line.replace("\u00a0", " ") for line in wrap(kept, width, break_long_words=False)] or [""]
