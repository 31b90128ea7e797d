from __future__ import annotations

import pytest

from edscribe_pipelines.evaluate.similarity import is_cut, score_bertscore, score_rouge


def test_identical_texts_score_one():
    (rouge,) = score_rouge(["chest pain\nHR 98"], ["chest pain\nHR 98"])
    assert rouge == {"rouge_l": 1.0, "rouge_lsum": 1.0}
    assert score_bertscore(["chest pain"], ["chest pain"]) == pytest.approx([1.0], abs=1e-5)


def test_reordered_lines_halve_rouge_l_but_not_rouge_lsum():
    (rouge,) = score_rouge(["chest pain today\nhome drugs none"], ["home drugs none\nchest pain today"])
    assert rouge == {"rouge_l": 0.5, "rouge_lsum": 1.0}


def test_rouge_l_of_a_known_pair():
    # Three of the four words, in order: precision and recall are both 3/4.
    (rouge,) = score_rouge(["police killed the gunman"], ["police kill the gunman"])
    assert rouge["rouge_l"] == 0.75


def test_bertscore_tells_likeness_apart():
    alike, unlike = score_bertscore(["chest pain for two days"] * 2, ["chest pain since two days", "left ankle sprain"])
    assert alike > 0.8 > 0.5 > unlike


def test_text_without_a_word_scores_zero_instead_of_stopping_the_run():
    assert score_bertscore(["aspirin", "\u200b"], ["\u200b", "\u200b"]) == [0.0, 0.0]
    assert score_bertscore([], []) == []


def test_text_is_cut_beyond_510_words_and_two_marks():
    assert not is_cut("word " * 510)
    assert is_cut("word " * 511)
