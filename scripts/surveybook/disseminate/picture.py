"""The static picture of a chart, drawn by vl-convert."""

from __future__ import annotations

from functools import lru_cache

import vl_convert

from surveybook.disseminate.chart_style import STATIC_WIDTH

VEGALITE_VERSION = "6.4"


def draw_svg(spec: dict, alt_text: str) -> str:
    """Draw a specification as SVG, at the static width, with its text alternative inside."""
    svg = vl_convert.vegalite_to_svg({**spec, "width": STATIC_WIDTH}, vl_version=VEGALITE_VERSION)
    opening, rest = svg.split(">", 1)
    return f'{opening} role="img"><desc>{_text(alt_text)}</desc>{rest}\n'


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=1)
def vega_script() -> str:
    """The script that draws charts in a browser: vega, vega-lite and vega-embed in one file.

    The bundle reaches outside for nothing; it sets ``window.vegaEmbed``.
    """
    return vl_convert.javascript_bundle(vl_version=VEGALITE_VERSION)
