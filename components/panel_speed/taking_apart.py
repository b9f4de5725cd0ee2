"""A closed page is taken apart, so that it is gone without the collector.

A page is thousands of objects in circles: a component knows who hears it, who hears it knows the page, the page knows
its components. Only Python's full collector finds such circles, and everybody waits while it walks over all
that the others have open. Here the circles are cut: the page, its views and components and the models of its document are
emptied, one page at a time, soon after the session has ended; most of it is free at that moment.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import panel.io.application as panel_application
from bokeh.core.has_props import HasProps
from bokeh.document import Document
from panel.viewable import Viewable, Viewer

from components.panel_speed.tidying import tidying

log = logging.getLogger(__name__)

_stock = panel_application._destroy_document
AFTER_SECONDS = 1.0
"""From the end of a session until it is taken apart: Panel and the page's own last calls come first."""
EVERY_SECONDS = 0.02
"""From one page to the next; one takes some milliseconds."""
_PLAIN = (str, bytes, int, float, type(None), type)


def _inside(thing: Any, kinds: tuple[type, ...]) -> Iterable[Any]:
    """What is looked at behind a thing: members of containers, what calls are bound to, values of parts."""
    if isinstance(thing, dict):
        return [*thing.keys(), *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset | deque):
        return thing
    if isinstance(thing, MethodType):
        return (thing.__self__,)
    if isinstance(thing, partial):
        return (thing.func, *thing.args, *thing.keywords.values())
    if isinstance(thing, FunctionType):
        return [cell.cell_contents for cell in thing.__closure__ or () if _filled(cell)]
    if isinstance(thing, kinds):
        private = getattr(thing, "_param__private", None)
        return (*vars(thing).values(), *((private.values, private.watchers) if private is not None else ()))
    return ()


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty one raises
    except ValueError:
        return False
    return True


def parts_of(page: Any, kinds: tuple[type, ...]) -> list[Any]:
    """A page and what it consists of: its components, and whatever is of these ``kinds``, wherever they are kept."""
    own = (Viewable, Viewer, *kinds)
    found: list[Any] = []
    seen: set[int] = set()
    todo = [page]
    while todo:
        thing = todo.pop()
        if isinstance(thing, _PLAIN) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, own):
            found.append(thing)
        todo.extend(_inside(thing, own))
    return found


def empty(thing: Any) -> None:
    """Leave a part of a page without what it knows."""
    private = getattr(thing, "_param__private", None)
    if private is not None:
        for name in ("values", "watchers", "params", "refs", "dynamic_watchers", "parameters_state"):
            getattr(private, name).clear()
        private.ref_watchers.clear()
    kept = {"_param__private": private} if private is not None else {}
    vars(thing).clear()
    vars(thing).update(kept)


def empty_model(model: HasProps) -> None:
    """Leave a model of a closed document without values and without those that hear it."""
    for name in ("_property_values", "_unstable_default_values", "_unstable_themed_values", "_callbacks", "_event_callbacks"):  # fmt: skip
        held = vars(model).get(name)
        if held:
            held.clear()


def _take(thing: Any, kinds: tuple[type, ...]) -> None:
    """Take a page, or the models of a document, apart."""
    heard = [vars(model).get("_event_callbacks") for model in thing] if isinstance(thing, list) else thing
    for part in parts_of(heard, kinds):
        empty(part)
    for model in thing if isinstance(thing, list) else ():
        empty_model(model)


class TakingApart:
    """What still has to be taken apart, one after the other."""

    def __init__(self) -> None:
        self._todo: deque[tuple[Any, tuple[type, ...]]] = deque()
        self._coming = False

    def wanted(self, thing: Any, kinds: tuple[type, ...] = ()) -> None:
        """Take a page, or a list of models, apart soon; nothing without a running event loop."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._todo.append((thing, kinds))
        tidying.still_whole = len(self._todo)
        if not self._coming:
            self._coming = True
            loop.call_later(AFTER_SECONDS, self._next, loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        thing, kinds = self._todo.popleft()
        try:
            _take(thing, kinds)
        except Exception:  # the collector frees what is left whole
            log.exception("a closed page is not taken apart")
        tidying.still_whole = len(self._todo)
        self._coming = bool(self._todo)
        if self._coming:
            loop.call_later(EVERY_SECONDS, self._next, loop)
        else:
            tidying.freed()


taking_apart = TakingApart()


def _destroy(self: Document, session: Any) -> None:
    taking_apart.wanted(list(self.models))
    _stock(self, session)


def install() -> None:
    """Documents that end are taken apart from now on."""
    panel_application._destroy_document = _destroy


def uninstall() -> None:
    """The stock way again."""
    panel_application._destroy_document = _stock
