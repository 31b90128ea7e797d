"""What happens to the tests that need the MIMIC-IV-ED demo where it is absent."""

import os
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_NEEDS_DEMO = _HERE / "intake" / "test_release.py"


def collect(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", str(_NEEDS_DEMO)],
        env=inherited | {"EDSCRIBE_TEST_MIMIC_DIR": str(folder)} | environment,
        cwd=_HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_the_demo_its_tests_are_deselected_with_one_line_that_helps(tmp_path: Path) -> None:
    collected = collect(tmp_path / "absent")
    assert collected.returncode == 0
    assert "test_demo_is_open_and_whole" not in collected.stdout
    assert "1 deselected" in collected.stdout
    (line,) = [line for line in collected.stdout.splitlines() if "EDSCRIBE_TEST_MIMIC_DIR" in line]
    assert "https://physionet.org/content/mimic-iv-ed-demo/2.2/" in line


def test_with_the_demo_its_tests_are_collected(tmp_path: Path) -> None:
    collected = collect(tmp_path)
    assert "test_demo_is_open_and_whole" in collected.stdout
    assert "deselected" not in collected.stdout


def test_on_ci_an_absent_demo_fails_the_session_with_one_line(tmp_path: Path) -> None:
    collected = collect(tmp_path / "absent", CI="true")
    assert collected.returncode != 0
    assert "EDSCRIBE_TEST_MIMIC_DIR" in collected.stderr
    assert "Traceback" not in collected.stderr
