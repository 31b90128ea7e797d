"""`edscribe deid review` at a terminal of its own: keys, the file of decisions, and `edscribe deid` with it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from edscribe_pipelines.deidentify.jsonl.command import Deidentification
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.files import read_jsonl, write_jsonl
from edscribe_pipelines_tests.e2e.workplace import COMMANDS

PLACE, CALL, OTHER = "quillmere general", "0044 20 7946 0958", "0044 161 496 0733"
NOTES = [
    f"Transferred from {PLACE} by ground.",
    f"Daughter rang from {CALL} about the plan.",
    f"Sister is on {OTHER} after six.",
    "BP 120/80, lungs clear.",
]
"""Each of the first three is withheld by the gate for one doubt where the rules read alone."""
_SECONDS = 300
"""Until a busy machine has loaded the models."""
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_ASKED = re.compile(r"─ \d+ of \d+ ─")


class Terminal:
    """A command at a terminal. Keys that come before it waits for one are lost, as they are to a person's command."""

    def __init__(self, *arguments: object) -> None:
        self._ours, self._its = pty.openpty()
        ends = {"stdin": self._its, "stdout": self._its, "stderr": self._its}
        command = [str(COMMANDS / "edscribe"), *map(str, arguments)]
        self._process = subprocess.Popen(command, start_new_session=True, **ends)
        self._written = b""

    @property
    def shown(self) -> str:
        return _COLOUR.sub(b"", self._written).decode(errors="ignore").replace("\r\n", "\n")

    def press(self, keys: Sequence[str]) -> int:
        """Press each key once the command asks for it; return the exit status."""
        for asked, key in enumerate(keys, start=1):
            self._show_until(lambda asked=asked: len(_ASKED.findall(self.shown)) == asked and self._waits_for_a_key())
            os.write(self._ours, key.encode())
        self._show_until(lambda: self._process.poll() is not None)
        os.close(self._its)
        os.close(self._ours)
        return self._process.wait()

    def _waits_for_a_key(self) -> bool:
        return not termios.tcgetattr(self._its)[3] & termios.ICANON

    def _show_until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not done():
            assert time.monotonic() < deadline, self.shown
            while select.select([self._ours], [], [], 0.05)[0]:
                self._written += os.read(self._ours, 65536)


def released(source: Path) -> list[str | None]:
    """Return the texts that the last run let out."""
    return [row["text"] for _, row in read_jsonl(source.with_name("out.jsonl"))]


def test_one_key_a_doubt_decides_and_a_line_that_a_kill_cut_short_is_asked_again(tmp_path: Path) -> None:
    source, decisions, out = (tmp_path / name for name in ("in.jsonl", "decisions.jsonl", "out.jsonl"))
    write_jsonl(source, [{"id": number, "text": text} for number, text in enumerate(NOTES)])
    review = ("deid", "review", source, "--decisions", decisions, "--rules-alone")

    first = Terminal(*review)
    assert first.press("inq") == 0
    assert PLACE in first.shown
    assert "3 notes, 1 identifiers, 1 that are nothing" in first.shown
    kept = decisions.read_bytes()
    rows = zip(NOTES, (row for _, row in read_jsonl(decisions)), strict=False)
    decided = [(text[row["start"] : row["end"]], row["verdict"]) for text, row in rows]
    assert decided == [(PLACE, "identifier"), (CALL, "nothing")]
    assert not any(word in kept.decode() for word in (PLACE, CALL, OTHER))

    decisions.write_bytes(kept[:-20])
    command = [COMMANDS / "edscribe", "deid", source, out, "--rules-alone", "--decisions", decisions]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
    assert done.stderr.splitlines() == [
        f"{decisions}, line 2: cut short by a kill, so it counts for nothing; `edscribe deid review` asks again.",
        "4 lines written",
    ]
    assert released(source) == ["Transferred from [OTHER_ID] by ground.", None, None, NOTES[3]]
    assert decisions.read_bytes() == kept[:-20]

    second = Terminal(*review)
    assert second.press("ni") == 0
    assert "line 2: cut short" in second.shown
    assert "2 notes, 1 identifiers, 1 that are nothing" in second.shown
    assert decisions.read_bytes().startswith(kept)
    sum(Deidentification(str(source), str(out), Replacement(), decisions=decisions, is_learned=False).run())
    texts = released(source)
    assert texts[1] == NOTES[1]
    assert texts[2] is not None
    assert OTHER not in texts[2]
