"""Read figures and numbers from the built pages: their words, tables, charts and cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

# What the first columns of the timeline are called: its rows are events, and sources in the field.
TIMELINE = ("Date", "What")
FIGURES = Path(__file__).resolve().parents[2] / "_build" / "default" / "site" / "_static" / "figures"


def figures_of(page):
    """The figures that are charts; see ``panels_of`` for those that are page elements or a table."""
    return page.select("figure.sb-figure:not(.sb-wide)")


def panels_of(page):
    return page.select("figure.sb-wide")


def name_of(figure):
    return figure["id"].removeprefix("figure-")


def words_of(element):
    return " ".join(element.get_text(" ").split())


def is_open(figure):
    """Whether a figure lies in a part that readers open themselves."""
    return figure.find_parent("details", class_="sb-open") is not None


def _refuse(constant):
    raise AssertionError(f"{constant} is not a number of a chart")


def script_of(name):
    """What the script of an open figure sets: its chart, and what each replicate is."""
    before, _, after = (FIGURES / f"{name}.js").read_text(encoding="utf-8").partition(" = ")
    assert before == f'(window.surveybookOpen ??= {{}})["{name}"]'
    assert after.endswith(";\n")
    return json.loads(after.removesuffix(";\n"), parse_constant=_refuse)


def page_chart_of(figure):
    """What a page draws of a figure: its specification, and what each of its marks says.

    It stands on the page or, where readers open the figure, in its script.
    """
    if is_open(figure):
        return script_of(name_of(figure))
    return json.loads(figure.select_one("script.sb-spec").string, parse_constant=_refuse)


def spec_of(figure):
    """The whole specification of a figure, as a reader downloads it."""
    return json.loads((FIGURES / f"{name_of(figure)}.vl.json").read_text(encoding="utf-8"), parse_constant=_refuse)


def caption_of(figure):
    """What is said of a figure beside its title: above it what it rests on, below it the rest."""
    return " ".join(words_of(figure.select_one(part)) for part in (".sb-rests", ".sb-caption"))


def data_of(figure):
    """The rows of a figure: the one dataset whose every datum has a label; of a timeline there are two."""
    found = [rows for rows in spec_of(figure)["datasets"].values() if all("label" in row for row in rows)]
    assert len(found) == (2 if tuple(table_of(figure)[0][:2]) == TIMELINE else 1)
    return [row for rows in found for row in rows]


def table_of(figure):
    rows = figure.select("details.sb-table table tr")
    return [[words_of(cell) for cell in row.select("th, td")] for row in rows]


class Card(NamedTuple):
    """What a reader sees who opens a number: its heading, what is told by name, and links by their text."""

    heading: str
    told: dict[str, str]
    links: dict[str, str]


def card_of(number):
    """The card of a number, or of a term, on its page."""
    (card,) = number.find_parent("html").select(f"div.sb-about#{number['data-card']}")
    names, texts = card.select("dl > dt"), card.select("dl > dd")
    told = {words_of(name): words_of(text) for name, text in zip(names, texts, strict=True)}
    assert len(told) == len(names)
    links = {words_of(link): link["href"] for link in card.select(".sb-about-links a")}
    return Card(words_of(card.select_one(".sb-about-value")), told, links)
