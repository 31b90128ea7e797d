from __future__ import annotations

import jsonschema
import pytest

from edscribe_pipelines.clinical.prompts import DRAFTING_PROMPT
from edscribe_pipelines.clinical.sections import SECTIONS
from edscribe_pipelines.corpus.drafting.instructions import ANSWER_SCHEMA, question_about
from edscribe_pipelines_tests.corpus.drafting.invented import settings_for

FACTS = "Female, 61 years"


def question(facts: str = FACTS, data_use: str = "open", **settings):
    return question_about(facts, data_use, settings_for("http://localhost/v1", **settings))


def test_request_asks_for_json_of_the_twelve_sections_within_a_token_limit() -> None:
    body = question(nim_model="m", nim_max_tokens=512).body
    assert (body["model"], body["max_tokens"]) == ("m", 512)
    asked = body["response_format"]
    assert (asked["type"], asked["json_schema"]["strict"]) == ("json_schema", True)
    assert asked["json_schema"]["schema"]["required"] == list(SECTIONS)


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        (dict.fromkeys(SECTIONS, ""), True),
        (dict.fromkeys(SECTIONS[1:], ""), False),
        (dict.fromkeys((*SECTIONS, "Plan"), ""), False),
        (dict.fromkeys(SECTIONS), False),
    ],
)
def test_schema_takes_twelve_texts_and_nothing_else(answer: dict, fits: bool) -> None:
    assert jsonschema.Draft202012Validator(ANSWER_SCHEMA).is_valid(answer) is fits


@pytest.mark.parametrize(("think", "switch"), [(True, "/think"), (False, "/no_think")])
def test_reasoning_is_switched_in_the_first_line_of_the_system_prompt(think: bool, switch: str) -> None:
    system, user = question(nim_think=think).body["messages"]
    assert system == {"role": "system", "content": f"{switch}\n{DRAFTING_PROMPT}"}
    assert user == {"role": "user", "content": FACTS}


def test_key_is_the_same_for_the_same_request_and_another_for_any_other() -> None:
    others = [
        question(),
        question("Female, 62 years"),
        question(nim_model="other"),
        question(nim_think=True),
        question(nim_max_tokens=512),
    ]
    assert len({each.key for each in others}) == len(others)
    assert question().key == question(nim_concurrency=2, nim_price_in=9.0).key
    assert len(question().key) == 64
