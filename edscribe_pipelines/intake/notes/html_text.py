"""The text of an HTML note, with its blocks (headings, paragraphs, table rows) on lines of their own."""

from __future__ import annotations

import re
from typing import Any

from edscribe_pipelines.intake.notes.refusals import Refused

_UNSEEN = ("head", "script", "style", "template")
_BLOCKS = (
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "blockquote", "address", "hr"),
    *("div", "section", "article", "header", "footer", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr"),
)


def html_text(html: str) -> str:
    """Return what a reader of the page sees. Raises Refused where it shows nothing."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = document_fromstring(html.encode("utf-8", "replace"), parser)
    except etree.ParserError:
        raise Refused("empty") from None
    etree.strip_elements(page, *_UNSEEN, with_tail=False)
    preformatted = {element for pre in page.iter("pre") for element in pre.iter()}
    for element in page.iter():
        if element not in preformatted:
            element.text = _flowed(element.text)
        if element.getparent() not in preformatted:
            element.tail = _flowed(element.tail)
    for row in page.iter("tr"):
        _part_cells([cell for cell in row if cell.tag in ("td", "th")])
    for element in page.iter(*_BLOCKS):
        element.text = f"\n{element.text or ''}"
    for element in page.iter("br", *_BLOCKS):
        element.tail = f"\n{element.tail or ''}"
    return _without_gaps("".join(page.itertext()))


def _part_cells(cells: list[Any]) -> None:
    """Put a tab between cells, and a colon between the two of a row that reads "label, value"."""
    labelled = len(cells) == 2 and len(cells[0]) == 0 and not (cells[0].text or "").rstrip().endswith(":")
    for cell in cells[:-1]:
        cell.tail = ": " if labelled else "\t"


def _flowed(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _without_gaps(text: str) -> str:
    lines = "\n".join(line.strip(" \t") for line in text.replace("\xa0", " ").splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
