"""Drafting against a real server with faults: every stay that was asked for is a case or accounted for."""

from __future__ import annotations

import logging
import threading
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.clinical.grounding.checks import check_grounding
from edscribe_pipelines.clinical.grounding.source import source_in
from edscribe_pipelines.clinical.reading.note import section_states
from edscribe_pipelines.clinical.reading.parsed_note import parse_note
from edscribe_pipelines.clinical.records import Case, QuarantinedCase, polars_schema
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.corpus.drafting.asking import Patience
from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines.corpus.drafting.outcomes import Drafting
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines_tests.corpus.drafting.fake_nim import (
    COMPLETION_TOKENS,
    PROMPT_TOKENS,
    FakeNim,
    always,
    mixed,
)
from edscribe_pipelines_tests.corpus.drafting.invented import IMPATIENT, facts_of, settings_for, stays

REQUESTED, CONCURRENCY = 1_000, 16
HASTY = replace(IMPATIENT, attempts=2)


@dataclass(frozen=True)
class Drafted:
    """A month of 1,000 stays drafted by an endpoint with all faults, and drafted again."""

    nim: FakeNim
    first: Drafting
    asked_by_first: int
    second: Drafting


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    ledger = tmp_path_factory.mktemp("month") / "ledger.sqlite"
    with FakeNim(mixed) as nim:
        first = draft(nim, ledger, REQUESTED, nim_concurrency=CONCURRENCY)
        asked = nim.asked.total()
        return Drafted(nim, first, asked, draft(nim, ledger, REQUESTED, nim_concurrency=CONCURRENCY))


def draft(nim: FakeNim, ledger: Path, count: int, patience: Patience = IMPATIENT, **settings: object) -> Drafting:
    month = stays(count)
    return draft_cases(month, facts_of(month), settings_for(nim.url, **settings), ledger, patience=patience)


def test_thousand_stays_end_as_thousand_cases_or_refusals(drafted: Drafted) -> None:
    ended = pl.concat([drafted.first.cases["encounter_id"], drafted.first.refused["encounter_id"]])
    assert (ended.len(), ended.n_unique()) == (REQUESTED, REQUESTED)
    assert drafted.first.refused["reasons"].list.len().min() == 1
    counts = drafted.first.counts
    assert counts["requested"] == REQUESTED == counts["accepted"] + sum(counts["refused"].values())
    assert counts["accepted"] > 800
    assert {"draft_truncated", "draft_not_grounded"} <= counts["refused"].keys()
    assert {"http_429", "http_500", "http_503", "cut", "malformed"} <= counts["attempts"].keys()


def test_rows_have_the_columns_of_their_records(drafted: Drafted) -> None:
    assert drafted.first.cases.schema == polars_schema(Case)
    assert drafted.first.refused.schema == polars_schema(QuarantinedCase)
    assert drafted.first.refused["stage"].unique().to_list() == ["synthetic_cases"]


def test_every_case_is_a_grounded_note_of_twelve_sections_without_reasoning(drafted: Drafted) -> None:
    for case in drafted.first.cases.iter_rows(named=True):
        assert check_grounding(parse_note(case["completion"]), source_in(case["prompt"]), complete=True) == []
        assert set(section_states(case["completion"]).values()) == {"documented", "not_documented"}
        assert "think>" not in case["completion"]
        assert "dissection" not in case["completion"]
        assert "Perhaps" not in case["completion"]


def test_case_is_marked_as_drafted_by_a_model(drafted: Drafted) -> None:
    case = drafted.first.cases.row(0, named=True)
    assert (case["tier"], case["note_origin"], case["data_use"]) == ("drafted", "model", "synthetic")
    assert case["case_id"] == f"c-{case['encounter_id'].removeprefix('e-')}-drafted"
    assert case["metadata"]["esi_level"] == 2
    assert case["completion"].startswith(SECTIONS[0].upper())


def test_refusal_that_is_about_the_note_says_what_and_where(drafted: Drafted) -> None:
    refused = drafted.first.refused.filter(pl.col("reasons").list.contains("draft_not_grounded"))
    rules = refused.explode("findings").unnest("findings")["rule"].unique().to_list()
    assert {"grounding.finding_unsupported", "grounding.vital_contradicted"} <= set(rules)


def test_concurrency_is_bounded(drafted: Drafted) -> None:
    assert 1 < drafted.nim.most_in_flight <= CONCURRENCY


def test_tokens_and_cost_are_those_that_the_endpoint_reported(drafted: Drafted) -> None:
    spent = drafted.first.spent
    billed = spent.completion_tokens // COMPLETION_TOKENS
    broken_off = drafted.first.attempts["cut"]
    assert drafted.nim.answered.total() - broken_off <= billed <= drafted.nim.answered.total()
    assert spent.prompt_tokens == billed * PROMPT_TOKENS
    assert spent.cost_usd == pytest.approx(spent.prompt_tokens * 2e-6 + spent.completion_tokens * 4e-6)
    assert spent.possibly_billed == broken_off


def test_second_run_asks_nothing_and_returns_the_same(drafted: Drafted) -> None:
    assert drafted.nim.asked.total() == drafted.asked_by_first
    assert drafted.second.cases.equals(drafted.first.cases)
    assert drafted.second.refused.equals(drafted.first.refused)
    assert drafted.second.counts["from_cache"] == REQUESTED
    assert drafted.second.counts["cost_usd"] == 0


def test_acceptance_is_counted_by_complaint(drafted: Drafted) -> None:
    acceptance = drafted.first.acceptance
    assert acceptance["complaint"].to_list() == ["chest pain", "headache", "other", "trauma"]
    assert acceptance["asked"].to_list() == [200, 200, 400, 200]
    assert acceptance["accepted"].sum() == drafted.first.cases.height


@pytest.mark.parametrize(
    ("fault", "reason", "answers"),
    [("truncated", "draft_truncated", 1), ("malformed", "draft_malformed", 3), ("unclosed", "draft_malformed", 3)],
)
def test_answer_that_makes_no_note_is_refused_and_never_paid_for_again(fault, reason, answers, tmp_path) -> None:
    with FakeNim(always(fault)) as nim:
        for _ in range(2):
            drafting = draft(nim, tmp_path / "ledger.sqlite", 2)
            assert drafting.counts["refused"] == {reason: 2}
            assert nim.answered.total() == 2 * answers


def test_stays_with_the_same_facts_are_asked_for_once(tmp_path) -> None:
    month = stays(3)
    facts = pl.Series([facts_of(month)[0]] * 3)
    with FakeNim() as nim:
        drafting = draft_cases(month, facts, settings_for(nim.url), tmp_path / "ledger.sqlite", patience=IMPATIENT)
        assert nim.asked.total() == 1
    assert drafting.cases["encounter_id"].n_unique() == 3


def test_another_model_is_asked_again(tmp_path) -> None:
    with FakeNim() as nim:
        for model in ("a", "b"):
            draft(nim, tmp_path / "ledger.sqlite", 2, nim_model=model)
        assert nim.asked.total() == 4


def test_no_more_than_the_maximum_are_asked_for_and_always_the_same(tmp_path) -> None:
    month = stays(40)
    with FakeNim() as nim:
        settings = settings_for(nim.url, draft_cases=10)
        for shuffled in (month, month.sample(fraction=1, shuffle=True, seed=3)):
            ledger = tmp_path / "ledger.sqlite"
            drafting = draft_cases(shuffled, facts_of(shuffled), settings, ledger, patience=IMPATIENT)
            assert drafting.cases.height == 10
        assert nim.asked.total() == 10


def test_stay_that_failed_the_phi_gate_is_sent_nowhere(tmp_path) -> None:
    month = stays(2, phi_gate="fail")
    with FakeNim() as nim:
        drafting = draft_cases(month, facts_of(month), settings_for(nim.url), tmp_path / "ledger.sqlite")
        assert (nim.connections, drafting.counts["kept_by_egress_wall"]) == (0, 2)


def test_endpoint_that_goes_down_stops_the_month_and_the_next_run_asks_for_the_rest(tmp_path) -> None:
    repaired = threading.Event()

    def fault_for(facts: str, attempt: int) -> str | None:
        return "503" if len(nim.answered) >= 30 and not repaired.is_set() else None

    with FakeNim(fault_for) as nim:
        with pytest.raises(StageFailed, match=r"70 of 100 stays unanswered; 30 answers are kept.*http_503"):
            draft(nim, tmp_path / "ledger.sqlite", 100, patience=HASTY, nim_concurrency=1)
        assert nim.asked.total() < 30 + 21 * HASTY.attempts
        repaired.set()
        drafting = draft(nim, tmp_path / "ledger.sqlite", 100)
        assert (drafting.counts["accepted"], drafting.counts["from_cache"]) == (100, 30)
        assert nim.answered.total() == 100


def test_few_stays_without_an_answer_are_refused_and_asked_for_again_next_time(tmp_path) -> None:
    unlucky = facts_of(stays(20))[7]
    with FakeNim(lambda facts, attempt: "500" if facts == unlucky and attempt <= IMPATIENT.attempts else None) as nim:
        assert draft(nim, tmp_path / "ledger.sqlite", 20).counts["refused"] == {"draft_unanswered": 1}
        assert draft(nim, tmp_path / "ledger.sqlite", 20).counts["accepted"] == 20
        assert nim.answered.total() == 20


@pytest.mark.parametrize("status", ["401", "404"])
def test_endpoint_that_refuses_everything_is_asked_once_and_its_words_are_not_repeated(status, tmp_path) -> None:
    with FakeNim(always(status)) as nim:
        with pytest.raises(StageFailed, match=f"http_{status}") as failed:
            draft(nim, tmp_path / "ledger.sqlite", 50, nim_concurrency=1)
        assert nim.asked.total() == 1
    assert "Female" not in "".join(traceback.format_exception(failed.value))
    assert failed.value.__cause__ is None


def test_no_facts_and_no_note_in_the_logs(tmp_path, caplog) -> None:
    with caplog.at_level(logging.DEBUG), FakeNim(mixed) as nim:
        draft(nim, tmp_path / "ledger.sqlite", 20)
    assert "Female" not in caplog.text
    assert "CHIEF" not in caplog.text.upper()


def test_ledger_holds_no_facts(tmp_path) -> None:
    with FakeNim(always("500")) as nim, pytest.raises(StageFailed):
        draft(nim, tmp_path / "ledger.sqlite", 5)
    assert not any(b"Female" in path.read_bytes() for path in tmp_path.iterdir())


def test_progress_counts_questions(tmp_path) -> None:
    month, seen = stays(5), []
    with FakeNim() as nim:
        settings = settings_for(nim.url)
        draft_cases(month, facts_of(month), settings, tmp_path / "l.sqlite", lambda *done: seen.append(done))
    assert seen == [(done, 5) for done in range(1, 6)]


def test_empty_month_gives_empty_tables_and_asks_nothing(tmp_path) -> None:
    with FakeNim() as nim:
        drafting = draft(nim, tmp_path / "ledger.sqlite", 0)
        assert (drafting.counts["requested"], nim.connections) == (0, 0)
    assert drafting.cases.schema == polars_schema(Case)


def test_without_an_endpoint_says_which_setting_is_missing(tmp_path) -> None:
    month = stays(1)
    with pytest.raises(BadInput, match="NIM_URL"):
        draft_cases(
            month, facts_of(month), settings_for("http://x").model_copy(update={"nim_url": None}), tmp_path / "l"
        )
