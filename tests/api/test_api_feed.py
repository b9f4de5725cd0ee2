"""``/api/feed.json``: alerts and records as a JSON Feed."""

import numpy as np
import pandas as pd

from components.api import base
from components.api.feed import json_feed, value_words
from components.store.snapshot import Snapshot, empty_snapshot
from components.vocabulary import REGIONS


def test_alerts_and_records_are_items(live):
    times = pd.Timestamp("2024-07-01") + pd.Timedelta(minutes=5) * np.arange(1, 577)
    price = np.full(576, 50.0)
    price[400:402] = 350.0
    frame = pd.concat(pd.DataFrame({"time": times, "region": r, "rrp": price, "source": "mmsdm"}) for r in REGIONS)
    feed = json_feed(Snapshot.from_frames({"price": frame}, pd.DataFrame({"duid": []})), "/energy")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "/energy/api/feed.json"
    found = {item["id"]: item for item in feed["items"]}
    alert = found["alert/price-high/SA1/2024-07-02T09:20:00+10:00"]
    assert "until 2024-07-02T09:30:00+10:00; most extreme 350.00 $/MWh" in alert["content_text"]
    record = found["record/price/high/SA1/2024-07-02T09:25:00+10:00"]
    assert record["title"] == "SA1: highest price on record, 350.00 $/MWh"
    assert record["content_text"].endswith("Before: 50.00 $/MWh at 2024-07-01T00:05:00+10:00.")
    dates = [item["date_published"] for item in feed["items"]]
    assert dates == sorted(dates, reverse=True)
    assert value_words(0.745, "") == "74.5%"


def test_addresses_name_the_host_only_where_it_is_known(live, monkeypatch):
    from components import config

    settings = config.Settings(server=config.ServerSettings(allow_websocket_origin=("nem.example.org",)))
    monkeypatch.setattr(config, "active", lambda: settings)

    def home(**headers: str) -> str:
        return live.client.get("/api/feed.json", headers=headers).json()["home_page_url"]

    assert home(Host="nem.example.org") == "http://nem.example.org/overview"
    assert home(Host="evil.example.org") == "/overview"  # nothing that a client made up
    assert home(Host="nem.example.org", **{"X-Forwarded-Proto": "https"}) == "http://nem.example.org/overview"
    trusting = config.Settings(server=settings.server, api=config.ApiSettings(trusted_proxies=("127.0.0.1",)))
    monkeypatch.setattr(base, "limits", lambda: trusting.api)
    assert home(Host="nem.example.org", **{"X-Forwarded-Proto": "https"}) == "https://nem.example.org/overview"


def test_the_feed_is_served_and_empty_without_data(live):
    assert live.json("/api/feed.json")["items"]
    assert json_feed(empty_snapshot(), "")["items"] == []
