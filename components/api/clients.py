"""Who asks: the address a request is counted under. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

MOST_HOPS = 20
HOME_BITS = 64
"""One household or host has a whole /64 of IPv6 addresses: it counts as one client."""


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def client_of(peer: str, forwarded: str | None, trusted: Sequence[str]) -> IPv4Address | IPv6Address | None:
    """The client's address: the peer's, or what trusted proxies say it is; None where there is none (a Unix socket).

    ``X-Forwarded-For`` is read from the right, for as long as the one who added an entry is trusted: everything
    further left could have been made up by the client.

    >>> client_of("10.0.0.2", "6.6.6.6, 203.0.113.9, 10.0.0.7", ["10.0.0.0/8"])
    IPv4Address('203.0.113.9')
    >>> client_of("203.0.113.9", "127.0.0.1", [])
    IPv4Address('203.0.113.9')
    """
    client = _parsed(peer)
    networks = [ip_network(t, strict=False) for t in trusted]
    hops = (forwarded or "").split(",")[-MOST_HOPS:]
    while hops and client is not None and any(client in n for n in networks):
        found = _parsed(hops.pop())
        if found is None:
            break
        client = found
    return client


def scheme_of(own: str, peer: str, forwarded: str | None, trusted: Sequence[str]) -> str:
    """How the client speaks to the site: as a trusted proxy says (``X-Forwarded-Proto``), else as it speaks to this server.

    >>> scheme_of("http", "127.0.0.1", "https", ["127.0.0.1"]), scheme_of("http", "203.0.113.9", "https", ["127.0.0.1"])
    ('https', 'http')
    """
    said, address = (forwarded or "").strip().lower(), _parsed(peer)
    believed = address is not None and any(address in ip_network(t, strict=False) for t in trusted)
    return said if believed and said in ("http", "https") else own


def counted_as(client: IPv4Address | IPv6Address) -> str:
    """The name a client's requests are counted under.

    >>> counted_as(ip_address("2001:db8::5"))
    '2001:db8::/64'
    """
    return str(ip_network((client, HOME_BITS), strict=False)) if isinstance(client, IPv6Address) else str(client)
