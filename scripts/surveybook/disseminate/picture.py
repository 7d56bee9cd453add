"""The static picture of a chart, drawn by vl-convert."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import lru_cache

import vl_convert

from surveybook.disseminate.chart_style import AUTOSIZE, CONFIG, STATIC_WIDTH, live_config
from surveybook.disseminate.page_chart import make_page_chart

VEGALITE_VERSION = "6.4"
PNG_SCALE = 2  # so that it is sharp on paper and on fine screens


def draw_svg(spec: dict, alt_text: str) -> str:
    """Draw a specification as SVG, at the static width, with its text alternative inside."""
    svg = vl_convert.vegalite_to_svg({**spec, "width": STATIC_WIDTH}, vl_version=VEGALITE_VERSION)
    opening, rest = svg.split(">", 1)
    return f'{opening} role="img"><desc>{_text(alt_text)}</desc>{rest}\n'


def draw_pictures(spec: dict, alt_text: str, svg: str = "") -> dict[str, str]:
    """Draw all pictures of a chart.

    Returns
    -------
    dict
        ``svg``, the whole picture (drawn before, or here); ``plain``, that of the page, which has
        title and key as text; ``png``, the whole one at twice its size, in base64.
    """
    svg = svg or draw_svg(spec, alt_text)
    page = make_page_chart(spec).spec
    plain = draw_svg({**page, "autosize": AUTOSIZE, "config": CONFIG}, alt_text)
    return {"svg": svg, "plain": plain, "png": b64encode(vl_convert.svg_to_png(svg, scale=PNG_SCALE)).decode()}


def svg_size(svg: str) -> tuple[float, float]:
    """Width and height of a picture, in pixels."""
    opening = svg.split(">", 1)[0]
    return tuple(float(re.search(rf' {key}="([0-9.]+)"', opening)[1]) for key in ("width", "height"))


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=1)
def vega_script() -> str:
    """The script that draws charts in a browser: vega, vega-lite and vega-embed in one file.

    The bundle reaches outside for nothing; it sets ``window.vegaEmbed``. Beside it stands the chart
    style, ``window.surveybookStyle``: what the specifications on the pages leave out.
    """
    style = json.dumps({"autosize": AUTOSIZE, "config": live_config()}, separators=(",", ":"))
    bundle = vl_convert.javascript_bundle(vl_version=VEGALITE_VERSION)
    # The bundle's names would collide with those of other scripts of the page.
    return f"(() => {{{bundle}}})();\nwindow.surveybookStyle = {style};\n"
