"""Answers that gather beside their file, with real processes killed at whatever moment."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.jsonl.answers import Answer
from edscribe_pipelines.deidentify.jsonl.batches import answer_in_order, read_batches
from edscribe_pipelines.deidentify.jsonl.note_lines import Batch, Refusal
from edscribe_pipelines.deidentify.jsonl.part_file import PartFile
from edscribe_pipelines.errors import BadInput

ROWS = 4_000


def answer(batch: Batch) -> Answer:
    """Answer each line with its hash, and refuse those that say so."""
    lines = batch.data.splitlines()
    refused = [Refusal(batch.first_row + n, None, "bad") for n, line in enumerate(lines) if line.startswith(b"bad")]
    good = [hashlib.sha256(line).hexdigest().encode() + b"\n" for line in lines if not line.startswith(b"bad")]
    return Answer(b"".join(good), len(good), tuple(refused))


def run(source: Path, target: Path, *, workers: int = 1, recipe: str = "r", stop_after: int | None = None) -> int:
    """Answer `source` as the command does, in the order of its steps; return the notes that stood already."""
    with PartFile(target, recipe) as part, io.FileIO(source) as stream:
        resumed = part.resume(stream)
        batches = read_batches(stream, resumed.rows + 1, resumed.already_read)
        for number, (batch, answered) in enumerate(answer_in_order(answer, batches, workers)):
            if number == stop_after:
                return resumed.notes
            part.add(batch, answered)
        (target.parent / "refused").write_text("".join(f"{each['row']}\n" for each in part.refused()))
        part.commit()
    return resumed.notes


def write_rows(path: Path, count: int = ROWS, end: bytes = b"\n") -> list[bytes]:
    """Write lines of some hundred characters, every ninth of them bad."""
    rows = [(b"bad " if row % 9 == 0 else b"") + f"row {row} ".encode() * 40 for row in range(1, count + 1)]
    path.write_bytes(b"\n".join(rows) + end)
    return rows


def expected(rows: list[bytes]) -> tuple[str, str]:
    answered = answer(Batch(1, b"\n".join(rows)))
    return answered.lines.decode(), "".join(f"{refusal.row}\n" for refusal in answered.refused)


def outcome(folder: Path) -> tuple[str, str]:
    return (folder / "out.jsonl").read_text(), (folder / "refused").read_text()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "in.jsonl"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


@pytest.mark.parametrize("end", [b"\n", b""])
def test_file_appears_whole_and_nothing_else_stays(tmp_path: Path, source: Path, target: Path, end: bytes) -> None:
    rows = write_rows(source, end=end)
    run(source, target)
    assert outcome(tmp_path) == expected(rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "refused"]


def test_unfinished_answers_are_for_their_owner_and_the_file_is_like_any_other(source: Path, target: Path) -> None:
    write_rows(source)
    run(source, target, stop_after=1)
    unfinished = [path for path in target.parent.iterdir() if path != source]
    assert [path.stat().st_mode & 0o777 for path in unfinished] == [0o600, 0o600]
    run(source, target)
    assert target.stat().st_mode == source.stat().st_mode


def test_restart_keeps_the_batches_that_were_answered(tmp_path: Path, source: Path, target: Path) -> None:
    rows = write_rows(source)
    run(source, target, stop_after=3)
    assert not target.exists()
    assert 0 < run(source, target) < ROWS
    assert outcome(tmp_path) == expected(rows)


@pytest.mark.parametrize("tail", [b"half a line", b"\x00" * 5000])
def test_what_was_only_begun_is_dropped(tmp_path: Path, source: Path, target: Path, tail: bytes) -> None:
    rows = write_rows(source)
    run(source, target, stop_after=2)
    for name in ("out.jsonl.part", "out.jsonl.part.journal"):
        with (tmp_path / name).open("ab") as stream:
            stream.write(tail)
    assert run(source, target) > 0
    assert outcome(tmp_path) == expected(rows)


@pytest.mark.parametrize("lost", ["out.jsonl.part", "out.jsonl.part.journal"])
def test_run_of_which_a_file_is_gone_begins_anew(tmp_path: Path, source: Path, target: Path, lost: str) -> None:
    rows = write_rows(source)
    run(source, target, stop_after=2)
    (tmp_path / lost).unlink()
    assert run(source, target) == 0
    assert outcome(tmp_path) == expected(rows)


def test_other_recipe_begins_anew(tmp_path: Path, source: Path, target: Path) -> None:
    rows = write_rows(source)
    run(source, target, stop_after=2)
    assert run(source, target, recipe="another") == 0
    assert outcome(tmp_path) == expected(rows)


def test_input_that_changed_is_answered_anew_from_there_on(tmp_path: Path, source: Path, target: Path) -> None:
    write_rows(source)
    run(source, target, stop_after=3)
    content = source.read_bytes()
    source.write_bytes(content[:400_000] + b"new\nrow" + content[400_000:])
    assert 0 < run(source, target) < ROWS
    assert outcome(tmp_path) == expected(source.read_bytes().splitlines())


@pytest.mark.parametrize("length", [0, 5, 300_000])
def test_input_that_shrank_gives_no_more_than_it_holds(tmp_path: Path, source: Path, target: Path, length: int) -> None:
    write_rows(source)
    run(source, target, stop_after=3)
    source.write_bytes(source.read_bytes()[:length])
    run(source, target)
    assert outcome(tmp_path) == expected(source.read_bytes().splitlines())


def test_last_line_that_grew_is_answered_anew(tmp_path: Path, source: Path, target: Path) -> None:
    write_rows(source, end=b" unfinished")
    with PartFile(target, "r") as part, io.FileIO(source) as stream:
        for batch in read_batches(stream, 1, part.resume(stream).already_read):
            part.add(batch, answer(batch))
    with source.open("ab") as stream:
        stream.write(b" and now finished\n")
    assert run(source, target) > 0
    assert outcome(tmp_path) == expected(source.read_bytes().splitlines())


def test_second_process_on_the_same_file_is_told_so(source: Path, target: Path) -> None:
    write_rows(source, 3)
    with PartFile(target, "r"), pytest.raises(BadInput, match=r"out\.jsonl\.part\.journal: another process"):
        run(source, target)


_PROGRAM = """
import sys
from pathlib import Path
from edscribe_pipelines_tests.deidentify.jsonl.test_part_file import run

if __name__ == "__main__":
    print("begun", flush=True)
    print(run(Path(sys.argv[1]), Path(sys.argv[2]), workers=int(sys.argv[3])))
"""


@pytest.mark.parametrize(("workers", "longest_seconds"), [(1, 0.15), (2, 1.5)])
def test_runs_killed_at_any_moment_lose_double_and_reorder_nothing(
    tmp_path: Path, source: Path, target: Path, workers: int, longest_seconds: float
) -> None:
    rows = write_rows(source, 30_000)
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)
    command = [sys.executable, program, source, target, str(workers)]
    chance = random.Random(workers)
    killed = 0
    for _ in range(6):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, longest_seconds))
        process.kill()
        process.stdout.close()
        killed += process.wait() == -9
        assert not target.exists() or outcome(tmp_path) == expected(rows)
    assert killed > 0
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert outcome(tmp_path) == expected(rows)
    assert not list(tmp_path.glob("*.part*"))
