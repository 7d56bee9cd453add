"""Replicates are made by a command of their own, in two minutes at most, and never by a build."""

import os
import time

import pytest

pytestmark = pytest.mark.long

MOST_SECONDS = 120
MADE = (
    "datapackage.json",
    "raw/vive/invitations.csv",
    "raw/vive/responses.csv",
    "replicates/estimates.csv",
    "replicates/fingerprints.csv",
)
# Python runs this in every process that a command starts, kernels among them.
WATCH = """\
import os
import sys


def watch(event, arguments):
    if event == "import" and arguments[0].startswith("surveybook."):
        with open(os.environ["IMPORTED"], "a", encoding="utf-8") as log:
            log.write(f"{os.getpid()} {arguments[0]}\\n")


sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Tell which modules of the program a command imports, by process: its environment, and a way to read."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log = folder / "imported.txt"
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    env = os.environ | {"PYTHONPATH": path, "IMPORTED": str(log)}

    def read() -> dict[str, set[str]]:
        found = {}
        for line in log.read_text(encoding="utf-8").splitlines():
            process, _, module = line.partition(" ")
            found.setdefault(process, set()).add(module)
        log.unlink()
        return found

    return env, read


@pytest.fixture(scope="module")
def folder(checkout):
    return checkout("bog på dansk")


def times(folder) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_forty_replicates_are_remade_byte_for_byte_in_two_minutes(root, folder, surveybook):
    data = folder / "data"
    committed = {name: (root / "data" / name).read_bytes() for name in MADE}
    surveybook("simulate", "--replicates", "2", cwd=folder)
    assert (data / "replicates" / "estimates.csv").read_bytes() != committed["replicates/estimates.csv"]
    start = time.monotonic()
    done = surveybook("simulate", "--replicates", "40", cwd=folder)
    assert time.monotonic() - start < MOST_SECONDS
    assert {name: (data / name).read_bytes() for name in MADE} == committed
    written = {line.removeprefix("written: data/") for line in done.stdout.splitlines()}
    assert written == set(MADE) - {"datapackage.json"}
    assert len([line for line in done.stderr.splitlines() if line.startswith("replicate ")]) == 40


def test_a_build_makes_no_replicate(folder, surveybook, imported):
    env, read = imported
    before = times(folder / "data")
    surveybook("build", cwd=folder, env=env)
    assert times(folder / "data") == before
    processes = read().values()
    # the build itself, a kernel for each chapter and variant, and Jupyter Book
    assert len([modules for modules in processes if "surveybook.build.graph" in modules]) == 1
    assert len([modules for modules in processes if "surveybook.disseminate" in modules]) >= 13
    assert {module for modules in processes for module in modules if "simulate" in module} == set()


def test_the_watch_would_have_seen_it(folder, surveybook, imported):
    env, read = imported
    surveybook("simulate", "--replicate", "2", "--out", "../andre svar", cwd=folder, env=env)
    assert "surveybook.simulate.writer" in set.union(*read().values())
