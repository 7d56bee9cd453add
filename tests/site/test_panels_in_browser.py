"""Pages of page elements and tables in a browser: the map, explained terms, tables on a phone, the claims."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
from reading import panels_of, words_of

from browser import NONE, find_browser
from printed_figures import PRINTED, SAME_CLAIM_AS, WORDS

if find_browser() is None:
    pytest.skip(NONE, allow_module_level=True)

from playwright.sync_api import expect
from visiting import CHARTS, OVERFLOW, PHONE, SOON, WAIT, WIDE

WITH_MAP, GLOSSARY, CLAIMS = (
    "chapters/welfare-innovations.html",
    "chapters/appendix/glossary.html",
    "chapters/appendix/claims.html",
)
# By hand: the panels that the book holds at least, by page.
LEAST = {
    WITH_MAP: {"types"},
    "chapters/effects.html": {"effects-told", "shadow-sides"},
    "chapters/organisational-innovations.html": {"patterns", "who-tells-what"},
    "chapters/discussion.html": {"hypothesis"},
    "chapters/method.html": {"sources", "response-rates"},
    CLAIMS: {"claim-counts", "claims-article", "claims-sources", "claims-words", "claims-sums"},
    "chapters/appendix/codebook.html": {
        *("questions-vive", "questions-leaders", "questions-fh", "questions-unions", "questions-context"),
    },
    "chapters/appendix/data-quality.html": {"quality-of-sources", "data-files"},
}
# The municipalities of the article's first table, and a word of the service each is an example of.
EXAMPLES = {
    "1a": ("Slagelse", "job centres"),
    "2b": ("Varde", "own home"),
    "3a": ("København", "family treatment"),
    "5a": ("Ærø", "relatives"),
    "8b": ("Halsnæs", "Outdoor"),
}
# Whether an element lies in the window and nothing covers it: the theme's header stays at the top.
IN_SIGHT = """element => {
  const box = element.getBoundingClientRect();
  const [x, y] = [box.x + Math.min(box.width / 2, 60), box.y + Math.min(box.height / 2, 8)];
  const on_top = document.elementFromPoint(x, y);
  // The number of a mark of the map lies on its circle, in the same link.
  return box.y >= 0 && y <= innerHeight && (element.closest("a") ?? element).contains(on_top);
}"""
# What stands low in the window has no room below it for an explanation.
# The window alone moves: what cuts off its contents could be scrolled by a script, but not by a reader.
TO_THE_MIDDLE = """element => scrollBy({
  top: element.getBoundingClientRect().y - innerHeight / 2, behavior: "instant",
})"""
FIRST_LINE = "link => { const { x, y } = link.getClientRects()[0]; return { x, y }; }"
FOCUS_BEFORE = """element => {
  const all = [...document.querySelectorAll("a[href], button, summary, [tabindex='0'], input")]
    .filter(one => one.checkVisibility({ visibilityProperty: true }));
  all[all.indexOf(element) - 1].focus();
}"""
# The widths and colours of a mark's strokes, as drawn.
STROKES = """link => [...link.querySelectorAll(".sb-map-shape, .sb-map-dot")].map(part => {
  const style = getComputedStyle(part);
  return [parseFloat(style.strokeWidth), style.stroke];
})"""
# What is drawn in green; teal and blue are not.
GREEN = """() => [
  ...document.querySelectorAll("article.bd-article :not(.highlight, .highlight *)")
].flatMap(element => {
  const style = getComputedStyle(element);
  const drawn = ["color", "backgroundColor", "borderLeftColor", "borderTopColor", "outlineColor", "fill"];
  const green = drawn.map(name => style[name]).filter(colour => {
    const [red, green, blue, alpha = 1] = (colour.match(/[0-9.]+/g) ?? []).map(Number);
    return alpha > 0 && green > red + 25 && green > blue + 25;
  });
  return green.length ? [[element.className, green[0]]] : [];
})"""
TICKS = re.compile(r"[\u2713\u2714\u2705\u2611\u2717\u2718\u274c\U0001f7e2\U0001f534]")


def hold_in_sight(element):
    """Hold that an element lies in the window and is not covered, once the page has come to rest."""
    for _ in range(SOON // 50):
        if element.evaluate(IN_SIGHT):
            return
        element.page.wait_for_timeout(50)
    assert element.evaluate(IN_SIGHT)


def tab_to(opened, link):
    """Come to an element by the Tab key, from what stands before it."""
    link.evaluate(FOCUS_BEFORE)
    opened.page.keyboard.press("Tab")
    expect(link).to_be_focused()


# The map


@pytest.mark.parametrize("width", [PHONE, WIDE])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_each_mark_of_the_map_is_reached_by_keys_leads_to_its_card_and_back(visit, width, script):
    opened = visit(WITH_MAP, width=width, java_script_enabled=script)
    marks = opened.page.locator(".sb-map a")
    count = opened.page.locator(".sb-examples > li").count()
    assert marks.count() == count == 16
    tab_to(opened, marks.first)
    for number in range(count):
        expect(marks.nth(number)).to_be_focused()
        opened.page.keyboard.press("Tab")
    for number in (0, count // 2, count - 1):
        mark = marks.nth(number)
        tab_to(opened, mark)
        opened.page.keyboard.press("Enter")
        name = mark.get_attribute("href").removeprefix("#")
        card = opened.page.locator(f"[id='{name}']")
        assert opened.page.url.endswith(f"#{name}")
        hold_in_sight(card)
        assert card.evaluate("card => card.matches(':target')")
        # The keyboard goes on from the card, and its first link leads back.
        opened.page.keyboard.press("Tab")
        expect(card.locator("a.sb-to-map")).to_be_focused()
        opened.page.keyboard.press("Enter")
        assert opened.page.url.endswith(f"#{mark.get_attribute('id')}")
        hold_in_sight(mark.locator(".sb-map-dot"))
    assert [fault for fault in opened.faults if script or ".js" not in fault] == []


WITH_AND_WITHOUT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@WITH_AND_WITHOUT
def test_the_card_that_a_mark_leads_to_is_outlined(visit, script):
    opened = visit(f"{WITH_MAP}#types-example-4a", java_script_enabled=script)
    expect(opened.page.locator("#types-example-4a")).to_have_css("outline-style", "solid", timeout=SOON)


@WITH_AND_WITHOUT
def test_the_focus_on_what_readers_open_is_drawn(visit, script):
    opened = visit(WITH_MAP, java_script_enabled=script)
    summary = opened.page.locator("details.sb-open > summary").first
    tab_to(opened, summary)
    expect(summary).to_have_css("outline-style", re.compile("solid|auto"), timeout=SOON)


@pytest.mark.parametrize(("theme", "script"), [("light", True), ("dark", True), ("light", False)])
def test_the_focus_on_the_map_is_seen(visit, theme, script):
    opened = visit(WITH_MAP, theme=theme, java_script_enabled=script)
    marks = opened.page.locator(".sb-map a")
    for number in (0, 3, 15):
        mark = marks.nth(number)
        plain = mark.evaluate(STROKES)
        tab_to(opened, mark)
        focused = mark.evaluate(STROKES)
        assert len(plain) == len(focused) == 2
        for (before, _), (after, stroke) in zip(plain, focused, strict=True):
            assert after >= before + 2
            # Light ink on a dark page, dark ink on a light one.
            brightness = sum(map(int, re.findall(r"\d+", stroke)[:3])) / 3
            assert brightness > 160 if theme == "dark" else brightness < 100


def test_a_mark_is_named_by_its_place_and_its_service_and_large_enough_for_a_finger(visit):
    opened = visit(WITH_MAP, width=PHONE)
    for number, (place, word) in EXAMPLES.items():
        mark = opened.page.locator(f"#types-map-{number}")
        expect(mark).to_have_role("link")
        expect(mark).to_have_accessible_name(re.compile(rf"^{number}, {place}: .*{word}"))
        box = mark.locator(".sb-map-dot").bounding_box()
        assert min(box["width"], box["height"]) >= 24  # the least that WCAG 2.2 allows
        expect(opened.page.locator(f"#types-example-{number}")).to_contain_text(place)


def test_no_mark_of_the_map_covers_another(visit):
    for width in (PHONE, WIDE):
        opened = visit(WITH_MAP, width=width)
        boxes = [dot.bounding_box() for dot in opened.page.locator(".sb-map-dot").all()]
        middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]) for box in boxes]
        for number, (x, y, wide) in enumerate(middles):
            for other_x, other_y, _ in middles[:number]:
                assert (x - other_x) ** 2 + (y - other_y) ** 2 >= wide**2


# Terms and numbers


@pytest.fixture(scope="module")
def definitions(read_page) -> dict[str, str]:
    """The first sentence of each definition of the glossary, by the names of its terms."""
    found = {}
    for entry in read_page(GLOSSARY).select("dl.glossary dt"):
        text = words_of(entry.find_next_sibling("dd"))
        found[entry["id"]] = re.match(r".+?[.!?](?=\s|$)", text)[0]
    return found


@pytest.fixture(scope="module")
def pages_with_terms(site, read_page) -> list[str]:
    names = [path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts]
    return sorted(name for name in names if read_page(name).select("a.sb-term"))


def test_the_card_of_a_term_tells_the_first_sentence_of_its_definition(read_page, definitions, pages_with_terms):
    assert len(pages_with_terms) >= 6
    for name in pages_with_terms:
        for term in read_page(name).select("a.sb-term"):
            said = words_of(read_page(name).find(id=term["data-card"]).select_one("dd"))
            assert said == definitions[term["href"].partition("#")[2]]


@pytest.mark.parametrize(
    ("width", "pages"),
    [(PHONE, ["chapters/method.html"]), (WIDE, ["index.html", "chapters/how-far-print-carries.html"])],
)
def test_each_term_and_number_opens_its_card_by_hover_within_the_window(visit, width, pages):
    for name in pages:
        opened = visit(name, width=width)
        come_to_rest(opened)
        links = opened.page.locator("a[data-card]")
        # A number that stands there again has the same card.
        for card_name in dict.fromkeys(links.evaluate_all("all => all.map(one => one.dataset.card)")):
            link = opened.page.locator(f"a[data-card={card_name}]").first
            card = opened.page.locator(f"#{card_name}")
            link.evaluate(TO_THE_MIDDLE)
            link.hover()
            expect(card).to_be_visible()
            box, line = card.bounding_box(), link.evaluate(FIRST_LINE)
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            # It stays while the pointer goes to it on the shortest way, and hides what is below.
            x = min(max(line["x"], box["x"] + 8), box["x"] + box["width"] - 8)
            opened.page.mouse.move(x, box["y"] + 8 if box["y"] > line["y"] else box["y"] + box["height"] - 8, steps=4)
            hold_in_sight(card)
            opened.page.keyboard.press("Escape")
            expect(card).to_be_hidden()
            opened.page.mouse.move(1, 1)
        assert opened.page.evaluate(OVERFLOW) <= 0
        assert opened.faults == []


def test_a_card_closes_when_the_pointer_leaves_unless_it_was_opened_by_a_click(visit):
    opened = visit("chapters/effects.html")
    number = opened.page.locator("a.sb-number").first
    card = opened.page.locator(f"#{number.get_attribute('data-card')}")
    number.hover()
    expect(card).to_be_visible()
    opened.page.mouse.move(1, 1)
    expect(card).to_be_hidden(timeout=SOON)
    number.click()
    opened.page.mouse.move(1, 1)
    opened.page.wait_for_timeout(500)
    expect(card).to_be_visible()
    opened.page.emulate_media(media="print")
    expect(card).to_be_hidden(timeout=SOON)
    opened.page.emulate_media(media="screen")
    opened.page.mouse.click(2, 500)
    expect(card).to_be_hidden(timeout=SOON)


def come_to_rest(opened):
    """Draw all charts, so that nothing moves under the pointer any more."""
    for figure in opened.page.locator(CHARTS).all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-live", "", timeout=WAIT)


# Tables


@pytest.fixture(scope="module")
def pages_with_panels(panels) -> list[str]:
    found = {page: {name for name, own in panels.items() if own == page} for page in {*panels.values()}}
    assert {page: found.get(page, set()) & names for page, names in LEAST.items()} == LEAST
    return sorted(found)


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_tables_keep_their_roles_and_do_not_scroll_sideways(visit, pages_with_panels, width):
    for name in pages_with_panels:
        opened = visit(name, width=width)
        opened.page.evaluate("document.querySelectorAll('.sb-wide details.sb-table').forEach(one => one.open = true)")
        seen = opened.page.evaluate("""() => {
          const tables = [...document.querySelectorAll("table")].filter(one => one.checkVisibility());
          const count = selector => tables.reduce((sum, one) => sum + one.querySelectorAll(selector).length, 0);
          return {
            table: tables.length, row: count("tr"), columnheader: count("thead th"),
            rowheader: count("tbody th"), cell: count("td"),
          };
        }""")
        assert seen["table"] >= len(LEAST.get(name, ()))
        assert seen["rowheader"] > 0
        # As Chromium tells it to a screen reader, whatever the styles make of the elements.
        tree = opened.page.context.new_cdp_session(opened.page).send("Accessibility.getFullAXTree")["nodes"]
        roles = Counter(node["role"]["value"] for node in tree if not node["ignored"])
        assert {role: roles[role] for role in seen} == seen, name
        assert opened.page.evaluate(OVERFLOW) <= 0
        sideways = """() => [...document.querySelectorAll(".sb-wide .sb-scroll")]
          .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth)
          .map(one => one.closest("figure").id)"""
        assert width == WIDE or opened.page.evaluate(sideways) == [], name
        assert opened.faults == []


def test_on_a_phone_each_cell_says_its_column(visit, pages_with_panels):
    for name in pages_with_panels:
        opened = visit(name, width=PHONE)
        unsaid = opened.page.evaluate("""() => [...document.querySelectorAll(".sb-wide table")].flatMap(table => {
          if (!table.checkVisibility()) return [];
          const names = [...table.querySelectorAll("thead th")].map(one => one.textContent);
          return [...table.querySelectorAll("tbody tr")].flatMap(row => [...row.children].slice(1).filter(
            (cell, at) => getComputedStyle(cell, "::before").content !== JSON.stringify(names[at + 1])
          ).map(cell => cell.outerHTML));
        })""")
        assert unsaid == [], name


def test_each_panel_gives_its_table_as_a_file(visit, served, site, pages_with_panels, read_page):
    for name in pages_with_panels:
        opened = visit(name, root=served, accept_downloads=True)
        for panel in panels_of(read_page(name)):
            figure = opened.page.locator(f"[id='{panel['id']}']")
            figure.locator(".sb-get > summary").click()
            link = figure.locator("a[download]")
            expect(link).to_have_text("Data (CSV)")
            with opened.page.expect_download() as caught:
                link.click()
            assert caught.value.suggested_filename == f"{panel['id'].removeprefix('figure-')}.csv"
            text = caught.value.path().read_text(encoding="utf-8")
            lines = [line for line in text.splitlines() if not line.startswith("# ")]
            rows = [[" ".join(cell.split()) for cell in row] for row in csv.reader(lines)]
            assert rows == [[words_of(cell) for cell in row.select("th, td")] for row in panel.select("table tr")]
            assert any("not approved by the authors" in line for line in text.splitlines())
        assert opened.faults == []


# Claims


TABLES = ("s-article", "s-sources", "s-sums", "s-words")
VERDICTS = ("Reproduced", "Differs", "Derived", "Returned", "Carried", "Cannot be recomputed")


@pytest.fixture(scope="module")
def claims(read_page) -> dict[str, list[list[str]]]:
    """The rows of each table of the claims."""
    tables = {panel["id"].removeprefix("figure-claim"): panel for panel in panels_of(read_page(CLAIMS))}
    return {
        name: [[words_of(cell) for cell in row.select("th, td")] for row in panel.select("tbody tr")]
        for name, panel in tables.items()
    }


def test_the_counts_of_claims_are_those_of_the_tables_below(claims, read_page):
    assert claims.keys() == {*TABLES, "-counts"}
    rows = [row for name in TABLES for row in claims[name]]
    found = Counter(row[3].partition(", because ")[0] for row in rows)
    assert found.keys() <= {*VERDICTS}
    told = {row[0]: int(row[1]) for row in claims["-counts"]}
    assert told == {verdict: found[verdict] for verdict in VERDICTS} | {"All": len(rows)}
    first = words_of(read_page(CLAIMS).select_one("article.bd-article h1 ~ p"))
    numbers = [told[name] for name in ("All", "Derived", "Returned", "Carried", "Cannot be recomputed")]
    assert [int(number) for number in re.findall(r"\b\d+\b", first)] == numbers
    # What cannot be recomputed says why, and all else was.
    assert [row for row in rows if (", because " in row[3]) != row[3].startswith("Cannot")] == []


def test_each_printed_figure_is_one_claim(claims):
    """Those of the article and the sources, by hand; of context alone none, and what two sources tell once."""
    listed = [figure for figure in PRINTED if figure.kind != "context" and figure.figure_id not in SAME_CLAIM_AS]

    def as_printed(figure):
        text = WORDS.get(figure.figure_id, ("",))[0]
        if not text and figure.low is not None:
            text = f"{figure.low:g}–{figure.high:g} percent"
        text = text or (f"{figure.value:g} percent" if figure.unit == "percent" else f"{figure.value:,.0f}")
        return f"not printed; our sum gives {text}" if figure.kind == "computed" else text

    printed = [row[1] for name in ("s-article", "s-sources") for row in claims[name]]
    sums = [figure for figure in listed if figure.kind == "computed"]
    assert Counter(printed) == Counter(as_printed(figure) for figure in listed if figure not in sums)
    assert Counter(row[1] for row in claims["s-sums"]) == Counter(map(as_printed, sums))
    assert len(sums) == 4
    assert len(listed) == 70


def test_no_verdict_is_ticked_or_green(visit, read_page):
    for theme in ("light", "dark"):
        opened = visit(CLAIMS, theme=theme)
        assert opened.page.evaluate(GREEN) == []
        expect(opened.page.locator("article.bd-article .sb-figure :is(img, svg, i)")).to_have_count(0)
    text = read_page(CLAIMS).select_one("article.bd-article").get_text()
    assert TICKS.findall(text) == []
    assert re.findall(r"\b(?:passed|success\w*|verified|confirmed|correct)\b", text, re.IGNORECASE) == []


def test_the_green_would_have_been_seen(visit):
    opened = visit(CLAIMS)
    opened.page.locator("#figure-claim-counts tbody th").first.evaluate("cell => cell.style.color = '#1a7f37'")
    assert len(opened.page.evaluate(GREEN)) == 1
