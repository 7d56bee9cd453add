"""A book of four pages with its own copy of the program, so that a test may change anything that a build reads."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ("discussion", "method", "robustness")
RUNS = {*CHAPTERS, "robustness-stricter"}
VARIANTS = (
    "\nvariants:\n  robustness:\n    stricter:\n      label: What if less is counted?\n      cut_point: stricter\n"
)
INDEX = """\
# A book that changes

It has [one chapter](chapters/discussion.ipynb),
and {glue}`chapters/method.ipynb::fh-digital_kept-reported` of another.

It rests on a {term}`base`, says {cite:t}`kingdon1995`.
"""
TOC = """\
format: jb-book
root: index
chapters:
  - file: chapters/discussion
  - file: chapters/method
  - file: chapters/robustness
  - file: chapters/words
  - file: chapters/works
"""
WORDS = "# Words\n\n```{glossary}\nbase\n  The people whom a share is a share of.\n```\n"
WORKS = "# Works\n\n```{bibliography}\n:all:\n```\n"
OWN = '"""What authors own beside their chapters."""\n\nWORDS = "their own words"\n'


def make(folder: Path, editions: str, alone: Callable[[Path], None]) -> Path:
    """Lay the book into a new folder."""
    folder.mkdir(parents=True)
    no_scraps = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.egg-info")
    for name in ("data", "chapters", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=no_scraps)
    for name in ("_config.yml", "requirements.txt", "pyproject.toml", "CITATION.cff"):
        shutil.copy2(ROOT / name, folder / name)
    for name in CHAPTERS:
        alone(folder / "chapters" / f"{name}.ipynb")
    write(folder / "chapters" / "own.py", OWN)
    reword(folder / "chapters" / "discussion.ipynb", "code", "estimates = ", "import own\n\nestimates = ")
    write(folder / "_toc.yml", TOC)
    write(folder / "index.md", INDEX)
    write(folder / "chapters" / "words.md", WORDS)
    write(folder / "chapters" / "works.md", WORKS)
    write(folder / "chapters" / "editions.yml", editions + VARIANTS)
    return folder


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def command(folder: Path, *arguments: str) -> tuple[list[str], dict]:
    """How the book's own program is called: the words, and the options of a subprocess."""
    env = os.environ | {"PYTHONPATH": str(folder / "scripts")}
    return [sys.executable, "-m", "surveybook", *arguments], {"cwd": folder, "env": env, "encoding": "utf-8"}


def build(folder: Path, *arguments: str, status: int = 0) -> set[str]:
    """Build the book; return the chapters that were executed, by what the build says."""
    words, options = command(folder, "build", *arguments)
    done = subprocess.run(words, capture_output=True, timeout=300, check=False, **options)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    return set(re.findall(r"^\d+ of \d+: chapter ([\w-]+) \(", done.stderr, re.MULTILINE))


def would_run(folder: Path, *arguments: str) -> set[str]:
    """The chapters that the build says it would execute."""
    words, options = command(folder, "build", "--dry-run", *arguments)
    done = subprocess.run(words, capture_output=True, timeout=60, check=False, **options)
    assert done.returncode == 0, done.stderr
    return {line.split(":")[0] for line in done.stdout.splitlines() if not line.endswith(": would not run")}


def site_of(folder: Path, edition: str = "default") -> dict[str, bytes]:
    """The bytes of each file of the site, by name."""
    site = folder / "_build" / edition / "site"
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()
    }


def clean_site(folder: Path, elsewhere: Path, edition: str = "default") -> dict[str, bytes]:
    """The site that the same checkout gives in another folder, where nothing was built before."""
    shutil.copytree(folder, elsewhere, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    try:
        build(elsewhere, "--edition", edition)
        return site_of(elsewhere, edition)
    finally:
        shutil.rmtree(elsewhere)


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """The names of files that differ or stand in one site alone."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def pasted(page: bytes, claim: str) -> list[str]:
    """The pasted numbers of a page whose claim is this one, as readers see them."""
    anchor = claim.replace("_", "-")
    links = re.findall(rf'<a class="sb-number"[^>]*#claim-{anchor}"[^>]*>(.*?)</a>', page.decode("utf-8"))
    assert links, f"no number rests on {claim}"
    return links


# Edits


def replace(file: Path, old: str, new: str) -> None:
    """Replace a text that stands once or more, by the bytes of the file."""
    content = file.read_bytes()
    assert old.encode() in content, f"{old!r} is not in {file.name}"
    file.write_bytes(content.replace(old.encode(), new.encode(), 1))


def edit_cells(chapter: Path, kind: str, change: Callable[[dict], None], which: str = "") -> None:
    """Change the first cell of a kind that holds some text."""
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == kind and which in "".join(cell["source"])]
    cells[0]["source"] = "".join(cells[0]["source"])
    change(cells[0])
    write(chapter, json.dumps(notebook, ensure_ascii=False))


def reword(chapter: Path, kind: str, old: str, new: str) -> None:
    """Replace a text in a cell of a chapter."""
    edit_cells(chapter, kind, lambda cell: cell.update(source=cell["source"].replace(old, new)), which=old)


def edit_row(file: Path, row: dict[str, str], column: str, value: str, sign: Callable[[Path], None]) -> None:
    """Change one cell of a data file's row, and sign the file."""
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    (found,) = [one for one in rows if row.items() <= dict(zip(header, one, strict=True)).items()]
    assert found[header.index(column)] != value
    found[header.index(column)] = value
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    file.write_bytes(out.getvalue().encode("utf-8"))
    sign(file)


def swap_answers(file: Path, column: str, sign: Callable[[Path], None]) -> None:
    """Exchange the answers of two people to one question: every printed share stays as it is."""
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    at = header.index(column)
    first = rows[0]
    second = next(row for row in rows if row[at] not in (first[at], "", "88", "99", "-1", "-2"))
    first[at], second[at] = second[at], first[at]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    file.write_bytes(out.getvalue().encode("utf-8"))
    sign(file)
