import pytest

from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED
from edscribe_pipelines.train.tokenizer import learn_tokenizer
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
