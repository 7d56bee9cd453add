"""pytest --nbval is green on an honest chapter, and red as soon as one answer moves a number."""

import pytest

from surveybook.build.notebooks import execute_chapter

STEM = "welfare-innovations"
COLUMN = "q01_omfang"
GAPS = {"99", "-1", "-2", ""}
HIGH = {"1", "2"}


@pytest.fixture(scope="module")
def observed(copy_checkout, declare_observed):
    """A copy whose answers pass for real ones, with one chapter run on them."""
    folder = copy_checkout()
    declare_observed(folder / "data")
    chapter = folder / "chapters" / f"{STEM}.ipynb"
    execute_chapter(chapter, folder / "again.ipynb", {}, folder / "reads.txt")
    (folder / "again.ipynb").replace(chapter)
    return folder


@pytest.fixture
def share(observed, read_records):
    """Count the share with new services to a high extent, as the page writes it."""

    def count() -> str:
        answers = [row[COLUMN] for row in read_records(observed / "data" / "raw" / "vive" / "responses.csv")]
        counted = [answer for answer in answers if answer not in GAPS]
        return f"{100 * sum(answer in HIGH for answer in counted) / len(counted):.1f} percent"

    return count


def test_the_committed_chapter_is_green(copy_checkout, nbval):
    done = nbval(copy_checkout(), STEM)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout.splitlines()[-1]


def test_one_changed_answer_turns_a_green_chapter_red(observed, nbval, share, read_records, edit_cell, sign):
    green = nbval(observed, STEM)
    assert green.returncode == 0, green.stdout
    before = share()
    responses = observed / "data" / "raw" / "vive" / "responses.csv"
    row = 2 + [record[COLUMN] for record in read_records(responses)].index("3")
    edit_cell(responses, row, COLUMN, "1")
    sign(responses)
    after = share()
    assert before != after
    red = nbval(observed, STEM)
    assert red.returncode == 1
    # the output names the cells that fell, and shows both numbers
    assert "figure_scale(" in red.stdout
    assert 'figure_id="extent"' in red.stdout
    assert before in red.stdout
    assert after in red.stdout
    # what does not rest on this question stays green
    assert 'figure_id="prospects"' not in red.stdout
