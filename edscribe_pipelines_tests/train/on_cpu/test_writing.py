"""Notes written by hand against transformers' `generate`, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from edscribe_pipelines.train.on_cpu import writing
from edscribe_pipelines.train.on_cpu.writing import write_greedily
from edscribe_pipelines_tests.train.tiny_llama import VOCABULARY, tiny_llama

LIMIT = 40
NEVER = VOCABULARY
"""A token that no model writes."""


def drawn(length: int, seed: int) -> list[int]:
    return torch.randint(VOCABULARY, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


PROMPTS = [drawn(length, length) for length in (5, 1, 33, 12, 2)]


@pytest.fixture(scope="module", params=[(3, 1, 96), (6, 2, 192)], ids=["3 heads, 1 key head", "6 heads, 2 key heads"])
def model(request: pytest.FixtureRequest) -> Any:
    heads, key_heads, hidden_size = request.param
    return tiny_llama(heads=heads, key_heads=key_heads, hidden_size=hidden_size).eval()


def by_transformers(model: Any, prompt: list[int]) -> list[int]:
    """Return what transformers writes where nothing ends an answer before the limit."""
    given = torch.tensor([prompt])
    with torch.inference_mode():
        tokens = model.generate(given, attention_mask=torch.ones_like(given), do_sample=False, max_new_tokens=LIMIT)
    return tokens[0, len(prompt) :].tolist()


def up_to(end: int, answer: list[int]) -> list[int]:
    return answer[: answer.index(end) + 1] if end in answer else answer


@pytest.fixture(scope="module")
def answers(model: Any) -> list[list[int]]:
    return [by_transformers(model, prompt) for prompt in PROMPTS]


def test_answers_are_those_of_transformers_token_by_token(model: Any, answers: list[list[int]]) -> None:
    assert write_greedily(model, PROMPTS, end=NEVER, limit=LIMIT) == answers
    assert len({tuple(answer) for answer in answers}) == len(PROMPTS)
    assert all(len(set(answer)) > 1 for answer in answers)


def test_each_answer_ends_with_the_end_where_it_first_comes(model: Any, answers: list[list[int]]) -> None:
    """The end is a token from the midst of an answer; others hold it earlier, later or not at all."""
    for end in {answer[place] for answer in answers for place in (0, 3, LIMIT // 2)}:
        found = write_greedily(model, PROMPTS, end=end, limit=LIMIT)
        assert found == [up_to(end, answer) for answer in answers]
        assert any(answer[-1] == end for answer in found)


def test_answer_may_be_its_end_alone(model: Any, answers: list[list[int]]) -> None:
    end = answers[0][0]
    assert write_greedily(model, PROMPTS[:1], end=end, limit=LIMIT) == [[end]]


@pytest.mark.parametrize("limit", [1, 2, 17])
def test_answer_without_an_end_has_as_many_tokens_as_the_limit(
    model: Any, answers: list[list[int]], limit: int
) -> None:
    found = write_greedily(model, PROMPTS, end=NEVER, limit=limit)
    assert found == [answer[:limit] for answer in answers]


def test_answers_written_together_equal_those_written_one_by_one(model: Any) -> None:
    together = write_greedily(model, PROMPTS, end=NEVER, limit=LIMIT)
    assert together == [write_greedily(model, [prompt], end=NEVER, limit=LIMIT)[0] for prompt in PROMPTS]


def test_answers_are_the_same_again(model: Any) -> None:
    first, second = (write_greedily(model, PROMPTS, end=NEVER, limit=LIMIT) for _ in range(2))
    assert first == second


Passes = list[int]
"""How many places of each answer were asked at once, for each pass of the model."""


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Passes:
    counted: Passes = []
    go_on = writing._Batch.go_on

    def counting(batch: Any, tokens: Sequence[int], guesses: Sequence[Sequence[int]]) -> list[list[int]]:
        counted.append(1 + max(map(len, guesses)))
        return go_on(batch, tokens, guesses)

    monkeypatch.setattr(writing._Batch, "go_on", counting)
    return counted


@pytest.fixture(scope="module")
def repeating() -> Any:
    """A model in which a token all but decides the next one, so that it soon goes round in circles."""
    model = tiny_llama(tie_word_embeddings=False).eval()
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.mul_(0.01)
            layer.mlp.down_proj.weight.mul_(0.01)
    return model


@pytest.mark.parametrize("prompts", [PROMPTS[2:3], PROMPTS], ids=["one", "several"])
def test_guessing_saves_passes_and_changes_no_token(
    repeating: Any, prompts: list[list[int]], passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = 100
    guessed = write_greedily(repeating, prompts, end=NEVER, limit=limit)
    with_guesses = len(passes)
    assert max(passes) == 1 + writing._GUESSED
    passes.clear()
    monkeypatch.setattr(writing, "_GUESSED", 0)
    assert write_greedily(repeating, prompts, end=NEVER, limit=limit) == guessed
    assert passes == [1] * (limit - 1)
    assert with_guesses < 0.75 * len(passes)


def test_guessed_answers_are_those_of_transformers(repeating: Any) -> None:
    """One ends amid what was guessed, others go on."""
    whole = [by_transformers(repeating, prompt) for prompt in PROMPTS]
    for end in (NEVER, whole[0][-1]):
        assert write_greedily(repeating, PROMPTS, end=end, limit=LIMIT) == [up_to(end, answer) for answer in whole]
