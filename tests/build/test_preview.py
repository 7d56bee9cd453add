"""The live preview in a real browser: what an author changes is seen, what an author breaks is said."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import changing_book
import pytest
from playwright.sync_api import Page, sync_playwright

from browser import find_browser

pytestmark = pytest.mark.long  # each test asks the whole program, or a browser

PATIENCE_SECONDS = 60
FAULT = "#surveybook-preview"


@pytest.fixture(scope="module")
def book(tmp_path_factory, editions, alone) -> Path:
    """A book with its own copy of the program."""
    return changing_book.make(tmp_path_factory.mktemp("preview") / "bog på dansk", editions, alone)


@pytest.fixture(scope="module")
def preview(book) -> Iterator[str]:
    """The address of the preview of the book, served while the tests of this module run."""
    words, options = changing_book.command(book, "serve", "--port", "0")
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, **options)
    try:
        said = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        said = iter(process.stderr.readline, "")
        assert next((line for line in said if "up to date" in line), None), "the preview ended"
        yield address
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 130
        process.stderr.close()
    assert _processes_of(book) == []


def _processes_of(folder: Path) -> list[str]:
    """The command lines of processes whose working directory or arguments name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(folder) in line or (process / "cwd").resolve() == folder:
                found.append(line)
        except OSError:  # it has ended, or is another's
            continue
    return found


@pytest.fixture(scope="module")
def page(preview) -> Iterator[Page]:
    """A page of the preview, in a browser."""
    path = find_browser()
    if path is None:
        pytest.skip("there is no browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": 600})
        page.goto(f"{preview}chapters/discussion.html")
        yield page
        browser.close()


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so; a page that is just loading again cannot be asked."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if what():
                return
        except Exception as error:
            if "navigation" not in str(error) and "Navigation" not in str(error):
                raise
        time.sleep(0.05)
    pytest.fail("it did not come to be so")


def shows(page: Page, text: str) -> bool:
    return text in page.locator("article").first.inner_text()


def without_versions(page: Path) -> str:
    """A page's text without the checksums in addresses, which come with the second look."""
    return re.sub(r"\?v=[0-9a-f]+", "", page.read_text(encoding="utf-8"))


def add_to_prose(chapter: Path, text: str) -> None:
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    cell = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"][-1]
    cell["source"] = [*cell["source"], f"\n\n{text}\n"]
    chapter.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


@pytest.fixture
def chapter(book, page) -> Iterator[Path]:
    """The chapter that is shown; after the test it is as it was, and so is its page."""
    path = book / "chapters" / "discussion.ipynb"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def test_a_new_sentence_is_shown_where_the_author_was(page, chapter):
    page.evaluate("window.scrollTo(0, 700)")
    add_to_prose(chapter, "This stands here since a moment ago.")
    wait_for(lambda: shows(page, "This stands here since a moment ago."))
    assert page.evaluate("window.scrollY") == 700


def test_a_changed_cell_is_run_and_shown(page, chapter):
    changing_book.reword(chapter, "code", 'title="', 'title="Seen at once: ')
    wait_for(lambda: shows(page, "Seen at once: "))


def test_a_broken_cell_is_named_and_the_last_good_version_stays(page, chapter, book):
    wait_for(lambda: not shows(page, "Seen at once: "))
    shown = book / "_build" / "default" / "preview" / "pages" / "chapters" / "discussion.html"
    before = without_versions(shown)
    changing_book.reword(chapter, "code", "estimates = ", "estimates = nowhere\nestimates = ")
    wait_for(lambda: page.locator(FAULT).get_by_text("nowhere").is_visible())
    said = page.locator(FAULT).inner_text()
    assert "chapters/discussion.ipynb" in said
    assert "code cell 2" in said
    assert "name 'nowhere' is not defined" in said
    assert without_versions(shown) == before
    page.get_by_role("button", name="Show the last good version").click()
    assert page.locator(FAULT).is_hidden()


def test_a_page_that_is_opened_later_shows_the_fault_too_until_it_is_mended(page, chapter):
    changing_book.reword(chapter, "code", "estimates = ", "estimates = nowhere\nestimates = ")
    wait_for(lambda: page.locator(FAULT).get_by_text("nowhere").is_visible())
    page.reload()
    wait_for(lambda: page.locator(FAULT).get_by_text("nowhere").is_visible())
    changing_book.reword(chapter, "code", "estimates = nowhere\nestimates = ", "estimates = ")
    wait_for(lambda: page.locator(FAULT).is_hidden())


def test_a_data_file_that_was_not_signed_is_said_with_the_command_that_signs_it(page, book):
    items = book / "data" / "codebook" / "items.csv"
    before = items.read_bytes()
    items.write_bytes(before.replace(b"Municipality", b"Place of work", 1))
    wait_for(lambda: page.locator(FAULT).get_by_text("data accept data/codebook/items.csv").is_visible())
    items.write_bytes(before)
    wait_for(lambda: page.locator(FAULT).is_hidden())


def test_a_changed_and_signed_label_is_shown(page, book, sign):
    items, package = book / "data" / "codebook" / "items.csv", book / "data" / "datapackage.json"
    before = items.read_bytes(), package.read_bytes()
    page.goto(page.url.replace("discussion", "robustness"))
    row = {"survey": "vive", "item": "wellbeing"}
    changing_book.edit_row(items, row, "label_en", "Happier employees", sign)
    wait_for(lambda: shows(page, "Happier employees"))
    items.write_bytes(before[0])
    package.write_bytes(before[1])
    wait_for(lambda: not shows(page, "Happier employees"))


def test_a_changed_style_sheet_is_shown(page, book):
    sheet = book / "scripts" / "surveybook" / "disseminate" / "assets" / "site.css"
    before = sheet.read_bytes()
    sheet.write_bytes(before + b"\nbody { outline: 3px solid rgb(1, 2, 3); }\n")
    wait_for(
        lambda: page.evaluate("document.body ? getComputedStyle(document.body).outlineColor : ''") == "rgb(1, 2, 3)"
    )
    sheet.write_bytes(before)


def test_the_preview_answers_on_this_machine_alone(preview):
    port = int(preview.rstrip("/").rsplit(":", 1)[1])
    own = socket.gethostbyname(socket.gethostname())
    with urlopen(f"{preview}index.html") as answer:
        assert answer.status == 200
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError), socket.create_connection((own, port), timeout=2):
        pass
