"""What happens to the tests that need data from outside the repository where it is absent."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def collect(module: str = "intake/mimic/test_raw_tables.py", **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", str(_HERE / module)],
        env=inherited | environment,
        cwd=_HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variable", "module", "test", "address"),
    [
        (
            "EDSCRIBE_TEST_MIMIC_DIR",
            "intake/mimic/test_raw_tables.py",
            "test_demo_is_whole",
            "https://physionet.org/content/mimic-iv-ed-demo/2.2/",
        ),
        (
            "EDSCRIBE_TEST_ACI_BENCH_DIR",
            "intake/notes/test_note_files.py",
            "test_sixty_of_the_aci_bench_training_notes",
            "https://github.com/wyim/aci-bench",
        ),
        (
            "EDSCRIBE_TEST_CHAT_TEMPLATE_DIR",
            "train/test_chat.py",
            "test_turn_ends_with_nvidias_mark",
            "https://github.com/ggml-org/llama.cpp",
        ),
    ],
)
def test_without_the_data_its_tests_are_deselected_with_one_line_that_helps(
    tmp_path: Path, variable: str, module: str, test: str, address: str
) -> None:
    collected = collect(module, **{variable: str(tmp_path / "absent")})
    assert collected.returncode == 0
    assert test not in collected.stdout
    assert re.search(r"[1-9]\d* deselected", collected.stdout)
    (line,) = [line for line in collected.stdout.splitlines() if variable in line]
    assert address in line


def test_with_the_demo_its_tests_are_collected(tmp_path: Path) -> None:
    variables = ("EDSCRIBE_TEST_MIMIC_DIR", "EDSCRIBE_TEST_ACI_BENCH_DIR", "EDSCRIBE_TEST_CHAT_TEMPLATE_DIR")
    collected = collect(**dict.fromkeys(variables, str(tmp_path)))
    assert "test_demo_is_whole" in collected.stdout
    assert "deselected" not in collected.stdout


def test_on_ci_an_absent_demo_fails_the_session_with_one_line(tmp_path: Path) -> None:
    collected = collect(EDSCRIBE_TEST_MIMIC_DIR=str(tmp_path / "absent"), CI="true")
    assert collected.returncode != 0
    assert "EDSCRIBE_TEST_MIMIC_DIR" in collected.stderr
    assert "Traceback" not in collected.stderr
