"""The data package: which files there are, what their rows are, and their signatures."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import RowKind
from surveybook.core.paths import command, find_project, shown_path
from surveybook.core.reads import digest, in_parts, note
from surveybook.process.csv_table import (
    FIRST_DATA_ROW,
    HEADER_ROW,
    TYPE_PATTERNS,
    check_fields,
    parse_text_table,
    show_unseen,
)

DESCRIPTOR = "datapackage.json"
SIMULATED_MARK = "[simuleret]"
OBSERVED_NEEDS = ("supplier", "date", "terms")
EDITORIAL = "editorial"  # written by this edition: the codebook and the assumptions, which hold no answers
FINGERPRINTS = "simulated-fingerprints"
PARTS = ("invitations", "responses")
SIGNED = ("hash", "bytes")
DATA, DESCRIPTION = "data", "description of the data package"  # how reading them is noted


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of some bytes as data packages write it."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class DataPackage:
    """A Frictionless data package on disk; ``descriptor`` is its parsed ``datapackage.json``.

    ``signed`` is False only while a changed file is being accepted: then signatures are not asked.
    """

    folder: Path
    descriptor: Mapping
    signed: bool = True

    @property
    def file(self) -> Path:
        """The descriptor's path."""
        return self.folder / DESCRIPTOR

    @property
    def resources(self) -> dict[str, Mapping]:
        """The resources by name."""
        return {resource["name"]: resource for resource in self.descriptor["resources"]}

    def resource(self, name: str) -> Mapping:
        """Return one resource, or say which there are."""
        if name not in self.resources:
            raise SurveybookError(
                "the data package has no such resource",
                file=self.file,
                got=name,
                expected=one_of(self.resources),
            )
        return self.resources[name]

    def part(self, survey: str, part: str) -> Mapping | None:
        """Return the resource that holds a survey's ``invitations`` or ``responses``; None without rows."""
        found = [r for r in self.descriptor["resources"] if (r.get("survey"), r.get("part")) == (survey, part)]
        if len(found) > 1:
            raise SurveybookError(
                f"two resources hold the {part} of the survey {survey}",
                file=self.file,
                got=[resource["name"] for resource in found],
                expected="one",
            )
        return found[0] if found else None

    def path(self, resource: Mapping) -> Path:
        """Return the path of a resource's file; it must lie inside the package."""
        path = (self.folder / resource["path"]).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise SurveybookError(
                "a resource lies outside its data package",
                file=self.file,
                got=resource["path"],
                expected="a path below the package's folder",
            )
        return path

    def read(self, resource: Mapping) -> pd.DataFrame:
        """Read a resource as a text table: signature, then fields. Characters that cannot be shown are U+FFFD.

        Raises
        ------
        SurveybookError
            The file is missing, was changed since it was signed, or does not fit its fields.
        """
        content = self.read_bytes(resource)
        if self.signed and sha256_hex(content) != resource["hash"].removeprefix("sha256:"):
            raise SurveybookError(
                "a data file was changed after it was signed",
                file=self.path(resource),
                got=f"sha256 {sha256_hex(content)[:12]}...",
                expected=f"sha256 {resource['hash'].removeprefix('sha256:')[:12]}...",
                hint=f"if the change is meant: {accept_command(self.path(resource))}; if not, restore the file",
            )
        return self.parse(resource, content).map(show_unseen)

    def parse(self, resource: Mapping, content: bytes) -> pd.DataFrame:
        """Parse a resource's bytes and check its fields and the mark of simulated answers."""
        path = self.path(resource)
        table = parse_text_table(content, path)
        check_fields(table, resource["schema"]["fields"], path)
        if resource["status"] == RowKind.OBSERVED and SIMULATED_MARK.encode() in content:
            marked = table.apply(lambda column: column.str.contains(SIMULATED_MARK, regex=False)).any(axis=1)
            raise SurveybookError(
                "a file declared observed holds simulated answers",
                file=path,
                row=int(marked.idxmax()) + FIRST_DATA_ROW if marked.any() else HEADER_ROW,
                got=SIMULATED_MARK,
                expected="answers of real respondents",
                hint="declare the resource simulated in datapackage.json",
            )
        return table

    def content_digest(self) -> str:
        """The sha256 of the description and of all files, with the signatures that this checkout knows."""
        paths = [self.file, *(self.path(resource) for resource in self.descriptor["resources"]), *_known_signatures()]
        with in_parts():
            return digest("".join(digest(path.read_bytes()) for path in paths if path.is_file()))

    def read_bytes(self, resource: Mapping) -> bytes:
        """Return a resource's bytes, or say that the file is missing."""
        path = self.path(resource)
        if not path.is_file():
            raise SurveybookError(
                "a data file is missing",
                file=path,
                expected=f"the file that the resource {resource['name']} names",
                hint="put the file back, or name another package in chapters/editions.yml",
            )
        with in_parts():
            content = path.read_bytes()
        note(f"{DATA} {resource['name']}", lambda: content)
        return content


def accept_command(path: Path) -> str:
    """Say how a changed file is accepted, as it is typed in a shell."""
    return f"{command()} data accept {shlex.quote(shown_path(path))}"


def load_package(folder: Path, *, signed: bool = True) -> DataPackage:
    """Load a data package's descriptor and check what it says of each resource.

    Raises
    ------
    SurveybookError
        No or broken descriptor, an unknown status, a missing signature, or an observed
        resource without supplier, date and terms or with the signature of a simulated file.
    """
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise SurveybookError(
            "there is no data package here",
            file=path,
            expected=f"a folder with {DESCRIPTOR}",
            hint="check data_package in chapters/editions.yml",
        )
    with in_parts():
        package = DataPackage(folder, _read_descriptor(path), signed)
        check_resources(package)
    note(DESCRIPTION, lambda: unsigned_text(package.descriptor))
    return package


def unsigned_text(descriptor: Mapping) -> str:
    """A description without the signatures, which tell no more than the files that they sign."""
    resources = [{k: v for k, v in one.items() if k not in SIGNED} for one in descriptor["resources"]]
    return json.dumps({**descriptor, "resources": resources}, sort_keys=True)


def _read_descriptor(path: Path) -> Mapping:
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SurveybookError(
            "the data package's description is not UTF-8 text", file=path, got=error.reason, expected="UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        raise SurveybookError(
            "the data package's description is not valid JSON",
            file=path,
            row=error.lineno,
            got=error.msg,
            expected="JSON",
        ) from None
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not resources or not all(isinstance(r, dict) for r in resources):
        raise SurveybookError(
            "the data package's description names no resources",
            file=path,
            column="resources",
            expected="a JSON object with a list of resources",
        )
    return descriptor


def check_resources(package: DataPackage) -> None:
    """Check what a package says of each resource; see ``load_package``."""
    for resource in package.descriptor["resources"]:
        _check_description(package, resource)
        _check_status(package, resource)
    _check_not_simulated(package)


def _check_description(package: DataPackage, resource: Mapping) -> None:
    name = resource.get("name")
    for key in ("name", "path"):
        if not isinstance(resource.get(key), str) or not resource[key]:
            raise SurveybookError(
                f"a resource has no {key}" + ("" if key == "name" else f": {name}"),
                file=package.file,
                column=key,
                got=resource.get(key),
                expected="text",
            )
    schema = resource.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list) or not all(isinstance(f, dict) and "name" in f for f in fields):
        raise SurveybookError(
            f"the resource {name} does not describe its fields",
            file=package.file,
            column="schema",
            expected="a schema with a list of fields, each with a name",
        )
    for field in fields:
        pattern = field.get("constraints", {}).get("pattern", "")
        try:
            re.compile(pattern)
        except re.error as error:
            raise SurveybookError(
                f"a field of the resource {name} has a pattern that is none",
                file=package.file,
                column=field["name"],
                got=pattern,
                expected=f"a regular expression ({error})",
            ) from None
        if field.get("type", "string") not in TYPE_PATTERNS:
            raise SurveybookError(
                f"a field of the resource {name} has an unknown type",
                file=package.file,
                column=field["name"],
                got=field["type"],
                expected=one_of(TYPE_PATTERNS),
            )


def _check_status(package: DataPackage, resource: Mapping) -> None:
    allowed = [*RowKind, EDITORIAL]
    if resource.get("status") not in allowed:
        raise SurveybookError(
            f"the resource {resource['name']} does not say what its rows are",
            file=package.file,
            column="status",
            got=resource.get("status"),
            expected=one_of(allowed),
        )
    if package.signed and not re.fullmatch(r"sha256:[0-9a-f]{64}", str(resource.get("hash", ""))):
        raise SurveybookError(
            f"the resource {resource['name']} is not signed",
            file=package.file,
            column="hash",
            got=resource.get("hash"),
            expected="sha256: and 64 hexadecimal digits",
            hint=accept_command(package.path(resource)),
        )
    has_rows = resource["status"] in (RowKind.SIMULATED, RowKind.OBSERVED)
    if not has_rows and ("part" in resource or "survey" in resource):
        raise SurveybookError(
            f"the resource {resource['name']} holds answers but does not say whether they are real",
            file=package.file,
            column="status",
            got=resource["status"],
            expected=one_of([RowKind.SIMULATED, RowKind.OBSERVED]),
        )
    if has_rows:
        for key, expected in (("survey", "the name of a survey"), ("part", one_of(PARTS))):
            if not resource.get(key) or (key == "part" and resource["part"] not in PARTS):
                raise SurveybookError(
                    f"the resource {resource['name']} does not say whose rows it holds",
                    file=package.file,
                    column=key,
                    got=resource.get(key),
                    expected=expected,
                )
    if resource["status"] == RowKind.OBSERVED:
        for need in OBSERVED_NEEDS:
            if not str(resource.get(need, "")).strip():
                raise SurveybookError(
                    f"the observed resource {resource['name']} does not name its {need}",
                    file=package.file,
                    column=need,
                    expected=f"the fields {', '.join(OBSERVED_NEEDS)}",
                    hint="write who gave the file, when, and under which terms",
                )
        _check_observed(package, resource)


def _check_observed(package: DataPackage, resource: Mapping) -> None:
    """Refuse what a description of simulated rows leaves behind, and answers kept in a repository."""
    name = resource["name"]
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(resource["date"])):
        raise SurveybookError(
            f"the observed resource {name} has no date",
            file=package.file,
            column="date",
            got=resource["date"],
            expected="a date such as 2026-11-23",
        )
    if "simulat" in str(resource.get("title", "")).lower():
        raise SurveybookError(
            f"the observed resource {name} still calls itself simulated",
            file=package.file,
            column="title",
            got=resource["title"],
            expected="a title of the real file",
        )
    if "licenses" in resource:
        raise SurveybookError(
            f"the observed resource {name} has a licence",
            file=package.file,
            column="licenses",
            got=[licence.get("name") for licence in resource["licenses"]],
            expected="none: its terms stand under `terms`",
            hint="remove the licence of the simulated file",
        )
    try:
        root = find_project().root
    except FileNotFoundError:  # outside a checkout
        return
    if (root / ".git").exists() and package.folder.resolve().is_relative_to(root):
        raise SurveybookError(
            f"the observed resource {name} lies inside the repository",
            file=package.path(resource),
            expected="real answers outside the folder of the book",
            hint="move the data package elsewhere, and name its folder in chapters/editions.yml",
        )


def _check_not_simulated(package: DataPackage) -> None:
    known = {r.get("hash"): r["name"] for r in package.descriptor["resources"] if r["status"] == RowKind.SIMULATED}
    if FINGERPRINTS in package.resources:
        table = package.read(package.resource(FINGERPRINTS))
        known |= {f"sha256:{row.sha256}": f"replicate {row.replicate}" for row in table.itertuples()}
    known |= _fingerprints_of_checkout()
    for resource in package.descriptor["resources"]:
        signature = _signature(package, resource)
        if resource["status"] == RowKind.OBSERVED and signature in known:
            raise SurveybookError(
                f"the resource {resource['name']} is declared observed but is a simulated file",
                file=package.path(resource),
                got=f"the same bytes as {known[signature]}",
                expected="a file of real answers",
                hint="declare it simulated in datapackage.json",
            )


def _signature(package: DataPackage, resource: Mapping) -> str | None:
    """A resource's signature; while files are being accepted, that of the file as it lies there."""
    path = package.path(resource)
    if package.signed or not path.is_file():
        return resource.get("hash")
    return f"sha256:{sha256_hex(path.read_bytes())}"


def _fingerprints_of_checkout() -> dict[str, str]:
    """Signatures of the checkout's simulated files, which no package elsewhere may call observed."""
    known = {}
    for path in _known_signatures():
        table = parse_text_table(path.read_bytes(), path)
        known |= {f"sha256:{row.sha256}": f"replicate {row.replicate} of this checkout" for row in table.itertuples()}
    return known


def _known_signatures() -> list[Path]:
    """The checkout's table of signatures of simulated files; none outside a checkout."""
    try:
        path = find_project().fingerprints
    except FileNotFoundError:
        return []
    return [path] if path.is_file() else []
