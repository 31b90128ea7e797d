import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from edscribe_pipelines.fhir.narrative import is_narrative, narrative

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: any(c.isalnum() for c in text)))
def test_any_text_becomes_readable_narrative(text):
    assert is_narrative(narrative(text)["div"])


@given(st.text("ab <>&\"';\n", min_size=1).filter(str.strip))
def test_narrative_reads_back_as_the_text_line_by_line(text):
    paragraphs = [p.text for p in etree.fromstring(narrative(text)["div"])]
    assert paragraphs == [line.rstrip() for line in text.strip().splitlines() if line.strip()]


@pytest.mark.parametrize(
    "div",
    [
        f"<div {XHTML}>ED Course & Procedures</div>",
        "<div>no namespace</div>",
        f"<p {XHTML}>not a div</p>",
        f"<div {XHTML}><p>open</div>",
        f"<div {XHTML}> </div>",
        "",
    ],
)
def test_what_is_not_narrative_is_told(div):
    assert not is_narrative(div)
