"""``/api/predispatch`` and ``/api/notices``: what the collector read, as documents."""

from __future__ import annotations

import pytest

from components.api import data
from components.store.context import empty_context

FIVE = {
    "folder": "P5_Reports", "file": "p5", "minutes": 5, "published": "2025-03-03T12:00:30",
    "time": ["2025-03-03T12:05:00", "2025-03-03T12:30:00"], "region": ["NSW1", "NSW1"],
    "price": [80.0, 81.0], "demand": [7700.0, None],
}  # fmt: skip
THIRTY = {
    "folder": "PredispatchIS_Reports", "file": "p", "minutes": 30, "published": None,
    "time": ["2025-03-03T12:30:00", "2025-03-03T13:00:00"], "region": ["NSW1", "NSW1"],
    "price": [85.5, 90.0], "demand": [7800.5, 7900.0],
}  # fmt: skip


@pytest.fixture
def context(monkeypatch):
    content = empty_context() | {"forecasts": [THIRTY, FIVE], "read": "2025-03-03T12:02:00"}
    content["notices"] = [
        {"id": 1, "type": "A", "created": None, "title": "first"},
        {"id": 2, "type": "B", "created": "2025-03-03T09:00:53", "title": "<script>alert(1)</script>", "text": "x"},
    ]
    monkeypatch.setattr(data, "context", lambda: content)
    return content


def test_half_hours_begin_where_the_five_minutes_end(live, context):
    body = live.json("/api/predispatch")
    assert body["data"] == {
        "time": ["2025-03-03T12:05:00+10:00", "2025-03-03T12:30:00+10:00", "2025-03-03T13:00:00+10:00"],
        "region": ["NSW1"] * 3,
        "price": [80.0, 81.0, 90.0],
        "demand": [7700.0, None, 7900.0],
        "minutes": [5, 5, 30],
        "published": ["2025-03-03T12:00:30+10:00", "2025-03-03T12:00:30+10:00", None],
    }
    assert body["meta"]["rows"] == 3
    assert body["meta"]["read"] == "2025-03-03T12:02:00+10:00"
    assert "notice" not in body["meta"]
    context["demo"] = True
    assert live.json("/api/predispatch")["meta"]["notice"] == "Demo data"


def test_notices_come_newest_first(live, context):
    found = live.json("/api/notices")["data"]
    assert found["id"] == [2, 1]
    assert found["created"] == ["2025-03-03T09:00:53+10:00", None]
    assert found["text"] == ["x", None]


@pytest.mark.parametrize("path", ["/api/predispatch", "/api/notices"])
def test_nothing_collected_is_an_empty_answer_that_says_so(live, path, monkeypatch):
    monkeypatch.setattr(data, "context", empty_context)
    body = live.json(path)
    assert body["meta"]["rows"] == 0
    assert any("serve --live" in note for note in body["meta"]["notes"])
