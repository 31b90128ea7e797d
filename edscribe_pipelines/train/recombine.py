"""Invented lessons for the tiny base: the facts of the training split, dealt out anew.

Two hundred notes can be learned by heart, and then nothing is copied from the prompt. In a recombined
lesson no fact stands where the base has seen it before, so copying is all that helps. They are for a base of
a million parameters; a pretrained base can copy, and its recipe asks for none.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict

from edscribe_pipelines.train.chat import Pair

_LABELLED = re.compile(r"^(?P<label>[^:\n]+): (?P<fact>.+)$", re.MULTILINE)
_ITEM = "; "
_MOST_ITEMS = 8


def recombine(pairs: list[Pair], copies: int, seed: int) -> list[Pair]:
    """Return `copies` lessons made from each of `pairs`.

    A labelled line of the prompt, whose fact the note repeats word for word, gets another fact of the same
    label; of a list, other items; a label with a time, another time. Prompt and note change alike, so that
    the note stays true to its prompt.
    """
    chance = random.Random(seed)
    facts = _facts_by_label(pairs)
    return [_deal(pair, facts, chance) for _ in range(copies) for pair in pairs]


def _facts_by_label(pairs: list[Pair]) -> dict[str, list[str]]:
    facts: dict[str, dict[str, None]] = defaultdict(dict)
    for pair in pairs:
        for line in _LABELLED.finditer(pair["prompt"]):
            facts[_kind(line["label"])].update(dict.fromkeys(line["fact"].split(_ITEM)))
    return {label: list(known) for label, known in facts.items()}


def _kind(label: str) -> str:
    """Labels that differ in their numbers alone ("At 38 min", "At 64 min") label the same kind of fact."""
    return re.sub(r"\d+", "#", label)


def _deal(pair: Pair, facts: dict[str, list[str]], chance: random.Random) -> Pair:
    changes: dict[str, str] = {}
    lines = [line for line in _LABELLED.finditer(pair["prompt"]) if line["fact"] in pair["completion"]]
    minutes = iter(sorted(chance.sample(range(1000), len(lines))))
    for line in lines:
        kind = _kind(line["label"])
        fact = _another(line["fact"], facts[kind], chance)
        if kind == line["label"]:
            changes[line["fact"]] = fact
        else:
            changes[line[0]] = f"{kind.replace('#', str(next(minutes)))}: {fact}"
    if not changes:
        return pair
    longest_first = sorted(changes, key=len, reverse=True)
    stated = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return {part: stated.sub(lambda found: changes[found[0]], text) for part, text in pair.items()}


def _another(fact: str, known: list[str], chance: random.Random) -> str:
    count = min(len(known), chance.randint(1, _MOST_ITEMS)) if _ITEM in fact else 1
    return _ITEM.join(chance.sample(known, count))
