"""A site's list, and what is said of one that cannot be used: its lines, never its values."""

from __future__ import annotations

from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.checking.listed.identifiers import Listed, read_list
from edscribe_pipelines.errors import BadInput


def written(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_list_of_lines_keeps_its_line_numbers(tmp_path: Path) -> None:
    source = written(tmp_path, "known.txt", "\ufeffZoë Tamsek\r\n\r\n 555-0143 \n")
    assert read_list(source) == [Listed(1, "unspecified", "Zoë Tamsek"), Listed(3, "unspecified", "555-0143")]


def test_csv_has_types_and_may_have_further_columns_and_empty_cells(tmp_path: Path) -> None:
    source = written(tmp_path, "known.csv", 'id,type,value\n1,patient_name,"Tamsek, Zoë"\n2,phone,\n3,,771302\n')
    assert read_list(source) == [Listed(2, "patient_name", "Tamsek, Zoë"), Listed(4, "unspecified", "771302")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("known.txt", "", "known.txt: holds no identifier"),
        ("known.txt", "Tamsek\nTám\nTamsek\nK-7\n", "lines 2, 4: fewer than 4 letters and digits"),
        ("known.txt", "ab\n" * 12, "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: fewer"),
        ("known.txt", f"Tamsek\n{'Tamsek ' * 40}", "line 2: more than 200 characters"),
        ("known.txt", "Tams\xe9k".encode("latin-1"), "not text in UTF-8"),
        ("known.csv", "kind,value\nmrn,Tamsek\n", "line 1, field type: the column is missing"),
        ("known.csv", "type,value\nmrn,abc\n", "line 2: fewer than 4"),
        ("known.csv", "type,value\n771302 Tamsek,mrn_\n", "line 2, field type: no name of a type"),
        ("known.csv", "type,value\n" + "".join(f"Tamsek {n},mrn_\n" for n in range(60)), "no name of a type"),
    ],
)
def test_list_that_cannot_be_used_is_refused_without_a_value(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    with pytest.raises(BadInput) as error:
        read_list(written(tmp_path, name, content))
    assert said in str(error.value)
    assert "Tam" not in str(error.value)


def test_list_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.txt: cannot be opened"):
        read_list(str(tmp_path / "nowhere.txt"))
