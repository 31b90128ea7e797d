"""A text on which a pattern does not come to an end is withheld whole, and the notes beside it are read."""

from pathlib import Path

import pytest

from edscribe_pipelines.deidentify.checking.doubt import withheld_for
from edscribe_pipelines.deidentify.finding import time_limit
from edscribe_pipelines.deidentify.finding.engine import read_recognizers
from edscribe_pipelines.deidentify.remover import Note, Remover

ENDLESS = r"(\\w|\\w\\w)+\\d[xyz]"
SITE = f"""recognizers:
  - name: endless
    supported_language: en
    supported_entity: BADGE
    patterns:
      - {{name: endless, regex: "{ENDLESS}", score: 0.9}}
"""


def test_note_that_takes_too_long_is_withheld_and_its_neighbour_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limit, "SECONDS", 0.2)
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    remover = Remover(read_recognizers(tmp_path / "site.yaml"))
    slow, quick = remover.remove_all([Note("seen " + "a" * 60 + "! today"), Note("CC: cough.")])
    assert slow.text == "[OTHER_ID]"
    assert withheld_for("seen", slow.spans) == [time_limit.RULE]
    assert quick.text == "CC: cough."
