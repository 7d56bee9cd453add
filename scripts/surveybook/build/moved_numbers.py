"""Say in words which numbers of a chapter moved when it was run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import nbformat

from surveybook.disseminate.figure import GLUED, about_of

SHOWN = 40
LONGEST = 90  # characters of one text
WORDS = ("title", "rests", "base")  # of a figure, beside its table


def tell_moved(chapters: Mapping[str, tuple[bytes, bytes]]) -> list[str]:
    """Say what moved in each chapter, given by name as its bytes before and after; the rest is counted."""
    lines = [
        f"{name}: {line}"
        for name, (before, after) in chapters.items()
        for line in moved_numbers(before, after) or ["no number moved"]
    ]
    more = len(lines) - SHOWN
    return lines[:SHOWN] + ([f"... and {more} more"] if more > 0 else [])


def moved_numbers(before: bytes, after: bytes) -> list[str]:
    """Compare the pasted numbers and the figures of a notebook's bytes before and after, in lines.

    A number is told as ``vive-wellbeing-agree: 67 percent -> 66 percent``, a cell of a figure's table as
    ``figure effects, row "Faster help", Share: 50 percent -> 51 percent``. What moved comes first, then what rests
    on other words. What is the same in both is left out; so is what only a chart shows, such as its colours.
    """
    old, new = _said(before), _said(after)
    if not old and new:
        return [f"first outputs: {len(new)} numbers, and cells of figures"]
    moved, reworded = [], []
    for key in [*old, *(key for key in new if key not in old)]:
        (value, about), (new_value, new_about) = (_parted(said.get(key)) for said in (old, new))
        if new_value is None:
            moved.append(f"{key}: gone, was {_short(value)}")
        elif value is None:
            moved.append(f"{key}: new, {_short(new_value)}")
        elif value != new_value:
            moved.append(f"{key}: {_short(value)} -> {_short(new_value)}")
        elif about != new_about:
            reworded.append(f"{key}: {_short(value)}, which now rests on: {_short(new_about)}")
    return moved + reworded


def _parted(text: str | None) -> tuple[str | None, str]:
    """The value of a pasted number, and what its text says that it rests on."""
    value, _, about = (text or "").partition(" [")
    return (None if text is None else value), about.removesuffix("]")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _said(content: bytes) -> dict[str, str]:
    """All that the outputs of a notebook say in words, each by its place."""
    said: dict[str, str] = {}
    for cell in nbformat.reads(content.decode("utf-8"), as_version=4).cells:
        for output in cell.get("outputs", []):
            data, glued = output.get("data", {}), output.metadata.get("scrapbook", {}) if "metadata" in output else {}
            about = about_of(data)
            if about:
                said |= _figure(about)
            elif glued:
                said[glued["name"]] = "".join(data.get(f"{GLUED}text/plain", ""))
    return said


def _figure(about: Mapping) -> dict[str, str]:
    """The words of a figure and every cell of its table, each by its place."""
    place = f"figure {about['id']}"
    said = {f"{place}, {key}": about[key] for key in WORDS if about.get(key)}
    header, *rows = about["table"]
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row[0]] += 1
        label = f'row "{row[0]}"' + (f" ({seen[row[0]]})" if seen[row[0]] > 1 else "")
        cells = list(zip(header, row, strict=True))[1:] or [("there", "yes")]
        said |= {f"{place}, {label}, {name}": cell for name, cell in cells}
    return said
