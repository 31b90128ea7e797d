from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from edscribe_pipelines_tests.docker.deployment import ROOT


def missing(lock: Path, lines: str) -> list[str]:
    lock.write_text(lines, encoding="utf-8")
    program = [sys.executable, ROOT / "docker" / "missing_from_image.py", lock]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def test_package_of_another_version_is_left_alone(tmp_path: Path) -> None:
    assert missing(tmp_path / "lock", "# PyYAML==0 is a comment\nPyYAML==0.0.1\nnobody-has-this==1.2\n") == [
        "nobody-has-this==1.2"
    ]


def test_spelling_of_a_name_does_not_matter(tmp_path: Path) -> None:
    assert missing(tmp_path / "lock", "pyyaml==1\nTyping.Extensions==1\nnobody_has_this==3\n") == ["nobody_has_this==3"]


def test_this_environment_lacks_nothing_of_its_lock(tmp_path: Path) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "torch==" in lock
    assert missing(tmp_path / "lock", lock) == [""]
