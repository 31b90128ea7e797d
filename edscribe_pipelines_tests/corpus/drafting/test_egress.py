"""The egress wall, with two real servers: only 127.0.0.1 is trusted, and nothing reaches 127.0.0.2."""

from __future__ import annotations

import asyncio
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.drafting.endpoint import Endpoint
from edscribe_pipelines.corpus.drafting.instructions import question_about
from edscribe_pipelines.data_use.wall import EgressRefused
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines_tests.corpus.drafting.fake_nim import FakeNim, always
from edscribe_pipelines_tests.corpus.drafting.invented import IMPATIENT, facts_of, settings_for, stays

TRUSTED = ("127.0.0.1",)
BOUND = ("credentialed", "institutional")


@pytest.mark.parametrize("data_use", BOUND)
def test_bound_rows_reach_a_trusted_host_and_no_other(data_use: str, tmp_path: Path) -> None:
    month = stays(4, data_use=data_use)
    with FakeNim() as trusted, FakeNim(host="127.0.0.2") as stranger:
        for nim, drafted in ((stranger, 0), (trusted, 4)):
            settings = settings_for(nim.url, trusted_hosts=TRUSTED)
            drafting = draft_cases(month, facts_of(month), settings, tmp_path / "ledger.sqlite")
            assert (drafting.cases.height, drafting.counts["kept_by_egress_wall"]) == (drafted, 4 - drafted)
        assert (stranger.connections, stranger.bytes_received) == (0, 0)


def test_rows_kept_back_are_neither_cases_nor_refused(tmp_path: Path) -> None:
    month = pl.concat([stays(2), stays(4, data_use="credentialed").tail(2)])
    with FakeNim(host="127.0.0.2") as stranger:
        settings = settings_for(stranger.url, trusted_hosts=TRUSTED)
        drafting = draft_cases(month, facts_of(month), settings, tmp_path / "ledger.sqlite")
        sent = [body["messages"][-1]["content"] for body in stranger.bodies]
    assert sorted(sent) == sorted(facts_of(month.head(2)))
    assert drafting.asked["encounter_id"].to_list() == month["encounter_id"].head(2).to_list()


@pytest.mark.parametrize("data_use", [*BOUND, "a kind that nobody named"])
def test_endpoint_refuses_a_bound_row_that_was_let_through_before(data_use: str) -> None:
    """The second wall by itself: the question is asked although its stay should never have been chosen."""

    async def ask(settings) -> None:
        async with Endpoint(settings, 5.0) as endpoint:
            await endpoint.ask(question_about("Female, 61 years", data_use, settings))

    with FakeNim(host="127.0.0.2") as stranger:
        with pytest.raises(EgressRefused):
            asyncio.run(ask(settings_for(stranger.url, trusted_hosts=TRUSTED)))
        assert (stranger.connections, stranger.bytes_received) == (0, 0)


def test_redirect_of_a_trusted_host_is_not_followed(tmp_path: Path) -> None:
    month = stays(4, data_use="credentialed")
    with FakeNim(host="127.0.0.2") as stranger:
        with FakeNim(always("redirect"), redirect_to=f"{stranger.url}/chat/completions") as trusted:
            settings = settings_for(trusted.url, trusted_hosts=TRUSTED)
            with pytest.raises(StageFailed, match="http_307"):
                draft_cases(month, facts_of(month), settings, tmp_path / "ledger.sqlite", patience=IMPATIENT)
        assert (stranger.connections, stranger.bytes_received) == (0, 0)


def test_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    month = stays(2, data_use="credentialed")
    with FakeNim(host="127.0.0.2") as proxy, FakeNim() as trusted:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        settings = settings_for(trusted.url, trusted_hosts=TRUSTED)
        assert draft_cases(month, facts_of(month), settings, tmp_path / "ledger.sqlite").cases.height == 2
        assert proxy.connections == 0


def test_key_of_another_service_is_never_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    month = stays(1)
    with FakeNim() as nim:
        draft_cases(month, facts_of(month), settings_for(nim.url), tmp_path / "a.sqlite")
        draft_cases(month, facts_of(month), settings_for(nim.url, nim_api_key="nvapi-1"), tmp_path / "b.sqlite")
        first, second = nim.headers
    assert "sk-of-another-service" not in first
    assert "Bearer nvapi-1" in second
