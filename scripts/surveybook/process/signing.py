"""Sign data files in the data package, and accept one that was changed on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError, one_of
from surveybook.process.csv_table import FIRST_DATA_ROW, parse_text_table
from surveybook.process.package import DESCRIPTOR, DataPackage, check_resources, load_package, sha256_hex
from surveybook.process.survey_data import ID, SurveyData, read_surveys

SHOWN_CHANGES = 20


def sign(package: DataPackage, contents: Mapping[str, bytes]) -> None:
    """Write the signature (sha256) and size of some resources' bytes into ``datapackage.json``."""
    descriptor = json.loads(package.file.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource["name"] in contents:
            resource["hash"] = f"sha256:{sha256_hex(contents[resource['name']])}"
            resource["bytes"] = len(contents[resource["name"]])
    staged = package.file.with_suffix(".json.new")
    staged.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    staged.replace(package.file)


def accept(
    file: Path,
    committed: Callable[[Path], bytes | None],
    check: Callable[[dict[str, SurveyData]], None] = lambda surveys: None,
) -> list[str]:
    """Sign a data file that was changed on purpose, if it is valid; return what changed, in lines.

    Parameters
    ----------
    file : Path
        A file of a data package.
    committed : callable of Path
        Gives the bytes of the file's last committed version, or None.
    check : callable of surveys by name
        Raises where changed rows must not be, for example against print.

    Raises
    ------
    SurveybookError
        The file belongs to no data package, or breaks its fields or the codebook.
    """
    file = file.resolve()
    package = _package_of(file)
    resource = _resource_of(package, file)
    content = package.read_bytes(resource)
    signature = {"hash": f"sha256:{sha256_hex(content)}", "bytes": len(content)}
    if resource.get("hash") == signature["hash"]:
        return [f"{resource['name']}: nothing changed since it was signed"]
    changes = _changes(package, resource, package.parse(resource, content), committed(file))
    surveys = _read_as_if_signed(package, resource["name"], signature)
    if "part" in resource:  # rows are held against print; a changed print or codebook asks for new rows first
        check(surveys)
    sign(package, {resource["name"]: content})
    return [*changes, f"{resource['name']}: signed, sha256 {sha256_hex(content)[:12]}..."]


def _package_of(file: Path) -> DataPackage:
    for folder in file.parents:
        if (folder / DESCRIPTOR).is_file():
            return load_package(folder, signed=False)
    raise SurveybookError(
        "this file belongs to no data package", file=file, expected=f"a {DESCRIPTOR} in a folder above"
    )


def _resource_of(package: DataPackage, file: Path):
    paths = {package.path(resource): resource for resource in package.descriptor["resources"]}
    if file not in paths:
        raise SurveybookError(
            "the data package does not name this file",
            file=file,
            expected=one_of(path.relative_to(package.folder.resolve()).as_posix() for path in paths),
        )
    return paths[file]


def _read_as_if_signed(package: DataPackage, name: str, signature: Mapping) -> dict[str, SurveyData]:
    """Read the whole package as the build would, other changed files included, before one is signed."""
    resources = [r | (signature if r["name"] == name else {}) for r in package.descriptor["resources"]]
    candidate = replace(package, descriptor={**package.descriptor, "resources": resources})
    check_resources(candidate)
    return read_surveys(candidate)


def _changes(package: DataPackage, resource: Mapping, new: pd.DataFrame, before: bytes | None) -> list[str]:
    """Describe the difference to the signed file, cell by cell where its bytes are at hand."""
    path = package.path(resource)
    name = resource["name"]
    if before is None or f"sha256:{sha256_hex(before)}" != resource.get("hash"):
        return [
            f"{name}: the signed version is not in git, so its cells cannot be compared",
            f"{name}: now {len(new)} rows, {path.stat().st_size} bytes; signed: {resource.get('bytes', 'no')} bytes",
        ]
    old = parse_text_table(before, path)
    key = ID if ID in old.columns and ID in new.columns else None
    old, new = (t.assign(_row=t.index + FIRST_DATA_ROW).set_index(key if key else t.index) for t in (old, new))
    lines = [f"column {name}: removed" for name in old.columns.difference(new.columns)]
    lines += [f"column {name}: added" for name in new.columns.difference(old.columns)]
    lines += [f"{name}: row removed" for name in old.index.difference(new.index)]
    lines += [f"{name}: row added" for name in new.index.difference(old.index)]
    for name in new.index.intersection(old.index, sort=False):
        for column in [c for c in new.columns.intersection(old.columns, sort=False) if c != "_row"]:
            before, after = old.at[name, column], new.at[name, column]
            if before != after:
                who = f" ({name})" if key else ""
                lines.append(f"row {new.at[name, '_row']}{who}, column {column}: {before!r} -> {after!r}")
    more = len(lines) - SHOWN_CHANGES
    return lines[:SHOWN_CHANGES] + ([f"... and {more} more changes"] if more > 0 else [])
