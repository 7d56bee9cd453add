"""What moved in a chapter is told in lines that a person reads, from the bytes before and after."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from surveybook.build.moved_numbers import moved_numbers, tell_moved

ROOT = Path(__file__).resolve().parents[2]
RECORD = "application/papermill.record/"
VEGALITE = "application/vnd.vegalite.v6+json"
PANEL = "application/vnd.surveybook.panel+json"


def number(name: str, text: str):
    data = {f"{RECORD}text/html": f"<span>{text}</span>", f"{RECORD}text/plain": text}
    return nbformat.v4.new_output("display_data", data, metadata={"scrapbook": {"name": name}})


def figure(*rows: tuple[str, ...], mime: str = VEGALITE, **words: str):
    about = {"id": "effects", "title": "Effects", "rests": "Fixed by print.", "base": "", "table": rows, **words}
    data = {mime: {"colour": "blue", "usermeta": {"surveybook": about}}, "text/plain": "Effects"}
    return nbformat.v4.new_output("execute_result", data)


def notebook(*outputs) -> bytes:
    cells = [nbformat.v4.new_markdown_cell("# Effects"), nbformat.v4.new_code_cell("show()", outputs=list(outputs))]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode("utf-8")


TABLE = (("Item", "Share", "Everyone"), ("Wellbeing", "67 percent", "60–74%"), ("Motivation", "71 percent", "64–77%"))
MOVED = {
    "a number": (
        [number("vive-wellbeing-agree", "67 percent [Fixed by print.]")],
        [number("vive-wellbeing-agree", "66 percent [Fixed by print.]")],
        ["vive-wellbeing-agree: 67 percent -> 66 percent"],
    ),
    "what a number rests on": (
        [number("vive-wellbeing-agree", "67 percent [Fixed by print.]")],
        [number("vive-wellbeing-agree", "67 percent [Observed.]")],
        ["vive-wellbeing-agree: 67 percent, which now rests on: Observed."],
    ),
    "a number that is new, and one that is gone": (
        [number("a", "1 percent")],
        [number("b", "2 percent [Published.]")],
        ["a: gone, was 1 percent", "b: new, 2 percent"],
    ),
    "a cell of a figure": (
        [figure(*TABLE)],
        [figure(TABLE[0], ("Wellbeing", "66 percent", "60–74%"), TABLE[2])],
        ['figure effects, row "Wellbeing", Share: 67 percent -> 66 percent'],
    ),
    "a cell of a figure without a chart": (
        [figure(*TABLE, mime=PANEL)],
        [figure(TABLE[0], ("Wellbeing", "67 percent", "61–74%"), TABLE[2], mime=PANEL)],
        ['figure effects, row "Wellbeing", Everyone: 60–74% -> 61–74%'],
    ),
    "a row that is new": (
        [figure(*TABLE[:2])],
        [figure(*TABLE)],
        [
            'figure effects, row "Motivation", Share: new, 71 percent',
            'figure effects, row "Motivation", Everyone: new, 64–77%',
        ],
    ),
    "the second of two rows of one name": (
        [figure(("Who", "Share"), ("Others", "1"), ("Others", "2"))],
        [figure(("Who", "Share"), ("Others", "1"), ("Others", "3"))],
        ['figure effects, row "Others" (2), Share: 2 -> 3'],
    ),
    "a title": (
        [figure(*TABLE, title="Wellbeing: 67 percent")],
        [figure(*TABLE, title="Wellbeing: 66 percent")],
        ["figure effects, title: Wellbeing: 67 percent -> Wellbeing: 66 percent"],
    ),
    "what a figure rests on": (
        [figure(*TABLE)],
        [figure(*TABLE, rests="Observed.")],
        ["figure effects, rests: Fixed by print. -> Observed."],
    ),
    "values before words": (
        [number("a", "1 [old]"), number("b", "1 [old]")],
        [number("a", "1 [new]"), number("b", "2 [old]")],
        ["b: 1 -> 2", "a: 1, which now rests on: new"],
    ),
    "first outputs": ([], [number("a", "1"), number("b", "2")], ["first outputs: 2 numbers, and cells of figures"]),
}


@pytest.mark.parametrize(("before", "after", "lines"), MOVED.values(), ids=MOVED)
def test_what_moved_is_told(before, after, lines):
    assert moved_numbers(notebook(*before), notebook(*after)) == lines


def test_nothing_is_told_of_what_is_the_same_to_a_reader():
    one, other = notebook(number("a", "1"), figure(*TABLE)), notebook(number("a", "1"), figure(*TABLE))
    assert one != other.replace(b"blue", b"red")
    assert moved_numbers(one, other.replace(b"blue", b"red")) == []
    assert moved_numbers(notebook(), notebook()) == []


def test_a_long_text_is_cut():
    (line,) = moved_numbers(notebook(number("a", "1")), notebook(number("a", "2" * 500)))
    assert line.startswith("a: 1 -> 222") and line.endswith("...") and len(line) < 110


def test_a_number_of_a_committed_chapter_is_found():
    before = (ROOT / "chapters" / "effects.ipynb").read_bytes()
    after = before.replace(b"67 percent [Fixed", b"66 percent [Fixed")
    assert before != after
    assert "vive-wellbeing-agree: 67 percent -> 66 percent" in moved_numbers(before, after)
    assert len(moved_numbers(notebook(), before)) == 1


def test_forty_lines_are_told_and_the_others_counted():
    numbers = [(number(f"n-{n}", "1"), number(f"n-{n}", "2")) for n in range(50)]
    before, after = (notebook(*outputs) for outputs in zip(*numbers, strict=True))
    told = tell_moved({"effects": (before, after)})
    assert told[0] == "effects: n-0: 1 -> 2"
    assert (len(told), told[-1]) == (41, "... and 10 more")


def test_a_chapter_whose_numbers_stay_is_told_too():
    same = notebook(number("a", "1"))
    assert tell_moved({"effects": (same, same + b"\n")}) == ["effects: no number moved"]
    assert tell_moved({}) == []
