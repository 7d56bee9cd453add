"""A whole book whose every label, wording, name and title is code for something: it is built, and nothing runs."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hostile_labels import PAYLOADS, UNSEEN, make_hostile
from pypdf import PdfReader

from browser import NONE, find_browser

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("data", "chapters", "_config.yml", "_toc.yml", "CITATION.cff", "index.md", "pyproject.toml")
# What the pages show of the data, by file; of the municipalities only those with an example have their name there.
SHOWN = {
    "codebook/surveys.csv": ("label_en", "population_en", "field_period_en"),
    "codebook/items.csv": ("label_en", "wording_en", "universe"),
    "published/figures.csv": ("word_en", "source", "place"),
    "published/claims.csv": ("text_en", "because", "place"),
    "context/innovation_types.csv": ("label_en", "text_en"),
    "context/innovations.csv": ("text_en", "note"),
    "context/timeline.csv": ("label_en", "note"),
    "thematic/themes.csv": ("label_en", "text_en"),
    "thematic/codes.csv": ("label_en", "text_en"),
    "thematic/tellers.csv": ("label_en",),
    "thematic/links.csv": ("from_en", "through_en", "to_en"),
    "datapackage.json": ("title",),
}
HANDLERS = re.compile(r"on[a-z]+")
DATA_BLOCKS = ("application/json", "application/ld+json")
FORMULA = re.compile(r"\s*[=+@-]|[\t\r\n]")
LOADED = """() => ({
  ran: window.pwned ?? null,
  stopped: window.stoppedByPolicy,
  foreign: [...document.querySelectorAll("iframe, [onload], [onerror], img:not([src*='_static'])")].length,
})"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach((details) => { details.open = true; })"
FIGURES = ".sb-figure:has(> .sb-chart)"
# Each card is opened and read: it must say what the page holds for it.
OPEN_CARDS = """async () => {
  let opened = 0;
  for (const link of document.querySelectorAll("a[data-card]")) {
    link.click();
    const card = document.getElementById(link.dataset.card);
    if (card.matches(":popover-open") && card.innerText.trim()) opened += 1;
    card.hidePopover();
  }
  return [opened, document.querySelectorAll("a[data-card]").length];
}"""
WALK = """async (figure) => {
  const walk = figure.querySelector(".sb-walk");
  const press = (key) => walk.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const told = [];
  press("Home");
  for (let k = 0; k < walk.childElementCount; k += 1) {
    told.push(document.getElementById("sb-mark-card").textContent);
    press("ArrowDown");
  }
  press("Escape");
  return told.join("\\n");
}"""


def squeezed(text: str) -> str:
    """A text as a page shows it: single spaces, a sign for what has no shape; capitals may differ."""
    return " ".join("".join("\ufffd" if char in UNSEEN else char for char in text).split()).casefold()


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The site of the whole book with hostile data, and the texts that its data have."""
    folder = tmp_path_factory.mktemp("hostile") / "bog på dansk"
    folder.mkdir()
    for part in (*COPIED, "requirements.txt", ".gitignore"):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy2(ROOT / part, folder / part)
    told = make_hostile(folder / "data")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    command = [sys.executable, "-m", "surveybook", "build"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=560, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "_build" / "default" / "site", told


@pytest.fixture(scope="module")
def site(book):
    return book[0]


@pytest.fixture(scope="module")
def told(book):
    return book[1]


@pytest.fixture(scope="module")
def pages(site):
    """Each page of the site, parsed, by its path."""
    files = [site / "index.html", *sorted((site / "chapters").rglob("*.html"))]
    return {
        file.relative_to(site).as_posix(): BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for file in files
    }


@pytest.fixture(scope="module")
def words(pages):
    """All text of all pages, without what their scripts hold."""
    parts = []
    for page in pages.values():
        strings = page.find_all(string=True)
        parts.append("".join(string for string in strings if string.parent.name not in ("script", "style")))
    return squeezed("\n".join(parts))


@pytest.mark.parametrize(
    ("file", "column"), [(file, column) for file, columns in SHOWN.items() for column in columns]
)
def test_each_text_of_the_data_shows_as_itself(told, words, file, column):
    texts = dict.fromkeys(told[file, column])
    assert texts
    # A wording in parentheses says that none is known, and loses them.
    assert [text for text in texts if squeezed(text.rstrip(")")) not in words] == []


def test_every_payload_is_somewhere_on_the_pages(words):
    assert [payload for payload in PAYLOADS if squeezed(payload) not in words] == []


def test_no_text_became_an_element_a_handler_or_an_address(pages):
    found = []
    for name, page in pages.items():
        for element in page.find_all(True):
            found += [(name, element.name, key) for key in element.attrs if HANDLERS.fullmatch(key)]
            addresses = (str(element.get(key, "")) for key in ("href", "src", "action", "srcdoc"))
            found += [
                (name, element.name, text) for text in addresses if text.strip().lower().startswith("javascript")
            ]
            own = element.get("src") or element.get("type") in DATA_BLOCKS
            if element.name in ("iframe", "b", "u", "textarea", "object") or (element.name == "script" and not own):
                found.append((name, element.name, str(element)[:80]))
    assert found == []


def test_no_role_directive_or_template_in_a_text_is_carried_out(words):
    assert squeezed("{glue}`vive-extent-top2`") in words
    assert "{{ 7*7 }} {% raw %} ${7*7}" in words
    assert "```{raw} html <b>raw</b> ```" in words


def test_what_scripts_hold_is_data_that_cannot_end_them(pages):
    blocks = 0
    for page in pages.values():
        for script in page.find_all("script", type=DATA_BLOCKS):
            json.loads(script.string)
            assert not set("<>&") & set(script.string)
            blocks += 1
    assert blocks > len(pages)


def test_structured_data_and_tags_of_the_head_hold_texts(pages):
    names, pictured = set(), set()
    for page in pages.values():
        head = page.find("head")
        assert {element.name for element in head.find_all(True)} <= {"meta", "title", "link", "script"}
        pictured |= {tag["content"] for tag in head.find_all("meta", property="og:image:alt")}
        for script in head.find_all("script", type="application/ld+json"):
            names |= {part["name"] for part in json.loads(script.string)["@graph"]}
    # The title of a breakdown names what it is by, and the text of a page's picture what is in it.
    assert any('<img src=x onerror="window.pwned=1">' in name for name in names)
    assert any(payload in text for payload in PAYLOADS for text in pictured)


def test_the_files_of_each_figure_hold_data_alone(site):
    figures = site / "_static" / "figures"
    scripts = sorted(figures.glob("*.js"))
    for file in scripts:
        head, _, body = file.read_text(encoding="utf-8").partition(" = ")
        assert re.fullmatch(r'\(window\.surveybookOpen \?\?= \{\}\)\["[a-z0-9-]+"\]', head)
        json.loads(body.rstrip(";\n"))
    pictures = sorted(figures.glob("*.svg"))
    for file in pictures:
        parts = list(ElementTree.fromstring(file.read_text(encoding="utf-8")).iter())
        assert not {part.tag.rpartition("}")[2] for part in parts} & {"script", "foreignObject", "image", "a"}
        assert [key for part in parts for key in part.attrib if HANDLERS.fullmatch(key)] == []
    assert scripts and pictures


def test_no_text_is_an_expression_of_a_chart(site):
    """What a chart computes names fields and numbers alone; no text of the data stands in an expression."""
    texts = [payload for payload in PAYLOADS if payload.isascii()]

    def expressions(part: object, key: str = ""):
        if isinstance(part, dict):
            for name, value in part.items():
                if name not in ("datasets", "usermeta"):
                    yield from expressions(value, name)
        elif isinstance(part, list):
            for value in part:
                yield from expressions(value, key)
        elif key in ("expr", "labelExpr", "calculate", "filter", "signal", "test", "format"):
            yield str(part)

    found = []
    for file in sorted((site / "_static" / "figures").glob("*.vl.json")):
        found += expressions(json.loads(file.read_text(encoding="utf-8")))
    assert found
    assert [one for one in found if any(text in one for text in texts)] == []


def test_no_cell_of_a_data_file_is_a_formula(site):
    files = sorted((site / "_static" / "figures").glob("*.csv"))
    apostrophes = 0
    for file in files:
        text = file.read_text(encoding="utf-8")
        # A spreadsheet reads the notes as cells too, and parts cells by semicolons in some countries.
        for delimiter in ",;\t":
            for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
                run = [cell for cell in row if FORMULA.match(cell) and not re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)]
                assert run == [], (file.name, delimiter)
                apostrophes += sum(cell.startswith("'") for cell in row)
    assert apostrophes


def test_the_print_has_the_texts_too(site):
    book = PdfReader(site / "companion.pdf")
    printed = "".join("".join(page.extract_text() for page in book.pages).split())
    for payload in ("<script>window.pwned=1</script>", '#eval("1")', "$x^2$", "**bold**", "{{ 7*7 }}", "&lt;b&gt;"):
        assert "".join(payload.split()) in printed, payload
    root = book.trailer["/Root"]
    assert not {"/OpenAction", "/AA"} & set(root)
    assert "/JavaScript" not in root.get("/Names", {})


# The site in a browser, from its folder.


@pytest.fixture(scope="module")
def chromium():
    path = find_browser()
    if path is None:
        pytest.skip(NONE)
    from playwright.sync_api import sync_playwright

    arguments = ["--disable-gpu", "--disable-background-networking"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """A tab that hears what runs, what the policy stops and what is asked of other hosts."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.faults = []
    page.add_init_script(
        "window.stoppedByPolicy = [];"
        "addEventListener('securitypolicyviolation', (event) => stoppedByPolicy.push(event.blockedURI));"
    )

    def dismiss(dialog) -> None:
        page.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: page.faults.append(f"error: {error}"))
    page.on("console", lambda said: page.faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on(
        "request",
        lambda asked: None if re.match("file:|data:|blob:", asked.url) else page.faults.append(asked.url),
    )
    yield page
    page.close()


def test_nothing_runs_on_any_page(site, pages, tab):
    cards, marks = 0, ""
    for name in pages:
        tab.goto(f"{site.as_uri()}/{name}")
        tab.evaluate(OPEN_ALL)
        for figure in tab.locator(FIGURES).all():
            if not figure.is_visible():  # one of several views, which a reader would choose
                continue
            figure.scroll_into_view_if_needed()
            figure.locator(".sb-walk").wait_for(state="attached", timeout=20_000)
            marks += figure.evaluate(WALK) + "\n"
        opened, all_cards = tab.evaluate(OPEN_CARDS)
        assert opened == all_cards, name
        cards += opened
        assert tab.evaluate(LOADED) == {"ran": None, "stopped": [], "foreign": 0}, name
        assert tab.faults == [], name
    assert cards > 50
    assert all(payload in marks for payload in PAYLOADS if payload.startswith(("<script", "<img", "{{", "datum")))


@pytest.mark.parametrize("sought", ["pwned", "onerror", "glue", "signal", "HYPERLINK"])
def test_the_search_shows_hostile_words_as_text(site, tab, sought):
    tab.goto(f"{site.as_uri()}/search.html?q={sought}")
    tab.locator("#search-results li").first.wait_for()
    payloads = [payload for payload in PAYLOADS if sought in payload]
    found = squeezed(tab.locator("#search-results").text_content())
    assert any(squeezed(payload) in found for payload in payloads)
    assert tab.locator("#search-results :not(li, a, span)").count() == 0
    assert tab.evaluate(LOADED) == {"ran": None, "stopped": [], "foreign": 0}
    assert tab.faults == []


def test_a_search_for_markup_shows_it_as_text(site, tab):
    tab.goto(f"{site.as_uri()}/search.html?q=%3Cimg%20src%3Dx%20onerror%3D%22window.pwned%3D1%22%3E")
    status = tab.locator("#search-status")
    status.filter(has_text="for").wait_for()
    assert '<img src=x onerror="window.pwned=1">' in status.text_content()
    assert tab.evaluate(LOADED) == {"ran": None, "stopped": [], "foreign": 0}
    assert tab.faults == []
