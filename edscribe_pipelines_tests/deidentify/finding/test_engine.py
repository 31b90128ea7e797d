"""Recognizers that a site adds, in Python and as a file of Presidio's registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edscribe_pipelines.deidentify.audit import audit_rows
from edscribe_pipelines.deidentify.finding.engine import Analyzer, as_recognizer, read_recognizers
from edscribe_pipelines.deidentify.finding.spans import Span, count_by_type
from edscribe_pipelines.deidentify.remover import Remover
from edscribe_pipelines.errors import BadInput

NOTE = "Escorted by staff zz-q17; seen by Dr. Vossberg in the wobble annex."
CLEAN = "Escorted by staff [BADGE]; seen by Dr. [NAME] in the [ANNEX]."
FILE = """
recognizers:
  - name: badges
    supported_language: en
    supported_entity: BADGE
    patterns: [{name: badge, regex: "[a-z]{2}-q[0-9]{2}", score: 0.01}]
  - name: annexes
    supported_language: en
    supported_entity: ANNEX
    deny_list: [wobble annex]
"""


def badges(language: str = "en") -> Any:
    from presidio_analyzer import Pattern, PatternRecognizer

    return PatternRecognizer(
        "BADGE", name="badges", patterns=[Pattern("badge", r"[a-z]{2}-q\d\d", 0.01)], supported_language=language
    )


@pytest.fixture(scope="module")
def remover_of_a_site(tmp_path_factory: pytest.TempPathFactory) -> Remover:
    path = tmp_path_factory.mktemp("site") / "recognizers.yaml"
    path.write_text(FILE, encoding="utf-8")
    return Remover(read_recognizers(path))


def test_recognizer_given_in_python_removes_under_its_name() -> None:
    clean = Remover([badges()]).remove("Escorted by staff zz-q17.")
    assert clean.text == "Escorted by staff [BADGE]."
    assert clean.spans == (Span(18, 24, "BADGE", "site:badges"),)


def test_recognizers_of_a_file_remove_under_their_names(remover_of_a_site: Remover) -> None:
    clean = remover_of_a_site.remove(NOTE)
    assert clean.text == CLEAN
    assert [span.rule for span in clean.spans if span.type != "NAME"] == ["site:badges", "site:annexes"]


def test_type_of_a_site_is_counted_and_audited_as_another_identifier(remover_of_a_site: Remover) -> None:
    spans = remover_of_a_site.remove(NOTE).spans
    assert count_by_type(spans) == [{"type": each, "count": 1} for each in ("ANNEX", "BADGE", "NAME")]
    rows = audit_rows("e-1", "note", NOTE, spans, bytes(range(32)))
    assert [row["category"] for row in rows] == [
        "Any other unique identifier",
        "Names",
        "Any other unique identifier",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "recognizers: [",
        "- recognizers",
        "recognizers: []",
        "recognizers: staff zz-q17",
        "others: []",
        "recognizers: [zz-q17]",
        "recognizers: [{name: zz-q17}]",
        "recognizers: [{name: a, supported_entity: B, patterns: [{name: p, regex: '(zz-q17', score: 1}]}]",
        "recognizers: [{name: a, supported_entity: B, zz-q17: 1, deny_list: [c]}]",
    ],
)
def test_broken_file_of_recognizers_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"site\.yaml.*: .*recognizer") as raised:
        read_recognizers(path)
    assert "\n" not in str(raised.value)
    assert "zz-q17" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert not any(capsys.readouterr())


def test_missing_or_undecodable_file_of_recognizers_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "junk.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("junk.yaml", "none.yaml"):
        with pytest.raises(BadInput, match=name):
            read_recognizers(tmp_path / name)


def test_recognizer_for_another_language_is_refused_because_it_would_never_run(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(FILE.replace("language: en", "language: es"), encoding="utf-8")
    with pytest.raises(BadInput, match="recognizer 1, field supported_language"):
        read_recognizers(tmp_path / "site.yaml")
    with pytest.raises(BadInput, match="badges, field supported_language"):
        Analyzer(lambda text: (), [badges("es")])


def test_recognizer_for_one_text_finds_in_that_text_alone() -> None:
    analyzer = Analyzer(lambda text: ())
    word = as_recognizer("one", lambda text: [Span(0, 3, "NAME", "known")])
    assert list(analyzer.analyze("Oda came", [word])) == [Span(0, 3, "NAME", "known")]
    assert not list(analyzer.analyze("Oda came"))
