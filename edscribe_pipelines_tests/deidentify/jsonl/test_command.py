"""`edscribe deid` from source to output, in this process: what is written where, and what is said about bad lines."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.jsonl.command import Deidentification, engine_version, read_key
from edscribe_pipelines.deidentify.replacing.replacement import Replacement
from edscribe_pipelines.errors import BadInput, StageFailed

SECRET = "Zorvanka Delmiquist"
NOTE = {"id": "n-1", "text": f"Patient: {SECRET}. HR 98. Seen by Dr. Brindequist."}
BAD: list[bytes] = [
    f"{SECRET} is no JSON".encode(),
    f'{{"id": "2", "text": "{SECRET}'.encode(),
    b'{"id": "2", "text": "\xff' + SECRET.encode() + b'"}',
    orjson.dumps([SECRET]),
    orjson.dumps({"id": "2", "note": SECRET}),
    orjson.dumps({"id": [SECRET], "text": SECRET}),
    orjson.dumps({"id": "2", "text": "x", "known_identifiers": {SECRET: SECRET}}),
    orjson.dumps({"id": "2", "text": "x", "patient": {SECRET: 1}}),
]


def write(path: Path, *lines: dict[str, Any] | bytes) -> Path:
    path.write_bytes(b"".join((x if isinstance(x, bytes) else orjson.dumps(x)) + b"\n" for x in lines))
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def deid(source: Path | str, out: Path | str, quarantine: Path | None = None, workers: int = 1) -> int:
    return sum(Deidentification(str(source), str(out), Replacement(), quarantine, workers).run())


def everything_in(folder: Path) -> bytes:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "in.jsonl"]
    return b"\n".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)


def test_each_line_gives_one_in_the_same_order(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", *({"id": number, "text": "HR 98"} for number in range(300)))
    assert deid(source, tmp_path / "sub" / "out.jsonl") == 300
    assert [row["id"] for row in rows(tmp_path / "sub" / "out.jsonl")] == list(range(300))
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["out.jsonl"]


def test_empty_input_gives_an_empty_file(tmp_path: Path) -> None:
    assert deid(write(tmp_path / "in.jsonl"), tmp_path / "out.jsonl") == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_bad_rows_go_to_the_quarantine_and_the_others_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "in.jsonl", *(line for bad in BAD for line in (NOTE, bad)), NOTE)
    assert deid(source, tmp_path / "out.jsonl", tmp_path / "bad.jsonl") == len(BAD) + 1
    quarantined = rows(tmp_path / "bad.jsonl")
    assert [row["row"] for row in quarantined] == list(range(2, 2 * len(BAD) + 1, 2))
    assert all(row["reason"] for row in quarantined)
    assert all(list(row) == ["row", "field", "reason"] for row in quarantined)
    assert len(rows(tmp_path / "out.jsonl")) == len(BAD) + 1
    shown = "".join((*capfd.readouterr(), caplog.text)).encode() + everything_in(tmp_path)
    assert all(name.encode() not in shown for name in (*SECRET.split(), "Brindequist"))


def test_quarantine_is_there_and_empty_where_every_row_is_good(tmp_path: Path) -> None:
    deid(write(tmp_path / "in.jsonl", NOTE), tmp_path / "out.jsonl", tmp_path / "bad.jsonl")
    assert (tmp_path / "bad.jsonl").read_bytes() == b""


@pytest.mark.parametrize("bad", BAD)
def test_bad_line_of_a_file_stops_the_run_before_its_first_note(tmp_path: Path, bad: bytes) -> None:
    source = write(tmp_path / "in.jsonl", *[NOTE] * 3, bad, NOTE)
    (tmp_path / "out.jsonl").write_text("of before")
    done = Deidentification(str(source), str(tmp_path / "out.jsonl"), Replacement()).run()
    with pytest.raises(BadInput, match=r"in\.jsonl, line 4\b") as error:
        next(done)
    assert not any(name in str(error.value) for name in SECRET.split())
    assert error.value.__cause__ is None
    assert (tmp_path / "out.jsonl").read_text() == "of before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_bad_line_of_a_stream_stops_the_run_and_leaves_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "stream")
    content = write(tmp_path / "in.jsonl", NOTE, BAD[1]).read_bytes()
    writer = threading.Thread(target=(tmp_path / "stream").write_bytes, args=(content,))
    writer.start()
    with pytest.raises(BadInput, match="stream, line 2: not JSON in UTF-8"):
        deid(tmp_path / "stream", tmp_path / "out.jsonl")
    writer.join()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "stream"]


def test_stream_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out")
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append((tmp_path / "out").read_bytes()))
    reader.start()
    source = write(tmp_path / "in.jsonl", NOTE, BAD[0])
    assert deid(source, tmp_path / "out", tmp_path / "bad.jsonl") == 1
    reader.join()
    assert (tmp_path / "out").is_fifo()
    assert orjson.loads(taken[0])["id"] == "n-1"
    assert [row["row"] for row in rows(tmp_path / "bad.jsonl")] == [2]


def test_reader_that_goes_away_is_an_error_in_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out")
    reader = threading.Thread(target=lambda: (tmp_path / "out").open("rb").close())
    reader.start()
    source = write(tmp_path / "in.jsonl", *[{"id": 1, "text": "x " * 200_000}] * 3)
    with pytest.raises(StageFailed, match=r"out: Broken pipe\."):
        deid(source, tmp_path / "out")
    reader.join()


def test_source_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl: cannot be opened \(No such file or directory\)"):
        deid(tmp_path / "nowhere.jsonl", tmp_path / "out.jsonl")


class Broken(Replacement):
    def apply(self, text: str, spans: Sequence[Span], patient_key: str = "", year: int | None = None) -> str:
        raise ValueError(f"cannot replace in {text}")


@pytest.mark.parametrize("quarantine", [None, "bad.jsonl"])
def test_engine_that_fails_on_every_note_fails_the_run(tmp_path: Path, quarantine: str | None) -> None:
    source = write(tmp_path / "in.jsonl", NOTE, NOTE)
    bad = tmp_path / quarantine if quarantine else None
    with pytest.raises(StageFailed, match=r"in\.jsonl, line 1: could not be de-identified \(ValueError at") as error:
        sum(Deidentification(str(source), str(tmp_path / "out.jsonl"), Broken(), bad).run())
    assert not any(name in str(error.value) for name in SECRET.split())
    assert not (tmp_path / "out.jsonl").exists()
    assert not (tmp_path / "bad.jsonl").exists()


def test_rules_alone_miss_what_only_the_model_finds_and_take_over_nothing_of_a_run_with_it(tmp_path: Path) -> None:
    note = {"id": 1, "text": "HPI: works nights at tessmore. Seen by Dr. Brindequist."}
    source, out = write(tmp_path / "in.jsonl", note), tmp_path / "out.jsonl"
    of_both = Deidentification(str(source), str(out), Replacement()).run()
    assert [next(of_both), next(of_both)] == [0, 1]
    of_both.close()
    assert (tmp_path / "out.jsonl.part").exists()
    sum(Deidentification(str(source), str(out), Replacement(), is_learned=False).run())
    assert [span["type"] for span in rows(out)[0]["spans"]] == ["NAME"]
    deid(source, out)
    assert len(rows(out)[0]["spans"]) == 2


def test_note_of_five_megabytes_is_read_to_its_end(tmp_path: Path) -> None:
    long = "HR 98, RR 18.\n" * 360_000 + "Seen by Dr. Brindequist."
    source = write(tmp_path / "in.jsonl", NOTE, {"id": "long", "text": long}, NOTE)
    assert deid(source, tmp_path / "out.jsonl") == 3
    clean = rows(tmp_path / "out.jsonl")[1]
    assert clean["text"] == long.replace("Brindequist", "[NAME]")
    (span,) = clean["spans"]
    assert long[span["start"] : span["end"]] == "Brindequist"


def test_engine_version_is_the_same_each_time() -> None:
    assert engine_version() == engine_version()
    assert len(engine_version()) == 64


def test_key_is_what_the_file_holds(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(bytes(range(32)))
    assert read_key(tmp_path / "key") == bytes(range(32))


@pytest.mark.parametrize("content", [None, b"", b"too short"])
def test_file_without_a_key_is_bad_input_with_a_remedy(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(BadInput, match="Make one with: head -c 32 /dev/urandom") as error:
        read_key(tmp_path / "key")
    assert "too short" not in str(error.value)
