"""A chapter loads the survey, asks for estimates and shows figures; it computes and types no result."""

import ast
import re

import pytest

MOST_CELLS = 14
MOST_LINES = 12
FORBIDDEN = ("def ", "groupby", "lambda", "import pandas", "read_csv")
PERCENTAGE = re.compile(r"\d[\d.,–-]*\s*(?:%|pct\b|per\s?cent\b|percent)", re.IGNORECASE)


def is_parameters(cell) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def without_code(text: str) -> str:
    """Drop code between backticks and fenced code; an admonition's fence holds prose and stays."""
    text = re.sub(r"(?ms)^(`{3,})(?!\{)[^\n`]*\n.*?^\1`*\s*$", "", text)
    return re.sub(r"(?<!`)`[^`\n]+`(?!`)", "", text)


def test_a_chapter_has_few_code_cells(code_cells):
    assert 1 <= len(code_cells) <= MOST_CELLS


def calls_alone(cell) -> list[str]:
    """The names of the functions that a cell calls, if it does nothing else."""
    body = ast.parse(cell.source).body
    calls = [part.value for part in body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call)]
    return [ast.unparse(call.func) for call in calls] if len(calls) == len(body) else []


def shows_figures(name: str) -> bool:
    """Whether a function shows a figure, or one figure in each of its breakdowns."""
    return name.startswith("figure_") or name == "show_breakdowns"


def only_names_items(cell) -> bool:
    """Whether a cell is one call that pastes numbers: its items stand on a line each, however many."""
    return calls_alone(cell) == ["paste_numbers"]


def test_after_parameters_and_loading_a_cell_shows_one_figure_or_pastes(code_cells):
    parameters, loading, *others = code_cells
    assert is_parameters(parameters) and "import" in loading.source
    called = [calls_alone(cell) for cell in others]
    assert called
    kept = [names for names in called if names == ["paste_figure"]]
    pasting = [names for names in called if {name.partition("_")[0] for name in names} == {"paste"}]
    pasting = [names for names in pasting if names not in kept]
    figures = [names for names in called if len(names) == 1 and shows_figures(names[0])]
    assert len(pasting) <= 1 and len(pasting) + len(kept) + len(figures) == len(others)


def without_imports(source: str) -> str:
    """A cell's code without its imports, which the formatter may spread over a line for each name."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            lines[node.lineno - 1 : node.end_lineno] = [None] * (node.end_lineno - node.lineno + 1)
    return "\n".join(line for line in lines if line is not None)


def test_a_code_cell_is_short(code_cells):
    others = [without_imports(cell.source) for cell in code_cells if not only_names_items(cell)]
    assert [source for source in others if len(source.splitlines()) > MOST_LINES] == []


def test_a_chapter_neither_computes_nor_defines(code_cells):
    found = [(word, cell.id) for cell in code_cells for word in FORBIDDEN if word in cell.source]
    assert found == []


def test_a_chapter_imports_from_the_package_alone(code_cells):
    nodes = [node for cell in code_cells for node in ast.walk(ast.parse(cell.source))]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    assert modules
    assert {name.partition(".")[0] for name in modules} == {"surveybook"}


def test_one_cell_holds_the_parameters(code_cells):
    assert [is_parameters(cell) for cell in code_cells] == [True] + [False] * (len(code_cells) - 1)


def named_arguments(call: ast.Call, nodes: list[ast.AST]) -> list[tuple[str, ast.expr]]:
    """The named arguments of a call; a mapping that is passed by two stars is written out in an assignment."""
    written = {node.targets[0].id: node.value for node in nodes if isinstance(node, ast.Assign)}
    found = []
    for keyword in call.keywords:
        if keyword.arg is None:
            mapping = written[keyword.value.id]
            found += zip([key.value for key in mapping.keys], mapping.values, strict=True)
        else:
            found.append((keyword.arg, keyword.value))
    return found


def test_a_chapter_loads_estimates_with_all_its_parameters_and_never_a_row(code_cells):
    (parameters,) = [ast.parse(cell.source) for cell in code_cells if is_parameters(cell)]
    taken = [node.targets[0].id for node in parameters.body if isinstance(node, ast.Assign)]
    nodes = [node for cell in code_cells for node in ast.walk(ast.parse(cell.source))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    loads = [call for call in calls if call.func.id.startswith(("load_", "estimate_"))]
    (load,) = [call for call in loads if call.func.id in ("load_estimates", "load_choices", "load_claims")]
    # The texts of the package, which hold no answers, know no other parameter.
    texts = [call for call in loads if call is not load]
    assert {call.func.id for call in texts} <= {"load_context", "load_thematic"}
    assert all([argument.id for argument in call.args] == ["data_package"] for call in texts)
    named = named_arguments(load, nodes)
    assert [value.id for value in load.args] + [value.id for _, value in named] == taken
    assert [name for name, _ in named] == taken[len(load.args) :]
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert modules <= {"surveybook.analyse", "surveybook.disseminate", "surveybook.process"}


def test_no_number_is_typed_in_code(code_cells):
    trees = [ast.parse(cell.source) for cell in code_cells if not is_parameters(cell)]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert [node.value for node in nodes if isinstance(node.value, int | float | complex)] == []


def test_no_percentage_is_typed_in_a_title(code_cells):
    nodes = [node for cell in code_cells for node in ast.walk(ast.parse(cell.source))]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert texts
    assert [text for text in texts if PERCENTAGE.search(text)] == []


def test_no_percentage_is_typed_in_a_chapters_prose(chapter):
    prose = [cell.source for cell in chapter.cells if cell.cell_type == "markdown"]
    assert prose
    assert [text for text in prose if PERCENTAGE.search(without_code(text))] == []


@pytest.mark.parametrize("pattern", ["index.md", "chapters/*.md", "chapters/using/*.md", "chapters/appendix/*.md"])
def test_no_percentage_is_typed_on_a_page(root, pattern):
    pages = sorted(root.glob(pattern))
    assert pages
    found = [page.name for page in pages if PERCENTAGE.search(without_code(page.read_text(encoding="utf-8")))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["54 percent", "54 pct.", "54%", "54 per cent", "31–33 percent", "```{admonition} Note\nIt is 7,5 %.\n```"],
)
def test_a_typed_percentage_would_be_found(text):
    assert PERCENTAGE.search(without_code(text))


@pytest.mark.parametrize("text", ["`54 percent`", "```text\n54 percent\n```", "98 municipalities", "54(3)"])
def test_code_and_other_numbers_are_no_percentages(text):
    assert not PERCENTAGE.search(without_code(text))
