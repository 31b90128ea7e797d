"""The words for how a worker ended."""

from __future__ import annotations

import pytest

from edscribe_pipelines.orchestration.executor.ending import describe_exit


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "without reporting a result"),
        (1, "exit code 1"),
        (-9, "memory ran out"),
        (137, "memory ran out"),
        (-11, "SIGSEGV"),
        (143, "SIGTERM"),
        (200, "exit code 200"),
    ],
)
def test_exit_code_is_told_in_words(code, words):
    assert words in describe_exit(code)
