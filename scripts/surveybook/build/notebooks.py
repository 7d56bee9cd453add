"""Execute chapters by papermill, and keep only what is the same at every run."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from papermill.exceptions import PapermillExecutionError

from surveybook.build.files import Stamp, read_notebook, stamp
from surveybook.build.prose import marked
from surveybook.build.warm_kernels import WarmKernelManager, WarmProvisioner
from surveybook.core import reads
from surveybook.core.errors import SurveybookError
from surveybook.disseminate.figure import GLUED, VEGALITE_MIME, about_of
from surveybook.disseminate.picture import draw_pictures
from surveybook.disseminate.sphinx_figures import PICTURES

KERNEL_ARGUMENTS = [
    # A kernel on this machine's own loopback warns that its messages are not encrypted.
    "--IPKernelApp.log_level=CRITICAL",
    f"--IPKernelApp.exec_lines=__import__({reads.__name__!r}, fromlist=['*']).watch_files()",
]
CELL_NAMES = {"markdown": "text", "code": "code", "raw": "raw"}
INJECTED_TAG = "injected-parameters"
NONE: Mapping[str, str] = MappingProxyType({})


def execute_chapter(source: Path, target: Path, parameters: dict, notes: Path) -> None:
    """Execute a chapter with some parameters in a kernel of its own, and write the result.

    Whatever the chapter reads is noted in the file ``notes``; see ``reads``. Several may run at a time in
    threads of one process: the working directory is the kernel's alone.

    Raises
    ------
    SurveybookError
        A cell failed; the chapter, the cell and the reason are named.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_suffix(".running.ipynb")
    try:
        papermill.execute_notebook(
            str(source),
            str(staged),
            parameters=parameters,
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            extra_arguments=KERNEL_ARGUMENTS,
            resources={"metadata": {"path": str(source.parent)}},
            kernel_manager_class=_noting_manager(notes),
        )
        notebook = nbformat.read(staged, as_version=4)
    except PapermillExecutionError as error:
        raise SurveybookError(
            "a chapter failed",
            file=source,
            # papermill puts the edition's parameters in a cell of their own, which the author has not.
            column=f"code cell {error.exec_count - bool(parameters)}",
            got=f"{error.ename}: {error.evalue}" if error.ename != "SurveybookError" else None,
            hint=f"\n{error.evalue}" if error.ename == "SurveybookError" else "open the chapter and run this cell",
        ) from None
    finally:
        staged.unlink(missing_ok=True)
    clean_notebook(notebook)
    nbformat.write(notebook, target)


_running: set[AsyncKernelManager] = set()


def _noting_manager(notes: Path) -> type[AsyncKernelManager]:
    """A manager whose kernel notes what it reads; nbclient takes a class, and gives kernels no environment."""

    class NotingManager(WarmKernelManager):
        async def _async_start_kernel(self, **options) -> None:
            _running.add(self)
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            await super()._async_start_kernel(**options, env={**os.environ, reads.READS: str(notes)})

        start_kernel = _async_start_kernel

        async def _async_cleanup_resources(self, restart: bool = False) -> None:
            await super()._async_cleanup_resources(restart=restart)
            _running.discard(self)

        cleanup_resources = _async_cleanup_resources

    return NotingManager


def stop_kernels() -> None:
    """Kill every kernel that runs, whoever waits for it: an interrupted build leaves no process behind."""
    for manager in list(_running):
        if manager.provisioner is not None:
            asyncio.run(manager.provisioner.kill())


def clean_notebook(notebook: nbformat.NotebookNode) -> None:
    """Drop all that differs between two runs or editors: times, ids, versions of Python."""
    notebook.metadata.pop("papermill", None)
    language = notebook.metadata.get("language_info", {}).get("name", "python")
    notebook.metadata["language_info"] = {"name": language}
    numbers = {"markdown": itertools.count(1), "code": itertools.count(1), "raw": itertools.count(1)}
    for cell in notebook.cells:
        # Editors draw ids at random; a name by kind and place is the same whoever added the cell.
        cell["id"] = f"{CELL_NAMES[cell.cell_type]}-{next(numbers[cell.cell_type]):02d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.metadata.get("tags") == []:
            del cell.metadata["tags"]


def add_pictures(executed: Path) -> None:
    """Draw the pictures of an executed chapter's figures once, and keep them beside each figure."""
    notebook = nbformat.read(executed, as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        begin = next((begin for begin in ("", GLUED) if begin + VEGALITE_MIME in data), None)
        if begin is not None and (about := about_of(data)):
            spec = {key: value for key, value in data[begin + VEGALITE_MIME].items() if key != "usermeta"}
            svg = "".join(data.get(begin + "image/svg+xml", ""))
            output.metadata[PICTURES] = draw_pictures(spec, about["alt"], svg)
    nbformat.write(notebook, executed)


def staged_notebook(
    source: Path,
    executed: Path,
    *,
    heading: str = "",
    doubts: Mapping[str, str] = NONE,
    kinds: Mapping[str, str] = NONE,
) -> str:
    """Return a chapter for the site: its prose as it is, its outputs as executed, of each figure what the page needs.

    ``heading`` takes the place of the chapter's own, on a variant's page; ``doubts`` and ``kinds``
    say which sentences are marked or left out (``prose.marked``).
    """
    files = (source, stamp(source), executed, stamp(executed))
    return _staged(*files, heading, tuple(doubts.items()), tuple(kinds.items()))


@lru_cache(maxsize=64)
def _staged(
    source: Path,
    source_stamp: Stamp,
    executed: Path,
    executed_stamp: Stamp,
    heading: str,
    doubts: tuple,
    kinds: tuple,
) -> str:
    notebook = joined(nbformat.read(source, as_version=4), read_notebook(executed))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if heading and cell.source.startswith("# "):
                cell.source = "\n".join([f"# {heading}", *cell.source.split("\n")[1:]])
                heading = ""
            cell.source = marked(cell.source, dict(doubts), dict(kinds))
        if cell.cell_type == "code":
            cell.outputs = [_for_page(output) for output in cell.outputs]
    return nbformat.writes(notebook) + "\n"


def _for_page(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An output without what no page shows of a figure: the page has its own picture and table."""
    data = output.get("data", {})
    if not about_of(data):
        return output
    unused = {begin + mime for begin in ("", GLUED) for mime in ("image/svg+xml", "text/plain")}
    return nbformat.from_dict(
        {**output, "data": {mime: content for mime, content in data.items() if mime not in unused}}
    )


def joined(source: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A chapter as its author has it, with the outputs of its code cells as they were executed."""
    code = [cell for cell in executed.cells if cell.cell_type == "code" and not _is_injected(cell)]
    for cell, run in zip((cell for cell in source.cells if cell.cell_type == "code"), code, strict=True):
        cell.outputs, cell.execution_count = run.outputs, run.execution_count
    clean_notebook(source)
    return source


def _is_injected(cell: nbformat.NotebookNode) -> bool:
    return INJECTED_TAG in cell.metadata.get("tags", [])
