"""No image can be built here: what can be known of the Dockerfiles without an engine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from edscribe_pipelines_tests.docker.deployment import DOCKERFILES, ROOT, arguments, copied, instructions

each = pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)


@each
def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    found = subprocess.run([hadolint, "--no-color", "--failure-threshold", "ignore", dockerfile], capture_output=True)
    assert (found.returncode, found.stdout.decode()) == (0, "")


@each
def test_copies_only_what_the_repository_has(dockerfile: Path) -> None:
    assert copied(dockerfile)
    assert [path for path in copied(dockerfile) if not (ROOT / path).exists()] == []


@each
def test_base_image_has_the_version_of_a_release(dockerfile: Path) -> None:
    (base,) = arguments(dockerfile, "FROM")
    assert re.search(r":\d+\.\d+\.\d+(-[a-z-]+)?$", base), base


@each
def test_versions_of_packages_come_from_the_lock_alone(dockerfile: Path) -> None:
    installs = [
        command for run in arguments(dockerfile, "RUN") for command in re.findall(r"(?:uv )?pip install [^&]*", run)
    ]
    assert installs
    for command in installs:
        assert re.search(r"-r \S+\.txt|-r requirements\.lock|--no-deps --no-build-isolation \.", command), command
        assert "==" not in command


@each
def test_runs_without_root(dockerfile: Path) -> None:
    names = [name for name, _ in instructions(dockerfile)]
    assert arguments(dockerfile, "USER")[-1] == "65532:65532"
    assert {"COPY", "ADD"}.isdisjoint(names[len(names) - names[::-1].index("USER") :])


def test_nemo_image_keeps_its_own_torch() -> None:
    (nemo,) = (path for path in DOCKERFILES if path.stem == "nemo")
    installs = [run for run in arguments(nemo, "RUN") if "pip install" in run]
    assert len(installs) == 2
    assert all("--no-deps" in run for run in installs)
    assert "missing_from_image.py requirements.lock > missing.txt" in installs[0]


@pytest.mark.parametrize("package", ["dagster", "dagster-docker", "dagster-postgres", "psycopg2-binary", "hatchling"])
def test_lock_pins_what_the_images_need(package: str) -> None:
    assert re.search(rf"^{package}==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), flags=re.MULTILINE)
