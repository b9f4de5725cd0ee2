"""Scripts and styles go out compressed, and stay in the browser's cache.

Bokeh's server compresses nothing and lets a browser keep only what has ``?v=`` in its address. Here each file is
compressed once, beside the event loop, and kept in memory; what has a version in its address never changes, so a
browser need not ask again. Texts that the program puts together itself are served like files (:func:`address_of`).
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
EXTENSIONS = "static/extensions"
MOST_TEXTS = 200

_texts: dict[str, tuple[bytes, bytes]] = {}


def address_of(name: str, text: str) -> str | None:
    """Address of a script, relative to a page; None where it cannot be served: it has to be in the document then.

    Parameters
    ----------
    name : below ``static/extensions/``; another text must have another name, for it stays in browsers for good.
    """
    if MultiRootStaticHandler.get is not _get:
        return None
    if name not in _texts:
        if len(_texts) >= MOST_TEXTS:
            return None
        body = text.encode()
        _texts[name] = body, _gzip(body)
    return f"{EXTENSIONS}/{name}"


def _send_text(handler: Any, body: bytes, packed_body: bytes, include_body: bool) -> None:
    handler.set_header("Content-Type", "text/javascript; charset=utf-8")
    handler.set_header("Cache-Control", FOREVER)
    handler.set_header("Vary", "Accept-Encoding")
    if _accepts(handler):
        handler.set_header("Content-Encoding", "gzip")
        body = packed_body
    handler.compute_etag = lambda: None  # stock looks at a file; the name says which text it is
    if include_body:
        handler.write(body)
    else:
        handler.set_header("Content-Length", len(body))
    handler.finish()


def _key(path: str) -> tuple[str, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (path, found.st_mtime_ns, found.st_size) if found.st_size >= SMALLEST else None


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def _pack(path: str) -> bytes:
    with open(path, "rb") as file:
        return _gzip(file.read())


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
    if path in _texts and isinstance(self, MultiRootStaticHandler):
        _send_text(self, *_texts[path], include_body)
        return
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
