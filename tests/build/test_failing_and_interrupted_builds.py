"""A build that fails or is interrupted leaves the old site whole and no process, and the next one is right."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import changing_book as book
import pytest
from changing_book import RUNS

LINE = "interrupted; what was there before stays"
TEXT = "their own words"
DEADLINE = 90  # seconds


@pytest.fixture(scope="module")
def home(tmp_path_factory, editions, alone):
    """The book, built once."""
    folder = book.make(tmp_path_factory.mktemp("home") / "bog på dansk", editions, alone)
    assert book.build(folder) == RUNS
    return folder


@pytest.fixture
def before(home):
    """The site of before; whatever a test changed in the sources is taken back."""
    kept = {path: path.read_bytes() for path in [home / "index.md", *home.glob("chapters/*.*")] if path.is_file()}
    yield book.site_of(home)
    for path, content in kept.items():
        path.write_bytes(content)


def fail(folder: Path, *names: str) -> None:
    """Have chapters fail, each in its last cell."""
    for name in names:
        chapter = folder / "chapters" / f"{name}.ipynb"
        book.edit_cells(chapter, "code", lambda cell: cell.update(source=cell["source"] + "\n1 / 0"), which="figure_")


def run_book(folder: Path) -> subprocess.CompletedProcess:
    words, options = book.command(folder, "build")
    return subprocess.run(words, capture_output=True, timeout=300, check=False, **options)


# Failures


@pytest.mark.long
def test_what_fails_is_told_together_and_what_does_not_is_kept(home, before):
    fail(home, "discussion", "robustness")
    book.reword(home / "chapters/method.ipynb", "code", "A response rate can be", "Response rates can be")
    done = run_book(home)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    lines = done.stderr.splitlines()
    assert lines.count("error: a chapter failed") == 3  # the variant of one fails as well
    files = sorted(line.split()[-1] for line in lines if line.startswith("  file: "))
    assert files == ["chapters/discussion.ipynb", "chapters/robustness.ipynb", "chapters/robustness.ipynb"]
    assert lines.count("  value:    'ZeroDivisionError: division by zero'") == 3
    assert book.differing(book.site_of(home), before) == []
    for name in ("discussion", "robustness"):
        book.reword(home / f"chapters/{name}.ipynb", "code", "\n1 / 0", "\n1 / 1")
    assert book.build(home) == RUNS - {"method"}, "what did not fail was kept"
    assert "Response rates can be" in book.site_of(home)["chapters/method.html"].decode("utf-8")


def test_a_page_that_warns_is_refused_again_and_again_until_it_is_mended(home, before):
    book.replace(home / "index.md", "It rests", "See [nowhere](nowhere.md).\n\nIt rests")
    for old, new in (("The people", "Everyone"), ("Everyone", "All those")):
        done = run_book(home)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert re.search(r"index\.md:\d+: WARNING", done.stderr)
        # another page is edited, and the one that warned stays as it was
        book.replace(home / "chapters/words.md", old, new)
    assert book.differing(book.site_of(home), before) == []
    book.replace(home / "index.md", "See [nowhere](nowhere.md).\n\n", "")
    assert book.build(home) == set()
    assert b"All those whom a share" in book.site_of(home)["chapters/words.html"]


# Interrupts


def processes_of(folder: Path) -> list[str]:
    """The processes that belong to a folder: named on their command line, or run with its own program."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            told = b" ".join((process / name).read_bytes() for name in ("cmdline", "environ"))
            if str(folder).encode() in told and process.name != str(os.getpid()):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError, PermissionError):
            continue
    return found


def interrupt(folder: Path, moment: Callable[[], bool], number: int = signal.SIGINT) -> tuple[int, str, float]:
    """Begin a build, interrupt it at a moment; return its status, what it said, and how long it took to end."""
    words, options = book.command(folder, "build")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options) as build:
        deadline = time.monotonic() + DEADLINE
        while not moment() and build.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        assert build.poll() is None, f"the build ended before: {build.stderr.read()}"
        assert time.monotonic() < deadline, "the moment did not come"
        build.send_signal(number)
        start = time.monotonic()
        _, said = build.communicate(timeout=DEADLINE)
        return build.returncode, said, time.monotonic() - start


def during_check(folder: Path) -> Callable[[], bool]:
    """The state of the last build is forgotten: this one has just begun."""
    state = folder / "_build/default/state.json"
    state.write_text("{", encoding="utf-8")
    return lambda: not state.exists()


def when_chapters_begin(folder: Path) -> Callable[[], bool]:
    executions = folder / "_build/executions"
    return lambda: any(executions.glob("running-*"))


def in_a_cell(folder: Path) -> Callable[[], bool]:
    return lambda: (folder / "_build/waits").exists()


def while_pages_are_made(folder: Path) -> Callable[[], bool]:
    """The log of Jupyter Book is younger than this test."""
    log, start = folder / "_build/default/made/log.txt", time.time()
    return lambda: log.exists() and log.stat().st_mtime > start


def while_pages_are_copied(folder: Path) -> Callable[[], bool]:
    pages = folder / "_build/default/made/pages"
    shutil.rmtree(pages, ignore_errors=True)
    return pages.exists


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        pytest.param(during_check, signal.SIGINT, marks=pytest.mark.long),
        pytest.param(when_chapters_begin, signal.SIGINT, marks=pytest.mark.long),
        (in_a_cell, signal.SIGINT),
        pytest.param(in_a_cell, signal.SIGTERM, marks=pytest.mark.long),
        pytest.param(while_pages_are_made, signal.SIGINT, marks=pytest.mark.long),
        pytest.param(while_pages_are_copied, signal.SIGINT, marks=pytest.mark.long),
    ],
    ids=lambda one: getattr(one, "__name__", None) or signal.Signals(one).name,
)
def test_an_interrupted_build_leaves_the_old_site_and_no_process_and_the_next_one_is_right(
    home, before, request, moment, number
):
    (home / "_build/waits").unlink(missing_ok=True)
    words = f"words of {request.node.callspec.id}"
    book.replace(home / "chapters/own.py", TEXT, words)
    book.replace(home / "index.md", "It has", f"These are {words}: it has")
    if moment is in_a_cell:
        stop = "open('../_build/waits', 'w').close()\nimport time\ntime.sleep(60)\n"
        book.reword(home / "chapters/discussion.ipynb", "code", "import own\n", f"import own\n{stop}")
    status, said, took = interrupt(home, moment(home), number)
    assert (status, said.splitlines()[-1], "Traceback" in said) == (130, LINE, False), said
    assert took < 10
    assert book.differing(book.site_of(home), before) == []
    end = time.monotonic() + 5
    while processes_of(home) and time.monotonic() < end:
        time.sleep(0.1)
    assert processes_of(home) == []
    if moment is in_a_cell:
        book.reword(home / "chapters/discussion.ipynb", "code", stop, "")
    book.build(home)
    assert words.encode() in book.site_of(home)["index.html"]
    assert [path.name for path in (home / "_build/executions").glob("running-*")] == []


# Edits while a build runs


@pytest.mark.long
def test_what_is_edited_while_a_build_runs_is_not_taken_for_built(home, before):
    """An author saves a page that the running build has read already: the next build sees it."""
    book.replace(home / "index.md", "It has", "First: it has")
    words, options = book.command(home, "build")
    moment = while_pages_are_made(home)
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options) as build:
        while not moment() and build.poll() is None:
            time.sleep(0.005)
        assert build.poll() is None
        book.replace(home / "index.md", "First: it has", "Then: it has")
        assert build.wait(DEADLINE) == 0
    assert b"First: it has" in book.site_of(home)["index.html"]
    book.build(home)
    assert b"Then: it has" in book.site_of(home)["index.html"]
