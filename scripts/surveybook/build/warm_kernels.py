"""Kernels forked from a process that has the libraries loaded: a provisioner for any Jupyter client.

``JUPYTER_DEFAULT_PROVISIONER_NAME=surveybook-warm`` in the environment makes papermill, nbclient and nbval
use it, unchanged. Where a fork is not safe, or not what was asked for, the kernel starts in the ordinary
way and one line says why. See ``zygote`` for the other side.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Empty

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Type

from surveybook.build.zygote import inherited_limits, receive, send

START = "import sys; sys.path[:1] == [''] and sys.path.pop(0); from surveybook.build.zygote import main; main(%d)"
LAUNCHER = ["-m", "ipykernel_launcher"]
UNDERSTOOD = {"env", "cwd", "stdin", "stdout", "stderr", "extra_arguments", "kernel_id"}
TRY_AGAIN_SECONDS = 30
PROMPT_SECONDS = 1
SILENCE_SECONDS = 0.02  # the first messages may come before the subscription; then the question is asked again

told: list[str] = []  # why this process fell back to ordinary starts; the first one was also written


class NoWarmKernelError(Exception):
    """A kernel cannot be forked here; the text says why."""


class Zygote:
    """The client's side of one zygote: its process, the socket, and the kernels it has that are not known to be dead.

    Raises
    ------
    NoWarmKernelError
        The zygote could not load its modules.
    """

    def __init__(self, request: dict):
        self.kernels: set[int] = set()
        self.retired = False
        self.lock = threading.Lock()
        self.link, theirs = socket.socketpair()
        with theirs:
            command = [*request["argv"][: request["argv"].index("-m")], "-c", START % theirs.fileno()]
            files = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            places = {"env": request["env"], "cwd": request["cwd"], "pass_fds": [theirs.fileno()]}
            self.process = subprocess.Popen(command, start_new_session=True, **files, **places)
        _zygotes.add(self)
        answer = self.ask({**request, "began": time.time_ns()})
        if "ready" not in answer:
            self.close()
            raise NoWarmKernelError(answer.get("failed", "the process to fork from ended while loading"))

    def ask(self, request: dict, descriptors: list[int] | tuple = ()) -> dict:
        """Send a request and return the answer, which is empty when the zygote is gone."""
        with self.lock:
            try:
                send(self.link, request, descriptors)
                return receive(self.link)[0] or {}
            except OSError:
                return {}

    def forget(self, pid: int) -> None:
        """Note that a kernel is dead; a zygote that makes no more kernels ends with its last."""
        self.kernels.discard(pid)
        if self.retired and not self.kernels:
            self.close()

    def close(self) -> None:
        """End the zygote and all its kernels."""
        _zygotes.discard(self)
        self.link.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_zygotes: set[Zygote] = set()
_starting = threading.Lock()
_failed: tuple[float, str] = (float("-inf"), "")


def _close_all() -> None:
    for zygote in list(_zygotes):
        zygote.close()


def _forget_all() -> None:
    """In a fork of the client: the zygotes belong to the parent, whose end they must be able to see."""
    global _starting
    _starting = threading.Lock()
    for zygote in _zygotes:
        zygote.lock = threading.Lock()
        zygote.link.close()
        zygote.process.returncode = 0
    _zygotes.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def _launch(request: dict, descriptors: list[int]) -> tuple[Zygote, dict]:
    """Have a kernel forked, by a new zygote where there is none or its code or environment are no longer right."""
    global _failed
    with _starting:
        for _ in range(3):
            zygote = next((zygote for zygote in _zygotes if not zygote.retired), None)
            if zygote is None:
                if time.monotonic() - _failed[0] < TRY_AGAIN_SECONDS:
                    raise NoWarmKernelError(_failed[1])
                try:
                    zygote = Zygote(request)
                except NoWarmKernelError as error:
                    _failed = (time.monotonic(), str(error))
                    raise
            answer = zygote.ask(request, descriptors)
            if "pid" in answer:
                zygote.kernels.add(answer["pid"])
                return zygote, answer
            if "danger" in answer:
                raise NoWarmKernelError(answer["danger"])
            zygote.retired = True
            zygote.forget(0)
    raise NoWarmKernelError(f"the code changes all the time ({answer.get('changed', 'or its process dies')})")


class WarmKernel:
    """A forked kernel, as ``subprocess.Popen`` would show it. Its parent, the zygote, waits for it and signals it."""

    stdin = stdout = stderr = None

    def __init__(self, zygote: Zygote, pid: int):
        self.zygote, self.pid, self.returncode = zygote, pid, None

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        return self._tell(None)

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        while self.poll() is None:
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and all it started."""
        self._tell(int(number))

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)

    def _tell(self, number: int | None) -> int | None:
        if self.returncode is None:
            # A kernel does not outlive its zygote.
            answer = self.zygote.ask({"ask": "tell", "pid": self.pid, "signal": number}) or {"code": -signal.SIGKILL}
            self.returncode = answer["code"]
            if self.returncode is not None:
                self.zygote.forget(self.pid)
        return self.returncode


def find_obstacle(command: list[str], options: dict) -> str | None:
    """Say why a kernel so asked for cannot be forked here, if it cannot."""
    if not hasattr(os, "fork") or not sys.platform.startswith("linux"):
        return f"forks are safe on Linux only, this is {sys.platform}"
    if more := sorted(set(options) - UNDERSTOOD):
        return f"the client asks for {', '.join(more)}"
    if subprocess.PIPE in [options.get(name) for name in ("stdin", "stdout", "stderr")]:
        return "the client asks for pipes"
    if LAUNCHER[0] not in command or command[command.index("-m") :][:2] != LAUNCHER:
        return "the kernel is not started by `-m ipykernel_launcher`"
    python, ours = Path(command[0]), Path(sys.executable)
    if (python.parent.resolve(), python.resolve()) != (ours.parent.resolve(), ours.resolve()):
        return f"the kernel's Python is {python}, not {ours}"
    if not Path(options.get("cwd") or ".").is_dir():
        return f"there is no folder {options['cwd']}"
    return None


def open_files(options: dict) -> list[int]:
    """Open the three files an ordinary kernel would get; its input is at its end. The caller closes them."""
    opened = []
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        asked = options.get(name)
        if asked is None and name == "stdin":
            end, begin = os.pipe()
            os.close(begin)
            opened.append(end)
        elif asked == subprocess.DEVNULL:
            opened.append(os.open(os.devnull, os.O_RDWR))
        elif asked == subprocess.STDOUT:
            opened.append(os.dup(opened[1]))
        else:
            opened.append(os.dup(number if asked is None else asked if isinstance(asked, int) else asked.fileno()))
    return opened


class WarmProvisioner(LocalProvisioner):
    """Starts kernels by forking; in all else, and where that cannot be, the ordinary local provisioner."""

    _launched = False
    _ending = False

    async def launch_kernel(self, cmd: list[str], **kwargs):
        """Fork a kernel and return how to reach it, or start it in the ordinary way and say why."""
        again, self._launched, self._ending = self._launched, True, False
        try:
            if reason := find_obstacle(cmd, kwargs):
                raise NoWarmKernelError(reason)
            # The first zygote takes a second to load; the client's loop goes on. The loop's own threads
            # would be missed by a fork of the client.
            with ThreadPoolExecutor(1) as thread:
                fork = partial(self._fork, cmd, kwargs, spare=not again)
                zygote, answer = await asyncio.get_running_loop().run_in_executor(thread, fork)
        except (NoWarmKernelError, OSError) as error:
            if not told:
                print(f"surveybook: kernels start cold: {error}", file=sys.stderr)
            told.append(str(error))
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.pid = WarmKernel(zygote, answer["pid"]), answer["pid"]
        # Without a group of its own knowledge, LocalProvisioner leaves signals to the process object.
        self.pgid = None
        self.cwd = kwargs.get("cwd") or Path.cwd()
        if answer["ports"]:
            # The spare has its own; those kept for this kernel are free again. A restart keeps the spare's.
            await self.cleanup()
            self.connection_info = {**self.connection_info, **answer["ports"]}
        return self.connection_info

    def _fork(self, cmd: list[str], options: dict, *, spare: bool) -> tuple[Zygote, dict]:
        info, file = self.connection_info, os.path.realpath(self.parent.connection_file)
        local = info["transport"] == "tcp" and info["ip"] == "127.0.0.1" and "curve_publickey" not in info
        request = {
            "ask": "launch",
            "argv": cmd,
            "env": options.get("env") or dict(os.environ),
            "cwd": os.path.realpath(options.get("cwd") or "."),
            "limits": inherited_limits(),
            "file": file,
            "key": info["key"].decode(),
            "scheme": info["signature_scheme"],
            "spare": spare and local and self.ports_cached,
        }
        files = open_files(options)
        try:
            return _launch(request, files)
        finally:
            for descriptor in files:
                os.close(descriptor)

    async def poll(self) -> int | None:
        """Return the exit code, or None; when the end was asked for, wait for it a moment."""
        code = await super().poll()
        until = time.monotonic() + PROMPT_SECONDS
        while code is None and self._ending and time.monotonic() < until:
            await asyncio.sleep(0.003)
            code = await super().poll()
        return code

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Note that the kernel will end."""
        self._ending = isinstance(self.process, WarmKernel)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and all it started."""
        await self.shutdown_requested()
        await super().kill(restart=restart)


class PromptClient(AsyncKernelClient):
    """A client that knows from the kernel's own messages that it is ready, where others wait for 0.2 s of silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask the kernel for its description until both the answer and its end on the public channel have come.

        Raises
        ------
        RuntimeError
            The kernel died, or did not answer in ``timeout`` seconds.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            asked = self.kernel_info()
            reply = await self._find(self.shell_channel, asked, "kernel_info_reply", 1)
            if reply and await self._find(
                self.iopub_channel, asked, "status", SILENCE_SECONDS, execution_state="idle"
            ):
                self._handle_kernel_info_reply(reply)
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")

    async def _find(self, channel, asked: str, kind: str, seconds: float, **content) -> dict | None:
        """Read a channel up to the message of one kind that answers ``asked``; None after ``seconds`` of silence."""
        while True:
            try:
                message = await channel.get_msg(timeout=seconds)
            except Empty:
                return None
            right = message["msg_type"] == kind and message["parent_header"].get("msg_id") == asked
            if right and content.items() <= message["content"].items():
                return message


class WarmKernelManager(AsyncKernelManager):
    """For ``papermill.execute_notebook(..., kernel_manager_class=WarmKernelManager)``: a prompt client."""

    client_factory = Type(PromptClient, klass=AsyncKernelClient)
