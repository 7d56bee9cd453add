"""The one look of all charts. Colours are those of Okabe and Ito (2008), safe for the colour-blind."""

from __future__ import annotations

import re
from textwrap import wrap

INK = "#1f2933"
QUIET = "#5b6670"  # 5.9 to 1 on white
GRID = "#e6e9ed"
ACCENT = "#0072b2"
RANGE = "#9cc8e3"  # 2 to 1 against the accent that lies on it
BAND = "#4a97cc"
UNFAVOURABLE = "#b34700"
MIDDLE = "#a9b1ba"
PAPER = "#ffffff"

# Liberation Sans comes with vl-convert, and Arial and Helvetica have the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
STATIC_WIDTH = 440
TITLE_CHARS = 33
SUBTITLE_CHARS = 42
LABEL_CHARS = 40

CONFIG = {
    "background": PAPER,
    "font": FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "group",
        "color": INK,
        "fontSize": 14,
        "subtitleColor": QUIET,
        "subtitleFontSize": 12,
        "subtitlePadding": 5,
        "offset": 10,
    },
    "axis": {
        "labelColor": QUIET,
        "labelFontSize": 11,
        "titleColor": QUIET,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelFlush": True,
    },
    "style": {
        "sb-label": {"color": INK, "fontSize": 12, "align": "left", "baseline": "middle"},
        "sb-value": {"color": INK, "fontSize": 12, "fontWeight": "bold", "baseline": "middle"},
        "sb-key": {"color": INK, "fontSize": 11, "align": "left", "baseline": "middle"},
        "sb-tick": {"color": QUIET, "fontSize": 11, "baseline": "middle"},
        "sb-grid": {"color": GRID, "strokeWidth": 1},
        "sb-dot": {"color": ACCENT, "size": 80, "opacity": 1},
        "sb-interval": {"color": ACCENT, "strokeWidth": 3},
        "sb-differ": {"color": RANGE, "strokeWidth": 10},
        "sb-bound": {"color": QUIET, "strokeWidth": 1},
        "sb-band": {"color": BAND, "strokeWidth": 14},
        "sb-bar": {"color": ACCENT, "strokeWidth": 14},
        "sb-printed": {"color": INK, "strokeWidth": 1.5, "size": 260, "opacity": 1},
        "sb-hatch": {"color": BAND, "strokeWidth": 14, "strokeDash": [2, 4]},
        "sb-drawn": {"color": INK, "strokeWidth": 2, "size": 90, "opacity": 1},
        "sb-half": {"color": INK, "strokeWidth": 1.5},
        "sb-area": {"color": RANGE, "opacity": 1},
        "sb-note": {"color": INK, "fontSize": 12, "fontWeight": "bold"},
        "sb-stamp": {"color": QUIET, "fontSize": 44, "fontWeight": "bold", "angle": -20, "opacity": 0.16},
        "sb-zone": {"opacity": 0},
    },
}


def lines(text: str, width: int) -> list[str]:
    """Break text into lines for a picture, which does not wrap by itself: at line ends, semicolons, then words."""
    kept = re.sub(r"(\d) percent", "\\1\u00a0percent", text)  # a number stays with its unit
    parts = re.split(r"(?<=;) |\n", kept)
    broken = [line for part in parts for line in wrap(part, width, break_long_words=False)]
    return [line.replace("\u00a0", " ") for line in broken] or [""]
