"""MiniLM with the adapters that the package ships."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from edscribe_pipelines.deidentify.adapted_minilm import (
    AdaptedMiniLM,
    Adapter,
    adapt,
    batch_of,
    pieces_of,
    shares_of,
    windows_of,
)
from edscribe_pipelines.deidentify.finding.learned.network import CLASSES, TRAITS, words_of
from edscribe_pipelines.deidentify.finding.learned.tokens import tokens_of
from phi_reader.adapting import trainable

READER = Adapter("edscribe_pipelines.deidentify.finding.learned", "phi_adapter.safetensors", TRAITS, len(CLASSES))
NOTE = "Seen for cough. Lives on Tanwell Crescent with her sister. Lungs clear.\nHome on rest, return if worse.\n"


@given(pieces=st.integers(0, 700), size=st.integers(40, 126), overlap=st.integers(0, 32))
def test_windows_count_every_piece_once(pieces: int, size: int, overlap: int) -> None:
    windows = list(windows_of(pieces, size, overlap))
    assert [place for window in windows for place in range(window.since, window.until)] == list(range(pieces))
    assert all(window.start <= window.since and window.until <= window.end for window in windows)
    assert all(window.end - window.start <= size for window in windows)


def test_each_word_of_a_long_text_gets_its_shares() -> None:
    words = words_of(tokens_of(NOTE * 30))
    (shares,) = shares_of(READER, [words])
    assert len(shares) == len(words)
    assert all(sum(of_word) == pytest.approx(1, abs=1e-3) for of_word in shares)


def test_what_is_read_beside_a_text_does_not_change_it() -> None:
    words = words_of(tokens_of(NOTE))
    (alone,) = shares_of(READER, [words])
    beside, _ = shares_of(READER, [words, words_of(tokens_of("Well."))])
    assert torch.allclose(torch.tensor(alone), torch.tensor(beside), atol=0.05)


def test_text_without_words_is_read() -> None:
    assert shares_of(READER, [[], words_of(tokens_of("Well."))])[0] == []


def test_shipped_adapter_names_what_context_tells() -> None:
    tokens = tokens_of(NOTE)
    (shares,) = shares_of(READER, [words_of(tokens)])
    chance = {token.text: 1 - of_word[0] for token, of_word in zip(tokens, shares, strict=True)}
    assert chance["Tanwell"] > 0.9
    assert chance["Lungs"] < 0.05


def test_low_rank_change_that_was_learned_is_the_one_that_is_loaded() -> None:
    torch.manual_seed(1)
    learned = trainable(AdaptedMiniLM(3, 2)).eval()
    for weight in learned.parameters():
        if weight.requires_grad:
            weight.data += 0.02 * torch.randn_like(weight)
    saved = {
        name.replace(".matrix", ""): weight.detach()
        for name, weight in learned.named_parameters()
        if weight.requires_grad
    }
    loaded = AdaptedMiniLM(3, 2).eval()
    adapt(loaded, saved)
    pieces = pieces_of([("fever", (0,)), ("", (1, 2)), ("\n", ())])
    batch = batch_of([(pieces, window) for window in windows_of(len(pieces.ids))], 3)
    with torch.inference_mode():
        assert torch.allclose(learned(*batch), loaded(*batch), atol=1e-3)
