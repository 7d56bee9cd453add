"""A chapter takes parameters that editions have, and holds the default edition's outputs."""

import json
from pathlib import Path

import nbformat
import pytest

from surveybook.build.editions import chapter_parameters
from surveybook.core.errors import SurveybookError

DEFAULT = {
    "data_package": "data",
    "confidence_level": 0.95,
    "ci_method": "wilson",
    "differ_points": 10,
    "threshold": 5,
    "dont_know": "as-printed",
    "cut_point": "as-printed",
}
EDITION = {
    "data_package": "/ægte svar",
    "confidence_level": 0.99,
    "ci_method": "logit",
    "differ_points": 5,
    "threshold": 5,
    "dont_know": "inside",
    "cut_point": "wider",
}
CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "chapters").rglob("*.ipynb"))
CHOICES, OF_CHOICES = ("dont_know", "cut_point"), "robustness"
NAMES = (
    "one of 'ci_method', 'confidence_level', 'cut_point', 'data_package', 'differ_points', 'dont_know', 'threshold'"
)


@pytest.fixture
def chapter(project):
    """Write a chapter with one code cell; tagged as the parameters unless told otherwise."""

    def write(source, tags=("parameters",)):
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
        notebook = nbformat.v4.new_notebook(
            cells=[cell], metadata={"kernelspec": {"name": "python3", "display_name": "P"}}
        )
        notebook.metadata["language_info"] = {"name": "python"}
        path = project / "chapters" / "prøve.ipynb"
        nbformat.write(notebook, path)
        return path

    return write


def refusal(chapter) -> str:
    with pytest.raises(SurveybookError) as caught:
        chapter_parameters(chapter, EDITION, DEFAULT)
    return str(caught.value)


def test_a_chapter_gets_the_editions_values_of_what_it_takes(chapter):
    path = chapter('data_package = "data"\nconfidence_level = 0.95')
    assert chapter_parameters(path, EDITION, DEFAULT) == {"data_package": "/ægte svar", "confidence_level": 0.99}


@pytest.mark.parametrize("source", ["data_package = 'data'", 'data_package = "data"  # the folder'])
def test_quotes_and_comments_do_not_matter(chapter, source):
    assert chapter_parameters(chapter(source), EDITION, DEFAULT) == {"data_package": "/ægte svar"}


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [('data_pakage = "data"', "data_pakage", "'\"data\"'"), ("breakdown = 1", "breakdown", "'1'")],
)
def test_an_unknown_parameter_is_named(chapter, source, name, value):
    assert refusal(chapter(f"differ_points = 10\n{source}")) == (
        "error: a chapter takes a parameter that no edition has\n"
        "  file:     chapters/prøve.ipynb\n"
        f"  column:   {name}\n"
        f"  value:    {value}\n"
        f"  expected: {NAMES}\n"
        "  hint:     correct its name, or explain it in chapters/editions.yml"
    )


@pytest.mark.parametrize(
    ("source", "tags"),
    [('data_package = "data"', ()), ('data_package = "data"', ("parameter",)), ("# none yet", ("parameters",))],
    ids=["no tag", "a misspelt tag", "an empty cell"],
)
def test_a_chapter_without_parameters_is_refused(chapter, source, tags):
    assert refusal(chapter(source, tags)) == (
        "error: a chapter has no parameters\n"
        "  file:     chapters/prøve.ipynb\n"
        "  expected: one cell tagged `parameters` that gives each parameter its default"
    )


@pytest.mark.parametrize(
    ("source", "name", "value", "expected"),
    [
        ("confidence_level = 0.9", "confidence_level", "'0.9'", "0.95"),
        ('ci_method = "logit"', "ci_method", "'\"logit\"'", "'wilson'"),
        ('differ_points = "10"', "differ_points", "'\"10\"'", "10"),
    ],
)
def test_a_default_that_is_not_the_default_editions_is_refused(chapter, source, name, value, expected):
    lines = refusal(chapter(source)).splitlines()
    assert lines[:5] == [
        "error: a chapter's default is not the default edition's",
        "  file:     chapters/prøve.ipynb",
        f"  column:   {name}",
        f"  value:    {value}",
        f"  expected: {expected}",
    ]


def changed(content: bytes, change) -> bytes:
    notebook = json.loads(content)
    change(notebook)
    return json.dumps(notebook).encode()


BROKEN = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "a text": lambda content: b"differ_points = 10\n",
    "marks of a merge": lambda content: b"<<<<<<< HEAD\n" + content,
    "no keys": lambda content: b"{}",
    "no cells": lambda content: changed(content, lambda notebook: notebook.pop("cells")),
    "a list": lambda content: b"[]",
    "not UTF-8": lambda content: content.replace(b"differ_points", "prøve".encode("latin-1")),
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_a_chapter_that_is_no_notebook_is_refused(chapter, spoil):
    path = chapter("differ_points = 10")
    path.write_bytes(spoil(path.read_bytes()))
    lines = refusal(path).splitlines()
    assert lines[:2] == ["error: a chapter is not a notebook", "  file:     chapters/prøve.ipynb"]
    assert lines[-2:] == [
        "  expected: a Jupyter notebook",
        "  hint:     restore the file, or save it again from an editor for notebooks",
    ]


def test_a_chapter_without_a_kernel_is_refused_by_name(chapter):
    path = chapter("differ_points = 10")
    path.write_bytes(changed(path.read_bytes(), lambda notebook: notebook["metadata"].pop("kernelspec")))
    assert "  file:     chapters/prøve.ipynb" in refusal(path).splitlines()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_committed_chapter_takes_every_parameter_and_the_one_on_choices_takes_the_choices_too(path):
    taken = EDITION if path.stem == OF_CHOICES else {name: EDITION[name] for name in EDITION if name not in CHOICES}
    assert chapter_parameters(path, EDITION, DEFAULT) == taken


def test_there_is_a_chapter_on_choices():
    assert OF_CHOICES in [path.stem for path in CHAPTERS]
