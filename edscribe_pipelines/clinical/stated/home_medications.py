"""What a note's medications section says the patient takes, one drug an item, as written.

A drug of the tables counts with whatever figures stand beside it ("apixaban 5 bd"); any other name where the item is
one and no sentence. What is stopped, denied, never begun or only referred to is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edscribe_pipelines.clinical.medications.names import drugs_of
from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.records import HomeMedication

_ITEM_BREAK = re.compile(
    r"[\n;•|\t]|<[^<>\n]{1,30}>|[ ]/{1,2}[ ]|(?<=[A-Za-z0-9)])\.\s+(?=[A-Z])|,(?=\s*[A-Za-z]{3})|[ ]\+[ ]"
    r"|,?\s+(?:and|&)\s+(?=[A-Za-z]{5})(?!clavulan|sulbac|tazobac)",
    re.I,
)
_LEAD = re.compile(
    r"^(?:\[[xX✓]\]|[\s\d.)*•>☑☒✓-])*(?:(?:he|she|they|the|patient|pt|currently|takes?|taking|is|on|home|at|medications?|meds?|include[sd]?|are|"
    r"current|outpatient|regular(?:ly)?|usual|reports?|states?|utilizes?|uses?|using|occasional(?:ly)?|prescribed|only|also|"
    r"his|her|daily:|an|a|tabs?|caps?|inj|he's|she's|he'd be|she'd be|really|long[- ]term)\b[.\s:,-]*)*",
    re.I,
)
_CONTINUES = re.compile(
    r"^(?:and[ ]+)?(?:\d[\d.,/]*|\(|half|one|two|once|twice|three|every|daily|nightly|weekly|at|in|as|prn|by|po|bid|"
    r"tid|qid|qhs|qam|qpm|bd|tds|od|each|with|for|per|extended|last|then|until|till|when|if|nocte|mane|inhaled|"
    r"subcut\w*|took)(?!\w)",
    re.I,
)
_OPENS_WITH_DOSE = re.compile(
    r"\s*\d[\d.,]*\s*(?:mg|mcg|micrograms?|g|gm|units?|iu|ml|meq|puffs?|tab\w*|cap\w*|drops?)\b", re.I
)
_NOT_TAKEN = re.compile(
    r"\b(?:stop(?:ped|s)?|discontinued|d/c'?e?d|no longer|r[au]n out|not (?:been )?(?:taking|start|fill|on\b)\w*|"
    r"(?:isn't|does not|doesn't|did not|didn't|has not|hasn't|is not|was not|won't) (?:been )?"
    r"(?:tak|on\b|start|fill)\w*|on hold|held|never|ceased|quit|was on|had been on|used to|comes? off|came off|off it|"
    r"off now|went off|defaulted|finished|completed|crossed o(?:ff|ut)|put off|paused|tossed|binned|old bottle|expired|"
    r"(?:was|were) given|given|gave|supposed to|allerg\w+|denies|none left|dispensed|lapsed|self[- ]?dc'?d|refus\w+|"
    r"declin\w+)\b",
    re.I,
)
_HOW_MUCH = re.compile(
    r"\d|\b(?:daily|weekly|nightly|prn|bid|tid|od|bd|tds|qhs|nocte|mane|needed|spray|inhaler|cream)\b", re.I
)
_NO_DRUG = re.compile(
    r"^(?:none|no|nil|not|nothing|unknown|unable|per|see|as|list|n/?a|without|all|other|otherwise|and|but|says?|since|"
    r"wait)\b|\b(?:review\w*|reconcil\w*|score|which|because|states?|reports?|unable|unknown|compliant|noncompliant|"
    r"documented|record\w*|chart|epic|disease|syndrome|procedure|negative|positive|IV|blood thinners?|anticoagulants?|"
    r"medications?|meds|supplements?|contraceptives?|misse[sd]|taken|told|says|thinks|bottles?|list|dose|freq|basal|"
    r"in place|mother|wife|he|she|it)\b",
    re.I,
)
_BARE_NUMBER = re.compile(
    r"(?<![A-Za-z\d/.-])\d+(?:\.\d+)?(?![\d.]*[ \t-]?(?:mg|mcg|micrograms?|g|gm|units?|u|iu|ml|meq|%|tab\w*|cap\w*|"
    r"puffs?|drops?|x|times|hours?|hrs?|h|days?|pills?|patch\w*|od|bd|bid|tds|tid|qid|qds|daily|nocte|mane|prn|qhs|hs)\b"
    r"|[/%\d.-])",
    re.I,
)
_LONGEST = 80
"""A longer item is a sentence about drugs rather than a drug."""
_FURTHEST = 12
"""Characters before a drug's name that may belong to it ("low dose", "Clenil (")."""


def stated_home_medications(section: str) -> list[HomeMedication]:
    """Return the section's items that name a drug. What goes on about a drug, on its line or the next, belongs to it:
    "lisinopril" and below it "10 mg daily"; "aspirin 81 mg, but not taking" is none."""
    names: list[str] = []
    goes_on = False
    for part in _parts(chosen(section.replace("\xa0", " "))):
        item = _LEAD.sub("", part).strip(" \t\r.,:-–—*_")
        drugs = [] if _OPENS_WITH_DOSE.match(part) else [mention for mention, _ in drugs_of(item)]
        if drugs:
            goes_on = not _NOT_TAKEN.search(part)
            names += [_from_drug(item, drugs[0].start)] if goes_on else []
        elif goes_on and _NOT_TAKEN.search(part):
            names.pop()
            goes_on = False
        elif _CONTINUES.match(part.strip(" \t\r.,:-–—")):
            if goes_on and item:
                names[-1] += f", {part.strip(' ,.')}" if names[-1][-1].isalnum() else f" {part.strip(' ,.')}"
        elif goes_on := _names_a_drug(item) and not _NOT_TAKEN.search(part):
            names.append(item)
    return [{"name": name} for name in names]


def _parts(section: str) -> Iterator[str]:
    """Yield what stands between the breaks; of long speech, each drug with what is said behind it."""
    for part in _ITEM_BREAK.split(section):
        starts = [mention.start for mention, _ in drugs_of(part)] if len(part) > _LONGEST else []
        begin = 0
        for start in starts[1:]:
            yield part[begin:start]
            begin = start
        yield part[begin:]


def _from_drug(item: str, start: int) -> str:
    return item if start <= _FURTHEST else item[start:]


def _names_a_drug(item: str) -> bool:
    """Whether an item without a drug of the tables is a name, with a dose or how often, or written as one."""
    return (
        bool(re.match(r"[A-Za-z]{2}", item))
        and len(item) <= _LONGEST
        and item.count("(") == item.count(")")
        and bool(_HOW_MUCH.search(item) or item[:1].isupper())
        and not _NO_DRUG.search(item)
        and not _BARE_NUMBER.search(item)
    )
