"""One handler per question, generated from the registry of questions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from components.api import data, envelope, formats, keeping
from components.api.base import ApiHandler, Made
from components.api.budget import budget, check_size, too_large, values_at_most
from components.api.cursors import read_cursor, versions, write_cursor
from components.api.delivery import Asked, Delivery, path_parameters, settle_format, take_apart
from components.api.envelope import Address
from components.api.explain import explain
from components.api.flow import Flow
from components.api.formats import FORMATS
from components.api.health import now
from components.api.limits import BUFFERED_VALUES, PIECE_ROWS, limits
from components.api.neighbours import link_header, neighbours
from components.api.plans import LONGEST_WORDS, Plan, plans
from components.api.problems import ApiError, invalid, no_such_name
from components.api.sheet import Sheet
from components.api.table import Rows, Table, rows, wide_table
from components.api.tags import digest, entity_tag
from components.api.work import questions
from components.errors import Problem, QueryError, UsageError
from components.queries.base import InPieces, Query, Result, known_names
from components.queries.registry import LEAST_SCORE, likeness
from components.store.snapshot import Snapshot


class QuestionHandler(ApiHandler):
    """Answers one question class in every format."""

    def initialize(self, query: type[Query]) -> None:
        self.question_class = query

    async def answer(self, *path: str | None) -> None:
        newest = data.at_hand()
        plan = plans.get(self._words(path, newest)) if newest is not None else None
        if plan is not None and newest is not None:
            snapshot, offset = newest, 0
        else:
            plan, snapshot, offset = await self._read(path)
        asked, etag = plan.asked, plan.etag
        if self.unchanged(etag, self._keep(asked.question, snapshot), snapshot.published):
            return
        if self.client is not None and not asked.delivery.explain and not self.is_kept(etag):
            values = await questions.run(lambda: cost(asked, snapshot), limits().deadline_seconds)
            self.charge(max(0, values - limits().rate_least_values))
        given = self._given(path)
        address = Address(self.root, f"/api/{_filled(self.question_class.route, given)}", tuple(given))
        await self.finish_with(lambda: answer(asked, snapshot, offset, address), etag)

    def _words(self, path: Sequence[str | None], snapshot: Snapshot) -> Hashable:
        """All that decides what a request asks for, as it came."""
        return (
            self.question_class, tuple(path), self.request.query, self.request.headers.get("Accept", ""), snapshot.version
        )  # fmt: skip

    def _given(self, path: Sequence[str | None]) -> dict[str, str]:
        """The parameters that the path holds."""
        names = path_parameters(self.question_class.route)
        return {name: text or "" for name, text in zip(names, path[:-1], strict=True)}

    async def _read(self, path: Sequence[str | None]) -> tuple[Plan, Snapshot, int]:
        """The request taken apart, the version to answer from and the row to begin at.

        Raises
        ------
        ApiError
            Where anything is wrong with it.
        """
        extension = _checked_extension(path[-1])
        asked = take_apart(self.question_class, self.texts(), self._given(path))
        contradiction = settle_format(asked.delivery, extension, self.request.headers.get("Accept"))
        problems = [*asked.problems, *([contradiction] if contradiction else [])]
        newest = await self.snapshot()
        if problems:
            await self._refuse(asked.question, problems, newest)
        snapshot, offset = self._place(asked, newest)
        question, way = asked.question, asked.delivery
        etag = entity_tag(
            snapshot.version, question.route, question.fingerprint(),
            way.format, way.shape, way.limit, way.download, way.explain, offset,
        )  # fmt: skip
        plan = Plan(asked, etag)
        words = len(self.request.query) + len(self.request.headers.get("Accept", ""))
        if not way.cursor and words <= LONGEST_WORDS:
            plans.put(self._words(path, newest), plan)
        return plan, snapshot, offset

    async def _refuse(self, question: Query, problems: list[Problem], snapshot: Snapshot) -> None:
        """Everything wrong at once: also what only the data can tell."""

        def check() -> list[Problem]:
            try:
                return question.check(snapshot)
            except (QueryError, ValueError, OverflowError):  # half a question may be no question
                return []

        raise invalid([*problems, *await questions.run(check, limits().deadline_seconds)])

    def _place(self, asked: Asked, newest: Snapshot) -> tuple[Snapshot, int]:
        """The version to answer from and the row to begin at."""
        if not asked.delivery.cursor:
            return newest, 0
        try:
            version, offset = read_cursor(asked.delivery.cursor, identity(asked))
        except UsageError as wrong:
            raise invalid([Problem("cursor", asked.delivery.cursor[:200], str(wrong))]) from None
        return versions.find(version, newest), offset

    def _keep(self, question: Query, snapshot: Snapshot) -> str:
        """How long others may keep the answer: long for a window that closed a while ago."""
        newest = snapshot.last(question.dataset)
        if keeping.is_closed(getattr(question, "end", None), newest):
            return keeping.closed()
        return keeping.live(question.dataset, newest, now())


def _checked_extension(extension: str | None) -> str | None:
    if extension is None or extension in FORMATS:
        return extension
    shown = f".{extension[:20]}"
    endings = [f".{name}" for name in FORMATS]
    problem = Problem("path", shown, "no format has this extension", tuple(endings))
    raise ApiError(404, "not-found", f"there is no {shown} here, only {', '.join(endings)}", [problem])


def _filled(route: str, given: Mapping[str, str]) -> str:
    for name, text in given.items():
        route = route.replace("{" + name + "}", quote(text, safe=""))
    return route


def identity(asked: Asked) -> str:
    """What a cursor is bound to: the question and the shape of its rows."""
    return digest(asked.question.route, asked.question.fingerprint(), asked.delivery.shape == "wide")


def cost(asked: Asked, snapshot: Snapshot) -> int:
    """Values that a question counts as against its client's share: all it may have to read, 0 where it is refused."""
    question = asked.question
    if question.check(snapshot) or question.rows_at_most(snapshot) == 0:
        return 0
    return values_at_most(question, snapshot)


def answer(asked: Asked, snapshot: Snapshot, offset: int, address: Address) -> Made:
    """The answer to a request: body and headers. Runs in a thread.

    Raises
    ------
    QueryError
        When the data knows something wrong with the question.
    ApiError
        413 when it is too large, 404 when nobody has the name in the path.
    """
    question, way = asked.question, asked.delivery
    problems = question.check(snapshot)
    for problem in problems:
        if problem.param in address.in_path:
            raise no_such_name(problem, most_like(str(problem.value), known_names("place", snapshot)))
    if problems:
        raise QueryError(problems)
    if way.explain:
        return explain(asked, snapshot, address)
    check_size(asked, snapshot, address)
    in_pieces = _in_pieces(asked, snapshot, offset)
    whole: Table | Rows | Flow | Sheet
    shown: Table | Rows | Flow | Sheet
    if in_pieces is not None:
        result = in_pieces.head
        whole = shown = Flow(rows(result.frame, result.units), in_pieces.rows, in_pieces.frames)
    else:
        result = question.run(snapshot)
        whole = _whole(result, way)
        large_file = way.format != "json" and whole.values > BUFFERED_VALUES and way.limit is None and not offset
        shown = whole if large_file else whole.cut(offset, way.limit)  # a large file is made of pieces of the frame
    if shown.values > budget(way.format):
        raise too_large(asked, snapshot, address, shown.values)
    following = None
    if offset + shown.rows < whole.rows:
        versions.remember(snapshot)
        following = write_cursor(snapshot.version, identity(asked), offset + shown.rows)
    texts = {k: v for k, v in way.texts().items() if (k, v) != ("format", ["json"])}
    words = question.texts()
    links = envelope.links(question, texts, address, following, neighbours(question, snapshot), words)
    meta = envelope.meta(result, shown, snapshot)
    if way.limit is not None or offset:
        meta["total_rows"] = whole.rows
    headers = _headers(asked, result, links, address, words)
    if isinstance(shown, Sheet) or (isinstance(shown, Table) and way.format == "json"):
        document = {"meta": meta, "data": formats.json_data(shown, way.shape), "links": links}
        return formats.json_bytes(document), headers
    return _file(way.format, shown, meta), headers


def _whole(result: Result, way: Delivery) -> Table | Rows | Sheet:
    """All rows of an answer in the shape that is asked for."""
    if result.grid is not None and way.format == "json" and way.shape == "columns":
        return Sheet(result.grid, result.units)
    if way.shape == "wide" and "time" in result.frame:
        return wide_table(result)
    return rows(result.frame, result.units)


def _in_pieces(asked: Asked, snapshot: Snapshot, offset: int) -> InPieces | None:
    """A file that may be large, made of as many stretches of time as it takes; None where it is made at once."""
    question, way = asked.question, asked.delivery
    if way.format == "json" or way.shape == "wide" or way.limit is not None or offset:
        return None
    return question.in_pieces(snapshot, PIECE_ROWS) if values_at_most(question, snapshot) > BUFFERED_VALUES else None


def most_like(word: str, names: Sequence[str]) -> str | None:
    """The name that answers a search for ``word`` best, None where none does."""
    scores = {name: likeness(word, name) for name in names}
    best = max(scores, key=lambda n: scores[n], default=None)
    return best if best is not None and scores[best] >= LEAST_SCORE else None


def _file(name: str, shown: Table | Rows | Flow, meta: dict[str, Any]) -> bytes | Iterator[bytes]:
    made = formats.pieces(name, shown, meta)
    return b"".join(made) if shown.values <= BUFFERED_VALUES else made


def _headers(
    asked: Asked, result: Result, links: dict[str, str], address: Address, words: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    chosen = FORMATS[asked.delivery.format]
    headers = {"Content-Type": chosen.content_type}
    all_links = {"json": address.url(words, ending=".json"), **links}
    paged = asked.delivery.limit is not None or bool(asked.delivery.cursor)
    headers["Link"] = link_header(all_links, address, chosen.name, paged=paged)
    if chosen.name != "json" or asked.delivery.download:
        kind = "attachment" if asked.delivery.download else "inline"
        headers["Content-Disposition"] = f'{kind}; filename="{envelope.file_name(asked.question, result, chosen.name)}"'
    return headers
