"""The shell of the pages: its policy, its one search, its contents and colours; by keyboard, on a phone."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup

from browser import NONE, find_browser

if find_browser() is None:
    pytest.skip(NONE, allow_module_level=True)

from playwright.sync_api import expect
from visiting import OVERFLOW, PHONE, WIDE

PAGE, TABLET = "chapters/effects.html", 768
SEARCH, COLOURS = "Words to search this book for", "Colours of the page"
SHELL = ("header", "nav", "footer", ".sb-fold", ".sb-skip", "#search-results", "main")
LEFTOVERS = re.compile(
    r"docsearch|ethical|fontawesome|fa-solid|thebe|togglebutton|copybutton|bootstrap|webpack|logo__"
)
NUMBERS = re.compile(r"\d+")
# Smaller than 24 pixels, though no link within a sentence.
SMALL = """() => [...document.querySelectorAll("header *, .sb-columns > nav a, summary, .sb-neighbours a")]
  .filter(one => one.matches("a, button, input, select, summary") && one.getClientRects().length)
  .filter(one => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
  .map(one => one.outerHTML)"""
OUTSIDE = """() => [...document.body.querySelectorAll("*")]
  .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(one => !one.closest("header, nav, main, footer, .sb-fold, .sb-skip, script")).map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def all_names(site):
    return [page.relative_to(site).as_posix() for page in site.rglob("*.html") if "_static" not in page.parts]


# Files


def test_every_page_has_the_policy_first_in_its_head(site, all_names):
    assert len(all_names) > 20
    for name in all_names:
        text = (site / name).read_text(encoding="utf-8")
        (policy,) = re.findall(r'<head>\s*<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
        said = dict(part.split(" ", 1) for part in policy.split("; "))
        assert said["default-src"] == said["object-src"] == said["base-uri"] == said["connect-src"] == "'none'"
        # file: is what 'self' cannot name where a page is opened from a folder
        assert said["script-src"] == said["form-action"] == "'self' file:"
        assert "unsafe-eval" not in policy
        assert "http" not in policy
        assert text.count("Content-Security-Policy") == text.count('name="viewport"') == 1


def test_no_page_has_a_script_in_itself_or_a_handler(read_page, all_names):
    for name in all_names:
        for element in read_page(name).find_all(True):
            assert [key for key in element.attrs if key.startswith("on")] == [], name
            if element.name == "script":
                assert element.has_attr("src") or element["type"] in ("application/json", "application/ld+json"), name


def test_nothing_of_the_themes_scripts_and_fonts_is_left(site, read_page, all_names):
    for name in all_names:
        assert not LEFTOVERS.search(str(read_page(name))), name
    endings = {file.suffix for file in (site / "_static").rglob("*") if file.is_file()}
    assert endings.isdisjoint({".map", ".ttf", ".woff", ".woff2", ".po", ".mo", ".html", ".txt"})
    assert {file.name for file in (site / "_static").glob("*.js")} == {
        *("cards.js", "figures.js", "language_data.js", "search.js", "site.js", "surveybook-vega.js")
    }


# In a browser


@pytest.mark.parametrize("where", ["file", "address"])
def test_a_script_that_is_not_the_sites_own_is_stopped(visit, served, where):
    page = visit("index.html", root=None if where == "file" else served).page
    stopped = page.evaluate("""() => new Promise(done => {
      const stopped = [];
      document.addEventListener("securitypolicyviolation", event => {
        stopped.push(event.effectiveDirective);
        if (stopped.length === 3) done(stopped.sort());
      });
      const script = document.createElement("script");
      script.textContent = "window.hurt = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.hurt = true'>");
      const picture = new Image();
      picture.src = "https://example.org/picture.png";
    })""")
    assert stopped == ["img-src", "script-src-attr", "script-src-elem"]
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize("width", [320, PHONE, TABLET, WIDE])
def test_a_page_fits_any_width_with_one_search_and_nothing_outside_a_landmark(visit, width):
    opened = visit("index.html", width=width)
    root = root_of(opened.page)
    for name in ("index.html", PAGE, "chapters/appendix/codebook.html", "search.html?q=risk"):
        opened.page.goto(root + name)
        expect(opened.page.get_by_label(SEARCH)).to_have_count(1)
        expect(opened.page.locator("input:visible")).to_have_count(1)
        assert opened.page.evaluate(OVERFLOW) <= 0
        assert opened.page.evaluate(OUTSIDE) == []
        assert opened.page.evaluate(SMALL) == []
    assert faults_of(opened) == []


@pytest.mark.parametrize("width", [320, PHONE])
def test_no_page_scrolls_sideways_on_a_phone_even_with_everything_open(visit, all_names, width):
    page = visit("index.html", width=width).page
    root, wide = root_of(page), {}
    for name in all_names:
        page.goto(root + name)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wide[name] = page.evaluate(OVERFLOW)
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def faults_of(opened):
    """What went wrong; a page that is left while its charts load is no fault."""
    return [fault for fault in opened.faults if not fault.startswith("failed: ")]


def root_of(page):
    """The address of the site's folder, as the page's own address begins."""
    return re.split(r"chapters/|index\.html|search\.html", page.url)[0]


def test_the_first_key_leads_past_the_contents(visit):
    page = visit(PAGE).page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_a_phone_the_contents_open_and_close_by_keyboard(visit, script):
    page = visit(PAGE, width=PHONE, java_script_enabled=script).page
    contents = page.get_by_role("navigation", name="Contents of the book")
    summary = page.locator(".sb-fold-book summary")
    expect(contents).to_be_hidden()
    for _ in range(8):
        page.keyboard.press("Tab")
        if summary.and_(page.locator(":focus")).count():
            break
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(contents).to_be_visible()
    page.keyboard.press("Tab")
    expect(contents.get_by_role("link").first).to_be_focused()
    expect(contents.locator("[aria-current=page]")).to_have_text("Effects that the leaders saw")
    if script:
        page.keyboard.press("Escape")
        expect(contents).to_be_hidden()
        expect(summary).to_be_focused()
        page.keyboard.press("Enter")
    contents.get_by_role("link", name="Discussion").click()
    expect(page.locator("h1")).to_contain_text("Discussion")


def test_a_chosen_scheme_is_kept_and_the_system_decides_without_a_choice(visit):
    page = visit(PAGE, theme="dark").page
    html, colours = page.locator("html"), page.get_by_label(COLOURS)
    expect(html).to_have_attribute("data-theme", "dark")
    expect(colours).to_have_value("auto")
    colours.focus()
    page.keyboard.press("ArrowDown")
    expect(html).to_have_attribute("data-theme", "light")
    page.goto(root_of(page) + "index.html")
    expect(html).to_have_attribute("data-theme", "light")
    expect(colours).to_have_value("light")
    colours.select_option("auto")
    expect(html).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize(("theme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 30)")])
def test_without_a_script_the_system_decides_on_the_scheme(visit, theme, paper):
    page = visit(PAGE, theme=theme, java_script_enabled=False).page
    expect(page.locator("body")).to_have_css("background-color", paper)
    expect(page.get_by_label(COLOURS)).to_be_hidden()
    expect(page.get_by_role("navigation", name="Contents of the book")).to_be_visible()


# The search


FINDS = [
    (
        "faster help",
        "More see gains",
        "figure in Effects that the leaders saw",
        "chapters/effects.html#figure-effects",
    ),
    ("bostøtte", "bostøtte", "term in Words", "chapters/appendix/glossary.html#term-bostotte"),
    ("stotte", "bostøtte", "term in Words", "chapters/appendix/glossary.html#term-bostotte"),
    (
        "risk taking",
        "Management more willing",
        "question in",
        "chapters/appendix/codebook.html#item-vive-risk_taking",
    ),
    ("wellbeing 67", "Increases citizens' wellbeing", "claim in", "chapters/appendix/claims.html#claim-vive-"),
    (
        "others by field",
        "Do some see more wellbeing",
        "figure, not known here (made up) in Effects",
        "#figure-wellbeing-by-field",
    ),
]


def test_the_search_leads_to_pages_figures_terms_questions_and_claims(visit):
    opened = visit("index.html")
    page = opened.page
    page.get_by_label(SEARCH).fill("motivation")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results li a", has_text="Effects that the leaders saw").first).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("places were found for “motivation”")
    root = root_of(opened.page)
    for words, title, kind, address in FINDS:
        page.goto(f"{root}search.html?q={words}")
        found = page.locator("#search-results li", has_text=title).filter(has_text=kind).first
        expect(found).to_be_visible()
        assert address in found.locator("a").get_attribute("href")
        found.locator("a").click()
        expect(page.locator(":target")).to_have_count(1)
    page.goto(f"{root}search.html?q=xylophone")
    expect(page.get_by_role("status")).to_have_text("Nothing was found for “xylophone”.")
    assert faults_of(opened) == []


def test_what_is_hostile_shows_as_itself_in_the_results(visit):
    hostile = '<img src=x onerror="window.hurt=1"> & <b>bold</b>'
    opened = visit(f"search.html?q={'<b>bold</b> src'.replace(' ', '+')}")
    opened.page.evaluate(
        """([text, html]) => Search.setIndex({
          docnames: ["a"], titles: [html], alltitles: { [text]: [[0, 'x"><i>']] }, terms: {}, titleterms: {},
          objnames: { 0: ["book", "figure", "figure"] }, objects: { "": [[0, 0, 1, "figure-x", html]] },
        })""",
        [hostile, hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")],
    )
    links = opened.page.locator("#search-results li a")
    expect(links).to_have_text([hostile] * 3)
    assert opened.page.locator("#search-results :is(img, b, i)").count() == 0
    expect(opened.page.get_by_role("status")).to_contain_text("“<b>bold</b> src”")
    assert opened.page.evaluate("window.hurt") is None


def test_no_page_is_found_by_a_number_that_only_real_answers_could_tell(site, read_page, all_names):
    index = json.loads((site / "searchindex.js").read_text(encoding="utf-8")[len("Search.setIndex(") : -1])
    made_up, found = 0, []
    for name in {*all_names} - {"search.html"}:
        page = BeautifulSoup(str(read_page(name)), "html.parser")
        folded = [figure.extract().get_text(" ") for figure in page.select("details.sb-open")]
        only_folded = {*NUMBERS.findall(" ".join(folded))} - {*NUMBERS.findall(page.get_text(" "))}
        made_up += len(only_folded)
        place = index["docnames"].index(name.removesuffix(".html"))
        found += [(name, number) for number in only_folded if place in pages_of(index, number)]
    assert made_up > 50
    assert found == []


def pages_of(index, word):
    """The numbers of the pages that the index has for a word; Sphinx writes a single one without brackets."""
    pages = [entries[word] for entries in (index["terms"], index["titleterms"]) if word in entries]
    return {page for found in pages for page in (found if isinstance(found, list) else [found])}
