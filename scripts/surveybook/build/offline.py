"""The book to take along: one PDF for print, and one archive of the whole site to read without a network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from surveybook.build.contents import TOC
from surveybook.build.editions import read_yaml
from surveybook.build.site import CONFIG
from surveybook.disseminate.typeset import Page, make_pdf, typeset_book

PDF, ARCHIVE = "companion.pdf", "companion.zip"
FOLDER = "companion"  # the one folder in the archive
README = "Open index.html in a browser. Everything works without a network.\n"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest time an archive can hold: the same bytes at any time


def add_pdf(stage: Path, site: Path) -> None:
    """Write the PDF of a site, made from a staged book, into it."""
    settings = read_yaml(stage / CONFIG)
    language = settings.get("sphinx", {}).get("config", {}).get("language", "en")
    files = typeset_book(site, book_pages(stage / TOC), author=settings["author"], language=language)
    (site / PDF).write_bytes(make_pdf(files))


def book_pages(toc: Path) -> list[Page]:
    """Return the pages of a table of contents, in its order, each with its depth and its part's caption."""
    contents = read_yaml(toc)

    def walk(entries: list, depth: int, part: str) -> Iterator[Page]:
        for entry in entries:
            if "file" in entry:
                yield Page(f"{Path(entry['file']).with_suffix('').as_posix()}.html", depth, part)
            yield from walk(entry.get("sections", []), depth + 1, part)

    pages = [Page(f"{Path(contents['root']).with_suffix('').as_posix()}.html")]
    for part in contents.get("parts", [contents]):
        pages += walk(part.get("chapters", []), 1, part.get("caption", ""))
    return pages


def write_archive(site: Path) -> None:
    """Write all files of a site into one archive in it: sorted, without times, so the same bytes twice."""
    files = [path for path in site.rglob("*") if path.is_file() and path != site / ARCHIVE]
    contents = {path.relative_to(site).as_posix(): path.read_bytes() for path in files}
    with zipfile.ZipFile(site / ARCHIVE, "w") as archive:
        for name, content in {"README.txt": README.encode(), **dict(sorted(contents.items()))}.items():
            about = zipfile.ZipInfo(f"{FOLDER}/{name}", EARLIEST)
            about.create_system, about.external_attr = 3, 0o644 << 16  # as on Unix, wherever it is made
            archive.writestr(about, content, zipfile.ZIP_DEFLATED)
