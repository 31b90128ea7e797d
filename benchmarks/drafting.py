"""Drafting 1,000 cases with an endpoint that has every fault: nothing is lost, nothing is paid for twice.

Run from the repository root: `python benchmarks/drafting.py`. The endpoint is a fake NIM in a process of its own on
this machine, so the rates are those of the client. The peer makes the same requests with the retries that the
openai library has built in, as patient as ours, and a semaphore: no cache, no ledger, no check of what comes
back. Medians of three runs each. A last part kills a run with SIGKILL midway and counts what its successor
pays for again.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import openai
import orjson

from edscribe_pipelines.corpus.drafting.asking import Patience
from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.drafting.instructions import question_about
from edscribe_pipelines.corpus.drafting.outcomes import Drafting
from edscribe_pipelines_tests.corpus.drafting import drafting_process
from edscribe_pipelines_tests.corpus.drafting.fake_nim import FakeNim, mixed
from edscribe_pipelines_tests.corpus.drafting.invented import facts_of, settings_for, stays

CASES = 1_000
CONCURRENCY = 32
REPEATS = 3
KILLED_AFTER = 400
LIKE_THE_LIBRARY = Patience(answer_within=10.0, first_wait=0.5, longest_wait=8.0, attempts=8)
"""The waits between attempts that the openai library has built in (`openai._constants`)."""

RESULTS = Path(__file__).parent / "results" / "drafting.jsonl"


def main() -> None:
    ours = [_drafted() for _ in range(REPEATS)]
    peers = [_by_openai_alone() for _ in range(REPEATS)]
    counts = ours[0][0].counts
    seconds, again, peer = (median(figures) for figures in (_column(ours, 1), _column(ours, 2), _column(peers, 1)))
    killed = _killed_midway()
    result = {
        "date": date.today().isoformat(),
        "requested": counts["requested"],
        "accepted": counts["accepted"],
        "refused": counts["refused"],
        "attempts": counts["attempts"],
        "cases_per_second": round(CASES / seconds),
        "peer_cases_per_second": round(CASES / peer),
        "peer_answered": peers[0][0],
        "ratio_to_openai_retries": round(peer / seconds, 2),
        "second_run_seconds": round(again, 2),
        "killed": killed,
        "versions": {name: version(name) for name in ("openai", "httpx2", "backoff")},
        "machine_cores": os.cpu_count(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("ab") as results:
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    accounted = counts["accepted"] + sum(counts["refused"].values())
    print(f"{CASES} cases asked for: {counts['accepted']} accepted, {accounted} accepted or accounted for")
    print(f"{result['cases_per_second']} cases/s; again from the cache in {again:.2f} s, nothing asked")
    print(
        f"AsyncOpenAI's own retries: {result['peer_cases_per_second']} cases/s, {peers[0][0]} answered and unchecked; "
        f"we are {result['ratio_to_openai_retries']} x as fast"
    )
    print(
        f"killed after {killed['stored']} stored answers: {killed['paid_twice']} of at most {killed['in_flight']} in "
        f"flight paid twice, {killed['stored_paid_twice']} of those stored"
    )


def _column(rows: list[tuple[Any, ...]], place: int) -> list[float]:
    return [row[place] for row in rows]


@contextmanager
def _nim(seconds: float = 0.0) -> Iterator[tuple[str, Connection]]:
    """Yield the address of a fake NIM in a process of its own, and a pipe that sends its counts for any word."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, seconds))
    process.start()
    try:
        yield here.recv(), here
    finally:
        here.send("stop")
        process.join()


def _serve(pipe: Connection, seconds: float) -> None:
    with FakeNim(mixed if not seconds else _no_faults, seconds=seconds) as nim:
        pipe.send(nim.url)
        while pipe.recv() != "stop":
            pipe.send(dict(nim.answered))


def _no_faults(facts: str, attempt: int) -> None:
    return None


def _answered(pipe: Connection) -> dict[str, int]:
    pipe.send("answered")
    return pipe.recv()


def _drafted() -> tuple[Drafting, float, float]:
    """Draft twice; return the result and the seconds of both."""
    month = stays(CASES)
    facts = facts_of(month)
    with _nim() as (url, pipe), tempfile.TemporaryDirectory() as folder:
        settings = settings_for(url, nim_concurrency=CONCURRENCY)
        started = time.perf_counter()
        drafting = draft_cases(month, facts, settings, Path(folder) / "ledger.sqlite", patience=LIKE_THE_LIBRARY)
        first, billed = time.perf_counter() - started, _answered(pipe)
        draft_cases(month, facts, settings, Path(folder) / "ledger.sqlite", patience=LIKE_THE_LIBRARY)
        assert _answered(pipe) == billed
        return drafting, first, time.perf_counter() - started - first


def _by_openai_alone() -> tuple[int, float]:
    """Make the same requests with the library's own retries; return how many got some answer, and the seconds."""
    with _nim() as (url, _):
        settings = settings_for(url)
        bodies = [question_about(facts, "synthetic", settings).body for facts in facts_of(stays(CASES))]
        started = time.perf_counter()
        return asyncio.run(_complete_all(url, bodies)), time.perf_counter() - started


async def _complete_all(url: str, bodies: list[dict[str, Any]]) -> int:
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=LIKE_THE_LIBRARY.attempts - 1) as client:
        places = asyncio.Semaphore(CONCURRENCY)

        async def complete(body: dict[str, Any]) -> bool:
            async with places:
                try:
                    return bool(await client.chat.completions.create(**body))
                except (openai.OpenAIError, ValueError):
                    return False

        return sum(await asyncio.gather(*map(complete, bodies)))


def _killed_midway() -> dict[str, int]:
    """Kill a run once `KILLED_AFTER` requests are answered, finish it, and return what was paid for twice."""
    month = stays(CASES)
    with _nim(seconds=0.02) as (url, pipe), tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.sqlite"
        arguments = [url, str(ledger), str(CASES), str(CONCURRENCY)]
        process = subprocess.Popen([sys.executable, "-m", drafting_process.__name__, *arguments])
        while len(_answered(pipe)) < KILLED_AFTER:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.5)
        before = sum(_answered(pipe).values())
        settings = settings_for(url, nim_concurrency=CONCURRENCY)
        resumed = draft_cases(month, facts_of(month), settings, ledger, patience=LIKE_THE_LIBRARY)
        paid_twice = sum(_answered(pipe).values()) - CASES
        stored = resumed.counts["from_cache"]
        return {
            "stored": stored,
            "in_flight": resumed.attempts["interrupted"],
            "paid_twice": paid_twice,
            "stored_paid_twice": paid_twice - (before - stored),
        }


if __name__ == "__main__":
    main()
