"""What an adapter learns from. All people and places are invented."""

import random
from pathlib import Path

from safetensors.torch import load_file

from edscribe_pipelines.deidentify.adapted_minilm import AdaptedMiniLM
from edscribe_pipelines.deidentify.finding.learned.network import CLASSES, TRAITS
from phi_reader import train_judge_network, train_network
from phi_reader.adapting import NOT_ASKED, adapt, batches_of
from phi_reader.marked import parts_of

PARTS = parts_of("Seen with ⟪NAME|Ada\nQuill⟫ (sister).\nPain 8/10, lives in ⟪CITY|Ottervale⟫.")


def test_each_token_is_asked_for_its_kind_and_a_line_end_only_within_an_identifier() -> None:
    (lesson,) = train_network.lessons_in(PARTS, random.Random(1))
    asked = [CLASSES[of_piece] for of_piece in lesson.classes if of_piece != NOT_ASKED]
    assert asked == ["O", "O", *["NAME"] * 3, *["O"] * 4, *["O"] * 4, "O", "O", "O", "CITY", "O"]
    assert lesson.classes.count(NOT_ASKED) == len(lesson.classes) - len(asked)


def test_judge_is_asked_for_every_piece() -> None:
    (lesson,) = train_judge_network.lessons_in(PARTS)
    assert sum(of_piece == 1 for of_piece in lesson.classes) == 3


def test_batches_hold_every_lesson_once() -> None:
    lessons = [lesson for _ in range(50) for lesson in train_judge_network.lessons_in(PARTS)]
    assert sum(len(batch) for batch in batches_of(lessons, random.Random(1))) == 50


def test_adapter_learns_and_says_how_it_goes(tmp_path: Path) -> None:
    lessons = [lesson for _ in range(1_600) for lesson in train_network.lessons_in(PARTS[:2], random.Random(1))]
    told: list[str] = []
    adapt(lessons, AdaptedMiniLM(TRAITS, len(CLASSES)), 1, tmp_path / "adapter.safetensors", told.append)
    assert float(told[-1].rpartition(" ")[2]) < 0.5
    assert any(
        name.endswith(".lora_up") and weight.any()
        for name, weight in load_file(tmp_path / "adapter.safetensors").items()
    )
