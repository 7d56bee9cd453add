"""One small book, built again and again: what runs, what stays, and what a failing build leaves."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time

import pytest
from filelock import FileLock

from surveybook.build.graph import MANIFEST, build_lock
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

CHAPTER = "chapters/discussion.ipynb"
PAGE = "chapters/discussion.html"


@pytest.fixture
def site(built):
    return built / "_build" / "default" / "site"


@pytest.fixture
def restored(built):
    """Put page and chapter back after a test that changed them."""
    files = {path: path.read_bytes() for path in (built / "index.md", built / CHAPTER)}
    yield
    for path, content in files.items():
        path.write_bytes(content)


def test_a_build_makes_every_page_and_says_how_to_open_it(built, site):
    assert (site / "index.html").is_file()
    assert (site / "_static" / "figures" / "permanent-three-ways.svg").is_file()


def test_a_build_writes_nothing_outside_its_own_folder(built):
    before = {".git", ".gitignore", "_build", "_config.yml", "_toc.yml", "chapters", "data", "index.md"}
    before |= {"CITATION.cff", "pyproject.toml", "requirements.txt"}
    assert {path.name for path in built.iterdir()} == before
    status = subprocess.run(["git", "status", "--short"], cwd=built, capture_output=True, text=True, check=True)
    assert "_build" not in status.stdout


def test_nothing_is_run_again_where_nothing_changed(built, site, surveybook, contents):
    before = contents(site)
    done = surveybook("build", cwd=built)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert done.stderr.splitlines() == ["Building the edition default ...", "Nothing changed since the last build."]
    assert contents(site) == before


def spoil_nothing_but_the_site(path, how):
    if how == "deleted":
        path.unlink()
    elif how == "changed":
        path.write_bytes(path.read_bytes() + b"<!-- by hand -->")
    else:
        path.with_name("extra.html").write_text("a page of nobody", encoding="utf-8")


@pytest.mark.parametrize(
    "how", ["deleted", *(pytest.param(how, marks=pytest.mark.long) for how in ("changed", "added to"))]
)
@pytest.mark.parametrize("file", [PAGE, "_static/figures/permanent-three-ways.svg"], ids=["a page", "a picture"])
def test_a_site_that_was_spoilt_is_made_again_and_nothing_else(built, site, surveybook, contents, file, how):
    before = {name: content for name, (content, _) in contents(site).items()}
    spoil_nothing_but_the_site(site / file, how)
    assert {name: content for name, (content, _) in contents(site).items()} != before
    done = surveybook("build", cwd=built)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    _, made, pdf, archive, same, _ = done.stderr.splitlines()
    assert re.fullmatch(r"1 of 1: site: 2 pages \(\d+\.\d s\)", made)
    assert re.fullmatch(r"2 of 2: to take along: companion.pdf \(\d+\.\d s\)", pdf)
    assert re.fullmatch(r"3 of 3: to take along: companion.zip \(\d+\.\d s\)", archive)
    assert same == "Unchanged and not run again: chapter discussion."
    assert {name: content for name, (content, _) in contents(site).items()} == before


def test_a_site_that_was_removed_whole_is_made_again(built, site, surveybook, contents):
    before = {name: content for name, (content, _) in contents(site).items()}
    shutil.rmtree(site)
    done = surveybook("build", cwd=built)
    assert done.returncode == 0, done.stderr
    assert {name: content for name, (content, _) in contents(site).items()} == before


def test_the_manifest_names_each_file_of_the_site_and_its_signature(built, site, contents):
    manifest = json.loads((built / "_build" / "default" / MANIFEST).read_text(encoding="utf-8"))
    assert MANIFEST == "site.json"
    assert manifest == {name: hashlib.sha256(content).hexdigest() for name, (content, _) in contents(site).items()}


@pytest.mark.parametrize("content", ["", '{"index.html": "2f'], ids=["empty", "cut off"])
def test_a_manifest_of_a_killed_build_does_not_stop_the_next_one(built, site, surveybook, contents, content):
    manifest = built / "_build" / "default" / MANIFEST
    whole, before = manifest.read_bytes(), contents(site)
    manifest.write_text(content, encoding="utf-8")
    try:
        done = surveybook("build", cwd=built)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert {name: text for name, (text, _) in contents(site).items()} == {n: t for n, (t, _) in before.items()}
    finally:
        manifest.write_bytes(whole)


def test_a_page_with_a_broken_reference_fails_and_leaves_the_site(built, site, surveybook, contents, restored):
    before = contents(site)
    with (built / "index.md").open("a", encoding="utf-8") as page:
        page.write("\nSee [nowhere](chapters/nowhere.md).\n")
    done = surveybook("build", cwd=built)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    lines = done.stderr.splitlines()
    at = lines.index("error: Jupyter Book could not make the site")
    assert lines[at + 1 : at + 4] == [
        "  file:     _build/default/made/log.txt",
        "  expected: no errors and no warnings",
        "  hint:     the last site stays; the log ends:",
    ]
    shown = "\n".join(lines[at + 4 :])
    assert "index.md:5: WARNING" in shown
    assert "chapters/nowhere.md" in shown
    # the log itself ends where the message does
    log = (built / "_build" / "default" / "made" / "log.txt").read_text(encoding="utf-8").strip().splitlines()
    assert lines[-1] == f"    {log[-1]}"
    assert contents(site) == before


def test_a_second_build_at_the_same_time_is_refused(built, site, surveybook, contents):
    before = contents(site)
    with FileLock(built / "_build" / "default" / "build.lock"):
        done = surveybook("build", cwd=built)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[1:] == [
        "error: another build of this edition is running",
        "  file:     _build/default",
        "  value:    'default'",
        "  hint:     wait until it has ended",
    ]
    assert contents(site) == before


def test_chapters_are_not_run_again_while_a_build_runs(built, surveybook, contents):
    before = contents(built / "chapters")
    with build_lock(Project(built), "default"):
        done = surveybook("notebooks", cwd=built)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: another build of this edition is running\n")
    assert contents(built / "chapters") == before


def test_the_lock_is_given_back_however_a_build_ends(built):
    for fault in (KeyError, SurveybookError):
        with pytest.raises(fault), build_lock(Project(built), "default"):
            raise fault("nothing")
    with build_lock(Project(built), "default"), build_lock(Project(built), "another"):
        with pytest.raises(SurveybookError) as caught, build_lock(Project(built), "default"):
            pass
        assert (caught.value.what, caught.value.got) == ("another build of this edition is running", "default")


def test_a_killed_build_leaves_the_site_and_the_next_one_ends_it(
    built, site, surveybook, contents, edit_code, restored
):
    before = contents(site)
    edit_code(built / CHAPTER, "what does that say of all?", "what does it say of all?")
    executions = built / "_build" / "executions"
    command = [sys.executable, "-m", "surveybook", "build"]
    with subprocess.Popen(command, cwd=built, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as build:
        deadline = time.monotonic() + 60
        while not [*executions.glob("running-*")] and time.monotonic() < deadline and build.poll() is None:
            time.sleep(0.02)
        assert build.poll() is None, "the build ended before it could be killed"
        build.kill()
    assert contents(site) == before
    done = surveybook("build", cwd=built)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^1 of 1: chapter discussion \(\d+\.\d s; code cells changed\)$", done.stderr, re.MULTILINE)
    assert "what does it say of all?" in (site / PAGE).read_text(encoding="utf-8")
    # what the killed build left is not taken for an execution
    assert {path.parent.parent.name for path in executions.rglob("*.ipynb")} == {"discussion"}
