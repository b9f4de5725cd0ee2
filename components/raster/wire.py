"""Words and arrays through a pipe: a length, JSON, then the arrays' bytes as they lie in memory."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

_HEAD = struct.Struct("<I")


class Ended(Exception):
    """The other side has closed the pipe."""


def send(pipe: BinaryIO, words: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> None:
    """Write one message.

    Raises
    ------
    OSError
        When nobody reads any more.
    """
    whole = {name: np.ascontiguousarray(a) for name, a in (arrays or {}).items()}
    shapes = {name: [a.dtype.str, *a.shape] for name, a in whole.items()}
    head = json.dumps({"words": dict(words), "arrays": shapes}).encode()
    pipe.write(_HEAD.pack(len(head)) + head)
    for array in whole.values():
        pipe.write(array.reshape(-1).view("uint8").data if array.size else b"")
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read one message: its words and its arrays.

    Raises
    ------
    Ended
        When the pipe ends before the message does.
    """
    (length,) = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    head = json.loads(_exactly(pipe, length))
    arrays = {}
    for name, (kind, *shape) in head["arrays"].items():
        dtype = np.dtype(kind)
        size = int(np.prod(shape)) * dtype.itemsize
        arrays[name] = np.frombuffer(_exactly(pipe, size), dtype).reshape(shape)
    return head["words"], arrays


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            raise Ended
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
