"""A web server's listing page -> what it links to (pure).

IIS as NEMWEB has it (date and size before the link, parent link by text), ``python -m http.server`` (names
only), nginx and Apache (date and size after the link). Links that lead above the listed folder or to another
host are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

_BEFORE = re.compile(r"(\d{1,2}/\d{1,2}/\d{4}|\w+day, \w+ \d{1,2}, \d{4})\s+(\d{1,2}:\d{2}\s*[AP]M)\s+(\d+|<dir>)\s*$")
_AFTER = re.compile(
    r"^\s*(\d{1,2}-\w{3}-\d{4} \d{2}:\d{2}(?::\d{2})?|\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})?)\s+(\d+)\s*$", re.M
)


_LISTING = re.compile(rb"parent directory|index of|directory listing", re.I)


@dataclass(frozen=True)
class Link:
    """One entry: its address as it must be asked for, its plain name, and what the listing tells of it."""

    url: str
    name: str
    folder: bool
    size: int | None
    stamp: str


class _Reader(HTMLParser):
    """Collects (href, text before the link, text after it)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[str]] = []
        self._text = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append([dict(attrs).get("href") or "", self._text, "", ""])
            self._text, self._inside = "", True
        elif tag in ("br", "tr", "li", "hr", "pre"):
            self._text = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = False
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self.found:
            self.found[-1][2] += data
            return
        self._text += data
        if self.found:
            self.found[-1][3] += data


def says_it_lists(page: bytes) -> bool:
    """Whether a page without entries is that of an empty folder, by the words that servers put on each of their listings.

    >>> says_it_lists(b'<A HREF="/Reports/">[To Parent Directory]</A>'), says_it_lists(b"<h1>We will be back</h1>")
    (True, False)
    """
    return _LISTING.search(page) is not None


def read_listing(page: bytes, url: str, root: str) -> list[Link]:
    """Direct children of the folder ``url`` that its page links to, each once, in the page's order.

    Parameters
    ----------
    url : the folder's address, ending in ``/``.
    root : nothing outside this address is returned.
    """
    reader = _Reader()
    reader.feed(page.decode("utf-8", "replace"))
    here = urlsplit(url)
    out: dict[str, Link] = {}
    for href, before, text, after in reader.found:
        target = _child(href, text, url)
        if target is None:
            continue
        # The site's own spelling of this folder may differ in case or stand at another root: keep ours.
        address = urlunsplit((here.scheme, here.netloc, here.path + target, "", ""))
        if not address.startswith(root):
            continue
        name = unquote(target.rstrip("/"))
        size, stamp = _details(before, after)
        out.setdefault(name, Link(address, name, target.endswith("/"), size, stamp))
    return list(out.values())


def _child(href: str, text: str, url: str) -> str | None:
    """The last step of a link that leads to a direct child of ``url``, spelled as the server wants it."""
    href = href.strip()
    if not href or href.startswith(("?", "#", "javascript:", "mailto:")) or "parent directory" in text.lower():
        return None
    href = href.replace("#", "%23")  # a literal # in a name would be cut off as a fragment
    try:
        target, here = urlsplit(urljoin(url, href)), urlsplit(url)
        other_host = (target.hostname, target.port) != (here.hostname, here.port)
    except ValueError:
        return None
    if other_host or target.query or target.scheme not in ("http", "https"):
        return None
    path = target.path.rstrip("/")
    parent, _, last = path.rpartition("/")
    if not last or unquote(last) in (".", ".."):
        return None
    folder = target.path.endswith("/")
    own, above, whole = _folded(here.path), _folded(parent + "/"), _folded(path + "/")
    if own != above:
        # A listing copied to another place (a mirror below a sub-folder) says where it came from: its entries
        # are in this folder all the same, unless the link means this folder itself or one above it.
        copied = href.startswith("/") and own.endswith(above) and (above != "/" or folder)
        if not copied or whole in own:
            return None
    return quote(last, safe="%!$&'()*+,;=:@~-._") + ("/" if folder else "")


def _folded(path: str) -> str:
    return unquote(path).lower()


def _details(before: str, after: str) -> tuple[int | None, str]:
    """Size and date beside a link, where the page has them."""
    found = _BEFORE.search(before.replace("\xa0", " "))
    if found:
        return (int(found[3]) if found[3].isdigit() else None), f"{found[1]} {found[2]}"
    found = _AFTER.search(after)
    return (int(found[2]), found[1]) if found else (None, "")
