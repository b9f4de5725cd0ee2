"""The demo's forecasts and market notices as files under AEMO's names, as ``ingest/outlook.py`` reads them.

Every notice says in its title and its first line that it is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.ingest.demo.aemo_text import first_line, last_line
from components.ingest.demo.clock import EPOCH, STEP, STEPS_PER_DAY, Grid
from components.ingest.demo.forecasts import HALF_HOUR, Forecaster, Run
from components.ingest.demo.outlook import outlook
from components.vocabulary import REGIONS

_EOL = "\r\n"
_FIVE_MINUTES = pd.Timedelta(minutes=5)
_HIGH = 300.0
_RULE = "-" * 67


@dataclass(frozen=True)
class OutlookFile:
    """A file: its folder under ``Reports/Current``, its name, the text's name inside its zip ("" = not zipped)."""

    folder: str
    name: str
    member: str
    text: bytes


def step_number(stamp: pd.Timestamp) -> int:
    """A 5-minute stamp as a number since 1970."""
    return int((np.datetime64(stamp, "us") - EPOCH) // STEP)


def _stamp(number: int) -> pd.Timestamp:
    return pd.Timestamp(EPOCH + number * STEP)


def forecast_files(seed: int, after: pd.Timestamp, until: pd.Timestamp) -> Iterator[OutlookFile]:
    """The runs whose first interval ends in ``(after, until]``: one each 5 minutes, one each half hour."""
    first, last = step_number(after) + 1, step_number(until)
    forecaster = Forecaster(seed, first, last)
    for number in range(first, last + 1):
        published = _stamp(number) - _FIVE_MINUTES + pd.Timedelta(seconds=30)
        yield _p5(forecaster.five_minutes(number), published)
        if number % HALF_HOUR == 0:  # published a minute after the half hour begins
            began = _stamp(number) - 6 * _FIVE_MINUTES
            yield _predispatch(forecaster.half_hours(number), began + pd.Timedelta(seconds=70))


def _p5(run: Run, published: pd.Timestamp) -> OutlookFile:
    began = pd.Timestamp(run.times[0])
    head = "I,P5MIN,REGIONSOLUTION,8,RUN_DATETIME,INTERVENTION,INTERVAL_DATETIME,REGIONID,RRP,TOTALDEMAND"
    lines = [
        f'D,P5MIN,REGIONSOLUTION,8,"{began:%Y/%m/%d %H:%M:%S}",0,"{time}",{region},{price!r},{demand!r}'
        for time, region, price, demand in _rows(run)
    ]
    return _zipped("P5_Reports", "P5MIN", began, published, [[head, *lines]])


def _predispatch(run: Run, published: pd.Timestamp) -> OutlookFile:
    began = pd.Timestamp(run.times[0])
    trading_day = (began - pd.Timedelta(hours=4, microseconds=1)).normalize()
    period = 1 + (began - trading_day - pd.Timedelta(hours=4, minutes=30)) // pd.Timedelta(minutes=30)
    sequence = f"{trading_day:%Y%m%d}{period:02d}"
    prices = ["I,PREDISPATCH,REGION_PRICES,1,PREDISPATCHSEQNO,RUNNO,REGIONID,PERIODID,INTERVENTION,RRP,DATETIME"]
    loads = [
        "I,PREDISPATCH,REGION_SOLUTION,4,PREDISPATCHSEQNO,RUNNO,REGIONID,PERIODID,INTERVENTION,TOTALDEMAND,DATETIME"
    ]
    for row, (time, region, price, demand) in enumerate(_rows(run)):
        step = row // len(REGIONS) + 1
        prices.append(f'D,PREDISPATCH,REGION_PRICES,1,{sequence},1,{region},{step},0,{price!r},"{time}"')
        loads.append(f'D,PREDISPATCH,REGION_SOLUTION,4,{sequence},1,{region},{step},0,{demand!r},"{time}"')
    return _zipped("PredispatchIS_Reports", "PREDISPATCHIS", began, published, [prices, loads])


def _rows(run: Run) -> Iterator[tuple[str, str, float, float]]:
    texts = [f"{pd.Timestamp(t):%Y/%m/%d %H:%M:%S}" for t in run.times]
    for at, time in enumerate(texts):
        for row, region in enumerate(REGIONS):
            yield time, region, float(run.price[row, at]), float(run.demand[row, at])


def _zipped(
    folder: str, report: str, began: pd.Timestamp, published: pd.Timestamp, tables: list[list[str]]
) -> OutlookFile:
    name = f"PUBLIC_{report}_{began:%Y%m%d%H%M}_{published:%Y%m%d%H%M%S}"
    body = [line for table in tables for line in table]
    head = first_line(report, published, int(began.timestamp()) // 60, report)
    text = head + "".join(line + _EOL for line in body) + last_line(len(body) + 2)
    return OutlookFile(folder, f"{name}.zip", f"{name}.CSV", text.encode())


# -- notices ---------------------------------------------------------------------------------------------


def notice_files(seed: int, after: pd.Timestamp, until: pd.Timestamp) -> Iterator[OutlookFile]:
    """A notice when a region's price first stands at $300/MWh or more on a day, and one as each week begins."""
    first, last = step_number(after) + 1, step_number(until)
    if last < first:
        return
    grid = Grid(first, last)
    price = outlook(seed, grid).price / 1e5
    for day in np.unique(grid.day):
        inside = np.flatnonzero(grid.day == day)
        opening = int(day) * STEPS_PER_DAY + 1
        if opening >= first and (day + 3) % 7 == 0:  # Monday
            yield _notice(opening, 0, "GENERAL NOTICE", "The demo market begins another week", [
                f"The synthetic market begins the week of {_stamp(opening) - _FIVE_MINUTES:%d/%m/%Y}.",
            ])  # fmt: skip
        for row, region in enumerate(REGIONS):
            high = inside[price[row, inside] >= _HIGH]
            if len(high):
                number = int(grid.stamps[high[0]])
                told = f"In the interval ending {_stamp(number):%H:%M} the price of {region} is ${price[row, high[0]]:,.2f}/MWh."
                yield _notice(number, row + 1, "PRICES", f"Price above ${_HIGH:,.0f}/MWh in {region}", [told])


def _notice(number: int, kind: int, word: str, title: str, reason: list[str]) -> OutlookFile:
    """``number``: the interval it is about; it appears a minute after that begins."""
    created = _stamp(number) - _FIVE_MINUTES + pd.Timedelta(minutes=1)
    own = number * 10 + kind
    lines = [
        _RULE, "                           MARKET NOTICE", _RULE, "",
        "From :              DEMO MARKET (invented, not AEMO)", "To   :              NEMITWEB1",
        f"Creation Date :     {created:%d/%m/%Y     %H:%M:%S}", "", _RULE, "",
        f"Notice ID               :         {own}", f"Notice Type ID          :         {word}",
        f"Notice Type Description :         {word.capitalize()} of the demo market",
        f"Issue Date              :         {created:%d/%m/%Y}", f"External Reference      :         Demo: {title}",
        "", _RULE, "", "Reason :", "", "DEMO NOTICE - invented, not published by AEMO.", "", *reason, "", "",
        _RULE, "END OF REPORT", _RULE,
    ]  # fmt: skip
    return OutlookFile(
        "Market_Notice", f"NEMITWEB1_MKTNOTICE_{created:%Y%m%d}.R{own}", "", (_EOL.join(lines) + _EOL).encode()
    )


__all__ = ["OutlookFile", "forecast_files", "notice_files", "step_number"]
