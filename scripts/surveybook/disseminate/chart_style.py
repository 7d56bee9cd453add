"""The one look of all charts. Colours are those of Okabe and Ito (2008), safe for the colour-blind."""

from __future__ import annotations

import re
from textwrap import wrap

# Each colour on light and on dark paper; the first is that of pictures and files.
COLOURS = {
    "ink": ("#1f2933", "#e8eaed"),
    "quiet": ("#5b6670", "#b3bac2"),  # 5.9 to 1 on white
    "grid": ("#e6e9ed", "#3c4043"),
    "accent": ("#0072b2", "#56b4e9"),
    "range": ("#5a9ac7", "#356f96"),  # at least 3 to 1 on its paper; the accent that lies on it is thinner
    "band": ("#4a97cc", "#3d8ec4"),
    "paper": ("#ffffff", "#121212"),
}
# Land and coast of the map behind its marked places.
MAP_COLOURS = {"land": ("#e1e6eb", "#33393f"), "shore": ("#8b95a0", "#707a85")}
INK, QUIET, GRID, ACCENT, RANGE, BAND, PAPER = (light for light, _ in COLOURS.values())
LAND, SHORE = (light for light, _ in MAP_COLOURS.values())
UNFAVOURABLE = "#b34700"
MIDDLE = "#8b949e"  # 3 to 1 on white, and black letters on it

# Liberation Sans comes with vl-convert, and Arial and Helvetica have the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
STATIC_WIDTH = 440
AUTOSIZE = {"type": "fit-x", "contains": "padding"}
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
        "labelFontSize": 12,
        "titleColor": QUIET,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelFlush": True,
    },
    "style": {
        "sb-label": {"color": INK, "fontSize": 12, "align": "left", "baseline": "middle"},
        "sb-value": {"color": INK, "fontSize": 12, "fontWeight": "bold", "baseline": "middle"},
        "sb-key": {"color": INK, "fontSize": 12, "align": "left", "baseline": "middle"},
        "sb-tick": {"color": QUIET, "fontSize": 12, "baseline": "middle"},
        "sb-grid": {"color": GRID, "strokeWidth": 1},
        "sb-dot": {"color": ACCENT, "size": 80, "opacity": 1},
        "sb-interval": {"color": ACCENT, "strokeWidth": 3},
        "sb-differ": {"color": RANGE, "strokeWidth": 10},
        "sb-bound": {"color": QUIET, "strokeWidth": 1},
        "sb-band": {"filled": False, "color": INK, "strokeWidth": 2},
        "sb-bar": {"color": ACCENT, "strokeWidth": 14},
        "sb-printed": {"color": INK, "strokeWidth": 1.5, "size": 260, "opacity": 1},
        "sb-hatch": {"color": BAND, "strokeWidth": 14, "strokeDash": [2, 4]},
        "sb-drawn": {"color": INK, "strokeWidth": 2, "size": 90, "opacity": 1},
        "sb-half": {"color": INK, "strokeWidth": 1.5},
        "sb-area": {"color": RANGE, "opacity": 1},
        "sb-note": {"color": INK, "fontSize": 12, "fontWeight": "bold"},
        "sb-made": {"color": QUIET, "fontSize": 12, "fontStyle": "italic", "baseline": "middle"},
        "sb-tip": {"color": INK, "size": 70, "opacity": 1},
        "sb-stamp": {"color": QUIET, "fontSize": 40, "fontWeight": "bold", "angle": 345, "opacity": 0.3},
        "sb-zone": {"opacity": 0},
    },
}


def lines(text: str, width: int) -> list[str]:
    """Break text into lines for a picture, which does not wrap by itself: at line ends, semicolons, then words."""
    kept = re.sub(r"(\d) percent", "\\1\u00a0percent", text)  # a number stays with its unit
    parts = re.split(r"(?<=;) |\n", kept)
    broken = [line for part in parts for line in wrap(part, width, break_long_words=False)]
    return [line.replace("\u00a0", " ") for line in broken] or [""]


def live_config() -> dict:
    """The chart style for a page: each colour is a property of the page, so that it follows its scheme at once."""
    names = {light: f"var(--sb-{name})" for name, (light, _) in COLOURS.items()}

    def named(part: object) -> object:
        if isinstance(part, dict):
            return {key: named(value) for key, value in part.items()}
        return names.get(part, part) if isinstance(part, str) else part

    return named(CONFIG) | {"background": None}


def colour_sheet() -> str:
    """The style sheet that gives the colours' properties their values, in both schemes."""

    def block(selector: str, scheme: int) -> str:
        values = "".join(f"  --sb-{name}: {pair[scheme]};\n" for name, pair in (COLOURS | MAP_COLOURS).items())
        return f"{selector} {{\n{values}}}\n"

    dark = block('  html:not([data-theme="light"])', 1)
    return (
        "/* Written from the chart style. */\n"
        + block(":root", 0)
        # Without a script there is no chosen scheme, and the reader's system says which.
        + f"@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"
        + "@media screen {\n"
        + block('html[data-theme="dark"]', 1)
        + "}\n"
    )
