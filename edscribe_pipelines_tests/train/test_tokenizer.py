import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.train.tokenizer import chat, learn_tokenizer
from edscribe_pipelines_tests.train.invented import TINY, note, prompt

TEXTS = [text(*facts) for facts in (("Chest pain", "aspirin", 104),) * 3 for text in (prompt, note)]


@pytest.fixture(scope="module")
def tokenizer():
    return learn_tokenizer(TEXTS, TINY.tokenizer.model_copy(update={"vocabulary": 1000}))


def test_frequent_facts_are_one_token_each(tokenizer):
    for fact in ("aspirin", ", RR 18", "HR 104", "Home medications: ", NOT_DOCUMENTED.rstrip("."), "ALLERGIES\n"):
        assert len(tokenizer(fact)["input_ids"]) == 1


def test_text_that_was_never_seen_survives_unchanged(tokenizer):
    text = "Ünseen: naloxone 0.4 mg; SpO2 88%, HR 7777\n\n\tTroponin <0.01 (ICD-10 R07.9)"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_loss_is_on_the_note_and_its_end_alone(tokenizer):
    told, written = prompt("Chest pain", "aspirin", 104), note("Chest pain", "aspirin", 104)
    tokens = tokenizer.apply_chat_template(
        chat(told, written), tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    learned = [token for token, mask in zip(tokens["input_ids"], tokens["assistant_masks"], strict=True) if mask]
    assert learned == [*tokenizer(written)["input_ids"], tokenizer.eos_token_id]


def test_prompt_to_continue_is_the_start_of_the_whole_case(tokenizer):
    told, written = prompt("Chest pain", "aspirin", 104), note("Chest pain", "aspirin", 104)
    start = tokenizer.apply_chat_template(chat(told), add_generation_prompt=True, return_dict=True)["input_ids"]
    whole = tokenizer.apply_chat_template(chat(told, written), return_dict=True)["input_ids"]
    assert whole[: len(start)] == start
