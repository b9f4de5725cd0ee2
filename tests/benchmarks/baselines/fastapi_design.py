"""The design that was planned and dropped: FastAPI and uvicorn, one process, long pandas frames read from Parquet at start.

Its plain, fair form: ``fastapi_design.py PORT LAKE``. The same Parquet files; one row per stamp and unit, in order of time, so
that a window is a slice found by bisection; names as categories; everything that does not depend on the question (the
signs of loads, the two sides of batteries, each unit's region and fuel, the price it is paid) worked out once at start. A
question is a vectorised ``groupby``. Answers are FastAPI's own ``JSONResponse`` (the standard library's json), which is what its
documentation shows; with orjson in its place its long answers would take a little less.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

LAKE = Path(sys.argv[2]) / "lake"
REGIONS = ["NSW1", "QLD1", "SA1", "TAS1", "VIC1"]
HOURS = 5 / 60


def _read(dataset: str, columns: list[str]) -> pd.DataFrame:
    """All months of a dataset in order of time."""
    files = sorted((LAKE / dataset).rglob("*.parquet"))
    whole = pd.concat([pd.read_parquet(file, columns=columns) for file in files], ignore_index=True)
    return whole.sort_values("time", kind="stable", ignore_index=True)


def _units() -> pd.DataFrame:
    """The newest row of each unit."""
    file = max((LAKE / "units").rglob("*.parquet"), key=lambda f: f.stat().st_mtime)
    units = pd.read_parquet(file, columns=["duid", "station", "region", "fuel", "role", "capacity_mw", "valid_from"])
    units = units.sort_values(["duid", "valid_from"], na_position="first")
    units = units.drop_duplicates("duid", keep="last").set_index("duid")
    units["fuel"] = units["fuel"].mask(units["role"] == "load", "pumps").astype(FUEL)
    units["region"] = units["region"].astype(pd.CategoricalDtype(REGIONS))
    return units


def _month(file: Path, grid: pd.DataFrame) -> pd.DataFrame:
    """A row per stamp and unit with the unit's region, fuel and price; a charging battery is a fuel of its own."""
    rows = pd.read_parquet(file, columns=["time", "duid", "mw"])
    rows["duid"] = rows["duid"].astype(DUID)
    unit = rows["duid"].cat.codes.to_numpy()
    for name in ("region", "fuel"):
        rows[name] = pd.Categorical.from_codes(UNITS[name].cat.codes.to_numpy()[unit], dtype=UNITS[name].dtype)
    rows["mw"] = rows["mw"].where(~LOADS[unit], -rows["mw"]).astype("float32")
    rows["rrp"] = grid.to_numpy()[grid.index.get_indexer(rows["time"]), rows["region"].cat.codes].astype("float32")
    rows.loc[STORAGE[unit] & (rows["mw"] < 0), "fuel"] = "battery_charging"
    return rows.sort_values("time", kind="stable")


def _scada() -> pd.DataFrame:
    grid = PRICES.pivot(index="time", columns="region", values="rrp")[REGIONS]
    months = [_month(file, grid) for file in sorted((LAKE / "scada").rglob("*.parquet"))]
    return pd.concat(months, ignore_index=True)


FUEL = pd.CategoricalDtype(
    ["coal", "gas", "distillate", "bioenergy", "other", "unmapped", "hydro", "wind", "solar", "battery", "battery_charging", "pumps"]
)  # fmt: skip
UNITS = _units()
DUID = pd.CategoricalDtype(UNITS.index.tolist())
LOADS = (UNITS["role"] == "load").to_numpy()
STORAGE = (UNITS["role"] == "bidirectional").to_numpy()
PRICES = _read("price", ["time", "region", "rrp"]).merge(_read("region", ["time", "region", "demand"]), how="left")
ROOFTOP = _read("rooftop", ["time", "region", "type", "mw"])
ROOFTOP = ROOFTOP[(ROOFTOP["type"] == "MEASUREMENT") & ROOFTOP["region"].isin(REGIONS)]
SCADA = _scada()
app = FastAPI()


def _between(frame: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """The rows of ``(start, end]``, by bisection."""
    low, high = frame["time"].searchsorted([start, end], side="right")
    return frame.iloc[low:high]


def _answer(frame: pd.DataFrame) -> JSONResponse:
    """Columns as lists; what is missing is null."""
    columns = {}
    for name, column in frame.items():
        if column.dtype.kind == "M":
            columns[name] = column.dt.strftime("%Y-%m-%dT%H:%M:%S+10:00").tolist()
        else:
            columns[name] = column.astype(object).where(column.notna(), None).tolist()
    return JSONResponse({"data": columns})


@app.get("/ready")
def ready() -> dict[str, int]:
    """Whether it answers, and over how many rows."""
    return {"rows": len(SCADA)}


@app.get("/generation/by-fuel")
def by_fuel(start: str, end: str, interval: str, region: str = "") -> JSONResponse:
    """Mean power by fuel and bucket."""
    window = pd.Timestamp(start), pd.Timestamp(end)
    rows, roofs = _between(SCADA, *window), _between(ROOFTOP, *window)
    if region:
        rows, roofs = rows[rows["region"] == region], roofs[roofs["region"] == region]
    power = rows.groupby(["time", "fuel"], observed=True)["mw"].sum().unstack()
    power["rooftop"] = roofs.groupby("time")["mw"].sum().reindex(power.index, method="bfill")
    if interval != "5m":
        power = power.resample({"1h": "1h", "1d": "1D"}[interval], closed="right").mean()
    return _answer(power.stack(future_stack=True).rename_axis(["time", "fuel"]).rename("mw").reset_index())


@app.get("/prices/stats")
def price_stats(start: str, end: str) -> JSONResponse:
    """Statistics of each region's prices, the same columns as the dashboard's."""
    rows = _between(PRICES, pd.Timestamp(start), pd.Timestamp(end))
    rows = rows.assign(
        negative=rows["rrp"] < 0,
        high=rows["rrp"] >= 300,
        payout=(rows["rrp"] - 300).clip(lower=0) * HOURS,
        paid=rows["rrp"] * rows["demand"],
    )
    groups = rows.groupby("region", observed=True)
    stats = groups["rrp"].describe(percentiles=[0.05, 0.25, 0.5, 0.75, 0.95])
    stats["min_time"] = rows.loc[groups["rrp"].idxmin(), "time"].to_numpy()
    stats["max_time"] = rows.loc[groups["rrp"].idxmax(), "time"].to_numpy()
    stats["change_volatility"] = groups["rrp"].diff().groupby(rows["region"], observed=True).std()
    stats["negative_hours"] = groups["negative"].sum() * HOURS
    stretch = (~rows["negative"]).groupby(rows["region"], observed=True).cumsum()
    stats["longest_negative_hours"] = (
        rows["negative"].groupby([rows["region"], stretch], observed=True).sum().groupby("region", observed=True).max()
        * HOURS
    )
    stats["hours_above_300"] = groups["high"].sum() * HOURS
    stats["cap_payout"] = groups["payout"].sum()
    stats["volume_weighted"] = groups["paid"].sum() / groups["demand"].sum()
    return _answer(stats.reset_index())


@app.get("/analysis/revenue")
def revenue(start: str, end: str, by: str = "fuel") -> JSONResponse:
    """Energy, load, money, capture price and capacity factor of each group."""
    rows = _between(SCADA, pd.Timestamp(start), pd.Timestamp(end))
    energy = rows["mw"] * HOURS
    money, load = energy * rows["rrp"], rows["fuel"].isin(["pumps", "battery_charging"])
    sums = (
        pd.DataFrame(
            {
                by: rows[by],
                "energy_mwh": energy.mask(load, 0),
                "load_mwh": -energy.where(load, 0),
                "revenue": money,
                "load_cost": -money.where(load, 0),
                "readings": rows["mw"].notna(),
            }
        )
        .groupby(by, observed=True)
        .sum()
    )
    hours = (pd.Timestamp(end) - pd.Timestamp(start)) / pd.Timedelta(hours=1)
    sums["capture_price"] = (sums["revenue"] + sums["load_cost"]) / sums["energy_mwh"].where(sums["energy_mwh"] > 0)
    sums["capacity_mw"] = UNITS.reset_index().groupby(by, observed=True)["capacity_mw"].sum()
    sums["capacity_factor"] = sums["energy_mwh"] / (sums["capacity_mw"] * hours).where(sums["capacity_mw"] > 0)
    return _answer(sums.reset_index())


@app.get("/generation/stations")
def station(start: str, end: str, station: str) -> JSONResponse:
    """Power of one station."""
    rows = _between(SCADA, pd.Timestamp(start), pd.Timestamp(end))
    rows = rows[rows["duid"].isin(UNITS.index[UNITS["station"] == station])]
    return _answer(rows.groupby("time")["mw"].sum().reset_index())


if __name__ == "__main__":
    uvicorn.run(app, host="localhost", port=int(sys.argv[1]), log_level="warning")
