"""The champion that a month is compared with, and what of it survives its own deposition."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edscribe_pipelines.evaluate.assets import champion_of, knobs_of
from edscribe_pipelines.evaluate.champion import Champion, champion_hash, read_champion, settle_champion
from edscribe_pipelines.files import write_json
from edscribe_pipelines.orchestration.partitions import month_and_specialty
from edscribe_pipelines.results.result import Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.base import BASE, CHECKPOINT
from edscribe_pipelines.train.recipe import load_recipe

SPECIALTY = "emergency_medicine"
FEBRUARY = month_and_specialty("2026-02", SPECIALTY)
WORSE = {"completeness": 0.1, "rouge_l": 0.1}
BETTER = {"completeness": 0.9, "rouge_l": 0.6}


class House:
    """A store with January's champion and February's adapter, both of one base."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(store=folder / "store", phi_store=folder / "phi_store")
        self.stages = Stages(self.settings)
        self.january = self.settings.store / "champions" / SPECIALTY / "january"
        self.adapter(self.january)
        path = (self.january / "adapter").relative_to(self.settings.store).as_posix()
        registry = self.settings.store / "champions" / f"{SPECIALTY}.json"
        settle_champion(registry, Champion(SPECIALTY, "2026-01", "january", path, BETTER), WORSE)
        self.champion = champion_hash(read_champion(registry))
        self.stages.run("splits", "2026-02", lambda folder: {}, inputs={})
        self.trained = self.train("february")

    def adapter(self, folder: Path, weights: str = "january") -> None:
        (folder / "adapter").mkdir(parents=True)
        (folder / "adapter" / "weights").write_text(weights)
        write_json(folder / BASE, {"name": "base", "sha256": "0"})

    def train(self, weights: str) -> Result:
        def build(folder: Path) -> dict[str, int]:
            self.adapter(folder / CHECKPOINT, weights)
            return {}

        return self.stages.run("lora_checkpoint", FEBRUARY, build, settings={"weights": weights})

    def generate(self, **changed: object) -> Result:
        recipe = load_recipe(self.settings.recipe).model_copy(update=changed)
        before = champion_of(self.stages, self.settings, FEBRUARY, self.trained, recipe)
        return self.stages.run("generated_notes", FEBRUARY, lambda _: {}, settings=knobs_of(recipe, before.label))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_month_is_compared_with_the_champion_of_before(house: House) -> None:
    recipe = load_recipe(house.settings.recipe)
    found = champion_of(house.stages, house.settings, FEBRUARY, house.trained, recipe)
    assert found == (house.january, house.champion)


def test_notes_stand_though_the_weights_of_their_champion_are_gone(house: House) -> None:
    house.generate()
    shutil.rmtree(house.january)
    again = house.generate()
    assert again.reused
    assert again.manifest["settings"]["champion"] == house.champion


def test_notes_that_are_made_anew_say_that_the_champion_is_gone(house: House) -> None:
    house.generate()
    shutil.rmtree(house.january)
    anew = house.generate(thinking=True)
    assert not anew.reused
    assert anew.manifest["settings"]["champion"].startswith("not comparable")


def test_other_weights_look_for_their_champion_anew(house: House) -> None:
    house.generate()
    shutil.rmtree(house.january)
    house.trained = house.train("february, again")
    assert not house.generate().reused
