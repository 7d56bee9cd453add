"""What is kept of an executed chapter, what the site gets of it, and what a failing one says."""

import re
from base64 import b64decode

import nbformat
import pytest

from surveybook.build.notebooks import add_pictures, clean_notebook, execute_chapter, staged_notebook
from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_scale, figure_shares
from surveybook.disseminate.figure import make_panel

FIGURE = "application/vnd.vegalite.v6+json"
PICTURE = "image/svg+xml"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def write(path, *cells):
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": KERNEL})
    notebook.metadata["language_info"] = {"name": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def code(source, **metadata):
    return nbformat.v4.new_code_cell(source, metadata=metadata)


PARAMETERS = code("differ_points = 10", tags=["parameters"])
WORDS, NEW_WORDS = (nbformat.v4.new_markdown_cell(text) for text in ("Few saw it.", "Many saw it."))


def failure(source, target, parameters) -> str:
    with pytest.raises(SurveybookError) as caught:
        execute_chapter(source, target, parameters, target.parent.parent / "reads.txt")
    # neither half a chapter nor a scratch file is left for the next step to find
    assert sorted(path.name for path in target.parent.iterdir()) == []
    return str(caught.value)


@pytest.mark.parametrize("parameters", [{}, {"differ_points": 5}], ids=["with its defaults", "with an edition's"])
def test_a_failing_chapter_names_chapter_cell_and_reason(project, tmp_path, parameters):
    chapter = write(
        project / "chapters" / "prøve.ipynb", PARAMETERS, code("missing = {}\nmissing['svar']"), code("1 + 1")
    )
    assert failure(chapter, tmp_path / "out" / "prøve.ipynb", parameters) == (
        "error: a chapter failed\n"
        "  file:     chapters/prøve.ipynb\n"
        "  column:   code cell 2\n"
        "  value:    \"KeyError: 'svar'\"\n"
        "  hint:     open the chapter and run this cell"
    )


def test_an_error_of_the_book_inside_a_chapter_is_shown_as_it_is(project, tmp_path):
    source = "from surveybook.process import load_surveys\nload_surveys('dta')"
    chapter = write(project / "chapters" / "prøve.ipynb", code(source, tags=["parameters"]))
    text = failure(chapter, tmp_path / "out" / "prøve.ipynb", {})
    assert text.startswith("error: a chapter failed\n  file:     chapters/prøve.ipynb\n  column:   code cell 1\n")
    assert text.count("error: there is no data package here") == 1
    assert "  file:     dta/datapackage.json" in text.splitlines()
    assert "Traceback" not in text


def test_a_chapter_runs_in_its_own_folder_and_gets_the_editions_values(project, tmp_path):
    source = "import os\nprint(os.path.basename(os.getcwd()), differ_points)"
    chapter = write(project / "chapters" / "prøve.ipynb", PARAMETERS, code(source))
    before = chapter.read_bytes()
    execute_chapter(chapter, tmp_path / "out" / "prøve.ipynb", {"differ_points": 5}, tmp_path / "reads.txt")
    executed = nbformat.read(tmp_path / "out" / "prøve.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text == "chapters 5\n"
    assert chapter.read_bytes() == before


def test_cleaning_drops_what_differs_between_two_runs():
    cell = code("1 + 1", papermill={"duration": 0.1}, execution={"iopub.execute_input": "noon"}, tags=[])
    kept = code("2 + 2", tags=["hide-input"], mystnb={"image": {"alt": "dots"}})
    notebook = nbformat.v4.new_notebook(cells=[cell, kept, nbformat.v4.new_markdown_cell("words")])
    notebook.metadata.update(
        kernelspec=KERNEL,
        papermill={"start_time": "noon", "output_path": "/tmp/x"},
        language_info={"name": "python", "version": "3.11.7", "pygments_lexer": "ipython3"},
    )
    clean_notebook(notebook)
    assert notebook.metadata == {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    assert [cell.metadata for cell in notebook.cells] == [
        {},
        {"tags": ["hide-input"], "mystnb": {"image": {"alt": "dots"}}},
        {},
    ]


@pytest.fixture
def executed(tmp_path):
    """A chapter as papermill leaves it: an injected cell, a figure of ours and another chart."""

    def chart(usermeta):
        data = {FIGURE: {"mark": "bar", **usermeta}, PICTURE: "<svg/>", "text/plain": "a chart"}
        return nbformat.v4.new_output("execute_result", data)

    ours, other = code("ours"), code("other")
    ours.outputs = [chart({"usermeta": {"surveybook": {"id": "extent"}}})]
    other.outputs = [chart({})]
    injected = code("x = 1", tags=["injected-parameters"])
    return write(tmp_path / "done" / "prøve.ipynb", PARAMETERS, WORDS, injected, ours, other)


@pytest.fixture
def source(tmp_path):
    """The chapter as its author has it now: another sentence, and outputs of another day."""
    ours, other = code("ours"), code("other")
    ours.outputs = [nbformat.v4.new_output("stream", text="an old number")]
    return write(tmp_path / "chapters" / "prøve.ipynb", PARAMETERS, NEW_WORDS, ours, other)


@pytest.fixture
def staged(source, executed):
    return nbformat.reads(staged_notebook(source, executed), as_version=4)


def test_the_page_does_not_show_the_injected_cell(staged):
    assert [cell.metadata.get("tags", []) for cell in staged.cells] == [["parameters"], [], [], []]


def test_the_page_has_the_prose_of_now_and_the_outputs_as_executed(staged):
    assert [cell.source for cell in staged.cells] == ["differ_points = 10", NEW_WORDS.source, "ours", "other"]
    assert [output.output_type for output in staged.cells[2].outputs] == ["execute_result"]


def test_the_page_gets_a_figures_specification_and_no_second_picture_or_text(staged):
    (output,) = staged.cells[2].outputs
    assert list(output.data) == [FIGURE]


def test_a_chart_that_is_not_ours_is_left_as_it_is(staged, executed):
    (output,) = staged.cells[3].outputs
    assert sorted(output.data) == [FIGURE, PICTURE, "text/plain"]
    assert output.metadata == {}


def test_staging_leaves_the_chapter_and_the_executed_one_as_they_are(source, executed):
    before = source.read_bytes(), executed.read_bytes()
    staged_notebook(source, executed)
    assert (source.read_bytes(), executed.read_bytes()) == before


# Pictures


@pytest.fixture(scope="module")
def drawn(estimates, tmp_path_factory):
    """Outputs of an executed chapter with their pictures: two charts, one of them glued, a panel, another's chart."""
    shown = figure_shares(estimates, "vive", ["motivation"], figure_id="shown", title="A title of its own")
    glued = figure_scale(estimates, "vive", "extent", figure_id="glued", title="Another")
    panel = make_panel("panel", "A panel", table=(("a",), ("b",)), rests="x", caption="")
    bundles = [shown._repr_mimebundle_(), panel._repr_mimebundle_(), {FIGURE: {"mark": "bar"}, "text/plain": "x"}]
    outputs = [nbformat.v4.new_output("execute_result", data) for data in bundles]
    record = {f"application/papermill.record/{mime}": value for mime, value in glued._repr_mimebundle_().items()}
    scrap = {"scrapbook": {"name": "glued", "mime_prefix": "application/papermill.record/"}}
    outputs.append(nbformat.v4.new_output("display_data", record, metadata=scrap))
    cell = code("figures")
    cell.outputs = outputs
    folder = tmp_path_factory.mktemp("drawn")
    chapter = write(folder / "prøve.ipynb", cell)
    add_pictures(chapter)
    texts = chapter.read_text(encoding="utf-8"), staged_notebook(chapter, chapter)
    read = [nbformat.reads(text, as_version=4) for text in texts]
    return [notebook.cells[0].outputs for notebook in read]


def words_of(svg: str) -> str:
    """The words that a picture shows; its text alternative is not among them."""
    return " ".join(re.findall("<text[^>]*>(.*?)</text>", svg))


def test_a_charts_pictures_are_drawn_once_and_reach_the_page(drawn):
    for outputs in drawn:
        shown, panel, other, glued = outputs
        assert shown.metadata.keys() == {"surveybook_pictures"}
        assert glued.metadata.keys() == {"surveybook_pictures", "scrapbook"}
        assert panel.metadata == other.metadata == {}
    assert [output.metadata for output in drawn[0]] == [output.metadata for output in drawn[1]]


def test_the_page_gets_a_glued_figures_specification_alone(drawn):
    assert list(drawn[1][3].data) == [f"application/papermill.record/{FIGURE}"]


def test_the_whole_picture_is_the_executed_one_and_the_pages_has_no_title(drawn, estimates):
    shown, _, _, glued = drawn[0]
    pictures = shown.metadata["surveybook_pictures"]
    assert pictures["svg"] == shown.data[PICTURE]
    assert "A title of its own" in words_of(pictures["svg"]) and "A title" not in words_of(pictures["plain"])
    assert glued.metadata["surveybook_pictures"]["svg"] == glued.data[f"application/papermill.record/{PICTURE}"]
    for picture in (pictures["svg"], pictures["plain"]):
        assert "71%" in words_of(picture)


def test_the_picture_of_points_is_the_whole_one_at_twice_its_size(drawn):
    pictures = drawn[0][0].metadata["surveybook_pictures"]
    png = b64decode(pictures["png"])
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    size = [int.from_bytes(png[at : at + 4]) for at in (16, 20)]  # of its first block
    opening = pictures["svg"].split(">", 1)[0]
    assert size == [round(2 * float(re.search(rf' {key}="([\d.]+)"', opening)[1])) for key in ("width", "height")]
