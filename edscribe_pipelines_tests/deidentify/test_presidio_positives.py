"""What Presidio's own tests call a positive is removed, or the note withheld. `presidio_positives/` says where from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from edscribe_pipelines.deidentify.checking.doubt import open_doubts
from edscribe_pipelines.deidentify.checking.gate import phi_findings
from edscribe_pipelines.deidentify.finding.spans import Deidentified
from edscribe_pipelines.deidentify.remover import Note, Remover

_POSITIVES = Path(__file__).parent / "presidio_positives" / "positives.jsonl"
_SETTINGS = {"alone": "{x}", "in a sentence": "Seen for cough. {x}. Discharged home."}
_LOWEST_SHARE = 0.97


class Positive(NamedTuple):
    kind: str
    text: str
    start: int
    end: int

    def within(self, setting: str) -> Positive:
        offset = setting.index("{x}")
        return Positive(self.kind, setting.format(x=self.text), offset + self.start, offset + self.end)


def positives() -> Iterator[Positive]:
    with _POSITIVES.open(encoding="utf-8") as lines:
        yield from (Positive(**json.loads(line)) for line in lines)


def is_removed(positive: Positive, clean: Deidentified) -> bool:
    """Whether no letter and no digit of a positive stays."""
    return all(
        any(span.start <= place < span.end for span in clean.spans)
        for place in range(positive.start, positive.end)
        if positive.text[place].isalnum()
    )


def is_withheld(text: str, clean: Deidentified) -> bool:
    return bool(phi_findings(clean.text, []) or open_doubts(text, clean.spans))


@pytest.mark.parametrize("setting", _SETTINGS)
@pytest.mark.parametrize("reader", ["remover", "whole_remover"])
def test_positive_of_presidio_is_removed_or_its_note_withheld(
    reader: str, setting: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    remover: Remover = request.getfixturevalue(reader)
    told = [positive.within(_SETTINGS[setting]) for positive in positives()]
    texts = list(dict.fromkeys(positive.text for positive in told))
    clean = dict(zip(texts, remover.remove_all([Note(text) for text in texts]), strict=True))
    shares = {}
    for kind in dict.fromkeys(positive.kind for positive in told):
        some = [positive for positive in told if positive.kind == kind]
        removed = [is_removed(each, clean[each.text]) for each in some]
        held = [gone or is_withheld(each.text, clean[each.text]) for each, gone in zip(some, removed, strict=True)]
        shares[kind] = sum(held) / len(some)
        with capsys.disabled():
            print(f"\n{reader}, {setting}, {kind}: {sum(removed)} removed, {sum(held)} held of {len(some)}", end="")
    assert not {kind: share for kind, share in shares.items() if share < _LOWEST_SHARE}
