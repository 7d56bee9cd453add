"""A page of the site under watch in a browser: all that it asks for, and all that goes wrong on it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

WIDE, TABLET, PHONE = 1280, 768, 360
LOCAL = re.compile(r"(?:file|data|blob):")
WAIT, SOON = 10_000, 2000  # milliseconds: for a chart to be drawn, for a change of the page to show
# The figures that readers open are tested by themselves.
NOT_FOLDED = ".sb-figure:not(.sb-wide, .sb-open .sb-figure)"
CHARTS = ".sb-figure:has(> .sb-chart):not(.sb-open *)"
# Texts of charts that reach over their chart's frame.
CUT_OFF = """() => [...document.querySelectorAll(".sb-live svg text")].filter(text => {
  const frame = text.closest(".sb-chart").getBoundingClientRect();
  const box = text.getBoundingClientRect();
  return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1);
}).map(text => text.textContent)"""
# The card of a chart's marks, and the pairs of name and text that it tells.
MARK_CARD = "#sb-mark-card"
TOLD_BY_CARD = (
    """card => [...card.querySelectorAll("dt")].map(one => [one.textContent, one.nextSibling.textContent])"""
)
# What the policy of a page stops is told to the console as an error, which is a fault.
VIOLATIONS = """document.addEventListener("securitypolicyviolation", event =>
  console.error(`against the policy: ${event.effectiveDirective} ${event.blockedURI}`))"""
OVERFLOW = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def read_marks(figure) -> list[list[list[str]]]:
    """What each mark of a figure that is not folded tells, in the order of its marks."""
    return json.loads(figure.locator(".sb-spec").text_content())["marks"]


@dataclass
class Visit:
    """A page under watch."""

    page: Page
    allowed: re.Pattern[str]
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.add_init_script(VIOLATIONS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._see)
        self.page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url}"))
        self.page.on("response", self._check)
        # All that would leave the machine is recorded above, and stopped here.
        self.page.route(lambda address: not self.allowed.match(address), lambda route: route.abort())

    def _hear(self, message) -> None:
        if message.type in ("error", "warning", "assert"):
            self.faults.append(f"console: {message.text}")

    def _see(self, request) -> None:
        if not self.allowed.match(request.url):
            self.faults.append(f"another host: {request.url}")

    def _check(self, response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def figures(self, count: int) -> list:
        found = self.page.locator(NOT_FOLDED)
        expect(found).to_have_count(count)
        return found.all()

    def figure(self, name: str):
        found = self.page.locator(f"#figure-{name}")
        expect(found).to_have_count(1)
        return found

    def draw_all(self, count: int) -> None:
        """Scroll to each figure until its chart stands."""
        for figure in self.figures(count):
            figure.scroll_into_view_if_needed()
            expect(figure).to_have_attribute("data-live", "", timeout=WAIT)
