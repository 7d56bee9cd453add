"""What is dear to make and always the same is made once: scripts and pictures, kept by what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from sphinx.application import Sphinx

FOLDER = "surveybook_kept"  # Sphinx's setting: where things are kept; nowhere if empty


def keep(app: Sphinx, made_from: str, make: Callable[[], bytes]) -> bytes:
    """Return what was made from this before, or make it; ``made_from`` names all that decides the result."""
    folder = getattr(app.config, FOLDER, "")
    if not folder:
        return make()
    file = Path(folder) / hashlib.sha256(made_from.encode("utf-8")).hexdigest()
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(make())
        part.replace(file)
    return file.read_bytes()
