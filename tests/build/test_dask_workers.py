"""Chapters on a real Dask cluster of this machine: a scheduler and two workers, one of which is killed on the way."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import changing_book
import psutil
import pytest

DASK = [sys.executable, "-m", "dask"]


@pytest.fixture(scope="module")
def book(tmp_path_factory, editions, alone) -> Path:
    """A book with its own copy of the program."""
    return changing_book.make(tmp_path_factory.mktemp("cluster") / "bog på dansk", editions, alone)


@pytest.fixture
def cluster(book, tmp_path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """The address of a scheduler that runs, and its two workers."""
    _, options = changing_book.command(book)
    options |= {"cwd": tmp_path, "stdout": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [*DASK, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        stderr=subprocess.PIPE,
        **options,
    )
    started = [scheduler]
    try:
        said = next(line for line in iter(scheduler.stderr.readline, "") if "Scheduler at" in line)
        address = re.search(r"tcp://127\.0\.0\.1:\d+", said)[0]
        started += [
            subprocess.Popen(
                [*DASK, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"],
                stderr=(tmp_path / f"worker-{number}.txt").open("w"),
                **options,
            )
            for number in (1, 2)
        ]
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()
        scheduler.stderr.close()


def kernels_of(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes below a worker."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@pytest.mark.long
def test_a_worker_that_is_killed_on_the_way_costs_no_chapter(book, cluster, tmp_path):
    address, workers = cluster
    words, options = changing_book.command(book, "build", "--scheduler", address)
    building = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, **options)
    until = time.monotonic() + 120
    while not all(kernels_of(worker) for worker in workers):  # both are executing a chapter
        assert time.monotonic() < until
        assert building.poll() is None, building.stderr.read()
        time.sleep(0.05)
    os.kill(workers[0].pid, signal.SIGKILL)
    said = building.communicate(timeout=240)[1]
    assert building.returncode == 0, said
    assert set(re.findall(r"chapter ([\w-]+) \(", said)) == changing_book.RUNS
    site = changing_book.site_of(book)
    assert changing_book.differing(site, changing_book.clean_site(book, tmp_path / "again")) == []


@pytest.mark.long
def test_a_scheduler_that_does_not_answer_is_named_with_what_to_do(book):
    shutil.rmtree(book / "_build", ignore_errors=True)  # where nothing is to be executed, nobody is asked
    words, options = changing_book.command(book, "build", "--scheduler", "tcp://127.0.0.1:9")
    done = subprocess.run(words, capture_output=True, timeout=120, check=False, **options)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "error: no Dask scheduler answers" in done.stderr
    assert "tcp://127.0.0.1:9" in done.stderr
    assert "dask scheduler" in done.stderr
