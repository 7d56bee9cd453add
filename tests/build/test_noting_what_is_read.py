"""What a chapter reads is noted by name and content, whoever opens it; nothing is, where no build asks."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

VARIABLE = "SURVEYBOOK_READS"
BEGIN = "import surveybook.core.reads as reads; reads.watch_files()\n"


@pytest.fixture
def noted(project, tmp_path):
    """Run some code in the chapters' folder of a copy, as a kernel does; return what was noted, name to sha256."""
    notes = tmp_path / "reads.txt"

    def run(code: str, *, asked: bool = True, folder: Path = project / "chapters") -> dict[str, str]:
        notes.unlink(missing_ok=True)
        env = {name: value for name, value in os.environ.items() if name != VARIABLE}
        env |= {VARIABLE: str(notes)} if asked else {}
        subprocess.run([sys.executable, "-c", BEGIN + code], cwd=folder, env=env, check=True)
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
        assert all(line[64:66] == "  " for line in lines)
        names = [line[66:] for line in lines]
        assert len(names) == len(set(names)), "noted once"
        return dict(zip(names, (line[:64] for line in lines), strict=True))

    return run


def sha256(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


# Files


@pytest.mark.parametrize(
    "code",
    [
        "open('egne tal.csv').read()",
        "from pathlib import Path; Path('egne tal.csv').read_bytes()",
        "import pandas; pandas.read_csv('egne tal.csv')",
        "import numpy; numpy.loadtxt('egne tal.csv', skiprows=1)",
        "import csv; list(csv.reader(open('../chapters/egne tal.csv')))",
        "import os; os.read(os.open('egne tal.csv', os.O_RDONLY), 9)",
        "open('egne tal.csv', 'r+b').read()",
        "open('genvej.csv').read()",
    ],
    ids=["open", "pathlib", "pandas", "numpy", "by another way", "the system's call", "to change it", "a link"],
)
def test_a_file_of_the_checkout_is_noted_whoever_opens_it(project, noted, code):
    file = project / "chapters" / "egne tal.csv"
    file.write_bytes(b"a\n1\n")
    (project / "chapters" / "genvej.csv").symlink_to(file)
    assert noted(code) == {"file chapters/egne tal.csv": sha256(b"a\n1\n")}


def test_a_module_of_the_authors_is_noted_by_its_source_also_when_it_was_compiled(project, noted):
    helper = project / "chapters" / "hjælper.py"
    helper.write_text("VALUE = 1\n", encoding="utf-8")
    expected = {"file chapters/hjælper.py": sha256(helper.read_bytes())}
    code = "import sys; sys.dont_write_bytecode = False; import hjælper"
    assert noted(code) == expected
    assert [*(project / "chapters" / "__pycache__").glob("hjælper.*.pyc")], "the second run finds it compiled"
    assert noted(code) == expected


def test_what_is_written_lies_elsewhere_or_is_made_by_a_build_is_no_source(project, noted, tmp_path):
    (project / "_build").mkdir()
    for folder in (project / "_build", tmp_path):
        (folder / "x.txt").write_text("x", encoding="utf-8")
    code = f"open('ny.txt', 'w').write('x'); open('../_build/x.txt').read(); open({str(tmp_path / 'x.txt')!r}).read()"
    assert noted(code) == {}


def test_a_file_that_is_not_there_is_not_noted(noted):
    assert noted("try: open('mangler.csv')\nexcept FileNotFoundError: pass") == {}


# The data package

LOAD = "from surveybook.process.package import load_package; from pathlib import Path\n"
LOAD += "package = load_package(Path('../data').resolve())\n"


def test_the_description_is_noted_without_its_signatures_and_a_data_file_by_its_bytes(project, noted, edit_resource):
    code = LOAD + "package.read(package.resource('timeline'))"
    before = noted(code)
    assert set(before) == {"description of the data package", "data timeline"}
    assert before["data timeline"] == sha256((project / "data" / "context" / "timeline.csv").read_bytes())
    # a signature tells no more than the file that it signs; all else of the description is noted
    edit_resource(project / "data", "innovations", {"hash": f"sha256:{'0' * 64}", "bytes": 1})
    assert noted(code) == before
    edit_resource(project / "data", "innovations", {"title": "Another title"})
    after = noted(code)
    assert after.pop("description of the data package") != before.pop("description of the data package")
    assert after == before


# The codebook

READ = LOAD + "from surveybook.process.codebook import read_codebook\nbook = read_codebook(package)\n"


def rows(project: Path, table: str) -> list[dict[str, str]]:
    with (project / "data" / "codebook" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_reading_the_codebook_notes_its_structure_and_no_word(noted):
    assert set(noted(READ)) == {"description of the data package", "codebook without its words"}


@pytest.mark.parametrize(
    ("code", "name", "table", "row", "column"),
    [
        ("book.surveys['vive'].label_en", "survey vive label_en", "surveys", {"survey": "vive"}, "label_en"),
        ("book.surveys['fh'].terms", "survey fh terms", "surveys", {"survey": "fh"}, "terms"),
        (
            "book.item('vive', 'extent').wording_da",
            "item vive/extent wording_da",
            "items",
            {"survey": "vive", "item": "extent"},
            "wording_da",
        ),
        (
            "book.options['degree'][0].label_da",
            "option degree/1 label_da",
            "options",
            {"option_list": "degree", "value": "1"},
            "label_da",
        ),
        (
            "book.option_sets['degree'][0].label_en",
            "optionset degree/top2 label_en",
            "option_sets",
            {"option_list": "degree", "option_set": "top2"},
            "label_en",
        ),
    ],
)
def test_a_word_of_the_codebook_is_noted_when_it_is_shown(project, noted, code, name, table, row, column):
    (found,) = [one for one in rows(project, table) if row.items() <= one.items()]
    texts = {name: sha for name, sha in noted(READ + code).items() if name.startswith("text ")}
    assert texts == {f"text {name}": sha256(found[column])}


def test_a_copy_of_a_row_and_its_printed_form_note_their_words_too(noted):
    copied = READ + "from dataclasses import replace\nreplace(book.surveys['vive'], mode='by letter')"
    assert "text survey vive label_en" in noted(copied)
    assert "text item vive/extent label_en" in noted(READ + "repr(book.item('vive', 'extent'))")
    assert "text item vive/extent label_en" in noted(
        READ + "book.item('vive', 'extent') == book.item('vive', 'kind')"
    )


@pytest.mark.parametrize("table", ["surveys", "items", "options", "option_sets"])
def test_every_column_is_a_word_or_part_of_the_structure(project, noted, edit_cell, sign, table):
    """Each column of the codebook that can be changed alone changes the structure, or the words of its row."""
    everything = READ + "for row in book.rows: repr(row)\n"
    before, file = noted(everything), project / "data" / "codebook" / f"{table}.csv"
    texts = [column for column in rows(project, table)[0] if column.endswith(("_en", "_da"))]
    texts += {"surveys": ["mode", "terms", "citation", "held_by", "response_note"]}.get(table, [])
    assert len(texts) >= 2
    for column in texts:
        edit_cell(file, 2, column, "other words")
    sign(file)
    after = noted(everything)
    changed = [name for name in before if after[name] != before[name]]
    assert sorted(name.split(" ")[-1] for name in changed) == sorted(texts)
    assert len({name.rpartition(" ")[0] for name in changed}) == 1, "all of one row"
    if "order" in rows(project, table)[0]:
        edit_cell(file, 2, "order", "77")
        sign(file)
        assert {name for name, sha in noted(everything).items() if after[name] != sha} == {
            "codebook without its words"
        }


def test_the_structure_is_the_same_text_in_every_process(noted):
    # Python hashes texts with another seed in each process, and sets have that order.
    assert noted(READ)["codebook without its words"] == noted(READ)["codebook without its words"]


# Where no build asks


def test_nothing_is_noted_where_no_build_asks(noted):
    everything = READ + "for row in book.rows: repr(row)\nopen('../index.md').read()\n"
    assert noted(everything, asked=False) == {}
    assert len(noted(everything)) > 100


# Nothing that a chapter reads is left out

# Run a chapter's code in a fresh process, with an ear of this test's own that hears every file below data/.
# A reading whose result `read_surveys` drops, or within `check_resources`, which returns nothing, is a check:
# what it reads decides only whether anything runs.
HARNESS = """
import ast, inspect, json, os, sys, textwrap
import nbformat
import surveybook.core.reads as reads
import surveybook.process.survey_data as survey_data
from surveybook.process.package import check_resources

DATA = os.path.realpath(sys.argv[3]) + os.sep
source, first = inspect.getsourcelines(survey_data.read_surveys)
tree = ast.parse(textwrap.dedent("".join(source)))
dropped = {
    line + first - 1
    for node in ast.walk(tree)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    for line in range(node.lineno, node.end_lineno + 1)
}
code, heard = survey_data.read_surveys.__code__, set()


def hear(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, bytes)):
        return
    path = os.path.realpath(os.fsdecode(arguments[0]))
    if not path.startswith(DATA):
        return
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code is check_resources.__code__ or (frame.f_code is code and frame.f_lineno in dropped):
            return
        frame = frame.f_back
    heard.add(path[len(DATA):])


sys.addaudithook(hear)
reads.watch_files()
chapter = nbformat.read(sys.argv[1], as_version=4)
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in chapter.cells:
    if cell.cell_type == "code":
        shell.run_cell(cell.source, silent=False).raise_error()
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump(sorted(heard), out)
"""
CODEBOOK = {f"codebook/{name}.csv" for name in ("surveys", "items", "options", "option_sets")}
ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "chapters").rglob("*.ipynb"))
QUICK = ("chapters/discussion.ipynb", "chapters/method.ipynb")


@pytest.mark.parametrize(
    "chapter",
    [pytest.param(one, marks=() if one in QUICK else pytest.mark.long, id=Path(one).stem) for one in CHAPTERS],
)
def test_every_data_file_that_a_chapter_reads_is_accounted_for(project, tmp_path, chapter):
    notes, heard = tmp_path / "reads.txt", tmp_path / "heard.json"
    command = [sys.executable, "-c", HARNESS, str(project / chapter), str(heard), str(project / "data")]
    env = os.environ | {VARIABLE: str(notes)}
    done = subprocess.run(
        command, cwd=(project / chapter).parent, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    names = {line[66:] for line in notes.read_text(encoding="utf-8").splitlines()}
    descriptor = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource["name"] for resource in descriptor["resources"]}
    files = set(json.loads(heard.read_text(encoding="utf-8")))
    assert files >= CODEBOOK | {"datapackage.json"}, "the ear hears"
    assert len(files) > len(CODEBOOK) + 1
    for file in files:
        if file == "datapackage.json":
            accounted = {"description of the data package"}
        elif file in CODEBOOK:
            accounted = {"codebook without its words"}
        elif file in resources:
            accounted = {f"data {resources[file]}"}
        else:
            accounted = {f"file data/{file}"}
        assert accounted <= names, file
    assert any(name.startswith("text ") for name in names)
