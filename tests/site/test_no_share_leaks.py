"""No percentage stands on a page unless it is observed, published, or fixed by print."""

from __future__ import annotations

import json
from math import ceil, floor

import pytest
import yaml
from bs4 import BeautifulSoup
from reading import figures_of, is_open, page_chart_of
from scan import Accounted, Found, unaccounted, unaccounted_in_index

from surveybook.analyse import estimate_surveys
from surveybook.process import load_surveys

PAGE, LANDING, WITH_OPEN = "chapters/effects.html", "index.html", "chapters/welfare-innovations.html"


@pytest.fixture(scope="module")
def known(committed, read_records) -> Accounted:
    """What print tells, and the ranges of everyone that follow from it, rounded outward."""
    values, ranges = set(), set()
    for figure in read_records(committed / "published" / "figures.csv"):
        if figure["unit"] == "percent" and figure["low"]:
            ranges.add((float(figure["low"]), float(figure["high"])))
        elif figure["unit"] == "percent":
            values.add(float(figure["value"]))
    values.add(53.2)  # 296 of 556, both printed, worked by hand to one decimal: a response rate
    values.add(100)  # 556 of 556, as the card of those who were invited tells it
    editions = yaml.safe_load((committed.parent / "chapters" / "editions.yml").read_text(encoding="utf-8"))
    values.add(100 * editions["editions"]["default"]["confidence_level"])
    estimates = estimate_surveys(load_surveys(str(committed), project_folder=committed))
    for row in estimates.rows:
        if row.status in ("pinned", "published", "observed"):
            ends = [(getattr(row, f"{way}_low_pct"), getattr(row, f"{way}_high_pct")) for way in WAYS]
            ranges |= {(floor(round(low, 9)), ceil(round(high, 9))) for low, high in ends if low == low}
    return Accounted(frozenset(values), frozenset(ranges))


WAYS = ("ci", "differ", "bound")


@pytest.fixture(scope="module")
def leak(committed, read_records, known) -> int:
    """A percentage of one replicate, of a share that print does not fix, that no showable estimate has."""
    told = {*known.values, *(end for pair in known.ranges for end in pair)}
    for row in read_records(committed / "replicates" / "estimates.csv"):
        if row["domain"] == "role":
            for pair in row["counts"].split():
                count, base = map(int, pair.split("/"))
                if base and (share := floor(100 * count / base + 0.5)) not in told and 10 < share < 100:
                    return share
    raise AssertionError("every share of a replicate is a printed one too")


def test_no_page_has_a_percentage_that_no_estimate_accounts_for(page, known):
    assert unaccounted(page, known) == []


def test_the_page_of_the_search_has_none_either(read_page, known):
    assert unaccounted(read_page("search.html"), known) == []


def test_the_search_index_has_none_either(site, known, leak):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert unaccounted_in_index(index, known) == []
    planted = index.replace('"alltitles": {"', f'"alltitles": {{"Heads of field: {leak} percent ', 1)
    assert unaccounted_in_index(planted, known) == [f"{leak} percent"]


def test_a_social_card_shows_a_figure_of_known_shares(site, known_figures):
    drawn = {file.stem for file in (site / "_static" / "cards").iterdir()}
    assert drawn
    assert drawn - {*known_figures} == set()


def in_prose(page, text):
    page.select_one("article.bd-article p").append(f" Of the heads of field, {text} agree.")


def in_two_elements(page, text):
    number, unit = text.split(" ")
    part = BeautifulSoup(f"<p>About <strong>{number}</strong> <em>{unit}</em></p>", "html.parser")
    page.select_one("article.bd-article section").append(part)


def with_a_sign(page, text):
    page.select_one("article.bd-article p").append(f" ({text.removesuffix(' percent')} %)")


def in_a_caption(page, text):
    page.select_one("figure.sb-figure .sb-caption p").append(f" In one replicate: {text}.")


def in_the_title(page, text):
    page.title.string = f"{text} agree"


def in_a_heading(page, text):
    page.select_one("article.bd-article h1").insert(0, f"{text} agree ")


def in_a_figure_title(page, text):
    page.select_one(".sb-table caption span").string = f"Most agree ({text})"


def above_a_figure(page, text):
    page.select_one("figure.sb-figure .sb-title").append(f" ({text})")


def in_a_card(page, text):
    page.select_one(".sb-about dd").append(f" Heads of field: {text}.")


def in_a_mark(page, text):
    figure = next(figure for figure in figures_of(page) if not is_open(figure))
    chart = page_chart_of(figure)
    chart["marks"][0].append(["Heads of field", text])
    figure.select_one("script.sb-spec").string = json.dumps(chart)


def in_a_summary(page, text):
    page.select_one("details.sb-open > summary").append(f" ({text})")


def in_metadata(page, text):
    page.head.append(page.new_tag("meta", attrs={"name": "description", "content": f"{text} agree"}))


def in_structured_data(page, text):
    data = page.select_one('script[type="application/ld+json"]')
    data.string = data.string.replace('"name":"', f'"name":"{text} agree ', 1)


def in_an_address(page, text):
    page.select_one("article.bd-article p").append(page.new_tag("a", attrs={"href": "#", "title": text}))


def in_a_text_alternative(page, text):
    picture = next(figure.img for figure in figures_of(page) if not is_open(figure))
    picture["alt"] += f" Heads of field: {text}."


def in_a_pasted_number(page, text):
    number = page.new_tag(
        "a", attrs={"class": "sb-number", "data-status": "pinned", "href": "#", "data-card": "card-1"}
    )
    number.string = text
    page.select_one("article.bd-article p").append(number)


@pytest.mark.parametrize(
    ("name", "plant", "place"),
    [
        (PAGE, in_prose, "prose"),
        (PAGE, in_two_elements, "prose"),
        (PAGE, with_a_sign, "prose"),
        (PAGE, in_a_caption, "prose"),
        (PAGE, in_the_title, "title"),
        (PAGE, in_a_heading, "heading"),
        (PAGE, in_a_figure_title, "figure title"),
        (WITH_OPEN, in_a_summary, "figure title"),
        (PAGE, in_metadata, "metadata"),
        (PAGE, in_structured_data, "structured data"),
        (PAGE, in_an_address, "metadata"),
        (PAGE, in_a_text_alternative, "text alternative of effects"),
        (PAGE, above_a_figure, "figure title"),
        (PAGE, in_a_mark, "marks of effects"),
        (PAGE, in_a_card, "card"),
        (PAGE, in_a_pasted_number, "pasted number"),
        (LANDING, in_prose, "prose"),
        (LANDING, in_the_title, "title"),
        (LANDING, in_a_heading, "heading"),
        (LANDING, in_metadata, "metadata"),
        (LANDING, in_structured_data, "structured data"),
        (LANDING, in_a_mark, "marks of landing-extent"),
        (LANDING, in_a_card, "card"),
        (LANDING, in_a_pasted_number, "pasted number"),
    ],
)
def test_a_planted_percentage_is_found(site, known, leak, name, plant, place):
    copy = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    plant(copy, f"{leak} percent")
    found = unaccounted(BeautifulSoup(str(copy), "html.parser"), known)
    assert [(one.place, one.text.split()[0].removesuffix("%")) for one in found] == [(place, str(leak))]


@pytest.mark.parametrize("name", [PAGE, LANDING])
@pytest.mark.parametrize("status", ["illustrative", "simulated", ""])
def test_a_pasted_number_of_another_status_is_found(site, known, name, status):
    copy = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    number = next(one for one in copy.select(".sb-number") if one.get_text() == "71 percent")
    number["data-status"] = status
    assert unaccounted(copy, known) == [Found("pasted number", "71 percent")]


@pytest.mark.parametrize("name", [PAGE, LANDING])
def test_a_card_of_simulated_answers_is_found(site, known, name):
    copy = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    rests = next(term for term in copy.select(".sb-about dt") if term.get_text() == "Rests on").find_next("dd")
    rests.string = "Simulated: made up, not observed."
    assert unaccounted(copy, known) == [Found("card", "Simulated: made up, not observed.")]


def test_a_range_is_not_accounted_for_by_its_ends_alone(site, known):
    copy = BeautifulSoup((site / PAGE).read_text(encoding="utf-8"), "html.parser")
    in_prose(copy, "54 to 71 percent")
    assert {54, 71} <= known.values
    assert unaccounted(copy, known) == [Found("prose", "54 to 71 percent")]


def test_a_number_in_a_text_alternative_must_be_in_the_figures_own_table(site, known):
    copy = BeautifulSoup((site / PAGE).read_text(encoding="utf-8"), "html.parser")
    in_a_text_alternative(copy, "95 percent")
    assert 95 in known.values
    assert unaccounted(copy, known) == [Found("text alternative of effects", "95 percent")]
