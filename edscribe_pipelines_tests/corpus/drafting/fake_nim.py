"""A NIM endpoint on this machine: real HTTP over real sockets, with every fault that an endpoint can have.

It writes notes from the facts that it is sent, in the OpenAI format, and counts what it answered: that is what
a real endpoint would bill.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson

from edscribe_pipelines.clinical.sections import SECTIONS

Fault = str
PROMPT_TOKENS, COMPLETION_TOKENS = 1_000, 500

_SECTION_OF_LINE = {
    "Chief complaint: ": "Chief Complaint",
    "Triage acuity ": "History of Present Illness",
    "Triage vital signs: ": "Physical Examination",
    "At ": "ED Course & Procedures",
    "Dispensed: ": "ED Course & Procedures",
    "Home medications: ": "Medications",
    "Recorded diagnoses: ": "Medical Decision Making",
}
_STATUSES = {"429": "429 Too Many Requests", "500": "500 Internal Server Error", "503": "503 Service Unavailable"}
FAULTS = (
    "429",
    "500",
    "503",
    "cut",
    "half",
    "slow",
    "malformed",
    "no_json",
    "think",
    "unclosed",
    "truncated",
    "invented",
)
"""All faults of `mixed`, the harmless ones (slow, think) among them."""


def mixed(facts: str, attempt: int) -> Fault | None:
    """Return a fault for four of ten first attempts and every fourth later one, the same for the same facts."""
    drawn = hashlib.sha256(f"{attempt} {facts}".encode()).digest()
    troubled = drawn[0] < (102 if attempt == 1 else 64)
    return FAULTS[drawn[1] % len(FAULTS)] if troubled else None


def always(fault: Fault) -> Callable[[str, int], Fault | None]:
    return lambda facts, attempt: fault


def never(facts: str, attempt: int) -> Fault | None:
    return None


class FakeNim:
    """A server in a thread of its own. `answered` and `asked` count completions and requests by facts."""

    def __init__(
        self,
        fault_for: Callable[[str, int], Fault | None] = never,
        *,
        host: str = "127.0.0.1",
        seconds: float = 0.0,
        slow_seconds: float = 0.05,
        redirect_to: str = "",
        retry_after: str = "0",
    ) -> None:
        self._fault_for = fault_for
        self._host = host
        self._seconds, self._slow_seconds = seconds, slow_seconds
        self._redirect_to = redirect_to
        self._retry_after = retry_after
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[str] = []
        self.connections = 0
        self.bytes_received = 0
        self.in_flight = 0
        self.most_in_flight = 0

    def __enter__(self) -> FakeNim:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}/v1"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._converse, self._host, 0))
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        server.close()
        self._loop.run_until_complete(asyncio.sleep(0.01))

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection ends with it."""
        first = await reader.read(1)
        self.bytes_received += len(first)
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:"))
        content = await reader.readexactly(length)
        self.bytes_received += len(head) + length - 1
        self.headers.append(head)
        body = orjson.loads(content)
        self.bodies.append(body)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._reply(body, writer)
        finally:
            self.in_flight -= 1

    async def _reply(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        facts = body["messages"][-1]["content"]
        self.asked[facts] += 1
        fault = self._fault_for(facts, self.asked[facts])
        await asyncio.sleep(self._slow_seconds if fault == "slow" else self._seconds)
        if fault == "cut":
            return False
        if fault == "redirect":
            return await self._send(writer, "307 Temporary Redirect", b"{}", f"Location: {self._redirect_to}\r\n")
        if fault and fault.isdigit():
            error = orjson.dumps({"error": {"message": f"cannot serve: {facts}"}})
            status = _STATUSES.get(fault, f"{fault} Refused")
            return await self._send(writer, status, error, f"Retry-After: {self._retry_after}\r\n")
        self.answered[facts] += 1
        answer = completion(facts, fault)
        if fault == "half":
            await self._send(writer, "200 OK", answer, cut_to=len(answer) // 2)
            return False
        return await self._send(writer, "200 OK", answer)

    async def _send(
        self, writer: asyncio.StreamWriter, status: str, content: bytes, header: str = "", cut_to: int | None = None
    ) -> bool:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n{header}\r\n"
        writer.write(head.encode() + content[:cut_to])
        await writer.drain()
        return True


def completion(facts: str, fault: Fault | None) -> bytes:
    """Return the body of a chat completion about `facts`."""
    if fault == "no_json":
        return b"<html>upstream connect error</html>"
    note = note_about(facts)
    if fault == "invented":
        note["Physical Examination"] += " Lungs clear, HR 199."
    content = orjson.dumps(note).decode()
    content = {
        "think": f"<think>The patient may have a dissection {{so}} 77.</think>\n\n{content}",
        "unclosed": "<think>The patient may have",
        "malformed": content[:-40],
        "truncated": content[:40],
    }.get(fault or "", content)
    return orjson.dumps(
        {
            "object": "chat.completion",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "length" if fault == "truncated" else "stop",
                    "message": {"role": "assistant", "content": content, "reasoning_content": "Perhaps 77."},
                }
            ],
            "usage": {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS},
        }
    )


def note_about(facts: str) -> dict[str, str]:
    """Return a note in which every line of the facts stands in its section, and nothing else."""
    first, *lines = facts.splitlines()
    note = dict.fromkeys(SECTIONS, "") | {"History of Present Illness": f"{first}."}
    for line in lines:
        section = next((name for label, name in _SECTION_OF_LINE.items() if line.startswith(label)), "Disposition")
        note[section] = f"{note[section]}\n{line}.".strip()
    return note
