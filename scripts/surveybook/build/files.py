"""Write files so that no one sees half of one, and no one takes an unchanged one for new."""

from __future__ import annotations

from pathlib import Path


def write_whole(target: Path, text: str) -> None:
    """Write a file that is at any time the old or the new one, whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)


def write_if_new(target: Path, text: str) -> bool:
    """Write a file unless it holds this text already; return whether it was written."""
    if target.is_file() and target.read_bytes() == text.encode("utf-8"):
        return False
    write_whole(target, text)
    return True
