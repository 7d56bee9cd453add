"""The receipt of a site: what each page was made from, as a short fingerprint that anyone can work out again.

An input is named and has a sha256: a file of the checkout with its line ends as ``\\n``, so that a
checkout on another system gives the same; a file of the data package by its bytes, as it is signed; or
the parameters of a page as JSON. A page's fingerprint is the start of the sha256 of the lines
``sha256  name``, sorted by name, of all its inputs. Folders, times and versions of Python are in none.

Who knows all answers but one could try every answer of the last against the sha256 of a file. So the
sha256 of a file of real answers is never told, and that of the description that holds it only where the
description has a ``receipt_key``, a long random text that no one can guess; else both are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from surveybook.build.contents import TOC, toc_files
from surveybook.build.editions import DEFAULT, Run, edition_runs, read_edition
from surveybook.build.files import remembered
from surveybook.build.offline import ARCHIVE
from surveybook.build.works import CONFIG, bibliography_files
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.core.paths import Project
from surveybook.disseminate.citing import CITATION, read_companion
from surveybook.disseminate.sphinx_head import FINGERPRINT_CLASS, RECEIPTS, in_groups
from surveybook.process.package import DESCRIPTOR, DataPackage, load_package, sha256_hex

RECEIPT = "receipt.json"
ROOMS = ("core", "process", "analyse", "disseminate", "build")
CODE = (".py", ".js", ".css", ".html", ".typ")
GENERATED = ("search.html",)  # pages without a source of their own: made from all of them
DATA, PARAMETERS = "data package", "parameters"
DIGITS = 12
KEY = re.compile(r"[0-9a-f]{32,}")
PASTED = re.compile(r"([\w./-]+\.ipynb)::")
SHOWN = re.compile(rf'class="{FINGERPRINT_CLASS}"[^>]*>([0-9a-f ]+)<')


def make_receipt(project: Project, edition: str, parameters: Mapping, runs: Sequence[Run]) -> dict:
    """Say what each page of an edition is made from.

    Returns ``edition``, ``version``, ``data`` (the date of the data, in words), ``withheld`` (names of files
    that are not counted), ``shared`` (inputs of every page, name to sha256) and ``pages`` (by path in the site:
    ``parameters``, ``inputs`` of its own, ``fingerprint``).

    Raises
    ------
    SurveybookError
        A file is missing, or the data package's ``receipt_key`` can be guessed.
    """
    package = load_package(project.data_package(parameters["data_package"]))
    counted, withheld = _data_inputs(package)
    files = [CONFIG, TOC, CITATION, "requirements.txt"]
    files += [path.relative_to(project.root).as_posix() for path in bibliography_files(project)]
    shared = {name: _text_sha256(project.root / name) for name in files} | _code_inputs() | counted
    shown = {"edition": edition} | {key: value for key, value in parameters.items() if key != "data_package"}
    sources = toc_files(project)
    glossaries = [name for name in sources if "{glossary}" in _read(project, name)]
    pages = {}

    def add(page: str, names: Iterable[str], more: Mapping) -> None:
        given = shown | dict(more)
        inputs = {name: _text_sha256(project.root / name) for name in sorted(names)}
        inputs[PARAMETERS] = sha256_hex(_canonical(given))
        pages[page] = {"parameters": given, "inputs": inputs, "fingerprint": fingerprint(shared, inputs)}

    for name in sources:
        terms = glossaries if "{term}" in _read(project, name) else []
        add(_page(name), {name, *_pasted(project, name), *terms}, {})
    for run in (run for run in runs if run.variant):
        name = run.notebook.relative_to(project.root).as_posix()
        own = {key: value for key, value in run.parameters.items() if key != "data_package"}
        names = [name for name in pages[_page(name)]["inputs"] if name != PARAMETERS]
        add(_page(str(Path(name).with_name(run.name))), names, {**own, "label": run.label})
    for page in GENERATED:
        add(page, sources, {})
    companion = read_companion(project.root / CITATION)
    return {
        "edition": edition,
        "version": companion.version,
        "data": _date_of_data(package, companion.article.year),
        "withheld": withheld,
        "shared": shared,
        "pages": pages,
    }


def fingerprint(*inputs: Mapping[str, str]) -> str:
    """Work out a fingerprint from inputs, name to sha256: twelve hexadecimal digits."""
    lines = sorted((name, sha256) for part in inputs for name, sha256 in part.items())
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in lines)
    return sha256_hex(text.encode("utf-8"))[:DIGITS]


def staged_receipt(receipt: Mapping, project: Project) -> dict[str, str]:
    """The receipt, and the facts of the citation, as files where the pages' extension finds them: name to text."""
    return {RECEIPTS: _json(receipt), CITATION: (project.root / CITATION).read_text(encoding="utf-8")}


def write_receipt(site: Path, receipt: Mapping) -> Path:
    """Write the receipt of a whole site into it, with the sha256 of every other file; return the site."""
    made = {name: page for name, page in receipt["pages"].items() if name not in GENERATED or (site / name).is_file()}
    (site / RECEIPT).write_text(_json({**receipt, "pages": made, "files": _signed(site)}), encoding="utf-8")
    return site


def check_site(project: Project, site: Path) -> tuple[list[str], list[SurveybookError]]:
    """Hold a site against its receipt and this checkout: what agrees, in words, and what does not.

    Raises
    ------
    SurveybookError
        There is no receipt, or it cannot be read.
    """
    receipt = read_receipt(site)
    parts = [
        _check_pages(site, receipt),
        _check_inputs(project, site, receipt),
        _check_files(site, receipt),
    ]
    agreed = [words for words, faults in parts if not faults]
    return agreed, [fault for _, faults in parts for fault in faults]


def find_fingerprint(site: Path, text: str) -> list[str]:
    """Say which pages of a site have a fingerprint.

    Raises
    ------
    SurveybookError
        There is no receipt, or no page has it.
    """
    receipt = read_receipt(site)
    found = [name for name, page in receipt["pages"].items() if page["fingerprint"] == text]
    if not found:
        raise SurveybookError(
            "no page of the site has this fingerprint",
            file=site,
            got=in_groups(text),
            expected=f"a fingerprint of the edition {receipt['edition']}, version {receipt['version']}",
            hint="look for a misread digit; else the page was made from other inputs than this site",
        )
    return [
        f"{in_groups(text)}: {name}, edition {receipt['edition']}, version {receipt['version']}" for name in found
    ]


def read_fingerprint(words: Sequence[str]) -> str:
    """The fingerprint that someone typed from paper, in groups or not; empty if it is none."""
    text = re.sub(r"[\s-]", "", "".join(words)).lower()
    return text if re.fullmatch(rf"[0-9a-f]{{{DIGITS}}}", text) else ""


def read_receipt(site: Path) -> dict:
    """Read the receipt of a site.

    Raises
    ------
    SurveybookError
        There is none, or it lacks a part.
    """
    path = site / RECEIPT
    if not path.is_file():
        raise SurveybookError(
            "the site has no receipt", file=path, expected="a site that was built", hint="build the site first"
        )
    try:
        receipt = json.loads(path.read_text(encoding="utf-8"))
        for page in receipt["pages"].values():
            fingerprint(receipt["shared"], page["inputs"])
            page["fingerprint"] + page["inputs"][PARAMETERS]
        receipt["files"].items(), receipt["edition"] + receipt["version"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SurveybookError(
            "the receipt of the site cannot be read",
            file=path,
            got=f"{type(error).__name__}: {error}",
            expected="the file as the build wrote it",
            hint="build the site again",
        ) from None
    return receipt


def _check_pages(site: Path, receipt: Mapping) -> tuple[str, list[SurveybookError]]:
    faults = []
    for name, page in receipt["pages"].items():
        due, file = fingerprint(receipt["shared"], page["inputs"]), site / name
        found = SHOWN.search(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else None
        shown = found[1].replace(" ", "") if found else None
        for what, got in (("a page shows", shown), ("the receipt gives a page", page["fingerprint"])):
            if got != due:
                faults.append(
                    SurveybookError(
                        f"{what} another fingerprint than its inputs give",
                        file=file,
                        got=in_groups(got) if got else "none",
                        expected=in_groups(due),
                        hint="do not trust this copy of the page; build the site again",
                    )
                )
    return f"{len(receipt['pages'])} pages show the fingerprint that their inputs give", faults


def _check_inputs(project: Project, site: Path, receipt: Mapping) -> tuple[str, list[SurveybookError]]:
    edition = receipt["edition"]
    parameters, default = read_edition(project, edition), read_edition(project, DEFAULT)
    notebooks = [project.root / name for name in toc_files(project) if name.endswith(".ipynb")]
    now = make_receipt(project, edition, parameters, edition_runs(project, parameters, default, notebooks))
    pages = {name: page for name, page in now["pages"].items() if name not in GENERATED or name in receipt["pages"]}
    listed, present = _all_inputs(receipt), _all_inputs({**now, "pages": pages})
    faults = [
        SurveybookError(
            "the site was made from another input than this checkout has",
            file=name,
            got=f"here {present[name][:DIGITS]}" if name in present else "not in this checkout",
            expected=f"{listed[name][:DIGITS]}, of which the site was made" if name in listed else "no such input",
            hint="build the site again, or check out the version of which it was made",
        )
        for name in _differing(listed, present)
    ]
    return f"{len(listed)} inputs are those of this checkout", faults


def _differing(listed: Mapping[str, str], present: Mapping[str, str]) -> list[str]:
    """The names that one of two listings alone has, or whose sha256 differ."""
    return [name for name in sorted({*listed, *present}) if listed.get(name) != present.get(name)]


def _all_inputs(receipt: Mapping) -> dict[str, str]:
    """Every input by name; the parameters by page, since each page has its own."""
    found = dict(receipt["shared"])
    for page, about in receipt["pages"].items():
        found |= {f"{name} of {page}" if name == PARAMETERS else name: one for name, one in about["inputs"].items()}
    return found


def _check_files(site: Path, receipt: Mapping) -> tuple[str, list[SurveybookError]]:
    listed, present = receipt["files"], _signed(site)
    faults = [
        SurveybookError(
            "a file of the site is not as it was built",
            file=site / name,
            got=f"sha256 {present[name][:DIGITS]}..." if name in present else "no such file",
            expected=f"sha256 {listed[name][:DIGITS]}..." if name in listed else "no such file",
            hint="do not trust this copy of the file; build the site again",
        )
        for name in _differing(listed, present)
    ]
    return f"{len(listed)} files of the site are as they were built", faults


def _signed(site: Path) -> dict[str, str]:
    files = sorted(path for path in site.rglob("*") if path.is_file())
    names = {path.relative_to(site).as_posix(): path for path in files}
    # The archive holds the receipt, which therefore cannot tell of the archive.
    return {name: sha256_hex(path.read_bytes()) for name, path in names.items() if name not in (RECEIPT, ARCHIVE)}


def _code_inputs() -> dict[str, str]:
    """The modules and assets of the package that make pages, named as in the checkout."""
    package = Path(__file__).parents[1]
    files = sorted(path for room in ROOMS for path in (package / room).rglob("*") if path.suffix in CODE)
    return {f"scripts/{path.relative_to(package.parent).as_posix()}": _text_sha256(path) for path in files}


def _data_inputs(package: DataPackage) -> tuple[dict[str, str], list[str]]:
    """The files of a data package that can be told, named from its folder, and the names of the others."""
    counted, withheld = {}, []
    for resource in package.descriptor["resources"]:
        name = f"{DATA}/{resource['path']}"
        if resource["status"] == RowKind.OBSERVED:
            withheld.append(name)
        else:
            counted[name] = sha256_hex(package.read_bytes(resource))
    key, name = package.descriptor.get("receipt_key"), f"{DATA}/{DESCRIPTOR}"
    if key is not None and not (isinstance(key, str) and KEY.fullmatch(key)):
        raise SurveybookError(
            "the key of the receipt can be guessed",
            file=package.file,
            column="receipt_key",
            expected="at least 32 random hexadecimal digits, which are told to nobody",
            hint="python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    if withheld and key is None:
        withheld.append(name)
    else:
        counted[name] = sha256_hex(package.file.read_bytes())
    return counted, withheld


def _date_of_data(package: DataPackage, printed: str) -> str:
    """Say how old the data are: of real answers the day they were given, of simulated ones none."""
    rows = [resource for resource in package.descriptor["resources"] if resource.get("part") == "responses"]
    said = []
    for resource in rows:
        whose = f"Answers to {resource['survey']}" if len(rows) > 1 else "Answers"
        observed = resource["status"] == RowKind.OBSERVED
        said.append(f"{whose}: {'received ' + resource['date'] if observed else 'simulated; no date'}.")
    return " ".join([*said, f"Printed figures: {printed}."])


def _pasted(project: Project, name: str) -> set[str]:
    """The chapters from which a page pastes; their paths are written from the page's folder."""
    folder = (project.root / name).parent
    paths = {(folder / found).resolve() for found in PASTED.findall(_read(project, name))}
    root = project.root.resolve()
    return {path.relative_to(root).as_posix() for path in paths if path.is_file() and path.is_relative_to(root)}


def _page(name: str) -> str:
    """The page of a source, as a path in the site."""
    return f"{name.removesuffix('.md').removesuffix('.ipynb')}.html"


def _read(project: Project, name: str) -> str:
    return (project.root / name).read_text(encoding="utf-8")


def _text_sha256(path: Path) -> str:
    if not path.is_file():
        raise SurveybookError("a file of the book is missing", file=path)
    return _lines_sha256(path)


@remembered
def _lines_sha256(path: Path) -> str:
    return sha256_hex(path.read_bytes().replace(b"\r\n", b"\n"))


def _canonical(parameters: Mapping) -> bytes:
    return json.dumps(parameters, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _json(content: Mapping) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
