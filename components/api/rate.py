"""The rate limit: how many values a client may ask for in a window of time.

A request counts what its question may have to read (rows x columns as estimated before the work, all of it, also for
one page of it), and a small sum at least; an answer that is kept already, a 304 and a refusal count that sum. One
request may always spend the whole of an untouched window, so nothing within the size budget is impossible.
The window opens with a client's first request. Told in ``RateLimit`` and ``RateLimit-Policy``
(draft-ietf-httpapi-ratelimit-headers-10).
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from components.api.clients import client_of, counted_as
from components.api.limits import limits
from components.api.problems import ApiError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import FixedWindowRateLimiter

POLICY = "values"
USUAL_LENGTH = 200
"""Characters of an X-Forwarded-For; the clients of longer ones are worked out each time."""


@lru_cache(maxsize=1_024)
def _name(peer: str, forwarded: str | None, trusted: tuple[str, ...], loopback: bool) -> str | None:
    found = client_of(peer, forwarded, trusted)
    return None if found is None or (found.is_loopback and not loopback) else counted_as(found)


class Meter:
    """What each client has spent. Used on the event loop only, so between look and count nobody else counts."""

    @cached_property
    def _limiter(self) -> FixedWindowRateLimiter:
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return FixedWindowRateLimiter(MemoryStorage())

    @staticmethod
    def _quota() -> RateLimitItem:
        from limits import RateLimitItemPerSecond

        return RateLimitItemPerSecond(limits().rate_values, limits().rate_seconds)

    def client(self, peer: str, forwarded: str | None) -> str | None:
        """Name under which requests of a client are counted; None where they are not."""
        settings = limits()
        if not settings.rate_values:
            return None
        said = forwarded if settings.trusted_proxies else None
        name = _name if said is None or len(said) <= USUAL_LENGTH else _name.__wrapped__
        return name(peer, said, tuple(settings.trusted_proxies), settings.rate_loopback)

    def charge(self, client: str, values: int) -> None:
        """Count values against a client's window.

        Raises
        ------
        ApiError
            429 with ``Retry-After`` where they do not fit; then they are not counted.
        """
        quota = self._quota()
        cost = min(values, quota.amount)
        if self._limiter.test(quota, client, cost=cost):
            self._limiter.hit(quota, client, cost=cost)
            return
        wait = self._reset(client)
        raise ApiError(
            429,
            "rate-limited",
            f"{cost} values more than the {quota.amount} that one client may ask for in {limits().rate_seconds} s",
            headers={"Retry-After": str(wait)},
            members={"violated-policies": [POLICY]},
        )

    def headers(self, client: str) -> Mapping[str, str]:
        """``RateLimit`` and ``RateLimit-Policy`` for a client."""
        left = self._limiter.get_window_stats(self._quota(), client).remaining
        return {
            "RateLimit-Policy": f'"{POLICY}";q={limits().rate_values};w={limits().rate_seconds}',
            "RateLimit": f'"{POLICY}";r={left};t={self._reset(client)}',
        }

    def _reset(self, client: str) -> int:
        """Seconds until the client's window ends, at least 1."""
        return max(1, math.ceil(self._limiter.get_window_stats(self._quota(), client).reset_time - time.time()))

    def forget(self) -> None:
        """Begin anew."""
        self.__dict__.pop("_limiter", None)


meter = Meter()
