import pytest

from edscribe_pipelines.train.chat import system_message, tokenise
from edscribe_pipelines.train.preflight.lengths import Lengths, check_lengths, check_split_sizes, measure_lengths
from edscribe_pipelines_tests.train.invented import EM, invented_cases


def of(*whole):
    return Lengths([tokens // 2 for tokens in whole], [tokens - tokens // 2 for tokens in whole], list(whole))


def test_lengths_are_those_that_the_training_reads(nemotron_tokenizer):
    system = system_message(nemotron_tokenizer, EM.prompt, thinking=False)
    pairs = invented_cases().select("prompt", "completion").to_dicts()
    lengths = measure_lengths(nemotron_tokenizer, pairs, system)
    tokens = tokenise(nemotron_tokenizer, pairs, system)
    assert lengths.whole == [len(case.input_ids) for case in tokens]
    assert lengths.prompt == [case.prompt_tokens for case in tokens]
    assert all(map(int.__eq__, map(int.__add__, lengths.prompt, lengths.note), lengths.whole))


def test_splits_that_all_fit_pass():
    check = check_lengths({"train": of(100, 200), "validation": of(150)}, 200)
    assert check.verdict == "passed"
    assert check.figures["beyond"] == {"train": 0, "validation": 0}


def test_one_case_longer_than_the_context_is_warned_of_with_count_share_and_the_length_that_holds_it():
    check = check_lengths({"train": of(*[100] * 19, 201), "validation": of(150)}, 200)
    assert check.verdict == "warned"
    assert "1 of 20 train cases (5.0%)" in check.message
    assert "sequence_length: 256" in check.remedy


@pytest.mark.parametrize(("longer", "verdict"), [(1, "warned"), (2, "refused"), (10, "refused")])
def test_more_than_a_tenth_of_a_split_is_refused(longer, verdict):
    check = check_lengths({"train": of(*[201] * longer, *[100] * (10 - longer)), "validation": of(150)}, 200)
    assert check.verdict == verdict


def test_validation_split_that_would_be_left_out_is_refused():
    assert check_lengths({"train": of(100), "validation": of(300, 310)}, 200).verdict == "refused"


def test_distribution_counts_every_case_in_one_of_twelve_bins():
    whole = list(range(1, 101))
    figures = check_lengths({"train": of(*whole)}, 200).figures["splits"]["train"]["whole"]
    assert {name: figures[name] for name in ("min", "median", "p90", "p99", "max")} == {
        "min": 1,
        "median": 50,
        "p90": 90,
        "p99": 99,
        "max": 100,
    }
    assert len(figures["counts"]) == 12
    assert sum(figures["counts"]) == 100
    assert max(figures["counts"]) - min(figures["counts"]) <= 1


def test_cases_of_one_length_are_counted():
    assert sum(check_lengths({"train": of(7, 7, 7)}, 200).figures["splits"]["train"]["note"]["counts"]) == 3


@pytest.mark.parametrize("empty", ["train", "validation", "test"])
def test_empty_split_is_refused_by_name(empty):
    check = check_split_sizes({"train": 8, "validation": 1, "test": 1, empty: 0})
    assert check.verdict == "refused"
    assert f"no case in the {empty} split" in check.message
    assert "EDSCRIBE_TRAIN_TIERS" in check.remedy


def test_splits_with_cases_pass():
    assert check_split_sizes({"train": 8, "validation": 1, "test": 1}).verdict == "passed"
