"""A base small enough to adapt in minutes: a NemotronH of a million parameters that writes generic SOAP notes.

It begins at random and learns, all of it, to state a case's facts under four headings: Subjective, Objective,
Assessment, Plan, after Weed (N Engl J Med 1968;278:593-600). Sections without facts are left out, as a scribe does that
knows no emergency department. It is saved as Hugging Face distributes a base. Its tokenizer is learned from the
training cases alone, its chat template leaves the system prompt out: so small a model follows none.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from edscribe_pipelines.clinical.reading.note import split_sections
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS
from edscribe_pipelines.train.chat import CaseTokens, Pair, tokenise
from edscribe_pipelines_tests.train.tiny_hybrid import hybrid_config, like_nemotron

NAME = "edscribe/tiny-nemotron-h"
PATTERN, HIDDEN_SIZE, VOCABULARY = "M-M*-M*-", 128, 2_048
CASES_PER_STEP, LEARNING_RATE, WARM_UP_STEPS = 8, 3e-3, 20

PROMPT, NOTE, END = "<|prompt|>", "<|note|>", "<|end|>"
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'user' %}" + PROMPT + "{{ message['content'] }}" + NOTE + "{% endif %}"
    "{% if message['role'] == 'assistant' %}{{ message['content'] }}" + END + "{% endif %}{% endfor %}"
)

_PARTS = {
    "SUBJECTIVE": SECTIONS[:7],
    "OBJECTIVE": ("Physical Examination", "Labs & Imaging"),
    "ASSESSMENT": ("Medical Decision Making",),
    "PLAN": ("ED Course & Procedures", "Disposition"),
}


def learn_tokenizer(texts: Iterable[str]) -> Any:
    """Return a byte-level tokenizer that is learned from `texts`, with the template above."""
    return like_nemotron(texts, TEMPLATE, marks=(PROMPT, NOTE, END), vocabulary=VOCABULARY)


def make_base(
    folder: Path, cases: list[Pair], *, steps: int, seed: int, on_step: Callable[[int, float], None]
) -> float:
    """Write a base that has learned `cases` as SOAP notes to `folder`; return the mean loss of its last ten steps."""
    import torch
    from transformers import NemotronHForCausalLM

    torch.manual_seed(seed)
    tokenizer = learn_tokenizer(text for case in cases for text in case.values())
    model = NemotronHForCausalLM(hybrid_config(tokenizer, pattern=PATTERN, hidden_size=HIDDEN_SIZE))
    soap = [case | {"completion": as_soap(case["completion"])} for case in cases]
    losses = []
    for step, loss in enumerate(_learn(model, tokenise(tokenizer, soap, system=""), steps, seed), start=1):
        losses.append(loss)
        on_step(step, loss)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return sum(losses[-10:]) / len(losses[-10:])


def as_soap(note: str) -> str:
    """Return the documented sections of a twelve-section note, regrouped under four headings."""
    documented = {name: text for name, text in split_sections(note).items() if text and text != NOT_DOCUMENTED}
    parts = {
        part: "\n".join(documented[name] for name in names if name in documented) for part, names in _PARTS.items()
    }
    return "\n\n".join(f"{part}\n{text}" for part, text in parts.items() if text)


def _learn(model: Any, lessons: list[CaseTokens], steps: int, seed: int) -> Iterator[float]:
    import torch
    from torch.nn.functional import cross_entropy

    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / WARM_UP_STEPS))
    chance = random.Random(seed)
    model.train()
    for _ in range(steps):
        tokens, labels = _as_batch(chance.sample(lessons, min(CASES_PER_STEP, len(lessons))))
        # padding is on the right: nothing that is learned comes after it
        loss = cross_entropy(model(input_ids=tokens).logits.flatten(0, 1), labels.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        yield loss.item()


def _as_batch(lessons: list[CaseTokens]) -> tuple[Any, Any]:
    """Return tokens and labels [cases, tokens]; a label is the next token, on the note alone."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    columns = (
        ([tokens[:-1] for tokens, _ in lessons], 0),
        ([[-100] * (told - 1) + tokens[told:] for tokens, told in lessons], -100),
    )
    tokens, labels = (
        pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=padding)
        for rows, padding in columns
    )
    return tokens, labels
