from __future__ import annotations

import pytest

from edscribe_pipelines.evaluate.champion import (
    MUST_NOT_FALL,
    NO_CHAMPION,
    Champion,
    champion_before,
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


def test_champion_of_another_hash_than_the_measured_one_counts_by_its_own_month(tmp_path):
    registry = tmp_path / "champion.json"
    settle_champion(registry, candidate("2026-01"), BASE)
    again = GOOD | {"rouge_l": 0.75}
    later = candidate("2026-02", rouge_l=0.7)
    assert settle_champion(registry, later, BASE, champion=again, measured="of another").promoted


@pytest.fixture
def promoted(tmp_path):
    """A registry of two promotions, of January and March, with their kept weights."""
    registry = tmp_path / "champions" / "emergency_medicine.json"
    for month, rouge_l in (("2026-01", 0.6), ("2026-03", 0.7)):
        settle_champion(registry, candidate(month, rouge_l=rouge_l), BASE)
        (tmp_path / candidate(month).adapter_path).mkdir(parents=True)
    return registry


@pytest.mark.parametrize(
    ("month", "adapter", "expected"),
    [
        ("2026-01", "adapter-2026-01", None),
        ("2026-02", "adapter-2026-02", "2026-01"),
        ("2026-03", "adapter-2026-03", "2026-01"),
        ("2026-04", "adapter-2026-04", "2026-03"),
        ("2026-04", "adapter-2026-03", "2026-01"),
    ],
)
def test_champion_of_before_is_the_last_promotion_of_an_earlier_month_with_other_weights(
    promoted, tmp_path, month, adapter, expected
):
    found = champion_before(promoted, tmp_path, month, adapter, None)
    home = tmp_path / "assets" / "lora_checkpoint"
    assert found.checkpoint == (None if expected is None else home / expected)
    assert (found.label == NO_CHAMPION) == (expected is None)


def test_champion_that_was_found_before_stays_though_a_later_one_was_promoted(promoted, tmp_path):
    first = champion_before(promoted, tmp_path, "2026-02", "adapter-2026-02", None)
    assert champion_before(promoted, tmp_path, "2026-05", "adapter-2026-05", first.label) == first
    assert champion_before(promoted, tmp_path, "2026-05", "adapter-2026-05", NO_CHAMPION).checkpoint is None


def test_champion_whose_weights_are_gone_is_not_comparable(promoted, tmp_path):
    (tmp_path / candidate("2026-03").adapter_path).rmdir()
    (tmp_path / candidate("2026-03").adapter_path).parent.rmdir()
    found = champion_before(promoted, tmp_path, "2026-04", "adapter-2026-04", None)
    assert found.checkpoint is None
    assert found.label.startswith("not comparable: ")
    assert champion_before(promoted, tmp_path, "2026-04", "adapter-2026-04", found.label) == found
