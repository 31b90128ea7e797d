"""What a note's medications section says the patient takes, one drug an item, as written.

A drug of the tables counts with whatever figures stand beside it ("apixaban 5 bd"); any other name where the item is
one and no sentence. What is stopped, denied, never begun or only referred to is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from edscribe_pipelines.clinical.medications.names import drugs_of
from edscribe_pipelines.clinical.reading.choices import chosen
from edscribe_pipelines.clinical.records import HomeMedication

_ITEM_BREAK = re.compile(
    r"[\n;•|\t→]|->|<[^<>\n]{1,30}>|[ ]/{1,2}[ ]|(?<=[A-Za-z0-9)])\.\s+(?=[A-Z])|,(?=\s*[A-Za-z]{3})|[ ]\+[ ]"
    r"|[ ]plus[ ]|,?\s+(?:and|&)\s+(?=[A-Za-z]{5})(?!clavulan|sulbac|tazobac)",
    re.I,
)
_LEAD = re.compile(
    r"^(?:\[[xX✓]\]|[\s\d.)*•>☑☒✓-])*(?:(?:he|she|they|the|patient|pt|currently|takes?|taking|is|on|home|at|medications?|"
    r"meds?|include[sd]?|are|current|outpatient|regular(?:ly)?|usual|reports?|states?|utilizes?|uses?|using|"
    r"occasional(?:ly)?|prescribed|only|also|his|her|daily:|switched to|changed to|now|restarted|started|an|a|tabs?|"
    r"caps?|inj|he's|she's|he'd be|she'd be|really|long[- ]term)\b[.\s:,-]*)*",
    re.I,
)
_CONTINUES = re.compile(
    r"^(?:and[ ]+)?(?:\d[\d.,/]*|\(|half|one|two|once|twice|three|every|daily|nightly|weekly|at|in|as|prn|by|po|bid|"
    r"tid|qid|qhs|qam|qpm|bd|tds|od|each|with|for|per|extended|last|then|until|till|when|if|nocte|mane|inhaled|take|"
    r"inhale|inject|apply|subcut\w*|took)(?!\w)",
    re.I,
)
_OPENS_WITH_DOSE = re.compile(
    r"\s*\d[\d.,]*\s*(?:mg|mcg|micrograms?|g|gm|units?|iu|ml|meq|puffs?|tab\w*|cap\w*|drops?)\b", re.I
)
_NOT_TAKEN = re.compile(
    r"^\W*was\b|\b(?:(?<!then )stop(?:ped|s)?|discontinued|d/c'?e?d|no longer|r[au]n out|"
    r"not (?:been )?(?:taking|start|fill|on\b)\w*|"
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
    r"in place|mother|wife|he|she|it)\b|\bno$",
    re.I,
)
_BARE_NUMBER = re.compile(
    r"(?<![A-Za-z\d/.-])\d+(?:\.\d+)?(?![\d.]*[ \t-]?(?:mg|mcg|micrograms?|g|gm|units?|u|iu|ml|meq|%|tab\w*|cap\w*|"
    r"puffs?|drops?|x|times|hours?|hrs?|h|days?|pills?|patch\w*|od|bd|bid|tds|tid|qid|qds|daily|nocte|mane|prn|qhs|hs)\b"
    r"|[/%\d.-])",
    re.I,
)
_AND = re.compile(r"\band\b|&", re.I)
_TURN = re.compile(
    r"[.;,][ ]|\b(?:and|finished|stopped|was on|used to|no longer|never|denies|takes|has|quit|she|he|they)\b", re.I
)
"""Where, between two drugs of a long sentence, what is said of the second begins."""
_LONGEST = 80
"""A longer item is a sentence about drugs rather than a drug."""
_FURTHEST = 12
"""Characters before a drug's name that may belong to it ("low dose", "Clenil (")."""


def stated_home_medications(section: str) -> list[HomeMedication]:
    """Return the section's items that name a drug. What goes on about a drug, on its line or the next, belongs to it:
    "lisinopril" and below it "10 mg daily"; "aspirin 81 mg, but not taking" is none."""
    names: list[str] = []
    goes_on = is_denied = False
    for border, part in _parts(chosen(section.replace("\xa0", " "))):
        item = _LEAD.sub("", part).strip(" \t\r.,:-–—*_")
        drugs = [] if _OPENS_WITH_DOSE.match(part) else [mention for mention, _ in drugs_of(item)]
        is_denied = bool(_NOT_TAKEN.search(part)) or (is_denied and _AND.search(border) is not None and bool(drugs))
        if drugs:
            goes_on = not is_denied
            names += [_from_drug(item, drugs[0].start)] if goes_on else []
        elif goes_on and is_denied:
            names.pop()
            goes_on = False
        elif _CONTINUES.match(part.strip(" \t\r.,:-–—")):
            if goes_on and item:
                names[-1] += f", {part.strip(' ,.')}" if names[-1][-1].isalnum() else f" {part.strip(' ,.')}"
        elif goes_on := _names_a_drug(item) and not is_denied:
            names.append(item)
    return [{"name": name} for name in names]


def _parts(section: str) -> Iterator[tuple[str, str]]:
    """Yield what stands between the breaks, each with the break before it; of long speech, each drug with what is said
    of it."""
    begin, border = 0, ""
    for match in _ITEM_BREAK.finditer(section):
        yield from _by_drug(border, section[begin : match.start()])
        begin, border = match.end(), match[0]
    yield from _by_drug(border, section[begin:])


def _by_drug(border: str, part: str) -> Iterator[tuple[str, str]]:
    drugs = [mention for mention, _ in drugs_of(part)] if len(part) > _LONGEST else []
    begin = 0
    for one, two in pairwise(drugs):
        turn = _TURN.search(part, one.end, two.start)
        place = turn.start() if turn else two.start
        yield border, part[begin:place]
        begin, border = place, " "
    yield border, part[begin:]


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
