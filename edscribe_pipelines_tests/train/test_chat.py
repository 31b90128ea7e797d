import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.chat import case_tokens, prompt_text, system_message, tokenise, turn_end
from edscribe_pipelines.train.tokenizer import EOS, learn_tokenizer
from edscribe_pipelines_tests.train.invented import TINY, note, prompt

FACTS = ("Chest pain", "aspirin", 104)
PAIR = {"prompt": prompt(*FACTS), "completion": note(*FACTS)}

THINKING_TEMPLATE = (
    "{% set ns = namespace(think=true) %}{% for m in messages %}"
    "{% if m.role == 'system' %}{% if '/no_think' in m.content %}{% set ns.think = false %}{% endif %}"
    "System\n{{ m.content | replace('/no_think', '') | replace('/think', '') | trim }}\n"
    "{% elif m.role == 'user' %}User\n{{ m.content }}\n"
    "{% else %}Assistant\n{{ m.content.split('</think>')[-1] | trim }}\n{{ eos_token }}\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}Assistant\n{{ '<think>\n' if ns.think else '<think></think>' }}{% endif %}"
)
"""In the manner of Nemotron Nano v2's: the switch decides what stands before the answer, thoughts of earlier
turns are dropped, the end of a turn is not the end of its text."""


@pytest.fixture(scope="module")
def tiny():
    return learn_tokenizer([*PAIR.values()] * 3, TINY.tokenizer)


@pytest.fixture
def thinking(tiny):
    tokenizer = learn_tokenizer([*PAIR.values()] * 3, TINY.tokenizer)
    tokenizer.chat_template = THINKING_TEMPLATE
    return tokenizer


def test_loss_is_on_the_note_and_its_end_alone(tiny):
    case = case_tokens(tiny, PAIR, "")
    assert tiny.decode(case.input_ids[case.prompt_tokens :]) == PAIR["completion"] + EOS


def test_case_starts_as_its_prompt_does_when_a_note_is_to_be_written(thinking):
    system = system_message("You are a scribe.", thinking=False)
    case = case_tokens(thinking, PAIR, system)
    given = thinking.decode(case.input_ids[: case.prompt_tokens])
    assert given == prompt_text(thinking, PAIR["prompt"], system)
    assert given.endswith("Assistant\n<think></think>")
    assert given.startswith("System\nYou are a scribe.\nUser\n")


def test_the_switch_decides_whether_the_model_reasons_first(thinking):
    reasoning = prompt_text(thinking, "Woman", system_message("You are a scribe.", thinking=True))
    assert reasoning.endswith("<think>\n")


def test_note_ends_as_the_template_ends_a_turn(thinking):
    case = case_tokens(thinking, PAIR, "")
    assert thinking.decode(case.input_ids).endswith(PAIR["completion"] + "\n" + EOS)
    assert case.input_ids[-1] == thinking.eos_token_id


def test_many_cases_are_worded_as_each_alone(tiny):
    pairs = [PAIR, {"prompt": "Man", "completion": "§ DISPOSITION\nHome"}]
    assert tokenise(tiny, pairs, "") == [case_tokens(tiny, pair, "") for pair in pairs]


def test_template_that_never_ends_a_turn_is_bad_input(tiny, thinking):
    thinking.chat_template = THINKING_TEMPLATE.replace("{{ eos_token }}", "")
    with pytest.raises(BadInput, match="ends no turn"):
        turn_end(thinking, "")
