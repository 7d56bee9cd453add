"""What a build says while it runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

Say = Callable[[str], None]


@contextlib.contextmanager
def timed(say: Say, what: str) -> Iterator[None]:
    """Say what was done, and in how many seconds, when it is done."""
    start = time.perf_counter()
    yield
    say(f"{what} ({time.perf_counter() - start:.1f} s)")
