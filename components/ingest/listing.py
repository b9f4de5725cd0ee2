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
    if "#" in href:  # a literal # in a name would be cut off as a fragment
        href = href.replace("#", "%23")
    target, here = urlsplit(urljoin(url, href)), urlsplit(url)
    if target.hostname != here.hostname or target.query or target.scheme not in ("http", "https"):
        return None
    folder = target.path.endswith("/")
    parent, _, last = target.path.rstrip("/").rpartition("/")
    if not last or unquote(last) in (".", ".."):
        return None
    above, own = _folded(parent + "/"), _folded(here.path)
    if own != above:
        # Listings copied to another place say where they came from; their entries are still in this folder,
        # unless the link names this folder itself or one above it.
        itself = own.endswith(_folded(target.path.rstrip("/") + "/")) or _folded(
            here.path.rstrip("/").rpartition("/")[0] + "/"
        ).endswith(_folded(target.path.rstrip("/") + "/"))
        if itself or not own.endswith(above) or not href.startswith("/"):
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
