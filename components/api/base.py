"""The one handler that every address of the API inherits: verbs, errors, headers, caching, compression.

============  =========================================================================================
verbs         GET, HEAD (the same without body), OPTIONS (204); anything else 405 with ``Allow``
errors        ``application/problem+json`` (:mod:`components.api.problems`), never a traceback or a path
CORS          the configured origin on every response, errors included
caching       a weak ``ETag`` known before any work, and ``Last-Modified``; 304 is answered before any work;
              ``Vary``; ``Cache-Control``; finished answers are shared through a bounded cache, and the same
              question asked by several at once is worked on once
rate limit    per client, by what is asked for (:mod:`components.api.rate`)
compression   zstd or gzip by ``Accept-Encoding``
bodies        not needed; one larger than the limit is refused before it is read
login         where the server asks its visitors to log in, so does the API
============  =========================================================================================
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl

import pandas as pd
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from components import config
from components.api import data
from components.api.cache import Answer, answers
from components.api.clients import scheme_of
from components.api.compression import ENCODINGS, compressed, compressed_pieces
from components.api.draining import drain
from components.api.flights import Flights
from components.api.keeping import instant_utc, is_unchanged
from components.api.limits import MOST_FIELDS, limits
from components.api.memory import give_back_memory, giving_back
from components.api.negotiate import best_encoding
from components.api.problems import MEDIA_TYPE, ApiError, invalid, later
from components.api.rate import meter
from components.api.work import Pool, exports, questions, snapshots
from components.errors import Problem, QueryError, StoreError
from components.store.snapshot import Snapshot

ALLOWED = "GET, HEAD, OPTIONS"
REQUEST_HEADERS = "Accept, If-None-Match, If-Modified-Since"
CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
NEVER_KEEP = "no-store"
USUAL_LENGTH = 200
"""Headers of up to so many characters are read once and remembered."""
LARGE_BYTES = 4_000_000
"""Bodies above this leave enough memory behind to be worth handing back."""


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stream:
    """A body that is made piece by piece while it is sent."""

    pieces: Iterator[bytes]
    headers: Mapping[str, str]


flights: Flights[Answer | Stream] = Flights()
Made = tuple[bytes | Iterator[bytes], Mapping[str, str]]
"""A body, whole or in pieces, and the headers that describe it."""


@stream_request_body
class ApiHandler(RequestHandler):
    """Base of every handler; subclasses say :meth:`answer`."""

    content_policy: ClassVar[str] = CONTENT_POLICY
    counted: ClassVar[bool] = True
    client: str | None = None
    _task: asyncio.Task[Any] | None = None
    _left = False
    _received = 0

    # -- headers -------------------------------------------------------------------------------------

    def set_default_headers(self) -> None:
        """Headers of every response, errors and 304 included."""
        self.clear_header("Server")
        settings = limits()
        usual = _usual_headers(self.content_policy, settings.cors_origin, settings.cors_expose_headers)
        self._headers.update(usual)
        self._tell_share()

    def compute_etag(self) -> str | None:
        """Tornado's own tag needs the finished body; ours is known before."""
        return None

    # -- way in --------------------------------------------------------------------------------------

    def prepare(self) -> Awaitable[None] | None:
        """Refuse large bodies, strangers, and who asks too much, before anything else happens."""
        length = self.request.headers.get("Content-Length", "0")
        if length != "0" and (not length.isdigit() or int(length) > limits().max_body_bytes):
            raise _body_too_large()
        if self.request.method == "OPTIONS":
            return None
        if self._asks_for_login:
            return self._welcome()
        self._count()
        return None

    @property
    def _asks_for_login(self) -> bool:
        provider = getattr(self.application, "auth_provider", None)
        return provider is not None and (provider.get_user is not None or provider.get_user_async is not None)

    async def _welcome(self) -> None:
        provider = cast(Any, self.application).auth_provider
        known = provider.get_user(self) if provider.get_user is not None else await provider.get_user_async(self)
        if not known:
            raise ApiError(401, "unauthorized", "this server asks its visitors to log in")
        self._count()

    def _count(self) -> None:
        if self.counted:
            self.client = meter.client(self.request.remote_ip or "", self.request.headers.get("X-Forwarded-For"))
            if self.client is not None:
                self.charge(limits().rate_least_values)

    def charge(self, values: int) -> None:
        """Count values against the client's share, and tell what is left of it.

        Raises
        ------
        ApiError
            429 where they do not fit.
        """
        if self.client is None:
            return
        meter.charge(self.client, values)
        self._tell_share()

    def _tell_share(self) -> None:
        if self.client is not None:
            for name, text in meter.headers(self.client).items():
                self.set_header(name, text)

    def data_received(self, chunk: bytes) -> None:
        """Bodies are read past; a chunked one that grows too large ends the connection."""
        self._received += len(chunk)
        if self._received > limits().max_body_bytes and not self._finished:
            self.send_error(413, exc_info=(ApiError, _body_too_large(), None))

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
        if self.request.path.startswith("/api/"):
            return ""
        found = re.match(r"(.*?)/api(?:/|$)", self.request.path)
        return found[1] if found else ""

    @property
    def site(self) -> str:
        """``root`` with scheme and host in front where the host asked for is one that this server is known by, else ``root``.

        What a client merely claims never gets into an answer that others may be given as well.
        """
        known = {*config.active().server.allow_websocket_origin, *getattr(self.application, "websocket_origins", ())}
        if self.request.host not in known:
            return self.root
        forwarded = self.request.headers.get("X-Forwarded-Proto")
        trusted = limits().trusted_proxies
        scheme = scheme_of(self.request.protocol, self.request.remote_ip or "", forwarded, trusted)
        return f"{scheme}://{self.request.host}{self.root}"

    async def snapshot(self) -> Snapshot:
        """The newest version, taken once per request."""
        found = data.at_hand()
        return found if found is not None else await snapshots.run(data.current, limits().deadline_seconds)

    # -- verbs ---------------------------------------------------------------------------------------

    async def answer(self, *path: str | None) -> None:
        """Answer a GET or HEAD."""
        raise NotImplementedError

    async def get(self, *path: str | None) -> None:
        """The answer; whatever goes wrong becomes a problem document."""
        self._task = asyncio.current_task()
        drain.begin()
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
            drain.end()

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
        self.set_header("Access-Control-Allow-Headers", asked if asked and _plain(asked) else REQUEST_HEADERS)
        self.set_header("Access-Control-Max-Age", "86400")
        self.set_header("Cache-Control", "public, max-age=86400")
        self.finish()

    # -- way out -------------------------------------------------------------------------------------

    def unchanged(self, etag: str, keep: str, published: pd.Timestamp | None = None) -> bool:
        """Set ``ETag``, ``Last-Modified`` and ``Cache-Control``; True when the client has the answer and 304 was sent.

        Parameters
        ----------
        published : when the data of the answer was published, naive NEM time; None = not told.
        """
        modified = instant_utc(published)
        self.set_header("ETag", etag)
        self.set_header("Cache-Control", self._private(keep))
        if modified is not None:
            self.set_header("Last-Modified", modified)
        if not is_unchanged(self.request.headers, etag, modified):
            return False
        self.set_status(304)
        self.finish()
        return True

    def _private(self, keep: str) -> str:
        """An answer that needed a login must not be kept for others."""
        return keep.replace("public", "private") if self._asks_for_login else keep

    @property
    def encoding(self) -> str:
        """Content coding for this client, "" for none."""
        wanted = self.request.headers.get("Accept-Encoding", "")
        return _usual_encoding(wanted) if len(wanted) <= USUAL_LENGTH else best_encoding(wanted, ENCODINGS)

    async def finish_with(self, make: Callable[[], Made], etag: str | None = None, pool: Pool | None = None) -> None:
        """Make, compress and send a body; with an ``etag`` finished answers are shared.

        Parameters
        ----------
        make : the body, whole or in pieces, and the headers that describe it (``Content-Type`` …); runs in a
            thread, under the deadline.
        etag : key of the shared answers; None = neither looked up nor kept.
        pool : whose threads do the work; default those of the questions.
        """
        found = await self._found(make, self._key(etag) if etag else None, pool or questions)
        if isinstance(found, Answer):
            await self._finish_with(found)
            return
        for name, value in found.headers.items():
            self.set_header(name, value)
        await self._send_pieces(found.pieces)

    async def finish_small(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Compress and send a body of a few kilobytes at once: no thread, nothing kept."""
        await self._finish_with(_whole(body, headers, self.encoding))

    async def _finish_with(self, answer: Answer) -> None:
        for name, value in answer.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Length", str(len(answer.body)))
        if len(answer.body) > LARGE_BYTES:
            questions.begin(give_back_memory)
        await self.finish(answer.body)

    def _key(self, etag: str) -> tuple[str, str]:
        """Key of the shared answers."""
        return f"{etag}{self.root}", self.encoding

    def is_kept(self, etag: str) -> bool:
        """Whether the answer is there already, so that sending it is no work."""
        return answers.get(self._key(etag)) is not None

    async def _found(self, make: Callable[[], Made], key: tuple[str, str] | None, pool: Pool) -> Answer | Stream:
        """The answer that is kept, that somebody else waits for already, or that is made now."""
        encoding = self.encoding

        def work() -> Answer | Stream:
            body, headers = make()
            if not isinstance(body, bytes):
                return Stream(giving_back(compressed_pieces(body, encoding)), _encoded(headers, encoding))
            return _whole(body, headers, encoding)

        async def made() -> Answer | Stream:
            new = await pool.run(work, limits().deadline_seconds)
            if key is not None and isinstance(new, Answer):
                answers.put(key, new)
            return new

        if key is None:
            return await made()
        known = answers.get(key)
        if known is not None:
            return known
        found, mine = await flights.join(key, made)
        return found if mine or isinstance(found, Answer) else await made()  # a stream can be read once

    async def _send_pieces(self, pieces: Iterator[bytes]) -> None:
        """Send piece by piece, no faster than the client reads; a failure cuts the connection, never the file short."""
        await self.flush()
        if self.request.method != "HEAD":
            try:
                while (piece := await exports.run(lambda: next(pieces, None), limits().deadline_seconds)) is not None:
                    self.write(piece)
                    await self.flush()
            except Exception:
                self._socket.close()
                raise
            finally:
                exports.begin(give_back_memory)
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


@lru_cache(maxsize=16)
def _usual_headers(content_policy: str, origin: str, exposed: Sequence[str]) -> Mapping[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": content_policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": NEVER_KEEP,
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(exposed),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept, Accept-Encoding",
    }


@lru_cache(maxsize=64)
def _usual_encoding(wanted: str) -> str:
    return best_encoding(wanted, ENCODINGS)


def _body_too_large() -> ApiError:
    detail = f"a request needs no body; at most {limits().max_body_bytes} bytes are read"
    return ApiError(413, "body-too-large", detail)


def _plain(header: str) -> bool:
    return len(header) <= 1000 and all(c.isalnum() or c in "-, " for c in header)


def _whole(body: bytes, headers: Mapping[str, str], encoding: str) -> Answer:
    if encoding and len(body) >= limits().gzip_min_bytes:
        return Answer(compressed(body, encoding), _encoded(headers, encoding))
    return Answer(body, headers)


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
