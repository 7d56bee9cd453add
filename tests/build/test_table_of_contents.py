"""The order of the book stands in _toc.yml alone."""

import pytest

from surveybook.build.contents import chapter_notebooks, toc_files
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project


def test_the_files_come_in_their_order_with_their_suffix(project):
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/drivers\n  - file: chapters/background\n"
    (project / "_toc.yml").write_text(toc + "  - file: chapters/effects\n", encoding="utf-8")
    assert toc_files(Project(project)) == [
        "index.md",
        "chapters/drivers.ipynb",
        "chapters/background.md",
        "chapters/effects.ipynb",
    ]


def test_parts_and_sections_are_followed_and_addresses_are_not(project):
    (project / "_toc.yml").write_text(
        "format: jb-book\n"
        "root: index.md\n"
        "parts:\n"
        "  - caption: First\n"
        "    chapters:\n"
        "      - file: chapters/method.ipynb\n"
        "        sections:\n"
        "          - file: chapters/conclusion\n"
        "      - url: https://example.org\n"
        "  - caption: Second\n"
        "    chapters:\n"
        "      - file: chapters/effects\n",
        encoding="utf-8",
    )
    assert toc_files(Project(project)) == [
        "index.md",
        "chapters/method.ipynb",
        "chapters/conclusion.md",
        "chapters/effects.ipynb",
    ]


def test_the_chapters_to_execute_are_the_notebooks_in_their_order(project):
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/effects\n  - file: chapters/background\n"
    (project / "_toc.yml").write_text(toc + "  - file: chapters/discussion\n", encoding="utf-8")
    chapters = project / "chapters"
    assert chapter_notebooks(Project(project)) == [chapters / "effects.ipynb", chapters / "discussion.ipynb"]


@pytest.mark.parametrize(
    ("old", "new", "value", "expected"),
    [
        ("chapters/drivers", "chapters/divers", "chapters/divers", "chapters/divers.md or chapters/divers.ipynb"),
        ("chapters/drivers", "chapters/drivers.md", "chapters/drivers.md", "chapters/drivers.md"),
        ("root: index", "root: intro", "intro", "intro.md or intro.ipynb"),
    ],
)
def test_a_file_that_is_not_there_is_named(project, edit_text, old, new, value, expected):
    edit_text(project / "_toc.yml", old, new)
    with pytest.raises(SurveybookError) as caught:
        toc_files(Project(project))
    assert str(caught.value) == (
        "error: the table of contents names a file that is not there\n"
        "  file:     _toc.yml\n"
        f"  value:    {value!r}\n"
        f"  expected: {expected}"
    )


def test_a_broken_table_of_contents_names_the_row(project, edit_text):
    row = edit_text(project / "_toc.yml", "  - file: chapters/drivers", "   - file: chapters/drivers")
    with pytest.raises(SurveybookError) as caught:
        toc_files(Project(project))
    assert str(caught.value).splitlines()[1:3] == ["  file:     _toc.yml", f"  row:      {row}"]
