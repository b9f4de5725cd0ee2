"""What a first and a second visit fetch, and in what: the scripts and styles that a page's HTML names."""

from __future__ import annotations

import re
import zlib
from typing import Any

from serving import Server
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

NAMED = re.compile(r'(?:<script[^>]*\ssrc|<link[^>]*rel="stylesheet"[^>]*href|<link[^>]*href)="([^"]+)"')


async def fetched(server: Server, page: str) -> dict[str, Any]:
    """Requests and bytes of the files that the HTML names, cold; and how many may be used again without asking."""
    client = AsyncHTTPClient()
    html = await client.fetch(f"{server.base}/{page}", headers={"Accept-Encoding": "gzip"}, decompress_response=False)
    body = zlib.decompress(html.body, 31) if html.headers.get("Content-Encoding") == "gzip" else html.body
    names = sorted(set(NAMED.findall(body.decode())))
    total = kept = 0
    for name in names:
        address = name if name.startswith("http") else f"{server.base}/{name.removeprefix('./')}"
        try:
            got = await client.fetch(address, headers={"Accept-Encoding": "gzip"}, decompress_response=False)
        except HTTPClientError:
            continue
        total += len(got.body)
        kept += "max-age" in got.headers.get("Cache-Control", "")
    return {"requests": 1 + len(names), "kb": (total + len(html.body)) / 1000, "html_kb": len(html.body) / 1000,
            "kept": kept}  # fmt: skip
