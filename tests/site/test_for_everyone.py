"""Large text, text set wide, no motion: what readers may ask of a page takes nothing from it."""

from __future__ import annotations

import pytest

from browser import NONE, find_browser

if find_browser() is None:
    pytest.skip(NONE, allow_module_level=True)

from visiting import CHARTS, CUT_OFF, OVERFLOW, WIDE

PAGES = ("index.html", "chapters/effects.html", "chapters/welfare-innovations.html", "chapters/appendix/claims.html")
# WCAG 2.2, criterion 1.4.12.
SPACED = """() => {
  const style = document.createElement("style");
  style.textContent = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`;
  document.head.append(style);
}"""
# Text that a box around it cuts off; a chart's own text is a picture and has no spacing of the page.
CLIPPED = """() => [...document.querySelectorAll("article :is(p, li, th, td, dt, dd, summary, a, label, button, h2)")]
  .filter(one => one.checkVisibility() && !one.closest(".sb-hidden, .sb-stacked thead, .sb-entries thead"))
  .filter(one => {
    for (let box = one; box.tagName !== "ARTICLE"; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box);
      const cuts = overflow => ["hidden", "clip"].includes(overflow);
      if (cuts(overflowX) && box.scrollWidth > box.clientWidth + 1) return true;
      if (cuts(overflowY) && box.scrollHeight > box.clientHeight + 1) return true;
    }
    return one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !one.closest(".sb-scroll");
  }).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("zoom", [2, 4], ids=["200 percent", "400 percent"])
def test_nothing_is_lost_at_large_text_with_wide_spacing_and_nothing_moves(visit, zoom):
    """At 200 and 400 percent a window of 1280 pixels has 640 and 320 of the page's own."""
    lost = {}
    for name in PAGES:
        opened = visit(name, width=WIDE // zoom, device_scale_factor=zoom, reduced_motion="reduce")
        page = opened.page
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = !one.closest('[hidden]'); })")
        count = page.locator(CHARTS).count()
        for number in range(count):
            page.locator(CHARTS).nth(number).scroll_into_view_if_needed()
        moving = "document.getAnimations().filter(one => one.playState === 'running').length"
        told = {"moving": page.evaluate(moving), "clipped": page.evaluate(CLIPPED), "over": page.evaluate(OVERFLOW)}
        page.evaluate(SPACED)
        page.wait_for_timeout(100)
        told |= {"spaced and clipped": page.evaluate(CLIPPED), "spaced and over": page.evaluate(OVERFLOW)}
        told |= {"cut off": page.evaluate(CUT_OFF) if zoom == 2 else []}
        lost |= {(name, key): found for key, found in told.items() if found}
        assert opened.faults == []
    assert lost == {}


def test_text_that_is_clipped_would_have_been_seen(visit):
    opened = visit("chapters/effects.html")
    opened.page.evaluate("""() => {
      const rests = document.querySelector(".sb-rests");
      Object.assign(rests.style, { height: "0.5em", overflow: "hidden" });
    }""")
    assert len(opened.page.evaluate(CLIPPED)) == 1
