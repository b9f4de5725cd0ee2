"""Scripts and styles go out compressed, and stay in the browser's cache.

Bokeh's server compresses nothing and lets a browser keep only what has ``?v=`` in its address. Here each file is
compressed once, beside the event loop, and kept in memory; what has a version in its address never changes, so a
browser need not ask again.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from typing import Any

from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from bokeh.server.views.static_handler import StaticHandler
from tornado.web import HTTPError, StaticFileHandler

KINDS = (".js", ".mjs", ".css", ".svg", ".json", ".map")
SMALLEST = 1_024
MOST_BYTES = 24 * 2**20
"""Compressed files kept in memory; what no longer fits goes out as it is."""
FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400, stale-while-revalidate=604800"

_packed: dict[tuple[str, int, int], bytes] = {}
_packing: dict[tuple[str, int, int], asyncio.Future[bytes]] = {}
_stock_get = StaticFileHandler.get
_stock_headers = StaticFileHandler.set_headers
HANDLERS = (StaticHandler, MultiRootStaticHandler)


def _key(path: str) -> tuple[str, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (path, found.st_mtime_ns, found.st_size) if found.st_size >= SMALLEST else None


def _pack(path: str) -> bytes:
    with open(path, "rb") as file:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        return packer.compress(file.read()) + packer.flush()


async def packed(path: str) -> bytes | None:
    """A file's gzip, made once however many ask at the same time; None where it goes out as it is."""
    key = _key(path)
    if key is None or not path.endswith(KINDS):
        return None
    if key in _packed:
        return _packed[key]
    if sum(map(len, _packed.values())) > MOST_BYTES:
        return None
    if key not in _packing:
        _packing[key] = asyncio.get_running_loop().run_in_executor(None, _pack, path)
    try:
        _packed[key] = await _packing[key]
    except OSError:
        return None
    finally:
        _packing.pop(key, None)
    return _packed.get(key)


def _accepts(handler: StaticFileHandler) -> bool:
    words = handler.request.headers.get("Accept-Encoding", "").lower().replace(" ", "").split(",")
    return any(word == "gzip" or (word.startswith("gzip;") and not word.endswith(("=0", "=0.0"))) for word in words)


async def _get(self: Any, path: str, include_body: bool = True) -> None:
    if _accepts(self) and "Range" not in self.request.headers:
        try:
            self.path = self.parse_url_path(path)  # as stock does; what follows looks at it
            asked = self.get_absolute_path(self.root, self.path)
            if self.validate_absolute_path(self.root, asked) == asked:
                self._gzip = await packed(asked)
        except HTTPError:
            pass  # the stock way answers
    await _stock_get(self, path, include_body)


def _set_headers(self: Any) -> None:
    _stock_headers(self)
    self.set_header("Cache-Control", FOREVER if self.request.query else A_DAY)
    self.add_header("Vary", "Accept-Encoding")
    body = getattr(self, "_gzip", None)
    if body is None:
        return
    self.set_header("Content-Encoding", "gzip")
    self.set_header("Etag", f"W/{self._headers['Etag']}")
    self.get_content_size = lambda: len(body)
    self.get_content = lambda *_: body


def install() -> None:
    """Compress from now on."""
    for handler in HANDLERS:
        handler.get = _get
        handler.set_headers = _set_headers


def uninstall() -> None:
    """The stock way again."""
    for handler in HANDLERS:
        for name in ("get", "set_headers"):
            if name in handler.__dict__:
                delattr(handler, name)
