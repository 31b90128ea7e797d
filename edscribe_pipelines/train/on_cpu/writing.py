"""Notes written greedily by a Llama on a CPU, many at a time.

What costs a step is reading: all weights, and the keys and values of every token before. transformers copies the latter
several times a step; here they stand in place, and each key head is read once for all the query heads that share it.
And a step writes as many tokens as it can: a note repeats much of its prompt and of itself, so what followed the last
three tokens before is guessed to follow again, and the model is asked at all the guessed places at once (prompt lookup
decoding: Saxena 2023; after Leviathan et al. 2023, arXiv:2211.17192). A guess counts where it is what the model would
have written, so that the note is the greedy one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from edscribe_pipelines.train.on_cpu.attention import Segment, attend
from edscribe_pipelines.train.on_cpu.block import Block, normalise

_GUESSED = 9
_ALIKE = 3


def write_greedily(model: Any, prompts: Sequence[Sequence[int]], *, end: int, limit: int) -> list[list[int]]:
    """Return the answer to each of `prompts`, as tokens: with the token `end` where it ended within `limit` tokens.

    `model` is a Llama without adapters of its own.
    """
    with torch.inference_mode():
        batch = _Batch(model, prompts, limit)
        texts = [_Text(prompt, end, limit) for prompt in prompts]
        for text, token in zip(texts, batch.begin(prompts), strict=True):
            text.add([token])
        while not all(text.ended for text in texts):
            guesses = [text.guess() for text in texts]
            chosen = batch.go_on([text.tokens[-1] for text in texts], guesses)
            for row, (text, guess, tokens) in enumerate(zip(texts, guesses, chosen, strict=True)):
                right = next((place for place, token in enumerate(guess) if token != tokens[place]), len(guess))
                batch.keep(row, text.add(tokens[: right + 1]))
        return [text.answer for text in texts]


class _Text:
    """A prompt and its answer so far, and what followed every three tokens in it."""

    def __init__(self, prompt: Sequence[int], end: int, limit: int) -> None:
        self.tokens: list[int] = []
        self._begun, self._end, self._limit = len(prompt), end, limit
        self._followed_by: dict[tuple[int, ...], int] = {}
        self.ended = False
        self._extend(prompt)

    @property
    def answer(self) -> list[int]:
        return self.tokens[self._begun :]

    def add(self, tokens: Sequence[int]) -> int:
        """Take the next tokens of the answer, up to its end; return how many they were."""
        if self.ended:
            return 0
        room = self._limit - len(self.tokens) + self._begun
        until = tokens.index(self._end) + 1 if self._end in tokens else len(tokens)
        taken = tokens[: min(room, until)]
        self._extend(taken)
        self.ended = taken[-1] == self._end or len(taken) == room
        return len(taken)

    def guess(self) -> list[int]:
        """Return what may follow: what followed the last tokens when they stood here before."""
        place = self._followed_by.get(tuple(self.tokens[-_ALIKE:]))
        return [] if place is None or self.ended else self.tokens[place : place + _GUESSED]

    def _extend(self, tokens: Sequence[int]) -> None:
        for token in tokens:
            self._followed_by[tuple(self.tokens[-_ALIKE:])] = len(self.tokens)
            self.tokens.append(token)


class _Batch:
    """Keys and values of all tokens so far: [answers, key heads, tokens, width] for each block."""

    def __init__(self, model: Any, prompts: Sequence[Sequence[int]], limit: int) -> None:
        self._model = model
        self._blocks = [Block(layer) for layer in model.model.layers]
        block, room = self._blocks[0], max(map(len, prompts)) + limit + _GUESSED
        shape = (len(prompts), block.key_heads, room, block.width)
        self._keys, self._values = (
            [torch.zeros(shape, dtype=model.dtype) for _ in self._blocks] for _ in ("keys", "values")
        )
        self._lengths = torch.tensor([len(prompt) for prompt in prompts])
        turning = model.model.rotary_emb(self._keys[0], torch.arange(room)[None])
        self._cosines, self._sines = (each[0, :, None, : block.width // 2] for each in turning)

    def begin(self, prompts: Sequence[Sequence[int]]) -> list[int]:
        """Read the prompts; return the first token of each answer."""
        last = [self._read(row, prompt) for row, prompt in enumerate(prompts)]
        return self._choose(torch.stack(last)).tolist()

    def _read(self, row: int, prompt: Sequence[int]) -> torch.Tensor:
        length = len(prompt)
        whole = [Segment(0, length, 0)]
        hidden = self._model.model.embed_tokens(torch.tensor(prompt))
        for block, keys, values in zip(self._blocks, self._keys, self._values, strict=True):
            query, key, value = block.read(hidden, self._cosines[:length], self._sines[:length])
            keys[row, :, :length] = key.transpose(0, 1)
            values[row, :, :length] = value.transpose(0, 1)
            hidden = block.write(hidden, attend(query, key, value, whole)[0].flatten(1))
        return hidden[-1]

    def go_on(self, tokens: Sequence[int], guesses: Sequence[Sequence[int]]) -> list[list[int]]:
        """Return the token after each of `tokens`, the latest of each answer, and after each guess behind it.

        How many of them count `keep` has to say.
        """
        width = 1 + max(map(len, guesses))
        read = [
            [token, *guess, *[token] * (width - 1 - len(guess))] for token, guess in zip(tokens, guesses, strict=True)
        ]
        places = self._lengths[:, None] + torch.arange(width)
        rows = torch.arange(len(read))[:, None].expand_as(places)
        until = int(places.max()) + 1
        later = torch.arange(until) > places[:, :, None]
        share = self._blocks[0].heads // self._blocks[0].key_heads
        mask = torch.zeros(later.shape, dtype=self._model.dtype).masked_fill_(later, -torch.inf)
        mask = mask.repeat_interleave(share, 1).unsqueeze(1)
        cosines, sines = self._cosines[places.flatten()], self._sines[places.flatten()]
        hidden = self._model.model.embed_tokens(torch.tensor(read).flatten())
        for block, keys, values in zip(self._blocks, self._keys, self._values, strict=True):
            query, key, value = block.read(hidden, cosines, sines)
            keys[rows.flatten(), :, places.flatten()] = key
            values[rows.flatten(), :, places.flatten()] = value
            grouped = query.reshape(len(read), width, block.key_heads, share, -1).permute(0, 2, 1, 3, 4).flatten(2, 3)
            seen = functional.scaled_dot_product_attention(
                grouped, keys[:, :, :until], values[:, :, :until], attn_mask=mask
            )
            seen = seen.unflatten(2, (width, share)).permute(0, 2, 1, 3, 4)
            hidden = block.write(hidden, seen.reshape(len(hidden), -1))
        return self._choose(hidden).view(-1, width).tolist()

    def keep(self, row: int, tokens: int) -> None:
        """Let the latest `tokens` of an answer count; what stands behind them will be written over."""
        self._lengths[row] += tokens

    def _choose(self, hidden: torch.Tensor) -> torch.Tensor:
        return self._model.lm_head(normalise(hidden, self._model.model.norm)[0]).argmax(-1)
