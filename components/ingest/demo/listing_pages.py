"""The ``index.html`` of every folder, written like the listings of AEMO's web server (IIS)."""

from __future__ import annotations

import html
import os
from pathlib import Path
from urllib.parse import quote

_HOST = "www.nemweb.com.au"
_DATE = "  Saturday, January 1, 2000 12:00 AM"


def write_listings(root: Path) -> None:
    """Write a listing into ``root`` and every folder below it; the sizes are the files' own."""
    for folder, folders, files in os.walk(root):
        relative = Path(folder).relative_to(root).as_posix()
        path = "/" if relative == "." else f"/{relative}/"
        entries = [_entry(path, name, None) for name in sorted(folders)]
        entries += [_entry(path, name, (Path(folder) / name).stat().st_size) for name in sorted(files)]
        (Path(folder) / "index.html").write_text(_page(path, entries), encoding="utf-8")
        folders.sort()


def _entry(path: str, name: str, size: int | None) -> str:
    # A literal % of a name is %25 in its address: %23 is asked for as %2523.
    address = html.escape(quote(path) + quote(name) + ("/" if size is None else ""))
    what = "&lt;dir&gt;" if size is None else str(size)
    return f'{_DATE} {what:>12} <A HREF="{address}">{html.escape(name)}</A><br>'


def _page(path: str, entries: list[str]) -> str:
    title = f"{_HOST} - {html.escape(path)}"
    above = path.rstrip("/").rpartition("/")[0] + "/"
    parent = "" if path == "/" else f'<A HREF="{html.escape(quote(above))}">[To Parent Directory]</A><br><br>'
    return (
        f"<html><head><title>{title}</title></head><body><H1>{title}</H1><hr>\n\n"
        f"<pre>{parent}{''.join(entries)}</pre><hr></body></html>"
    )
