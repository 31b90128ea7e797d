"""The audit of removed spans: what it says, what it never says, and the key that it needs."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from edscribe_pipelines.clinical.records import to_frame
from edscribe_pipelines.deidentify.audit import AuditRow, audit_rows, vault_key
from edscribe_pipelines.deidentify.finding.spans import Span
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.errors import BadInput

KEY = bytes(range(32))
NOTE = "Patient: Zorvanka Delmiquist  MRN: 77431906\nSeen by Dr. Brindequist on 03/14/2019. Phone 415-555-0132."
VALUES = ("Zorvanka", "Delmiquist", "77431906", "Brindequist", "03/14/2019", "415-555-0132")


def test_row_says_where_and_what_kind_and_by_which_rule() -> None:
    (row,) = audit_rows("e-1", "note", "Dr. Vossberg", [Span(4, 12, "NAME", "titled_name")], KEY)
    assert row == {
        "encounter_id": "e-1",
        "field": "note",
        "start": 4,
        "end": 12,
        "category": "Names",
        "type": "NAME",
        "rule": "titled_name",
        "value_hmac": hmac.new(KEY, b"vossberg", hashlib.sha256).hexdigest(),
    }


def value_hmac(value: str, key: bytes = KEY) -> str:
    return audit_rows("e-1", "note", value, [Span(0, len(value), "NAME", "r")], key)[0]["value_hmac"]


@pytest.mark.parametrize("spelling", ["JOSÉ NUÑEZ", "Jose  Nunez", "jose\nnunez"])
def test_spellings_of_a_value_have_one_hmac(spelling: str) -> None:
    assert value_hmac(spelling) == value_hmac("José Nuñez")


def test_other_values_and_other_keys_have_other_hmacs() -> None:
    assert len({value_hmac("77431906"), value_hmac("77431907"), value_hmac("77431906", bytes(32))}) == 3


def test_value_of_half_a_surrogate_pair_has_an_hmac() -> None:
    assert len(value_hmac("a\ud800")) == 64


def test_stored_audit_holds_no_value_and_no_plain_hash_of_one(tmp_path: Path, remover: Remover) -> None:
    spans = remover.remove(NOTE).spans
    removed = {NOTE[span.start : span.end] for span in spans}
    assert all(any(value in each for each in removed) for value in VALUES)
    rows = audit_rows("e-1", "note", NOTE, spans, KEY)
    to_frame(AuditRow, rows).write_parquet(tmp_path / "audit.parquet", compression="uncompressed")
    stored = (tmp_path / "audit.parquet").read_bytes().lower()
    for value in {*VALUES, *removed}:
        for form in (value, value.casefold(), value[::-1]):
            assert form.casefold().encode() not in stored
            assert hashlib.sha256(form.encode()).hexdigest().encode() not in stored
    read = pl.read_parquet(tmp_path / "audit.parquet")
    assert read.select("start", "end", "type", "rule").rows() == [(s.start, s.end, s.type, s.rule) for s in spans]


def test_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = vault_key(tmp_path / "phi")
    (file,) = (tmp_path / "phi").iterdir()
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "phi").stat().st_mode & 0o077 == 0
    assert vault_key(tmp_path / "phi") == key
    assert vault_key(tmp_path / "other") != key


def test_all_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: vault_key(tmp_path), range(64)))
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(32), bytes(range(33))])
def test_damaged_key_is_an_error_and_stays_as_it_is(tmp_path: Path, damaged: bytes) -> None:
    vault_key(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damaged)
    with pytest.raises(BadInput, match=r"audit\.key: damaged.*Restore it from a backup"):
        vault_key(tmp_path)
    assert file.read_bytes() == damaged
