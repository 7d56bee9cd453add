"""Editions and their parameters: refused before anything runs."""

from __future__ import annotations

import ast
import contextlib
import io
import logging
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
import yaml

from surveybook.build.files import remembered
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.paths import Project

DEFAULT = "default"
KINDS = {"string": str, "number": (int, float), "integer": int}
SPECIFICATION_KEYS = {"type", "meaning", "least", "most", "one_of"}
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
LABEL = "label"  # beside a variant's parameters: the heading of its page


@dataclass(frozen=True)
class Run:
    """One execution of a chapter: for its own page, or as a variant with some parameters changed."""

    notebook: Path
    parameters: dict
    variant: str = ""
    label: str = ""

    @property
    def name(self) -> str:
        """The name of its page, without folder and suffix."""
        return f"{self.notebook.stem}-{self.variant}" if self.variant else self.notebook.stem


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error; the safe loader takes the last in silence."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict:
    """Read a YAML file that holds a mapping.

    Raises
    ------
    SurveybookError
        The file is missing, or is not such YAML; the row is named.
    """
    if not path.is_file():
        raise SurveybookError("a file of the book is missing", file=path)
    return deepcopy(_read_yaml(path))


@remembered
def _read_yaml(path: Path) -> dict:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)
    except UnicodeDecodeError as error:
        raise SurveybookError(
            "the file is not UTF-8 text", file=path, got=error.reason, expected="UTF-8", hint="save it again as UTF-8"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SurveybookError(
            "the file is not valid YAML",
            file=path,
            row=mark.line + 1 if mark else None,
            got=getattr(error, "problem", str(error)),
            hint="check the indentation and the colons",
        ) from None
    if not isinstance(content, dict):
        raise SurveybookError("the file does not hold keys and values", file=path, got=type(content).__name__)
    return content


def edition_names(project: Project) -> list[str]:
    """Return the names of all editions, in the order of their table."""
    editions = read_yaml(project.editions).get("editions")
    return [str(name) for name in editions] if isinstance(editions, Mapping) else [DEFAULT]


def read_edition(project: Project, name: str) -> dict:
    """Return an edition's parameters, all of them checked.

    Raises
    ------
    SurveybookError
        The edition is unknown, or a parameter is unknown, missing, of the wrong type or out of range.
    """
    path = project.editions
    content = read_yaml(path)
    for key in ("parameters", "editions"):
        if not isinstance(content.get(key), Mapping):
            raise SurveybookError(f"the table of editions has no part named {key}", file=path, column=key)
    for known in content["editions"]:
        if not isinstance(known, str) or not NAME.fullmatch(known):
            raise SurveybookError(
                "an edition's name is not fit for a folder",
                file=path,
                column="editions",
                got=known,
                expected="text of small letters, digits and hyphens (quote a number)",
            )
    if name not in content["editions"]:
        raise SurveybookError(
            "unknown edition",
            file=path,
            got=name,
            expected=one_of(content["editions"]),
            hint="correct the name, or add the edition to chapters/editions.yml",
        )
    specifications, values = content["parameters"], content["editions"][name]
    values = {} if values is None else values  # an edition with nothing below its name
    if not isinstance(values, Mapping):
        raise SurveybookError(
            f"the edition {name} does not hold parameters",
            file=path,
            column=name,
            got=values,
            expected="keys and values",
        )
    for key, specification in specifications.items():
        _check_specification(key, specification, path)
    for key in values:
        if key not in specifications:
            raise SurveybookError(
                f"the edition {name} has an unknown parameter",
                file=path,
                column=key,
                got=values[key],
                expected=one_of(specifications),
                hint="correct its name, or explain it under `parameters`",
            )
    for key, specification in specifications.items():
        if key not in values:
            raise SurveybookError(
                f"the edition {name} lacks a parameter", file=path, column=key, expected=specification["type"]
            )
        _check_value(name, key, values[key], specification, path)
    return dict(values)


def edition_runs(project: Project, edition: Mapping, default: Mapping, notebooks: list[Path]) -> list[Run]:
    """Every execution of the book's chapters, each variant after its chapter.

    The part ``variants`` of the table of editions names a chapter, its variants, and of each the
    heading of its page and the parameters that differ from the edition's.

    Raises
    ------
    SurveybookError
        A chapter's parameters do not fit (see ``chapter_parameters``), or a variant cannot be.
    """
    content = read_yaml(project.editions)
    variants = _mapping(content.get("variants"), project.editions, "variants")
    chapters = {notebook.stem: notebook for notebook in notebooks}
    runs: list[Run] = []
    for stem, notebook in chapters.items():
        taken = chapter_parameters(notebook, edition, default)
        runs.append(Run(notebook, taken))
        for name, changes in _mapping(variants.get(stem), project.editions, f"variants, {stem}").items():
            runs.append(_variant(project.editions, notebook, name, changes, taken, content["parameters"]))
    names = [run.name for run in runs]
    for run in runs:
        if names.count(run.name) > 1:
            raise SurveybookError(
                "a variant's page would take the place of another page",
                file=project.editions,
                column=f"variants, {run.notebook.stem}",
                got=run.name,
                expected="a name that no other page has",
            )
    for stem in variants:
        if stem not in chapters:
            raise SurveybookError(
                "a variant belongs to no chapter", file=project.editions, column=stem, expected=one_of(chapters)
            )
    return runs


def _mapping(value: object, path: Path, where: str) -> Mapping:
    """A part of the table of editions that may be left out, as keys and values."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise SurveybookError(
            "a part of the table of editions is none", file=path, column=where, got=value, expected="keys and values"
        )
    return value


def _variant(path: Path, notebook: Path, name: str, changes: object, taken: dict, specifications: Mapping) -> Run:
    where = f"variants, {notebook.stem}, {name}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise SurveybookError("a variant's name is not fit for an address", file=path, column=where, got=name)
    label = changes.get(LABEL) if isinstance(changes, Mapping) else None
    if not isinstance(label, str) or not label.strip():
        raise SurveybookError(
            "a variant has no label",
            file=path,
            column=where,
            expected="a label, which heads its page, and parameters",
        )
    for key, value in changes.items():
        if key == LABEL:
            continue
        if key not in taken:
            raise SurveybookError(
                "a variant changes a parameter that its chapter does not take",
                file=path,
                column=where,
                got=key,
                expected=one_of(taken),
            )
        _check_value(f"{notebook.stem}, variant {name}", key, value, specifications[key], path)
    changed = {key: value for key, value in changes.items() if key != LABEL}
    return Run(notebook, taken | changed, name, label)


def _check_specification(key: str, specification: Mapping, path: Path) -> None:
    if not isinstance(specification, Mapping) or not str(specification.get("meaning", "")).strip():
        raise SurveybookError("a parameter is not explained", file=path, column=key, expected="type and meaning")
    if specification.get("type") not in KINDS:
        raise SurveybookError(
            "a parameter has an unknown type",
            file=path,
            column=key,
            got=specification.get("type"),
            expected=one_of(KINDS),
        )
    for end in ("least", "most"):
        if end in specification and not isinstance(specification[end], (int, float)):
            _refuse_bound(key, end, specification[end], "a number", path)
    if "one_of" in specification and not isinstance(specification["one_of"], list):
        _refuse_bound(key, "one_of", specification["one_of"], "a list of values", path)
    unknown = set(specification) - SPECIFICATION_KEYS
    if unknown:
        raise SurveybookError(
            "a parameter's explanation has an unknown key",
            file=path,
            column=key,
            got=sorted(unknown)[0],
            expected=one_of(SPECIFICATION_KEYS),
        )


def _refuse_bound(key: str, name: str, got: object, expected: str, path: Path) -> None:
    raise SurveybookError(f"a parameter's {name} cannot be", file=path, column=key, got=got, expected=expected)


def _check_value(edition: str, key: str, value: object, specification: Mapping, path: Path) -> None:
    kind = KINDS[specification["type"]]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise SurveybookError(
            f"a parameter of the edition {edition} is of the wrong type",
            file=path,
            column=key,
            got=value,
            expected=specification["type"],
        )
    low, high = specification.get("least"), specification.get("most")
    if not (low is None or value >= low) or not (high is None or value <= high):
        raise SurveybookError(
            f"a parameter of the edition {edition} is out of range",
            file=path,
            column=key,
            got=value,
            expected=f"{low} to {high}",
        )
    if "one_of" in specification and value not in specification["one_of"]:
        raise SurveybookError(
            f"a parameter of the edition {edition} has an unknown value",
            file=path,
            column=key,
            got=value,
            expected=one_of(specification["one_of"]),
        )


def check_notebook(path: Path) -> None:
    """Refuse a file that is no notebook, or one that does not say which kernel runs it.

    Raises
    ------
    SurveybookError
        The file is not UTF-8, not JSON, not of the notebook format, or has no kernelspec.
    """
    try:
        notebook = nbformat.reads(path.read_bytes().decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
    # nbformat lets the errors of whatever it stumbles over pass: an attribute, a key, a type.
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise SurveybookError(
            "a chapter is not a notebook",
            file=path,
            got=str(error).splitlines()[0][:80] if str(error) else type(error).__name__,
            expected="a Jupyter notebook",
            hint="restore the file, or save it again from an editor for notebooks",
        ) from None
    if not notebook.metadata.get("kernelspec", {}).get("name"):
        raise SurveybookError(
            "a chapter does not say which kernel runs it",
            file=path,
            column="kernelspec",
            expected="the kernel python3",
            hint="choose the kernel Python 3 in an editor for notebooks, and save",
        )


def chapter_parameters(notebook: Path, edition: Mapping, default: Mapping) -> dict:
    """Return the parameters of an edition that a chapter takes.

    Raises
    ------
    SurveybookError
        The chapter has no parameters cell, takes a parameter that no edition has, or has a
        default that is not the default edition's, whose outputs the committed chapter holds.
    """
    declared = _declared(notebook)
    if not declared:
        raise SurveybookError(
            "a chapter has no parameters",
            file=notebook,
            expected="one cell tagged `parameters` that gives each parameter its default",
        )
    for name, about in declared.items():
        if name not in edition:
            raise SurveybookError(
                "a chapter takes a parameter that no edition has",
                file=notebook,
                column=name,
                got=about["default"],
                expected=one_of(edition),
                hint="correct its name, or explain it in chapters/editions.yml",
            )
        if not _same_value(about["default"], default[name]):
            raise SurveybookError(
                "a chapter's default is not the default edition's",
                file=notebook,
                column=name,
                got=about["default"],
                expected=repr(default[name]),
                hint="give both the same value; the committed chapter holds the default edition's outputs",
            )
    return {name: edition[name] for name in declared}


@remembered
def _declared(notebook: Path) -> dict[str, dict]:
    check_notebook(notebook)
    with contextlib.redirect_stdout(io.StringIO()), quiet_papermill():
        return papermill.inspect_notebook(str(notebook))


def _same_value(literal: str, value: object) -> bool:
    """Whether the text of a Python literal, as papermill reads it from a cell, is this value."""
    try:
        read = ast.literal_eval(literal)
    except (ValueError, SyntaxError):
        return False
    numbers = isinstance(value, (int, float)) and isinstance(read, (int, float))
    return read == value and (numbers or type(read) is type(value))


@contextlib.contextmanager
def quiet_papermill():
    """papermill logs each notebook it inspects; the build has its own progress."""
    logger = logging.getLogger("papermill")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
