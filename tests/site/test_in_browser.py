"""The built site in a browser: live charts, what their marks tell, schemes, touch, no JavaScript, other addresses."""

from __future__ import annotations

import re
from itertools import pairwise
from math import floor
from posixpath import dirname, normpath

import pytest

from browser import NONE, find_browser

BROWSER = find_browser()
if BROWSER is None:
    pytest.skip(NONE, allow_module_level=True)

from playwright.sync_api import expect  # noqa: E402  only where there is a browser
from visiting import CHARTS, CUT_OFF, MARK_CARD, OVERFLOW, PHONE, SOON, TOLD_BY_CARD, WAIT, WIDE, read_marks  # noqa: E402

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
VEGA = "surveybook-vega.js"

# Where the marks of a chart are, and the words that are drawn where each is.
ZONES = """figure => [...figure.querySelectorAll('.sb-live [class*="zone"] > path')].map(zone => {
  const { x, y, width, height } = zone.getBoundingClientRect();
  const within = [...figure.querySelectorAll(".sb-live svg text")].filter(text => {
    const box = text.getBoundingClientRect();
    return box.y + box.height / 2 > y && box.y + box.height / 2 < y + height;
  });
  const lines = text => [...text.querySelectorAll("tspan")].map(one => one.textContent).join(" ") || text.textContent;
  return { x, y, width, height, words: within.map(lines).join(" ") };
})"""
TO_THE_MIDDLE = "element => element.scrollIntoView({ block: 'center', behavior: 'instant' })"
# Figures whose table has other lines than their chart, and so tests of their own.
OTHER_LINES = ("extent-tipping-point", "timeline", "power")
FIRST_NUMBER = re.compile(r"\d+")
INK = """figure => getComputedStyle(figure.querySelector(".sb-live svg text")).fill"""


@pytest.fixture(scope="module")
def count_charts(charts, open_names):
    """Count the figures that a page must show unasked: those of its chapter, and no fewer than are listed."""

    def count(name):
        found = len([figure for figure in charts.get(name, []) if figure not in open_names])
        assert found >= LEAST.get(name, 0)
        return found

    return count


def drawn(opened, name):
    """A figure in the middle of the window, with its chart."""
    figure = opened.figure(name)
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-live", "", timeout=WAIT)
    figure.locator(".sb-live").evaluate(TO_THE_MIDDLE)
    return figure


def point_at(opened, zone, part=0.5):
    """Move the pointer to a mark, at a part of its width, and give what its card tells."""
    x, y = zone["x"] + part * zone["width"], zone["y"] + zone["height"] / 2
    opened.page.mouse.move(x, y - 2)
    opened.page.mouse.move(x, y)
    opened.page.wait_for_timeout(60)  # a card opens a little later, so that a pointer on its way opens none
    card = opened.page.locator(MARK_CARD)
    expect(card).to_be_visible(timeout=SOON)
    return card.evaluate(TOLD_BY_CARD)


def test_each_mark_tells_its_own_words_which_are_those_of_the_table(visit, page_with_charts, count_charts):
    opened = visit(page_with_charts)
    count = count_charts(page_with_charts)
    opened.draw_all(count)
    wrong = []
    for figure in opened.figures(count):
        name = figure.get_attribute("id").removeprefix("figure-")
        # A screen reader meets the chart with the words of its picture, which is hidden.
        words = figure.locator(".sb-chart > img").get_attribute("alt")
        expect(figure.locator(".sb-chart > img")).to_be_hidden()
        expect(figure.locator(".sb-live")).to_have_role("img", timeout=SOON)
        expect(figure.locator(".sb-live")).to_have_accessible_name(words, timeout=SOON)
        marks = read_marks(figure)
        figure.locator(".sb-live").evaluate(TO_THE_MIDDLE)
        assert len(figure.evaluate(ZONES)) == len(marks) > 0
        rows = [row.locator("th, td").all_text_contents() for row in figure.locator("tbody tr").all()]
        if name not in OTHER_LINES:
            for mark, row in zip(marks, rows, strict=True):
                assert row[0] in mark[0][1], name
                # Shares may be shorter than in the table, but begin with the same number.
                first, told = (FIRST_NUMBER.findall(text)[:1] for text in (dict(mark)["Share"], " ".join(row[1:])))
                # What is printed in words has no number in the table.
                assert first == told or (not told and row[-1] in dict(mark)["Share"]), name
        for number, mark in enumerate(marks):
            figure.locator('.sb-live [class*="zone"] > path').nth(number).evaluate(TO_THE_MIDDLE)
            zone = figure.evaluate(ZONES)[number]
            if (told := point_at(opened, zone, 0.97)) != mark:
                wrong.append((name, mark, told))
            # Its words are drawn where it is, or its share alone where there is no room for more.
            places = (
                mark[0][1].split("\n")[0] in zone["words"],
                dict(mark).get("Share") in zone["words"].split(),
            )
            if name not in OTHER_LINES and not any(places):
                wrong.append((name, mark[0][1], zone["words"]))
    assert wrong == []
    assert opened.faults == []


def test_a_mark_tells_by_hand_what_is_printed_and_what_it_rests_on(visit):
    opened = visit("chapters/drivers.html")
    figure = drawn(opened, "drivers-room")
    (zone,) = figure.evaluate(ZONES)
    told = " ".join(text for pair in point_at(opened, zone) for text in pair)
    for words in (
        "52 percent",
        "45 to 59 percent if the silent are like those who answered",
        "44 to 60 percent if the silent differ by ten points",
        "14 to 87 percent whatever the silent think",
        "our range, not in the article",
        "base not published; we assume at least 160",
        "Question As we guess it",
        "Fixed by print",
    ):
        assert words in told


def test_a_curve_tells_each_step_and_those_of_its_table_alike(visit):
    figure = drawn(visit(MOST), "extent-tipping-point")
    told = {mark["The silent"]: mark["Everyone"] for mark in map(dict, read_marks(figure))}
    rows = dict(zip(*[figure.locator(f"tbody {cell}").all_text_contents() for cell in ("th", "td")], strict=True))
    # From 75 points lower to 75 higher, in steps of five.
    assert len(told) == 31
    assert len(rows) == 7
    assert {label: told[label] for label in rows} == rows


def test_the_timeline_tells_each_of_its_lines(visit):
    figure = drawn(visit("chapters/method.html"), "timeline")
    lines = [row.locator("th, td").all_text_contents() for row in figure.locator("tbody tr").all()]
    expected = {
        (when, f"{what}: {when}" if kind == "data collection" else what, note) for when, what, kind, note in lines
    }
    told = {tuple(text for _, text in mark) for mark in read_marks(figure)}
    assert len(lines) == 24
    assert {tuple(text.lower() for text in one) for one in told} == {
        tuple(text.lower() for text in one) for one in expected
    }


# Pointer and touch


def test_the_pointer_can_go_from_a_mark_to_its_card_and_escape_closes_it(visit):
    opened = visit("chapters/effects.html")
    figure = drawn(opened, "effects")
    point_at(opened, figure.evaluate(ZONES)[0])
    card = opened.page.locator(MARK_CARD)
    box = card.bounding_box()
    opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    opened.page.wait_for_timeout(500)  # longer than a card stays that has been left
    expect(card).to_be_visible()
    opened.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    point_at(opened, figure.evaluate(ZONES)[1])
    opened.page.mouse.move(2, 2)
    expect(card).to_be_hidden(timeout=SOON)
    assert opened.faults == []


def test_a_tap_opens_a_mark_or_a_number_and_a_tap_elsewhere_closes_it(visit):
    opened = visit("chapters/effects.html", width=PHONE, has_touch=True, is_mobile=True)
    number = opened.page.locator("a.sb-number").first
    card = opened.page.locator(f"#{number.get_attribute('data-card')}")
    number.evaluate(TO_THE_MIDDLE)
    number.tap()
    expect(card).to_be_visible()
    expect(card).to_contain_text("Rests on")
    assert "#" not in opened.page.url
    opened.page.locator("h1").tap()
    expect(card).to_be_hidden()
    figure = drawn(opened, "effects")
    marks, zones, card = read_marks(figure), figure.evaluate(ZONES), opened.page.locator(MARK_CARD)
    for mark, zone in list(zip(marks, zones, strict=True))[:2]:
        opened.page.touchscreen.tap(zone["x"] + zone["width"] / 2, zone["y"] + zone["height"] / 2)
        expect(card).to_be_visible(timeout=SOON)
        assert card.evaluate(TOLD_BY_CARD) == mark
        # At the window's edge, where nothing is to be opened and no card stands.
        opened.page.touchscreen.tap(2, 300)
        expect(card).to_be_hidden(timeout=SOON)
    assert opened.page.evaluate(OVERFLOW) <= 0
    assert opened.faults == []


# What is loaded, and when


def test_the_chart_script_is_asked_for_once_a_chart_comes_near_and_each_is_drawn_then(visit):
    opened = visit("search.html")
    opened.page.set_viewport_size({"width": WIDE, "height": 100})
    asked = []
    opened.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    charts = opened.page.locator(CHARTS)
    opened.page.goto(opened.page.url.replace("search", "index"))
    assert charts.first.evaluate("figure => figure.getBoundingClientRect().y > 100 + 300")
    opened.page.wait_for_timeout(300)
    assert VEGA not in asked
    charts.first.scroll_into_view_if_needed()
    expect(charts.first).to_have_attribute("data-live", "", timeout=WAIT)
    assert asked.count(VEGA) == 1
    opened.page.goto(opened.page.url.replace("index", MOST.removesuffix(".html")))
    expect(charts.first).to_have_attribute("data-live", "", timeout=WAIT)
    assert charts.last.get_attribute("data-live") is None
    expect(charts.last.locator("img")).to_be_visible()
    assert opened.faults == []


def test_a_picture_stays_where_the_chart_script_cannot_be_loaded(visit):
    opened = visit("index.html")
    opened.page.route(f"**/{VEGA}", lambda route: route.abort())
    with opened.page.expect_event("requestfailed", lambda request: VEGA in request.url, timeout=WAIT):
        opened.page.goto(opened.page.url.replace("index.html", "chapters/effects.html"))
        opened.figure("effects").scroll_into_view_if_needed()
    figure = opened.figure("effects")
    expect(figure.locator("img")).to_be_visible()
    assert figure.get_attribute("data-live") is None


def test_without_javascript_a_page_has_its_text_its_pictures_its_tables_and_its_claims(
    visit, site, page_name, read_page
):
    opened = visit(page_name, width=PHONE, java_script_enabled=False)
    page = opened.page
    told = read_page(page_name)
    shown = " ".join(page.locator("main").inner_text().split())
    for paragraph in told.select("main article section > p"):
        assert " ".join(paragraph.get_text().split()) in shown
    expect(page.locator(".sb-about").locator("visible=true")).to_have_count(0)
    for number in told.select("a.sb-number, a.sb-term"):
        path, _, name = number["href"].partition("#")
        place = normpath(f"{dirname(page_name)}/{path}").lstrip("/") if path else page_name
        assert not name or read_page(place).find(id=name) is not None, number
        assert (site / place).is_file(), number
    for folded in page.locator("details.sb-open").all():
        expect(folded.locator(".sb-chart img")).to_be_hidden()
        folded.locator("> summary").click()
    for figure in page.locator(".sb-figure:has(> .sb-chart)").all():
        picture = figure.locator(".sb-chart img")
        picture.evaluate(TO_THE_MIDDLE)
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        expect(figure.locator("table")).to_be_hidden()
        figure.locator("summary", has_text="Show as table").click()
        expect(figure.locator("table")).to_be_visible()
        expect(figure.locator("button, select")).to_have_count(0)
    assert page.evaluate(OVERFLOW) <= 0
    # The browser gives up scripts that it will not run; all else must be there.
    assert [fault for fault in opened.faults if ".js" not in fault] == []


def choose_theme(page, theme):
    """Choose the theme, as a reader does."""
    page.get_by_label("Colours of the page").select_option(theme)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def test_a_chart_takes_on_the_colours_of_the_scheme_without_being_drawn_again_and_print_shows_its_picture(visit):
    opened = visit("chapters/effects.html")
    figure = drawn(opened, "effects")
    figure.locator(".sb-live svg").evaluate("svg => { window.first = svg; }")
    inks = {}
    for theme in ("dark", "light", "dark"):
        choose_theme(opened.page, theme)
        ink = sum(map(int, re.findall(r"\d+", figure.evaluate(INK))[:3])) / 3
        assert ink > 160 if theme == "dark" else ink < 110
        inks.setdefault(theme, set()).add(ink)
        expect(figure.locator(".sb-live svg")).to_have_count(1)
        assert figure.locator(".sb-live svg").evaluate("svg => svg === window.first")
    opened.page.emulate_media(media="print")
    expect(figure.locator(".sb-live")).to_be_hidden(timeout=SOON)
    expect(figure.locator(".sb-chart > img")).to_be_visible(timeout=SOON)
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
  .filter(mark => mark.__data__.datum.lines)
  .map(mark => {
    const { lines, drawn, value } = mark.__data__.datum;
    const box = mark.getBoundingClientRect();
    const at = box.x + box.width / 2 - figure.getBoundingClientRect().x;
    return { label: lines.join(" "), at, hollow: drawn !== undefined, drawn: drawn ?? null, value: value ?? null };
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
      const all = [...document.querySelectorAll("a[href], button, select, summary, [tabindex='0']")]
        .filter(one => one.checkVisibility({ visibilityProperty: true }));
      all[all.indexOf(summary) - 1].focus();
    }""")
    for _ in range(3):
        opened.page.keyboard.press("Tab")
        if summary.evaluate("summary => document.activeElement === summary"):
            break
    expect(summary).to_be_focused()
    opened.page.keyboard.press("Enter")
    figure = opened.figure(name)
    expect(figure).to_have_attribute("data-live", "", timeout=WAIT)
    return figure


def replicate_of(figure):
    """The number of the replicate that a figure says it shows, and the shares it tells."""
    text = figure.locator(".sb-drawn").inner_text()
    said = r"In this made-up example \(replicate (\d+) of \d+\) .+ The hollow circles are made up too: (.+)\."
    number, told = re.fullmatch(said, text).groups()
    return int(number), {
        label: int(share) for label, share in re.findall(r"([^;.:]+): (\d+) percent \(made up\)", told)
    }


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
    # The page before was left while its charts were loading.
    assert [fault for fault in opened.faults if not fault.startswith("failed: ")] == []


def test_draw_again_by_keyboard_shows_another_replicate_and_leaves_what_print_fixes(visit, replicates):
    opened = visit(MOST)
    figure = open_by_keys(opened, ANSWERS)
    seen = [told_by(figure, replicates)]
    before = figure.evaluate(ROUND)
    assert [mark["value"] for mark in before if not mark["hollow"]] == [54, 14]
    for _ in range(3):
        opened.page.keyboard.press("Tab")
        if opened.page.locator(".sb-again:focus").count():
            break
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
    # It stays through a change of scheme, and when the figure is closed and opened again.
    for theme in ("dark", "light"):
        choose_theme(opened.page, theme)
    for _ in range(2):
        folded(opened, ANSWERS).locator("> summary").click()
    expect(figure).to_be_visible()
    assert told_by(figure, replicates) == seen[-1]
    for part in (".sb-again", ".sb-live", ".sb-walk", ".sb-drawn"):
        expect(figure.locator(part)).to_have_count(1)
    assert opened.faults == []


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
    expect(figure).to_have_attribute("data-live", "", timeout=WAIT)
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
    expect(opened.figure(name)).to_have_attribute("data-live", "", timeout=WAIT)
    # The page before was left while its charts were loading.
    assert [fault for fault in opened.faults if not fault.startswith("failed: ")] == []


def soon_there(locator):
    """Whether an element appears before long."""
    for _ in range(SOON // 50):
        if locator.count():
            return True
        locator.page.wait_for_timeout(50)
    return False


def test_a_chart_that_is_opened_has_the_words_of_its_picture_and_marks_in_place_and_fits_a_narrow_phone(
    visit,
):
    opened = visit(MOST)
    figure = open_by_keys(opened, ANSWERS)
    words = figure.locator(".sb-chart > img").get_attribute("alt")
    assert "not observed" in words
    expect(figure.locator(".sb-live")).to_have_role("img", timeout=SOON)
    expect(figure.locator(".sb-live")).to_have_accessible_name(words, timeout=SOON)
    marks = figure.evaluate(ROUND)
    (first, second), circles = [mark for mark in marks if not mark["hollow"]], [m for m in marks if m["hollow"]]
    assert len(circles) == 7
    each = (first["at"] - second["at"]) / (first["value"] - second["value"])
    for circle in circles:
        expected = second["at"] + each * (circle["drawn"] - second["value"])
        assert circle["at"] == pytest.approx(expected, abs=0.7)
    opened.page.goto(opened.page.url.replace("welfare-innovations", "drivers"))
    opened.page.set_viewport_size({"width": 320, "height": 800})
    open_by_keys(opened, "rules-by-risk-taking")
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate(CUT_OFF) == []
