"""``/api/openapi.json`` and ``/api/docs``: the description, and one page without any outside host."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from components.api import openapi
from components.api.base import ApiHandler, Made
from components.api.formats import json_bytes
from components.api.limits import limits
from components.api.problems import TYPES
from components.api.tags import digest, entity_tag
from components.queries.base import REGISTRY

FORM_FIELDS_LEFT_OUT = ("cursor", "download")
SHOWN_SERVER = "http://localhost:5006"
NEEDED = f"""import duckdb, pandas as pd, polars as pl, pyarrow as pa, requests
from urllib.request import urlopen

url = "{SHOWN_SERVER}/api/prices/regional\""""
ONE_LINERS: dict[str, str] = {
    "pandas": 'df = pd.DataFrame(requests.get(url + "?last=7d").json()["data"])',
    "pyarrow": 'table = pa.ipc.open_stream(urlopen(url + ".arrow?last=7d")).read_all()',
    "polars": 'frame = pl.read_parquet(urlopen(url + ".parquet?last=7d").read())',
    "duckdb": 'rows = duckdb.from_arrow(pa.ipc.open_stream(urlopen(url + ".arrow?last=7d")).read_all())',
}
"""How others read an answer; the tests run each against a server."""


@cache
def _asset(name: str) -> str:
    return (files("components.api") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def content_policy() -> str:
    """Nothing but this page's own style and script, and requests to this server."""
    return (
        f"default-src 'none'; style-src {_hash(_asset('docs.css'))}; script-src {_hash(_asset('docs.js'))}; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def _field(entry: dict[str, Any]) -> str:
    name, schema = escape(entry["name"]), entry["schema"]
    words = (
        schema.get("enum")
        or schema.get("items", {}).get("enum")
        or (["true"] if schema.get("type") == "boolean" else [])
    )
    hint = escape(str(schema.get("default", "")))
    if words:
        options = "".join(f"<option>{escape(str(w))}</option>" for w in words)
        box = f'<select name="{name}"><option value="">{hint and f"({hint})"}</option>{options}</select>'
    else:
        examples = schema.get("examples", [])
        box = f'<input name="{name}" placeholder="{hint or escape(str(examples[0] if examples else ""))}">'
    return f"<tr><th><label>{name} {box}</label></th><td>{escape(entry['description'])}</td></tr>"


def _endpoint(path: str, operation: dict[str, Any], root: str, examples: tuple[str, ...]) -> str:
    fields = "".join(
        _field(p)
        for p in operation.get("parameters", [])
        if p["name"] not in FORM_FIELDS_LEFT_OUT and p["in"] == "query"
    )
    links = "".join(
        f'<li><a href="{escape(root + path)}?{escape(e)}">{escape(path)}?{escape(e)}</a></li>' for e in examples
    ) or ("" if "{" in path else f'<li><a href="{escape(root + path)}">{escape(path)}</a></li>')
    form = (
        f'<form action="{escape(root + path)}"><table>{fields}</table><button>Try it</button><output></output></form>'
    )
    return (
        f'<section id="{escape(operation["operationId"])}"><h2><code>{escape(path)}</code> {escape(operation["summary"])}</h2>'
        f"<p>{escape(operation['description'])}</p><ul>{links}</ul>{form if fields and '{' not in path else ''}</section>"
    )


def page(root: str) -> str:
    """The documentation as HTML; every text in it is escaped."""
    document = openapi.description(root)
    sections, contents = [], []
    for path, item in document["paths"].items():
        operation = item["get"]
        query = REGISTRY.get(path.removeprefix("/api/"))
        sections.append(_endpoint(path, operation, root, query.examples if query else ()))
        contents.append(
            f'<li><a href="#{escape(operation["operationId"])}"><code>{escape(path)}</code></a> {escape(operation["summary"])}</li>'
        )
    problems = "".join(f'<dt id="{k}"><code>{k}</code></dt><dd>{escape(v)}</dd>' for k, v in TYPES.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>API of the AEMO Energy Dashboard</title><style>{_asset('docs.css')}</style></head><body><main>"
        f"<h1>API of the AEMO Energy Dashboard</h1><p>{escape(document['info']['description'])}</p>"
        f'<p>For programs: <a href="{escape(root)}/api/openapi.json">openapi.json</a>.</p>'
        f"<pre>{escape(NEEDED)}\n\n{escape(chr(10).join(ONE_LINERS.values()))}</pre>"
        f"<ul>{''.join(contents)}</ul>{''.join(sections)}<section><h2>Problems</h2><p>Errors are "
        f"<code>application/problem+json</code> and list everything wrong at once.</p><dl>{problems}</dl></section></main>"
        f"<script>{_asset('docs.js')}</script></body></html>\n"
    )


class OpenApiHandler(ApiHandler):
    """The OpenAPI document."""

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        root = self.root
        if self.unchanged(entity_tag("openapi", root, *REGISTRY), f"public, max-age={limits().live_seconds}"):
            return

        def make() -> Made:
            return json_bytes(openapi.description(root)), {"Content-Type": "application/json"}

        await self.finish_with(make, entity_tag("openapi", root, *REGISTRY))


class DocsHandler(ApiHandler):
    """The page about the API."""

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        root = self.root
        self.set_header("Content-Security-Policy", content_policy())
        etag = entity_tag("docs", root, digest(_asset("docs.css"), _asset("docs.js")), *REGISTRY)
        if self.unchanged(etag, f"public, max-age={limits().live_seconds}"):
            return

        def make() -> Made:
            return page(root).encode(), {"Content-Type": "text/html; charset=utf-8"}

        await self.finish_with(make, etag)
