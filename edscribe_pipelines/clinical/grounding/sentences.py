"""Whose words each sentence of a note is: of the source, of this project's fixed wording, or a physician's.

What is not the source's own is a physician's to confirm, however sensible it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from edscribe_pipelines.clinical.grounding.source import Source
from edscribe_pipelines.clinical.grounding.statements import Statement
from edscribe_pipelines.clinical.grounding.whole_words import plain_words_of
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reading.sentences import Sentence
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED

Label = Literal["source fact", "rule", "physician"]


class LabelledSentence(NamedTuple):
    start: int
    end: int
    label: Label


_FUNCTION_WORDS = frozenset(
    {
        *(
            "a",
            "an",
            "and",
            "as",
            "at",
            "be",
            "been",
            "by",
            "for",
            "from",
            "had",
            "has",
            "have",
            "he",
            "her",
            "his",
            "in",
        ),
        *("is", "it", "its", "of", "on", "or", "she", "that", "the", "their", "they", "this", "to", "was", "were"),
        *("which", "who", "with"),
    }
)


def labelled_sentences(note: ParsedNote, statements: Sequence[Statement], source: Source) -> Iterator[LabelledSentence]:
    """Yield the sentences in the order of the note."""
    plain = note.of(plain_words_of)
    known = source.vocabulary | _FUNCTION_WORDS
    doubted = {note.sentence_at(each.start) for each in statements if each.verdict != "supported"}
    supported: dict[Sentence, list[Statement]] = {}
    for each in statements:
        if each.verdict == "supported":
            supported.setdefault(note.sentence_at(each.start), []).append(each)
    for sentence in note.sentences:
        start = _content_start(note, *sentence)
        label: Label = "physician"
        if start >= sentence.end or note.text[start : sentence.end] == NOT_DOCUMENTED:
            label = "rule"
        elif sentence not in doubted:
            rest = _without(plain, start, sentence.end, supported.get(sentence, ()))
            label = "source fact" if known.issuperset(rest.split()) else "physician"
        yield LabelledSentence(sentence.start, sentence.end, label)


def _content_start(note: ParsedNote, start: int, end: int) -> int:
    """Return where the words behind a heading begin, `end` where the sentence is nothing but one."""
    span = next((span for span in note.spans if span.start >= start), None)
    if span is None:
        return start
    if span.start <= end:
        return span.start
    return start if note.text[end : span.start].strip() else end


def _without(plain: str, start: int, end: int, statements: Iterable[Statement]) -> str:
    """Return plain[start:end] without the words of the statements."""
    rest = []
    for each in statements:
        rest.append(plain[start : each.start])
        start = max(start, each.end)
    return " ".join([*rest, plain[start:end]])
