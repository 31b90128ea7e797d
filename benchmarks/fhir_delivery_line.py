"""A line that is slow and not narrow: bytes pass between a client and a server, each later by half the latency."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def slow_line(port: int, latency_s: float) -> Iterator[int]:
    """Yield a port of this machine that leads to its `port`, a round trip longer by `latency_s`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opened = asyncio.run_coroutine_threadsafe(_listen(port, latency_s / 2), loop).result()
    try:
        yield opened.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(opened), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _listen(port: int, delay_s: float) -> asyncio.Server:
    async def relay(near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(_later(near, far_out, delay_s), _later(far, near_out, delay_s))

    return await asyncio.start_server(relay, "127.0.0.1", 0, backlog=256)


async def _end(opened: asyncio.Server) -> None:
    opened.close()
    relays = asyncio.all_tasks() - {asyncio.current_task()}
    for relay in relays:
        relay.cancel()
    await asyncio.gather(*relays, return_exceptions=True)


async def _later(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay_s: float) -> None:
    loop = asyncio.get_running_loop()
    try:
        while data := await source.read(2**18):
            loop.call_later(delay_s, target.write, data)
    except ConnectionError:
        pass
    loop.call_later(delay_s, target.close)
