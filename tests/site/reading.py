"""Read figures from the built pages: their words, tables and charts."""

from __future__ import annotations

import json
from pathlib import Path

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


def spec_of(figure):
    """The chart of a figure, from the page or, where readers open it, from its script."""
    if is_open(figure):
        return script_of(name_of(figure))["spec"]
    return json.loads(figure.select_one("script.sb-spec").string, parse_constant=_refuse)


def data_of(figure):
    """The rows of a figure: the one dataset whose every datum has a label; of a timeline there are two."""
    found = [rows for rows in spec_of(figure)["datasets"].values() if all("label" in row for row in rows)]
    assert len(found) == (2 if tuple(table_of(figure)[0][:2]) == TIMELINE else 1)
    return [row for rows in found for row in rows]


def table_of(figure):
    rows = figure.select("details.sb-table table tr")
    return [[words_of(cell) for cell in row.select("th, td")] for row in rows]
