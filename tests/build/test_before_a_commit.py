"""Every hook of .pre-commit-config.yaml passes on a good state of a checkout, and stops a bad one."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from repository import git, leave_others_alone
from surveybook.build.staged import check_staged
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

pytestmark = pytest.mark.long  # each test asks the whole program, or a browser

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {
    hook["id"]: hook
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repository["hooks"]
}
RAW = Path("data") / "raw" / "vive" / "responses.csv"


@pytest.fixture(autouse=True)
def only_this_repository(tmp_path, monkeypatch):
    leave_others_alone(tmp_path, monkeypatch)


@pytest.fixture
def repository(project):
    """A copy of the checkout in git, of which all is committed."""
    shutil.copy2(ROOT / "pyproject.toml", project)
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "as received")
    return project


def run(hook: str, folder: Path) -> subprocess.CompletedProcess:
    """Run a hook as git would at a commit, with the Python of these tests."""
    python, *words = shlex.split(HOOKS[hook]["entry"])
    assert python == "python"
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


def add_an_unused_import(folder):
    (folder / "more.py").write_text('"""More."""\n\nimport os\n', encoding="utf-8")


def write_in_another_format(folder):
    (folder / "more.py").write_text("'''More.'''\nx = {  'a':1 }\n", encoding="utf-8")


def type_a_number(folder):
    page = folder / "index.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("The article describes", "54 percent saw it.\nThe article describes"), "utf-8")


def stage_other_answers(folder):
    text = (folder / RAW).read_text(encoding="utf-8").replace("[simuleret] ", "")
    (folder / "export.csv").write_text(text, encoding="utf-8")
    git(folder, "add", "export.csv")


BAD = {
    "style": (add_an_unused_import, "`os` imported but unused"),
    "format": (write_in_another_format, "would be reformatted"),
    "sound": (type_a_number, "a number is typed by hand"),
    "observed-rows": (stage_other_answers, "a staged file has the columns of raw rows"),
}


def test_the_hooks_ask_nothing_of_any_other_host():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert [one["repo"] for one in yaml.safe_load(text)["repos"]] == ["local"]
    assert {hook["language"] for hook in HOOKS.values()} == {"system"}
    assert not any("additional_dependencies" in hook for hook in HOOKS.values())
    assert set(HOOKS) == {*BAD, "outputs"}


@pytest.mark.parametrize("hook", BAD)
def test_a_hook_passes_what_is_good_and_stops_what_is_bad(repository, hook):
    good = run(hook, repository)
    assert good.returncode == 0, good.stdout + good.stderr
    spoil, said = BAD[hook]
    spoil(repository)
    bad = run(hook, repository)
    assert bad.returncode == 1
    assert said in bad.stdout + bad.stderr


def test_outputs_that_no_run_gives_are_told_and_not_mended_by_the_check(small_book, surveybook):
    chapter = small_book / "chapters" / "discussion.ipynb"
    surveybook("notebooks", cwd=small_book)  # the small book's sentences are its own, so its file is too
    assert run("outputs", small_book).returncode == 0
    good = chapter.read_bytes()
    name, value = next(
        (output["metadata"]["scrapbook"]["name"], "".join(output["data"]["application/papermill.record/text/plain"]))
        for cell in json.loads(good)["cells"]
        for output in cell.get("outputs", [])
        if output["metadata"] and "percent [" in "".join(output["data"]["application/papermill.record/text/plain"])
    )
    bad = good.replace(json.dumps(value, ensure_ascii=False)[:-1].encode(), f'"1{value}'.encode(), 1)
    assert bad != good
    chapter.write_bytes(bad)
    shown = value.partition(" [")[0]
    moved = f"discussion: {name}: 1{shown} -> {shown}"
    done = run("outputs", small_book)
    assert done.returncode == 1 and chapter.read_bytes() == bad
    assert done.stdout.splitlines() == [moved]
    assert done.stderr.splitlines()[-4:] == [
        "error: the committed outputs are not those of the code, the parameters and the data",
        "  value:    'discussion.ipynb'",
        "  expected: outputs that a run gives again",
        "  hint:     surveybook notebooks",
    ]
    mended = surveybook("notebooks", cwd=small_book)
    assert mended.stdout.splitlines() == [moved, "Changed: discussion.ipynb."]
    assert chapter.read_bytes() == good


# Which files are refused


def stage(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    git(folder, "add", "--all")


def fault(folder: Path) -> tuple[str, str]:
    with pytest.raises(SurveybookError) as caught:
        check_staged(Project(folder))
    return caught.value.what, caught.value.file


ANSWERS = {
    "a table with ids": ("notes/people.csv", b"respondent_id,answer\n1,2\n"),
    "a table with columns of the rows": ("export.txt", b"q01_omfang;q02_karakter;q04_digital\r\n1;2;1\r\n"),
    "a table in quotes, with a mark of its encoding": (
        "a.csv",
        b'\xef\xbb\xbf"respondent_id"\t"kommune"\n"1"\t"2"\n',
    ),
    "one answer on a line": ("a.jsonl", b'{"q01_omfang": 1, "q02_karakter": 2, "q04_digital": 1}\n'),
    "an encoding of Danish letters": ("a.csv", "respondent_id,område\n1,æ\n".encode("latin-1")),
}


@pytest.mark.parametrize(("name", "content"), ANSWERS.values(), ids=ANSWERS)
def test_a_table_with_the_columns_of_raw_rows_is_refused(repository, name, content):
    stage(repository, name, content)
    assert fault(repository) == ("a staged file has the columns of raw rows, and is no known simulated file", name)


@pytest.mark.parametrize("name", ["a.sav", "b.DTA", "data/c.xlsx", "d.rds"])
def test_a_file_that_cannot_be_looked_into_is_refused(repository, name):
    stage(repository, name, b"\x00\x01")
    assert fault(repository) == ("a staged file cannot be looked into, and may hold answers", name)


def test_a_package_that_declares_its_rows_observed_is_refused(repository, declare_observed):
    shutil.copytree(repository / "data", repository / "real")
    declare_observed(repository / "real")
    git(repository, "add", "real/datapackage.json")
    assert fault(repository) == ("a staged data package declares its rows observed", "real/datapackage.json")


@pytest.mark.parametrize("text", ['{"status": "observed"', '["observed"]', '{"resources": {"status": "observed"}}'])
def test_a_broken_description_that_speaks_of_observed_rows_is_refused(repository, text):
    stage(repository, "real/datapackage.json", text.encode())
    assert fault(repository)[0] == "a staged data package declares its rows observed"


def test_a_copy_of_observed_rows_is_known_by_its_bytes_whatever_it_is_called(
    repository, tmp_path, declare_observed, edit_text, edit_resource, sign
):
    real = tmp_path / "real"
    shutil.copytree(repository / "data", real)
    declare_observed(real)
    edition = "editions:\n  real:\n    data_package: {}\n    confidence_level: 0.95\n    ci_method: wilson\n"
    edition += "    differ_points: 10\n    threshold: 5\n    dont_know: as-printed\n    cut_point: as-printed\n"
    edit_text(repository / "chapters" / "editions.yml", "editions:\n", edition.format(json.dumps(str(real))))
    stage(repository, "pictures/one.svg", (real / "raw" / "vive" / "responses.csv").read_bytes())
    assert fault(repository) == ("a staged file holds observed rows", "pictures/one.svg")


def test_what_is_looked_at_is_what_would_be_committed(repository):
    stage(repository, "a.csv", b"respondent_id\n1\n")
    (repository / "a.csv").write_text("empty", encoding="utf-8")  # changed after it was staged
    assert fault(repository)[1] == "a.csv"
    git(repository, "add", "a.csv")
    assert check_staged(Project(repository)) == 1


def test_the_files_of_this_repository_pass(project):
    # among them the simulated answers, and tables and tests that name the columns of raw rows
    for name in ("tests", "scripts"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    assert check_staged(Project(project)) > 200


def test_drawn_again_the_simulated_answers_are_known_by_their_list(repository, surveybook):
    done = surveybook("simulate", "--replicate", "2", "--out", "other", cwd=repository)
    assert done.returncode == 0, done.stderr
    git(repository, "add", "--all")
    assert check_staged(Project(repository)) == len(list((repository / "other").rglob("*.csv"))) > 0


def test_without_a_repository_it_says_so(project):
    with pytest.raises(SurveybookError, match="git cannot say which files are staged"):
        check_staged(Project(project))
