"""A day of single files in one zip: only those of the wanted window are parsed."""

from __future__ import annotations

import pandas as pd
from aemo_text import price_file, zipped

from components.ingest.run import ingest
from components.store.lake import Lake


def test_files_outside_the_window_are_not_parsed_and_come_when_they_are_wanted(tmp_path):
    place = tmp_path / "site/Reports/Archive/DispatchIS_Reports"
    place.mkdir(parents=True)
    inner = []
    for minute, text in (
        ("05", b"no AEMO text"),
        ("10", price_file("2024/07/01 00:10:00")),
        ("15", price_file("2024/07/01 00:15:00")),
    ):
        name = f"PUBLIC_DISPATCHIS_2024070100{minute}_00000000000000{minute}"
        inner.append((f"{name}.zip", zipped((f"{name}.CSV", text))))
    (place / "PUBLIC_DISPATCHIS_20240701.zip").write_bytes(zipped(*inner))
    lake = Lake(tmp_path / "lake")

    def read(start: str, end: str) -> list[str]:
        report = ingest(
            lake,
            str(tmp_path / "site"),
            start=pd.Timestamp(start),
            end=pd.Timestamp(end),
            tables=["price"],
            progress=False,
        )
        return report.aside

    assert read("2024-07-01 00:05", "2024-07-01 00:10") == []  # the damaged one was not looked at
    assert lake.read("price", "2024-07")["time"].unique().tolist() == [pd.Timestamp("2024-07-01 00:10")]
    (told,) = read("2024-07-01", "2024-07-01 00:15")  # the same bundle again: it was not done for good
    assert "202407010005" in told
    assert len(lake.read("price", "2024-07")["time"].unique()) == 2
