"""Downloads: polite, retried on named errors with capped and jittered waits, under a deadline and a byte cap.

Named errors that are tried again: no connection, a stall, a body shorter than announced, 5xx, 429 (its
``Retry-After`` is kept) and 403, which is how NEMWEB says "too fast". 404 and 410 mean that the file is not
there. Redirects are followed on the same host only.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import urlsplit

import httpx
import stamina

from components import __version__
from components.config import IngestSettings
from components.errors import FileRejected, SourceError
from components.ingest.mms_columns import printable

USER_AGENT = f"aemo-energy-dashboard/{__version__} (python-httpx; reads public reports)"
_REDIRECTS = 5
_GONE = (404, 410)
_TOO_FAST = (403, 429)


@dataclass(frozen=True)
class Limits:
    """What one download may take. All times in seconds.

    Attributes
    ----------
    attempts, deadline : per file, retries and waits included.
    stall : longest silence of the server.
    wait_first, wait_most, wait_jitter : pause before the second attempt, longest pause, random addition.
    spacing : least time from one request to the next, whichever worker asks.
    listing_bytes, file_bytes : largest listing page and largest file.
    """

    attempts: int = 5
    deadline: float = 120.0
    stall: float = 30.0
    wait_first: float = 0.5
    wait_most: float = 20.0
    wait_jitter: float = 1.0
    spacing: float = 0.0
    listing_bytes: int = 32 << 20
    file_bytes: int = 1 << 30

    @classmethod
    def of(cls, settings: IngestSettings) -> Limits:
        """The limits of ``panel_config.yaml``."""
        return cls(attempts=settings.retries, deadline=settings.deadline_seconds)


class AbsentError(SourceError):
    """The server has no such file (404, 410)."""


class _AgainError(Exception):
    """Worth another attempt; ``pause`` is the server's own wish in seconds."""

    def __init__(self, why: str, pause: float | None = None):
        super().__init__(why)
        self.pause = pause


@dataclass(frozen=True)
class Body:
    """A whole answer: its bytes, and how the server dates it ("" = not at all)."""

    data: bytes
    modified: str
    content_type: str


class Fetcher:
    """A client for one host, shared by the workers. Close it, or use it in a ``with`` block."""

    def __init__(self, root: str, limits: Limits):
        self.limits = limits
        self._host = _bare(root)
        # A server that compresses on the way would hide how long a body should be.
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, timeout=min(limits.stall, limits.deadline), follow_redirects=False)
        self._calm_until = 0.0
        self._next = 0.0
        self._lock = threading.Lock()
        logging.getLogger("stamina").addHandler(logging.NullHandler())  # the summary says what failed

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, most_bytes: int) -> Body:
        """The body of ``url``.

        Raises
        ------
        AbsentError
            404 or 410.
        FileRejected
            The body is larger than ``most_bytes``.
        SourceError
            Unreachable, refused, stalled or failing after every attempt; says how often and why.
        """
        limits = self.limits
        until = time.monotonic() + limits.deadline
        tries = 0

        def again(why: Exception) -> bool | float:
            """Whether to try once more, and after which pause."""
            if not isinstance(why, httpx.TransportError | _AgainError):
                return False
            pause = why.pause if isinstance(why, _AgainError) else None
            if pause is None:
                return time.monotonic() < until
            return pause if time.monotonic() + pause < until else False

        try:
            for attempt in stamina.retry_context(
                on=again, attempts=limits.attempts, timeout=limits.deadline,
                wait_initial=limits.wait_first, wait_max=limits.wait_most, wait_jitter=limits.wait_jitter,
            ):  # fmt: skip
                with attempt:
                    tries += 1
                    self._wait_for_calm(until)
                    return self._once(url, most_bytes, until)
        except (_AgainError, httpx.TransportError) as why:
            last = printable((str(why) or type(why).__name__).encode("utf-8", "replace"), 120)
        except httpx.InvalidURL as why:
            raise SourceError(f"{url!r} is no address: {why}") from None
        raise SourceError(f"{url} could not be read: {last} (tried {'once' if tries == 1 else f'{tries} times'})")

    def stat(self, url: str) -> tuple[int | None, str]:
        """Size and date of ``url`` by HEAD; (None, "") where the server does not tell."""
        try:
            with self._client.stream("HEAD", url) as answer:
                if answer.status_code != 200:
                    return None, ""
                size = answer.headers.get("content-length", "")
                return (int(size) if size.isdigit() else None), answer.headers.get("last-modified", "")
        except (httpx.HTTPError, httpx.InvalidURL):
            return None, ""

    def _once(self, url: str, most_bytes: int, until: float) -> Body:
        for _ in range(_REDIRECTS):
            left = max(0.001, min(self.limits.stall, until - time.monotonic()))
            with self._client.stream("GET", url, timeout=left) as answer:
                status = answer.status_code
                if answer.is_redirect and answer.has_redirect_location:
                    onward = str(answer.url.join(answer.headers["location"]))
                    if _bare(onward) != self._host:
                        raise SourceError(
                            f"{url} sends us on to another host, {_bare(onward)}; name that as the source"
                        )
                    url = onward
                    continue
                if status in _GONE:
                    raise AbsentError(f"{url} is not there ({status})")
                if status in _TOO_FAST:
                    pause = _retry_after(answer.headers.get("retry-after", ""), self.limits.wait_most)
                    self._slow_down(pause)
                    raise _AgainError(f"the server answers {status} {answer.reason_phrase}", pause)
                if status >= 500:
                    raise _AgainError(f"the server answers {status} {answer.reason_phrase}")
                if status != 200:
                    raise SourceError(f"{url} could not be read: the server answers {status} {answer.reason_phrase}")
                data = self._body(answer, most_bytes, until)
                return Body(data, answer.headers.get("last-modified", ""), answer.headers.get("content-type", ""))
        raise SourceError(f"{url} could not be read: more than {_REDIRECTS} redirects")

    def _body(self, answer: httpx.Response, most_bytes: int, until: float) -> bytes:
        length = answer.headers.get("content-length", "")
        announced = int(length) if length.isdigit() else None
        if announced is not None and announced > most_bytes:
            raise FileRejected(f"{answer.url} has {announced:,} bytes, more than {most_bytes:,}")
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_raw():
            parts.append(part)
            size += len(part)
            if size > most_bytes:
                raise FileRejected(f"{answer.url} has more than {most_bytes:,} bytes")
            if time.monotonic() > until:
                raise _AgainError(f"no end after {self.limits.deadline:g} s, {size:,} bytes so far")
        if announced is not None and size != announced:
            raise _AgainError(f"{size:,} bytes came, {announced:,} were announced")
        return b"".join(parts)

    def _slow_down(self, pause: float | None) -> None:
        """One worker was told that we are too fast: the others wait as well."""
        calm = time.monotonic() + (self.limits.wait_first if pause is None else pause)
        with self._lock:
            self._calm_until = max(self._calm_until, calm)

    def _wait_for_calm(self, until: float) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(self._calm_until, self._next, now)
            self._next = turn + self.limits.spacing
        left = min(turn, until) - now
        if left > 0:
            time.sleep(left)


def _bare(url: str) -> str:
    """Host and port of an address, without ``www.`` and without the usual port."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    try:
        port = parts.port
    except ValueError:
        port = None
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _retry_after(text: str, most: float) -> float | None:
    """Seconds of a ``Retry-After`` header (a number or a date), at most ``most``; None = it says nothing."""
    if text.strip().isdigit():
        return min(float(text), most)
    try:
        wish = parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, IndexError):
        return None
    return min(max(wish, 0.0), most)
