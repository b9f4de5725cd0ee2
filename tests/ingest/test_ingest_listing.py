"""Listing pages of several servers; nothing leads out of the folder."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.ingest.listing import read_listing
from components.ingest.nemweb import spellings

URL = "http://h:81/Reports/Current/DispatchIS_Reports/"


def _names(page: str, url: str = URL, root: str = "http://h:81/") -> list[str]:
    return [link.name for link in read_listing(page.encode(), url, root)]


def test_iis():
    page = (
        '<pre><A HREF="/REPORTS/CURRENT/">[To Parent Directory]</A><br><br>'
        '     Tuesday, August 31, 2021 12:50 PM        &lt;dir&gt; <A HREF="/REPORTS/CURRENT/DispatchIS_Reports/DUPLICATE/">DUPLICATE</A><br>'
        '     Tuesday, August 31, 2021 12:55 PM         3071 <A HREF="/REPORTS/CURRENT/DispatchIS_Reports/a.zip">a.zip</A><br></pre>'
    )
    folder, file = read_listing(page.encode(), URL, "http://h:81/")
    assert (folder.name, folder.folder, folder.size) == ("DUPLICATE", True, None)
    assert (file.name, file.folder, file.size, file.stamp) == (
        "a.zip",
        False,
        3071,
        "Tuesday, August 31, 2021 12:55 PM",
    )
    assert file.url == URL + "a.zip", "the address keeps our spelling of the folder"


def test_python_nginx_and_apache():
    assert _names('<ul><li><a href="sub/">sub/</a></li><li><a href="a%23b.zip">a#b.zip</a></li></ul>') == [
        "sub",
        "a#b.zip",
    ]
    page = '<pre><a href="../">../</a>\n<a href="a.zip">a.zip</a>   31-Aug-2021 12:50   3071\n<a href="b/">b/</a>  31-Aug-2021 12:50  -\n</pre>'
    file, folder = read_listing(page.encode(), URL, "http://h:81/")
    assert (file.size, file.stamp, folder.folder) == (3071, "31-Aug-2021 12:50", True)
    assert _names(
        '<a href="?C=N;O=D">Name</a> <a href="/Reports/Current/">Parent Directory</a> <a href="a.zip">a</a>'
    ) == ["a.zip"]


@pytest.mark.parametrize(
    "href",
    [
        "../x.zip", "/x.zip/../../y.zip", "http://evil/Reports/Current/DispatchIS_Reports/a.zip", "//evil/a.zip", "/",
        "/Reports/Current/", "/Reports/Current/DispatchIS_Reports/", "/Reports/Current/Dispatch_SCADA/a.zip", "#top",
        "javascript:alert(1)", "mailto:a@b", "a.zip?x=1", "sub/a.zip", "..", ".", "", "ftp://h:81/a.zip", "%2e%2e/",
    ],
)  # fmt: skip
def test_links_that_lead_elsewhere_are_left_out(href):
    assert _names(f'<a href="{href}">x</a>') == []


def test_a_listing_copied_to_another_root():
    page = '<A HREF="/Reports/">[To Parent Directory]</A> <A HREF="/Reports/Current/CDEII/">CDEII</A> <A HREF="/Reports/Current/a.zip">a.zip</A>'
    links = read_listing(page.encode(), "http://h/mirror/Reports/Current/", "http://h/mirror/")
    assert [k.url for k in links] == ["http://h/mirror/Reports/Current/CDEII/", "http://h/mirror/Reports/Current/a.zip"]
    top = read_listing(b'<A HREF="/Reports/">Reports</A>', "http://h/mirror/", "http://h/mirror/")
    assert [k.url for k in top] == ["http://h/mirror/Reports/"]
    below = read_listing(b'<A HREF="/Reports/">Reports</A>', "http://h/mirror/", "http://h/")
    assert [k.url for k in below] == ["http://h/mirror/Reports/"]
    # The parent's link, without the words that say so, must not become a folder of this one.
    assert read_listing(b'<A HREF="/Reports/">up</A>', "http://h/mirror/Reports/Current/", "http://h/mirror/") == []


@pytest.mark.parametrize("spelled", ["A#B#1.zip", "A%23B%231.zip", "A%2523B%25231.zip"])
def test_hashes_are_kept_as_listed_and_tried_in_every_spelling(spelled):
    (link,) = read_listing(f'<a href="{spelled}">x</a>'.encode(), URL, "http://h:81/")
    ways = spellings(link.url)
    assert set(ways) == {URL + "A%23B%231.zip", URL + "A%2523B%25231.zip"}
    assert ways[0] == URL + spelled.replace("#", "%23")
    assert spellings(URL + "a.zip") == (URL + "a.zip",)


@pytest.mark.fault("SRC-9")
@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_page_can_be_read(text):
    for page in (text, f'<a href="{text}">{text}</a>'):
        for link in read_listing(page.encode("utf-8", "surrogatepass"), URL, URL):
            assert link.url.startswith(URL)
            assert "/" not in link.url.removeprefix(URL).rstrip("/")
