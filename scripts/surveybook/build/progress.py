"""What a build tells while it runs: a live table on a terminal, a line for each thing done elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

Say = Callable[[str], None]
MOST_REASONS = 2


@dataclass
class Task:
    """Something that a build does: its name, why, and how far it is; times in seconds."""

    name: str
    why: str = ""
    state: str = "waiting"
    seconds: float | None = None
    began: float | None = None


@dataclass
class Progress:
    """Says in plain lines what is done; the base of the live table."""

    say: Say
    tasks: dict[str, Task] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)

    def plan(self, name: str, why: str = "") -> None:
        """Announce a task that is to be done."""
        self.tasks[name] = Task(name, why)

    def begin(self, name: str) -> None:
        """A task has begun."""
        task = self.tasks.setdefault(name, Task(name))
        task.state, task.began = "running", time.perf_counter()

    def done(self, name: str, seconds: float | None = None) -> None:
        """A task is done, in so many seconds, or in those since it began."""
        self._end(name, "done", seconds)

    def failed(self, name: str) -> None:
        """A task failed; the error is told when all others are done."""
        self._end(name, "failed")

    def _end(self, name: str, state: str, seconds: float | None = None) -> None:
        task = self.tasks.setdefault(name, Task(name))
        since = 0.0 if task.began is None else time.perf_counter() - task.began
        task.state, task.seconds = state, since if seconds is None else seconds
        self.tell(task)

    def tell(self, task: Task) -> None:
        """Say that a task has ended."""
        ended = sum(one.state in ("done", "failed") for one in self.tasks.values())
        why = f"; {task.why}" if task.why else ""
        failed = " failed" if task.state == "failed" else ""
        self.say(f"{ended} of {len(self.tasks)}: {task.name}{failed} ({task.seconds:.1f} s{why})")

    @contextlib.contextmanager
    def doing(self, name: str) -> Iterator[None]:
        """A task from its beginning to its end."""
        self.begin(name)
        try:
            yield
        except BaseException:
            self.failed(name)
            raise
        self.done(name)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a stage for the summary."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0) + time.perf_counter() - start

    def summary(self) -> str:
        """The time of each stage, and of all."""
        parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.stages.items())
        return f"In all {sum(self.stages.values()):.1f} s: {parts}."

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *raised) -> None:
        pass


class LiveTable(Progress):
    """A table of tasks that changes in place; lines that are said stand above it."""

    def __enter__(self) -> LiveTable:
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True, highlight=False)
        self.say = console.print
        self._live = Live(console=console, get_renderable=self._table, refresh_per_second=5, transient=True)
        self._live.__enter__()
        return self

    def __exit__(self, *raised) -> None:
        self._live.__exit__(*raised)

    def tell(self, task: Task) -> None:
        """What failed stays on the screen; all else the table tells."""
        if task.state == "failed":
            super().tell(task)

    def _table(self):
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        for task in self.tasks.values():
            since = time.perf_counter() - task.began if task.state == "running" else task.seconds
            table.add_row(task.state, "" if since is None else f"{since:.1f} s", task.name, task.why)
        return table


def in_short(reasons: Sequence[str]) -> str:
    """The first reasons, and how many more there are."""
    more = f" and {len(reasons) - MOST_REASONS} more" if len(reasons) > MOST_REASONS else ""
    return ", ".join(reasons[:MOST_REASONS]) + more


def make_progress(say: Say, *, quiet: bool = False) -> Progress:
    """A live table where a person looks at a terminal, plain lines elsewhere, nothing where it is to be quiet."""
    if quiet:
        return Progress(lambda line: None)
    return LiveTable(say) if sys.stderr.isatty() else Progress(say)
