"""A click on the theme and one on a control in the same moment: both are handled with the document's lock."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.server.session import ServerSession
from panel.io.state import set_curdoc
from panel.models.esm import DataEvent
from tornado.ioloop import IOLoop

from components.dashboards.parts import Masthead
from components.panel_speed import install


class Context:
    """What Panel asks of a session's context."""

    id = "two-clicks"
    server_context = None
    destroyed = False
    session: ServerSession


async def two_clicks(told: list[tuple[str, bool, bool]]) -> None:
    """A property changes; before Panel has handled that, a message comes. Notes who was locked, and the theme by then."""
    document, context, part = Document(), Context(), Masthead(dark=False)
    with set_curdoc(document):
        model = part.get_root(document)
        document.add_root(model)
    document._session_context = lambda: context  # Bokeh keeps it weakly
    session = context.session = ServerSession("two-clicks", document, io_loop=IOLoop.current())

    def note(what: str) -> None:
        told.append((what, session._pending_writes is not None, part.dark))

    part.on_message = lambda _: note("message")
    part.param.watch(lambda _: note("theme"), "dark")
    pn.state._thread_id_[document], pn.state._connected[document] = threading.get_ident(), True

    def receive() -> None:
        """As when Bokeh applies two messages of one browser one after the other."""
        with set_curdoc(document):
            model.data.dark = True
            model._trigger_event(DataEvent(model, {"action": "anything"}))

    await session.with_document_locked(receive)
    for _ in range(200):
        if len(told) == 2:
            break
        await asyncio.sleep(0.01)  # the loop's turn: what was put off is handled
    session.destroy()


@pytest.mark.fault("SRV-11")
def test_a_message_beside_a_change_is_handled_with_the_lock():
    assert install()
    told: list[tuple[str, bool, Any]] = []
    asyncio.run(two_clicks(told))
    assert told == [("theme", True, True), ("message", True, True)]
