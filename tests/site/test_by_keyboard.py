"""The site by keyboard alone: no pointer, and no focus that a script sets."""

from __future__ import annotations

import csv
import re

import pytest

from browser import NONE, find_browser

if find_browser() is None:
    pytest.skip(NONE, allow_module_level=True)

from playwright.sync_api import expect
from visiting import MARK_CARD, TOLD_BY_CARD, WAIT, read_marks

PAGE = "chapters/effects.html"
FOLDED, OTHER = "wellbeing-by-role", "wellbeing-by-field"
MANY = 400  # more than there are places to tab to on the page


def tab_to(page, place, back=False):
    """Press Tab until a place has the focus."""
    for _ in range(MANY):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("place => document.activeElement.matches(place)", place):
            return page.locator(":focus")
    raise AssertionError(f"{place} is not reached by the Tab key")


@pytest.fixture(scope="module")
def page(chromium, site):
    """A chapter, opened once: each test goes on from where the one before left the keyboard."""
    from visiting import LOCAL, Visit

    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    opened = Visit(context.new_page(), LOCAL)
    opened.watch()
    opened.page.goto(f"{site.as_uri()}/{PAGE}")
    yield opened.page
    # A download, and what a page that is left was still loading, end as requests that failed.
    faults = [fault for fault in opened.faults if not fault.startswith("failed: ")]
    context.close()
    assert faults == []


def test_a_number_opens_its_card_whose_links_are_reached_and_escape_leads_back(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    number = tab_to(page, "a.sb-number")
    name, words = number.get_attribute("data-card"), number.inner_text()
    expect(number).to_have_role("button")
    expect(number).to_have_attribute("aria-expanded", "false")
    card = page.locator(f"#{name}")
    for key in ("Enter", "Space"):
        expect(card).to_be_hidden()
        page.keyboard.press(key)
        expect(card).to_be_visible()
        expect(card).to_be_focused()
        expect(card).to_have_accessible_name(words)
        expect(page.locator(f"a[data-card={name}]").first).to_have_attribute("aria-expanded", "true")
        for told in ("Value", "Of whom", "Question", "Rests on", "Method", "Source"):
            expect(card.locator("dt", has_text=re.compile(f"^{told}$"))).to_have_count(1)
        for link in card.locator("a").all():
            page.keyboard.press("Tab")
            expect(link).to_be_focused()
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(page.locator(f"a[data-card={name}]").first).to_be_focused()
        expect(page.locator(f"a[data-card={name}]").first).to_have_attribute("aria-expanded", "false")


def test_the_arrow_keys_read_each_mark_of_a_chart(page):
    walk = tab_to(page, ".sb-walk")
    figure = page.locator(".sb-figure:has(.sb-walk:focus)")
    marks = read_marks(figure)
    card = page.locator(MARK_CARD)
    expect(walk).to_have_role("listbox")
    options = walk.get_by_role("option")
    expect(options).to_have_count(len(marks))
    active = walk.get_by_role("option", selected=True)
    told = []
    for number in range(len(marks)):
        if number:
            page.keyboard.press("ArrowDown")
        expect(card).to_be_visible()
        assert card.evaluate(TOLD_BY_CARD) == marks[number]
        expect(active).to_have_count(1)
        assert active.get_attribute("id") == walk.get_attribute("aria-activedescendant")
        assert active.get_attribute("id") == options.nth(number).get_attribute("id")
        told.append(active.get_attribute("aria-label"))
    for text, mark in zip(told, marks, strict=True):
        # Each pair is said as a sentence, and a text that is one already gets no second full stop.
        assert text.endswith(".") and ".." not in text
        for name, words in mark:
            assert f"{name}: {words.rstrip('.')}" in text
    # Those of the table, row by row.
    for text, row in zip(told, figure.locator("tbody tr").all(), strict=True):
        for cell in row.locator("th, td").all_text_contents()[:2]:
            assert cell in text
    last = len(marks)
    steps = (
        ("ArrowDown", last),
        ("Home", 1),
        ("ArrowLeft", 1),
        ("ArrowRight", 2),
        ("ArrowDown", 3),
        ("ArrowUp", 2),
        ("ArrowLeft", 1),
        ("End", last),
    )
    for key, number in steps:
        page.keyboard.press(key)
        expect(options.nth(number - 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(walk).to_be_focused()


def test_the_data_of_a_figure_are_downloaded(page):
    tab_to(page, ".sb-walk")
    tab_to(page, ".sb-get > summary")
    figure = page.locator(".sb-figure:has(.sb-get > summary:focus)").get_attribute("id")
    page.keyboard.press("Enter")
    tab_to(page, "a[download]")
    with page.expect_download() as caught:
        page.keyboard.press("Enter")
    assert f"figure-{caught.value.suggested_filename}" == f"{figure}.csv"
    lines = caught.value.path().read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("# ")]
    assert lines[: len(header)] == header
    assert any("not approved by the authors" in line for line in header)
    table = page.locator(f"#{figure} table tr")
    rows = list(csv.reader(lines[len(header) :]))
    assert rows == [row.locator("th, td").all_text_contents() for row in table.all()]


def test_a_figure_fills_the_screen_and_goes_back(page):
    tab_to(page, ".sb-walk")
    button = tab_to(page, ".sb-full")
    page.keyboard.press("Enter")
    expect(button).to_have_text("Leave full screen")
    assert page.evaluate("document.fullscreenElement.contains(document.activeElement)")
    tab_to(page, ".sb-walk", back=True)
    expect(page.locator(MARK_CARD)).to_be_visible()
    page.keyboard.press("Escape")
    tab_to(page, ".sb-full")
    if page.evaluate("document.fullscreenElement !== null"):
        page.keyboard.press("Enter")
    expect(button).to_have_text("Full screen")
    expect(button).to_be_focused()


def test_a_breakdown_is_chosen_and_its_address_shows_it_again(page):
    tab_to(page, f"[data-figure={FOLDED}] > summary")
    page.keyboard.press("Enter")
    expect(page.locator(f"#figure-{FOLDED}")).to_have_attribute("data-live", "", timeout=WAIT)
    tab_to(page, ".sb-views select")
    page.keyboard.press("ArrowDown")
    figure = page.locator(f"#figure-{OTHER}")
    expect(figure).to_have_attribute("data-live", "", timeout=WAIT)
    expect(page.locator(f"#figure-{FOLDED}")).to_be_hidden()
    expect(figure.locator("xpath=..").locator("select")).to_be_focused()
    assert page.url.endswith(f"?by=field#figure-{OTHER}")
    tab_to(page, ".sb-again")
    drawn = figure.locator(".sb-drawn")
    before = drawn.inner_text()
    page.keyboard.press("Enter")
    expect(drawn).not_to_have_text(before)
    page.goto("about:blank")
    page.go_back()
    page.reload()
    expect(figure).to_have_attribute("data-live", "", timeout=WAIT)
    expect(figure).to_be_in_viewport()
    expect(page.locator(f"[data-figure={FOLDED}]")).to_be_hidden()
