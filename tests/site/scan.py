"""Find percentages on a built page that no estimate that may be shown accounts for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from bs4 import BeautifulSoup
from reading import figures_of, is_open, name_of, page_chart_of, panels_of, table_of, words_of

NUMBER = r"\d+(?:[.,]\d+)?"
PERCENTAGE = re.compile(
    rf"(?<![\w.,])({NUMBER})(?:\s*(?:%|percent)?\s*(?:–|—|-|to)\s*({NUMBER}))?"
    r"\s*(?:%|percent\b|per cent\b|pct\b|procent\b)",
    re.IGNORECASE,
)
HEADINGS = "h1, h2, h3, h4, h5, h6"
FIGURE_TITLES = ".sb-figure .sb-title, .sb-figure .sb-table caption, details.sb-open > summary"
# Of a page's text these are no prose: code, and figures and cards, whose own words are looked at by themselves.
NO_PROSE = (
    "script, style, noscript, template, pre, code, "
    "details.sb-open, .sb-title, .sb-chart, .sb-table, .sb-wide, .sb-about"
)
# Charts of what was worked out for many values, which their tables leave out.
CURVES = ("The silent", "True correlation")
KNOWN_STATUSES = {"observed", "published", "pinned", "assumed", "edition"}
KNOWN_RESTS = ("Observed: ", "Published: ", "Fixed by print: ")


class Found(NamedTuple):
    """A percentage, or a pasted number, that nothing accounts for."""

    place: str
    text: str


@dataclass(frozen=True)
class Accounted:
    """The percentages that may stand on a page: values, and ranges with both ends."""

    values: frozenset[float]
    ranges: frozenset[tuple[float, float]]

    def missing(self, text: str) -> list[str]:
        return [
            match[0]
            for match in PERCENTAGE.finditer(text)
            if (share := _share(match)) not in (self.ranges if isinstance(share, tuple) else self.values)
        ]


def _share(match: re.Match[str]) -> float | tuple[float, float]:
    low, high = (end and float(end.replace(",", ".")) for end in match.groups())
    return low if high is None else (low, high)


def accounted_by(text: str) -> Accounted:
    """The percentages that a text itself tells."""
    shares = [_share(match) for match in PERCENTAGE.finditer(text)]
    ranges = {share for share in shares if isinstance(share, tuple)}
    return Accounted(frozenset(share for share in shares if not isinstance(share, tuple)), frozenset(ranges))


def unaccounted(page: BeautifulSoup, known: Accounted) -> list[Found]:
    """Every percentage of a page without an estimate, by the place where it stands."""
    found: list[Found] = []

    def look(place: str, text: str, by: Accounted = known) -> None:
        found.extend(Found(place, share) for share in by.missing(text))

    for number in page.select(".sb-number"):
        if number.get("data-status") not in KNOWN_STATUSES:
            found.append(Found("pasted number", words_of(number)))
        look("pasted number", words_of(number))
    for element in page.select("title"):
        look("title", words_of(element))
    for element in page.select("meta[content]"):
        look("metadata", element["content"])
    for element in page.select('script[type="application/ld+json"]'):
        look("structured data", element.string)
    for element in page.select("[title], [aria-label]"):
        for key in ("title", "aria-label"):
            if element.has_attr(key):
                look("metadata", element[key])
    for element in page.select(FIGURE_TITLES):
        look("figure title", words_of(element))
    for figure in figures_of(page):
        if not is_open(figure):
            told = [cell for row in table_of(figure) for cell in row]
            own = accounted_by("; ".join([*told, words_of(figure.select_one("caption"))]))
            if told[0] == "The silent":  # the curve's own share, of those who answered, is in no row of its table
                own = Accounted(own.values | known.values, own.ranges)
            look(f"text alternative of {name_of(figure)}", figure.img["alt"], own)
            if told[0] not in CURVES:
                own = Accounted(own.values | known.values, own.ranges | known.ranges)
                for mark in page_chart_of(figure)["marks"]:
                    look(f"marks of {name_of(figure)}", "; ".join(text for _, text in mark), own)
    for panel in panels_of(page):
        look(f"table of {name_of(panel)}", words_of(panel))
    for card in page.select(".sb-about"):
        look("card", words_of(card))
        rests = [words_of(name.find_next("dd")) for name in card.select("dt") if words_of(name) == "Rests on"]
        found.extend(Found("card", text) for text in rests if not text.startswith(KNOWN_RESTS))
    rest = copy(page)
    for number in rest.select(".sb-number"):
        number.replace_with(" ¤ ")
    for element in rest.select(HEADINGS):
        look("heading", words_of(element))
    for element in rest.select(f"head, {HEADINGS}, {NO_PROSE}"):
        element.extract()
    look("prose", " ".join(rest.get_text(" ").split()))
    return found


def unaccounted_in_index(index: str, known: Accounted) -> list[str]:
    """Every such percentage in a title or a name of the search index; its words stand there one by one."""
    content = json.loads(index.strip().removeprefix("Search.setIndex(").removesuffix(")"))
    # The name of an object is kept in two parts, cut at its last dot.
    names = [f"{first}.{one[4]}" for first, objects in content.pop("objects").items() for one in objects]
    return [share for text in (*names, *_texts(content)) for share in known.missing(text)]


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield key
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
