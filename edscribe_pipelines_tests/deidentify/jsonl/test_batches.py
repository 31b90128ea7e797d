from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.jsonl.batches import answer_in_order, read_batches
from edscribe_pipelines.deidentify.jsonl.note_lines import Batch
from edscribe_pipelines.errors import StageFailed


def size(batch: Batch) -> tuple[int, int]:
    return batch.first_row, len(batch.data)


def die(number: int) -> int:
    if number == 3:
        os._exit(9)
    return number


def file_of(folder: Path, content: bytes) -> io.FileIO:
    (folder / "in.jsonl").write_bytes(content)
    return io.FileIO(folder / "in.jsonl")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"one", b"one\ntwo\n", b"one\n\n\ntwo", b"x" * 700_000 + b"\nlast\n", b"row\n" * 300_000],
    ids=["nothing", "a blank line", "no end", "two", "blanks between", "longer than a read", "many reads"],
)
def test_batches_are_whole_lines_and_together_the_input(tmp_path: Path, content: bytes) -> None:
    batches = list(read_batches(file_of(tmp_path, content)))
    assert b"".join(batch.data for batch in batches) == content
    assert all(batch.data.endswith(b"\n") for batch in batches[:-1])
    for batch in batches:
        before = content[: sum(len(each.data) for each in batches[: batches.index(batch)])]
        assert batch.first_row == 1 + before.count(b"\n")


@pytest.mark.parametrize("cut", [0, 3, 4, 7])
def test_what_was_read_already_comes_first(tmp_path: Path, cut: int) -> None:
    content = b"one\ntwo\nthree\n"
    batches = list(read_batches(file_of(tmp_path, content[cut:]), 11, content[:cut]))
    assert b"".join(batch.data for batch in batches) == content
    assert batches[0].first_row == 11


def test_what_a_pipe_holds_is_a_batch_before_its_writer_has_ended() -> None:
    reading, writing = os.pipe()
    batches = read_batches(io.FileIO(reading))
    os.write(writing, b"one\ntw")
    assert next(batches) == Batch(1, b"one\n")
    os.write(writing, b"o\n")
    assert next(batches) == Batch(2, b"two\n")
    os.close(writing)
    assert list(batches) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_come_in_the_order_of_the_batches(workers: int) -> None:
    batches = [Batch(row, b"x" * (row % 7)) for row in range(1, 60)]
    assert list(answer_in_order(size, batches, workers)) == [(batch, size(batch)) for batch in batches]


def test_answer_comes_while_the_next_batch_is_waited_for() -> None:
    more = threading.Event()

    def slow() -> Iterator[Batch]:
        yield Batch(1, b"a")
        more.wait(60)
        yield Batch(2, b"bc")

    answers = answer_in_order(size, slow(), 2)
    assert next(answers) == (Batch(1, b"a"), (1, 1))
    more.set()
    assert [made for _, made in answers] == [(2, 2)]


def test_few_batches_are_read_ahead_of_the_answers_taken() -> None:
    read = []

    def batches() -> Iterator[Batch]:
        for row in range(1, 1000):
            read.append(row)
            yield Batch(row, b"")

    answers = answer_in_order(size, batches(), 2)
    for taken in range(1, 50):
        next(answers)
        assert len(read) <= taken + 7
    answers.close()  # type: ignore[attr-defined]


def test_error_of_the_input_is_raised_and_not_lost_in_the_thread_that_reads() -> None:
    def batches() -> Iterator[Batch]:
        yield Batch(1, b"a")
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        list(answer_in_order(size, batches(), 2))


def test_worker_that_is_killed_fails_the_run() -> None:
    with pytest.raises(StageFailed, match="A worker process was killed"):
        list(answer_in_order(die, range(10), 2))


_PARENT = """
import os, signal, sys, time
from edscribe_pipelines.deidentify.jsonl.batches import answer_in_order
from edscribe_pipelines_tests.deidentify.jsonl.test_batches import own_id

if __name__ == "__main__":
    print(*{made for _, made in answer_in_order(own_id, range(20), 2)}, flush=True)
    for worker_id in answer_in_order(own_id, iter(int, 1), 2):
        print(worker_id[1], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def own_id(_: int) -> int:
    return os.getpid()


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(_PARENT)
    # The pipe to standard output closes only once every process that holds it has ended.
    done = subprocess.run([sys.executable, program], capture_output=True, timeout=60, check=False)
    assert done.returncode == -9
    assert len(done.stdout.split()) >= 2
