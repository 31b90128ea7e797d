from __future__ import annotations

import pytest

from edscribe_pipelines.evaluate.champion import (
    MUST_NOT_FALL,
    Champion,
    champion_hash,
    decide_champion,
    read_champion,
    settle_champion,
)
from edscribe_pipelines.files import read_json

BASE = {
    "guardrail_compliant": 0.1,
    "content_compliant": 1.0,
    "complete_notes": 0.0,
    "completeness": 0.4,
    "rouge_l": 0.3,
}
GOOD = {
    "guardrail_compliant": 0.9,
    "content_compliant": 0.9,
    "complete_notes": 0.9,
    "completeness": 0.9,
    "rouge_l": 0.6,
}


def candidate(month, **changed):
    path = f"assets/lora_checkpoint/{month}/adapter"
    return Champion("emergency_medicine", month, f"adapter-{month}", path, GOOD | changed)


def test_first_candidate_that_beats_its_base_is_promoted():
    assert decide_champion(GOOD, BASE, None).promoted


@pytest.mark.parametrize("metric", ["completeness", "rouge_l"])
def test_first_candidate_level_with_its_base_is_not_promoted(metric):
    decision = decide_champion(GOOD | {metric: BASE[metric]}, BASE, None)
    assert not decision.promoted
    assert len(decision.reasons) == 1


def test_better_rouge_l_promotes_where_safety_holds():
    assert decide_champion(GOOD | {"rouge_l": 0.61}, BASE, GOOD).promoted


def test_level_rouge_l_keeps_the_champion():
    assert not decide_champion(GOOD, BASE, GOOD).promoted


@pytest.mark.parametrize("metric", MUST_NOT_FALL)
def test_no_likeness_buys_a_loss_of_safety(metric):
    decision = decide_champion(GOOD | {"rouge_l": 0.99, metric: 0.89}, BASE, GOOD)
    assert not decision.promoted
    assert "is below the champion" in decision.reasons[0]


def test_there_is_no_champion_before_the_first(tmp_path):
    assert read_champion(tmp_path / "champion.json") is None
    assert champion_hash(None) is None


def test_promotion_names_the_champion_before_and_keeps_the_history(tmp_path):
    registry = tmp_path / "champions" / "emergency_medicine.json"
    assert settle_champion(registry, candidate("2026-01"), BASE).promoted
    first = read_champion(registry)
    assert settle_champion(registry, candidate("2026-02", rouge_l=0.7), BASE).promoted
    assert not settle_champion(registry, candidate("2026-03", rouge_l=0.8, complete_notes=0.8), BASE).promoted
    now = read_champion(registry)
    assert (now.month, now.previous) == ("2026-02", champion_hash(first))
    assert [entry["promoted"] for entry in read_json(registry)["history"]] == [True, True, False]


def test_rerun_of_a_settled_month_changes_nothing(tmp_path):
    registry = tmp_path / "champion.json"
    decisions = [settle_champion(registry, candidate("2026-01"), BASE) for _ in range(2)]
    assert decisions[0] == decisions[1]
    assert len(read_json(registry)["history"]) == 1


def test_champion_measured_on_the_same_cases_counts_before_its_own_month(tmp_path):
    registry = tmp_path / "champion.json"
    settle_champion(registry, candidate("2026-01"), BASE)
    again = GOOD | {"rouge_l": 0.75}
    assert not settle_champion(registry, candidate("2026-02", rouge_l=0.7), BASE, champion=again).promoted
