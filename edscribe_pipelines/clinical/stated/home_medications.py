"""What a note's medications section says the patient takes, one drug an item, as written."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.records import HomeMedication

_ITEM_BREAK = re.compile(
    r"[\n;•]|(?<=[A-Za-z0-9)])\.\s+(?=[A-Z])|,(?=\s*[A-Za-z]{3})|,?\s+and\s+(?=[A-Za-z]{5})(?!clavulan|sulbac|tazobac)",
    re.I,
)
_LEAD = re.compile(
    r"^[\s\d.)*•-]*(?:(?:he|she|they|the|patient|pt|currently|takes?|taking|is|on|home|medications?|meds?|include[sd]?|are|"
    r"current|outpatient|reports?|states?|utilizes?|uses?|using|occasional(?:ly)?|prescribed|"
    r"his|her|daily:|also)\b[\s:]*)*",
    re.I,
)
_CONTINUES = re.compile(
    r"^(?:once|twice|three|every|daily|nightly|weekly|at|in|as|prn|by|po|bid|tid|qid|qhs|qam|qpm|each|with|for|per|extended|"
    r"last)\b",
    re.I,
)
_NO_DRUG = re.compile(
    r"^(?:none|no|nil|denies|not|unknown|unable|per|see|as|list|n/?a|without|all|other|otherwise)\b"
    r"|\b(?:stopped|discontinued|no longer|ran out|not taking|on hold|held|never|allerg\w+|review\w*|reconcil\w*|score|"
    r"which|because|states?|reports?|unable|unknown|compliant|noncompliant|documented|record\w*|chart|epic|denies|given|"
    r"disease|syndrome|procedure|negative|positive|IV|blood thinners?|anticoagulants?|medications?|meds|"
    r"supplements?|contraceptives?)\b",
    re.I,
)
_BARE_NUMBER = re.compile(
    r"(?<![A-Za-z\d/.-])\d+(?:\.\d+)?(?![\d.]*[ \t-]?(?:mg|mcg|g|gm|units?|u|iu|ml|meq|%|tab\w*|cap\w*|puffs?|drops?|"
    r"x|times|hours?|hrs?|h|days?|pills?|patch\w*)\b|[/%\d.-])",
    re.I,
)
_LONGEST = 80
"""A longer item is a sentence about drugs rather than a drug."""


def stated_home_medications(section: str) -> list[HomeMedication]:
    """Return the section's items that name a drug; what is stopped, denied or only referred to is none."""
    names: list[str] = []
    goes_on = False
    for part in _ITEM_BREAK.split(section):
        item = _LEAD.sub("", part).strip(" \t\r.,:-")
        if not _CONTINUES.match(item):
            goes_on = _names_a_drug(item)
            names += [item] if goes_on else []
        elif goes_on:
            names[-1] += f", {item}"
    return [{"name": name} for name in names]


def _names_a_drug(item: str) -> bool:
    return (
        bool(re.match(r"[A-Za-z]{2}", item))
        and len(item) <= _LONGEST
        and not _NO_DRUG.search(item)
        and not _BARE_NUMBER.search(item)
    )
