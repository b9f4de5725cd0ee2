"""Zips with a fixed date inside, so that the same market gives the same bytes."""

from __future__ import annotations

import io
import zipfile

_DATE = (2000, 1, 1, 0, 0, 0)


def entry(name: str) -> zipfile.ZipInfo:
    """A member's description; zips inside a zip are not packed twice."""
    member = zipfile.ZipInfo(name, _DATE)
    member.compress_type = zipfile.ZIP_STORED if name.endswith(".zip") else zipfile.ZIP_DEFLATED
    return member


def zipped(name: str, text: bytes) -> bytes:
    """The bytes of a zip with this one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr(entry(name), text)
    return out.getvalue()
