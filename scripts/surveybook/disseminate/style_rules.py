"""Keep of a style sheet the rules that can match something on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
QUOTED = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
NESTED = re.compile(r":[\w-]+\([^()]*\)|\[[^\]]*\]")
NAME = re.compile(r"([.#])(-?[A-Za-z_][\w-]*)")
GROUPS = ("@media", "@supports", "@layer", "@container")


def prune(css: str, classes: Set[str], ids: Set[str]) -> str:
    """Drop the rules that name a class or an id that no page has, comments, and fonts.

    A selector within ``:not(...)``, ``:is(...)`` and their like asks for nothing here, so that a rule
    is rather kept than lost.
    """
    return "".join(_kept(COMMENT.sub("", css), classes, ids))


def _kept(css: str, classes: Set[str], ids: Set[str]) -> Iterator[str]:
    for head, body in _statements(css):
        if body is None:
            if not head.startswith(("@import", "@charset")):
                yield f"{head};"
        elif head.startswith(GROUPS):
            if inner := "".join(_kept(body, classes, ids)):
                yield f"{head}{{{inner}}}\n"
        elif head.startswith("@"):
            if not head.startswith("@font-face"):  # the pages are set in the fonts of the reader's machine
                yield f"{head}{{{body}}}\n"
        elif selectors := [one for one in split_selectors(head) if _can_match(one, classes, ids)]:
            yield f"{','.join(selectors)}{{{body}}}\n"


def _statements(css: str) -> Iterator[tuple[str, str | None]]:
    """Each statement of a sheet: what stands before its block, and the block's content or None."""
    # Quoted text may hold braces; blanked, it keeps every place where it is.
    shape = QUOTED.sub(lambda found: "x" * len(found[0]), css)
    at = 0
    while at < len(css):
        ends = [place for place in (shape.find("{", at), shape.find(";", at)) if place >= 0]
        if not ends:
            return
        opening = min(ends)
        head = css[at:opening].strip()
        if shape[opening] == ";":
            if head:
                yield head, None
            at = opening + 1
            continue
        depth, end = 1, opening + 1
        while depth:
            brace = re.compile(r"[{}]").search(shape, end)
            if brace is None:
                raise ValueError(f"a block of a style sheet has no end: {head!r}")
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        yield head, css[opening + 1 : end - 1].strip()
        at = end


def split_selectors(head: str) -> list[str]:
    """The selectors of a rule; a comma within brackets parts none."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(head):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            found.append(head[start:at].strip())
            start = at + 1
    return [*found, head[start:].strip()]


def _can_match(selector: str, classes: Set[str], ids: Set[str]) -> bool:
    bare = QUOTED.sub("", selector)
    while (shorter := NESTED.sub("", bare)) != bare:
        bare = shorter
    return all(name in (classes if mark == "." else ids) for mark, name in NAME.findall(bare))
