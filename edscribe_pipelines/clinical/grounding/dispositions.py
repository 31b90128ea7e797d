"""How the stay ended, as a text states it: in its section, or in a line of facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.grounding.statements import Said
from edscribe_pipelines.clinical.reading.dispositions import stated_disposition
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote

_LINE_OF_FACTS = re.compile(r"\n(?:Admitted|Discharged home|Transferred|Died in|Left against)\b[^\n]*", re.I)
# Searched for in "\n" + text: a literal start is found several times faster than a "^".


def dispositions_in(note: ParsedNote) -> Iterator[Said]:
    places = [(start, end) for section, start, end in note.spans if section == "Disposition"]
    for start, end in places or _lines_of_facts(note.text):
        stated = stated_disposition(note.text[start:end])
        if stated:
            yield Said("disposition", "disposition", stated, start, end)


def _lines_of_facts(text: str) -> Iterator[tuple[int, int]]:
    return ((line.start(), line.end() - 1) for line in _LINE_OF_FACTS.finditer("\n" + text))
