"""What pages paste, and what figures are called, is checked before the site is made."""

from __future__ import annotations

import json
import shutil

import pytest

from surveybook.build.contents import chapter_notebooks
from surveybook.build.editions import Run
from surveybook.build.references import check_references
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import find_project


@pytest.fixture
def executed(project):
    """The committed chapters hold their outputs, so they stand for executed ones, which lie in one folder."""
    for path in (project / "chapters" / "appendix").glob("*.ipynb"):
        shutil.copy(path, project / "chapters")
    return project / "chapters"


def check(executed, *variants):
    """Check the book whose chapters are each run once, and variants of some."""
    project = find_project()
    check_references(project, [*(Run(path, {}) for path in chapter_notebooks(project)), *variants], executed)


def test_the_committed_book_fits_together(project, executed):
    check(executed)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("index.md", "vive-response-invited-count", "vive-response-invited-cuont", "vive-response-invited-count"),
        ("index.md", "chapters/method.ipynb::", "chapters/metod.ipynb::", "chapters/metod.ipynb"),
        ("chapters/conclusion.md", "::vive-extent-top2", "::vive-extent-top3", "paste_numbers"),
        ("chapters/effects.ipynb", "{glue}`vive-wellbeing-agree`", "{glue}`vive-room-agree`", "paste_numbers"),
    ],
)
def test_a_number_that_is_not_there_is_named_with_its_page(project, executed, edit_text, file, old, new, words):
    edit_text(project / file, old, new)
    with pytest.raises(SurveybookError, match="pastes what is not there") as caught:
        check(executed)
    assert caught.value.file == file and words in str(caught.value)


def test_a_chapters_prose_is_read_as_it_is_now_and_not_as_it_was_when_it_was_executed(project, tmp_path, edit_text):
    old = shutil.copytree(project / "chapters", tmp_path / "executed")
    for path in (old / "appendix").glob("*.ipynb"):
        shutil.copy(path, old)
    # an older execution has a slip of the pen that was mended since
    edit_text(old / "effects.ipynb", "{glue}`vive-wellbeing-agree`", "{glue}`vive-room-agree`")
    check(old)
    edit_text(project / "chapters" / "effects.ipynb", "{glue}`vive-wellbeing-agree`", "{glue}`vive-room-agree`")
    with pytest.raises(SurveybookError, match="pastes what is not there"):
        check(old)


def test_two_figures_of_one_id_are_refused(project, executed):
    notebook = json.loads((executed / "effects.ipynb").read_text(encoding="utf-8"))
    figure = next(c for c in notebook["cells"] if c.get("outputs") and "hide-input" in c["metadata"].get("tags", []))
    notebook["cells"].append({**figure, "id": "copied"})
    (executed / "effects.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(SurveybookError, match="two figures have one id") as caught:
        check(executed)
    assert caught.value.got == "effects" and "chapters/effects.ipynb" in caught.value.hint


def test_a_figure_of_another_chapter_is_seen_too(project, executed):
    shutil.copy(executed / "effects.ipynb", executed / "drivers.ipynb")
    with pytest.raises(SurveybookError):
        check(executed)


# Pasted figures

PASTED = "```{paste-figure} chapters/effects.ipynb::landing-effects"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("```{paste-figure} chapters/effects.ipynb::landing-efects", "chapters/effects.ipynb::landing-efects"),
        ("```{paste-figure} chapters/efects.ipynb::landing-effects", "chapters/efects.ipynb::landing-effects"),
        (":::{paste-figure} chapters/effects.ipynb::effects", "chapters/effects.ipynb::effects"),  # shown, not kept
        ("````{paste-figure}   landing-effects", "landing-effects"),
    ],
    ids=["unknown", "of an unknown chapter", "not kept", "of no chapter"],
)
def test_a_pasted_figure_that_no_chapter_keeps_is_named_with_its_page(project, executed, edit_text, line, key):
    edit_text(project / "index.md", PASTED, line)
    with pytest.raises(SurveybookError, match="pastes what is not there") as caught:
        check(executed)
    assert (caught.value.file, caught.value.got) == ("index.md", key)
    assert "paste_figure" in caught.value.hint


@pytest.mark.parametrize("line", [PASTED, PASTED.replace("```", ":::"), PASTED.replace("```", "`````")])
def test_a_kept_figure_may_be_pasted_by_any_fence(project, executed, edit_text, line):
    edit_text(project / "index.md", PASTED, line)
    check(executed)


def test_a_kept_figure_has_no_name_of_another(project, executed):
    notebook = json.loads((executed / "effects.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    kept = [
        content["usermeta"]["surveybook"]
        for output in outputs
        for mime, content in output.get("data", {}).items()
        if mime == "application/papermill.record/application/vnd.vegalite.v6+json"
    ]
    (about,) = kept
    assert about["id"] == "landing-effects"
    about["id"] = "effects"
    (executed / "effects.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(SurveybookError, match="two figures have one id") as caught:
        check(executed)
    assert caught.value.got == "effects"
