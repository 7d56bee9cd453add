"""On its page a finding is marked, a false one of a draft with its values, and lines about other data are gone."""

import shutil

import nbformat
import pytest

from surveybook.build.contents import chapter_notebooks
from surveybook.build.editions import Run
from surveybook.build.notebooks import staged_notebook
from surveybook.build.prose import marked
from surveybook.build.site import stage_book
from surveybook.core.paths import find_project

KINDS = {"vive": "simulated", "komdir": "published"}
OBSERVED = {"vive": "observed", "komdir": "published"}
DOUBTS = {"extent > 60": "extent is 53.5 to 54.5"}
TRUE = '<span class="sb-finding" data-holds="extent &gt; 50">'
FALSE = '<span class="sb-false" data-holds="extent &gt; 60">'
NOTE = " <strong>[Draft: this does not hold. extent &gt; 60; extent is 53.5 to 54.5]</strong></span>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("- ", ""),
        ("* ", ""),
        ("  - ", ""),
        ("1. ", ""),
        ("12) ", ""),
        ("# ", ""),
        ("### ", ""),
        ("  ", ""),
        ("", "  "),
    ],
)
def test_a_finding_is_marked_and_keeps_the_marks_of_its_line(before, after):
    line = f"{before}Most **saw** it, and {{glue}}`x`."
    assert marked(f"{line} <!-- holds: extent > 50 -->{after}", DOUBTS, KINDS) == (
        f"{before}{TRUE}Most **saw** it, and {{glue}}`x`.{after}</span>"
    )
    assert marked(f"{line} <!-- holds: extent > 60 -->{after}", DOUBTS, KINDS) == (
        f"{before}{FALSE}Most **saw** it, and {{glue}}`x`.{after}{NOTE}"
    )


def test_only_its_line_is_marked():
    text = (
        "# Title\n\nOne.\nTwo. <!-- holds: extent > 50 -->\nThree.\n\n- Four. <!-- holds: extent > 60 -->\n- Five.\n"
    )
    assert marked(text, DOUBTS, KINDS) == (
        f"# Title\n\nOne.\n{TRUE}Two.</span>\nThree.\n\n- {FALSE}Four.{NOTE}\n- Five.\n"
    )


def test_condition_and_values_cannot_be_markup():
    text = marked(
        "Said. <!-- holds: a < 1 and b > 2 & c -->", {"a < 1 and b > 2 & c": "a is <b>3</b>; <script>x"}, {}
    )
    assert text == (
        '<span class="sb-false" data-holds="a &lt; 1 and b &gt; 2 &amp; c">Said. <strong>[Draft: this does not hold. '
        "a &lt; 1 and b &gt; 2 &amp; c; a is &lt;b&gt;3&lt;/b&gt;; &lt;script&gt;x]</strong></span>"
    )


@pytest.mark.parametrize("text", ["", "Text.", "# A\n\nB\n\n```{note}\nC <!-- to do -->\n```\n", "a\r\nb\n\n"])
def test_a_page_to_which_nothing_is_bound_stays_as_it_is(text):
    assert marked(text, DOUBTS, KINDS) == text


def test_what_is_shown_as_code_is_not_marked():
    text = "```markdown\nMost saw it. <!-- holds: extent > 60 -->\nMade up. <!-- while: vive observed -->\n```\n"
    assert marked(text, DOUBTS, KINDS) == text


def test_a_sentence_in_an_admonition_is_marked():
    text = "```{admonition} A note\n:class: edition-note\nMost saw it. <!-- holds: extent > 60 -->\n```"
    assert marked(text, DOUBTS, KINDS) == (
        f"```{{admonition}} A note\n:class: edition-note\n{FALSE}Most saw it.{NOTE}\n```"
    )


@pytest.mark.parametrize("start", ["```{admonition} ", "> ", "| "])
def test_a_line_stays_what_it_is(start):
    assert marked(f"{start}Most saw it. <!-- holds: extent > 50 -->", {}, KINDS).startswith(start)


@pytest.mark.parametrize("sign", ["\u2028", "\x0c", "\x85"])
def test_an_odd_blank_does_not_move_the_mark(sign):
    assert marked(f"One{sign}two.\n\nMost saw it. <!-- holds: extent > 50 -->", {}, KINDS).count(TRUE) == 1


# Lines about one kind of data


PAGE = "# A page\n\n- Made up. <!-- while: vive simulated -->\n- Real. <!-- while: vive observed -->\n- Both.\n"


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        (KINDS, "# A page\n\n- Made up.\n- Both.\n"),
        (OBSERVED, "# A page\n\n- Real.\n- Both.\n"),
        ({"vive": "published"}, "# A page\n\n- Both.\n"),
    ],
    ids=["simulated", "observed", "published"],
)
def test_a_line_about_other_data_is_left_out_and_one_about_these_has_no_comment(kinds, left):
    assert marked(PAGE, {}, kinds) == left


@pytest.mark.parametrize("kinds", [KINDS, OBSERVED], ids=["simulated", "observed"])
def test_a_finding_about_one_kind_of_data_is_marked_beside_them_alone(kinds):
    text = "Before.\nSaid. <!-- holds: extent > 50 --> <!-- while: vive observed -->\nAfter."
    middle = f"{TRUE}Said.</span>\n" if kinds is OBSERVED else ""
    assert marked(text, {}, kinds) == f"Before.\n{middle}After."


def test_rows_below_a_line_that_is_left_out_are_marked_rightly():
    text = "Real. <!-- while: vive observed -->\n" * 2 + "Plain.\nMost saw it. <!-- holds: extent > 50 -->"
    assert marked(text, {}, KINDS) == f"Plain.\n{TRUE}Most saw it.</span>"


def test_an_admonition_about_other_data_is_left_out_whole():
    text = "```{admonition} Real <!-- while: vive observed -->\nInside.\n```\nAfter."
    assert marked(text, {}, KINDS) == "After."


# The staged book


@pytest.fixture
def staged(project):
    """Stage the book of a copy; its committed chapters stand for executed ones."""

    def stage(doubts, kinds):
        book = find_project()
        runs = [Run(path, {}) for path in chapter_notebooks(book)]
        (project / "executed").mkdir()
        for run in runs:
            shutil.copy(run.notebook, project / "executed" / run.notebook.name)
        stage_book(book, runs, project / "executed", project / "stage", doubts=doubts, kinds=kinds)
        return project / "stage"

    return stage


@pytest.fixture
def planted(project):
    """A finding and two lines on one kind of data, on a page and in a chapter."""
    lines = ["Planted. <!-- holds: extent > 60 -->", "Made up. <!-- while: vive simulated -->"]
    lines.append("Real. <!-- while: vive observed -->")
    with (project / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n" + "\n".join(lines) + "\n")
    notebook = nbformat.read(project / "chapters" / "effects.ipynb", as_version=4)
    notebook.cells[0].source += "\n" + "\n".join(lines)
    nbformat.write(notebook, project / "chapters" / "effects.ipynb")


@pytest.mark.parametrize(("kinds", "left"), [(KINDS, "Made up."), (OBSERVED, "Real.")], ids=["simulated", "observed"])
@pytest.mark.parametrize(
    ("doubts", "mark"),
    [
        ({}, '<span class="sb-finding" data-holds="extent &gt; 60">Planted.</span>'),
        (DOUBTS, f"{FALSE}Planted.{NOTE}"),
    ],
    ids=["true", "false"],
)
def test_pages_and_chapters_are_staged_with_their_marks(staged, planted, kinds, left, doubts, mark):
    stage = staged(doubts, kinds)
    page = (stage / "index.md").read_text(encoding="utf-8")
    chapter = nbformat.read(stage / "chapters" / "effects.ipynb", as_version=4).cells[0].source
    for text in (page, chapter):
        assert text.rstrip("\n").endswith(f"\n{mark}\n{left}")


@pytest.mark.parametrize("kinds", [KINDS, OBSERVED], ids=["simulated", "observed"])
def test_no_comment_of_the_committed_book_is_left_on_its_pages(staged, kinds):
    stage = staged({}, kinds | {"institution_leaders": "published"})
    texts = {path.name: path.read_text(encoding="utf-8") for path in stage.rglob("*.md")}
    for path in stage.rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        texts[path.name] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert len(texts) > 9 and "sb-finding" in "".join(texts.values())
    assert [name for name, text in texts.items() if "<!--" in text or "sb-false" in text] == []


def test_code_cells_are_not_marked(tmp_path):
    source = '# Most saw it. <!-- holds: extent > 60 -->\nx = "Real. <!-- while: vive observed -->"'
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbformat.write(notebook, tmp_path / "prøve.ipynb")
    chapter = tmp_path / "prøve.ipynb"
    staged = staged_notebook(chapter, chapter, doubts=DOUBTS, kinds=KINDS)
    assert nbformat.reads(staged, as_version=4).cells[0].source == source
