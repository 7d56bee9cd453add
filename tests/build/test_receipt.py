"""The receipt of a site: what a page was made from, worked out again by hand, and what a check says of a change."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from surveybook.build.editions import read_edition
from surveybook.build.receipt import fingerprint, make_receipt, read_fingerprint
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

CHAPTER = "chapters/discussion"
RAW = "data/raw/vive/responses.csv"
KEY = "0123456789abcdef" * 2
SHARED_BY_ALL = {"_config.yml", "_toc.yml", "CITATION.cff", "requirements.txt", "chapters/references.bib"}


def receipt_of(folder: Path, edition: str = "default") -> dict:
    project = Project(folder)
    return make_receipt(project, edition, read_edition(project, edition), [])


def fingerprints(receipt: dict) -> dict[str, str]:
    return {name: page["fingerprint"] for name, page in receipt["pages"].items()}


def changed(before: dict, after: dict) -> set[str]:
    first, second = fingerprints(before), fingerprints(after)
    assert first.keys() == second.keys()
    return {name for name in first if first[name] != second[name]}


def add_a_byte(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" ")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package whose modules a test may change."""
    import surveybook.build.receipt as module

    room = Path(module.__file__).parents[1]
    shutil.copytree(room, tmp_path / "scripts" / "surveybook", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "__file__", str(tmp_path / "scripts" / "surveybook" / "build" / "receipt.py"))
    return tmp_path / "scripts" / "surveybook"


# What a fingerprint is


def test_a_fingerprint_is_worked_out_with_the_tools_of_any_system(book):
    receipt = receipt_of(book)
    page = receipt["pages"]["chapters/effects.html"]
    source = book / "chapters" / "effects.ipynb"
    assert page["inputs"]["chapters/effects.ipynb"] == hashlib.sha256(source.read_bytes()).hexdigest()
    given = json.dumps(page["parameters"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert page["inputs"]["parameters"] == hashlib.sha256(given.encode()).hexdigest()
    inputs = receipt["shared"] | page["inputs"]
    lines = "".join(f"{inputs[name]}  {name}\n" for name in sorted(inputs))
    assert page["fingerprint"] == hashlib.sha256(lines.encode()).hexdigest()[:12]


def test_two_inputs_by_hand():
    # printf '%s  a\n%s  b\n' 11 22 | sha256sum
    due = hashlib.sha256(b"11  a\n22  b\n").hexdigest()[:12]
    assert fingerprint({"b": "22"}, {"a": "11"}) == due == fingerprint({"a": "11", "b": "22"})


def test_every_page_names_its_source_and_all_that_pages_share(book):
    receipt = receipt_of(book)
    resources = json.loads((book / "data" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    data = {f"data package/{resource['path']}" for resource in resources} | {"data package/datapackage.json"}
    modules = {f"scripts/surveybook/{name}" for name in ("core/errors.py", "build/receipt.py", "analyse/bases.py")}
    template = "scripts/surveybook/disseminate/assets/templates/components/receipt.html"
    assert {*SHARED_BY_ALL, *data, *modules, template} <= set(receipt["shared"])
    assert not any("simulate/" in name or "cli.py" in name for name in receipt["shared"])
    for name, page in receipt["pages"].items():
        stem = name.removesuffix(".html")
        assert name == "search.html" or {f"{stem}.md", f"{stem}.ipynb"} & set(page["inputs"])
    assert len(set(fingerprints(receipt).values())) == len(receipt["pages"])


def test_the_same_inputs_give_the_same_fingerprint_in_another_folder_and_with_other_line_ends(book, tmp_path):
    before = receipt_of(book)
    other = tmp_path / "another"
    shutil.copytree(book, other)
    page = other / "chapters" / "background.md"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert receipt_of(other) == before
    text = json.dumps(before)
    assert str(book) not in text and book.name not in text and str(Path(__file__).parents[2]) not in text


# One byte


@pytest.mark.parametrize(
    ("file", "pages"),
    [
        ("chapters/background.md", {"chapters/background.html"}),
        # the landing page and others paste from it
        ("chapters/drivers.ipynb", {"chapters/drivers.html", "index.html", "chapters/conclusion.html"}),
    ],
)
def test_a_byte_of_a_page_changes_its_fingerprint_and_those_of_the_pages_that_paste_from_it(book, file, pages):
    before = receipt_of(book)
    add_a_byte(book / file)
    found = changed(before, receipt_of(book))
    assert pages | {"search.html"} <= found
    assert "chapters/effects.html" not in found
    if file.endswith(".md"):
        assert found == pages | {"search.html"}


def test_a_byte_of_the_glossary_changes_the_pages_that_explain_its_terms(book):
    before = receipt_of(book)
    add_a_byte(book / "chapters" / "appendix" / "glossary.md")
    uses = {
        f"{file.relative_to(book).with_suffix('').as_posix()}.html"
        for file in [book / "index.md", *(book / "chapters").rglob("*.*")]
        if file.suffix in (".md", ".ipynb") and "{term}`" in file.read_text(encoding="utf-8")
    }
    assert uses
    own = {"chapters/appendix/glossary.html", "search.html"}
    assert changed(before, receipt_of(book)) == uses | own


@pytest.mark.parametrize("file", [*sorted(SHARED_BY_ALL), "data/codebook/items.csv", RAW, "data/datapackage.json"])
def test_a_byte_of_what_all_pages_share_changes_every_fingerprint(book, file):
    before = receipt_of(book)
    add_a_byte(book / file)
    assert changed(before, receipt_of(book)) == set(before["pages"])


@pytest.mark.parametrize("file", ["analyse/intervals.py", "disseminate/assets/surveybook.css", "build/prose.py"])
def test_a_byte_of_a_module_or_style_changes_every_fingerprint(book, package, file):
    before = receipt_of(book)
    add_a_byte(package / file)
    assert changed(before, receipt_of(book)) == set(before["pages"])


def test_another_parameter_changes_every_fingerprint_and_where_the_data_lie_none(book, edit_text):
    before = receipt_of(book)
    (book / "data").rename(book / "moved")
    edit_text(book / "chapters" / "editions.yml", "data_package: data", "data_package: moved")
    assert receipt_of(book) == before
    edit_text(book / "chapters" / "editions.yml", "    differ_points: 10", "    differ_points: 15")
    assert changed(before, receipt_of(book)) == set(before["pages"])


# Real answers


@pytest.fixture
def observed(book, declare_observed):
    declare_observed(book / "data")
    return book


def signatures(folder: Path) -> list[str]:
    raw = folder / "data" / "raw" / "vive"
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(raw.iterdir())]


def test_no_signature_of_real_answers_is_told_nor_of_the_description_that_holds_it(observed, tmp_path):
    receipt = receipt_of(observed)
    text = json.dumps(receipt)
    description = hashlib.sha256((observed / "data" / "datapackage.json").read_bytes()).hexdigest()
    assert len(signatures(observed)) == 2
    assert not any(one[:12] in text for one in [*signatures(observed), description])
    assert receipt["withheld"] == [
        "data package/raw/vive/invitations.csv",
        "data package/raw/vive/responses.csv",
        "data package/datapackage.json",
    ]
    assert receipt["data"] == "Answers: received 2021-03-12. Printed figures: 2022."


def test_with_a_key_the_description_stands_for_the_answers(observed, sign):
    description = observed / "data" / "datapackage.json"

    def give_key(key: str) -> None:
        text = json.loads(description.read_text(encoding="utf-8"))
        description.write_text(json.dumps(text | {"receipt_key": key}, ensure_ascii=False), encoding="utf-8")

    give_key(KEY)
    before = receipt_of(observed)
    text = json.dumps(before)
    assert KEY not in text and not any(one[:12] in text for one in signatures(observed))
    assert before["shared"]["data package/datapackage.json"] == hashlib.sha256(description.read_bytes()).hexdigest()
    rows = (observed / RAW).read_bytes().splitlines(keepends=True)
    (observed / RAW).write_bytes(b"".join([rows[0], *reversed(rows[1:])]))
    sign(observed / RAW)
    assert changed(before, receipt_of(observed)) == set(before["pages"])
    for weak in (KEY[:31], "secret " * 8, ""):
        give_key(weak)
        with pytest.raises(SurveybookError, match="can be guessed") as caught:
            receipt_of(observed)
        assert caught.value.column == "receipt_key" and (not weak or weak not in str(caught.value))


def test_simulated_answers_have_no_date(book):
    receipt = receipt_of(book)
    assert receipt["data"] == "Answers: simulated; no date. Printed figures: 2022."
    assert receipt["withheld"] == []


# On paper


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["1a2b", "3c4d", "5e6f"], "1a2b3c4d5e6f"),
        (["1A2B-3C4D-5E6F"], "1a2b3c4d5e6f"),
        (["1a2b 3c4d 5e6f"], "1a2b3c4d5e6f"),
        ([], ""),
        (["_build/default/site"], ""),
        (["1a2b", "3c4d"], ""),
        (["1a2b3c4d5e6g"], ""),
    ],
)
def test_a_fingerprint_is_read_as_it_is_typed(typed, read):
    assert read_fingerprint(typed) == read


# A site that was built


@pytest.fixture
def site(built):
    """A copy of its site that a test may spoil, beside the book."""
    copy = built.parent / "copy"
    shutil.copytree(built / "_build" / "default" / "site", copy)
    yield copy
    shutil.rmtree(copy)


def shown_on(page: Path) -> str:
    return re.search(r'<code class="sb-fingerprint">([0-9a-f ]{14})</code>', page.read_text(encoding="utf-8"))[1]


def test_a_whole_site_agrees_and_says_so(built, surveybook):
    done = surveybook("check", "--receipt", cwd=built)
    assert (done.returncode, done.stderr) == (0, "")
    files = [path for path in (built / "_build" / "default" / "site").rglob("*") if path.is_file()]
    first, _, third, last = done.stdout.splitlines()
    assert first == "agrees: 3 pages show the fingerprint that their inputs give"
    assert third == f"agrees: {len(files) - 2} files of the site are as they were built"
    assert last == "The site in _build/default/site is whole, and made from this checkout."


def test_the_receipt_signs_every_other_file_of_the_site(site):
    receipt = json.loads((site / "receipt.json").read_text(encoding="utf-8"))
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    assert receipt["files"] == {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in files.items()
        if name not in ("receipt.json", "companion.zip")  # the archive holds the receipt
    }


def test_a_fingerprint_on_paper_finds_its_page(built, surveybook):
    text = shown_on(built / "_build" / "default" / "site" / f"{CHAPTER}.html")
    done = surveybook("check", "--receipt", *text.split(), cwd=built)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{text}: {CHAPTER}.html, edition default, version 0.1.0\n"
    done = surveybook("check", "--receipt", "0000 0000 0000", cwd=built)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: no page of the site has this fingerprint\n")


def test_a_tampered_page_is_named(built, site, surveybook, edit_text):
    edit_text(site / f"{CHAPTER}.html", "85 percent", "86 percent")
    done = surveybook("check", "--receipt", str(site), cwd=built)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert done.stderr.count("error:") == 1
    assert "a file of the site is not as it was built" in done.stderr
    assert f"{CHAPTER}.html" in done.stderr and "do not trust this copy" in done.stderr
    assert "is whole" not in done.stdout and "fingerprint" in done.stdout


def test_another_fingerprint_on_a_page_is_named(built, site, surveybook, edit_text):
    page = site / "index.html"
    edit_text(page, shown_on(page), "0123 4567 89ab")
    done = surveybook("check", "--receipt", str(site), cwd=built)
    assert done.returncode == 1
    assert "error: a page shows another fingerprint than its inputs give" in done.stderr
    assert "'0123 4567 89ab'" in done.stderr and "index.html" in done.stderr


def test_a_receipt_that_was_made_to_fit_does_not_fit_the_checkout(built, site, surveybook):
    receipt = json.loads((site / "receipt.json").read_text(encoding="utf-8"))
    receipt["shared"]["_toc.yml"] = "0" * 64
    for name, page in receipt["pages"].items():
        shown, page["fingerprint"] = page["fingerprint"], fingerprint(receipt["shared"], page["inputs"])
        grouped = [" ".join(re.findall("....", text)) for text in (shown, page["fingerprint"])]
        text = (site / name).read_text(encoding="utf-8").replace(*grouped)
        (site / name).write_text(text, encoding="utf-8")
        receipt["files"][name] = hashlib.sha256(text.encode()).hexdigest()
    (site / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    done = surveybook("check", "--receipt", str(site), cwd=built)
    assert done.returncode == 1 and done.stderr.count("error:") == 1
    assert "the site was made from another input than this checkout has" in done.stderr
    assert "  file:     _toc.yml" in done.stderr


@pytest.mark.parametrize("file", ["index.md", f"{CHAPTER}.ipynb", RAW, "_config.yml"])
def test_an_input_that_changed_since_is_named(built, surveybook, file):
    before = (built / file).read_bytes()
    try:
        add_a_byte(built / file)
        done = surveybook("check", "--receipt", cwd=built)
    finally:
        (built / file).write_bytes(before)
    assert done.returncode == 1
    name = file.replace("data/", "data package/", 1)
    assert f"  file:     {name}\n" in done.stderr
    assert "build the site again" in done.stderr


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda site: (site / "receipt.json").unlink(), "the site has no receipt"),
        (lambda site: (site / "receipt.json").write_text("{", encoding="utf-8"), "cannot be read"),
        (lambda site: (site / "receipt.json").write_text('{"pages": 1}', encoding="utf-8"), "cannot be read"),
        (lambda site: (site / "search.html").unlink(), "a file of the site is not as it was built"),
        (lambda site: (site / "more.html").write_text("more", encoding="utf-8"), "not as it was built"),
    ],
    ids=["no receipt", "cut off", "another file", "a page removed", "a page added"],
)
def test_a_site_that_cannot_be_verified_is_told(built, site, surveybook, spoil, said):
    spoil(site)
    done = surveybook("check", "--receipt", str(site), cwd=built)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert said in done.stderr


def test_an_unchanged_book_is_not_built_again(built, surveybook):
    done = surveybook("build", cwd=built)
    assert done.stderr.splitlines()[-1] == "Nothing changed since the last build."


def test_neither_a_site_nor_a_fingerprint_is_refused(built, surveybook):
    done = surveybook("check", "--receipt", "one", "two", cwd=built)
    assert done.returncode == 1 and "neither one site nor a fingerprint" in done.stderr
