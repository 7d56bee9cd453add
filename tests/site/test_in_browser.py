"""The built site in a browser: live charts, tooltips, themes, phones, no JavaScript, print, other addresses."""

from __future__ import annotations

import re
from itertools import pairwise
from math import floor

import pytest

from browser import NONE, find_browser

BROWSER = find_browser()
if BROWSER is None:
    pytest.skip(NONE, allow_module_level=True)

from playwright.sync_api import expect  # noqa: E402  only where there is a browser
from visiting import OVERFLOW, PHONE, SOON, WAIT, WIDE  # noqa: E402

# How many figures these pages have at least.
LEAST = {
    "chapters/method.html": 3,
    "chapters/how-far-print-carries.html": 1,
    "chapters/welfare-innovations.html": 5,
    "chapters/effects.html": 3,
    "chapters/drivers.html": 4,
    "chapters/organisational-innovations.html": 2,
    "chapters/discussion.html": 2,
    "chapters/robustness.html": 1,
}
MOST = "chapters/welfare-innovations.html"

# Each mark that shows a number, where it stands, and what is told of it; the squares of a key show none.
MARKS = """figure => [...figure.querySelectorAll(".sb-live .role-mark :is(path, line)")].flatMap(mark => {
  const told = mark.__data__?.datum;
  const box = mark.getBoundingClientRect();
  const drawn = mark.getAttribute("opacity") !== "0" && box.width + box.height > 0;
  if (!told?.share || !drawn || mark.__data__.shape === "square") return [];
  return [{
    label: told.label, share: told.share, rests: told.rests ?? "",
    x: box.x + box.width / 2, y: box.y + box.height / 2, right: box.right, bottom: box.bottom,
  }];
})"""
CUT_OFF = """() => [...document.querySelectorAll(".sb-live svg text")].filter(text => {
  const frame = text.closest(".sb-chart").getBoundingClientRect();
  const box = text.getBoundingClientRect();
  return box.left < frame.left - 1 || box.right > frame.right + 1;
}).map(text => text.textContent)"""
CUT_OFF_WHEN_OPENED = CUT_OFF.replace(".sb-live svg text", ".sb-open .sb-live svg text")
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


@pytest.fixture(scope="module")
def count_charts(charts, open_names):
    """Count the figures that a page must show unasked: those of its chapter, and no fewer than are listed."""

    def count(name):
        found = len([figure for figure in charts.get(name, []) if figure not in open_names])
        assert found >= LEAST.get(name, 0)
        return found

    return count


def soon_empty(page, script):
    """What a script finds amiss, once the page has had time to settle."""
    for _ in range(SOON // 50):
        if not page.evaluate(script):
            return []
        page.wait_for_timeout(50)
    return page.evaluate(script)


# Each theme starts at another width, so that charts are drawn at both.
@pytest.mark.parametrize(("theme", "widths"), [("light", (WIDE, PHONE)), ("dark", (PHONE,))])
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


def test_a_chart_is_fitted_to_a_page_that_grows_wide(visit, count_charts):
    opened = visit("chapters/effects.html", width=PHONE)
    opened.draw_all(count_charts("chapters/effects.html"))
    opened.page.set_viewport_size({"width": WIDE, "height": 800})
    opened.page.wait_for_timeout(SOON)
    assert opened.page.evaluate(CUT_OFF) == []


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
        if figure.locator(".sb-live :is(.mark-area, .mark-line)").count():
            continue  # a curve has no rows, and neither have lines
        if figure.get_attribute("id") == "figure-timeline":
            continue  # it shows no share, and has a test of its own
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


def test_a_tooltip_tells_each_step_of_a_curve(visit):
    opened = visit("chapters/welfare-innovations.html")
    figure = opened.figure("extent-tipping-point")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-live", "light", timeout=WAIT)
    steps = figure.locator(".sb-live .role-mark.mark-rect path").all()
    rows = dict(zip(*[figure.locator(f"tbody {cell}").all_text_contents() for cell in ("th", "td")], strict=True))
    told = {}
    for step in steps:
        box = step.bounding_box()
        opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        cells = opened.page.locator("#vg-tooltip-element.visible td.value").all_inner_texts()
        told[cells[0]] = cells[1]
    # From 75 points lower to 75 higher, in steps of five.
    assert len(told) == 31
    assert len(rows) == 7
    assert {label: told[label] for label in rows} == rows


def test_a_tooltip_tells_each_line_of_the_timeline_and_no_share(visit):
    opened = visit("chapters/method.html")
    figure = opened.figure("timeline")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-live", "light", timeout=WAIT)
    lines = [row.locator("th, td").all_text_contents() for row in figure.locator("tbody tr").all()]
    expected = {
        (when, f"{what}: {when}" if kind == "data collection" else what, note) for when, what, kind, note in lines
    }
    told = set()
    zones = figure.locator(".sb-live .role-mark.mark-rect path").all()
    for zone in zones:
        zone.scroll_into_view_if_needed()
        box = zone.bounding_box()
        opened.page.mouse.move(2, 2)
        opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tooltip = opened.page.locator("#vg-tooltip-element.visible")
        expect(tooltip).to_be_visible(timeout=SOON)
        told.add(tuple(tooltip.locator("td.value").all_inner_texts()))
    assert len(zones) == len(lines) == 24
    assert {tuple(text.lower() for text in one) for one in told} == {
        tuple(text.lower() for text in one) for one in expected
    }
    assert opened.faults == []


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
    """Choose the theme, as a reader does."""
    page.get_by_label("Colours of the page").select_option(theme)
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
        const root = document.documentElement;
        const darken = () => root.dataset.theme === "dark" || (root.dataset.theme = "dark");
        // The theme's own script may come later and set the page's first theme.
        new MutationObserver(darken).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
        darken();
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


# Figures that readers open


# The round marks of a chart: whose they are, what is drawn of one replicate, and where they stand.
ROUND = """figure => [...figure.querySelectorAll(".sb-live .role-mark.mark-symbol path")]
  .filter(mark => mark.__data__.datum.label)
  .map(mark => {
    const { label, drawn, value } = mark.__data__.datum;
    const box = mark.getBoundingClientRect();
    const at = box.x + box.width / 2 - figure.getBoundingClientRect().x;
    const hollow = mark.getAttribute("fill") === "transparent";
    return { label, at, hollow, drawn: drawn ?? null, value: value ?? null };
  })"""
ANSWERS = "extent-each-answer"


@pytest.fixture(scope="module")
def replicates(committed, read_records):
    """What each replicate gives for each single answer on the extent, in whole percent, by its number."""
    options = [row for row in read_records(committed / "codebook" / "options.csv") if row["option_list"] == "degree"]
    labels = {f"option:{row['value']}": row["label_en"] for row in options} | {"option:88": "don't know"}
    numbers = [int(row["replicate"]) for row in read_records(committed / "replicates" / "assumptions.csv")]
    given = {number: {} for number in numbers}
    for row in read_records(committed / "replicates" / "estimates.csv"):
        if (row["item"], row["domain"]) == ("extent", "all") and row["option_set"] in labels:
            label = labels[row["option_set"]]
            for number, pair in zip(numbers, row["counts"].split(), strict=True):
                count, base = map(int, pair.split("/"))
                given[number][label[:1].upper() + label[1:]] = floor(100 * count / base + 0.5)
    assert {len(shares) for shares in given.values()} == {7}
    return given


def folded(opened, name):
    return opened.page.locator(f'details.sb-open[data-figure="{name}"]')


def open_by_keys(opened, name):
    """Come to a figure's summary by the Tab key and press Enter; wait for its chart."""
    summary = folded(opened, name).locator("> summary")
    # From the last link or button before it, as a reader would come.
    summary.evaluate("""summary => {
      const all = [...document.querySelectorAll("a[href], button, summary")].filter(one => one.checkVisibility());
      all[all.indexOf(summary) - 1].focus();
    }""")
    for _ in range(3):
        opened.page.keyboard.press("Tab")
        if summary.evaluate("summary => document.activeElement === summary"):
            break
    expect(summary).to_be_focused()
    opened.page.keyboard.press("Enter")
    figure = opened.figure(name)
    expect(figure).to_have_attribute("data-live", re.compile("light|dark"), timeout=WAIT)
    return figure


def replicate_of(figure):
    """The number of the replicate that a figure says it shows, and the shares it tells."""
    text = figure.locator(".sb-drawn").inner_text()
    number, told = re.fullmatch(r"Made up: replicate (\d+) of \d+\. (.+)\.", text).groups()
    return int(number), {label: int(share) for label, share in re.findall(r"([^;.:]+): (\d+) percent", told)}


def told_by(figure, replicates):
    """The replicate that a figure shows, once its words and circles are checked against the table."""
    number, told = replicate_of(figure)
    told = {label.strip(): share for label, share in told.items()}
    assert told == replicates[number]
    circles = {mark["label"]: mark["drawn"] for mark in figure.evaluate(ROUND) if mark["hollow"]}
    assert circles == told
    return number


@pytest.mark.parametrize("where", ["file", "address"])
def test_a_figure_is_loaded_when_a_reader_opens_it_by_keyboard(visit, served, replicates, where):
    opened = visit("index.html", root=None if where == "file" else served)
    asked = []
    opened.page.on("request", lambda request: asked.append(request.url))
    opened.page.goto(opened.page.url.replace("index.html", MOST))
    opened.page.wait_for_load_state("load")
    assert [address for address in asked if re.search(r"_static/figures/[^/]+\.js", address)] == []
    figure = opened.figure(ANSWERS)
    expect(figure).to_be_hidden()
    open_by_keys(opened, ANSWERS)
    expect(figure.locator(".sb-live svg")).to_be_visible()
    loaded = [address.rsplit("/", 1)[1] for address in asked if "_static/figures/" in address and ".js" in address]
    assert loaded == [f"{ANSWERS}.js"]
    told_by(figure, replicates)
    assert opened.faults == []


def test_draw_again_by_keyboard_shows_another_replicate_and_leaves_what_print_fixes(visit, replicates):
    opened = visit(MOST)
    figure = open_by_keys(opened, ANSWERS)
    seen = [told_by(figure, replicates)]
    before = figure.evaluate(ROUND)
    assert [mark["value"] for mark in before if not mark["hollow"]] == [54, 14]
    opened.page.keyboard.press("Tab")
    expect(figure.get_by_role("button", name="Draw again")).to_be_focused()
    for _ in range(6):
        opened.page.keyboard.press("Enter")
        seen.append(told_by(figure, replicates))
        after = figure.evaluate(ROUND)
        assert [mark for mark in after if not mark["hollow"]] == [mark for mark in before if not mark["hollow"]]
        places = {mark["label"]: mark["at"] for mark in after if mark["hollow"]}
        assert places != {mark["label"]: mark["at"] for mark in before if mark["hollow"]}
        before = after
    assert [first for first, second in pairwise(seen) if first == second] == []
    assert len(set(seen)) > 2
    expect(figure.get_by_role("status")).to_be_visible()
    assert opened.faults == []


def test_circles_stand_where_their_share_is_on_the_scale_of_the_dots(visit):
    opened = visit(MOST)
    marks = open_by_keys(opened, ANSWERS).evaluate(ROUND)
    (first, second), circles = [mark for mark in marks if not mark["hollow"]], [m for m in marks if m["hollow"]]
    assert len(circles) == 7
    each = (first["at"] - second["at"]) / (first["value"] - second["value"])
    for circle in circles:
        expected = second["at"] + each * (circle["drawn"] - second["value"])
        assert circle["at"] == pytest.approx(expected, abs=0.7)


def test_what_is_drawn_survives_a_change_of_theme(visit, replicates):
    opened = visit(MOST)
    figure = open_by_keys(opened, ANSWERS)
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    number, told = replicate_of(figure)
    for theme in ("dark", "light"):
        choose_theme(opened.page, theme)
        expect(figure).to_have_attribute("data-live", theme, timeout=WAIT)
        expect(figure.locator(".sb-live")).to_have_count(1)
        expect(figure.locator(".sb-again")).to_have_count(1)
        assert replicate_of(figure) == (number, told)
        assert told_by(figure, replicates) == number
    assert opened.faults == []


def test_a_figure_that_is_closed_and_opened_again_stays_as_it_was(visit, replicates):
    opened = visit(MOST)
    figure = open_by_keys(opened, ANSWERS)
    number = told_by(figure, replicates)
    for _ in range(2):
        folded(opened, ANSWERS).locator("> summary").click()
    expect(figure).to_be_visible()
    assert told_by(figure, replicates) == number
    expect(figure.locator(".sb-again")).to_have_count(1)
    expect(figure.locator(".sb-live")).to_have_count(1)


def test_a_figure_opened_before_the_script_came_is_prepared_once(visit):
    opened = visit("index.html")
    opened.page.add_init_script(f"""
      new MutationObserver((_, watcher) => {{
        const details = document.querySelector('details[data-figure="{ANSWERS}"]');
        if (!details) return;
        watcher.disconnect();
        details.open = true;
      }}).observe(document, {{ childList: true, subtree: true }});
    """)
    opened.page.goto(opened.page.url.replace("index.html", MOST))
    figure = opened.figure(ANSWERS)
    expect(figure).to_have_attribute("data-live", "light", timeout=WAIT)
    for _ in range(2):
        folded(opened, ANSWERS).locator("> summary").click()
    opened.page.wait_for_timeout(SOON)
    expect(figure.locator(".sb-again")).to_have_count(1, timeout=SOON)


def test_a_button_pressed_before_the_chart_has_come_does_no_harm(visit):
    opened = visit("index.html")
    held = []
    opened.page.route("**/surveybook-vega.js", lambda route: held.append(route))
    opened.page.goto(opened.page.url.replace("index.html", "chapters/robustness-stricter-cut.html"))
    name = "headlines-as-printed-stricter"
    folded(opened, name).locator("> summary").click()
    button = folded(opened, name).get_by_role("button", name="Draw again")
    if button.count() or soon_there(button):
        button.click()
    for route in held:
        route.continue_()
    expect(opened.figure(name)).to_have_attribute("data-live", "light", timeout=WAIT)
    assert opened.faults == []


def soon_there(locator):
    """Whether an element appears before long."""
    for _ in range(SOON // 50):
        if locator.count():
            return True
        locator.page.wait_for_timeout(50)
    return False


def test_without_javascript_a_folded_figure_opens_to_its_picture_and_table(visit, open_names, charts):
    for name in [page for page, figures in charts.items() if {*figures} & {*open_names}]:
        opened = visit(name, width=PHONE, java_script_enabled=False)
        found = opened.page.locator("details.sb-open").all()
        assert found
        for details in found:
            picture = details.locator(".sb-chart img")
            expect(picture).to_be_hidden()
            details.locator("> summary").click()
            picture.scroll_into_view_if_needed()
            expect(picture).to_be_visible()
            expect(details.locator(".sb-again")).to_have_count(0)
            details.locator("summary", has_text="Show as table").click()
            expect(details.locator("table")).to_be_visible()
            picture.scroll_into_view_if_needed()
            opened.page.wait_for_timeout(50)
            assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
        assert opened.page.evaluate(OVERFLOW) <= 0
        assert [fault for fault in opened.faults if ".js" not in fault] == []


@pytest.mark.parametrize("width", [320, PHONE, WIDE])
def test_nothing_overflows_with_everything_open(visit, open_names, charts, width):
    for name in [page for page, figures in charts.items() if {*figures} & {*open_names}]:
        opened = visit(name, width=width)
        opened.draw_all(len([figure for figure in charts[name] if figure not in open_names]))
        for details in opened.page.locator("details.sb-open").all():
            details.locator("> summary").click()
            figure = details.locator(".sb-figure")
            expect(figure).to_have_attribute("data-live", "light", timeout=WAIT)
            figure.locator("summary", has_text="Show as table").click()
        opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        opened.page.wait_for_timeout(200)
        assert opened.page.evaluate(OVERFLOW) <= 0
        if width > 320:
            assert opened.page.evaluate(CUT_OFF_WHEN_OPENED) == []
        assert opened.faults == []


def test_no_word_of_a_chart_is_cut_off_on_the_narrowest_phone(visit):
    opened = visit("chapters/drivers.html", width=320)
    figure = open_by_keys(opened, "rules-by-risk-taking")
    figure.scroll_into_view_if_needed()
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate(CUT_OFF) == []


def test_a_screen_reader_meets_an_opened_chart_with_the_words_of_its_picture(visit):
    opened = visit(MOST)
    figure = open_by_keys(opened, ANSWERS)
    words = figure.locator(".sb-chart > img").get_attribute("alt")
    assert "not observed" in words
    expect(figure.locator(".sb-live")).to_have_role("img", timeout=SOON)
    expect(figure.locator(".sb-live")).to_have_accessible_name(words, timeout=SOON)
