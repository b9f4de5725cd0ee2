"""The one handler that every address of the API inherits: verbs, errors, headers, caching, compression.

============  =========================================================================================
verbs         GET, HEAD (the same without body), OPTIONS (204); anything else 405 with ``Allow``
errors        ``application/problem+json`` (:mod:`components.api.problems`), never a traceback or a path
CORS          the configured origin on every response, errors included
caching       a weak ``ETag`` known before any work; 304 is answered before any work; ``Vary``;
              ``Cache-Control``; finished answers are shared through a bounded cache
compression   zstd or gzip by ``Accept-Encoding``
bodies        not needed; one larger than the limit is refused before it is read
login         where the server asks its visitors to log in, so does the API
============  =========================================================================================
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl

from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from components.api import data
from components.api.cache import Answer, answers
from components.api.compression import ENCODINGS, compressed, compressed_pieces
from components.api.limits import MOST_FIELDS, limits
from components.api.memory import give_back_memory
from components.api.negotiate import best_encoding, has_already
from components.api.problems import MEDIA_TYPE, ApiError, invalid, later
from components.api.work import Pool, questions, snapshots
from components.errors import Problem, QueryError, StoreError
from components.store.snapshot import Snapshot

ALLOWED = "GET, HEAD, OPTIONS"
EXPOSED = "ETag, Link, Retry-After, Content-Disposition, Allow"
CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
NEVER_KEEP = "no-store"
LARGE_BYTES = 4_000_000
"""Bodies above this leave enough memory behind to be worth handing back."""


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stream:
    """A body that is made piece by piece while it is sent."""

    pieces: Iterator[bytes]
    headers: Mapping[str, str]


Made = tuple[bytes | Iterator[bytes], Mapping[str, str]]
"""A body, whole or in pieces, and the headers that describe it."""


@stream_request_body
class ApiHandler(RequestHandler):
    """Base of every handler; subclasses say :meth:`answer`."""

    content_policy: ClassVar[str] = CONTENT_POLICY
    _task: asyncio.Task[Any] | None = None
    _left = False
    _received = 0

    # -- headers -------------------------------------------------------------------------------------

    def set_default_headers(self) -> None:
        """Headers of every response, errors and 304 included."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", self.content_policy)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", NEVER_KEEP)
        origin = limits().cors_origin
        self.set_header("Access-Control-Allow-Origin", origin)
        self.set_header("Access-Control-Expose-Headers", EXPOSED)
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.set_header("Vary", "Accept, Accept-Encoding")

    def compute_etag(self) -> str | None:
        """Tornado's own tag needs the finished body; ours is known before."""
        return None

    # -- way in --------------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """Refuse large bodies and strangers before anything else happens."""
        length = self.request.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > limits().max_body_bytes:
            raise _body_too_large()
        if self.request.method != "OPTIONS" and not await self._is_welcome():
            raise ApiError(401, "unauthorized", "this server asks its visitors to log in")

    def data_received(self, chunk: bytes) -> None:
        """Bodies are read past; a chunked one that grows too large ends the connection."""
        self._received += len(chunk)
        if self._received > limits().max_body_bytes and not self._finished:
            self.send_error(413, exc_info=(ApiError, _body_too_large(), None))

    async def _is_welcome(self) -> bool:
        provider = getattr(self.application, "auth_provider", None)
        if provider is None:
            return True
        if provider.get_user is not None:
            return bool(provider.get_user(self))
        return bool(await provider.get_user_async(self)) if provider.get_user_async is not None else True

    def texts(self) -> dict[str, list[str]]:
        """The query string: name -> texts, as given, undecodable bytes replaced.

        Raises
        ------
        ApiError
            When it has an unreasonable number of parameters.
        """
        try:
            pairs = parse_qsl(self.request.query, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
        except ValueError:
            problem = Problem("", "", f"the query string has more than {MOST_FIELDS} parameters")
            raise ApiError(400, "invalid-parameters", problem.detail, [problem]) from None
        out: dict[str, list[str]] = {}
        for name, text in pairs:
            out.setdefault(name, []).append(text)
        return out

    def no_parameters(self) -> None:
        """Refuse every parameter: this endpoint has none."""
        unknown = [Problem(n[:80], t[0][:200], "this endpoint has no parameters") for n, t in self.texts().items()]
        if unknown:
            raise QueryError(unknown)

    @property
    def root(self) -> str:
        """What precedes the API's own path on this server ("" unless served with a prefix)."""
        found = re.match(r"(.*?)/api(?:/|$)", self.request.path)
        return found[1] if found else ""

    async def snapshot(self) -> Snapshot:
        """The newest version, taken once per request."""
        taken: Snapshot = await snapshots.run(data.current, limits().deadline_seconds)
        return taken

    # -- verbs ---------------------------------------------------------------------------------------

    async def answer(self, *path: str | None) -> None:
        """Answer a GET or HEAD."""
        raise NotImplementedError

    async def get(self, *path: str | None) -> None:
        """The answer; whatever goes wrong becomes a problem document."""
        self._task = asyncio.current_task()
        try:
            await self.answer(*path)
        except QueryError as wrong:
            raise invalid(wrong.problems) from None
        except StoreError as wrong:
            log.error("%s: the data cannot be read: %s", self.request.path, wrong)
            raise later("loading", "the data cannot be read at the moment") from None
        except (StreamClosedError, asyncio.CancelledError):
            if not self._left and not self._socket.closed():
                raise
        finally:
            self._task = None

    @property
    def _socket(self) -> IOStream:
        stream: IOStream = cast(Any, self.request.connection).stream
        return stream

    def on_connection_close(self) -> None:
        """The client left: what has not begun never begins, what is being sent stops."""
        super().on_connection_close()
        self._left = True
        if self._task is not None:
            self._task.cancel()

    async def head(self, *path: str | None) -> None:
        """As GET; Tornado leaves the body away."""
        await self.get(*path)

    def options(self, *path: str | None) -> None:
        """What is allowed here; also the answer to a browser's preflight."""
        self.set_status(204)
        self.set_header("Allow", ALLOWED)
        self.set_header("Access-Control-Allow-Methods", ALLOWED)
        asked = self.request.headers.get("Access-Control-Request-Headers")
        self.set_header("Access-Control-Allow-Headers", asked if asked and _plain(asked) else "Accept, If-None-Match")
        self.set_header("Access-Control-Max-Age", "86400")
        self.set_header("Cache-Control", "public, max-age=86400")
        self.finish()

    # -- way out -------------------------------------------------------------------------------------

    def unchanged(self, etag: str, keep: str) -> bool:
        """Set ``ETag`` and ``Cache-Control``; True when the client has the answer and 304 was sent."""
        self.set_header("ETag", etag)
        self.set_header("Cache-Control", self._private(keep))
        if not has_already(self.request.headers.get("If-None-Match"), etag):
            return False
        self.set_status(304)
        self.finish()
        return True

    def _private(self, keep: str) -> str:
        """An answer that needed a login must not be kept for others."""
        provider = getattr(self.application, "auth_provider", None)
        guarded = provider is not None and (provider.get_user is not None or provider.get_user_async is not None)
        return keep.replace("public", "private") if guarded else keep

    @property
    def encoding(self) -> str:
        """Content coding for this client, "" for none."""
        return best_encoding(self.request.headers.get("Accept-Encoding"), ENCODINGS)

    async def finish_with(self, make: Callable[[], Made], etag: str | None = None, pool: Pool | None = None) -> None:
        """Make, compress and send a body; with an ``etag`` finished answers are shared.

        Parameters
        ----------
        make : the body, whole or in pieces, and the headers that describe it (``Content-Type`` …); runs in a
            thread, under the deadline.
        etag : key of the shared answers; None = neither looked up nor kept.
        pool : whose threads do the work; default those of the questions.
        """
        encoding = self.encoding
        key = (f"{etag}{self.root}", encoding)
        found: Answer | Stream | None = answers.get(key) if etag else None
        if found is None:

            def work() -> Answer | Stream:
                body, headers = make()
                if not isinstance(body, bytes):
                    return Stream(compressed_pieces(body, encoding), _encoded(headers, encoding))
                if encoding and len(body) >= limits().gzip_min_bytes:
                    return Answer(compressed(body, encoding), _encoded(headers, encoding))
                return Answer(body, headers)

            found = await (pool or questions).run(work, limits().deadline_seconds)
            if etag and isinstance(found, Answer):
                answers.put(key, found)
        for name, value in found.headers.items():
            self.set_header(name, value)
        if isinstance(found, Stream):
            await self._send_pieces(found.pieces)
            return
        self.set_header("Content-Length", str(len(found.body)))
        if len(found.body) > LARGE_BYTES:
            questions.begin(give_back_memory)
        await self.finish(found.body)

    async def _send_pieces(self, pieces: Iterator[bytes]) -> None:
        """Send piece by piece, no faster than the client reads; a failure cuts the connection, never the file short."""
        await self.flush()
        if self.request.method != "HEAD":
            try:
                while (piece := await questions.run(lambda: next(pieces, None), limits().deadline_seconds)) is not None:
                    self.write(piece)
                    await self.flush()
            except Exception:
                self._socket.close()
                raise
            finally:
                questions.begin(give_back_memory)
        await self.finish()

    def write_error(self, status_code: int, **why: Any) -> None:
        """Every refusal and every failure in one shape."""
        error = why.get("exc_info", (None, None, None))[1]
        problem = error if isinstance(error, ApiError) else _as_problem(status_code, error, self.request.method or "")
        self.set_status(problem.status_code)
        self.set_header("Content-Type", MEDIA_TYPE)
        for name, value in problem.extra_headers.items():
            self.set_header(name, value)
        unread = getattr(self.request, "_body_future", None)
        if unread is not None and not unread.done():  # Tornado closes the connection then, but does not say so
            self.set_header("Connection", "close")
        body = problem.body()
        self.set_header("Content-Length", str(len(body)))
        self.finish(body)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Refusals are no news; failures are logged with everything."""
        if not isinstance(value, ApiError):
            super().log_exception(typ, value, tb)


def _body_too_large() -> ApiError:
    detail = f"a request needs no body; at most {limits().max_body_bytes} bytes are read"
    return ApiError(413, "body-too-large", detail)


def _plain(header: str) -> bool:
    return len(header) <= 1000 and all(c.isalnum() or c in "-, " for c in header)


def _encoded(headers: Mapping[str, str], encoding: str) -> dict[str, str]:
    return {**headers, "Content-Encoding": encoding} if encoding else dict(headers)


def _as_problem(status: int, error: BaseException | None, method: str) -> ApiError:
    """Tornado's own refusals, and failures nobody foresaw (which say nothing of themselves)."""
    if status == 405:
        return ApiError(405, "method-not-allowed", f"{method[:20]} is not among {ALLOWED}", headers={"Allow": ALLOWED})
    if isinstance(error, HTTPError) and 400 <= status < 500:
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "refused"
        return ApiError(status, "bad-request", phrase)
    return ApiError(500, "internal-error", "the server failed to answer; its log knows why")
