"""The committed chapters hold their outputs, and nothing that differs between two runs."""

import json
import re

import pytest

from surveybook.build.notebooks import execute_chapter

VEGALITE = "application/vnd.vegalite.v6+json"
FIGURE = {VEGALITE, "image/svg+xml", "text/plain"}
PANEL_MIME = "application/vnd.surveybook.panel+json"
PANEL = {PANEL_MIME, "text/plain"}  # of a figure without a chart
RECORD = "application/papermill.record/"
BREAKDOWNS = "show_breakdowns("  # the one function that displays several figures
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
TRACES = {
    "a time of day": r"\b\d{1,2}:\d{2}:\d{2}\b",
    "a date and time": r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d|\b)",
    "an absolute path": r"(?<![\w:/.<)])/[\w.-]+/[\w.-]",
    "a path of Windows": r"\b[A-Za-z]:\\+\w",
    "an address of memory": r"\b0x[0-9a-fA-F]{6,}",
    "an id of a run": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}",
    "a version of Python": r"\b3\.1\d(?:\.\d+)?\b(?!\d|px)",
    "an object without words": r"<[\w.]+ object",
}


def traces(text: str) -> list[str]:
    return [f"{name}: {found[0]}" for name, pattern in TRACES.items() if (found := re.search(pattern, text))]


def texts(data) -> list[str]:
    """Every text in a nested output; numbers are those of the chart."""
    if isinstance(data, dict):
        return [text for key, value in data.items() for text in [key, *texts(value)]]
    if isinstance(data, list):
        return [text for value in data for text in texts(value)]
    return [data] if isinstance(data, str) else []


def test_every_code_cell_was_executed_in_order(code_cells):
    assert [cell.execution_count for cell in code_cells] == list(range(1, len(code_cells) + 1))
    results = [
        (output.execution_count, cell)
        for cell in code_cells
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert all(count == cell.execution_count for count, cell in results)


def test_a_figure_is_there_for_page_code_host_and_terminal(code_cells):
    figures = [cell for cell in code_cells if "hide-input" in cell.metadata.get("tags", [])]
    assert figures
    several = [cell for cell in figures if cell.source.startswith(BREAKDOWNS)]
    # The rows are simulated, so a share is broken down by role and field alone.
    assert [len(cell.outputs) for cell in figures] == [2 if cell in several else 1 for cell in figures]
    assert all(set(output.data) in (FIGURE, PANEL) for cell in figures for output in cell.outputs)
    shown = [cell.id for cell in code_cells if cell.source.startswith(("figure_", BREAKDOWNS))]
    assert shown == [cell.id for cell in figures]


def test_a_cell_with_several_figures_has_them_chosen_among_and_any_other_has_none(code_cells):
    for cell in code_cells:
        outputs = [output.data for output in cell.outputs if VEGALITE in output.data]
        about = [data[VEGALITE]["usermeta"]["surveybook"] for data in outputs]
        if not cell.source.startswith(BREAKDOWNS):
            assert [one["id"] for one in about if "view" in one] == []
            continue
        (name,) = re.findall(r'figure_id="([^"]+)"', cell.source)
        views = [[name, "role", "Role"], [name, "field", "Field"]]
        assert [one["view"] for one in about] == views
        assert [one["id"] for one in about] == [f"{name}-by-role", f"{name}-by-field"]
        assert all(one["open"] for one in about)


def pastes(cells) -> bool:
    """Whether a chapter has a cell that makes numbers ready for pasting; one on choices alone has none."""
    return any(cell.source.startswith("paste_") for cell in cells)


def test_no_cell_failed_or_wrote_to_the_terminal(code_cells):
    kinds = {output.output_type for cell in code_cells for output in cell.outputs}
    assert kinds == {"execute_result"} | ({"display_data"} if pastes(code_cells) else set())


def test_outputs_are_figures_and_pasted_numbers_alone(code_cells):
    found = [set(output.data) for cell in code_cells for output in cell.outputs]
    numbers = {f"{RECORD}text/html", f"{RECORD}text/plain"}
    kept = [{RECORD + mime for mime in figure} for figure in (FIGURE, PANEL)]  # to be pasted on another page
    assert [one for one in found if one not in (FIGURE, PANEL, numbers, *kept)] == []
    assert (numbers in found) == pastes(code_cells)


def test_the_metadata_hold_nothing_of_a_run(chapter, code_cells):
    assert chapter.metadata == {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    assert {key for cell in chapter.cells for key in cell.metadata} <= {"tags", "mystnb"}
    outputs = [output for cell in chapter.cells for output in cell.get("outputs", [])]
    assert {key for output in outputs for key in output.metadata} == ({"scrapbook"} if pastes(code_cells) else set())
    glued = [output.metadata.scrapbook for output in outputs if output.metadata]
    assert bool(glued) == pastes(code_cells)
    assert {key for record in glued for key in record} <= {"mime_prefix", "name"}


def test_a_committed_figure_has_no_doubt(code_cells):
    outputs = [output.data for cell in code_cells for output in cell.outputs]
    figures = [data[mime] for data in outputs for mime in (VEGALITE, PANEL_MIME) if mime in data]
    about = [figure["usermeta"]["surveybook"] for figure in figures]
    assert about and [one["id"] for one in about if "doubt" in one] == []


def test_a_committed_figure_holds_the_condition_that_its_cell_binds_it_to(code_cells):
    for cell in code_cells:
        bound = re.search(r'^ +holds="([^"]+)",$', cell.source, re.MULTILINE)
        for output in cell.outputs:
            if VEGALITE in output.data:
                about = output.data[VEGALITE]["usermeta"]["surveybook"]
                assert about.get("holds") == (bound[1] if bound else None)


def test_a_cells_id_is_a_name_and_not_drawn_at_random(chapter):
    ids = [cell.id for cell in chapter.cells]
    assert [name for name in ids if not re.fullmatch(r"(code|text)-\d{2}", name)] == []
    assert len(set(ids)) == len(ids)


def test_outputs_hold_nothing_that_differs_between_two_runs(chapter):
    outputs = [output for cell in chapter.cells for output in cell.get("outputs", [])]
    found = {trace for output in outputs for text in texts([output.data, output.metadata]) for trace in traces(text)}
    assert found == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("made at 12:30:05", "a time of day"),
        ("2026-01-31T12", "a date and time"),
        ("in /home/me/book", "an absolute path"),
        ('href="/srv/data/x"', "an absolute path"),
        ("C:\\Users\\me", "a path of Windows"),
        ("<Figure at 0x7f96d3291850>", "an address of memory"),
        ("1b4e28ba-2fa1-11d2-883f-0016d3cca427", "an id of a run"),
        ("Python 3.11.7", "a version of Python"),
        ("<surveybook.disseminate.figures.Figure object>", "an object without words"),
    ],
)
def test_each_kind_of_trace_would_be_found(text, name):
    assert name in [trace.partition(":")[0] for trace in traces(text)]


def test_the_file_is_written_as_the_build_writes_it(root, chapter, request):
    path = request.node.callspec.params["chapter"]
    written = json.dumps(json.loads(path.read_bytes()), ensure_ascii=False, indent=1) + "\n"
    assert path.read_text(encoding="utf-8") == written


def test_a_chapter_executed_again_has_the_committed_bytes(root, tmp_path):
    source = root / "chapters" / "welfare-innovations.ipynb"
    execute_chapter(source, tmp_path / "again.ipynb", {}, tmp_path / "reads.txt")
    assert (tmp_path / "again.ipynb").read_bytes() == source.read_bytes()
