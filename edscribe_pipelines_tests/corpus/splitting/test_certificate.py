import hashlib

import orjson
import polars as pl
import pytest

from edscribe_pipelines.corpus.splitting import comparison
from edscribe_pipelines.corpus.splitting.certificate import Certificate, certify, violations
from edscribe_pipelines_tests.corpus.invented import case, frame, note

NO_GOLD = frame().select("case_id")


def split(*rows: tuple[dict[str, object], str]) -> pl.DataFrame:
    return frame(*(row for row, _ in rows)).with_columns(split=pl.Series([its for _, its in rows], dtype=pl.String))


def clean(count: int = 30) -> list[tuple[dict[str, object], str]]:
    return [(case(n), ("test" if n % 10 == 0 else "validation" if n % 10 == 1 else "train")) for n in range(count)]


def between(certificate: Certificate, *splits: str) -> dict[str, object]:
    return next(dict(row) for row in certificate["between"] if row["splits"] == list(splits))


def test_certificate_of_a_clean_corpus_holds_and_says_what_it_counted() -> None:
    certificate = certify(split(*clean()), NO_GOLD, 0.9)
    assert violations(certificate) == []
    assert [(row["split"], row["cases"], row["patients"]) for row in certificate["splits"]] == [
        ("train", 24, 24),
        ("validation", 3, 3),
        ("test", 3, 3),
    ]
    assert [row["pairs_compared"] for row in certificate["between"]] == [72, 72, 9]
    assert all(0 <= row["highest_similarity"] < 0.9 for row in certificate["between"])  # type: ignore[operator]
    assert certificate["pair_by_pair"]


def test_ids_of_a_split_are_hashed_in_their_order() -> None:
    certificate = certify(split(*clean()), NO_GOLD, 0.9)
    ids = ["c-000000", "c-000010", "c-000020"]
    assert certificate["splits"][2]["case_ids_sha256"] == hashlib.sha256("\n".join(ids).encode()).hexdigest()


@pytest.mark.parametrize("pair_by_pair", [0, 500])
def test_near_duplicate_across_splits_is_a_violation(monkeypatch: pytest.MonkeyPatch, pair_by_pair: int) -> None:
    monkeypatch.setattr(comparison, "PAIR_BY_PAIR", pair_by_pair)
    near = case(99, completion=note(2).replace(" 1", " 2", 1))
    certificate = certify(split(*clean(), (near, "test")), NO_GOLD, 0.9)
    assert violations(certificate) == ["1 near-duplicates between train and test"]
    assert 0.9 <= between(certificate, "train", "test")["highest_similarity"] < 1  # type: ignore[operator]


def test_near_duplicates_within_a_split_are_none_of_its_business() -> None:
    assert violations(certify(split(*clean(), (case(99, completion=note(2)), "train")), NO_GOLD, 0.9)) == []


def test_patient_in_two_splits_is_a_violation() -> None:
    certificate = certify(split(*clean(), (case(99, "p-000000"), "validation")), NO_GOLD, 0.9)
    assert violations(certificate) == ["1 shared patients between validation and test"]


def test_gold_case_outside_the_test_split_is_a_violation() -> None:
    gold = frame(case(0), case(1), case(2)).select("case_id")
    certificate = certify(split(*clean()), gold, 0.9)
    assert violations(certificate) == ["1 gold cases in train", "1 gold cases in validation"]
    assert certificate["splits"][2]["gold_cases"] == 1


def test_certificate_goes_into_json_without_text_or_ids() -> None:
    written = orjson.dumps(certify(split(*clean()), NO_GOLD, 0.9)).decode()
    assert "c-000001" not in written
    assert "p-000001" not in written
    assert "Chest pain" not in written


@pytest.mark.parametrize("rows", [[], clean()[2:3]], ids=["no case", "one case"])
def test_too_few_cases_to_compare_are_certified(rows: list[tuple[dict[str, object], str]]) -> None:
    certificate = certify(split(*rows), NO_GOLD, 0.9)
    assert violations(certificate) == []
    assert {row["highest_similarity"] for row in certificate["between"]} == {None}
