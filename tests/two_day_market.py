"""A market of two days, small enough to work out by hand, and pages over it without a server."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.dashboards import answers, page
from components.market_time import dispatch_stamps
from components.store.lake import Lake
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

START, END = pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-03")
HOSTILE = "<img src=x onerror=alert(1)>"
# duid, station, owner, region, fuel, fueltech, role, capacity, constant power
UNITS = [
    ("COAL1", "Black Hill", "Big Coal", "NSW1", "coal", "coal_black", "generator", 500.0, 400.0),
    ("COAL2", "Black Hill", "Big Coal", "NSW1", "coal", "coal_black", "generator", 500.0, 200.0),
    ("WIND1", "Windy, Hill & Sons", HOSTILE, "SA1", "wind", "wind", "generator", 100.0, 50.0),
    ("BATT1", HOSTILE, "Store", "SA1", "battery", "battery", "bidirectional", 100.0, -60.0),
    ("PUMP1", "Up Hill", "Water", "NSW1", "pumps", "pumps", "load", 80.0, 30.0),
]
# interconnector, flow, export limit, import limit, losses: constant as well; Heywood is full, Basslink in reverse.
FLOWS = [
    ("VIC1-NSW1", 300.0, 1200.0, -600.0, 12.0),
    ("V-SA", 600.0, 600.0, -550.0, 24.0),
    ("T-V-MNSP1", -400.0, 500.0, -400.0, 20.0),
    ("NEW-LINK", 40.0, 80.0, -80.0, 1.0),
]
PRICES = {"NSW1": 100.0, "QLD1": 80.0, "SA1": -20.0, "TAS1": 60.0, "VIC1": 50.0}


def market(version: str = "two-days", end: pd.Timestamp = END, source: str = "demo", change=None) -> Snapshot:
    """Constant power and prices, so that every figure is a product; ``change`` may alter the frames."""
    times = dispatch_stamps(START, end)
    scada = pd.concat(pd.DataFrame({"time": times, "duid": u[0], "mw": u[8]}) for u in UNITS)
    price = pd.concat(pd.DataFrame({"time": times, "region": r, "rrp": p}) for r, p in PRICES.items())
    price = price.assign(raisereg_rrp=7.0, lower6sec_rrp=2.0)  # eight of ten FCAS markets have no price
    region = pd.concat(
        pd.DataFrame({"time": times, "region": r, "demand": 100.0, "net_interchange": 10.0}) for r in REGIONS
    )
    windy = region["region"] == "SA1"  # its one wind farm gives 50 of the 70 MW that it could
    region = region.assign(
        ss_wind_uigf=np.where(windy, 70.0, 0.0), ss_wind_cleared=np.where(windy, 50.0, 0.0),
        ss_solar_uigf=0.0, ss_solar_cleared=0.0,
    )  # fmt: skip
    farms = pd.DataFrame({"time": times, "duid": "WIND1", "uigf": 70.0, "cleared": 50.0, "semi_dispatch_cap": 1.0})
    halves = times[5::6]
    rooftop = pd.concat(
        pd.DataFrame({"time": halves, "region": r, "type": "MEASUREMENT", "mw": 20.0, "quality": 1.0, "minutes": 30})
        for r in REGIONS
    )
    flow = pd.concat(
        pd.DataFrame({
            "time": times, "interconnector": link, "mw": mw, "mw_target": mw, "losses": losses, "export_limit": export,
            "import_limit": imports, "marginal_value": 0.0,
        })
        for link, mw, export, imports, losses in FLOWS
    )  # fmt: skip
    frames = {
        "scada": scada,
        "price": price,
        "region": region,
        "rooftop": rooftop,
        "flow": flow,
        "semi_scheduled": farms,
    }
    if change is not None:
        change(frames)
    for frame in frames.values():
        frame["source"] = source
    names = ["duid", "station", "owner", "region", "fuel", "fueltech", "role", "capacity_mw"]
    units = pd.DataFrame([u[:8] for u in UNITS], columns=names)
    units["storage_mwh"] = np.nan
    return Snapshot.from_frames(frames, units, version)


def publish(folder: Path, end: pd.Timestamp) -> str:
    """The market up to a stamp, as AEMO's own, into a lake; the version's name."""
    frames: dict = {}
    market("spare", end, source="current", change=frames.update)
    names = ["duid", "station", "owner", "region", "fuel", "fueltech", "role", "capacity_mw"]
    with Lake(folder).begin() as transaction:
        for name, frame in frames.items():
            transaction.add(name, frame)
        transaction.set_units(pd.DataFrame([u[:8] for u in UNITS], columns=names))
        return transaction.publish().version


def forget_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests asked is forgotten, with the room it took."""
    monkeypatch.setattr(answers.ANSWERS, "_kept", type(answers.ANSWERS._kept)())
    monkeypatch.setattr(answers.ANSWERS, "_bytes", 0)


def serve(monkeypatch: pytest.MonkeyPatch, snapshot: Snapshot) -> None:
    """Make one snapshot the current one."""
    monkeypatch.setattr(page.shared, "current", lambda: snapshot)
    forget_answers(monkeypatch)
