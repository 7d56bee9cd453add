"""A variant runs a chapter again with some parameters changed, and has a page below its chapter's."""

import re
import shutil

import nbformat
import pytest
import yaml

from surveybook.build.checks import check_book
from surveybook.build.contents import chapter_notebooks
from surveybook.build.editions import Run, edition_runs, read_edition
from surveybook.build.notebooks import staged_notebook
from surveybook.build.references import check_references
from surveybook.build.site import stage_book
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project, find_project

FILE = "chapters/editions.yml"
KINDS = {"vive": "simulated"}
TWO = """\

variants:
  robustness:
    dont-knows-inside:
      label: What if don't-knows are counted?
      dont_know: inside
    "2":
      label: "Both: another base, another cut"
      dont_know: outside
      cut_point: wider
"""
LABELS = ["What if don't-knows are counted?", "Both: another base, another cut"]


@pytest.fixture
def runs_with(project):
    """Add variants to the table of editions of a copy, and return all executions of an edition."""

    def read(variants: str, edition: str = "default") -> list[Run]:
        with (project / FILE).open("a", encoding="utf-8") as file:
            file.write(variants)
        book = find_project()
        return edition_runs(book, read_edition(book, edition), read_edition(book, "default"), chapter_notebooks(book))

    return read


def refusal(runs_with, variants: str) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        runs_with(variants)
    assert caught.value.file == FILE
    return caught.value


# Which executions there are


def test_a_variant_follows_its_chapter_with_its_parameters_changed(runs_with):
    runs = runs_with(TWO)
    assert [run.name for run in runs if "robust" in run.name] == [
        "robustness",
        "robustness-dont-knows-inside",
        "robustness-2",
    ]
    own, inside, both = (run for run in runs if run.notebook.stem == "robustness")
    assert own.parameters["dont_know"] == own.parameters["cut_point"] == "as-printed"
    assert inside.parameters == own.parameters | {"dont_know": "inside"}
    assert both.parameters == own.parameters | {"dont_know": "outside", "cut_point": "wider"}
    assert [(run.variant, run.label) for run in (own, inside, both)] == [
        ("", ""),
        ("dont-knows-inside", LABELS[0]),
        ("2", LABELS[1]),
    ]
    assert {run.notebook.name for run in (own, inside, both)} == {"robustness.ipynb"}


def test_a_variant_changes_no_other_chapter(runs_with):
    runs = runs_with(TWO)
    others = [run for run in runs if run.notebook.stem != "robustness"]
    assert others and not any(run.variant or "dont_know" in run.parameters for run in others)


def test_a_variant_of_an_edition_keeps_the_editions_other_values(runs_with):
    brede = (
        "  brede:\n    data_package: data\n    confidence_level: 0.99\n    ci_method: logit\n    differ_points: 5\n"
        "    threshold: 5\n"
        "    dont_know: outside\n    cut_point: stricter\n"
    )
    runs = runs_with(brede + TWO, "brede")
    own, inside, both = (run for run in runs if run.notebook.stem == "robustness")
    assert (own.parameters["dont_know"], own.parameters["cut_point"]) == ("outside", "stricter")
    assert (inside.parameters["dont_know"], inside.parameters["cut_point"]) == ("inside", "stricter")
    assert (both.parameters["dont_know"], both.parameters["cut_point"]) == ("outside", "wider")
    assert {run.parameters["confidence_level"] for run in (own, inside, both)} == {0.99}


@pytest.mark.parametrize("variants", ["", "\nvariants:\n", "\nvariants: {}\n", "\nvariants:\n  robustness:\n"])
def test_without_variants_each_chapter_runs_once(runs_with, variants):
    runs = runs_with(variants)
    assert [run.notebook for run in runs] == chapter_notebooks(find_project())


# What is refused


def test_a_variant_of_no_chapter_is_refused_and_the_chapters_are_named(runs_with):
    error = refusal(runs_with, TWO.replace("  robustness:", "  robustnes:"))
    assert (error.what, error.column) == ("a variant belongs to no chapter", "robustnes")
    assert "'robustness'" in error.expected and "'effects'" in error.expected


@pytest.mark.parametrize(
    ("chapter", "line", "got"),
    [
        ("robustness", "dont_knw: inside", "dont_knw"),
        ("robustness", "Label: x", "Label"),
        ("effects", "dont_know: inside", "dont_know"),
        ("effects", "cut_point: wider", "cut_point"),
    ],
    ids=["misspelt", "a capital", "of another chapter", "another of another chapter"],
)
def test_a_parameter_that_the_chapter_does_not_take_is_named(runs_with, chapter, line, got):
    error = refusal(runs_with, f"\nvariants:\n  {chapter}:\n    other:\n      label: Other\n      {line}\n")
    assert error.what == "a variant changes a parameter that its chapter does not take"
    assert (error.column, error.got) == (f"variants, {chapter}, other", got)
    assert "'differ_points'" in error.expected
    assert ("'dont_know'" in error.expected) == (chapter == "robustness")


@pytest.mark.parametrize(
    ("line", "key", "what", "got"),
    [
        ("dont_know: without", "dont_know", "has an unknown value", "without"),
        ("dont_know: 1", "dont_know", "is of the wrong type", 1),
        ("dont_know:", "dont_know", "is of the wrong type", None),
        ("differ_points: 101", "differ_points", "is out of range", 101),
        ("differ_points: -1", "differ_points", "is out of range", -1),
        ("differ_points: '5'", "differ_points", "is of the wrong type", "5"),
        ("confidence_level: 95", "confidence_level", "is out of range", 95),
    ],
)
def test_a_value_that_cannot_be_is_named_with_the_variant(runs_with, line, key, what, got):
    error = refusal(runs_with, f"\nvariants:\n  robustness:\n    other:\n      label: Other\n      {line}\n")
    assert error.what.endswith(f"other {what}")
    assert (error.column, error.got) == (key, got)


@pytest.mark.parametrize(
    "rest",
    ["\n      dont_know: inside", "\n      label: ''", "\n      label: '  '", "", " inside", " [inside]"],
    ids=["none", "empty", "blanks", "nothing", "a text", "a list"],
)
def test_a_variant_without_a_label_is_refused(runs_with, rest):
    error = refusal(runs_with, f"\nvariants:\n  robustness:\n    other:{rest}\n")
    assert (error.what, error.column) == ("a variant has no label", "variants, robustness, other")
    assert error.expected == "a label, which heads its page, and parameters"


@pytest.mark.parametrize("label", ["", "~"])
def test_a_label_that_is_not_filled_in_is_refused(runs_with, label):
    refusal(runs_with, f"\nvariants:\n  robustness:\n    other:\n      label: {label}\n      dont_know: inside\n")


@pytest.mark.parametrize(
    ("written", "got"),
    [
        ("Other", "Other"),
        ("an other", "an other"),
        ("an_other", "an_other"),
        ("-a", "-a"),
        ("../other", "../other"),
        ("ændret", "ændret"),
        ('""', ""),
        ("2", 2),
        ("yes", True),
    ],
)
def test_a_name_that_is_not_fit_for_an_address_is_refused(runs_with, written, got):
    error = refusal(runs_with, f"\nvariants:\n  robustness:\n    {written}:\n      label: Other\n")
    assert (error.what, error.got) == ("a variant's name is not fit for an address", got)
    assert error.column == f"variants, robustness, {got}"


@pytest.mark.parametrize("variants", ["variants: [robustness]", "variants: yes", "variants:\n  robustness: [inside]"])
def test_variants_of_another_shape_are_refused(runs_with, variants):
    refusal(runs_with, f"\n{variants}\n")


def test_a_variant_named_as_another_chapter_is_refused(project, runs_with):
    (project / "chapters" / "robustness-2.ipynb").write_bytes((project / "chapters" / "effects.ipynb").read_bytes())
    with (project / "_toc.yml").open("a", encoding="utf-8") as file:
        file.write("  - file: chapters/robustness-2\n")
    refusal(runs_with, TWO)


def test_a_label_that_types_a_result_is_refused(project):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write(TWO.replace("Both: another base, another cut", "Most of the 54 leaders"))
    with pytest.raises(SurveybookError):
        check_book(find_project(), "default", print)


def test_a_faulty_variant_turns_the_check_red(project, surveybook):
    with (project / FILE).open("a", encoding="utf-8") as file:
        file.write("\nvariants:\n  robustness:\n    other:\n      label: Other\n      dont_knw: inside\n")
    done = surveybook("check", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:4] == [
        "error: a variant changes a parameter that its chapter does not take",
        f"  file:     {FILE}",
        "  column:   variants, robustness, other",
        "  value:    'dont_knw'",
    ]


# The staged book


@pytest.fixture
def executed(project):
    """The committed chapters, and two copies that stand for the executed variants of one."""
    for path in (project / "chapters" / "appendix").glob("*.ipynb"):
        shutil.copy(path, project / "chapters")
    source = nbformat.read(project / "chapters" / "robustness.ipynb", as_version=4)
    for name in ("dont-knows-inside", "2"):
        for cell in source.cells:
            for output in cell.get("outputs", []):
                for data in output.data.values():
                    if "usermeta" in data:
                        data["usermeta"]["surveybook"]["id"] = f"headlines-{name}"
        source.cells[0].source += "\nProse of another day."
        nbformat.write(source, project / "chapters" / f"robustness-{name}.ipynb")
    return project / "chapters"


@pytest.fixture
def stage(project, executed, runs_with):
    stage_book(find_project(), runs_with(TWO), executed, project / "stage", doubts={}, kinds=KINDS)
    return project / "stage"


def test_the_staged_contents_hold_each_variant_as_a_section_of_its_chapter(project, stage):
    staged, own = (yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf-8")) for folder in (stage, project))
    (chapter,) = [entry for entry in staged["parts"][0]["chapters"] if entry["file"] == "chapters/robustness"]
    assert chapter.pop("sections") == [
        {"file": "chapters/robustness-dont-knows-inside"},
        {"file": "chapters/robustness-2"},
    ]
    # nothing else differs from the contents that authors keep
    assert staged == own


def test_sections_that_a_chapter_has_of_its_own_come_first(project, executed, runs_with):
    contents = (
        "format: jb-book\nroot: index\nparts:\n  - caption: One\n    chapters:\n"
        "      - file: chapters/robustness.ipynb\n        sections:\n          - file: chapters/background\n"
    )
    (project / "_toc.yml").write_text(contents, encoding="utf-8")
    stage_book(find_project(), runs_with(TWO), executed, project / "stage", doubts={}, kinds=KINDS)
    staged = yaml.safe_load((project / "stage" / "_toc.yml").read_text(encoding="utf-8"))
    assert staged["parts"][0]["chapters"][0]["sections"] == [
        {"file": "chapters/background"},
        {"file": "chapters/robustness-dont-knows-inside"},
        {"file": "chapters/robustness-2"},
    ]


def test_a_variants_page_is_headed_by_its_label_and_otherwise_its_own_run(stage):
    pages = [stage / "chapters" / f"robustness{name}.ipynb" for name in ("", "-dont-knows-inside", "-2")]
    first = [nbformat.read(path, as_version=4).cells[0].source.split("\n") for path in pages]
    assert first[0][0].startswith("# ") and first[0][0][2:] not in LABELS
    assert [lines[0] for lines in first[1:]] == [f"# {label}" for label in LABELS]
    # below the heading, the chapter's own text as it is now
    assert first[1][1:] == first[2][1:] == first[0][1:]
    shown = [re.findall(r'"id": "(headlines-[^"]+)"', path.read_text(encoding="utf-8")) for path in pages]
    assert shown[1:] == [["headlines-dont-knows-inside"], ["headlines-2"]]


def test_a_chapters_own_heading_stays(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Own\n\n## Part\n\n# not code")])
    nbformat.write(notebook, tmp_path / "prøve.ipynb")
    chapter = tmp_path / "prøve.ipynb"
    staged = [staged_notebook(chapter, chapter), staged_notebook(chapter, chapter, heading="Other")]
    sources = [nbformat.reads(text, as_version=4).cells[0].source for text in staged]
    assert sources == ["# Own\n\n## Part\n\n# not code", "# Other\n\n## Part\n\n# not code"]


def test_the_committed_contents_name_no_variant(committed):
    root = committed.parent
    text = (root / "_toc.yml").read_text(encoding="utf-8")
    variants = yaml.safe_load((root / FILE).read_text(encoding="utf-8"))["variants"]
    names = [f"{chapter}-{name}" for chapter, named in variants.items() for name in named]
    assert names and [name for name in names if name in text] == []


# What variants paste and what their figures are called


def test_the_figures_of_a_variant_need_names_of_their_own(project, executed, runs_with):
    runs = runs_with(TWO)
    check_references(find_project(), runs, executed)
    own = executed / "robustness.ipynb"
    (executed / "robustness-2.ipynb").write_bytes(own.read_bytes())
    with pytest.raises(SurveybookError, match="two figures have one id") as caught:
        check_references(find_project(), runs, executed)
    assert caught.value.file == "chapters/robustness-2.ipynb"
    assert caught.value.hint.endswith("chapters/robustness.ipynb")


def test_a_number_that_a_variant_does_not_make_ready_is_named_with_its_page(project, executed, runs_with):
    # the chapter's own run makes the number ready, and one variant's
    notebook = nbformat.read(executed / "robustness.ipynb", as_version=4)
    notebook.cells[0].source += "\n{glue}`vive-extent-top2` saw it."
    nbformat.write(notebook, executed / "robustness.ipynb")
    for name in ("robustness", "robustness-dont-knows-inside"):
        notebook = nbformat.read(executed / f"{name}.ipynb", as_version=4)
        glued = nbformat.v4.new_output("display_data", metadata={"scrapbook": {"name": "vive-extent-top2"}})
        next(cell for cell in notebook.cells if cell.cell_type == "code").outputs.append(glued)
        nbformat.write(notebook, executed / f"{name}.ipynb")
    with pytest.raises(SurveybookError, match="pastes what is not there") as caught:
        check_references(find_project(), runs_with(TWO), executed)
    assert (caught.value.file, caught.value.got) == ("chapters/robustness-2.ipynb", "vive-extent-top2")


# The committed variants


def test_every_committed_variant_changes_something_and_no_two_are_alike(committed):
    book = Project(committed.parent)
    default = read_edition(book, "default")
    runs = edition_runs(book, default, default, chapter_notebooks(book))
    variants = [run for run in runs if run.variant]
    assert len(variants) >= 4
    assert all(run.parameters != {name: default[name] for name in run.parameters} for run in variants)
    assert len({str(run.parameters) for run in variants}) == len(variants)
    assert len({run.label for run in variants}) == len({run.name for run in runs if run.variant}) == len(variants)
