"""A process with the libraries loaded, that forks a fresh kernel from itself whenever its client asks.

The client (``warm_kernels``) holds one end of a socket. When that end is closed, by whatever death,
the zygote ends and takes its kernels along. Each kernel leaves through ``main`` and ends as any
interpreter does. A spare is a kernel like the last one asked for, begun before the next is asked for.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import importlib.util
import json
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Iterable
from importlib.machinery import all_suffixes
from pathlib import Path

MODULES_VARIABLE = "SURVEYBOOK_WARM_MODULES"
SPARES_VARIABLE = "SURVEYBOOK_WARM_SPARES"
MODULES = (
    "numpy,scipy.special,pandas,altair,vl_convert,comm,ipykernel.kernelapp,ipykernel.ipkernel,"
    "surveybook.process,surveybook.analyse,surveybook.disseminate"
)
# The threads these start when loaded (of OpenBLAS, of Arrow) are idle, and made again after a fork.
NAMED = ("numpy", "scipy", "pandas")
# What Python, C libraries or a module being loaded read: another value asks for another zygote.
READ_AT_START = (
    "PYTHON LD_ LANG LC_ TZ OMP_ OPENBLAS_ GOTO_ MKL_ NUMEXPR_ MALLOC_ ARROW_ NPY_ NUMPY_ SCIPY_ PANDAS_ ALTAIR_ "
    "IPYTHON JUPYTER_ TRAITLETS_ PYZMQ_ TORNADO_ PYDEVD MPL IN_SPHINX_RUN HOME USER XDG_ TMPDIR VIRTUAL_ENV "
    "SURVEYBOOK_WARM_"
)
# pytest writes each test's name here; a kernel looks only whether it is there.
ONLY_PRESENCE = "PYTEST_CURRENT_TEST"
# Each kernel has its own, and reads it no sooner than its first cell: a spare is told it when it is asked for.
TOLD_LATE = ("SURVEYBOOK_READS",)
CONFIGURATION = ("ipython_config", "ipython_kernel_config")
PR_SET_PDEATHSIG = 1
SPARE_SECONDS = 30

Stamp = list[int] | None


def send(link: socket.socket, message: dict, descriptors: Iterable[int] = ()) -> None:
    """Send a message, and open file descriptors with it."""
    body = json.dumps(message).encode("ascii")
    head = struct.pack("!I", len(body))
    if numbers := list(descriptors):
        socket.send_fds(link, [head], numbers)
    else:
        link.sendall(head)
    link.sendall(body)


def receive(link: socket.socket) -> tuple[dict | None, list[int]]:
    """Read a message and the descriptors that came with it; None when the other end is closed."""
    head, descriptors, _, _ = socket.recv_fds(link, 4, 3)
    while 0 < len(head) < 4:
        head += link.recv(4 - len(head)) or b"\0" * 4
    if not head:
        return None, []
    left, parts = struct.unpack("!I", head)[0], []
    while left:
        if not (part := link.recv(min(left, 1 << 20))):
            return None, descriptors
        parts.append(part)
        left -= len(part)
    return json.loads(b"".join(parts)), descriptors


def inherited_limits() -> list:
    """What a process hands to its children beside environment, folder and files, as one comparable list."""
    import resource  # not on every system; the client of one without does not come here

    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))
    limits = [list(resource.getrlimit(getattr(resource, name))) for name in names]
    umask = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Umask"))
    return [umask, limits, sorted(os.sched_getaffinity(0)), os.getpriority(os.PRIO_PROCESS, 0)]


def count_threads() -> int:
    """Count the threads of this process, those of C libraries too."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - a count, no paths


def read_stamp(path: str) -> Stamp:
    """Return change time, size and modification time of a file, or None when there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return [found.st_ctime_ns, found.st_size, found.st_mtime_ns]


def read_stamps(before: int | None = None) -> dict[str, Stamp]:
    """Stamp the files of all loaded modules, and the files that make ``sys.path``.

    A file that changed after ``before`` (in nanoseconds) may differ from what was loaded: it gets no stamp.
    """
    files = {file for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
    for folder in filter(os.path.isdir, sys.path):
        files.update(str(path) for path in Path(folder).glob("*.pth"))
    stamps = {file: read_stamp(file) for file in files}
    if before is not None:
        stamps = {file: stamp if stamp and stamp[0] < before else None for file, stamp in stamps.items()}
    return stamps


def list_folders() -> dict[str, object]:
    """Say of each folder of ``sys.path`` what could be imported from it; of an installer's, only its time."""
    endings = tuple(all_suffixes())
    found: dict[str, object] = {}
    for folder in filter(os.path.isdir, sys.path):
        if Path(folder).name in ("site-packages", "dist-packages"):
            found[folder] = Path(folder).stat().st_mtime_ns
        else:
            names = os.listdir(folder)  # noqa: PTH208 - names alone are compared
            found[folder] = sorted(n for n in names if n.endswith(endings) or ("." not in n and n != "__pycache__"))
    return found


def needed_environment(request: dict) -> dict[str, str]:
    """Return the variables, and where they need it the folder, that a zygote and its kernel must share."""
    begins = tuple(READ_AT_START.split())
    needed = {name: value for name, value in request["env"].items() if name.startswith(begins)}
    path = needed.get("PYTHONPATH", "")
    if path and not all(Path(part).is_absolute() for part in path.split(os.pathsep)):
        needed["."] = request["cwd"]
    return needed


def describe_launch(request: dict) -> dict:
    """Return all a kernel can see of its start, save the name of its connection file."""
    argv = [part if part != request["file"] else "{connection_file}" for part in request["argv"]]
    env = {name: "" if name == ONLY_PRESENCE else value for name, value in request["env"].items()}
    env = {name: value for name, value in env.items() if name not in TOLD_LATE}
    return {"argv": argv, "env": env, "cwd": request["cwd"]}


class Spare:
    """A kernel begun ahead, its start described, and the socket on which it waits to be told what it is for."""

    def __init__(self, pid: int, link: socket.socket, launch: dict):
        self.pid, self.link, self.launch = pid, link, launch

    def adopt(self, request: dict, descriptors: list[int]) -> dict | None:
        """Hand a request over; return the spare's ports, or None when it cannot serve."""
        try:
            made, _ = receive(self.link)
            if not made or any(read_stamp(file) != stamp for file, stamp in made["stamps"].items()):
                return None
            send(self.link, request, descriptors)
            adopted, _ = receive(self.link)
        except OSError:
            return None
        return made["ports"] if adopted else None


class Zygote:
    """The loaded process: it answers its client's requests one by one.

    Raises
    ------
    ImportError, RuntimeError
        A module cannot be loaded, or says something while it is: a cell would have shown that.
    """

    def __init__(self, client: socket.socket, request: dict):
        self.client, self.needed, self.limits = client, needed_environment(request), inherited_limits()
        self.prefix = request["argv"][: request["argv"].index("-m")]
        self.kernels: set[int] = set()
        self.spares: list[Spare] = []
        self.strangers: list[str] = []
        self.wanted = int(os.environ.get(SPARES_VARIABLE, "1"))
        self.threads = count_threads()
        for name in (os.environ.get(MODULES_VARIABLE) or MODULES).split(","):
            self._load(name)
        # Else a kernel's end would go through every object of every library, and copy its page.
        gc.collect(), gc.freeze()
        # A file system's clock ticks every 10 ms or sooner.
        self.stamps, self.folders = read_stamps(before=request["began"] - 10_000_000), list_folders()

    def _load(self, name: str) -> None:
        before = count_threads()
        importlib.import_module(name)
        more = count_threads() - before
        if name.split(".")[0] in NAMED:
            self.threads += more
        elif more:
            self.strangers.append(name)

    def find_change(self, request: dict) -> str | None:
        """Say what has changed since this zygote was loaded, if anything has."""
        if request["argv"][: len(self.prefix) + 1] != [*self.prefix, "-m"] or request["limits"] != self.limits:
            return "another command or other limits"
        if needed_environment(request) != self.needed:
            return "another environment"
        if list_folders() != self.folders:
            return "other modules can be imported"
        return next((file for file, stamp in self.stamps.items() if stamp is None or read_stamp(file) != stamp), None)

    def find_danger(self) -> str | None:
        """Say which threads forbid a fork, if any do."""
        if (threads := count_threads()) <= self.threads and threading.active_count() == 1:
            return None
        return (
            f"{threads - self.threads} more threads than known, begun by {', '.join(self.strangers) or 'a library'}"
        )

    def serve(self) -> tuple[dict, list[int] | socket.socket]:
        """Answer until the client is gone; then end.

        Returns only in a kernel: its request, with its three files or the socket on which it waits as a spare.
        """
        while True:
            try:
                request, descriptors = receive(self.client)
                if request is None:
                    self._end()
                if request["ask"] == "tell":
                    send(self.client, self._tell(request["pid"], request["signal"]))
                elif kernel := self._launch(request, descriptors):
                    return kernel
            except (BrokenPipeError, ConnectionResetError):
                self._end()

    def _launch(self, request: dict, descriptors: list[int]) -> tuple[dict, list[int] | socket.socket] | None:
        ports, refused = None, self._refuse(request)
        if not refused:
            try:
                pid, ports = self._take_spare(request, descriptors)
                if not (pid := pid or self._fork()):
                    return request, descriptors
                self.kernels.add(pid)
            except OSError as error:
                refused = {"danger": f"the system made no process: {error}"}
        for descriptor in descriptors:
            os.close(descriptor)
        send(self.client, refused or {"pid": pid, "ports": ports})
        return None if refused else self._make_spares(request)

    def _refuse(self, request: dict) -> dict | None:
        if changed := self.find_change(request):
            self._drop_spares()
            return {"changed": changed}
        danger = self.find_danger()
        return {"danger": danger} if danger else None

    def _take_spare(self, request: dict, descriptors: list[int]) -> tuple[int, dict | None]:
        launch = describe_launch(request)
        for spare in [spare for spare in self.spares if request["spare"] and spare.launch == launch]:
            self.spares.remove(spare)
            ports = spare.adopt(request, descriptors)
            spare.link.close()
            if ports:
                return spare.pid, ports
            end_group(spare.pid)
        return 0, None

    def _make_spares(self, request: dict) -> tuple[dict, socket.socket] | None:
        launch = describe_launch(request)
        if any(spare.launch != launch for spare in self.spares):
            self._drop_spares()
        while len(self.spares) < self.wanted:
            ours, theirs = socket.socketpair()
            try:
                pid = self._fork()
            except OSError:
                return None
            if not pid:
                ours.close()
                return request, theirs
            theirs.close()
            ours.settimeout(SPARE_SECONDS)
            self.spares.append(Spare(pid, ours, launch))
        return None

    def _drop_spares(self) -> None:
        while self.spares:
            spare = self.spares.pop()
            spare.link.close()
            end_group(spare.pid)

    def _fork(self) -> int:
        zygote = os.getpid()
        with warnings.catch_warnings():
            # Newer Pythons warn of any thread at a fork; find_danger has looked.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            return pid
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != zygote:
            os._exit(1)
        self.client.close()
        for spare in self.spares:
            spare.link.close()
        return 0

    def _tell(self, pid: int, number: int | None) -> dict:
        """Say how a kernel ended, if it has; send it a signal, if it has not."""
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            self.kernels.discard(pid)
            return {"code": os.waitstatus_to_exitcode(status)}
        if number is not None:
            signal_group(pid, number)
        return {"code": None}

    def _end(self) -> None:
        self._drop_spares()
        for pid in self.kernels:
            end_group(pid)
        os._exit(0)


def signal_group(pid: int, number: int) -> None:
    """Signal a child and all it started; a child that has no group of its own yet, alone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)


def end_group(pid: int) -> None:
    """Kill a child and all it started, and reap it."""
    signal_group(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def enter_launch(request: dict) -> None:
    """Make this fork what ``python -m ipykernel_launcher`` would have been in this folder and environment."""
    os.environ.clear()
    os.environ.update(request["env"], JPY_PARENT_PID=str(os.getppid()))
    os.chdir(request["cwd"])
    name_command(request)
    sys.modules["__main__"] = types.ModuleType("__main__")
    importlib.invalidate_caches()
    tempfile.tempdir = None
    if numpy := sys.modules.get("numpy"):
        # Python's own generator is seeded anew at each fork; numpy's old one is not.
        numpy.random.seed()


def name_command(request: dict) -> None:
    """Set the command line that programs see."""
    sys.orig_argv[:] = request["argv"]
    launcher = importlib.util.find_spec("ipykernel_launcher").origin
    sys.argv[:] = [launcher, *request["argv"][request["argv"].index("-m") + 2 :]]


def run_kernel(request: dict, place: list[int] | socket.socket) -> None:
    """Be the kernel that was asked for, at once or as a spare that waits for its request."""
    from ipykernel.kernelapp import IPKernelApp

    spare = isinstance(place, socket.socket)
    files = open_waiting_files() if spare else place
    for number, descriptor in enumerate(files):
        os.dup2(descriptor, number)
        os.close(descriptor)
    enter_launch(request)
    app = IPKernelApp.instance(parent_handle=os.getppid())
    if spare:
        wait_as_spare(app, place)
    else:
        app.initialize()
    app.start()


def open_waiting_files() -> list[int]:
    """Open a spare's first files: what it says before it is asked for is kept for its client."""
    return [os.open(os.devnull, os.O_RDONLY), *(os.memfd_create("said at the start") for _ in range(2))]


def wait_as_spare(app, link: socket.socket) -> None:
    """Initialise a kernel on ports of its own choice, wait for its request, and become the kernel asked for."""
    known = read_stamps()
    # The file it is told of belongs to the kernel before.
    app.init_connection_file = app.write_connection_file = lambda: None
    app.ip, app.transport = "127.0.0.1", "tcp"
    app.initialize()
    made = {file: stamp for file, stamp in read_stamps().items() if file not in known}
    made |= {file: read_stamp(file) for file in name_configuration(app)}
    ports = {f"{name}_port": getattr(app, f"{name}_port") for name in ("shell", "iopub", "stdin", "hb", "control")}
    send(link, {"ports": ports, "stamps": made})
    request, descriptors = receive(link)
    if request is None:
        os._exit(0)
    take_files(descriptors)
    for name in (ONLY_PRESENCE, *TOLD_LATE):
        os.environ.pop(name, None)
        if name in request["env"]:
            os.environ[name] = request["env"][name]
    os.chdir(request["cwd"])
    name_command(request)
    app.connection_file = app.config.IPKernelApp.connection_file = request["file"]
    app.session.signature_scheme, app.session.key = request["scheme"], request["key"].encode()
    del app.init_connection_file, app.write_connection_file
    send(link, {"adopted": True})
    link.close()


def take_files(descriptors: list[int]) -> None:
    """Put the client's files where the kernel's first ones were, and write there what was said at the start."""
    streams = (None, sys.stdout, sys.stderr)
    for number, (stream, descriptor) in enumerate(zip(streams, descriptors, strict=True)):
        # ipykernel reads what is written to 1 and 2, and keeps the real ones elsewhere.
        real = getattr(stream, "_original_stdstream_copy", number)
        if stream is not None and (said := os.pread(real, os.fstat(real).st_size, 0)):
            os.write(descriptor, said)
        os.dup2(descriptor, real)
        os.close(descriptor)


def name_configuration(app) -> list[str]:
    """List the files, there or not, that set up a kernel when it is initialised."""
    from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS

    names = [f"{name}{ending}" for name in CONFIGURATION for ending in (".py", ".json")]
    files = [Path(folder) / name for folder in app.config_file_paths for name in names]
    for folder in [app.profile_dir.location, *ENV_CONFIG_DIRS, *SYSTEM_CONFIG_DIRS]:
        startup = Path(folder) / "startup"
        files += [startup, *(startup.iterdir() if startup.is_dir() else [])]
    files += filter(None, [os.environ.get("PYTHONSTARTUP")])
    return [str(file) for file in files]


def main(number: int) -> None:
    """Load the modules, serve the client on this socket; in a kernel, run it."""
    client = socket.socket(fileno=number)
    request, _ = receive(client)
    said = os.memfd_create("said while loading")
    os.dup2(said, 1)
    os.dup2(said, 2)
    try:
        zygote = Zygote(client, request)
        sys.stdout.flush()
        if size := os.fstat(said).st_size:
            raise RuntimeError(f"loading says {os.pread(said, size, 0).decode(errors='replace').splitlines()[0]!r}")
    except BaseException as error:
        send(client, {"failed": f"{type(error).__name__}: {error}"})
        return
    os.close(said)
    send(client, {"ready": True})
    run_kernel(*zygote.serve())
