"""Say in words which numbers of a chapter moved when it was run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import nbformat

from surveybook.disseminate.figure import GLUED, about_of

SHOWN = 40
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
    ``figure effects, row "Faster help", Share: 50 percent -> 51 percent``. What is the same in both is left out;
    so is what only a chart shows, such as its colours.
    """
    old, new = _said(before), _said(after)
    lines = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            lines.append(f"{key}: gone, was {old[key]}")
        elif key not in old:
            lines.append(f"{key}: new, {new[key]}")
        elif old[key] != new[key]:
            lines.append(f"{key}: {_difference(old[key], new[key])}")
    return lines


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


def _difference(old: str, new: str) -> str:
    """Two texts beside each other; of a pasted number the value alone, if that is what moved."""
    (value, _, about), (new_value, _, new_about) = old.partition(" ["), new.partition(" [")
    if value != new_value:
        return f"{value} -> {new_value}"
    return f"{value}, but rests on other words: {about.removesuffix(']')} -> {new_about.removesuffix(']')}"
