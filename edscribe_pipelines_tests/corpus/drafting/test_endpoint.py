"""What comes of one request, against a server that misbehaves."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import Any

import pytest

from edscribe_pipelines.corpus.drafting.answers import read_answer
from edscribe_pipelines.corpus.drafting.endpoint import Endpoint, Reply
from edscribe_pipelines.corpus.drafting.instructions import question_about
from edscribe_pipelines.retry_after import retry_after_seconds
from edscribe_pipelines_tests.corpus.drafting.fake_nim import FakeNim, always
from edscribe_pipelines_tests.corpus.drafting.invented import facts_of, settings_for, stays

FACTS = facts_of(stays(1))[0]


def ask(url: str, answer_within: float = 5.0, **settings: Any) -> Reply:
    configured = settings_for(url, **settings)

    async def once() -> Reply:
        async with Endpoint(configured, answer_within) as endpoint:
            return await endpoint.ask(question_about(FACTS, "open", configured))

    return asyncio.run(once())


def test_request_is_sent_as_it_was_hashed() -> None:
    with FakeNim() as nim:
        reply = ask(nim.url)
        assert nim.bodies == [question_about(FACTS, "open", settings_for(nim.url)).body]
        assert nim.headers[0].startswith("POST /v1/chat/completions ")
    assert reply.status == "completed"
    assert read_answer(reply.body).status == "answered"


@pytest.mark.parametrize("status", ["307", "400", "401", "408", "429", "500", "503"])
def test_status_is_told_and_the_request_made_once(status: str) -> None:
    with FakeNim(always(status), retry_after="7") as nim:
        reply = ask(nim.url)
        assert nim.asked.total() == 1
    assert (reply.status, reply.body, reply.retry_after) == (f"http_{status}", b"", 7.0)


@pytest.mark.parametrize("fault", ["cut", "half"])
def test_connection_that_breaks_is_cut(fault: str) -> None:
    with FakeNim(always(fault)) as nim:
        assert ask(nim.url).status == "cut"
        assert nim.asked.total() == 1


def test_port_where_nobody_listens_is_cut() -> None:
    with FakeNim() as nim:
        url = nim.url
    assert ask(url).status == "cut"


def test_answer_that_takes_too_long_is_a_timeout() -> None:
    with FakeNim(always("slow"), slow_seconds=2.0) as nim:
        assert ask(nim.url, answer_within=0.2).status == "timeout"


@pytest.mark.parametrize(
    ("header", "seconds"), [("0.5", 0.5), ("12", 12.0), ("-3", 0.0), ("", 0.0), ("soon", 0.0), ("nan", 0.0)]
)
def test_retry_after_is_read_in_seconds(header: str, seconds: float) -> None:
    assert retry_after_seconds(header) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    assert 50 < retry_after_seconds(formatdate(time.time() + 60, usegmt=True)) <= 60
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
