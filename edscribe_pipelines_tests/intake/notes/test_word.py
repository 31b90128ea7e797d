import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from edscribe_pipelines.clinical.reading.note import split_sections
from edscribe_pipelines.intake.notes.refusals import Refused
from edscribe_pipelines.intake.notes.word import docx_text
from edscribe_pipelines_tests.intake.notes.batches import saved, word


def refusal_of(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        docx_text(content)
    return refused.value.reason


def test_heading_styles_open_sections() -> None:
    text = docx_text(
        word([("Exam", "Heading 1"), "Lungs clear.", ("Dispo:", "Heading 2"), "Home.", ("ED note", "Title")])
    )
    assert text == "Exam:\nLungs clear.\nDispo:\nHome.\nED note"
    assert list(split_sections(text)) == ["Physical Examination", "Disposition"]


def test_tables_stand_where_they_stand_in_the_document() -> None:
    document = docx.Document()
    document.add_paragraph("CC: Chest pain")
    for cells in (["HR:", "104"], ["BP", "142/81", "138/80"], ["Lungs clear."]):
        row = document.add_table(1, len(cells)).rows[0]
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Dispo: Home")
    assert docx_text(saved(document)) == "CC: Chest pain\nHR: 104\nBP\t142/81\t138/80\nLungs clear.\nDispo: Home"


def test_table_within_a_table_is_read_once() -> None:
    document = docx.Document()
    outer = document.add_table(1, 1).cell(0, 0)
    outer.text = "Vitals"
    inner = outer.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "HR", "104"
    assert docx_text(saved(document)) == "Vitals\nHR: 104"


def test_headers_and_footers_are_left_out() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Quillhaven General"
    document.sections[0].footer.paragraphs[0].text = "Marisol Ybarra"
    document.add_paragraph("CC: Cough")
    assert docx_text(saved(document)) == "CC: Cough"


def test_content_controls_and_insertions_count_and_deletions_do_not() -> None:
    document = docx.Document()
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run.format('HPI: fell')}</w:p></w:sdtContent></w:sdt>"
    changed = (
        f"<w:p {nsdecls('w')}><w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr>{run.format('no ')}"
        f"<w:ins>{run.format('rib')}</w:ins><w:del><w:r><w:delText>skull</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run.format('hip')}</w:moveFrom><w:r><w:tab/><w:noBreakHyphen/><w:br/></w:r>{run.format('end')}</w:p>"
    )
    body = document.element.body
    for position, element in enumerate((control, changed)):
        body.insert(position, parse_xml(element))
    assert docx_text(saved(document)) == "HPI: fell\nno rib\t-\nend"


def with_root(root: str) -> bytes:
    return repacked(word(["CC: Cough"]), f"<w:{root} {nsdecls('w')}/>".encode())


def repacked(content: bytes, main: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, main if name == "word/document.xml" else old.read(name))
    return written.getvalue()


def plain_archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("note.txt", "CC: Cough")
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"CC: Cough",
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        plain_archive(),
        word(["CC: Cough"])[:2000],
        repacked(word(["CC: Cough"]), b"<w:document"),
        with_root("document"),
        with_root("sheet"),
    ],
    ids=["text", "empty", "old_doc", "archive", "cut_short", "broken_xml", "no_body", "no_document"],
)
def test_what_is_no_docx_is_refused(content: bytes) -> None:
    assert refusal_of(content) == "not_a_docx"


def test_archive_that_unpacks_to_too_much_is_refused_before_it_is() -> None:
    bomb = repacked(word(["CC: Cough"]), b" " * 40_000_000)
    assert len(bomb) < 100_000
    assert refusal_of(bomb) == "too_long"
