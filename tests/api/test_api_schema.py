"""What the OpenAPI document says is what the server does: cases made from it by schemathesis.

The document cannot say everything (a cursor comes from an answer, a date of 30 February fits the pattern, ``end`` follows
``start``, names are the data's, two parameters that exclude each other). Cases that are meant to be right are put right in these points alone; no check is left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pandas as pd
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from live_api import ENDING_PATHS, LiveApi, market, running
from schemathesis.generation import GenerationMode

from components.queries.base import REGISTRY
from components.store.snapshot import Snapshot

NAMES = {
    "station": ["Eraring", "=Big Battery", "Wind, Northern"],
    "duid": ["ER01", "WIND1"],
    "owner": ["Origin", "@home"],
    "interconnector": ["NSW1-QLD1", "V-SA"],
}
WITH_PARAMETERS = [f"/api/{route}" for route in REGISTRY]


@pytest.fixture(scope="module")
def described() -> Iterator[tuple[LiveApi, schemathesis.BaseSchema]]:
    frames, units = market()
    with running(Snapshot.from_frames(frames, units, version="v1")) as live:
        yield live, schemathesis.openapi.from_url(f"{live.url}/api/openapi.json")


def put_right(case: schemathesis.Case) -> None:
    """Make true of a well-formed case what the document has no words for."""
    asked = case.query or {}
    asked.pop("cursor", None)
    for name, known in NAMES.items():
        if name in asked:
            asked[name] = known[: 1 + len(asked[name]) % len(known)]
    if "none" in asked.get("by", []):
        asked["by"] = ["none"]  # it stands alone
    if "market" in asked:
        asked.pop("region", None)  # reserves have no price for the whole market
    whole = ("metric", "on", "off") if case.path.endswith("/alerts") else ()
    for name in whole:
        asked.pop(name, None)  # a rule of alerts is whole, and ends on the calm side of where it begins
    if "limit" in asked:
        asked["limit"] = min(int(asked["limit"]), 10_000)  # rows times columns has a bound
    for first, last in (("start", "end"), ("other_start", "other_end")):
        for name in (first, last):
            if name in asked and stamp(asked[name]) is None:
                del asked[name]
        if first in asked and last in asked and stamp(asked[last]) < stamp(asked[first]):
            del asked[last]


def stamp(text: str) -> pd.Timestamp | None:
    try:
        found = pd.Timestamp(text)
    except ValueError:
        return None
    return found.tz_localize(None) if found.tz is None else found.tz_convert("+10:00").tz_localize(None)


def lists_nothing(name: str, texts: object) -> bool:
    """An empty name is taken for none, whatever the document lists: forms send those.

    What an object within a list becomes in an address may be empty as well.
    """
    if isinstance(texts, list):
        return any(isinstance(t, dict) or (isinstance(t, str) and not t.strip(" ,")) for t in texts)
    return name in {"region", "fuel", *NAMES} and isinstance(texts, str) and not texts.strip(" ,")


def ask(described, path: str, mode: GenerationMode, examples: int) -> int:
    """Ask a path's endpoint so many generated questions with every check on; the number asked."""
    operation = described[1][path]["GET"]
    count = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: schemathesis.Case) -> None:
        nonlocal count
        count += 1
        if mode is GenerationMode.POSITIVE:
            put_right(case)
        else:
            assume(not any(lists_nothing(name, texts) for name, texts in (case.query or {}).items()))
        case.call_and_validate()

    random.seed(0)
    run()
    return count


@pytest.mark.fault("API-6")
@pytest.mark.parametrize("path", ENDING_PATHS)
def test_good_questions_are_answered_as_described(described, path: str):
    assert ask(described, path, GenerationMode.POSITIVE, 6) > 0


@pytest.mark.fault("API-6")
@pytest.mark.parametrize("path", WITH_PARAMETERS)
def test_bad_questions_are_refused_as_described(described, path: str):
    assert ask(described, path, GenerationMode.NEGATIVE, 5) > 0


@pytest.mark.fault("API-6")
@pytest.mark.long
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", WITH_PARAMETERS)
def test_many_questions(described, path: str, mode: GenerationMode):
    assert ask(described, path, mode, 150) > 0
