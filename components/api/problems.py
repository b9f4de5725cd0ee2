"""Errors as the API tells them: RFC 9457 ``application/problem+json``, one shape for all of them.

::

    {"type": "...", "title": "...", "status": 400, "detail": "...",
     "errors": [{"param": "...", "value": "...", "detail": "...", "allowed": [...], "did_you_mean": "..."}]}

``errors`` lists everything wrong with a request at once. Texts never hold a traceback or a path of the server.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from tornado.web import HTTPError

from components.api.limits import RETRY_SECONDS
from components.errors import Problem, nearest

MEDIA_TYPE = "application/problem+json"
TYPES: dict[str, str] = {
    "invalid-parameters": "Something in the query string is wrong; `errors` names every part of it.",
    "not-found": "There is nothing under this path; `did_you_mean` names the nearest that exists.",
    "unknown-name": "No station or unit has this name; `did_you_mean` names the nearest.",
    "method-not-allowed": "The API is read-only: GET, HEAD and OPTIONS.",
    "not-acceptable": "None of the formats there are is acceptable to the client.",
    "answer-too-large": "The answer would exceed the format's budget; `links` hold requests that fit.",
    "body-too-large": "A request to this API needs no body; large ones are refused unread.",
    "cursor-expired": "The data the cursor belongs to has been replaced; begin again without it.",
    "rate-limited": "The client asked for more than its share; `Retry-After` says when there is more.",
    "loading": "The data is still being loaded.",
    "busy": "Too many questions are waiting, or this one took longer than its deadline.",
    "unauthorized": "This server asks its visitors to log in.",
    "bad-request": "The request is malformed.",
    "internal-error": "The server failed; its log knows why.",
}
"""Every kind of problem -> when it is told; the documentation lists them."""


class ApiError(HTTPError):
    """A refusal with everything the client should know.

    Parameters
    ----------
    status : HTTP status.
    kind : one of :data:`TYPES`.
    detail : one sentence: what was expected and what was found.
    errors : what is wrong, one by one.
    headers : further headers of the response (``Retry-After`` ...).
    members : further members of the document (``links`` ...).
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        errors: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ):
        super().__init__(status)
        self.kind, self.detail, self.errors = kind, detail, tuple(errors)
        self.extra_headers = dict(headers or {})
        self.members = dict(members or {})

    def document(self) -> dict[str, Any]:
        """The problem as plain JSON."""
        out: dict[str, Any] = {
            "type": f"/api/docs#{self.kind}",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
        }
        if self.errors:
            out["errors"] = [_plain(p.as_dict()) for p in self.errors]
        return out | self.members

    def body(self) -> bytes:
        """The problem as bytes of JSON."""
        return orjson.dumps(self.document(), default=str) + b"\n"


def _plain(problem: dict[str, Any]) -> dict[str, Any]:
    """Values as strict JSON, short."""
    value = problem["value"]
    if isinstance(value, float) and not math.isfinite(value):
        value = None
    if not isinstance(value, str | int | float | None) or (isinstance(value, int) and abs(value) > 2**53):
        value = str(value)
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode("utf-8")[:200]
    return problem | {"value": value}


def invalid(problems: Sequence[Problem]) -> ApiError:
    """400 with every wrong parameter."""
    names = list(dict.fromkeys(p.param for p in problems))
    many = f"{len(names)} parameters are wrong" if len(names) > 1 else "1 parameter is wrong"
    return ApiError(400, "invalid-parameters", f"{many}: {', '.join(names)}", problems)


def no_such_path(path: str, known: Sequence[str]) -> ApiError:
    """404 for a path under ``/api`` with the nearest that exists."""
    shown = path[:200]
    likely = nearest(shown, known)
    problem = Problem("path", shown, "nothing is served under this path", tuple(known), likely)
    hint = f"; did you mean {likely}?" if likely else ""
    return ApiError(404, "not-found", f"nothing is served under {shown}{hint}", [problem])


def no_such_name(problem: Problem, likely: str | None) -> ApiError:
    """404 for a station or unit nobody knows, with the nearest name."""
    shown = str(problem.value)[:200]
    hint = f"; did you mean {likely}?" if likely else ""
    error = Problem(problem.param, shown, "no station or unit has this name", (), likely)
    return ApiError(404, "unknown-name", f"no station or unit is called {shown!r}{hint}", [error])


def later(kind: str, detail: str, seconds: int = RETRY_SECONDS) -> ApiError:
    """503 with `Retry-After`."""
    return ApiError(503, kind, detail, headers={"Retry-After": str(seconds)})
