"""How many requests are on their way at once: half as many after a 429, one more after each success.

Additive increase, multiplicative decrease: D.-M. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for
Congestion Avoidance in Computer Networks", Computer Networks and ISDN Systems 17 (1989).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Concurrency:
    """A number of places that moves between 1 and `at_most`; `highest` and `lowest` are what it has been."""

    def __init__(self, first: int, at_most: int) -> None:
        self._places = min(first, at_most)
        self._at_most = at_most
        self._taken = 0
        self._freed = asyncio.Condition()
        self._halved_at = 0.0
        self._not_before = 0.0
        self.highest = self.lowest = self._places

    async def enter(self) -> None:
        """Wait for a place."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._taken < self._places)
            self._taken += 1

    async def leave(self) -> None:
        async with self._freed:
            self._taken -= 1
            self._freed.notify_all()

    @asynccontextmanager
    async def request(self) -> AsyncIterator[float]:
        """Yield the time at which a request begins, not before the server is ready for one."""
        while (pause := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        yield time.monotonic()

    def succeeded(self) -> None:
        self._places = min(self._at_most, self._places + 1)
        self.highest = max(self.highest, self._places)

    def throttled(self, began: float, wait: float) -> None:
        """Halve, unless the request began before the last halving, and send nothing for `wait` seconds."""
        now = time.monotonic()
        self._not_before = max(self._not_before, now + wait)
        if began >= self._halved_at:
            self._places = max(1, self._places // 2)
            self._halved_at = now
            self.lowest = min(self.lowest, self._places)
