"""Released files of all kinds, searched: what is said of each, and that nothing said quotes anything."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from edscribe_pipelines.deidentify.checking.listed import released_text
from edscribe_pipelines.deidentify.checking.listed.identifiers import Listed
from edscribe_pipelines.deidentify.checking.listed.report import Counts, KnownSearch, files_below
from edscribe_pipelines.errors import BadInput

NAME, PHONE, MRN = Listed(2, "patient_name", "Zoë Tamsek"), Listed(3, "phone", "555-0143"), Listed(5, "mrn", "771302")
LISTED = [NAME, PHONE, MRN]


def searched(*paths: Path) -> tuple[list[dict[str, Any]], Counts]:
    search = KnownSearch(LISTED)
    rows = list(search.rows(files_below(paths)))
    said = orjson.dumps(rows).decode().lower()
    assert not any(part in said for part in ("zo", "tam", "0143", "7713"))
    return rows, search.counts


def lines_of(row: dict[str, Any]) -> list[tuple[int, int]]:
    return [(place.get("line", place.get("row")), place["list_line"]) for place in row["places"]]


TEXTS = {
    "a.txt": "Seen.\nZoë\nTAMSEK came.\nCall (555) 0143, MRN771302.\n",
    "a.md": "| a | b |\n|Zoë Tamsek|\n\n**(555)** 0143 [771302](x)",
    "a.csv": 'id,text\n1,"Zoë\nTamsek"\n2,"(555) 0143, 771302"\n',
    "a.html": "<p>x</p>\n<td><b>Zo&euml;</b> <i class='n'>Tamsek</i></td>\n\n<a href='tel:5550143'>y</a> &#55;71302",
    "a.jsonl": '{"t": "x"}\n{"t": "of\\nZo\\u00eb\\nTamsek"}\n\n{"t": "\\"555-0143\\"", "mrn": 771302}\n',
    "a.ndjson": '{}\n{"name": {"family": "Tamsek", "given": ["Zoë"]}}\n\n{"555-0143": "\\u003cb>7713\\u200b02</b>"}\n',
    "a.json": '{\n "name": [{"family":\n  "Tamsek", "given": ["Zoë"]}],\n "tel": [555, "(555) 0143"], "id": 771302}',
    "log": "x\nZoe Tamsek\nx\n555-0143 771302\n",
}
EXPECTED = {
    "a.csv": [(2, 2), (4, 3), (4, 5)],
    "a.json": [(3, 2), (4, 3), (4, 5)],
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_text_of_each_kind_is_read(tmp_path: Path, name: str, is_packed: bool) -> None:
    content = TEXTS[name].encode()
    path = tmp_path / (f"{name}.gz" if is_packed else name)
    path.write_bytes(gzip.compress(content) if is_packed else content)
    (row,), counts = searched(tmp_path)
    assert row["file"] == str(path)
    assert lines_of(row) == EXPECTED.get(name, [(2, 2), (4, 3), (4, 5)])
    assert [place["kind"] for place in row["places"]] == ["patient_name", "phone", "mrn"]
    assert counts == Counts(files=1, lines=len(TEXTS[name].splitlines()), identifiers=3, hits=3)


def test_parquet_is_read_by_rows(tmp_path: Path) -> None:
    people = [None, {"family": "Tamsek", "given": ["Zoë"]}]
    table = {"text": ["x\ny", "555\t0143"], "phone": [b"\xff", b"555-0143"], "mrn": [771302.0, None], "who": people}
    pl.DataFrame(table).write_parquet(tmp_path / "a.parquet")
    (row,), counts = searched(tmp_path)
    assert row["places"] == [
        {"row": 1, "kind": "mrn", "list_line": 5},
        {"row": 2, "kind": "patient_name", "list_line": 2},
        {"row": 2, "kind": "phone", "list_line": 3},
    ]
    assert counts.lines == 2


def test_column_and_key_that_name_somebody_are_found(tmp_path: Path) -> None:
    pl.DataFrame({"Zoë Tamsek": [1]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.json").write_text('{"visits": {\n"Zoe Tamsek": 3}}')
    first, second = searched(tmp_path)[0]
    assert (lines_of(first), lines_of(second)) == ([(1, 2)], [(2, 2)])


def spoiled(folder: Path) -> dict[str, bytes]:
    pl.DataFrame({"a": [1]}).write_parquet(folder / "whole")
    parquet = (folder / "whole").read_bytes()
    (folder / "whole").unlink()
    return {
        "a.txt": "Zoë Tamsek".encode("utf-16"),
        "b.csv": "Zoë Tamsek".encode("latin-1"),
        "c.parquet": parquet[:-9],
        "d.jsonl.gz": gzip.compress(b"Zoe Tamsek\n")[:-9],
        "e.json.gz": gzip.compress(b"{}")[:9] + bytes(8),
    }


def test_file_that_should_be_readable_and_is_not_is_named_and_counted(tmp_path: Path) -> None:
    broken = spoiled(tmp_path)
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
    rows, counts = searched(tmp_path)
    assert [(Path(row["file"]).name, bool(row["not_read"])) for row in rows] == [(name, True) for name in broken]
    assert counts == Counts(identifiers=3, not_read=5, broken=5)


def test_file_of_another_kind_is_named_and_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    rows, counts = searched(tmp_path)
    assert [row["not_read"] for row in rows] == ["neither text in UTF-8 nor Parquet"]
    assert counts == Counts(identifiers=3, not_read=1)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "beyond").symlink_to("/")
    (tmp_path / "gone").symlink_to("nowhere")
    rows, counts = searched(tmp_path)
    assert {Path(row["file"]).name for row in rows} == {"pipe", "beyond", "gone"}
    assert (counts.files, counts.not_read, counts.broken) == (0, 3, 3)


def test_hits_before_a_fault_are_told_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Zoe Tamsek\n" + b"x" * (2 << 20) + b"\n\xff\n")
    unread, hit = searched(tmp_path)[0]
    assert unread["not_read"]
    assert lines_of(hit) == [(1, 2)]


def test_name_of_a_file_is_searched_and_not_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "notes" / "b_tamsek_zoe"
    folder.mkdir(parents=True)
    (tmp_path / "notes" / "a").mkdir()
    (folder / "5550143.txt").write_text("x\n")
    (tmp_path / "notes" / "tamsek").mkdir()
    (tmp_path / "notes" / "tamsek" / "zoe.txt").write_text("x\n")
    first, second = searched(tmp_path)[0]
    assert first["file"] == str(tmp_path / "notes" / "[entry 2 by name]" / "[entry 1 by name]")
    assert lines_of(first) == [(0, 2), (0, 3)]
    assert second["file"].endswith("[entry 1 by name]/[entry 3 by name]/[entry 1 by name]")
    assert lines_of(second) == [(0, 2)]


def test_file_below_two_paths_is_read_once_and_a_missing_path_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n")
    assert searched(tmp_path, tmp_path / "a.txt", tmp_path)[1].files == 1
    with pytest.raises(BadInput, match="no such file or folder"):
        files_below([tmp_path, tmp_path / "nowhere"])


def test_places_are_bounded_and_all_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("555-0143\n" * 3000)
    (row,), counts = searched(tmp_path)
    assert (row["hits"], counts.hits, len(row["places"])) == (3000, 3000, 1000)


@pytest.mark.parametrize("wrap", [lambda text: text, lambda text: gzip.compress(text)])
def test_line_of_any_length_is_read_in_parts(
    tmp_path: Path, wrap: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(released_text, "_AT_ONCE", 1 << 12)
    monkeypatch.setattr(released_text, "_LONGEST_LINE", 1 << 14)
    entries = [{"resource": {"name": [{"family": "Ost", "given": ["Ida"]}], "text": "é, ö " * 40}} for _ in range(2000)]
    entries[1234]["resource"]["name"] = [{"family": "Tamsek", "given": ["Zoë"]}]
    (tmp_path / "bundle.json").write_bytes(wrap(orjson.dumps({"entry": entries})))
    longest = max(len(piece.text) for piece in released_text.read_released(tmp_path / "bundle.json"))
    assert longest < 1 << 15
    assert lines_of(searched(tmp_path)[0][0]) == [(1, 2)]
