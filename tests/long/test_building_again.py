"""The same inputs give the same bytes, in any folder and any number of times."""

import pytest

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def home(checkout, surveybook):
    """A checkout with its site."""
    folder = checkout("bog på dansk")
    surveybook("build", cwd=folder)
    return folder


def test_a_second_build_with_nothing_changed_runs_no_task(home, surveybook, contents):
    site = home / "_build" / "default" / "site"
    times = {path: path.stat().st_mtime_ns for path in (site, *site.rglob("*"))}
    before = contents(home / "chapters")
    done = surveybook("build", cwd=home)
    assert done.stderr.splitlines() == ["Building the edition default ...", "Nothing changed since the last build."]
    assert {path: path.stat().st_mtime_ns for path in (site, *site.rglob("*"))} == times
    assert contents(home / "chapters") == before


def test_two_folders_give_the_same_site(home, checkout, surveybook, contents):
    away = checkout("another_book")
    surveybook("build", cwd=away)
    ours, theirs = (contents(folder / "_build" / "default" / "site") for folder in (home, away))
    assert sorted(ours) == sorted(theirs)
    assert {"receipt.json", "companion.pdf", "companion.zip"} <= set(ours)
    assert any(name.startswith("_static/cards/") for name in ours)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_executing_the_chapters_again_changes_no_byte(root, checkout, surveybook, contents):
    folder = checkout("bog på dansk")
    committed = contents(folder / "chapters")
    assert len(committed) > 6
    for _ in range(2):
        done = surveybook("notebooks", cwd=folder)
        assert done.stdout == "No chapter changed.\n", done.stderr
        assert contents(folder / "chapters") == committed
