"""The pages of the book, in the order of ``_toc.yml``."""

from __future__ import annotations

from pathlib import Path

from surveybook.build.editions import read_yaml
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project, shown_path

TOC = "_toc.yml"


def toc_files(project: Project) -> list[str]:
    """Return the files that ``_toc.yml`` names, in its order, as paths with their suffix.

    Raises
    ------
    SurveybookError
        A named file does not exist.
    """
    toc = read_yaml(project.root / TOC)
    names: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for key in ("root", "file"):
                if key in node:
                    names.append(node[key])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(toc)
    found = []
    for name in names:
        if not isinstance(name, str):
            raise SurveybookError(
                "the table of contents names something that is no file",
                file=project.root / TOC,
                got=name,
                expected="text",
            )
        files = [name] if Path(name).suffix else [f"{name}.md", f"{name}.ipynb"]
        existing = [file for file in files if (project.root / file).is_file()]
        if not existing:
            raise SurveybookError(
                "the table of contents names a file that is not there",
                file=project.root / TOC,
                got=name,
                expected=" or ".join(files),
            )
        found.append(existing[0])
    return found


def chapter_notebooks(project: Project) -> list[Path]:
    """Return the notebooks of the book, in the order of ``_toc.yml``.

    Raises
    ------
    SurveybookError
        Two notebooks in different folders have one name, which names their outputs.
    """
    notebooks = [project.root / name for name in toc_files(project) if name.endswith(".ipynb")]
    owners: dict[str, Path] = {}
    for notebook in notebooks:
        if owners.setdefault(notebook.stem, notebook) != notebook:
            raise SurveybookError(
                "two chapters have one name",
                file=project.root / TOC,
                got=shown_path(notebook),
                expected=f"a name that {shown_path(owners[notebook.stem])} does not have",
            )
    return notebooks
