"""The lines of an input in batches, and their answers in the same order from one process or several."""

from __future__ import annotations

import io
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from queue import Queue
from typing import TypeVar

from edscribe_pipelines.deidentify.jsonl.note_lines import Batch
from edscribe_pipelines.errors import StageFailed

_BATCH_BYTES = 256 * 1024
_IN_FLIGHT_PER_WORKER = 2
"""Enough that none waits for the next batch."""

Item = TypeVar("Item")
Made = TypeVar("Made")


def read_batches(stream: io.RawIOBase, first_row: int = 1, already_read: bytes = b"") -> Iterator[Batch]:
    """Yield what `already_read` and then `stream` hold as whole lines.

    A batch is what one read gives: much of a file, and of a pipe whatever its writer has written so far.
    """
    pieces: list[bytes] = []
    chunk = already_read or stream.read(_BATCH_BYTES)
    while chunk:
        lines, newline, rest = chunk.rpartition(b"\n")
        if newline:
            batch = Batch(first_row, b"".join([*pieces, lines, newline]))
            yield batch
            first_row += batch.data.count(b"\n")
            pieces = []
        pieces.append(rest)
        chunk = stream.read(_BATCH_BYTES)
    if last := b"".join(pieces):
        yield Batch(first_row, last)


def answer_in_order(answer: Callable[[Item], Made], items: Iterable[Item], workers: int) -> Iterator[tuple[Item, Made]]:
    """Yield each of `items` with its answer. `workers` processes share them, and few wait at a time."""
    if workers == 1:
        yield from ((item, answer(item)) for item in items)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_prepare_worker) as pool:
        try:
            for item, made in _fed(pool, answer, items, workers * _IN_FLIGHT_PER_WORKER):
                yield item, made.result()
        except BrokenProcessPool:
            raise StageFailed("A worker process was killed, perhaps for want of memory.") from None
        finally:
            pool.shutdown(cancel_futures=True)


def _fed(
    pool: ProcessPoolExecutor, answer: Callable[[Item], Made], items: Iterable[Item], in_flight: int
) -> Iterator[tuple[Item, Future[Made]]]:
    """Yield items that have been handed to `pool`. A thread hands them out, so none waits for the next to arrive."""
    fed: Queue[tuple[Item, Future[Made]] | Exception | None] = Queue(in_flight)

    def feed() -> None:
        try:
            for item in items:
                fed.put((item, pool.submit(answer, item)))
            fed.put(None)
        except Exception as error:
            fed.put(error)

    threading.Thread(target=feed, daemon=True).start()
    while (next_one := fed.get()) is not None:
        if isinstance(next_one, Exception):
            raise next_one
        yield next_one


def _prepare_worker() -> None:
    """Let a worker end when its parent is killed, leave Ctrl-C to the parent, log nothing and take one core."""
    logging.disable()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # The processes share the cores already.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
