"""Forked kernels: each is as fresh as a cold one, and papermill, nbclient and nbval use them unchanged."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Empty

import nbformat
import papermill
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from surveybook.build import warm_kernels
from surveybook.build.warm_kernels import WarmKernelManager

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
QUIET = "--IPKernelApp.log_level=CRITICAL"
IS_WARM = "'surveybook.build.zygote' in open(f'/proc/{__import__(\"os\").getppid()}/cmdline').read()"


def use(name: str) -> None:
    os.environ[VARIABLE] = name
    KernelProvisionerFactory.clear_instance()


@pytest.fixture(autouse=True)
def warm():
    """Warm kernels for each test, whatever the one before has changed; the zygote stays."""
    before = os.environ.get(VARIABLE)
    use("surveybook-warm")
    warm_kernels.told.clear()
    warm_kernels._failed = (float("-inf"), "")
    yield
    os.environ.pop(VARIABLE)
    if before is not None:
        os.environ[VARIABLE] = before
    KernelProvisionerFactory.clear_instance()


@pytest.fixture(autouse=True, scope="module")
def no_zygote_left():
    yield
    warm_kernels._close_all()


def notebook(*sources: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def run(*sources: str, arguments=(), **options) -> list[str]:
    """Execute cells in a kernel of their own and return what each one prints or shows."""
    book = notebook(*sources)
    NotebookClient(book, extra_arguments=[QUIET, *arguments]).execute(**options)
    return [
        "".join(output.get("text", "") or output["data"]["text/plain"] for output in cell.outputs)
        for cell in book.cells
    ]


def run_cold(*sources: str, **options) -> list[str]:
    use("local-provisioner")
    try:
        return run(*sources, **options)
    finally:
        use("surveybook-warm")


def started_at(pid: int) -> float:
    """Return when a process began, in seconds after the machine did."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[19]) / os.sysconf("SC_CLK_TCK")


def wait_until(true, seconds=10):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    assert true()


# --- who uses them


def run_by_papermill(tmp_path, **options) -> str:
    nbformat.write(notebook(IS_WARM), tmp_path / "in.ipynb")
    book = papermill.execute_notebook(
        str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), progress_bar=False, **options
    )
    return book.cells[0].outputs[0]["data"]["text/plain"]


@pytest.mark.parametrize(
    "client",
    [
        lambda folder: run(IS_WARM)[0],
        run_by_papermill,
        lambda folder: run_by_papermill(folder, kernel_manager_class=WarmKernelManager),
    ],
    ids=["nbclient", "papermill", "papermill with the prompt manager"],
)
def test_clients_use_them_unchanged(client, tmp_path):
    assert client(tmp_path) == "True"
    use("local-provisioner")
    assert client(tmp_path) == "False"


@pytest.mark.parametrize(("provisioner", "passes"), [("surveybook-warm", True), ("local-provisioner", False)])
def test_nbval_uses_them_unchanged(provisioner, passes, tmp_path):
    for name in ("one.ipynb", "two.ipynb"):
        book = notebook(IS_WARM)
        book.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "True"}, execution_count=1)]
        book.cells[0].execution_count = 1
        nbformat.write(book, tmp_path / name)
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "one.ipynb", "two.ipynb"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, VARIABLE: provisioner}, capture_output=True, text=True
    )
    assert ("2 passed" if passes else "2 failed") in done.stdout


# --- each is fresh

STATE = {
    "the namespace": ("left = 1", "'left' in globals()"),
    "a pandas option": (
        "import pandas; pandas.options.display.max_rows = 7",
        "__import__('pandas').options.display.max_rows",
    ),
    "an Altair theme": ("import altair; altair.theme.enable('dark')", "__import__('altair').theme.active"),
    "an Altair renderer": ("altair.renderers.enable('html')", "__import__('altair').renderers.active"),
    "a module of ours": (
        "import surveybook.process as p; p.left = 1",
        "hasattr(__import__('surveybook').process, 'left')",
    ),
    "the loaded modules": ("import sys; sys.modules['left'] = sys", "'left' in __import__('sys').modules"),
    "the module path": ("sys.path.append('left')", "__import__('sys').path"),
    "a builtin name": ("import builtins; builtins.left = 1", "hasattr(__import__('builtins'), 'left')"),
    "the environment": ("import os; os.environ['LEFT'] = '1'", "__import__('os').getenv('LEFT')"),
    "the file mode": ("os.umask(0o77)", "[x for x in open('/proc/self/status') if x.startswith('Umask')]"),
    "a signal": (
        "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "str(__import__('signal').getsignal(10))",
    ),
    "a thread": (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True, name='left').start()",
        "'left' in [thread.name for thread in __import__('threading').enumerate()]",
    ),
    "an open file": (
        "file = open('/dev/zero')",
        "'/dev/zero' in [str(path.resolve()) for path in __import__('pathlib').Path('/proc/self/fd').iterdir()]",
    ),
    "a warnings filter": ("import warnings; warnings.simplefilter('error')", "__import__('warnings').filters[0][0]"),
    "a log handler": (
        "import logging; logging.getLogger().addHandler(logging.NullHandler())",
        "len(__import__('logging').getLogger().handlers)",
    ),
    "the folder for scratch files": (
        "import tempfile; tempfile.tempdir = '/'",
        "__import__('tempfile').gettempdir()",
    ),
    "the deepest call": ("sys.setrecursionlimit(2000)", "__import__('sys').getrecursionlimit()"),
    "the working folder": ("os.chdir('/')", "__import__('os').getcwd()"),
}
CHANGES, LOOKS = zip(*STATE.values(), strict=True)


@pytest.fixture(scope="module")
def looks():
    """What each look shows: in a cold kernel, after all the changes, and in the next kernels of the same zygote."""
    use("surveybook-warm")
    load = "import pandas, altair, surveybook.process"
    cold = run_cold(load, *LOOKS)[1:]
    changed = run(load, *(part for pair in STATE.values() for part in pair))[2::2]
    spare = run(load, *LOOKS)[1:]
    return cold, changed, {"spare": spare, "fork": run(load, *LOOKS, arguments=["--Session.username=other"])[1:]}


@pytest.mark.parametrize("kind", ["spare", pytest.param("fork", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", STATE)
def test_a_kernel_sees_nothing_of_the_one_before(name, kind, looks):
    cold, changed, after = (part if isinstance(part, dict) else dict(zip(STATE, part, strict=True)) for part in looks)
    assert changed[name] != cold[name], "the change shows nothing"
    assert after[kind][list(STATE).index(name)] == cold[name]


BEGIN = """
import builtins, inspect, json, logging, os, signal, sys, threading
app = get_ipython().kernel.parent
variables = {name: value for name, value in os.environ.items() if "PARENT" not in name and "PROVISIONER" not in name}
seen = dict(
    argv=sys.argv[:2] + sys.argv[3:], original=sys.orig_argv[:4] + sys.orig_argv[5:], path=sys.path, cwd=os.getcwd(),
    flags=str(sys.flags), env=variables, threads=sorted(thread.name for thread in threading.enumerate()),
    signals=[str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
    masks=[line for line in open("/proc/self/status") if line.startswith(("Umask", "Sig", "Shd"))],
    main=sys.modules["__main__"].__name__, handlers=str(logging.getLogger().handlers), builtins=sorted(dir(builtins)),
    leads=[os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()], names=sorted(globals()), history=str(_dh),
    files=sorted(os.readlink(f"/proc/self/fd/{n}").partition(":[")[0] for n in os.listdir("/proc/self/fd")[:-1]),
    buffered=[sys.__stdout__.line_buffering, sys.__stderr__.line_buffering], input=sys.stdin.read(),
    parent=app.parent_handle == os.getppid() == int(os.environ["JPY_PARENT_PID"]), limit=sys.getrecursionlimit(),
    told=[app.connection_file == sys.argv[2], app.config.IPKernelApp.connection_file == sys.argv[2]],
    file={k: v for k, v in json.load(open(sys.argv[2])).items() if k in ("ip", "transport", "shell_port")}
    == dict(ip=app.ip, transport=app.transport, shell_port=app.shell_port),
)
print(json.dumps(seen))
"""


def test_what_a_kernel_sees_of_its_start_is_what_a_cold_one_sees(tmp_path):
    env = {**os.environ, "GIVEN": "by the client", "PYTEST_CURRENT_TEST": "one"}
    given = {"cwd": str(tmp_path), "env": env}
    # the zygote begins elsewhere, with a variable that is not given on
    run("1", env={**os.environ, "PYTEST_CURRENT_TEST": "one", "GONE": "1"}, cwd="/")
    texts = [start(BEGIN, **given)[0] for start in (run_cold, run, run)]
    cold, forked, spare = map(json.loads, texts)
    assert cold["env"]["GIVEN"] == "by the client"
    assert forked == cold
    assert spare == cold


def test_a_spare_knows_the_test_it_serves(tmp_path):
    show = "import os; print(os.environ['PYTEST_CURRENT_TEST'], os.getpid())"
    texts = [run(show, env={**os.environ, "PYTEST_CURRENT_TEST": name})[0].split()[0] for name in ("one", "two")]
    assert texts == ["one", "two"]


@pytest.mark.long
def test_what_a_spare_says_before_it_is_asked_for_reaches_its_client(tmp_path):
    """A kernel warns that its messages are not encrypted; a spare has done so before it had a client."""

    def said() -> str:
        manager = KernelManager(kernel_name="python3")
        with (tmp_path / "said").open("w") as file:
            manager.start_kernel(stderr=file, cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        client.wait_for_ready()
        client.stop_channels()
        manager.shutdown_kernel()
        return (tmp_path / "said").read_text()

    use("local-provisioner")
    cold = said()
    use("surveybook-warm")
    assert "without encryption" in cold
    assert [said(), said()] == [cold, cold]


def test_a_spare_was_begun_before_it_was_asked_for(tmp_path):
    begun = []
    for _ in range(2):
        manager = KernelManager(kernel_name="python3")
        asked = float(Path("/proc/uptime").read_text().split()[0])
        manager.start_kernel(cwd=str(tmp_path), extra_arguments=[QUIET])
        begun.append(started_at(manager.provisioner.pid) < asked - 0.01)
        time.sleep(0.3)
        manager.shutdown_kernel(now=True)
    assert begun == [False, True]


def test_random_numbers_differ_from_kernel_to_kernel():
    draw = (
        "import numpy, random, tempfile, uuid\n"
        "print(numpy.random.random(), random.random(), uuid.uuid4(), tempfile.mktemp())"
    )
    drawn = [run(draw)[0].split() for _ in range(3)]
    assert [len(set(column)) for column in zip(*drawn, strict=True)] == [3, 3, 3, 3]


# --- the same results


def outputs_of(chapter: Path, provisioner: str) -> list:
    use(provisioner)
    book = nbformat.read(chapter, as_version=4)
    NotebookClient(book, extra_arguments=[QUIET]).execute(cwd=str(chapter.parent))
    return [cell.outputs for cell in book.cells if cell.cell_type == "code"]


CHAPTERS = sorted((ROOT / "chapters").rglob("*.ipynb"))
QUICK = ("effects.ipynb", "claims.ipynb")


@pytest.mark.parametrize(
    "chapter",
    [pytest.param(path, id=path.stem, marks=[] if path.name in QUICK else pytest.mark.long) for path in CHAPTERS],
)
def test_a_chapter_has_the_outputs_of_a_cold_run(chapter):
    cold = outputs_of(chapter, "local-provisioner")
    assert any(cold)
    assert outputs_of(chapter, "surveybook-warm") == cold
    assert outputs_of(chapter, "surveybook-warm") == cold
    assert warm_kernels.told == []


# --- faults and signals


def test_an_error_in_a_cell_is_the_notebooks():
    with pytest.raises(CellExecutionError) as caught:
        run("1 / 0")
    assert caught.value.ename == "ZeroDivisionError"


def test_a_dead_kernel_is_seen_dead():
    with pytest.raises(DeadKernelError):
        run("import os; os._exit(3)")


@pytest.fixture
def kernel():
    """A kernel that was a spare, and a client that is connected to it."""
    first = KernelManager(kernel_name="python3")
    first.start_kernel(extra_arguments=[QUIET])
    first.shutdown_kernel(now=True)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(extra_arguments=[QUIET])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


def ask(client, source: str) -> str:
    shown = []
    client.execute_interactive(
        source,
        timeout=20,
        allow_stdin=False,
        output_hook=lambda message: shown.append(
            message["content"].get("text") or message["content"].get("ename") or ""
        ),
    )
    return "".join(shown).strip()


@pytest.mark.parametrize(
    ("source", "code"),
    [("import os; os._exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9), ("import os; os.abort()", -6)],
)
def test_exit_codes_are_true(kernel, source, code):
    manager, client = kernel
    client.execute(source)
    wait_until(lambda: not manager.is_alive())
    assert manager.provisioner.process.returncode == code


def test_a_graceful_end_has_code_zero(kernel):
    manager, _ = kernel
    process = manager.provisioner.process
    manager.shutdown_kernel()
    assert process.returncode == 0
    assert not Path(manager.connection_file).exists()


def test_an_interrupt_reaches_the_cell_and_what_it_started(kernel):
    manager, client = kernel
    threading.Timer(0.5, manager.interrupt_kernel).start()
    begun = time.monotonic()
    assert ask(client, "import subprocess; subprocess.run(['sleep', '30'])") == "KeyboardInterrupt"
    assert time.monotonic() - begun < 10
    assert ask(client, "print(1 + 1)") == "2"


def test_a_kernel_killed_takes_what_it_started_along(kernel):
    manager, client = kernel
    child = int(ask(client, "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"))
    assert Path(f"/proc/{child}").exists()
    manager.shutdown_kernel(now=True)
    wait_until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())


@pytest.mark.parametrize("now", [True, False])
def test_a_restarted_kernel_is_new_and_its_clients_reach_it(kernel, now):
    manager, client = kernel
    before = ask(client, "left = 1; import os; print(os.getpid())")
    manager.restart_kernel(now=now)
    client.wait_for_ready(timeout=60)
    after, left = ask(client, "import os; print(os.getpid(), 'left' in globals())").split()
    assert after != before
    assert left == "False"
    assert manager.is_alive()


# --- the prompt client


def test_the_prompt_client_is_ready_when_all_earlier_messages_have_come():
    async def leftover() -> bool:
        manager = WarmKernelManager(kernel_name="python3")
        await manager.start_kernel(extra_arguments=[QUIET])
        client = manager.client()
        assert isinstance(client, warm_kernels.PromptClient)
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        try:
            for channel in (client.iopub_channel, client.shell_channel):
                with pytest.raises(Empty):
                    await channel.get_msg(timeout=0.3)
            reply = await client.execute_interactive("1 + 1", timeout=20, output_hook=lambda message: None)
            return reply["content"]["status"] == "ok"
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    assert asyncio.run(leftover())


@pytest.mark.long
def test_the_prompt_client_says_when_the_kernel_is_dead(capfd):
    async def start() -> None:
        manager = WarmKernelManager(kernel_name="python3")
        manager._kernel_spec = KernelSpec(argv=[sys.executable, "-c", "raise SystemExit(3)"], language="python")
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=20)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    with pytest.raises(RuntimeError, match="Kernel died"):
        asyncio.run(start())


# --- ordinary starts


def odd_package(folder: Path, source: str) -> dict[str, str]:
    (folder / "oddpackage.py").write_text(source)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "SURVEYBOOK_WARM_MODULES": "numpy,oddpackage"}


THREAD = "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (THREAD, "1 more threads than known, begun by oddpackage"),
        ("import absentpackage", "ModuleNotFoundError: No module named 'absentpackage'"),
        ("import warnings; warnings.warn('odd')", "UserWarning: odd"),
        ("import os; os._exit(1)", "ended while loading"),
    ],
    ids=["a thread", "an import error", "a warning", "a death"],
)
def test_what_cannot_be_loaded_for_a_fork_is_started_cold_and_told_once(source, reason, tmp_path, capfd):
    time.sleep(0.05)
    env = odd_package(tmp_path, source)
    assert [run("import os; print(os.getppid())", env=env) for _ in range(2)] == [[f"{os.getpid()}\n"]] * 2
    told = [line for line in capfd.readouterr().err.splitlines() if "start cold" in line]
    assert len(told) == 1
    assert reason in told[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda patch: patch.delattr(os, "fork"), "forks are safe on Linux only"),
        (lambda patch: patch.setattr(warm_kernels.sys, "executable", "/usr/bin/other"), "the kernel's Python is"),
    ],
    ids=["no fork", "another Python"],
)
def test_where_no_fork_is_right_kernels_start_cold_and_it_is_told_once(change, reason, capfd):
    for _ in range(2):
        manager = KernelManager(kernel_name="python3")
        manager._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        )
        with pytest.MonkeyPatch.context() as patch:
            change(patch)
            manager.start_kernel(extra_arguments=[QUIET])
        parent = Path(f"/proc/{manager.provisioner.pid}/stat").read_text().rpartition(")")[2].split()[1]
        manager.shutdown_kernel(now=True)
        assert int(parent) == os.getpid()
    (told,) = [line for line in capfd.readouterr().err.splitlines() if "start cold" in line]
    assert reason in told


LAUNCH = [sys.executable, "-m", "ipykernel_launcher", "-f", "file"]


@pytest.mark.parametrize(
    ("command", "options", "platform", "reason"),
    [
        (LAUNCH, {"cwd": "/"}, "linux", None),
        ([LAUNCH[0], "-Xfrozen_modules=off", *LAUNCH[1:]], {}, "linux", None),
        (LAUNCH, {}, "darwin", "this is darwin"),
        (["/usr/bin/env", *LAUNCH], {}, "linux", "the kernel's Python is /usr/bin/env"),
        ([sys.executable, "-m", "xeus", "-f", "file"], {}, "linux", "not started by"),
        (["ir", "file"], {}, "linux", "not started by"),
        (LAUNCH, {"preexec_fn": print}, "linux", "asks for preexec_fn"),
        (LAUNCH, {"stdout": subprocess.PIPE}, "linux", "asks for pipes"),
        (LAUNCH, {"cwd": "/absent"}, "linux", "no folder /absent"),
    ],
)
def test_only_what_can_be_forked_is(command, options, platform, reason, monkeypatch):
    monkeypatch.setattr(warm_kernels.sys, "platform", platform)
    found = warm_kernels.find_obstacle(command, options)
    assert found is None if reason is None else reason in found


# --- what has changed since


def test_a_changed_module_is_seen_by_the_next_kernel(tmp_path):
    env = odd_package(tmp_path, "value = 1\n")
    module = tmp_path / "oddpackage.py"
    show = "import oddpackage, os; print(oddpackage.value, os.getppid())"
    time.sleep(0.05)
    (first, zygote), (second, same) = (run(show, env=env)[0].split() for _ in range(2))
    assert (first, second, same) == ("1", "1", zygote)
    # as long as before, and with the time of before: only the system's own time of change tells
    then = module.stat()
    module.write_text("value = 2\n")
    os.utime(module, ns=(then.st_atime_ns, then.st_mtime_ns))
    time.sleep(0.05)
    third, other = run(show, env={**env, "PYTHONDONTWRITEBYTECODE": "1"})[0].split()
    assert other != zygote
    assert third == "2"
    wait_until(lambda: not Path(f"/proc/{zygote}").exists())


def test_a_new_module_that_comes_first_is_seen(tmp_path):
    show = "import os, oddpackage; import colorsys; print(colorsys.__file__, os.getppid())"
    env = odd_package(tmp_path, "import colorsys")
    time.sleep(0.05)
    (_, zygote) = run(show, env=env)[0].split()
    (tmp_path / "colorsys.py").write_text("")
    time.sleep(0.05)
    file, other = run(show, env=env)[0].split()
    assert other != zygote
    assert file == str(tmp_path / "colorsys.py")


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "same"), [("ORDINARY", True), ("OMP_NUM_THREADS", False), ("TZ", False), ("PYTHONHASHSEED", False)]
)
def test_a_variable_read_at_the_start_of_a_library_asks_for_another_zygote(name, same):
    show = f"import os; print(os.getppid(), os.environ.get('{name}'))"
    env = {**os.environ, "SURVEYBOOK_WARM_MODULES": "numpy"}
    before, _ = run(show, env=env)[0].split()
    after, value = run(show, env={**env, name: "2"})[0].split()
    assert (after == before) is same
    assert value == "2"


def test_a_kernel_of_a_zygote_that_was_replaced_goes_on(kernel):
    manager, client = kernel
    zygote = ask(client, "kept = 5; import os; print(os.getppid())")
    other = run("import os; print(os.getppid())", env={**os.environ, "TZ": "Asia/Tokyo"})[0].strip()
    assert other != zygote
    assert ask(client, "print(kept)") == "5"
    manager.shutdown_kernel()
    wait_until(lambda: not Path(f"/proc/{zygote}").exists())


def test_loading_reads_no_data_of_ours():
    """Files read while loading would have to be watched; modules alone are."""
    source = f"""
import importlib, sys
seen = []
sys.addaudithook(lambda name, given: seen.append(str(given[0])) if name == "open" else None)
from surveybook.build.zygote import MODULES
for name in MODULES.split(","):
    importlib.import_module(name)
print(len(seen), sorted({{p for p in seen if p.startswith({str(ROOT)!r}) and not p.endswith((".py", ".pyc"))
       and ".venv" not in p and not p.rpartition(".pyc")[1]}}))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    count, _, files = done.stdout.strip().partition(" ")
    assert int(count) > 100
    assert files == "[]"


# --- several at once


@pytest.mark.long
def test_kernels_may_be_asked_for_in_threads_at_once():
    shown: dict[int, str] = {}

    def work(number: int) -> None:
        shown[number] = run(f"print({number})", IS_WARM)[0]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown == {number: f"{number}\n" for number in range(4)}


def test_kernels_may_be_asked_for_in_one_loop_at_once():
    async def work(number: int) -> str:
        book = notebook(f"print({number})")
        await NotebookClient(book, extra_arguments=[QUIET]).async_execute()
        return book.cells[0].outputs[0].text

    async def work_at_once() -> list[str]:
        return await asyncio.gather(*map(work, range(4)))

    assert asyncio.run(work_at_once()) == [f"{number}\n" for number in range(4)]
