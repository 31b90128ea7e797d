import math
import shutil

import pytest
import torch

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.train.chat import WordedPrompt, system_message, word_prompt
from edscribe_pipelines.train.generate import generate_notes
from edscribe_pipelines.train.generation_worker import (
    limit_of,
    load_model,
    load_tokenizer,
    write_notes,
)
from edscribe_pipelines_tests.train.conftest import Trained
from edscribe_pipelines_tests.train.invented import EM, TINY, note, prompt
from edscribe_pipelines_tests.train.tiny_hybrid import CHATML, CHATML_MARKS, END, like_nemotron
from edscribe_pipelines_tests.train.tiny_llama import tiny_llama

PROMPTS = [
    prompt("Headache", "Zofran", 101),
    prompt("Dyspnea", "; ".join(["aspirin", "lisinopril"] * 5), 88),
    "Man",
    prompt("Chest pain", "metoprolol tartrate; aspirin", 120),
]
REFERENCES = [note("Headache", "Zofran", 101), "Home", "", "Home"]


@pytest.fixture(scope="module")
def generated(trained: Trained, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("generation")
    adapters = (None, trained.out / "adapter")
    return generate_notes(trained.weights.folder, adapters, PROMPTS, REFERENCES, TINY, folder / "work"), folder


def test_each_adapter_writes_a_note_per_prompt(generated):
    results, _ = generated
    assert [len(result.notes) for result in results] == [len(PROMPTS)] * 2


def test_prompts_and_notes_do_not_stay_behind(generated):
    _, folder = generated
    assert list(folder.iterdir()) == []


def test_batched_notes_equal_those_written_one_by_one(trained: Trained, generated):
    results, _ = generated
    tokenizer = load_tokenizer(trained.weights.folder)
    worded = [word_prompt(tokenizer, text, system_message(tokenizer, "", thinking=False)) for text in PROMPTS]
    limit = limit_of(tokenizer, REFERENCES, TINY.generation)
    for result, adapter in zip(results, (None, trained.out / "adapter"), strict=True):
        model = load_model(trained.weights.folder, adapter)
        alone = [write_notes(model, tokenizer, [text], 1, limit)[0][0] for text in worded]
        assert alone == result.notes
        assert any(alone)


def test_left_padding_changes_no_logit(trained: Trained):
    """Six steps of training make dull notes: the logits tell more than the words."""
    tokenizer, model = load_tokenizer(trained.weights.folder), load_model(trained.weights.folder, None)
    together = tokenizer(PROMPTS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        batched = model(input_ids=together["input_ids"], attention_mask=together["attention_mask"]).logits[:, -1]
        for row, text in zip(batched, PROMPTS, strict=True):
            alone = model(tokenizer(text, return_tensors="pt")["input_ids"]).logits[0, -1]
            assert torch.allclose(row, alone, atol=1e-4)


def test_note_that_reaches_the_limit_has_not_ended(trained: Trained):
    base = trained.weights.folder
    prompts = [WordedPrompt(text, thought_open=False) for text in PROMPTS]
    written = write_notes(load_model(base, None), load_tokenizer(base), prompts, 4, 1)
    assert [(each.tokens, each.ended) for each in written] == [(1, False)] * len(PROMPTS)


class Answering:
    """A model that answers every prompt with the same words."""

    device = "cpu"

    def __init__(self, tokenizer, answer):
        self._answer = tokenizer([answer], add_special_tokens=False, return_tensors="pt")["input_ids"]

    def generate(self, input_ids, **settings):
        return torch.cat([input_ids, self._answer.expand(len(input_ids), -1)], dim=1)


@pytest.mark.parametrize(
    ("answer", "thinking", "note", "ended"),
    [
        (f"</think>\n\nHome\n{END}", True, "Home", True),
        (f"Syncope?\n</think>\n\nHome </think> later\n{END}", True, "Home </think> later", True),
        ("Syncope?\n</think>\n\nHome", True, "Home", False),
        (f"Syncope?\n{END}", True, "", False),
        ("Syncope?", True, "", False),
        (f"Home </think> later\n{END}", False, "Home </think> later", True),
    ],
)
def test_note_stands_behind_the_thought_that_the_template_leaves_open(
    nemotron_tokenizer, answer, thinking, note, ended
):
    system = system_message(nemotron_tokenizer, "Ed", thinking=thinking)
    prompts = [word_prompt(nemotron_tokenizer, text, system) for text in PROMPTS]
    written = write_notes(Answering(nemotron_tokenizer, answer), nemotron_tokenizer, prompts, 3, 24)
    assert [(each.note, each.ended) for each in written] == [(note, ended)] * len(PROMPTS)
    assert {each.tokens for each in written} == {len(nemotron_tokenizer(answer, add_special_tokens=False)["input_ids"])}


def test_reasoning_that_the_template_cannot_be_told_to_is_refused_before_a_note_is_written(tmp_path):
    like_nemotron(["HR 104"], CHATML, marks=CHATML_MARKS).save_pretrained(tmp_path / "base")
    recipe = TINY.model_copy(update={"thinking": True})
    with pytest.raises(StageFailed, match="no switch for reasoning"):
        generate_notes(tmp_path / "base", [None], PROMPTS, REFERENCES, recipe, tmp_path / "work")


def test_worker_that_fails_names_its_log_and_no_note(tmp_path):
    with pytest.raises(StageFailed) as failed:
        generate_notes(tmp_path / "no_base", [None], PROMPTS, REFERENCES, TINY, tmp_path / "work")
    log = tmp_path / "work" / "worker.log"
    assert str(log) in str(failed.value)
    assert "aspirin" not in log.read_text() + str(failed.value)


def test_adapter_that_changed_since_its_training_writes_nothing(trained: Trained, tmp_path):
    adapter = shutil.copytree(trained.out / "adapter", tmp_path / "adapter")
    with (adapter / "adapter_model.safetensors").open("ab") as weights:
        weights.write(b" ")
    with pytest.raises(BadInput, match="not the one that training wrote"):
        generate_notes(trained.weights.folder, [adapter], PROMPTS, REFERENCES, TINY, tmp_path / "work")
    assert not (tmp_path / "work").exists()


LONG_NOTE = TINY.generation.model_copy(update={"max_new_tokens": 500})


@pytest.mark.parametrize(("references", "limit"), [([10, 25], 30), ([25, 10, 1], 30), ([11], 14), ([0, 1], 2)])
def test_answer_may_be_as_long_as_the_longest_reference_and_a_fifth(nemotron_tokenizer, references, limit):
    texts = [" aspirin" * words for words in references]
    (tokens,) = {len(nemotron_tokenizer(" aspirin" * n, add_special_tokens=False)["input_ids"]) for n in [1]}
    assert tokens == 1
    assert limit_of(nemotron_tokenizer, texts, LONG_NOTE) == limit


def test_answer_is_never_longer_than_the_recipe_allows(nemotron_tokenizer):
    assert limit_of(nemotron_tokenizer, [" aspirin" * 100], TINY.generation) == TINY.generation.max_new_tokens == 24


def test_no_note_is_longer_than_the_longest_reference_and_a_fifth(trained: Trained, tmp_path):
    """A base that was never trained ends no note: each has as many tokens as it may have."""
    base, recipe = trained.weights.folder, TINY.model_copy(update={"generation": LONG_NOTE})
    tokenizer, model = load_tokenizer(base), load_model(base, None)
    references = ["Home", "HR 104, RR 18", "HR 104", "Home"]
    longest = len(tokenizer(references[1], add_special_tokens=False)["input_ids"])
    (result,) = generate_notes(base, [None], PROMPTS, references, recipe, tmp_path / "work")
    worded = [word_prompt(tokenizer, text, system_message(tokenizer, "", thinking=False)) for text in PROMPTS]
    allowed = math.ceil(1.2 * longest)
    as_long, longer = (write_notes(model, tokenizer, worded, 4, limit) for limit in (allowed, allowed + 1))
    assert [each[:3] for each in result.written] == [each[:3] for each in as_long]
    assert {(each.tokens, each.ended) for each in as_long} == {(allowed, False)}
    assert {each.tokens for each in longer} == {allowed + 1}


def test_each_prompt_has_a_reference(tmp_path):
    with pytest.raises(ValueError, match="shorter"):
        generate_notes(tmp_path / "base", [None], PROMPTS, REFERENCES[:1], TINY, tmp_path / "work")


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory):
    """A base that `implementation: cpu` can compute, with a tokenizer."""
    folder = tmp_path_factory.mktemp("llama")
    tokenizer = like_nemotron([EM.prompt, *PROMPTS], CHATML, marks=CHATML_MARKS)
    tiny_llama(vocab_size=len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_notes_by_hand_are_those_of_transformers(llama, tmp_path):
    written = []
    for implementation in ("transformers", "cpu"):
        recipe = TINY.model_copy(update={"implementation": implementation})
        written += generate_notes(llama, [None], PROMPTS, REFERENCES, recipe, tmp_path / "work", system=EM.prompt)
    by_transformers, by_hand = written
    assert [each[:3] for each in by_hand.written] == [each[:3] for each in by_transformers.written]
    assert all(by_hand.notes)
