"""Pain as it is charted, in numbers or words, as a score from 0 to 10.

A score out of ten is its score. Of a range the higher end counts: to rate pain too low is the worse error.
Words are rows of `tables/pain_words.csv`; those that say none can be measured give no score, nor do unknown ones.
"""

from __future__ import annotations

import re
from functools import cache

from edscribe_pipelines.tables import read_table

NO_NUMBER = "not a number"
NOT_MEASURABLE = "not measurable"

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_SCORE = re.compile(rf"(?P<low>{_NUMBER})(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?(?:\s*(?:/|out of)\s*10)?")


def read_pain(charted: str) -> tuple[float | None, str | None]:
    """Return the score, or None and the reason why there is none."""
    words = " ".join(charted.lower().split())
    score = _SCORE.fullmatch(words)
    if score:
        return max(float(number) for number in score.groups() if number), None
    meaning = _meanings().get(words)
    if meaning == "0":
        return 0.0, None
    return None, NOT_MEASURABLE if meaning else NO_NUMBER


@cache
def _meanings() -> dict[str, str]:
    rows = read_table("pain_words.csv", "edscribe_pipelines.intake.mimic.tables")
    return {row["wording"]: row["meaning"] for row in rows}
