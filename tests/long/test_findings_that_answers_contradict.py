"""Real answers that contradict a finding stop the build; a draft marks the finding until they are put right."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from reading_pages import calls_of, words_of
from recount import Recount, rows_of

pytestmark = pytest.mark.long

HINT = "correct the sentence or its condition; surveybook build --draft builds all the same, and marks it"
MAJORITY = (
    "A majority of those who answered saw new ways to deliver services in their field, to a high or very high extent."
)
SMALLER = "Most are smaller improvements ({character}); {digital:words} concern more digital service"
DRIVERS = "Employees who were readier to change are named more often than bold management or flexible rules"
# Each break: which answers move, to which other one, and how many of the favourable ones stay.
BREAKS = {"extent": ("q01_omfang", "12", "3", 142), "character": ("q02_karakter", "1", "2", 114)}
BREAKS |= {"readiness": ("q09a_omstilling", "1", "3", 150)}


class Answers:
    """The observed answers of a book, which can be changed and put right again."""

    def __init__(self, package, write_rows, sign):
        self.file, self.write_rows, self.sign = package / "raw" / "vive" / "responses.csv", write_rows, sign
        self.package, self.right = package, self.file.read_bytes()

    def break_off(self, *names: str) -> None:
        """Leave fewer favourable answers to some questions than their findings need."""
        self.put_right()
        rows = rows_of(self.file)
        for column, favourable, other, stay in (BREAKS[name] for name in names):
            chose = [row for row in rows if row[column] and row[column] in favourable]
            assert len(chose) > stay
            for row in chose[stay:]:
                row[column] = other
        self.write_rows(self.file, [list(rows[0]), *(list(row.values()) for row in rows)])
        self.sign(self.file)

    def put_right(self) -> None:
        self.file.write_bytes(self.right)
        self.sign(self.file)


@pytest.fixture(scope="module")
def book(checkout, observe, surveybook):
    """A checkout with the site of its observed edition, whose answers agree with print."""
    folder = checkout("bog på dansk")
    package = observe(folder)
    surveybook("build", "--edition", "observed", cwd=folder)
    return folder, package


@pytest.fixture(scope="module")
def answers(book, write_rows, sign):
    return Answers(book[1], write_rows, sign)


@pytest.fixture(scope="module")
def site(book):
    return book[0] / "_build" / "observed" / "site"


@pytest.fixture(scope="module")
def good(book, site, contents):
    """The bytes of the site while every finding holds."""
    made = contents(site)
    assert len(made) > 100
    return made


def place(folder, text: str) -> tuple[str, str, str]:
    """Where a sentence, or a figure's title, stands: its file, its row and its column as an error gives them."""
    for row, line in enumerate((folder / "index.md").read_text(encoding="utf-8").split("\n"), 1):
        if text in line:
            return "index.md", str(row), ""
    for path in sorted((folder / "chapters").rglob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            source = "".join(cell["source"])
            if f'title="{text}"' in source:
                # a title stands in the row where its figure begins
                (row,) = [row for row, line in enumerate(source.split("\n"), 1) if line.startswith("figure_")]
                return f"chapters/{path.name}", str(row), f"cell {number}, a figure's title"
    raise AssertionError(f"{text!r} is nowhere")


@pytest.mark.parametrize(
    ("name", "sentence", "condition", "value", "more"),
    [
        ("extent", MAJORITY, "extent > 50", r"extent is 48\.0", "; 5 more findings do not hold"),
        ("character", SMALLER, "character > 50", r"character is 44\.7", "; 1 more finding does not hold"),
        (
            "readiness",
            DRIVERS,
            "readiness clearly above risk_taking and risk_taking clearly above flexible_rules",
            r"risk_taking less readiness is \d+\.\d to \d+\.\d percentage points over every joint table; "
            r"risk_taking less flexible_rules is \d+\.\d to \d+\.\d percentage points over every joint table",
            "; 1 more finding does not hold",
        ),
    ],
    ids=["a sentence", "a title", "a pair"],
)
def test_a_contradicted_finding_stops_the_build_and_the_last_site_stays(
    book, answers, site, good, surveybook, contents, name, sentence, condition, value, more
):
    answers.break_off(name)
    refused = surveybook("build", "--edition", "observed", cwd=book[0], status=1)
    answers.put_right()
    assert (refused.stdout, "Traceback" in refused.stderr) == ("", False)
    error = refused.stderr[refused.stderr.index("error: ") :].splitlines()
    said = dict(re.fullmatch(r" +(\w+): +(.*)", line).groups() for line in error[1:])
    file, row, column = place(book[0], sentence)
    assert error[0] == f"error: a finding does not hold: {sentence}"
    assert (said["file"], said["row"], said.get("column", "")) == (file, row, column)
    assert said["expected"] == condition
    assert re.fullmatch(f"'{value}'", said["value"])
    assert said["hint"] == HINT + more
    # before the error there is only what differs from print: nothing was run
    lines = refused.stderr[: refused.stderr.index("error: ")].splitlines()[1:]
    assert lines and all(line.startswith("differs from print: ") for line in lines)
    assert contents(site) == good


@pytest.mark.parametrize("command", ["check", "build"])
def test_a_check_and_a_build_say_the_same(book, answers, surveybook, command):
    answers.break_off("extent", "character")
    said = surveybook(command, "--edition", "observed", cwd=book[0], status=1).stderr
    answers.put_right()
    assert f"error: a finding does not hold: {MAJORITY}" in said
    assert "; 6 more findings do not hold" in said


@pytest.fixture(scope="module")
def draft(book, answers, site, good, surveybook, contents):
    """What a draft with contradicted findings says, and its pages; afterwards the answers are put right."""
    answers.break_off("extent", "character")
    recount = Recount(answers.package)
    assert (recount.share("extent").text, recount.share("character").text) == ("48.0 percent", "44.7 percent")
    done = surveybook("build", "--edition", "observed", "--draft", cwd=book[0])
    pages = {name: text.decode("utf-8") for name, text in contents(site).items() if name.endswith(".html")}
    answers.put_right()
    return done.stderr, pages


def marks(page: str) -> list[str]:
    return [words_of(mark) for mark in BeautifulSoup(page, "html.parser").select(".sb-false strong")]


def test_a_draft_says_what_does_not_hold_and_marks_it_on_its_page(draft, book):
    said, pages = draft
    told = [line for line in said.splitlines() if line.startswith("does not hold, ")]
    assert len(told) == 7
    assert (
        told[0]
        == f"does not hold, index.md row {place(book[0], MAJORITY)[1]}: {MAJORITY} (extent > 50; extent is 48.0)"
    )
    sentence = "[Draft: this does not hold. extent > 50; extent is 48.0]"
    question = "Draft: this title does not hold. extent > 50; extent is 48.0"
    title = "Draft: this title does not hold. character > 50; character is 44.7"
    both = "[Draft: this does not hold. extent > 50 and character > 50 and permanent > 50; "
    both += "extent is 48.0; character is 44.7; permanent is 87.2]"
    found = {name: marks(page) for name, page in pages.items() if "sb-false" in page}
    assert found == {
        "index.html": [sentence],
        "chapters/welfare-innovations.html": [sentence, sentence, question, title, both],
        "chapters/conclusion.html": [sentence],
    }
    (span,) = BeautifulSoup(pages["index.html"], "html.parser").select("span.sb-false")
    assert words_of(span) == f"{MAJORITY} {sentence}"
    chapter = BeautifulSoup(pages["chapters/welfare-innovations.html"], "html.parser")
    figures = chapter.select("figcaption .sb-false")
    assert [mark.find_parent("figure")["id"] for mark in figures] == [
        "figure-extent-tipping-point",
        "figure-character",
    ]


def test_a_draft_shows_the_numbers_that_contradict(draft):
    _, pages = draft
    numbers = [words_of(n) for n in BeautifulSoup(pages["index.html"], "html.parser").select(".sb-number")]
    assert {"48.0 percent", "44.7 percent"} <= set(numbers)
    page = BeautifulSoup(pages["chapters/welfare-innovations.html"], "html.parser")
    title = "Most are smaller improvements (44.7 percent); nine of ten concern more digital service"
    assert words_of(page.select_one("#figure-character .sb-title")) in (
        title,
        title.replace("nine", "nearly nine"),
    )


def test_what_holds_is_not_marked_in_a_draft(draft, book):
    _, pages = draft
    spans = [
        span["data-holds"]
        for page in pages.values()
        for span in BeautifulSoup(page, "html.parser").select("span.sb-finding")
    ]
    assert spans and "extent > 50" not in spans
    titled = {call.words["holds"] for call in calls_of(book[0]) if "holds" in call.words}
    assert len(titled) > 3 and "character > 50" in titled


def test_a_draft_asks_nothing_that_presupposes_what_does_not_hold(draft):
    page = BeautifulSoup(draft[1]["chapters/welfare-innovations.html"], "html.parser")
    figure = page.select_one("#figure-extent-tipping-point")
    assert "before the majority of everyone falls" not in words_of(figure) or figure.select(".sb-false")


def test_once_the_answers_are_right_the_site_has_no_mark(draft, book, site, good, surveybook, contents):
    done = surveybook("build", "--edition", "observed", cwd=book[0])
    assert "does not hold" not in done.stderr
    made = contents(site)
    assert [name for name, content in made.items() if name.endswith(".html") and b"sb-false" in content] == []
    assert [name for name in good if made[name] != good[name]] == []
    assert set(made) == set(good)
