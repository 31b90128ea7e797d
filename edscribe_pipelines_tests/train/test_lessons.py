import polars as pl
import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import write_jsonl
from edscribe_pipelines.train.chat import case_tokens, system_message
from edscribe_pipelines.train.lessons import Lessons, write_lessons
from edscribe_pipelines_tests.train.invented import COMPLAINTS, DRUGS, EM, TINY, note, prompt
from edscribe_pipelines_tests.train.tiny_hybrid import CHATML, CHATML_MARKS, like_nemotron

PAIRS = [
    {"prompt": prompt(complaint, drug, 80), "completion": note(complaint, drug, 80)}
    for complaint, drug in zip(COMPLAINTS, DRUGS, strict=True)
]
LONG = {"prompt": "Woman", "completion": "aspirin; " * 500}
RECIPE = TINY.model_copy(update={"gradient_accumulation": 2})


@pytest.fixture(scope="module")
def tokenizer():
    return like_nemotron([EM.prompt, *(text for pair in PAIRS for text in pair.values())], vocabulary=1000)


@pytest.fixture
def written(tmp_path, tokenizer):
    write_jsonl(tmp_path / "train.jsonl", [*PAIRS, LONG])
    write_jsonl(tmp_path / "validation.jsonl", [])
    return tmp_path, write_lessons(tmp_path, tmp_path, tokenizer, RECIPE, EM)


def test_each_label_is_the_next_token_of_the_note(tokenizer, written):
    folder, _ = written
    system = system_message(tokenizer, EM.prompt, thinking=False)
    lesson, case = Lessons(str(folder / "train.parquet"), tokenizer)[0], case_tokens(tokenizer, PAIRS[0], system)
    assert lesson["input_ids"] == case.input_ids[:-1]
    learned = [label for label in lesson["labels"] if label != -100]
    assert learned == case.input_ids[case.prompt_tokens :]
    assert lesson["labels"][case.prompt_tokens - 1] == case.input_ids[case.prompt_tokens]
    assert len(lesson["labels"]) == len(lesson["attention_mask"]) == len(lesson["input_ids"])


def test_case_that_is_too_long_is_left_out_whole_and_counted(written):
    folder, left_out = written
    assert left_out == {"train": 1, "validation": 0}
    lengths = pl.read_parquet(folder / "train.parquet")["input_ids"].list.len()
    assert lengths.max() <= RECIPE.sequence_length


def test_every_step_is_full_so_that_no_case_is_dropped(written):
    folder, _ = written
    rows = pl.read_parquet(folder / "train.parquet")
    assert rows.height % RECIPE.cases_per_step == 0
    assert rows.unique().height == len(PAIRS)


def test_split_without_a_case_is_a_file_without_rows(written):
    folder, _ = written
    assert pl.read_parquet(folder / "validation.parquet").height == 0


def test_reasoning_that_the_template_cannot_be_told_to_is_bad_input(tmp_path):
    tokenizer = like_nemotron(["HR 104"], CHATML, marks=CHATML_MARKS)
    with pytest.raises(BadInput, match="no switch for reasoning"):
        write_lessons(tmp_path, tmp_path, tokenizer, RECIPE.model_copy(update={"thinking": True}), EM)
