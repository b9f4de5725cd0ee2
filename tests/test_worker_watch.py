"""The small process that a forked server's parent becomes, with workers that only wait."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components import worker_signals, worker_watch
from components.worker_signals import children_of, command_of_one

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 30
WORKER = """
import os, signal, socket, sys
from pathlib import Path
from components import worker_signals
given = os.environ.pop("AEMO_DASHBOARD_SOCKETS", "")
if given:
    worker_signals.follow(int(given.partition(":")[0]))
    word = socket.socket(fileno=int(given.partition(":")[2])).getsockname()[1]
else:
    listening = socket.create_server(("127.0.0.1", 0))
    worker_signals._listening.append(listening)
    word = worker_signals.fork_workers(2)
Path(sys.argv[1], str(os.getpid())).write_text(f"{word} {sys.argv[3]} {listening.getsockname()[1] if not given else ''}")
signal.pause()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def until(found: Callable[[], bool]) -> None:
    """Wait for something that is about to happen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Watched:
    """Two forked workers and their watcher; each worker writes a file of its process id's name."""

    def __init__(self, folder: Path):
        script = folder / "worker.py"
        script.write_text(WORKER)
        self.notes = folder / "notes"
        self.notes.mkdir()
        self.log = folder / "log.txt"
        command = [sys.executable, str(script), str(self.notes), "--num-procs", "2"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, env=environment, stderr=out)
        until(lambda: len(self.workers()) == 2)

    def note(self, pid: int) -> list[str]:
        file = self.notes / str(pid)
        return file.read_text().split() if file.exists() else []

    def workers(self) -> list[int]:
        """Those that have begun to wait."""
        return [pid for pid in children_of(self.process.pid) if len(self.note(pid)) >= 2]

    def is_watcher(self) -> bool:
        return "worker_watch.py" in Path(f"/proc/{self.process.pid}/cmdline").read_text()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    found = Watched(tmp_path)
    yield found
    found.process.kill()
    found.process.wait()


def ended(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def anonymous(pid: int) -> int:
    """[kB]"""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def test_the_parent_becomes_small_and_its_workers_stay_its_children(watched: Watched):
    until(watched.is_watcher)
    assert sorted(watched.note(pid)[0] for pid in watched.workers()) == ["0", "1"]
    assert anonymous(watched.process.pid) < 12_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_are_passed_on_and_the_end_is_a_good_one(watched: Watched, number: signal.Signals):
    workers = watched.workers()
    watched.process.send_signal(number)
    assert watched.process.wait(PATIENCE_SECONDS) == 0
    assert ended(workers)
    assert watched.log.read_text() == ""


def test_nobody_outlives_a_watcher_that_was_killed(watched: Watched):
    workers = watched.workers()
    watched.process.kill()
    watched.process.wait()
    until(lambda: ended(workers))


def test_a_replacement_has_the_same_socket_and_ends_with_the_others(watched: Watched):
    first = watched.workers()
    port = watched.note(first[0])[2]
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(watched.workers()) == 2 and first[0] not in watched.workers())
    replacement = next(pid for pid in watched.workers() if pid not in first)
    # A command line of one process, the port that the parent had bound, and it follows its parent too.
    assert watched.note(replacement) == [port, "1"]
    with socket.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE_SECONDS):
        pass
    watched.process.kill()
    watched.process.wait()
    until(lambda: ended([first[1], replacement]))


def test_it_stays_until_the_last_worker_has_ended(watched: Watched):
    first, second = watched.workers()
    os.kill(first, signal.SIGSTOP)  # one with much to finish
    watched.process.send_signal(signal.SIGTERM)
    until(lambda: ended([second]))
    assert watched.process.poll() is None  # until the last has ended
    os.kill(first, signal.SIGCONT)
    assert watched.process.wait(PATIENCE_SECONDS) == 0


def watch_of(code: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A watcher of one worker that ends with some code, and what it would start in its place."""
    parent = f"""
import os, sys
pid = os.fork()
if not pid:
    os._exit({code})
os.execv(sys.executable, [sys.executable, "-I", "-S", {worker_watch.__file__!r}, str(pid), "0", *sys.argv[1:]])
"""
    return subprocess.run(
        [sys.executable, "-c", parent, *command], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def test_it_ends_when_the_last_worker_ended_well():
    done = watch_of("0", "/bin/false")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_replacement_that_ends_well_is_the_end():
    done = watch_of("3", "/bin/true")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0].endswith("ended with 3; it is replaced")
    assert len(done.stderr.splitlines()) == 1


def test_workers_that_always_fail_are_given_up():
    done = watch_of("1", "/bin/false")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == worker_watch.MOST_REPLACED + 2
    assert lines[-1] == "100 workers were replaced; the server ends"


def test_the_command_of_a_replacement():
    words = [
        "python3",
        "-m",
        "panel",
        "serve",
        "app/a.py",
        "--num-procs",
        "4",
        "--plugins",
        "components.worker_signals",
    ]
    expected = ["-m", "panel", "serve", "app/a.py", "--num-procs", "1", "--plugins", "components.worker_signals"]
    assert command_of_one(words) == [sys.executable, *expected]


def test_importing_the_plugin_elsewhere_changes_nothing():
    from tornado import process

    assert process.fork_processes is not worker_signals.fork_workers
    assert signal.getsignal(signal.SIGTERM) is not worker_signals.leave
