"""OpenAPI 3.1, generated from the question classes: what they accept is what is documented."""

from __future__ import annotations

import re
from typing import Any

import param

from components import __version__
from components.api.delivery import Delivery, path_parameters, shapes
from components.api.formats import FORMATS
from components.api.problems import MEDIA_TYPE, TYPES
from components.queries.base import REGISTRY, Choices, Instant, Names, Query, Recurring, Span, known_names
from components.store.snapshot import empty_snapshot

FIXED_VOCABULARIES = ("region", "fuel", "fueltech")
INSTANT = (
    r"^(199\d|20\d{2})-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)?)?)?$"
)
SPAN = (
    r"^([1-9]\d{0,2}(m|min|h|d|w|M|mo)|([1-9]\d?|100)y"
    r"|P([1-9]\d{0,2}[DWM]|([1-9]\d?|100)Y)|PT[1-9]\d{0,2}[HM]|latest|all)$"
)
# Endpoints that are no question: path -> (title, description, what it answers).
DOCUMENTS: dict[str, tuple[str, str, str]] = {
    "metadata": (
        "What there is",
        "Datasets with their first and last stamps, regions, fuels, links, intervals and metric definitions.",
        "Document",
    ),
    "health": (
        "Health",
        "Whether the service is alive: ready, or degraded and why, with the age of each dataset and how the collector "
        "fares; 503 only while loading.",
        "Health",
    ),
    "predispatch": (
        "Forecast prices and demand",
        "AEMO's newest predispatch by region: 5 minutes for the next hour, half hours after that, as last collected; "
        "`data` is a dict of equally long arrays.",
        "Document",
    ),
    "notices": (
        "Market notices",
        "AEMO's market notices of the last days, the newest first, as last collected.",
        "Document",
    ),
    "feed.json": (
        "Feed of alerts and records",
        "A JSON Feed (version 1.1): thresholds crossed in the last seven days and the records of the stored data, the newest first.",
        "Document",
    ),
    "ready": ("Readiness", "200 where there is data to answer from, 503 and why where there is none yet.", "Document"),
    "openapi.json": ("This description", "OpenAPI 3.1, generated from the questions.", "OpenAPI"),
    "docs": ("Documentation", "A page to read about the endpoints and to try them.", "Page"),
    "stream": (
        "New intervals as they come",
        "Server-sent events for as long as the connection stays: `interval` when a dataset has a newer stamp, `version` "
        "when rows were revised. The id of an event is the data version; its data is a JSON object with `data_version`, "
        "`time` (the newest stamp), `datasets` (the newest stamp of each) and `newer` (those that moved). The present "
        "state is told first, unless `Last-Event-ID` names it.",
        "Events",
    ),
}


def _text(parameter: param.Parameter) -> dict[str, Any]:
    if isinstance(parameter, Instant):
        return {"type": "string", "pattern": INSTANT, "examples": ["2024-07-01", "2024-07-01T18:30"]}
    if isinstance(parameter, Span):
        return {"type": "string", "pattern": SPAN, "examples": ["1d", "7d", "3M", "latest"]}
    return {"type": "string", "maxLength": 200}


def parameter_schema(parameter: param.Parameter) -> dict[str, Any]:
    """JSON schema of a question's parameter."""
    schema: dict[str, Any]
    if isinstance(parameter, Choices):
        return {
            "type": "array", "items": {"enum": list(parameter.objects)}, "minItems": 1,
            "default": list(parameter.default),
        }  # fmt: skip
    if isinstance(parameter, Names):
        items: dict[str, Any] = {"type": "string", "maxLength": 200}  # an empty one is none
        if parameter.vocabulary in FIXED_VOCABULARIES:
            items = {"enum": list(known_names(parameter.vocabulary, empty_snapshot()))}
        return {"type": "array", "items": items}
    if isinstance(parameter, Recurring):
        return {"type": "array", "items": {"type": "string", "pattern": parameter.pattern}}
    if isinstance(parameter, param.Selector):
        schema = {"type": "string", "enum": [str(o) for o in parameter.objects]}
    elif isinstance(parameter, param.Boolean):
        schema = {"type": "boolean"}
    elif isinstance(parameter, param.Integer | param.Number):
        schema = {"type": "integer" if isinstance(parameter, param.Integer) else "number"}
        low, high = parameter.bounds or (None, None)
        schema |= {k: v for k, v in (("minimum", low), ("maximum", high)) if v is not None}
    else:
        schema = _text(parameter)
    default = parameter.default
    if default not in (None, "", []):
        schema["default"] = default
    return schema


def _parameter(name: str, parameter: param.Parameter, place: str = "query") -> dict[str, Any]:
    text = " ".join((parameter.doc or "").split())
    if place == "path":
        words = {"type": "string", "minLength": 1, "maxLength": 200}
        return {"name": name, "in": place, "required": True, "description": text, "schema": words}
    return {"name": name, "in": place, "description": text, "schema": parameter_schema(parameter)}


def parameters(query: type[Query]) -> list[dict[str, Any]]:
    """Every parameter of an endpoint: the path's and the question's, then the delivery's."""
    own, in_path = query.parameters(), path_parameters(query.route)
    out = [_parameter(n, p, "path" if n in in_path else "query") for n, p in own.items()]
    for name, parameter in Delivery.parameters().items():
        if name not in own:
            out.append(_parameter(name, parameter))
            if name == "shape":
                out[-1]["schema"]["enum"] = shapes(query)
    return out


def _cell(name: str, unit: str) -> dict[str, Any]:
    if name == "time":
        return {"type": "string", "format": "date-time"}
    return {"type": ["number", "null"]} if unit else {"type": ["string", "number", "boolean", "null"]}


def _answer_schema(query: type[Query]) -> dict[str, Any]:
    cells = {
        n: {**_cell(n, u), "description": f"{doc}{f' [{u}]' if u else ''}"} for n, (u, doc) in query.row_columns.items()
    }
    columns = {
        "type": "object",
        "title": "columns",
        "properties": {n: {"type": "array", "items": c} for n, c in cells.items()},
        "additionalProperties": {"type": "array"},
    }
    records = {"type": "array", "title": "records", "items": {"type": "object", "properties": cells}}
    shapes = [columns, records]
    return {
        "type": "object",
        "required": ["meta", "data", "links"],
        "properties": {
            "meta": {"$ref": "#/components/schemas/Meta"},
            "data": {"anyOf": shapes},
            "links": {"$ref": "#/components/schemas/Links"},
        },
    }


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    words = {
        400: "Something in the query string is wrong; every error is listed",
        404: "No station or unit has this name",
        406: "None of the formats is acceptable",
        410: "The cursor's data has been replaced",
        413: "The answer would be too large; links hold requests that fit",
        429: "The client asked for more than its share; Retry-After says when there is more",
        503: "Later: loading, busy, or over the deadline",
    }
    return {str(s): _problem(words[s]) for s in statuses}


def _question(query: type[Query]) -> dict[str, Any]:
    named = [404] if path_parameters(query.route) else []
    content: dict[str, Any] = {}
    for chosen in FORMATS.values():
        if chosen.name == "json":
            explained = {"$ref": "#/components/schemas/Explanation"}
            content[chosen.media_types[0]] = {"schema": {"anyOf": [_answer_schema(query), explained]}}
        elif chosen.name == "csv":
            content[chosen.media_types[0]] = {"schema": {"type": "string"}}
        else:
            content[chosen.media_types[0]] = {"schema": {}}
    return {
        "operationId": re.sub(r"\W+", "_", query.route).strip("_"),
        "summary": query.title,
        "description": query.description,
        "tags": [query.route.split("/")[0]],
        "parameters": parameters(query),
        "responses": {
            "200": {"description": "The answer", "content": content},
            **_refusals(400, *named, 406, 410, 413, 429, 503),
        },
    }


def _document(name: str) -> dict[str, Any]:
    title, description, kind = DOCUMENTS[name]
    media = {"Page": "text/html", "Events": "text/event-stream"}.get(kind, "application/json")
    schema: dict[str, Any] = {"type": "object" if media == "application/json" else "string"}
    if kind == "Health":
        schema = {"$ref": "#/components/schemas/Health"}
    answer = {"description": "The answer", "content": {media: {"schema": schema}}}
    return {
        "operationId": name.replace(".", "_"),
        "summary": title,
        "description": description,
        "tags": ["about"],
        "responses": {"200": answer, **_refusals(400, 429, 503)},
    }


def documents() -> list[str]:
    """Endpoints that are no question, without those that a question has taken over."""
    return [name for name in DOCUMENTS if name not in REGISTRY]


def documented_paths() -> list[str]:
    """Every path of the API, as documented."""
    return [f"/api/{r}" for r in (*REGISTRY, *documents())]


SCHEMAS: dict[str, Any] = {
    "Meta": {
        "type": "object",
        "required": ["rows", "units", "data_version", "source", "timezone"],
        "properties": {
            "start": {"type": ["string", "null"], "description": "Window start, exclusive"},
            "end": {"type": ["string", "null"], "description": "Window end, inclusive"},
            "interval": {"type": ["string", "null"]},
            "timezone": {"const": "+10:00"},
            "time_label": {"enum": ["end", "start", None], "description": "Side of the bucket its time names"},
            "rows": {"type": "integer"},
            "total_rows": {"type": "integer", "description": "Rows of all pages, with limit"},
            "units": {"type": "object", "additionalProperties": {"type": "string"}},
            "coverage": {
                "type": "object",
                "description": "5-minute readings expected and present",
                "properties": {"expected": {"type": "integer"}, "present": {"type": "integer"}},
            },
            "data_version": {"type": "string"},
            "source": {"type": ["string", "array"], "items": {"type": "string"}},
            "notice": {"type": "string", "description": "Demo data, where the data is synthetic"},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    },
    "Links": {"type": "object", "additionalProperties": {"type": "string"}},
    "Explanation": {
        "type": "object",
        "description": "With explain=1, in place of the answer",
        "required": ["meta", "explain", "links"],
        "properties": {
            "meta": {"type": "object"},
            "explain": {
                "type": "object",
                "required": ["rows_at_most", "values_at_most", "bytes", "fits", "status"],
                "properties": {
                    "start": {"type": ["string", "null"], "description": "Window start, exclusive"},
                    "end": {"type": ["string", "null"], "description": "Window end, inclusive"},
                    "interval": {"type": ["string", "null"]},
                    "format": {"type": "string"},
                    "rows_at_most": {"type": "integer"},
                    "columns": {"type": "array", "items": {"type": "string"}},
                    "values_at_most": {"type": "integer", "description": "Rows x columns"},
                    "bytes": {"type": "object", "description": "Rough length by format, before compression"},
                    "most_values": {"type": "object", "description": "Budget by format"},
                    "fits": {"type": "object", "description": "Whether the answer fits, by format"},
                    "status": {"enum": [200, 413], "description": "How the request would be answered"},
                    "counts_as": {"type": "integer", "description": "Values counted against the rate limit"},
                },
            },
            "links": {"$ref": "#/components/schemas/Links"},
        },
    },
    "Health": {
        "type": "object",
        "required": ["status", "reasons", "datasets"],
        "properties": {
            "status": {"enum": ["ready", "degraded"]},
            "reasons": {"type": "array", "items": {"type": "string"}},
            "datasets": {"type": "object"},
            "collector": {"type": ["object", "null"], "description": "Null where nothing was ever collected"},
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "description": f"One of {', '.join(TYPES)}, as an anchor of the documentation"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["param", "value", "detail"],
                    "properties": {
                        "param": {"type": "string"},
                        "value": {},
                        "detail": {"type": "string"},
                        "allowed": {"type": "array", "items": {"type": "string"}},
                        "did_you_mean": {"type": "string"},
                    },
                },
            },
            "links": {"$ref": "#/components/schemas/Links"},
        },
    },
}


def description(root: str = "") -> dict[str, Any]:
    """The OpenAPI document.

    Parameters
    ----------
    root : what precedes ``/api`` on this server.
    """
    everything = {f"/api/{route}": {"get": _question(query)} for route, query in REGISTRY.items()}
    everything |= {f"/api/{name}": {"get": _document(name)} for name in documents()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AEMO Energy Dashboard",
            "version": __version__,
            "description": (
                "Australia's electricity market. Times are NEM time (UTC+10) with their offset; windows are "
                "(start, end]; a stamp ends its interval up to 1h and starts its bucket from 1d. Numbers keep seven "
                "significant digits and at least five decimals (three for MW); null is missing."
            ),
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": root or "/"}],
        "paths": everything,
        "components": {"schemas": SCHEMAS},
    }
