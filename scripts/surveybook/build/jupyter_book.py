"""Jupyter Book in a process that is loaded while other work goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from surveybook.core.paths import Project

PROGRAM = "surveybook.build.jupyter_book_run"


class JupyterBook:
    """Makes pages of staged books, one after another; ``start`` begins to load it, ``close`` ends it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> JupyterBook:
        self.start()
        return self

    def __exit__(self, *raised) -> None:
        self.close()

    def start(self) -> None:
        """Begin to load Sphinx and all extensions, and return at once."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(self.project.root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,  # an interrupt from the keyboard is for the build, which closes it
            )

    def run(self, stage: Path, output: Path, log: Path, only: Sequence[str] = ()) -> int:
        """Make pages as ``jupyter_book_run`` does, with what it says in a log; return the status.

        A process that ends without an answer has failed; what it said on its way stands in the log.
        """
        self.start()
        try:
            request = {"stage": str(stage), "output": str(output), "log": str(log)}
            self._process.stdin.write(json.dumps({**request, "only": list(only)}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # it could not be loaded
            pass
        answer = self._process.stdout.readline()
        if answer.strip():
            return int(answer)
        log.write_text(self._process.stderr.read(), encoding="utf-8")
        self.close()
        return 1

    def close(self) -> None:
        """End the process, and a run that is under way in it."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                _end(process)
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()


def _end(process: subprocess.Popen) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)  # all it has is on disk, and is made again
    else:
        process.kill()
