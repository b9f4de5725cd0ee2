"""A sum of megabytes in a file of its own: a head with its shape, then its numbers, to be mapped."""

from __future__ import annotations

import mmap
import struct
import zlib
from pathlib import Path

from components.store.files import replace_synced

Packed = tuple[str, bytes | memoryview]
"""A sum's shape as JSON and its numbers."""
_HEAD = struct.Struct("<8sIIQ")
_MARK = b"aemosum1"
_EDGE = 64


def write_mapped(path: Path, packed: Packed) -> None:
    """Write a sum, in one step for whoever reads.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    shape, numbers = packed[0].encode(), packed[1]
    head = _HEAD.pack(_MARK, len(shape), zlib.crc32(shape), len(numbers)) + shape
    replace_synced(path, head + b" " * (-len(head) % _EDGE), numbers)


def read_mapped(path: Path) -> Packed:
    """A sum whose numbers are mapped: they stay with who has them when the file is replaced.

    Raises
    ------
    OSError
        When there is no such file.
    ValueError
        When it is not whole.
    """
    with open(path, "rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if len(content) < _HEAD.size:
        raise ValueError(f"{path} is cut off")
    mark, length, crc, size = _HEAD.unpack_from(content)
    shape = bytes(content[_HEAD.size : _HEAD.size + length])
    begin = -(-(_HEAD.size + length) // _EDGE) * _EDGE
    if mark != _MARK or zlib.crc32(shape) != crc or len(content) != begin + size:
        raise ValueError(f"{path} is not whole")
    return shape.decode(), content[begin:]
