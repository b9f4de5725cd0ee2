"""Small files in AEMO's format, written by hand for the tests (no copied data)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

PRICE_COLUMNS = (
    "SETTLEMENTDATE", "RUNNO", "REGIONID", "INTERVENTION", "RRP", "APCFLAG", "MARKETSUSPENDEDFLAG", "LASTCHANGED",
    "RAISE6SECRRP", "LOWERREGRRP",
)  # fmt: skip
SCADA_COLUMNS = ("SETTLEMENTDATE", "DUID", "SCADAVALUE", "LASTCHANGED")


def section(
    group: str, table: str, version: int, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> list[str]:
    """The lines of one table: its names, then its rows."""
    head = f"{group},{table},{version}"
    return [f"I,{head},{','.join(columns)}", *(f"D,{head},{','.join(map(str, r))}" for r in rows)]


def mms_text(
    *sections: Sequence[str],
    system: str = "NEMP.WORLD",
    report: str = "DISPATCHIS",
    published: str = "2024/07/01,00:00:13",
    newline: str = "\r\n",
    footer: bool = True,
) -> bytes:
    """A whole file, footer included."""
    lines = [f"C,{system},{report},AEMO,PUBLIC,{published},0000000000000001,{report},0000000000000001"]
    lines += [line for part in sections for line in part]
    if footer:
        lines.append(f'C,"END OF REPORT",{len(lines) + 1}')
    return (newline.join(lines) + newline).encode()


def price_rows(
    stamp: str, price: float = 50.0, *, run: int = 0, regions: Sequence[str] = ("NSW1", "SA1")
) -> list[tuple]:
    """A price row per region; the second region is 10 $/MWh dearer, and so on."""
    return [
        (f'"{stamp}"', 1, r, run, price + 10 * i, 0, 0, f'"{stamp}"', 1.5, "") for i, r in enumerate(regions)
    ]  # fmt: skip


def price_file(stamp: str, price: float = 50.0, **how: object) -> bytes:
    """One interval of prices, as in ``Reports/Current/DispatchIS_Reports``."""
    return mms_text(section("DISPATCH", "PRICE", 5, PRICE_COLUMNS, price_rows(stamp, price)), **how)  # type: ignore[arg-type]


def scada_file(stamp: str, readings: dict[str, float], **how: object) -> bytes:
    """One interval of SCADA, as in ``Reports/Current/Dispatch_SCADA``."""
    rows = [(f'"{stamp}"', duid, mw, f'"{stamp}"') for duid, mw in readings.items()]
    return mms_text(section("DISPATCH", "UNIT_SCADA", 1, SCADA_COLUMNS, rows), **({"report": "DISPATCHSCADA"} | how))  # type: ignore[arg-type]


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A zip of named texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()
