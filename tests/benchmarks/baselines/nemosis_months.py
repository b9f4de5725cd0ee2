"""NEMOSIS over the same months: ``nemosis_months.py WAY FOLDER_OF_ZIPS CACHE``, without any network.

Its own downloader unpacks each zip into the cache folder; that is done here from local files, and the rest is
NEMOSIS' own: ``compile`` = ``dynamic_data_compiler`` (CSV -> feather and a frame with types), ``cache`` =
``cache_compiler`` (CSV -> a typed feather file, nothing returned), both with their defaults.
"""

from __future__ import annotations

import logging
import sys
import zipfile
from pathlib import Path

import nemosis
from nemosis import downloader

TABLES = ("DISPATCHPRICE", "DISPATCHREGIONSUM", "DISPATCHINTERCONNECTORRES", "DISPATCH_UNIT_SCADA", "ROOFTOP_PV_ACTUAL")
# A start at midnight would make it look for the month before as well.
START, END = "2024/06/01 00:04:00", "2024/07/31 23:59:00"


def refuse(*_: object, **__: object) -> None:
    raise RuntimeError("the benchmark asks no network")


def main() -> None:
    way, zips, cache = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    logging.disable(logging.INFO)
    downloader.requests.get = refuse
    for file in sorted(zips.rglob("PUBLIC_DVD_*.zip")):
        if any(table in file.name for table in TABLES):
            with zipfile.ZipFile(file) as archive:
                archive.extractall(cache)
    rows = 0
    for table in TABLES:
        if way == "cache":
            nemosis.cache_compiler(START, END, table, str(cache))
        else:
            rows += len(nemosis.dynamic_data_compiler(START, END, table, str(cache)))
    print(rows)


main()
