"""The built site in a browser: live charts, tooltips, themes, phones, no JavaScript, print, other addresses."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from browser import NONE, find_browser

BROWSER = find_browser()
if BROWSER is None:
    pytest.skip(NONE, allow_module_level=True)

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402  only where there is a browser

# How many figures these pages have at least.
LEAST = {
    "chapters/method.html": 2,
    "chapters/welfare-innovations.html": 4,
    "chapters/effects.html": 1,
    "chapters/drivers.html": 3,
    "chapters/organisational-innovations.html": 2,
    "chapters/discussion.html": 1,
}
MOST = "chapters/welfare-innovations.html"
WIDE, PHONE = 1280, 360
LOCAL = re.compile(r"(?:file|data|blob):")
WAIT, SOON = 10_000, 2000  # milliseconds: for a chart to be drawn, for a change of the page to show

# Each mark that shows a number, where it stands, and what is told of it; the squares of a key show none.
MARKS = """figure => [...figure.querySelectorAll(".sb-live .role-mark :is(path, line)")].flatMap(mark => {
  const told = mark.__data__?.datum;
  const box = mark.getBoundingClientRect();
  const drawn = mark.getAttribute("opacity") !== "0" && box.width + box.height > 0;
  if (!told?.share || !drawn || mark.__data__.shape === "square") return [];
  return [{
    label: told.label, share: told.share, rests: told.rests,
    x: box.x + box.width / 2, y: box.y + box.height / 2, right: box.right, bottom: box.bottom,
  }];
})"""
OVERFLOW = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll(".sb-live svg text")].filter(text => {
  const frame = text.closest(".sb-chart").getBoundingClientRect();
  const box = text.getBoundingClientRect();
  return box.left < frame.left - 1 || box.right > frame.right + 1;
}).map(text => text.textContent)"""
# The titles that a tooltip must have, in their order: those of what all rows have; and the rows' labels.
TOLD = """figure => {
  const { datasets } = JSON.parse(figure.querySelector(".sb-spec").textContent);
  const rows = Object.values(datasets).find(data => "label" in data[0]);
  const titles = {
    label: "Item", share: "Share", range: "Everyone", base: "Base", question: "Question", rests: "Rests on",
  };
  const had = Object.keys(titles).filter(key => rows.every(row => row[key]));
  return [had.map(key => titles[key]), rows.map(row => row.label)];
}"""
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 18)"}


@dataclass
class Visit:
    """A page under watch."""

    page: Page
    allowed: re.Pattern[str]
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
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
        found = self.page.locator(".sb-figure")
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
            expect(figure).to_have_attribute("data-live", re.compile("light|dark"), timeout=WAIT)


@pytest.fixture(scope="module")
def chromium():
    """One browser for all tests; root may not use its sandbox."""
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def count_charts(charts):
    """Count the figures that a page must show: those of its chapter, and no fewer than are listed."""

    def count(name):
        found = len(charts.get(name, []))
        assert found >= LEAST.get(name, 0)
        return found

    return count


@pytest.fixture
def visit(chromium, site):
    """Open a page of the site in a fresh context, from its file or from an address."""
    contexts = []

    def open_page(name, *, width=WIDE, theme="light", root=None, **settings):
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, **settings)
        contexts.append(context)
        root = root or site.as_uri()
        allowed = LOCAL if root.startswith("file:") else re.compile(rf"{re.escape(root)}|data:|blob:")
        visit = Visit(context.new_page(), allowed)
        visit.watch()
        visit.page.goto(f"{root}/{name}")
        return visit

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def served(site, tmp_path):
    """The address of the site below a path with a space, as a host of many books might have it."""
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "sub path").symlink_to(site, target_is_directory=True)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/some/sub%20path"
        server.shutdown()


def soon_empty(page, script):
    """What a script finds amiss, once the page has had time to settle."""
    for _ in range(SOON // 50):
        if not page.evaluate(script):
            return []
        page.wait_for_timeout(50)
    return page.evaluate(script)


# Each theme starts at another width, so that charts are drawn at both and fitted to both.
@pytest.mark.parametrize(("theme", "widths"), [("light", (WIDE, PHONE)), ("dark", (PHONE, WIDE))])
def test_a_page_opens_from_its_file_and_its_figures_become_live(visit, page_name, count_charts, theme, widths):
    opened = visit(page_name, width=widths[0], theme=theme)
    count = count_charts(page_name)
    opened.draw_all(count)
    for figure in opened.figures(count):
        expect(figure).to_have_attribute("data-live", theme)
        expect(figure.locator(".sb-chart > img")).to_be_hidden()
        figure.locator("summary", has_text="Show as table").click()
        expect(figure.locator("table")).to_be_visible()
        # Its caption is there for a screen reader only: the title stands in the chart.
        caption = figure.locator("caption > span").bounding_box()
        assert max(caption["width"], caption["height"]) <= 1
    for width in widths:
        opened.page.set_viewport_size({"width": width, "height": 800})
        expect(opened.page.locator(".sb-live svg").locator("visible=true")).to_have_count(count)
        assert soon_empty(opened.page, CUT_OFF) == []
        assert opened.page.evaluate(OVERFLOW) <= 0
        expect(opened.page.locator("h1:visible")).to_have_count(1)
    assert opened.faults == []


def test_a_screen_reader_meets_the_live_chart_with_the_words_of_the_picture(visit, count_charts):
    opened = visit(MOST)
    opened.draw_all(count_charts(MOST))
    for figure in opened.figures(count_charts(MOST)):
        words = figure.locator(".sb-chart > img").get_attribute("alt")
        expect(figure.locator(".sb-live")).to_have_role("img", timeout=SOON)
        expect(figure.locator(".sb-live")).to_have_accessible_name(words, timeout=SOON)


def test_a_chart_is_drawn_only_when_it_comes_near(visit, count_charts):
    opened = visit(MOST)
    last = opened.figures(count_charts(MOST))[-1]
    expect(opened.page.locator(".sb-figure[data-live]").first).to_be_visible()
    assert last.get_attribute("data-live") is None
    expect(last.locator("img")).to_be_visible()
    last.scroll_into_view_if_needed()
    expect(last).to_have_attribute("data-live", "light", timeout=WAIT)


def test_a_tooltip_holds_the_value_and_what_it_rests_on(visit, page_with_charts, count_charts):
    opened = visit(page_with_charts)
    opened.draw_all(count_charts(page_with_charts))
    tooltip = opened.page.locator("#vg-tooltip-element.visible")
    silent, wrong = [], []
    for figure in opened.figures(count_charts(page_with_charts)):
        figure.locator(".sb-live").scroll_into_view_if_needed()
        marks = figure.evaluate(MARKS)
        titles, labels = figure.evaluate(TOLD)
        # Each row of the table has a mark, and these are all.
        assert {mark["label"] for mark in marks} == {*labels}
        assert len(labels) == figure.locator("tbody tr").count()
        for mark in marks:
            opened.page.mouse.move(2, 2)
            opened.page.mouse.move(mark["x"], mark["y"])
            opened.page.evaluate("() => new Promise(requestAnimationFrame)")
            told = tooltip.inner_text() if tooltip.count() else None
            if told is None:
                silent.append((mark["label"], mark["share"]))
            elif mark["share"] not in told or mark["rests"] not in told or "undefined" in told:
                wrong.append((mark["share"], told))
            elif tooltip.locator("td.key").all_inner_texts() != titles:
                wrong.append((titles, told))
    assert wrong == []
    assert silent == []


def test_a_tooltip_appears_beside_the_marks_of_a_row_too(visit, count_charts):
    opened = visit("chapters/drivers.html")
    opened.draw_all(count_charts("chapters/drivers.html"))
    figure = opened.figure("drivers-room")
    (zone,) = figure.locator(".sb-live svg .role-mark.mark-rect path").all()
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    # Right of every mark, and at the height of none.
    at = {"x": box["x"] + 0.97 * box["width"], "y": box["y"] + 0.95 * box["height"]}
    for mark in figure.evaluate(MARKS):
        assert mark["right"] < at["x"]
        assert mark["bottom"] < at["y"]
    opened.page.mouse.move(at["x"], at["y"])
    tooltip = opened.page.locator("#vg-tooltip-element.visible")
    expect(tooltip).to_contain_text("52 percent")
    expect(tooltip).to_contain_text("45 to 59 percent if the silent are like those who answered")
    expect(tooltip).to_contain_text("44 to 60 percent if the silent differ by ten points")
    expect(tooltip).to_contain_text("14 to 87 percent whatever the silent think")
    expect(tooltip).to_contain_text("our range over assumed bases")
    expect(tooltip).to_contain_text("base not published; assumed 160 to 296")
    expect(tooltip).to_contain_text("Question, as we guess it")
    expect(tooltip).to_contain_text("Fixed by print")


def test_a_tooltip_appears_on_touch(visit):
    opened = visit("chapters/effects.html", width=PHONE, has_touch=True, is_mobile=True)
    figure = opened.figure("effects")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-live", "light", timeout=WAIT)
    figure.locator(".sb-live").scroll_into_view_if_needed()
    mark = next(mark for mark in figure.evaluate(MARKS) if mark["share"] == "71 percent")
    opened.page.touchscreen.tap(mark["x"], mark["y"])
    expect(opened.page.locator("#vg-tooltip-element.visible")).to_contain_text("71 percent", timeout=SOON)


def test_without_javascript_a_figure_shows_its_picture_and_its_table(visit, page_with_charts, count_charts):
    opened = visit(page_with_charts, width=PHONE, java_script_enabled=False)
    for figure in opened.figures(count_charts(page_with_charts)):
        picture = figure.locator(".sb-chart img")
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
        assert figure.get_attribute("data-live") is None
        expect(figure.locator("table")).to_be_hidden()
        figure.locator("summary", has_text="Show as table").click()
        expect(figure.locator("table")).to_be_visible()
    assert opened.page.evaluate(OVERFLOW) <= 0
    # The browser gives up scripts that it will not run; all else must be there.
    assert [fault for fault in opened.faults if ".js" not in fault] == []


def test_a_picture_stays_where_the_chart_script_cannot_be_loaded(visit):
    opened = visit("index.html")
    opened.page.route("**/surveybook-vega.js", lambda route: route.abort())
    with opened.page.expect_event("requestfailed", lambda request: "surveybook-vega.js" in request.url, timeout=WAIT):
        opened.page.goto(opened.page.url.replace("index.html", "chapters/effects.html"))
        opened.figure("effects").scroll_into_view_if_needed()
    figure = opened.figure("effects")
    expect(figure.locator("img")).to_be_visible()
    assert figure.get_attribute("data-live") is None


def choose_theme(page, theme):
    """Press the theme button until the page has the theme; it goes round three modes."""
    for _ in range(3):
        if page.locator(f"html[data-theme={theme}]").count():
            return
        page.locator(".theme-switch-button:visible").click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_the_theme_button_draws_the_charts_again(visit, count_charts):
    opened = visit(MOST)
    opened.draw_all(count_charts(MOST))
    for theme in ("dark", "light"):
        choose_theme(opened.page, theme)
        for figure in opened.figures(count_charts(MOST)):
            expect(figure).to_have_attribute("data-live", theme, timeout=WAIT)
            # One chart, in the colours of the theme: the old one is gone.
            expect(figure.locator(".sb-live")).to_have_count(1)
            expect(figure.locator(".sb-live svg")).to_have_css("background-color", PAPER[theme], timeout=SOON)
    assert opened.faults == []


def test_a_chart_that_is_being_drawn_when_the_theme_changes_ends_in_the_new_theme(visit):
    opened = visit("index.html")
    opened.page.add_init_script("""
      new MutationObserver((_, watcher) => {
        if (!document.querySelector(".sb-live")) return;
        watcher.disconnect();
        document.documentElement.dataset.theme = "dark";
      }).observe(document, { childList: true, subtree: true });
    """)
    opened.page.goto(opened.page.url.replace("index.html", "chapters/effects.html"))
    figure = opened.figure("effects")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-live", "dark", timeout=WAIT)
    # A chart that is late is drawn again, so the colour may follow a moment later.
    expect(figure.locator(".sb-live svg")).to_have_css("background-color", PAPER["dark"], timeout=SOON)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_print_shows_the_picture_instead_of_the_live_chart(visit, count_charts, theme):
    opened = visit("chapters/drivers.html", theme=theme)
    count = count_charts("chapters/drivers.html")
    opened.draw_all(count)
    opened.page.emulate_media(media="print")
    for figure in opened.figures(count):
        expect(figure.locator(".sb-live")).to_be_hidden(timeout=SOON)
        expect(figure.locator(".sb-chart > img")).to_be_visible(timeout=SOON)


def test_the_search_finds_a_chapter_offline(visit):
    opened = visit("search.html?q=motivation")
    result = opened.page.locator("#search-results li a", has_text="Effects that the leaders saw")
    expect(result).to_be_visible(timeout=WAIT)
    result.click()
    expect(opened.page.locator("h1:visible")).to_contain_text("Effects that the leaders saw")
    assert opened.faults == []


def test_the_site_works_below_a_path_of_another_address(visit, served, count_charts):
    opened = visit(MOST, root=served)
    opened.draw_all(count_charts(MOST))
    expect(opened.page.locator(".sb-live svg")).to_have_count(count_charts(MOST))
    opened.page.get_by_role("link", name="Discussion").first.click()
    assert opened.page.url.startswith(served)
    opened.draw_all(count_charts("chapters/discussion.html"))
    assert opened.faults == []
