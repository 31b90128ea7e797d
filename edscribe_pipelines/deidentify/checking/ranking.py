"""Which de-identified notes a person should read first, by what a generic detector still sees in them.

The detector is stock Presidio. It flags nearly every clean note and misses what the remover misses, so it
decides nothing: it only puts notes in an order. What it sees in many notes is vocabulary (SOB, Toradol), so a
find weighs the less the more notes hold it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from edscribe_pipelines.deidentify.packaged_model import LANGUAGE, load_model

_TAG = re.compile(r"\[[A-Z][A-Z_]*(?: [\d+]+)?\]|_{3,}")
_READ = 200
"""Notes that the detector reads at most: each takes some 50 ms of one core."""

_LONGEST = 10_000


def rank_for_review(ids: Sequence[str], texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return (id, weighted finds per 100 words), highest first, of at most 200 notes, taken at even distances."""
    step = max(1, -(-len(ids) // _READ))
    readable = [_TAG.sub("something", text[:_LONGEST]) for text in texts[::step]]
    seen = [_finds(text) for text in readable]
    notes_with = Counter(find for finds in seen for find in finds)
    scores = [
        100 * sum(1 / notes_with[find] for find in finds) / max(len(text.split()), 1)
        for text, finds in zip(readable, seen, strict=True)
    ]
    return sorted(zip(ids[::step], scores, strict=True), key=lambda each: (-each[1], each[0]))


def _finds(text: str) -> set[str]:
    return {text[find.start : find.end].casefold() for find in _detector().analyze(text, LANGUAGE)}


@cache
def _detector() -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    engine = load_model()
    registry = RecognizerRegistry(supported_languages=[LANGUAGE])
    registry.load_predefined_recognizers(languages=[LANGUAGE], nlp_engine=engine)
    registry.remove_recognizer("EmailRecognizer")
    registry.add_recognizer(_email_recognizer())
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[LANGUAGE])


def _email_recognizer() -> Any:
    """Return Presidio's recognizer of e-mail addresses with the list of top-level domains that tldextract ships.

    Presidio's own has tldextract download that list, and would find other addresses where it could not.
    """
    from presidio_analyzer.predefined_recognizers import EmailRecognizer
    from tldextract import TLDExtract

    extract = TLDExtract(cache_dir=None, suffix_list_urls=())

    class OfflineEmailRecognizer(EmailRecognizer):
        def validate_result(self, pattern_text: str) -> bool:
            return extract(pattern_text).fqdn != ""

    return OfflineEmailRecognizer()
