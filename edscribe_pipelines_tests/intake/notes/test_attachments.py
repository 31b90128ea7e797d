from typing import Any

import pytest

from edscribe_pipelines.intake.notes.attachments import attached_text
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines_tests.intake.notes.batches import DOCX, TEXT, attachment, word


@pytest.mark.parametrize(
    "attached",
    [
        attachment(),
        attachment(TEXT.encode("utf-16"), "text/plain; charset=utf-16"),
        attachment(TEXT, "TEXT/PLAIN;charset=no-such-charset"),
        attachment(f"<html><body><pre>{TEXT}</pre></body></html>", "text/html"),
        attachment(word(TEXT.split("\n")), DOCX),
    ],
    ids=["text", "utf16", "unknown_charset", "html", "docx"],
)
def test_text_html_and_word_are_read(attached: dict[str, Any]) -> None:
    assert attached_text([attached]) == TEXT


def test_first_attachment_that_can_be_read_is_the_note() -> None:
    pdf, by_reference = attachment("%PDF", "application/pdf"), {"contentType": "text/plain", "url": "Binary/1"}
    assert attached_text([pdf, by_reference, attachment("CC: Cough"), attachment()]) == "CC: Cough"


@pytest.mark.parametrize(
    ("attachments", "reason"),
    [
        ([{"contentType": "text/plain", "url": "https://ehr.example/Binary/1"}], "attachment_by_reference"),
        ([attachment("%PDF", "application/pdf"), {"url": "Binary/1"}], "attachment_by_reference"),
        ([attachment("%PDF", "application/pdf")], "unsupported_attachment"),
        ([attachment("old", "application/msword")], "unsupported_attachment"),
        ([{"data": "Q0M6IENvdWdo"}], "unsupported_attachment"),
        ([{"contentType": "text/plain"}], "unsupported_attachment"),
        ([{"contentType": "text/plain", "data": "@@@@"}], "undecodable_text"),
        ([{"contentType": "text/plain", "data": "ñ"}], "undecodable_text"),
        ([attachment(b"\xff\0\1\2" * 50)], "undecodable_text"),
        ([attachment("a" * 900_000)], "too_long"),
        ([attachment("not a zip", DOCX)], "not_a_docx"),
    ],
)
def test_attachment_that_gives_no_note_is_refused_with_its_reason(attachments: list[Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        attached_text(attachments)
