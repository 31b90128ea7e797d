from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines_tests.fhir.servers.environment import VARIABLE, tool


@pytest.mark.parametrize("name", ["sekmet", "pyrofile"])
def test_locked_tool_is_a_command_of_the_environment(name: str) -> None:
    assert tool(name).is_file()


def test_absent_tool_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(FileNotFoundError, match="make install"):
        tool("sekmet")
