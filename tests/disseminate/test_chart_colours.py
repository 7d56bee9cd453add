"""The colours of charts: each in both schemes, none literal on a page, and told apart from their paper."""

from __future__ import annotations

import json
import re

import pytest

from surveybook.disseminate.chart_style import COLOURS, CONFIG, MAP_COLOURS, colour_sheet, live_config

SCHEMES = ("light", "dark")
TEXT, MARK = 4.5, 3  # contrast of text, and of what a mark shows (WCAG 2.2, 1.4.3 and 1.4.11)
LEAST = {"ink": TEXT, "quiet": TEXT, "accent": MARK, "range": MARK, "band": MARK}


def luminance(colour: str) -> float:
    """Relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", LEAST)
def test_a_colour_stands_out_from_its_paper(name, scheme):
    at = SCHEMES.index(scheme)
    assert contrast(COLOURS[name][at], COLOURS["paper"][at]) >= LEAST[name]


@pytest.fixture(scope="module")
def blocks():
    """The values of each block of the written sheet, by what stands before it."""
    found = re.findall(r"(@media[^{]+\{)?\s*([^{}]*)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", colour_sheet()))
    return {
        (media.removesuffix("{").strip(), selector.strip()): dict(re.findall(r"(--[\w-]+): ([^;]+);", values))
        for media, selector, values in found
    }


def test_the_sheet_gives_every_colour_in_each_scheme(blocks):
    values = [{f"--sb-{name}": pair[at] for name, pair in (COLOURS | MAP_COLOURS).items()} for at in (0, 1)]
    # What a reader chose outweighs the system, and print is light.
    assert blocks == {
        ("", ":root"): values[0],
        ("@media screen and (prefers-color-scheme: dark)", 'html:not([data-theme="light"])'): values[1],
        ("@media screen", 'html[data-theme="dark"]'): values[1],
    }


def test_no_colour_of_the_scheme_is_literal_in_the_style_of_a_page():
    text = json.dumps(live_config())
    literal = {colour for pair in COLOURS.values() for colour in pair}
    assert [colour for colour in literal if colour in text] == []
    assert {f"var(--sb-{name})" for name in COLOURS if name != "paper"} == set(re.findall(r"var\([^)]*\)", text))


def test_the_style_of_a_page_differs_from_that_of_a_picture_in_colours_alone():
    values = {f"var(--sb-{name})": light for name, (light, _) in COLOURS.items()}
    restored = re.sub(r"var\(--sb-\w+\)", lambda found: values[found[0]], json.dumps(live_config()))
    assert json.loads(restored) == CONFIG | {"background": None}
    assert CONFIG["background"] == COLOURS["paper"][0]
