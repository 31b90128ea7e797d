"""Section text as FHIR narrative: an XHTML div that a parser, not string pasting, has made.

Validators take the div for a string: an unescaped "&" in "ED Course & Procedures" passes them and
breaks the reader, so `is_narrative` parses it.
"""

from __future__ import annotations

import re

from lxml import etree

XHTML = "http://www.w3.org/1999/xhtml"

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold at all, such as the form feeds of printed notes."""

_DIV = f"{{{XHTML}}}div"


def printable(text: str) -> str:
    """Return `text` without the characters that neither XML nor a FHIR string may hold."""
    return _NOT_XML.sub(" ", text).strip()


def narrative(text: str) -> dict[str, str]:
    """Return `text` as a Narrative, one paragraph a line."""
    div = etree.Element(_DIV, nsmap={None: XHTML})
    for line in printable(text).splitlines():
        if line.strip():
            etree.SubElement(div, f"{{{XHTML}}}p").text = line.rstrip()
    return {"status": "generated", "div": etree.tostring(div, encoding="unicode")}


def is_narrative(div: str) -> bool:
    """Whether `div` is well-formed, its root a div of the XHTML namespace, and says something."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(div, parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return root.tag == _DIV and bool("".join(root.itertext()).strip())
