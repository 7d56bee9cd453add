"""A page that a reader prints from the browser: words, figures and tables alone, dark on white."""

import re

import pytest
from playwright.sync_api import expect

from browser import find_browser

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no browser")
PAPER_WIDTH = 690  # of A4 within its margins, in pixels
AROUND = (".sb-skip", ".sb-header", ".sb-fold", ".sb-columns > nav", ".sb-neighbours", ".headerlink")
TOOLS = (".sb-files", ".sb-get", "details.hide.above-input", "details.sb-table:not([open])", "article button")


@pytest.fixture
def printed(visit):
    """Open a page as it would be printed, from a dark screen."""

    def open_page(name):
        opened = visit(name, theme="dark", width=PAPER_WIDTH)
        opened.page.emulate_media(media="print", color_scheme="dark")
        return opened.page

    return open_page


def brightness(color):
    return sum(int(part) for part in re.findall(r"\d+", color)[:3]) / 3


@pytest.mark.parametrize("name", ["chapters/effects.html", "chapters/appendix/claims.html", "index.html"])
def test_only_the_article_and_who_made_it_are_printed(printed, name):
    page = printed(name)
    for selector in (*AROUND, *TOOLS):
        for element in page.locator(selector).all():
            expect(element).to_be_hidden()
    footer = page.locator("footer.sb-footer")
    expect(footer).to_be_visible()
    expect(footer).to_contain_text("An independent edition")


def test_print_is_dark_on_white_whatever_the_scheme_of_the_screen(printed):
    page = printed("chapters/effects.html")
    looks = page.evaluate(
        """() => ["body", "article p", ".sb-rests", ".admonition", ".admonition-title", ".sb-chart", ".sb-chart img"]
             .map((name) => getComputedStyle(document.querySelector(name)))
             .map((style) => [style.color, style.backgroundColor])"""
    )
    for ink, paper in looks:
        assert brightness(ink) < 110
        assert paper == "rgba(0, 0, 0, 0)" or brightness(paper) == 255


def test_a_link_to_another_host_shows_its_address_and_one_inside_the_book_does_not(printed):
    page = printed("index.html")
    after = "(link) => getComputedStyle(link, '::after').content"
    outer = page.locator("article p > a[href^='https:']").first
    # the browser may keep the attribute's name in the computed value, or put the address in its place
    assert re.search(r"attr\(href\)|https:", outer.evaluate(after))
    inner = page.locator("article a.reference.internal").first
    assert inner.evaluate(after) in ("none", "normal")
    assert "underline" in inner.evaluate("(link) => getComputedStyle(link).textDecorationLine")


def test_no_printed_page_is_wider_than_the_paper(printed, page_name):
    page = printed(page_name)
    wide = page.evaluate(
        """(width) => [...document.querySelectorAll("article p, article td, article th, article img, article svg")]
             .filter((one) => one.getBoundingClientRect().right > width + 1)
             .map((one) => one.outerHTML.slice(0, 80))""",
        PAPER_WIDTH,
    )
    assert wide == []


def test_a_table_that_the_reader_opened_is_printed(printed):
    page = printed("chapters/effects.html")
    table = page.locator("details.sb-table").first
    table.evaluate("(details) => { details.open = true }")
    expect(table.locator("table")).to_be_visible()
    expect(table.locator("summary")).to_be_hidden()
