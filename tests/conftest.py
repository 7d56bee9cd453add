"""A throw-away checkout for each test, and tools that change its files without the code under test."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("data", "chapters", "_config.yml", "_toc.yml", "index.md", "CITATION.cff")
NOT_SHIPPED = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
DESCRIPTOR = "datapackage.json"
MARK = "[simuleret]"


def _read_rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def _write_rows(file: Path, rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    file.write_bytes(out.getvalue().encode("utf-8"))


def _edit_cell(file: Path, row: int, column: str, value: str) -> str:
    rows = _read_rows(file)
    at = rows[0].index(column)
    before, rows[row - 1][at] = rows[row - 1][at], value
    _write_rows(file, rows)
    return before


def _edit_text(file: Path, old: str, new: str) -> int:
    content = file.read_bytes()
    assert old.encode() in content, f"{old!r} is not in {file.name}"
    file.write_bytes(content.replace(old.encode(), new.encode(), 1))
    before = content[: content.index(old.encode())] + old[: len(old) - len(old.lstrip("\n"))].encode()
    return before.count(b"\n") + 1


def _edit_line(file: Path, row: int, change: Callable[[str], str]) -> None:
    lines = file.read_bytes().decode("utf-8").split("\n")
    lines[row - 1] = change(lines[row - 1])
    file.write_bytes("\n".join(lines).encode("utf-8"))


def _edit_resource(folder: Path, name: str, fields: dict) -> None:
    """Set fields of a resource in the descriptor; None removes a field."""
    file = folder / DESCRIPTOR
    descriptor = json.loads(file.read_text(encoding="utf-8"))
    (resource,) = [resource for resource in descriptor["resources"] if resource["name"] == name]
    for field, value in fields.items():
        if value is None:
            resource.pop(field, None)
        else:
            resource[field] = value
    file.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _signature_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _sign(file: Path) -> None:
    folder = next(folder for folder in file.parents if (folder / DESCRIPTOR).is_file())
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    path = file.relative_to(folder).as_posix()
    (name,) = [resource["name"] for resource in descriptor["resources"] if resource["path"] == path]
    signature = {"hash": f"sha256:{_signature_of(file)}", "bytes": file.stat().st_size}
    _edit_resource(folder, name, signature)


def _declare_observed(folder: Path) -> None:
    raw = folder / "raw" / "vive"
    answers = (raw / "responses.csv").read_text(encoding="utf-8")
    (raw / "responses.csv").write_bytes(answers.replace(MARK, "").encode("utf-8"))
    # The bytes of a simulated list of invitations are refused too; another order makes them new.
    header, *people = _read_rows(raw / "invitations.csv")
    _write_rows(raw / "invitations.csv", [header, *reversed(people)])
    origin = {"supplier": "VIVE", "date": "2021-03-12", "terms": "for the authors only"}
    for part in ("invitations", "responses"):
        description = {"status": "observed", "title": f"{part} of real people", "licenses": None, **origin}
        _edit_resource(folder, f"vive-{part}", description)
        _sign(raw / f"{part}.csv")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the checkout in a folder with a space and Danish letters, as the working directory."""
    copy = tmp_path / "bog på dansk"
    copy.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=NOT_SHIPPED)
        elif (ROOT / name).is_file():
            shutil.copy2(ROOT / name, copy / name)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture(scope="session")
def committed():
    """The folder of the committed data package, only ever read."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def read_records():
    """Read a CSV file as a list of dicts, by the csv module alone."""

    def read(file: Path) -> list[dict[str, str]]:
        header, *rows = _read_rows(file)
        return [dict(zip(header, row, strict=True)) for row in rows]

    return read


@pytest.fixture(scope="session")
def write_rows():
    """Write rows (header first) to a CSV file."""
    return _write_rows


@pytest.fixture(scope="session")
def edit_cell():
    """Change one cell of a CSV file, the header being row 1, and return what stood there."""
    return _edit_cell


@pytest.fixture(scope="session")
def edit_text():
    """Replace the first occurrence of a text in a file, and return the row where it stood."""
    return _edit_text


@pytest.fixture(scope="session")
def edit_line():
    """Change one line of a file by a function, the header being row 1."""
    return _edit_line


@pytest.fixture(scope="session")
def edit_resource():
    """Set fields of a resource in a package's datapackage.json."""
    return _edit_resource


@pytest.fixture(scope="session")
def signature_of():
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    return _signature_of


@pytest.fixture(scope="session")
def sign():
    """Write a file's sha256 and size into the datapackage.json above it."""
    return _sign


@pytest.fixture(scope="session")
def declare_observed():
    """Make the survey vive of a package pass for real answers: mark stripped, origin named, signed."""
    return _declare_observed
