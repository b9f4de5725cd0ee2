"""Bodies in a content coding: what comes out of a decoder is what went in, however the work was shared out."""

import gzip
import random
import threading
import zlib

import pytest

from components.api import compression
from components.api.compression import HALVED_BYTES, compressed


def body(size: int) -> bytes:
    chance = random.Random(3)
    return b'"2024-07-01T00:05:00+10:00",' * (size // 56) + bytes(
        chance.choices(b"0123456789.,", k=size - size // 56 * 28)
    )


@pytest.mark.parametrize("size", [0, 1, 5_000, HALVED_BYTES - 1, HALVED_BYTES, HALVED_BYTES + 1, 700_001])
def test_gzip_is_one_member_that_any_reader_takes(size: int):
    whole = body(size)
    sent = compressed(whole, "gzip")
    assert gzip.decompress(sent) == whole
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)  # stops after the first member, as browsers' readers do
    assert reader.decompress(sent) == whole
    assert reader.eof
    assert not reader.unused_data


def test_two_halves_take_hardly_more_room():
    whole = body(600_000)
    assert len(compressed(whole, "gzip")) < 1.02 * len(gzip.compress(whole, compression.GZIP_LEVEL))


def test_who_would_have_to_wait_for_the_helper_compresses_alone():
    import os

    free = threading.Event()
    try:
        compression._helper(os.getpid()).submit(free.wait, 30)
        whole = body(400_000)
        assert gzip.decompress(compressed(whole, "gzip")) == whole
        assert not free.is_set()
    finally:
        free.set()


def test_many_at_once_get_their_own():
    bodies = [body(HALVED_BYTES + 1_000 * i) for i in range(12)]
    got: dict[int, bytes] = {}
    threads = [threading.Thread(target=lambda i=i: got.update({i: compressed(bodies[i], "gzip")})) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [gzip.decompress(got[i]) for i in range(12)] == bodies


def test_other_codings_leave_bytes_alone_or_are_zstd():
    assert compressed(b"abc", "") == b"abc"
    assert compressed(b"abc" * 1_000, "zstd")[:4] == b"\x28\xb5\x2f\xfd"
