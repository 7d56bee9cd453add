"""Each page once in each scheme: nothing asked of others, nothing amiss, no chart missing, open to everyone."""

from __future__ import annotations

import pytest

from browser import NONE, find_browser

if find_browser() is None:
    pytest.skip(NONE, allow_module_level=True)

from axe_playwright_python.base import AXE_SCRIPT
from visiting import CUT_OFF, OVERFLOW, PHONE, TABLET, WAIT, WIDE

NARROW = 320
SPOKEN = (NARROW, PHONE, TABLET, WIDE)
# The default rules, and the one of WCAG 2.2 (AA) that axe leaves out unless asked.
AXE = """async (place) => (await axe.run(place, {
  resultTypes: ["violations"], preload: false, rules: { "target-size": { enabled: true } },
})).violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target}`))"""
OPEN_ALL = """() => document.querySelectorAll("details").forEach(one => {
  if (!one.closest("[hidden]")) one.open = true;
})"""
# What opens may fade in, and has its colours at the end.
END_FADES = "() => Promise.allSettled(document.getAnimations().map(one => one.finished))"
# Charts that are in sight of nobody, in folded figures or breakdowns that are not chosen, are not drawn.
NOT_DRAWN = """() => [...document.querySelectorAll(".sb-chart")].filter(
  chart => chart.checkVisibility() && !chart.closest("figure").matches("[data-live]:has(.sb-live svg)")
).map(chart => chart.closest("figure").id)"""
SCROLL = """async () => {
  for (let y = 0; y < document.scrollingElement.scrollHeight; y += innerHeight / 2) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
}"""


def draw_all(page):
    page.evaluate(SCROLL)
    page.wait_for_function(f"() => ({NOT_DRAWN})().length === 0", timeout=WAIT)


def settle(page, width):
    """Two frames after a change of width, so that charts follow it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_whole_at_every_width(visit, charts, page_name, theme):
    hold_whole(visit, page_name, theme, len(charts.get(page_name, ())))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_the_search_is_whole_at_every_width(visit, theme):
    hold_whole(visit, "search.html?q=risk", theme, 0)


def hold_whole(visit, name, theme, least):
    # One scheme narrows and the other widens, so that charts are fitted both ways.
    widths = sorted(SPOKEN, reverse=theme == "light")
    # All rules at each width: with all that is folded open in one scheme, and closed in the other.
    opened_at = {"light": (PHONE,), "dark": (TABLET, WIDE)}[theme]
    opened = visit(name, theme=theme, width=widths[0])
    page = opened.page
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    draw_all(page)
    assert page.locator(".sb-chart").count() >= least
    page.evaluate(AXE_SCRIPT)
    amiss = []

    def look(state, width):
        settle(page, width)
        if page.evaluate(OVERFLOW) > 0:
            amiss.append((state, width, "scrolls sideways"))
        if width > NARROW:
            amiss.extend((state, width, "cut off", text) for text in page.evaluate(CUT_OFF))
            if (state == "opened") == (width in opened_at):
                amiss.extend((state, width, fault) for fault in page.evaluate(AXE, "html"))

    for width in widths:
        look("closed", width)
    page.evaluate(OPEN_ALL)
    draw_all(page)
    page.evaluate(END_FADES)
    for width in reversed(widths):
        look("opened", width)
    if page.locator(".sb-about-cards .sb-about").count():
        page.evaluate("document.querySelector('.sb-about-cards .sb-about').showPopover()")
        amiss.extend(("card", fault) for fault in page.evaluate(AXE, ".sb-about:popover-open"))
    assert amiss == []
    if not page.locator(".sb-chart").count():
        assert "surveybook-vega.js" not in asked
    assert opened.faults == []
