import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.chat import case_tokens, prompt_text, system_message, tokenise, turn_end
from edscribe_pipelines_tests.train.invented import note, prompt
from edscribe_pipelines_tests.train.tiny_hybrid import END, SYSTEM, TURN, like_nemotron

FACTS = ("Chest pain", "aspirin", 104)
PAIR = {"prompt": prompt(*FACTS), "completion": note(*FACTS)}

PLAIN_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}User\n{{ message['content'] }}\nAssistant\n"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
)
"""It knows no switch, leaves the system prompt out and ends a note with nothing but the end of its turn."""


@pytest.fixture(scope="module")
def plain():
    return like_nemotron(PAIR.values(), PLAIN_TEMPLATE)


@pytest.fixture(scope="module")
def thinking():
    return like_nemotron(PAIR.values())


def test_loss_is_on_the_note_and_its_end_alone(plain):
    case = case_tokens(plain, PAIR, "")
    assert plain.decode(case.input_ids[case.prompt_tokens :]) == PAIR["completion"] + END


def test_case_starts_as_its_prompt_does_when_a_note_is_to_be_written(thinking):
    system = system_message("You are a scribe.", thinking=False)
    case = case_tokens(thinking, PAIR, system)
    given = thinking.decode(case.input_ids[: case.prompt_tokens])
    assert given == prompt_text(thinking, PAIR["prompt"], system)
    assert given.endswith("Assistant\n<think></think>")
    assert given.startswith(f"{SYSTEM}System\nYou are a scribe.\n{TURN}User\n")


def test_the_switch_decides_whether_the_model_reasons_first(thinking):
    reasoning = prompt_text(thinking, "Woman", system_message("You are a scribe.", thinking=True))
    assert reasoning.endswith("<think>\n")


def test_note_ends_as_the_template_ends_a_turn(thinking):
    case = case_tokens(thinking, PAIR, "")
    assert thinking.decode(case.input_ids).endswith(PAIR["completion"] + "\n" + END)
    assert case.input_ids[-1] == thinking.eos_token_id


def test_many_cases_are_worded_as_each_alone(plain):
    pairs = [PAIR, {"prompt": "Man", "completion": "§ DISPOSITION\nHome"}]
    assert tokenise(plain, pairs, "") == [case_tokens(plain, pair, "") for pair in pairs]


def test_template_that_never_ends_a_turn_is_bad_input():
    endless = like_nemotron(PAIR.values(), PLAIN_TEMPLATE.replace("{{ eos_token }}", ""))
    with pytest.raises(BadInput, match="ends no turn"):
        turn_end(endless, "")
