"""The server's end of the helper process: started when it is needed, and again when it has ended."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

from components.errors import DashboardError
from components.raster import wire
from components.raster.answers import Raster
from components.raster.asks import Ask, to_json

log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "components.raster.worker")


class HelperEnded(DashboardError):
    """The helper process ended while it was at work; the next question starts another one."""


class Helper:
    """One helper process, used by one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def answer(self, folder: Path, version: str, ask: Ask) -> Raster:
        """The picture asked for, of a lake's version.

        Raises
        ------
        DashboardError
            When the question cannot be answered; :class:`HelperEnded` when the process ended meanwhile.
        """
        process = self._running()
        questions, answers = process.stdin, process.stdout
        assert questions is not None
        assert answers is not None
        try:
            wire.send(questions, {"folder": str(folder.resolve()), "version": version, "ask": to_json(ask)})  # type: ignore[arg-type]
            words, arrays = wire.receive(answers)  # type: ignore[arg-type]
        except (OSError, wire.Ended):
            code = self._reaped(process)
            log.warning("the helper process ended (%s) over %s", code, ask)
            raise HelperEnded(f"The process that draws these pictures ended ({_in_words(code)}).") from None
        if "error" in words:
            raise DashboardError(words["error"])
        return Raster(words["words"], arrays, words["version"])

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._reaped(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                self._reaped(self._process)
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
            }
            # It works in one thread at a time: one arena of the allocator is enough.
            environment.setdefault("MALLOC_ARENA_MAX", "1")
            self._process = subprocess.Popen(  # noqa: S603 - the program itself
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=PROJECT
            )
        return self._process

    def _reaped(self, process: subprocess.Popen[bytes]) -> int:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    pass
        try:
            # What has closed its pipes ends by itself; one that works on is told to.
            return process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _in_words(code: int) -> str:
    if code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exit code {code}"
