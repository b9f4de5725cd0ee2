"""How an answer is wanted, apart from what is asked: format, shape, page size. One more set of Param parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import param

from components.api.formats import FORMATS, MEDIA_TYPES, SHAPES
from components.api.negotiate import best_media_type
from components.api.problems import ApiError
from components.errors import Problem, nearest
from components.queries.base import Query


class Delivery(Query):
    """Parameters that every endpoint with rows has."""

    format: Any = param.Selector(
        default=None,
        objects=list(FORMATS),
        allow_None=True,
        check_on_set=False,
        doc="Format; also by extension (`.csv`) or the Accept header. Without any of these JSON.",
    )
    shape: Any = param.Selector(
        default="columns",
        objects=list(SHAPES),
        doc="columns: a dict of equally long arrays; records: a list of objects; wide: time and one array per series.",
    )
    limit = param.Integer(
        default=None,
        allow_None=True,
        bounds=(1, 1_000_000_000),
        doc="Most rows of one answer; links.next leads to the rest. Without it there is no limit.",
    )
    cursor = param.String(default="", doc="Where to go on, from links.next of the answer before.")
    download = param.Boolean(default=False, doc="1 = ask the browser to save a file with a telling name.")
    explain = param.Boolean(
        default=False,
        doc="1 = say (in JSON) how many rows and bytes the answer would have and whether it fits, without it.",
    )


@dataclass(frozen=True)
class Asked:
    """A request taken apart: the question, the delivery, and everything wrong with them."""

    question: Query
    delivery: Delivery
    problems: tuple[Problem, ...]


def shapes(query: type[Query]) -> list[str]:
    """Shapes that a question's rows can take: without time none is wide."""
    return [s for s in SHAPES if s != "wide" or "time" in query.row_columns]


def path_parameters(route: str) -> list[str]:
    """Names in braces of a route.

    >>> path_parameters("stations/{station}")
    ['station']
    """
    return [part[1:-1] for part in route.split("/") if part.startswith("{")]


def take_apart(query: type[Query], texts: Mapping[str, Sequence[str]], given: Mapping[str, str]) -> Asked:
    """A query string as a question and a delivery, and everything wrong with it.

    Parameters
    ----------
    given : parameters that the path gave; they are none of the query string's.
    """
    own = [n for n in query.parameters() if n not in given]
    ways = [n for n in Delivery.parameters() if n not in own]
    problems = [
        Problem(
            n[:80], ",".join(t)[:200], "is no parameter of this endpoint", (*own, *ways), nearest(n[:80], own + ways)
        )
        for n, t in texts.items()
        if n not in own and n not in ways
    ]
    question, wrong = query.parse(
        {**{k: [v] for k, v in given.items()}, **{k: v for k, v in texts.items() if k in own}}
    )
    problems += wrong
    way, wrong = Delivery.parse({k: v for k, v in texts.items() if k in ways})
    delivery = cast(Delivery, way)
    problems += wrong
    if delivery.shape not in shapes(query):
        problems.append(Problem("shape", delivery.shape, "the rows here have no time", tuple(shapes(query))))
    return Asked(question, delivery, tuple(problems))


def settle_format(delivery: Delivery, extension: str | None, accept: str | None) -> Problem | None:
    """Settle ``delivery.format`` from parameter, extension or header; a Problem where they contradict.

    Raises
    ------
    ApiError
        406 when the client accepts none of the formats.
    """
    if extension:
        if delivery.format not in (None, extension):
            return Problem("format", delivery.format, f"contradicts the path, which ends in .{extension}", (extension,))
        delivery.format = extension
    elif delivery.format is None:
        found = best_media_type(accept, MEDIA_TYPES)
        if found is None:
            offered = [t for types in MEDIA_TYPES.values() for t in types]
            problem = Problem("Accept", (accept or "")[:200], "none of these formats is served here", tuple(offered))
            raise ApiError(406, "not-acceptable", f"there is {', '.join(offered)}", [problem])
        delivery.format = found
    if delivery.format == "json" or delivery.shape != "records":
        return None
    delivery.shape = "columns"  # a file has no records apart from its rows
    return None
