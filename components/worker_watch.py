"""The small process that a forked server's parent becomes: it watches the workers and does nothing else.

Run as a script by :mod:`components.worker_signals` (exec, so that the workers stay its children)::

    python -I -S worker_watch.py 4001,4002 3,4 python -m panel serve ...

that is the workers' process ids, the numbers of the open listening sockets, and the command that serves on them. It
imports nothing but the standard library: the parent would hold 80 MB, this holds four.

SIGTERM and Ctrl-C are passed on; when every worker has ended it ends with 0. A worker that ends by itself otherwise
than well is replaced by the command, up to ``MOST_REPLACED`` times; then all are ended, and this with 1.
"""

import os
import signal
import sys

SOCKETS = "AEMO_DASHBOARD_SOCKETS"
"""Variable that tells a replacement its parent and its sockets: ``4000:3,4``."""
MOST_REPLACED = 100
RETRY_SECONDS = 5
AWAITED = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGALRM}


class Watch:
    """Workers by process id, and what becomes of them."""

    def __init__(self, workers: list[int], sockets: str, command: list[str]):
        self._workers = set(workers)
        self._environment = {**os.environ, SOCKETS: f"{os.getpid()}:{sockets}"}
        self._command = command
        self._missing = self._replaced = 0
        self._ending = False

    def run(self) -> int:
        """Watch until no worker is left; the exit code. The awaited signals must be blocked."""
        while True:
            self._reap()
            self._replace()
            if not self._workers and (self._ending or not self._missing):
                return int(self._replaced > MOST_REPLACED)
            if signal.sigwait(AWAITED) in (signal.SIGTERM, signal.SIGINT):
                self._end()

    def _end(self) -> None:
        self._ending = True
        for worker in self._workers:
            os.kill(worker, signal.SIGTERM)  # ours until waited for, so its number is nobody else's

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid not in self._workers:  # as the first process of a container one inherits others' children
                continue
            self._workers.remove(pid)
            code = os.waitstatus_to_exitcode(status)
            if code and not self._ending:
                how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
                print(f"Worker {pid} {how}; it is replaced", file=sys.stderr, flush=True)
                self._missing += 1

    def _replace(self) -> None:
        while self._missing and not self._ending:
            self._replaced += 1
            if self._replaced > MOST_REPLACED:
                print(f"{MOST_REPLACED} workers were replaced; the server ends", file=sys.stderr, flush=True)
                self._end()
                return
            try:
                # The awaited signals are blocked here and must not be there.
                pid = os.posix_spawn(self._command[0], self._command, self._environment, setsigmask=())
            except OSError as why:
                print(f"No worker could be started ({why.strerror}); tried again", file=sys.stderr, flush=True)
                signal.alarm(RETRY_SECONDS)
                return
            self._workers.add(pid)
            self._missing -= 1


def main(words: list[str]) -> int:
    """Watch the workers that the command line names."""
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    return Watch([int(pid) for pid in words[0].split(",")], words[1], words[2:]).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
