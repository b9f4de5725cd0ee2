"""Pages over time: they move on with the data, say how late it is, and leave nothing behind."""

import gc
import weakref
from types import SimpleNamespace

import pandas as pd
import panel as pn
import pytest
from plain_page import PlainPage
from two_day_market import START, market, serve

from components.dashboards import follow


class Stream:
    """A socket's stream, as Tornado's."""

    busy = False

    def writing(self):
        return self.busy


class Document:
    """A document with one open socket; notes who is woken."""

    def __init__(self, writing: bool = False):
        self.woken: list = []
        self.stream = Stream()
        self.stream.busy = writing
        socket = SimpleNamespace(ws_connection=SimpleNamespace(stream=self.stream))
        session = SimpleNamespace(_subscribed_connections={SocketOf(socket)})
        self.session_context = SimpleNamespace(session=session)

    def add_next_tick_callback(self, callback):
        self.woken.append(callback)


class SocketOf:
    """A connection, as Bokeh's."""

    def __init__(self, socket):
        self._socket = socket


def test_live_cards_say_which_stamp_is_their_newest(monkeypatch):
    serve(monkeypatch, market("demo"))
    assert {c.head.newest_iso for c in PlainPage()._cards()} == {""}  # invented data is never late
    serve(monkeypatch, market("real", source="current"))
    assert {c.head.newest_iso for c in PlainPage()._cards()} == {"2024-03-03T00:00:00+10:00"}
    closed = PlainPage("?start=2024-03-01&end=2024-03-02")
    assert {c.head.newest_iso for c in closed._cards()} == {""}


@pytest.mark.fault("SRV-4")
def test_a_live_window_moves_on_with_a_new_version_and_a_fixed_one_stays(snapshot, monkeypatch):
    live, fixed = PlainPage(), PlainPage("?start=2024-03-01&end=2024-03-02")
    ends = [p.stack.x.end for p in (live, fixed)]
    serve(monkeypatch, market("three-days", START + pd.Timedelta(days=3)))
    live.follow()
    fixed.follow()
    assert live.version == fixed.version == "three-days"
    assert live.stack.x.end == ends[0] + 86_400_000
    assert fixed.stack.x.end == ends[1]
    assert live.masthead.newest_text == "4 Mar 2024 00:00"


@pytest.mark.fault("SRV-4")
def test_look_wakes_only_pages_of_another_version(snapshot, monkeypatch):
    document = Document()
    page, woken = PlainPage(document=document), document.woken
    follow.look()
    assert woken == []
    serve(monkeypatch, market("next"))
    follow.look()
    assert page.follow in woken


@pytest.mark.fault("SRV-4")
def test_a_page_that_does_not_take_what_it_was_sent_is_told_no_more_until_it_does(snapshot, monkeypatch):
    document = Document(writing=True)
    page = PlainPage(document=document)
    serve(monkeypatch, market("next"))
    follow.look()
    assert page.follow not in document.woken
    document.stream.busy = False
    follow.look()
    assert page.follow in document.woken


@pytest.mark.fault("SRV-10")
def test_nothing_global_holds_a_page(snapshot):
    before = busy_watchers()
    page = PlainPage()
    assert busy_watchers() == before
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None


def busy_watchers() -> int:
    return sum(len(w) for w in pn.state._param__private.watchers.get("busy", {}).values())
