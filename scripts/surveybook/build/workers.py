"""Where chapters are executed: on this machine, some at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol, TypeVar

from surveybook.build.notebooks import stop_kernels

Item, Made = TypeVar("Item"), TypeVar("Made")
Outcome = tuple[Item, Made | None, BaseException | None]


class Workers(Protocol):
    """Runs a function on many items, in any order, and goes on when it fails for one."""

    def run(
        self, function: Callable[[Item], Made], items: Iterable[Item], begun: Callable[[Item], None]
    ) -> Iterator[Outcome]:
        """Yield each item as it is done, with what was made of it or the error; ``begun`` is told of each before."""


class LocalWorkers:
    """Threads of this process: what takes time runs in the kernels, each a process of its own."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or os.cpu_count() or 1

    def run(
        self, function: Callable[[Item], Made], items: Iterable[Item], begun: Callable[[Item], None]
    ) -> Iterator[Outcome]:
        """Yield each item as it is done, with what was made of it or the error."""

        def do(item: Item) -> Made:
            begun(item)
            return function(item)

        threads = ThreadPoolExecutor(self.count)
        waiting = {threads.submit(do, item): item for item in items}
        try:
            for done in as_completed(waiting):
                error = done.exception()
                yield waiting[done], None if error else done.result(), error
        except BaseException:  # an interrupt: nothing more is begun, and what runs is ended
            threads.shutdown(wait=False, cancel_futures=True)
            stop_kernels()
            raise
        finally:
            threads.shutdown()
