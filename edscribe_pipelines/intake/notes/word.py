"""The text of a Word document (.docx, Office Open XML; ECMA-376), read through python-docx.

In the order of the document: paragraphs, tables row by row, and what stands in content controls, which hospital
templates are made of; insertions count and deletions do not. A heading is a paragraph of a heading style and ends
in a colon here, because plain text has no styles; a row of two cells reads "label: value". Headers and
footers name hospitals and patients, not findings, and are left out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from edscribe_pipelines.intake.notes.refusals import Refused

if TYPE_CHECKING:
    from docx.document import Document

LARGEST_DOCX = 16_000_000
"""Bytes, as a file and unpacked: a note with some photographs. An archive can unpack to a thousand times its size."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = {
    *(f"{_W}{name}" for name in ("pPr", "rPr", "sectPr", "tblPr", "sdtPr", "del", "moveFrom")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
"""Properties, what was deleted, and the second copy of a text box for old readers."""
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def docx_text(content: bytes) -> str:
    """Return the document's text. Raises Refused where it is no such document or unpacks to too much."""
    body, headings = _opened(content)
    if body is None:
        raise Refused("not_a_docx")
    return "\n".join(_blocks(body, headings))


def _opened(content: bytes) -> tuple[Any, set[str]]:
    """Return the document's body, None where it has none, and the ids of its heading styles."""
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > LARGEST_DOCX:
            raise Refused("too_long")
        document = docx.Document(io.BytesIO(content))
        return document.element.find(f"{_W}body"), _heading_styles(document)
    except Refused:
        raise
    except Exception:  # Whatever a damaged package makes zipfile, lxml and python-docx raise means the same.
        raise Refused("not_a_docx") from None


def _heading_styles(document: Document) -> set[str]:
    """The names of built-in styles are English in every edition of Word."""
    styles = document.styles.element.iter(f"{_W}style")
    return {style.styleId for style in styles if (style.name_val or "").casefold().startswith("heading")}


def _blocks(parent: Any, headings: set[str]) -> Iterator[str]:
    """Yield the lines of the paragraphs and tables in `parent`, at whatever depth a wrapper puts them."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield _paragraph(child, headings)
        elif child.tag == f"{_W}tbl":
            yield from _table(child, headings)
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child, headings)


def _paragraph(element: Any, headings: set[str]) -> str:
    text = "".join(_runs(element)).strip()
    return f"{text}:" if text and text[-1].isalnum() and element.style in headings else text


def _runs(parent: Any) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag not in _LEFT_OUT:
            yield from _runs(child)
            yield "\n" if child.tag == f"{_W}p" else ""


def _table(table: Any, headings: set[str]) -> Iterator[str]:
    for row in _nearest(table, f"{_W}tr"):
        yield _row(["\n".join(_blocks(cell, headings)).strip() for cell in _nearest(row, f"{_W}tc")])


def _nearest(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the elements of `tag` under `parent`, but none inside another: a table may stand in a cell."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _nearest(child, tag)


def _row(cells: list[str]) -> str:
    if len(cells) == 2 and all(cells) and "\n" not in cells[0]:
        return f"{cells[0].rstrip(':')}: {cells[1]}"
    return "\n".join(cells) if len(cells) < 3 else "\t".join(cell.replace("\n", " ") for cell in cells)
