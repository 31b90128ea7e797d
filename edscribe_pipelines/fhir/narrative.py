"""Section text as FHIR narrative: an XHTML div of paragraphs, what XML reserves escaped.

Validators take the div for a string: an unescaped "&" in "ED Course & Procedures" passes them and
breaks the reader, so `is_narrative` parses it.
"""

from __future__ import annotations

import re
from functools import cache
from xml.sax.saxutils import escape

from lxml import etree

from edscribe_pipelines.fhir.codes import TABLES
from edscribe_pipelines.tables import read_table

XHTML = "http://www.w3.org/1999/xhtml"

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold at all, such as the form feeds of printed notes."""

_PLAIN = r"[^<>&\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]*+"
_PARAGRAPHS = re.compile(
    rf'<div xmlns="{re.escape(XHTML)}">(?=<p>\s*+[^<\s])(?:<p>{_PLAIN}(?:&(?:amp|lt|gt);{_PLAIN})*+</p>)++</div>'
)
"""Paragraphs of plain text, as `narrative` writes them: what they are is seen without a parser, ten times as fast."""
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_DIV = f"{{{XHTML}}}div"
_LINK = re.compile(r"#|https?://|[A-Za-z]+/[A-Za-z0-9.-]+$")
"""Where a link may lead: inside the narrative, to the web, or to a resource."""
_ON_ALL = {"class", "id", "style", "lang", "dir", "title", "{http://www.w3.org/XML/1998/namespace}lang"}
"""Attributes that any element of a narrative may have (HTML 4.0 attributes core and i18n)."""


def printable(text: str) -> str:
    """Return `text` without the characters that neither XML nor a FHIR string may hold."""
    return _NOT_XML.sub(" ", text).strip()


def is_printable(text: str) -> bool:
    return _NOT_XML.search(text) is None


def narrative(text: str) -> dict[str, str]:
    """Return `text` as a Narrative, one paragraph a line."""
    lines = [line.rstrip() for line in printable(text).splitlines() if line.strip()]
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return {"status": "generated", "div": f'<div xmlns="{XHTML}">{paragraphs}</div>'}


def is_narrative(div: str) -> bool:
    """Whether `div` is well-formed, its root a div of the XHTML namespace, and says something in the elements and
    attributes that R4 allows (txt-1: no scripts, forms, events or links to style)."""
    if _PARAGRAPHS.fullmatch(div):
        return True
    try:
        root = etree.fromstring(div, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return root.tag == _DIV and all(map(_is_allowed, root.iter())) and bool("".join(root.itertext()).strip())


def _is_allowed(element: etree._Element) -> bool:
    allowed = _allowed_attributes().get(element.tag)
    if not element.attrib or allowed is None:
        return allowed is not None
    return allowed.issuperset(element.keys()) and _LINK.match(element.get("href", "#")) is not None


@cache
def _allowed_attributes() -> dict[str, frozenset[str]]:
    """Return the attributes of each element of XHTML that a narrative may hold."""
    rows = read_table("narrative_elements.csv", TABLES)
    return {f"{{{XHTML}}}{row['element']}": frozenset(_ON_ALL | set(row["attributes"].split())) for row in rows}
