"""Loading reads; it never writes, whether it ends well or not."""

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys

RESPONSES = "raw/vive/responses.csv"
DAMAGE = {
    "unknown id": lambda line: f"L999{line[4:]}",
    "ragged row": lambda line: line + ",",
    "open quote": lambda line: f'"{line}',
    "doubled row": lambda line: f"{line}\n{line}",
}


def traces(folder):
    """Every file and folder: its bytes, and the moment it was last written."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [folder, *folder.rglob("*")]
    }


def test_loading_writes_nothing(project):
    before = traces(project)
    load_surveys()
    assert traces(project) == before


@pytest.mark.parametrize("break_line", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("signed", [True, False])
def test_a_refused_file_is_left_as_it_is(project, edit_line, sign, break_line, signed):
    edit_line(project / "data" / RESPONSES, 4, break_line)
    if signed:
        sign(project / "data" / RESPONSES)
    before = traces(project)
    with pytest.raises(SurveybookError):
        load_surveys()
    assert traces(project) == before
