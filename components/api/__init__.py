"""The JSON API: handlers generated from the questions, as a plugin of ``panel serve --plugins components.api``.

``ROUTES`` is what the server takes: ``(pattern, handler, arguments)``, in order of precedence.
Importing this module also closes the one route of Panel that would import any module a visitor names
(:mod:`components.component_route`).
"""

from __future__ import annotations

import re
import sys
from typing import Any

import components.queries  # noqa: F401 - makes every question known
from components.api import front
from components.api.base import ApiHandler
from components.api.context import ContextDocument, notices, predispatch
from components.api.delivery import path_parameters
from components.api.docs import DocsHandler, OpenApiHandler
from components.api.feed import json_feed
from components.api.formats import FORMATS
from components.api.handlers import QuestionHandler
from components.api.health import HealthHandler, ReadyHandler
from components.api.metadata import SnapshotDocument, metadata
from components.api.openapi import documented_paths, documents
from components.api.paths import PageRedirect, UnknownPath
from components.api.stream import StreamHandler
from components.component_route import guard
from components.hardening import harden
from components.queries.base import REGISTRY

Route = tuple[str, type[ApiHandler], dict[str, Any]]

_DOCUMENT_HANDLERS: dict[str, tuple[type[ApiHandler], dict[str, Any]]] = {
    "metadata": (SnapshotDocument, {"make": metadata}),
    "health": (HealthHandler, {}),
    "predispatch": (ContextDocument, {"make": predispatch}),
    "notices": (ContextDocument, {"make": notices}),
    "feed.json": (SnapshotDocument, {"make": json_feed, "absolute": True}),
    "ready": (ReadyHandler, {}),
    "openapi.json": (OpenApiHandler, {}),
    "docs": (DocsHandler, {}),
    "stream": (StreamHandler, {}),
}


def question_pattern(route: str) -> str:
    """Pattern of a question's path: a group for each name in it, the last one for an extension.

    A name may hold dots, so after one only the extensions that exist are taken for such.

    >>> question_pattern("demand")
    '/api/demand(?:[.]([A-Za-z0-9]+))?'
    """
    parts = ["(.+?)" if part.startswith("{") else re.escape(part) for part in route.split("/")]
    endings = "|".join(FORMATS) if path_parameters(route) else "[A-Za-z0-9]+"
    return f"/api/{'/'.join(parts)}(?:[.]({endings}))?"


def routes() -> list[Route]:
    """Every route: questions, other endpoints, unknown paths, redirects."""
    out: list[Route] = [(question_pattern(q.route), QuestionHandler, {"query": q}) for q in REGISTRY.values()]
    out += [(f"/api/{re.escape(name)}", *_DOCUMENT_HANDLERS[name]) for name in documents()]
    out.append((r"/api(?:/.*)?", UnknownPath, {"known": documented_paths}))
    out += [(r"/?", PageRedirect, {}), (r"/dashboard(?:/(.*))?", PageRedirect, {})]
    return out


guard()
harden()
ROUTES = routes()
"""What ``panel serve --plugins components.api`` adds to the server."""
if __name__ in sys.argv:  # named as a plugin of this very process; any other import does nothing
    front.install()
