"""In whatever order client, zygote and kernels die, nothing of them is left."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient

from surveybook.build import warm_kernels

QUIET = "--IPKernelApp.log_level=CRITICAL"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
MARK = "SURVEYBOOK_TEST_MARK"

BEGIN = f"""
import os, signal, sys, threading, time
from jupyter_client.manager import KernelManager

def start():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(extra_arguments=["{QUIET}"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return manager, client

def ask(client, source):
    shown = []
    client.execute_interactive(source, timeout=20, output_hook=lambda m: shown.append(m["content"].get("text") or ""))
    return "".join(shown)

def parent_of(pid):
    return int(open(f"/proc/{{pid}}/stat").read().rpartition(")")[2].split()[1])

manager, client = start()
zygote = parent_of(manager.provisioner.pid)
print("ready", flush=True)
sys.stdin.readline()
"""


def processes(mark: str) -> set[int]:
    """Return the living processes that were started, by however many steps, with this mark in their environment."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if not dead and f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def wait_until(true, seconds=10):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    assert true()


@pytest.fixture
def begin(tmp_path):
    """Start a client with one warm kernel; it goes on when it is told to. Gives it and its mark."""
    begun = []

    def start(then: str):
        mark = str(uuid.uuid4())
        env = {**os.environ, MARK: mark, "JUPYTER_DEFAULT_PROVISIONER_NAME": "surveybook-warm"}
        env |= {"JUPYTER_RUNTIME_DIR": str(tmp_path), "TMPDIR": str(tmp_path), "SURVEYBOOK_WARM_MODULES": "numpy"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        client = subprocess.Popen([sys.executable, "-c", BEGIN + then], env=env, text=True, **pipes)
        begun.append((client, mark))
        assert client.stdout.readline() == "ready\n", client.stderr.read()
        # the client, the zygote, the kernel and a spare
        wait_until(lambda: len(processes(mark)) == 4)
        return client, mark

    yield start
    for client, mark in begun:
        client.kill()
        client.wait()
        for pipe in (client.stdin, client.stdout, client.stderr):
            pipe.close()
        for pid in processes(mark):
            os.kill(pid, 9)


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("", 0),
        ("manager.shutdown_kernel()", 0),
        ("manager.shutdown_kernel(now=True)", 0),
        ("sys.exit(3)", 3),
        ("raise RuntimeError", 1),
        ("os._exit(4)", 4),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("os.kill(zygote, signal.SIGKILL)", 0),
        ("os.kill(zygote, signal.SIGSTOP); os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("client.execute('import time; time.sleep(60)'); time.sleep(0.3); os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("if not os.fork(): time.sleep(60)\nelse: os.kill(os.getpid(), signal.SIGKILL)", -9),
    ],
)
def test_nothing_outlives_the_client(then, code, begin):
    client, mark = begin(then)
    client.stdin.write("\n")
    client.stdin.flush()
    assert client.wait(timeout=20) == code
    if "SIGSTOP" in then:  # one that cannot run cannot see its client's end, until it can
        for pid in processes(mark):
            os.kill(pid, 18)
    # the fork of a client is nobody's kernel
    wait_until(lambda: len(processes(mark)) == ("os.fork" in then))


def test_a_client_that_ends_well_leaves_no_file(begin, tmp_path):
    client, _ = begin("manager.shutdown_kernel()")
    assert list(tmp_path.iterdir()) != []
    client.communicate("\n", timeout=20)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        # a zygote that dies takes its kernels along, and another takes its place
        (
            "os.kill(zygote, signal.SIGKILL)\n"
            "while manager.is_alive(): time.sleep(0.05)\n"
            "manager.shutdown_kernel()\n"
            "print(manager.provisioner.process is None)\n"
            "other, client = start()\n"
            "print(parent_of(other.provisioner.pid) not in (zygote, os.getpid()))\n"
            "other.shutdown_kernel()",
            "True\nTrue\n",
        ),
        # a fork of the client has a zygote of its own, and its end is not its parent's
        (
            "if pid := os.fork():\n"
            "    os.waitpid(pid, 0)\n"
            "    print(ask(client, 'print(1 + 1)'), manager.is_alive())\n"
            "else:\n"
            "    manager, client = start()\n"
            "    print(parent_of(manager.provisioner.pid) not in (zygote, os.getppid(), os.getpid()), flush=True)\n"
            "    os._exit(0)\n",
            "True\n2\n True\n",
        ),
    ],
    ids=["a dead zygote", "a forked client"],
)
def test_the_client_goes_on(then, shown, begin):
    client, mark = begin(then)
    out, err = client.communicate("\n", timeout=60)
    assert (out, client.returncode) == (shown, 0), err
    wait_until(lambda: not processes(mark))


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def files_of(pid: int | str) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.long)])
def test_kernels_in_a_row_leave_nothing(count, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "surveybook-warm")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    KernelProvisionerFactory.clear_instance()

    def run() -> tuple[int, int]:
        cell = nbformat.v4.new_code_cell("import os; print(os.getppid(), os.getpid())")
        book = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
        NotebookClient(book, extra_arguments=[QUIET]).execute()
        zygote, kernel = map(int, book.cells[0].outputs[0].text.split())
        return zygote, kernel

    try:
        for _ in range(3):
            zygote, _ = run()
        before = files_of("self"), files_of(zygote), len(list(tmp_path.iterdir()))
        kernels = [run() for _ in range(count)]
        assert {pair[0] for pair in kernels} == {zygote}
        assert len({pair[1] for pair in kernels}) == count
        assert (files_of("self"), files_of(zygote), len(list(tmp_path.iterdir()))) == before
        assert len(children(zygote)) == 1, "more than the spare"
        assert before[2] == 0
    finally:
        warm_kernels._close_all()
        KernelProvisionerFactory.clear_instance()
    assert not Path(f"/proc/{zygote}").exists()
