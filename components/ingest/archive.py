"""Bytes of a download -> the texts inside, in memory and under caps (nothing is ever written to disk).

AEMO packs one CSV into a zip, a day or a week of such zips into a zip of zips, and older price files may be
gzipped. Whatever else comes (a bomb, two CSVs, a path that climbs out, a lock, a lie about its checksum, an
HTML page) is refused with the reason.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from components.errors import FileRejected
from components.ingest.mms_columns import printable


@dataclass(frozen=True)
class Caps:
    """How much may come out of one file.

    Attributes
    ----------
    member_bytes : one text, unpacked. A month of all units' SCADA is 0.3 GB, of their dispatch (DISPATCHLOAD) 1.5 GB.
    total_bytes : all texts of a zip of zips together.
    ratio : unpacked to packed size, for members above 1 MB; AEMO's CSV packs 10-30 times.
    members : entries of one zip; a week of 5-minute files is 2016.
    """

    member_bytes: int = 3 << 30
    total_bytes: int = 8 << 30
    ratio: int = 250
    members: int = 5_000


DEFAULT_CAPS = Caps()
LARGE = 1 << 20
"""Texts from here on are read in blocks [bytes]."""
_BLOCK, _PACKED_BLOCK = 4 << 20, 1 << 16
_LOCAL = 30  # bytes before the name in a member's own header
_ZIP, _EMPTY_ZIP, _GZIP = b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b"
_DEPTH = 2
_FREE = 1 << 20
# Everything that zipfile and its decompressors raise on damaged input.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip


def unpack(data: bytes, name: str, caps: Caps = DEFAULT_CAPS) -> Iterator[tuple[str, bytes | FileRejected]]:
    """The texts inside a file, one after the other.

    Yields
    ------
    (name, bytes) of each text; inside a zip of zips ``outer.zip/inner.zip/name``, where a damaged inner zip
    yields its :class:`FileRejected` in place of bytes and the others go on.

    Raises
    ------
    FileRejected
        When the file itself is damaged or holds what it should not.
    """
    left = [caps.total_bytes]
    if data.startswith(_GZIP):
        yield name.removesuffix(".gz"), _gunzip(data, name, caps)
    elif data.startswith((_ZIP, _EMPTY_ZIP)):
        yield from _unzip(data, name, caps, left, 1)
    elif name.lower().endswith((".zip", ".gz")):
        raise FileRejected(f"{name}: expected a zip, found {_what(data)}")
    else:
        yield name, data


def _what(data: bytes) -> str:
    if not data:
        return "an empty file"
    if data.lstrip()[:100].lower().startswith(b"<"):
        return f"an HTML page beginning {printable(data.lstrip())!r}"
    return f"{len(data)} bytes beginning {printable(data)!r}"


def _unzip(
    data: bytes, name: str, caps: Caps, left: list[int], depth: int
) -> Iterator[tuple[str, bytes | FileRejected]]:
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as why:
        raise FileRejected(f"{name}: expected a zip, found a damaged one ({_short(why)}): cut off?") from None
    with opened as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        zips = [m for m in members if m.filename.lower().endswith(".zip")]
        if not members:
            raise FileRejected(f"{name}: expected a CSV in the zip, found an empty zip")
        if len(members) > caps.members:
            raise FileRejected(f"{name}: expected at most {caps.members} files in the zip, found {len(members)}")
        if len(members) > 1 and len(zips) < len(members):
            raise FileRejected(f"{name}: expected one CSV in the zip, found {len(members)} files ({_names(members)})")
        if zips and depth >= _DEPTH:
            raise FileRejected(f"{name}: expected a CSV in the inner zip, found another zip ({_names(zips)})")
        # Sorted: which text comes first must not depend on how the zip was made.
        for member in sorted(members, key=lambda m: m.filename):
            inside = f"{name}/{_safe(member, name)}"
            if not zips:
                yield inside, _read(archive, member, name, caps, left)
                continue
            try:
                yield from _unzip(_read(archive, member, name, caps, left), inside, caps, left, depth + 1)
            except FileRejected as why:
                if left[0] < 0:
                    raise
                yield inside, why


def _names(members: list[zipfile.ZipInfo]) -> str:
    return ", ".join(printable(m.filename.encode("utf-8", "replace"), 50) for m in members[:3])


def _safe(member: zipfile.ZipInfo, name: str) -> str:
    """The member's name; a path that leads elsewhere is refused, though nothing is written."""
    path = member.filename.replace("\\", "/")
    if path.startswith("/") or ":" in path.split("/")[0] or ".." in path.split("/"):
        raise FileRejected(f"{name}: the zip names a path outside itself: {_names([member])!r}")
    return path.rpartition("/")[2]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, caps: Caps, left: list[int]) -> bytes:
    what = _allowed(member, name, caps)
    left[0] -= member.file_size
    if left[0] < 0:
        raise FileRejected(f"{name} would unpack to more than {caps.total_bytes:,} bytes")
    try:
        # zipfile stops at the size that the zip declares and compares the checksum, so a lie ends here.
        with archive.open(member) as stream:
            data = stream.read(member.file_size + 1)
    except _DAMAGE as why:
        raise FileRejected(f"{what} is damaged: {_short(why)}") from None
    if len(data) != member.file_size:
        raise FileRejected(f"{what} is damaged: {len(data):,} bytes instead of {member.file_size:,}")
    return data


def _allowed(member: zipfile.ZipInfo, name: str, caps: Caps) -> str:
    """What a member is called in sentences; one that may not be unpacked is refused."""
    what = f"{name}: {_names([member])}"
    if member.flag_bits & 0x1:
        raise FileRejected(f"{what} is encrypted")
    if member.file_size > caps.member_bytes:
        raise FileRejected(f"{what} would unpack to {member.file_size:,} bytes, more than {caps.member_bytes:,}")
    if member.file_size > _FREE and member.file_size > caps.ratio * max(member.compress_size, 1):
        raise FileRejected(
            f"{what} would unpack to {member.file_size:,} bytes from {member.compress_size:,}: a zip bomb?"
        )
    return what


def large_text(data: bytes, name: str, caps: Caps = DEFAULT_CAPS) -> tuple[str, Iterator[bytes]] | None:
    """The one large text of a zip, in blocks; None where :func:`unpack` has to tell what there is.

    Returns
    -------
    (name as :func:`unpack` gives it, blocks). The blocks end with :class:`FileRejected` where the zip is damaged.
    """
    if not data.startswith(_ZIP):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (member,) = archive.infolist()
        inside = f"{name}/{_safe(member, name)}"
        what = _allowed(member, name, caps)
    except (*_DAMAGE, FileRejected):  # ValueError: more than one member
        return None
    if member.compress_type != zipfile.ZIP_DEFLATED or not LARGE <= member.file_size <= caps.total_bytes:
        return None
    return inside, _blocks(data, member, what)


def _blocks(data: bytes, member: zipfile.ZipInfo, what: str) -> Iterator[bytes]:
    """A member's text as it is unpacked, where possible from and into memory that the processor still has at hand."""
    start, crc, size = member.header_offset, 0, 0
    if data[start : start + 4] != _ZIP:
        raise FileRejected(f"{what} is damaged: it is not where the zip says")
    start += _LOCAL + sum(struct.unpack_from("<HH", data, start + _LOCAL - 4))
    packed = memoryview(data)[start : start + member.compress_size]
    engine = zlib.decompressobj(wbits=-15)
    try:
        for at in range(0, len(packed), _PACKED_BLOCK):
            left: bytes | memoryview = packed[at : at + _PACKED_BLOCK]
            while left:
                block = engine.decompress(left, _BLOCK)
                left = engine.unconsumed_tail
                crc, size = zlib.crc32(block, crc), size + len(block)
                if size > member.file_size:
                    raise FileRejected(f"{what} is damaged: more than {member.file_size:,} bytes")
                yield block
    except _DAMAGE as why:
        raise FileRejected(f"{what} is damaged: {_short(why)}") from None
    if not engine.eof or (size, crc) != (member.file_size, member.CRC):
        raise FileRejected(f"{what} is damaged: its size or checksum is another")


def _gunzip(data: bytes, name: str, caps: Caps) -> bytes:
    engine = zlib.decompressobj(wbits=31)
    limit = min(caps.member_bytes, max(_FREE, caps.ratio * len(data)))
    try:
        text = engine.decompress(data, limit)
    except zlib.error as why:
        raise FileRejected(f"{name} is damaged: {_short(why)}") from None
    if engine.unconsumed_tail:
        raise FileRejected(f"{name} would unpack to more than {limit:,} bytes: a bomb?")
    if not engine.eof:
        raise FileRejected(f"{name}: expected a whole gzip file, found one that is cut off")
    return text


def _short(why: Exception) -> str:
    return printable(str(why).encode("utf-8", "replace"), 100)
