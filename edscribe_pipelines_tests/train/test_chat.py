import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.chat import (
    case_tokens,
    note_in,
    prompt_text,
    system_message,
    tokenise,
    turn_end,
    word_prompt,
)
from edscribe_pipelines_tests.train.invented import note, prompt
from edscribe_pipelines_tests.train.tiny_hybrid import CHATML, CHATML_MARKS, END, TEMPLATE, like_nemotron

FACTS = ("Chest pain", "aspirin", 104)
PAIR = {"prompt": prompt(*FACTS), "completion": note(*FACTS)}
SCRIBE = "You are a scribe."

on_nvidias_template = pytest.mark.chat_template


@pytest.fixture(scope="module")
def nvidia(nvidia_chat_template):
    return like_nemotron([*PAIR.values()] * 3, nvidia_chat_template)


@pytest.fixture(scope="module")
def chatml():
    return like_nemotron([*PAIR.values()] * 3, CHATML, marks=CHATML_MARKS)


def given_and_learned(tokenizer, pair, system):
    ids, given = case_tokens(tokenizer, pair, system)
    return tokenizer.decode(ids[:given]), tokenizer.decode(ids[given:])


def whole_conversation(tokenizer, pair, system, answer):
    """As the template words it when it is given the answer too, up to the token that ends a turn."""
    turns = [("system", system), ("user", pair["prompt"]), ("assistant", answer)]
    worded = tokenizer.apply_chat_template([{"role": role, "content": said} for role, said in turns], tokenize=False)
    return worded[: worded.rindex(tokenizer.eos_token) + len(tokenizer.eos_token)]


@on_nvidias_template
def test_without_thinking_the_note_alone_is_learned(nvidia):
    given, learned = given_and_learned(nvidia, PAIR, system_message(nvidia, SCRIBE, thinking=False))
    assert given.startswith("<SPECIAL_10>System\nYou are a scribe.\n\n<SPECIAL_11>User\nWoman")
    assert given.endswith("<SPECIAL_11>Assistant\n<think></think>")
    assert learned == PAIR["completion"] + "\n<SPECIAL_12>"


@on_nvidias_template
def test_with_thinking_the_open_thought_is_closed_before_the_note(nvidia):
    given, learned = given_and_learned(nvidia, PAIR, system_message(nvidia, SCRIBE, thinking=True))
    assert given.endswith("<SPECIAL_11>Assistant\n<think>\n\n")
    assert learned == "</think>\n\n" + PAIR["completion"] + "\n<SPECIAL_12>"


@on_nvidias_template
@pytest.mark.parametrize(("thinking", "thought"), [(False, ""), (True, "</think>\n\n")])
def test_case_is_worded_as_nvidias_template_words_the_whole_conversation(nvidia, thinking, thought):
    system = system_message(nvidia, SCRIBE, thinking=thinking)
    given, learned = given_and_learned(nvidia, PAIR, system)
    assert given == prompt_text(nvidia, PAIR["prompt"], system)
    assert given + learned == whole_conversation(nvidia, PAIR, system, thought + PAIR["completion"])


@on_nvidias_template
def test_thought_that_a_cases_own_text_opens_is_closed(nvidia):
    """NVIDIA's template looks for its switch in the user's text, too."""
    pair = {**PAIR, "prompt": "Complaint: Fall\nDaughter/thinks syncope"}
    system = system_message(nvidia, SCRIBE, thinking=False)
    given, learned = given_and_learned(nvidia, pair, system)
    assert given.endswith("<think>\n\n")
    assert given + learned == whole_conversation(nvidia, pair, system, "</think>\n\n" + pair["completion"])


@on_nvidias_template
@pytest.mark.parametrize("thinking", [False, True])
def test_turn_ends_with_nvidias_mark(nvidia, thinking):
    system = system_message(nvidia, SCRIBE, thinking=thinking)
    assert turn_end(nvidia, system) == "\n<SPECIAL_12>"
    assert case_tokens(nvidia, PAIR, system).input_ids[-1] == nvidia.convert_tokens_to_ids("<SPECIAL_12>")


def test_template_without_the_switch_gets_the_system_prompt_as_it_is(chatml):
    assert system_message(chatml, SCRIBE, thinking=False) == SCRIBE
    given, learned = given_and_learned(chatml, PAIR, SCRIBE)
    assert given == (
        f"<|im_start|>system\n{SCRIBE}<|im_end|>\n<|im_start|>user\n{PAIR['prompt']}<|im_end|>\n<|im_start|>assistant\n"
    )
    assert learned == PAIR["completion"] + "<|im_end|>"


def test_thinking_without_a_switch_is_bad_input(chatml):
    with pytest.raises(BadInput, match=r"recipe, field thinking: .* no switch .* Set thinking: false"):
        system_message(chatml, SCRIBE, thinking=True)


def test_template_that_always_begins_a_thought_has_it_closed():
    reasons = CHATML.replace("assistant\\n", "assistant\\n<think>\\n")
    tokenizer = like_nemotron([*PAIR.values()], reasons, marks=CHATML_MARKS)
    given, learned = given_and_learned(tokenizer, PAIR, SCRIBE)
    assert given.endswith("<|im_start|>assistant\n<think>\n")
    assert learned == "</think>\n\n" + PAIR["completion"] + "<|im_end|>"


def test_mark_of_a_thought_in_the_users_text_opens_none(chatml):
    assert not word_prompt(chatml, "Woman <think> chest pain\n", SCRIBE).thought_open


def test_many_cases_are_worded_as_each_alone(chatml):
    pairs = [PAIR, {"prompt": "Man", "completion": "§ DISPOSITION\nHome"}]
    assert tokenise(chatml, pairs, SCRIBE) == [case_tokens(chatml, pair, SCRIBE) for pair in pairs]


def test_template_that_never_ends_a_turn_is_bad_input():
    tokenizer = like_nemotron([*PAIR.values()], TEMPLATE.replace(END, ""))
    with pytest.raises(BadInput, match="ends no turn"):
        turn_end(tokenizer, "")


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("\nSyncope?\n</think>\n\n§ DISPOSITION\nHome\n", "§ DISPOSITION\nHome"),
        ("</think>\n\n§ DISPOSITION\nHome", "§ DISPOSITION\nHome"),
        ("</think>\n\nHome </think> later", "Home </think> later"),
        ("</think>", ""),
        ("§ DISPOSITION\nHome", None),
    ],
)
def test_note_is_what_stands_behind_the_first_end_of_an_open_thought(answer, note):
    assert note_in(answer, thought_open=True) == note


@pytest.mark.parametrize("answer", ["§ DISPOSITION\nHome", "Home </think> later"])
def test_answer_to_a_closed_thought_is_the_note(answer):
    assert note_in(answer, thought_open=False) == answer
