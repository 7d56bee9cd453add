"""Every line of prose and every figure's title is found, with its place and what is bound to it."""

import json

import pytest

from surveybook.build.prose import book_sentences, prose_lines
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project


def texts(sentences) -> list[str]:
    return [sentence.text for sentence in sentences]


# What is prose


def test_lines_are_found_with_the_row_in_their_file(page):
    found = page("# A page\n\nFirst line.\nSecond line.\n\n\nThird line.")
    assert [(one.file, one.cell, one.row, one.text) for one in found] == [
        ("index.md", None, 1, "# A page"),
        ("index.md", None, 3, "First line."),
        ("index.md", None, 4, "Second line."),
        ("index.md", None, 7, "Third line."),
    ]
    assert not any(one.is_title for one in found)


@pytest.mark.parametrize("fence", ["```", ":::", "````", "::::"])
def test_the_title_and_the_text_of_an_admonition_are_prose_and_its_options_are_not(page, fence):
    found = page(f"Before.\n{fence}{{admonition}} A title\n:class: edition-note\nInside.\n{fence}\nAfter.")
    assert [(one.row, one.text) for one in found] == [
        (1, "Before."),
        (2, "A title"),
        (4, "Inside."),
        (6, "After."),
    ]


@pytest.mark.parametrize(
    ("opening", "end"),
    [("```python", "```"), ("``` text", "```"), ("~~~text", "~~~"), ("````markdown", "````"), ("  ```text", "  ```")],
)
def test_a_fence_of_code_is_no_prose_and_what_follows_is(page, opening, end):
    found = page(f"Before.\n{opening}\nshare = 54\n:::\n# no heading\n{end}\nAfter.")
    assert [(one.row, one.text) for one in found] == [(1, "Before."), (7, "After.")]


def test_a_shorter_fence_inside_a_longer_one_does_not_end_it(page):
    found = page("````markdown\n```{admonition} A title\nshown as it is typed\n```\n````\nAfter.")
    assert texts(found) == ["After."]


def test_code_inside_an_admonition_is_no_prose(page):
    found = page("````{note}\nInside.\n```text\nshare = 54\n```\nInside too.\n````\nAfter.")
    assert [text for text in texts(found) if text] == ["Inside.", "Inside too.", "After."]


@pytest.mark.parametrize("opening", ["```", "~~~", "```{code-block} python", "```{code-cell} python"])
def test_code_is_no_prose_however_its_fence_is_written(page, opening):
    end = opening.partition("{")[0]
    assert "share = 54" not in texts(page(f"Before.\n\n{opening}\nshare = 54\n{end}\n\nAfter."))


@pytest.mark.parametrize("mark", ["- ", "* ", "+ ", "1. ", "12) ", "  - ", "   2.  "])
def test_a_mark_of_a_list_is_no_part_of_the_sentence(page, mark):
    assert texts(page(f"{mark}An entry - of 2. a list")) == ["An entry - of 2. a list"]


@pytest.mark.parametrize("text", ["-no list", "1.no list", "*emphasis* at the start", "2020 was a year"])
def test_what_only_looks_like_the_mark_of_a_list_stays(page, text):
    assert texts(page(text)) == [text]


def test_lines_are_numbered_as_an_editor_does():
    assert list(prose_lines("one\n\n:class: x\n- two\n```py\nx\n```\nthree\n")) == [
        (1, "one"),
        (4, "two"),
        (8, "three"),
    ]


# What is bound to a line


def test_a_condition_is_taken_from_behind_its_sentence(page):
    (found,) = page("More than half saw it. <!-- holds: extent > 50 -->")
    assert (found.text, found.holds, found.only) == ("More than half saw it.", "extent > 50", None)


@pytest.mark.parametrize("comment", ["<!--holds:extent > 50-->", "<!--   holds:   extent > 50   -->"])
def test_blanks_in_a_condition_do_not_matter(page, comment):
    (found,) = page(f"More than half saw it.{comment}")
    assert (found.text, found.holds) == ("More than half saw it.", "extent > 50")


def test_the_kind_of_data_is_taken_from_behind_its_sentence(page):
    (found,) = page("These are made up. <!-- while: vive simulated -->")
    assert (found.text, found.holds, found.only) == ("These are made up.", None, ("vive", "simulated"))


@pytest.mark.parametrize(
    "comments",
    [
        "<!-- holds: extent > 50 --> <!-- while: vive observed -->",
        "<!-- while: vive observed --> <!-- holds: extent > 50 -->",
    ],
)
def test_a_line_may_have_both(page, comments):
    (found,) = page(f"- Most saw it. {comments}")
    assert (found.text, found.holds, found.only) == ("Most saw it.", "extent > 50", ("vive", "observed"))


def test_another_comment_binds_nothing_and_a_line_binds_itself_alone(page):
    first, second, third = page("One. <!-- to do -->\nTwo. <!-- holds: extent > 50 -->\nThree.")
    assert [one.holds for one in (first, second, third)] == [None, "extent > 50", None]


def test_a_second_condition_of_a_line_is_not_dropped(page):
    with pytest.raises(SurveybookError) as caught:
        page("Most saw it. <!-- holds: extent > 50 --> All did. <!-- holds: extent > 99 -->")
    assert (caught.value.row, caught.value.hint) == (1, "join conditions by: and")


# Chapters


def test_rows_are_counted_in_each_cell_of_a_chapter(cells):
    found = cells(
        ("markdown", "# A chapter\n\nFirst. <!-- holds: extent > 50 -->"),
        ("raw", "neither prose nor code"),
        ("code", "x = 54\n\nfigure(\n    x,\n    title='What is it?',\n)"),
        ("markdown", "- Last."),
    )
    assert [(one.cell, one.row, one.text, one.holds, one.is_title) for one in found] == [
        (1, 1, "# A chapter", None, False),
        (1, 3, "First.", "extent > 50", False),
        (3, 3, "What is it?", None, True),
        (4, 1, "Last.", None, False),
    ]
    assert {one.file for one in found} == {"prøve.ipynb"}


def test_a_title_is_found_with_its_condition(cells):
    (found,) = cells(
        ("code", 'figure(\n    holds="extent > 50 "\n    "and extent < 60",\n    title="Most saw it",\n)')
    )
    assert (found.text, found.holds, found.is_title) == ("Most saw it", "extent > 50 and extent < 60", True)


def test_every_title_of_a_cell_is_found(cells):
    found = cells(("code", 'both(figure(title="One"), figure(title="Two"))\nfigure(title="Three")'))
    assert sorted(texts(found)) == ["One", "Three", "Two"]


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ('figure(title="Most saw it", holds=condition)', "condition"),
        ("figure(title='Most saw it', holds=f'extent > {least}')", "f'extent > {least}'"),
        ('figure(title=words, holds="extent > 50")', "'extent > 50'"),
        ('figure(holds="extent > 50")', "'extent > 50'"),
    ],
    ids=["a name", "a text with fields", "a title by name", "no title"],
)
def test_a_bound_title_that_is_not_written_out_is_refused_with_its_place(cells, call, shown):
    with pytest.raises(SurveybookError) as caught:
        cells(("markdown", "# A chapter"), ("code", f"x = 1\n\n{call}"))
    assert str(caught.value) == (
        "error: a title that is bound to a condition is not written out\n"
        "  file:     prøve.ipynb\n"
        "  row:      3\n"
        "  column:   cell 2\n"
        f"  value:    {shown!r}\n"
        "  expected: title and condition as text in quotes, so that they can be checked before anything runs"
    )


def test_a_cell_that_is_no_python_has_no_titles(cells):
    assert texts(cells(("code", 'figure(title="One"'), ("markdown", "Text."))) == ["Text."]


@pytest.mark.parametrize("title", ['f"54 percent of {what}"', '"54 percent" + more'])
def test_a_title_that_is_put_together_is_not_passed_over(cells, title):
    try:
        found = texts(cells(("code", f"figure(title={title})")))
    except SurveybookError as error:
        found = [str(error)]
    assert "54 percent" in "".join(found)


def test_an_error_names_the_place_of_a_sentence(cells):
    of_text, of_title = cells(("markdown", "\n\nText."), ("code", '\nfigure(title="A title")'))
    assert str(of_text.fault("a fault", got="x", expected="y", hint="z")) == (
        "error: a fault\n  file:     prøve.ipynb\n  row:      3\n  column:   cell 1\n"
        "  value:    'x'\n  expected: y\n  hint:     z"
    )
    assert "  row:      2\n  column:   cell 2, a figure's title\n" in str(
        of_title.fault("a fault", got="x", expected="y", hint="z")
    )


# The committed book


def test_the_pages_come_in_the_order_of_the_contents(project):
    (project / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n  - file: chapters/effects\n  - file: chapters/background\n",
        encoding="utf-8",
    )
    files = [sentence.file for sentence in book_sentences(Project(project))]
    assert list(dict.fromkeys(files)) == ["index.md", "chapters/effects.ipynb", "chapters/background.md"]
    assert files == sorted(files, key=["index.md", "chapters/effects.ipynb", "chapters/background.md"].index)


def test_every_sentence_of_the_committed_book_stands_where_it_is_said_to(project):
    found = book_sentences(Project(project))
    assert len(found) > 200 and any(one.is_title for one in found) and any(one.holds for one in found)
    for one in found:
        text = (project / one.file).read_text(encoding="utf-8")
        if one.cell is not None:
            text = "".join(json.loads(text)["cells"][one.cell - 1]["source"])
        rest = text.split("\n")[one.row - 1 :]
        assert one.text in ("\n".join(rest) if one.is_title else rest[0]), f"{one.file}: {one.text}"
