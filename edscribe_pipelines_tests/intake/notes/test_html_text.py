import pytest

from edscribe_pipelines.intake.notes.html_text import html_text
from edscribe_pipelines.intake.notes.refusals import Refused


def test_blocks_stand_on_lines_of_their_own_and_inline_text_flows() -> None:
    html = """<?xml version="1.0" encoding="utf-8"?><html><head><title>ED note</title><style>p {}</style></head>
    <body><h2>Chief Complaint</h2><p>Chest
      pain &amp; <b>dys</b>pnea<br/>since noon</p><!-- draft --><script>alert(1)</script>
    <ul><li>aspirin</li><li>caf&eacute;</li></ul></body></html>"""
    lines = [line for line in html_text(html).splitlines() if line]
    assert lines == ["Chief Complaint", "Chest pain & dyspnea", "since noon", "aspirin", "café"]


def test_row_of_two_cells_reads_label_and_value() -> None:
    html = "<table><tr><td>CC</td><td>Chest pain</td></tr><tr><th>HR:</th><td>104</td></tr></table>"
    assert [line for line in html_text(html).splitlines() if line] == ["CC: Chest pain", "HR:\t104"]


def test_row_of_more_cells_is_parted_by_tabs() -> None:
    assert html_text("<table><tr><td>BP</td><td>142/81</td><td>138/80</td></tr></table>") == "BP\t142/81\t138/80"


def test_preformatted_text_keeps_its_lines() -> None:
    assert html_text("<p>a</p><pre>CC: pain\n\nHPI: none\n  ROS: none</pre>") == "a\n\nCC: pain\n\nHPI: none\nROS: none"


@pytest.mark.parametrize("html", ["", "<!-- -->"])
def test_page_without_an_element_is_empty(html: str) -> None:
    with pytest.raises(Refused, match="empty"):
        html_text(html)
