"""What a build sends to the engine, by the rules of .dockerignore as Docker's own client applies them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edscribe_pipelines_tests.docker.deployment import DOCKERFILES, ROOT, copied

PRIVATE = ("phi_store/vault.db", "store/cases.jsonl", "inputs/ed/triage.csv", ".env", "docker/.env", ".git/config")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout as a hospital would have it: what the images copy, and what must not leave the machine."""
    named = {path for dockerfile in DOCKERFILES for path in copied(dockerfile)}
    for path in (*named, *PRIVATE, "edscribe_pipelines/__pycache__/cli.pyc", "edscribe_pipelines/cli.py"):
        place = tmp_path / path
        if (ROOT / path).is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("invented")
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    return tmp_path


def sent(checkout: Path) -> set[str]:
    from docker.utils.build import exclude_paths

    rules = (checkout / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    return {path for path in exclude_paths(str(checkout), rules) if (checkout / path).is_file()}


def test_everything_that_is_copied_is_sent_and_nothing_else(checkout: Path) -> None:
    files = {path for dockerfile in DOCKERFILES for path in copied(dockerfile) if (checkout / path).is_file()}
    client_always_sends = {".dockerignore", "Dockerfile"}
    assert sent(checkout) - client_always_sends == files | {"edscribe_pipelines/cli.py"}


@pytest.mark.parametrize("path", PRIVATE)
def test_patients_and_keys_are_never_sent(checkout: Path, path: str) -> None:
    assert (checkout / path).is_file()
    assert path not in sent(checkout)
