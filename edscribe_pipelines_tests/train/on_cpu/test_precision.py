"""Whether a processor has bf16, from what Linux says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines.train.on_cpu import precision
from edscribe_pipelines.train.on_cpu.precision import has_bf16, in_native_precision
from edscribe_pipelines.train.recipe import load_recipe
from edscribe_pipelines_tests.train.invented import TINY

INTEL = "processor\t: 0\nmodel name\t: Intel\nflags\t\t: fpu avx512f amx_bf16 amx_tile\nbugs\t\t: none\n"
AMD = "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_bf16\n"
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd i8mm bf16 sve\n"
OLDER = "processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 avx512f\n"
ELSEWHERE = "processor\t: 0\nmodel name\t: bf16 avx512_bf16\nflags\t\t: fpu avx2\n"

CPU = load_recipe("smollm2_cpu")


@pytest.mark.parametrize(
    ("text", "has"),
    [(INTEL, True), (AMD, True), (ARM, True), (OLDER, False), (ELSEWHERE, False), ("", False)],
    ids=["Intel", "AMD", "Arm", "older", "in the name alone", "empty"],
)
def test_processor_with_instructions_for_bf16_says_so_among_its_flags(tmp_path: Path, text: str, has: bool) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    assert has_bf16(tmp_path / "cpuinfo") is has


def test_processor_that_is_not_described_has_none(tmp_path: Path) -> None:
    assert has_bf16(tmp_path / "cpuinfo") is False


@pytest.fixture
def without_bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bf16", lambda: False)


def test_recipe_for_a_cpu_is_trained_in_fp32_where_the_processor_has_no_bf16(without_bf16: None) -> None:
    found = in_native_precision(CPU)
    assert found.precision == "fp32"
    assert found == CPU.model_copy(update={"precision": "fp32"})


def test_recipe_for_a_cpu_stays_where_the_processor_has_bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bf16", lambda: True)
    assert in_native_precision(CPU) is CPU


@pytest.mark.parametrize("recipe", [load_recipe("nemotron_nano_9b_v2_h100"), TINY])
def test_recipe_for_anything_else_stays_as_it_is(without_bf16: None, recipe: object) -> None:
    assert in_native_precision(recipe) is recipe  # type: ignore[arg-type]
