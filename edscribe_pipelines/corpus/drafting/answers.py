"""From what the endpoint sent back to a note in twelve sections, without the model's reasoning.

A reasoning model may put its reasoning into a `<think>` block of the text, open one that it never closes,
or close one that its chat template opened. None of it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from edscribe_pipelines.clinical.reading.headed import headed_spans
from edscribe_pipelines.clinical.reading.states import is_placeholder
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S | re.I)
_REST_OF_THOUGHT = re.compile(r"\A.*</think>", re.S | re.I)
_BLANK_LINES = re.compile(r"\n\s*\n")

Sections = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What one completion came to. `sections` is None unless `status` is answered; tokens are those billed."""

    status: str
    sections: Sections | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


def read_answer(body: bytes) -> Answer:
    """Return the sections in a chat completion's body; else whether it was cut at `max_tokens` or is malformed."""
    try:
        completion = orjson.loads(body)
        choice = completion["choices"][0]
        text, finish = choice["message"].get("content") or "", choice.get("finish_reason")
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        return Answer("malformed")
    tokens = _tokens(completion.get("usage"))
    if finish == "length":
        return Answer("truncated", None, *tokens)
    sections = _sections(text)
    return Answer("malformed" if sections is None else "answered", sections, *tokens)


def _tokens(usage: Any) -> tuple[int, int]:
    if not isinstance(usage, dict):
        return 0, 0
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return (prompt if isinstance(prompt, int) else 0, completion if isinstance(completion, int) else 0)


def _sections(text: Any) -> Sections | None:
    """Return the twelve sections of an answer in JSON, with or without a code fence around it."""
    if not isinstance(text, str):
        return None
    said = text if text.lstrip().startswith("{") else without_reasoning(text)
    try:
        answer = orjson.loads(said[said.find("{") : said.rfind("}") + 1])
    except orjson.JSONDecodeError:
        return None
    if not isinstance(answer, dict) or answer.keys() != set(SECTIONS):
        return None
    if not all(isinstance(content, str) for content in answer.values()):
        return None
    sections = {section: without_reasoning(answer[section]) for section in SECTIONS}
    return sections if len(headed_spans(note_from(sections))) == len(SECTIONS) else None


def without_reasoning(text: str) -> str:
    return _REST_OF_THOUGHT.sub("", _THOUGHT.sub("", text)).strip()


def note_from(sections: Sections) -> str:
    """Return the note in this project's format; a section in which nothing is said says so."""
    return "\n\n".join(f"{heading(section)}\n{_content(section, sections[section])}" for section in SECTIONS)


def _content(section: str, said: str) -> str:
    content = _BLANK_LINES.sub("\n", said.replace("\r\n", "\n").strip())
    return NOT_DOCUMENTED if is_placeholder(section, content) else content
