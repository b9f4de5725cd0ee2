"""Short digests of whatever decides an answer: entity tags and the identity of a question."""

from __future__ import annotations

import hashlib

from components import __version__


def digest(*parts: object) -> str:
    """Twenty-four hex digits that differ where any part, or the program's version, differs."""
    text = "\x1f".join(str(p) for p in (__version__, *parts))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def entity_tag(*parts: object) -> str:
    """A weak entity tag: the same for every compression of an answer."""
    return f'W/"{digest(*parts)}"'
