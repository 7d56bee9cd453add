"""No result is typed by hand: neither a number, nor a word for one that is bound to no condition."""

import json

import pytest

from surveybook.build.prose import book_sentences
from surveybook.build.typed import read_allowed, refuse_typed
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project, find_project

NUMBERS = [
    ("54 leaders saw it.", "54"),
    ("It was seen by 54 percent of them.", "54 percent"),
    ("It was seen by 54% of them.", "54%"),
    ("It was seen by 54 % of them.", "54 %"),
    ("It was seen by 54 pct. of them.", "54 pct"),
    ("The share is 53.6.", "53.6"),
    ("The share is 53,6 percent.", "53,6 percent"),
    ("Of 1,234 leaders", "1,234"),
    ("It rose from {glue}`vive-extent-top2` to 60.", "60"),
    ("In 2020, 54 saw it.", "54"),
    ("On 28 February, 30 saw it.", "30"),
    ("Between 5 and 7 leaders", "5"),
    ("See table 4.", "4"),
    ("The 556 on the list", "556"),
    ("- **54** saw it", "54"),
    ("1. 54 saw it", "54"),
    ("## 54 leaders", "54"),
    ("| extent | 54 |", "54"),
    ("> 54 saw it", "54"),
    ("It is (54).", "54"),
    ("[54 of them](method.ipynb) saw it", "54"),
    ("```{admonition} 54 leaders\nText.\n```", "54"),
    ("```{admonition} A note\n54 leaders saw it.\n```", "54"),
    ("In 1066 and all that", "1066"),
    ("Of 21000 people", "21000"),
    ("It was COVID-19 for 54", "54"),
    ("It is in Politica 54(3), and 54 saw it", "54"),
    ("Two surveys asked it.", "Two"),
    ("The seven fields", "seven"),
    ("Twelve of the leaders", "Twelve"),
    ("It took thirteen months.", "thirteen"),
    ("Nineteen leaders", "Nineteen"),
    ("Twenty-five leaders", "Twenty-five"),
    ("ninety of them", "ninety"),
    ("A hundred leaders", "hundred"),
    ("A thousand leaders", "thousand"),
    ("A dozen leaders", "dozen"),
    ("Nine of ten concern digital service.", "Nine"),
]
WORDS = [
    ("Most leaders saw it.", "Most"),
    ("The leaders mostly saw it.", "mostly"),
    ("It was seen by most.", "most"),
    ("It is the best, and most saw it.", "most"),
    ("Half of them saw it.", "Half"),
    ("More than half saw it.", "More than"),
    ("A majority saw it.", "majority"),
    ("Only a minority saw it.", "minority"),
    ("Twice as many saw it.", "Twice"),
    ("Double the share", "Double"),
    ("A third of them saw it.", "A third"),
    ("One third saw it.", "One third"),
    ("A quarter saw it.", "A quarter"),
    ("One fifth saw it.", "One fifth"),
    ("Nearly all saw it.", "Nearly all"),
    ("Almost every leader saw it.", "Almost every"),
    ("Almost none saw it.", "Almost none"),
    ("Practically everyone saw it.", "Practically everyone"),
    ("Hardly any saw it.", "Hardly any"),
    ("One in many saw it.", "One in many"),
    ("Fewer than before", "Fewer than"),
    ("Readiness is higher than courage.", "higher than"),
    ("It is named more often than rules.", "more often than"),
    ("The great part saw it.", "The great part"),
    ("The vast number saw it.", "The vast number"),
    ("A large share in percent", "percent"),
    ("**Most** saw it.", "Most"),
]
FREE = [
    "Nothing is counted here.",
    # pasted numbers, code and addresses
    "{glue}`vive-extent-top2` of {glue}`chapters/method.ipynb::vive-response-invited-count` leaders",
    "{glue:text}`share-54:.1f` of them",
    "The item `q01_omfang` has the options `1` to `6`.",
    "See [the method](method-2.ipynb#part-3) and [the article](https://example.org/view/133919).",
    "It lies at https://tidsskrift.dk/politica/article/view/133919 for everyone.",
    "![A chart](figure-54.svg)",
    "{cite}`torfing2022`, {doc}`part-4`",
    "Text. <!-- 54 of them, to be looked up -->",
    "```text\n54 percent\nMost saw it.\n```",
    "```{admonition} A note\n:class: note-54\n:width: 54\nText.\n```",
    ":name: figure-54",
    # quotations
    'The page says "54 percent of the leaders".',
    'It prints "half", and “most” elsewhere.',
    # dates and years
    "On 28 February 2020 the country had its first case.",
    "It was 26 or 27 February.",
    "From 11 to 13 March 2020",
    "On 11 and 12 March",
    "In November 2020, and before 1995 or after 1849",
    "Torfing, Bentzen and Jensen (2022)",
    # references and names that hold a digit
    "Politica 54(3)",
    "COVID-19 and SARS-CoV-2",
    # lists
    "1. Shared knowledge\n2. Fewer rules\n10. Closeness",
    "1) Shared knowledge",
    # words that are no result
    "It is the most robust of the findings.",
    "The most that can be said, and at most that.",
    "One leader, and once only, both first and last",
    "Several leaders told of it, and some did not.",
    "All of them, every one, and none of the others",
    "The utmost, the foremost and the almost",
    "Rather than that, more and less",
    "He behalf-ed; halfway is a word; thirds; quarterly; tenable; often; freight; canine; sevenths",
    # fields of a title
    "Motivation: {motivation}; {digital:words} concern digital service; {extent.top2}",
]
LISTED = "a count of structure that no estimate gives stands in chapters/allowed-numbers.yml, with its reason"
PASTE = f"paste it: name its item in paste_numbers, and write {{glue}}`survey-item-option_set`; {LISTED}"
BIND = (
    "write its condition behind it: <!-- holds: extent > 50 -->, or holds= beside a title; "
    f"or paste the words; {LISTED}"
)


def refusal(sentences, allowed=()) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        refuse_typed(sentences, allowed)
    return caught.value


# Sentences


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_typed_number_is_refused_and_named(page, text, number):
    error = refusal(page(text))
    assert (error.what, error.got, error.file) == ("a number is typed by hand", number, "index.md")
    assert error.hint == PASTE


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_condition_does_not_excuse_a_typed_number(page, text, number):
    bound = "\n".join(line if "```" in line else f"{line} <!-- holds: extent > 50 -->" for line in text.split("\n"))
    assert refusal(page(bound)).got == number


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_a_word_for_a_result_is_refused_without_a_condition_and_named(page, text, word):
    error = refusal(page(text))
    assert (error.what, error.got, error.file) == ("a finding has no condition", word, "index.md")
    assert error.expected == f"a condition on estimates, bound to: {text}"
    assert error.hint == BIND


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_a_word_for_a_result_passes_with_a_condition(page, text, word):
    refuse_typed(page(f"{text} <!-- holds: extent > 50 -->"), ())


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_a_question_may_hold_a_word_for_a_result(page, text, word):
    refuse_typed(page(f"*Is it so that {text.rstrip('.')}?*"), ())


@pytest.mark.parametrize(("text", "number"), [("Did 54 percent see it?", "54 percent"), ("Did two see it?", "two")])
def test_a_question_may_hold_no_number(page, text, number):
    assert refusal(page(text)).got == number


@pytest.mark.parametrize("text", FREE)
def test_what_is_no_result_passes(page, text):
    refuse_typed(page(text), ())


@pytest.mark.parametrize("text", FREE)
def test_a_number_beside_what_passes_is_still_found(page, text):
    assert refusal(page(f"{text}\n\nThere are 54.")).got == "54"


@pytest.mark.parametrize("text", ["As told.[^1]", "[^1]: See there."])
def test_a_footnote_passes(page, text):
    refuse_typed(page(text), ())


def test_a_finding_before_a_question_needs_a_condition(page):
    assert refusal(page("Most leaders saw it. Did it last?")).got == "Most"


@pytest.mark.parametrize("text", ["Nearly  all saw it.", "It is named more  often than rules."])
def test_two_blanks_hide_nothing(page, text):
    refusal(page(text))


def test_the_first_sentence_is_named_with_its_place(cells):
    text = ("markdown", "# A chapter\n\nIt says so.\nMost leaders saw it.\n54 did.")
    error = refusal(cells(("code", 'figure(title="Who saw it?")'), text))
    assert (error.file, error.row, error.column, error.got) == ("prøve.ipynb", 4, "cell 2", "Most")


@pytest.mark.parametrize(
    ("title", "got", "holds"),
    [("54 percent saw it", "54 percent", ""), ("Most saw it", "Most", ""), ("54 saw it", "54", "extent > 50")],
)
def test_a_title_is_looked_at_too(cells, title, got, holds):
    error = refusal(cells(("code", f"\nfigure(title={title!r}, holds={holds!r})".replace(", holds=''", ""))))
    assert (error.row, error.column, error.got) == (2, "cell 1, a figure's title", got)


@pytest.mark.parametrize("call", ['title="Most saw it", holds="extent > 50"', 'title="Do most see it?"'])
def test_a_title_with_a_condition_and_a_question_pass(cells, call):
    refuse_typed(cells(("code", f"figure({call})")), ())


# The list of allowed numbers


@pytest.mark.parametrize("text", ["It lists two rounds.", "Two rounds follow.", "(two rounds)", "- TWO ROUNDS"])
def test_an_allowed_phrase_passes(page, text):
    refusal(page(text))
    refuse_typed(page(text), ["two rounds"])


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("It lists two figures and 54.", "54"),
        ("It lists two figures, two of them new.", "two"),
        ("It lists two figureswork.", "two"),
        ("It lists ninety-two figures.", "ninety"),
        ("It lists two new figures.", "two"),
    ],
)
def test_an_allowed_phrase_frees_itself_alone(page, text, got):
    assert refusal(page(text), ["two figures"]).got == got


def test_an_allowed_number_frees_no_longer_one(page):
    assert refusal(page("All 198 municipalities"), ["98 municipalities"]).got == "198"


def test_of_two_allowed_phrases_the_longer_is_taken_first(page):
    refuse_typed(page("In two or three places."), ["two", "two or three places"])


def test_a_phrase_is_read_as_it_stands(page):
    refuse_typed(page("It is (54 + x)."), ["54 + x"])
    assert refusal(page("It is 54xx."), ["54.*"]).got == "54"


@pytest.fixture
def allowed(project):
    """Write the list of allowed numbers of a copy, and read it."""

    def read(content: str) -> dict:
        (project / "chapters" / "allowed-numbers.yml").write_text(content, encoding="utf-8")
        return read_allowed(find_project())

    return read


def test_phrases_are_read_with_their_reasons(allowed):
    assert allowed("allowed:\n  two rounds: told in the article\n  98 municipalities: public\n") == {
        "two rounds": "told in the article",
        "98 municipalities": "public",
    }


def test_a_book_without_a_list_allows_nothing(project):
    (project / "chapters" / "allowed-numbers.yml").unlink()
    assert read_allowed(find_project()) == {}


@pytest.mark.parametrize("content", ["allowed:\n", "allowed: {}\n"])
def test_an_empty_list_allows_nothing(allowed, content):
    assert allowed(content) == {}


@pytest.mark.parametrize("reason", ["", "''", "'  '", "~"])
def test_a_phrase_without_a_reason_is_refused(allowed, reason):
    with pytest.raises(SurveybookError) as caught:
        allowed(f"allowed:\n  five themes: the list\n  two rounds: {reason}\n")
    assert str(caught.value) == (
        "error: an allowed number has no reason\n"
        "  file:     chapters/allowed-numbers.yml\n"
        "  column:   two rounds\n"
        "  expected: phrase: reason"
    )


def test_a_number_that_is_no_phrase_is_refused(allowed):
    with pytest.raises(SurveybookError) as caught:
        allowed("allowed:\n  98: public\n")
    assert caught.value.column == "98"


@pytest.mark.parametrize("content", ["allowed:\n  - two rounds\n", "allowed: two rounds\n"])
def test_a_list_of_another_shape_is_refused(allowed, content):
    with pytest.raises(SurveybookError) as caught:
        allowed(content)
    assert (caught.value.what, caught.value.file) == (
        "the list of allowed numbers is none",
        "chapters/allowed-numbers.yml",
    )


def test_a_broken_list_names_the_row(allowed):
    with pytest.raises(SurveybookError) as caught:
        allowed("allowed:\n  two rounds: told\n  two rounds: told again\n")
    assert (caught.value.what, caught.value.row) == ("the file is not valid YAML", 3)


# The committed book


@pytest.fixture(scope="session")
def committed_book(committed):
    return Project(committed.parent)


@pytest.fixture(scope="session")
def sentences(committed_book):
    return book_sentences(committed_book)


def test_the_committed_book_types_no_result(committed_book, sentences):
    refuse_typed(sentences, read_allowed(committed_book))


def test_every_allowed_phrase_is_needed_by_a_page(committed_book, sentences):
    allowed = read_allowed(committed_book)
    assert allowed and all(reason.strip() for reason in allowed.values())
    stale = []
    for phrase in allowed:
        try:
            refuse_typed(sentences, [other for other in allowed if other != phrase])
            stale.append(phrase)
        except SurveybookError:
            pass
    assert stale == []


def check_is_red(surveybook, project, said: list[str]) -> None:
    done = surveybook("check", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == said


def test_a_number_planted_on_a_page_turns_the_check_red(project, surveybook, edit_text):
    row = edit_text(project / "index.md", "The article describes", "54 percent saw it.\nThe article describes")
    check_is_red(
        surveybook,
        project,
        [
            "error: a number is typed by hand",
            "  file:     index.md",
            f"  row:      {row}",
            "  value:    '54 percent'",
            "  expected: a number pasted from an estimate in: 54 percent saw it.",
            f"  hint:     {PASTE}",
        ],
    )


def test_a_word_planted_in_a_chapter_turns_the_check_red(project, surveybook, edit_text, place_of):
    chapter = project / "chapters" / "effects.ipynb"
    edit_text(
        chapter, "We assume that the same leaders answered each question", "Most leaders answered each question"
    )
    cell, row = place_of(chapter, "Most leaders answered")
    text = next(
        line for c in json.loads(chapter.read_text("utf-8"))["cells"] for line in c["source"] if "Most" in line
    )
    check_is_red(
        surveybook,
        project,
        [
            "error: a finding has no condition",
            "  file:     chapters/effects.ipynb",
            f"  row:      {row}",
            f"  column:   cell {cell}",
            "  value:    'Most'",
            f"  expected: a condition on estimates, bound to: {text.split(' <!--')[0].strip()}",
            f"  hint:     {BIND}",
        ],
    )


def test_a_number_planted_in_a_title_turns_the_check_red(project, surveybook, edit_text, place_of):
    chapter = project / "chapters" / "effects.ipynb"
    edit_text(chapter, 'title=\\"More see gains', 'title=\\"94 percent see gains')
    done = surveybook("check", cwd=project)
    cell, row = place_of(chapter, 'figure_id="effects"')
    at = [line for line in done.stderr.splitlines() if line.startswith(("error", "  row", "  column", "  value"))]
    # the call stands in its cell's first row
    assert (row > 1, at) == (
        True,
        [
            "error: a number is typed by hand",
            "  row:      1",
            f"  column:   cell {cell}, a figure's title",
            "  value:    '94 percent'",
        ],
    )


def test_the_check_of_the_committed_book_is_green(project, surveybook):
    done = surveybook("check", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
