"""Claims of several sources become dated rows by the stated precedence, whatever the order."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import FileRejected
from components.ingest.registry import PRECEDENCE, RegistryParts, build_units, merge_units
from components.ingest.registry_claims import CLAIM_COLUMNS, claims_of
from components.schema import UNITS_COLUMNS

PUBLISHED = pd.Timestamp("2020-06-08 01:00")


def summary(*rows: str) -> pd.DataFrame:
    """DUDETAILSUMMARY rows ``duid start end region station participant mlf [dispatch type]`` as AEMO's text."""
    names = ["DUID", "START_DATE", "END_DATE", "REGIONID", "STATIONID", "PARTICIPANTID", "TRANSMISSIONLOSSFACTOR"]
    table = []
    for row in rows:
        words = row.split()
        dates = [f"{words[i].replace('-', '/')} 00:00:00" for i in (1, 2)]
        kind = words[7] if len(words) > 7 else "GENERATOR"
        table.append([words[0], *dates, *words[3:7], kind, "SCHEDULED"])
    return pd.DataFrame(table, columns=[*names, "DISPATCHTYPE", "SCHEDULE_TYPE"], dtype=object)


def detail(*rows: str) -> pd.DataFrame:
    """DUDETAIL rows ``duid date version capacity``."""
    words = [r.split() for r in rows]
    return pd.DataFrame(
        [[w[0], f"{w[1].replace('-', '/')} 00:00:00", w[2], w[3], "GENERATOR"] for w in words],
        columns=["DUID", "EFFECTIVEDATE", "VERSIONNO", "REGISTEREDCAPACITY", "DISPATCHTYPE"],
        dtype=object,
    )


def listed(duid: str, as_of: str, **values: object) -> pd.DataFrame:
    """What the registration list of a date says of one unit."""
    frame = pd.DataFrame([{"duid": duid, **values}])
    return claims_of(frame, list(values), "registration", pd.Timestamp(as_of))


def parts(*claims: pd.DataFrame, **tables: pd.DataFrame) -> RegistryParts:
    out = RegistryParts(claims=list(claims))
    for name, frame in tables.items():
        out.add_table(name, frame, PUBLISHED)
    return out


def rows(units: pd.DataFrame, duid: str, *columns: str) -> list[tuple]:
    chosen = units.loc[units["duid"] == duid, list(columns)]
    return [tuple(None if pd.isna(v) else v for v in row) for row in chosen.itertuples(index=False, name=None)]


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


HISTORY = summary(
    "AAA1 2010-01-01 2014-07-01 NSW1 AAA OLDCO 0.98",
    "AAA1 2014-07-01 2016-07-01 NSW1 AAA OLDCO 0.97",
    "AAA1 2016-07-01 2999-12-31 VIC1 AAA OLDCO 0.97",
)


def test_each_change_makes_a_row_and_equal_neighbours_one():
    units = build_units(parts(DUDETAILSUMMARY=HISTORY))
    assert rows(units, "AAA1", "valid_from", "region", "mlf") == [
        (None, "NSW1", 0.98),
        (day("2014-07-01"), "NSW1", 0.97),
        (day("2016-07-01"), "VIC1", 0.97),
    ]


def test_registration_dates_end_2999_means_none():
    ended = summary("BBB1 2001-02-03 2009-01-01 SA1 B X 1.0", "BBB1 2009-01-01 2015-03-01 SA1 B X 0.9")
    units = build_units(parts(DUDETAILSUMMARY=pd.concat([HISTORY, ended])))
    assert rows(units, "AAA1", "registered_from", "registered_to")[0] == (day("2010-01-01"), None)
    assert rows(units, "BBB1", "registered_from", "registered_to")[0] == (day("2001-02-03"), day("2015-03-01"))


def test_of_several_versions_for_one_date_the_highest_counts():
    units = build_units(
        parts(DUDETAIL=detail("AAA1 2010-01-01 9 90", "AAA1 2010-01-01 10 100", "AAA1 2010-01-01 2 20"))
    )
    assert rows(units, "AAA1", "capacity_mw") == [(100.0,)]


def test_history_rules_its_own_past_and_the_newest_source_the_present():
    """The table of 2020 knows 2012; of today the list of 2026 knows more. Between them the list, too."""
    table = detail("AAA1 2010-01-01 1 100", "AAA1 2015-01-01 2 150")
    units = build_units(parts(listed("AAA1", "2026-05-01", capacity_mw=180.0), DUDETAIL=table))
    assert rows(units, "AAA1", "valid_from", "capacity_mw") == [
        (None, 100.0),
        (day("2015-01-01"), 150.0),
        (day("2020-06-08"), 180.0),
    ]


def test_a_list_older_than_the_table_does_not_bring_the_past_back():
    table = detail("AAA1 2010-01-01 1 100", "AAA1 2019-01-01 2 150")
    units = build_units(parts(listed("AAA1", "2018-05-01", capacity_mw=100.0), DUDETAIL=table))
    assert rows(units, "AAA1", "capacity_mw") == [(100.0,), (150.0,)]


def test_a_unit_keeps_one_name_and_ids_become_names():
    stations = pd.DataFrame({"STATIONID": ["AAA", "B"], "STATIONNAME": ["ALPHA POWER STATION", "Beta"]})
    owners = pd.DataFrame({"PARTICIPANTID": ["OLDCO"], "NAME": ["Old Company Pty Ltd"]})
    table = pd.concat([HISTORY, summary("BBB1 2001-02-03 2999-12-31 SA1 B X 1.0")])
    found = build_units(
        parts(
            listed("AAA1", "2026-05-01", station="Alpha"), STATION=stations, PARTICIPANT=owners, DUDETAILSUMMARY=table
        )
    )
    assert set(rows(found, "AAA1", "station")) == {("Alpha",)}
    assert set(rows(found, "AAA1", "owner")) == {("Old Company Pty Ltd",)}
    assert rows(found, "BBB1", "station", "owner") == [("Beta", "X")]
    without_list = build_units(parts(STATION=stations, DUDETAILSUMMARY=table))
    assert set(rows(without_list, "AAA1", "station")) == {("Alpha Power Station",)}


def test_the_abolished_snowy_region_claims_nothing():
    table = summary("AAA1 2000-01-01 2008-07-01 SNOWY1 A X 1.0", "AAA1 2008-07-01 2999-12-31 NSW1 A X 1.0")
    assert rows(build_units(parts(DUDETAILSUMMARY=table)), "AAA1", "region") == [("NSW1",)]


def test_registered_to_is_the_newest_statement():
    closed = claims_of(
        pd.DataFrame({"duid": ["AAA1"], "registered_to": [day("2023-04-28")]}),
        ["registered_to"], "generation_information", day("2025-10-31"),
    )  # fmt: skip
    assert rows(build_units(parts(closed, DUDETAILSUMMARY=HISTORY)), "AAA1", "registered_to")[0] == (day("2023-04-28"),)
    again = claims_of(
        pd.DataFrame({"duid": ["AAA1"], "registered_to": [pd.NaT]}), ["registered_to"], "registration",
        day("2026-05-01"), keep_empty=["registered_to"],
    )  # fmt: skip
    back = build_units(parts(closed, again, DUDETAILSUMMARY=HISTORY))
    assert rows(back, "AAA1", "registered_to")[0] == (None,)


def test_loads_of_hydro_stations_pump_and_unknown_ids_stay_unmapped():
    table = summary(
        "W1 2010-01-01 2999-12-31 QLD1 WIV X 1.0 GENERATOR",
        "P1 2010-01-01 2999-12-31 QLD1 WIV X 1.0 LOAD",
        "S1 2010-01-01 2999-12-31 NSW1 MELT X 1.0 LOAD",
    )
    units = build_units(
        parts(listed("W1", "2026-05-01", fuel="hydro", fueltech="hydro"), DUDETAILSUMMARY=table), ["XYZ9", "RT_SA2"]
    )
    known = {d: (f, t, r) for d, f, t, r in units[["duid", "fuel", "fueltech", "role"]].itertuples(index=False)}
    assert known["P1"] == ("pumps", "pumps", "load")
    assert known["S1"] == ("unmapped", "unmapped", "load")
    assert known["XYZ9"] == ("unmapped", "unmapped", "generator")
    assert known["RT_SA2"] == ("other", "other", "generator")
    assert rows(units, "RT_SA2", "region") == [("SA1",)]


def test_halves_of_a_battery_are_told_by_the_whole():
    whole = listed(
        "HPR1", "2026-05-01", station="Hornsdale Power Reserve", region="SA1", fuel="battery", fueltech="battery",
        role="bidirectional", capacity_mw=150.0, storage_mwh=194.0,
    )  # fmt: skip
    units = build_units(parts(whole), ["HPRG1", "HPRL1", "GLOL1"]).set_index("duid")
    columns = ["station", "region", "fuel", "fueltech", "role", "capacity_mw"]
    same = ["Hornsdale Power Reserve", "SA1", "battery", "battery"]
    assert units.loc["HPRG1", columns].tolist() == [*same, "generator", 150.0]
    assert units.loc["HPRL1", columns].tolist() == [*same, "load", 150.0]
    # The energy is stored once.
    assert units.loc["HPRG1", "storage_mwh"] == 194.0
    assert pd.isna(units.loc["HPRL1", "storage_mwh"])
    assert units.loc["GLOL1", "fuel"] == "unmapped"


def test_retired_plant_and_siblings_have_a_fuel():
    table = summary(
        "HWPS1 1999-01-01 2017-04-01 VIC1 HAZEL X 1.0",
        "NEWA1 1999-01-01 2014-04-01 NSW1 NEWA X 1.0",
        "NEWA2 1999-01-01 2014-04-01 NSW1 NEWA X 1.0",
    )
    units = build_units(parts(listed("NEWA1", "2026-05-01", fuel="coal", fueltech="coal_black"), DUDETAILSUMMARY=table))
    # The list names NEWA1's station after nothing, so both keep the id of DUDETAILSUMMARY.
    assert rows(units, "HWPS1", "fuel", "fueltech") == [("coal", "coal_brown")]
    assert rows(units, "NEWA2", "fueltech") == [("coal_black",)]


def test_gas_without_technology_is_refined_and_never_contradicted():
    said = claims_of(
        pd.DataFrame({"duid": ["TORRA1", "ZZZ1", "HWPS3"], "fuel": "gas"}), ["fuel"], "cdeii", day("2017-11-03")
    )
    units = build_units(parts(said)).set_index("duid")
    assert units["fueltech"].to_dict() == {"HWPS3": "gas_other", "TORRA1": "gas_steam", "ZZZ1": "gas_other"}


def test_what_is_no_table_of_units_is_refused():
    with pytest.raises(FileRejected, match="DISPATCHPRICE"):
        RegistryParts().add_table("DISPATCHPRICE", HISTORY)
    with pytest.raises(FileRejected, match="DUDETAILSUMMARY: column REGIONID is missing"):
        RegistryParts().add_table("DUDETAILSUMMARY", HISTORY.drop(columns="REGIONID"))
    assert RegistryParts().empty


def test_every_column_has_a_precedence():
    assert {c.name for c in UNITS_COLUMNS} - set(PRECEDENCE) == {"duid", "valid_from", "origin"}


# -- merging -----------------------------------------------------------------------------------------

_LISTED = listed(
    "AAA1", "2026-05-01", station="Alpha", fuel="gas", fueltech="gas_ocgt", region="VIC1", capacity_mw=180.0
)


def test_a_run_with_some_parts_loses_nothing_and_order_does_not_matter():
    lists, tables = parts(_LISTED), parts(DUDETAILSUMMARY=HISTORY, DUDETAIL=detail("AAA1 2010-01-01 1 100"))
    together = build_units(parts(_LISTED, DUDETAILSUMMARY=HISTORY, DUDETAIL=detail("AAA1 2010-01-01 1 100")))
    first, second = build_units(lists), build_units(tables)
    assert merge_units(first, second).equals(together)
    assert merge_units(second, first).equals(together)
    assert set(rows(together, "AAA1", "station", "fueltech")) == {("Alpha", "gas_ocgt")}


def test_rows_of_unknown_origin_hold_until_aemo_says_more():
    foreign = pd.DataFrame({"duid": ["AAA1", "CCC1"], "fuel": "wind", "fueltech": "wind", "owner": ["Me", "You"]})
    merged = merge_units(foreign, build_units(parts(_LISTED)))
    assert rows(merged, "AAA1", "fueltech", "owner") == [("gas_ocgt", "Me")]
    assert rows(merged, "CCC1", "fueltech", "owner") == [("wind", "You")]


_SOURCES = st.sampled_from(["dudetailsummary", "dudetail", "registration", "generation_information", "cdeii", "import"])
_CLAIM = st.tuples(
    st.sampled_from(["A1", "B1"]),
    st.sampled_from(["region", "capacity_mw", "station", "fuel", "role", "storage_mwh"]),
    st.integers(0, 2),
    st.sampled_from([None, "2012-01-01", "2015-01-01", "2018-06-01"]),
    _SOURCES,
)
_VALUES = {
    "region": ["NSW1", "VIC1", "SA1"], "capacity_mw": [10.0, 20.0, 30.0], "station": ["X", "Y", "Z"],
    "fuel": ["gas", "hydro", "battery"], "role": ["generator", "load", "bidirectional"],
    "storage_mwh": [1.0, 2.0, 3.0],
}  # fmt: skip


def _registry(drawn: list[tuple], as_of: str) -> pd.DataFrame:
    """A registry of random claims; every source of a run has one date, as a file has."""
    claims = pd.DataFrame(
        [(d, c, _VALUES[c][n], pd.Timestamp(at), source, pd.Timestamp(as_of)) for d, c, n, at, source in drawn],
        columns=list(CLAIM_COLUMNS),
    )
    return build_units(RegistryParts(claims=[claims.astype({"start": "datetime64[us]", "as_of": "datetime64[us]"})]))


@settings(max_examples=25, deadline=None)
@given(st.lists(_CLAIM, max_size=8), st.lists(_CLAIM, max_size=8))
def test_merging_is_idempotent_and_without_order(one, other):
    old, new = _registry(one, "2016-03-01"), _registry(other, "2019-09-01")
    merged = merge_units(old, new)
    values = [c.name for c in UNITS_COLUMNS if c.name != "origin"]
    assert merge_units(new, old)[values].equals(merged[values])
    assert merge_units(merged, merged).equals(merged)
    assert merge_units(merged, new)[values].equals(merged[values])
    assert merge_units(merged, old)[values].equals(merged[values])
    assert not merged.duplicated(["duid", "valid_from"]).any()
