"""What the drafter is asked: one request a stay, and the hash under which its answer is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from edscribe_pipelines.clinical.prompts import DRAFTING_PROMPT
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.settings import Settings

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {section: {"type": "string"} for section in SECTIONS},
    "required": list(SECTIONS),
    "additionalProperties": False,
}

_SAMPLING = {True: {"temperature": 0.6, "top_p": 0.95}, False: {"temperature": 0.2}}
"""With and without reasoning. The first is what NVIDIA's model card of Nemotron Nano 9B v2 advises; it advises
greedy decoding for the second, which is kept off zero so that an answer that is no JSON can be asked for again."""


@dataclass(frozen=True)
class Question:
    """A request's body as it is sent, and the kind of row that it holds."""

    body: dict[str, Any]
    data_use: str

    @cached_property
    def key(self) -> str:
        """The SHA-256 of the whole body: another model, wording, schema or sampling is another question."""
        return hashlib.sha256(orjson.dumps(self.body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def question_about(facts: str, data_use: str, settings: Settings) -> Question:
    """Return what to ask for a note from `facts`. Reasoning is switched by the first line of the system prompt."""
    switch = "/think" if settings.nim_think else "/no_think"
    body = {
        "model": settings.nim_model,
        "messages": [
            {"role": "system", "content": f"{switch}\n{DRAFTING_PROMPT}"},
            {"role": "user", "content": facts},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "ed_note", "strict": True, "schema": ANSWER_SCHEMA},
        },
        "max_tokens": settings.nim_max_tokens,
        **_SAMPLING[settings.nim_think],
    }
    return Question(body, data_use)
