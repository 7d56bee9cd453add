"""A whole small book with findings that do not hold: refused, built as a draft with its marks, and mended."""

import re

import nbformat
import pytest

pytestmark = pytest.mark.long  # each test builds a book

CHAPTER, PAGE, VARIANT = "chapters/discussion.ipynb", "chapters/discussion.html", "chapters/discussion-wider.html"
FALSE, TRUE = "permanent > 99", "permanent > 50"
LABEL = "What if the silent differ by more?"
VARIANTS = f"\nvariants:\n  discussion:\n    wider:\n      label: {LABEL}\n      differ_points: 30\n"
LINES = """
The leaders find them fit to keep. <!-- holds: permanent > 99 -->
The others look further ahead. <!-- holds: extent > 50 -->

- These answers are made up. <!-- while: vive simulated -->
- These answers are real. <!-- while: vive observed -->
"""
VALUES = r"permanent is \d\d\.\d to \d\d\.\d; in replicate 1: \d\d\.\d and 99\.0"


def bind(folder, condition: str) -> None:
    """Bind the chapter's figure, and the first page's sentence, to a condition."""
    notebook = nbformat.read(folder / CHAPTER, as_version=4)
    figure, *others = [cell for cell in notebook.cells if cell.source.startswith("figure_")]
    # The figures of a variant need names of their own, and only one is named by a parameter.
    notebook.cells = [cell for cell in notebook.cells if cell not in others]
    arguments = f'figure_id=f"kept-{{differ_points}}",\n    title="Are they fit to keep",\n    holds="{condition}",'
    figure.source = f'figure_three_ways(\n    estimates,\n    "vive",\n    "permanent",\n    {arguments}\n)'
    nbformat.write(notebook, folder / CHAPTER)
    page = (folder / "index.md").read_text(encoding="utf-8")
    (folder / "index.md").write_text(page.replace(FALSE, condition), encoding="utf-8")


@pytest.fixture(scope="module")
def draft(small_book, surveybook):
    """The small book with a false sentence, a false title and a variant, built as a draft."""
    with (small_book / "index.md").open("a", encoding="utf-8") as page:
        page.write(LINES)
    with (small_book / "chapters" / "editions.yml").open("a", encoding="utf-8") as file:
        file.write(VARIANTS)
    bind(small_book, FALSE)
    done = surveybook("build", "--draft", cwd=small_book)
    assert done.returncode == 0, done.stderr
    return small_book, done.stderr


@pytest.fixture
def read(draft):
    def text(page: str) -> str:
        return (draft[0] / "_build" / "default" / "site" / page).read_text(encoding="utf-8")

    return text


def marks(page: str) -> list[str]:
    """The marks of what does not hold, as a reader sees them."""
    found = re.findall(r"<strong>(\[?Draft: .*?)</strong>", page)
    return [text.replace("&gt;", ">").replace("&lt;", "<") for text in found]


def test_a_draft_says_what_does_not_hold_before_it_builds(draft):
    said = [line for line in draft[1].splitlines() if line.startswith("does not hold, ")]
    assert len(said) == 2
    sentence = r"The leaders find them fit to keep\."
    assert re.fullmatch(rf"does not hold, index\.md row 5: {sentence} \(permanent > 99; {VALUES}\)", said[0])
    assert said[1].startswith(f"does not hold, {CHAPTER} ") and f"Are they fit to keep ({FALSE}; " in said[1]


def test_a_drafts_page_holds_the_mark_at_its_sentence(read):
    page = read("index.html")
    (mark,) = marks(page)
    assert re.fullmatch(rf"\[Draft: this does not hold\. permanent > 99; {VALUES}\]", mark)
    assert re.search(
        r'<p><span class="sb-false" data-holds="permanent &gt; 99">The leaders find them fit to keep\. <strong>', page
    )
    assert '<span class="sb-finding" data-holds="extent &gt; 50">The others look further ahead.</span>' in page


def test_a_drafts_page_holds_the_mark_at_its_figure(read):
    for page in (read(PAGE), read(VARIANT)):
        (mark,) = marks(page)
        assert re.fullmatch(rf"Draft: this title does not hold\. permanent > 99; {VALUES}", mark)
        assert re.search(
            r'<figure class="sb-figure" id="figure-kept-\d+"[^>]*>\s*<figcaption><p class="sb-false">', page
        )


def test_a_page_holds_only_the_lines_about_its_data(read):
    page = read("index.html")
    assert "<li><p>These answers are made up.</p></li>" in page
    assert "These answers are real" not in page and "while:" not in page


def test_a_variant_has_a_page_of_its_own_with_its_label_and_its_parameters(read, draft):
    own, other = read(PAGE), read(VARIANT)
    assert f"<h1>{LABEL}" in other and f"<h1>{LABEL}" not in own and "<h1>Discussion" in own
    assert 'id="figure-kept-10"' in own and 'id="figure-kept-30"' in other
    assert f'href="{VARIANT}"' in read("index.html")
    executed = nbformat.read(draft[0] / "_build" / "default" / "notebooks" / "discussion-wider.ipynb", as_version=4)
    (injected,) = [cell.source for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert "differ_points = 30" in injected.splitlines()


def test_without_draft_the_build_fails_and_the_site_stays_and_once_mended_the_marks_are_gone(
    draft, read, surveybook, contents
):
    folder, _ = draft
    site = folder / "_build" / "default" / "site"
    before = contents(site)
    refused = surveybook("build", cwd=folder)
    assert (refused.returncode, refused.stdout, "Traceback" in refused.stderr) == (1, "", False)
    lines = refused.stderr.splitlines()
    assert lines[1:3] == [
        "error: a finding does not hold: The leaders find them fit to keep.",
        "  file:     index.md",
    ]
    assert lines[-2:] == [
        f"  expected: {FALSE}",
        "  hint:     correct the sentence or its condition; surveybook build --draft builds all the same, "
        "and marks it; 1 more finding does not hold",
    ]
    assert contents(site) == before

    bind(folder, TRUE)
    mended = surveybook("build", cwd=folder)
    assert mended.returncode == 0, mended.stderr
    assert "does not hold" not in mended.stderr
    # the condition stands in a code cell, so the chapter and its variant run again
    assert len(re.findall(r"^\d of 2: chapter discussion(?:-wider)? \(", mended.stderr, re.MULTILINE)) == 2
    pages = [read(page) for page in ("index.html", PAGE, VARIANT)]
    assert [marks(page) for page in pages] == [[], [], []] and "sb-false" not in "".join(pages)
    assert (
        '<span class="sb-finding" data-holds="permanent &gt; 50">The leaders find them fit to keep.</span>'
        in pages[0]
    )
