"""Addresses around the API: unknown paths, the list of endpoints, old addresses of the pages, the first page."""

from __future__ import annotations

from collections.abc import Callable

from components.api.base import ApiHandler
from components.api.problems import no_such_path

FIRST_PAGE = "overview"
RENAMED = {"station": "stations"}
"""Names that pages had in earlier addresses."""


class UnknownPath(ApiHandler):
    """404 for everything under ``/api`` that nobody else answers."""

    def initialize(self, known: Callable[[], list[str]]) -> None:
        self.known = known

    async def answer(self, *path: str | None) -> None:
        raise no_such_path(self.request.path[len(self.root) :], self.known())


class PageRedirect(ApiHandler):
    """``/`` and ``/dashboard/<page>`` lead to the page with its query, wherever the server is mounted."""

    async def answer(self, *path: str | None) -> None:
        page = (path[0] if path else None) or ""
        name = page.strip("/").split("/")[0]
        name = "".join(c for c in RENAMED.get(name, name) if c.isalnum() or c in "-_") or FIRST_PAGE
        root = self.request.path.partition("/dashboard")[0].rstrip("/") if path else self.request.path.rstrip("/")
        self.set_header("Cache-Control", "no-cache")
        self.redirect(f"{root}/{name}" + (f"?{self.request.query}" if self.request.query else ""))
