"""Whether what stands at a place is plainly reported, judged by the words right around it."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.against_itself.polarity import has_boxes
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_NEGATIVE = re.compile(
    r"\b(?:no|not|\w+n't|denie[sd]|denying|deny|without|w/o|never|neg|negatives?|free of|absen\w+|nor|none|nil|"
    r"zero|non)\b"
    r"|[-–−][ ]?$",
    re.I,
)
_BOUND = re.compile(
    r"[.;\n|]|->|→|\b(?:but|however|whereas|although|has|had|with|reports?|endorses?|complains? of|positive|pos)\b|\+",
    re.I,
)
_NOT_A_BOUND = re.compile(r"\b(?:not|never|no|without)[ ](?:has|had|with|reports?)?[ ]?$", re.I)
_DEGREE = re.compile(
    r",[ ](?:(?:marked(?:ly)?|severe|diffuse|loud|moderate|mild|exquisite(?:ly)?|obvious|definite|crushing|pounding|"
    r"profuse|gross|frank|prominent|several|multiple|scattered|coarse|bilateral|left|right|visible|copious|"
    r"inspiratory|expiratory|generali[sz]ed|tender|large|small|forceful|intense|one|two|three)[ ])+$",
    re.I,
)
_DOUBT = re.compile(
    r"\b(?:rule[sd]? out|r/o|concern\w*|possib\w+|risk|any|if|return|watch\w*|consider\w*|differential|ddx|"
    r"vs\.?|versus|"
    r"likely|unlikely|could|may|might|would|should|history of|hx|h/o|near|nearly|almost|against|prevent\w*|avoid\w*|"
    r"like|mimic\w*|exclude[sd]?|excluding|screen\w*|evaluat\w+|suggest\w*|for|cover\w*|causes?|instead of|rather than|"
    r"lack of|onset|until|unless|when|monitor\w*|test\w*|check\w*|precautions?|less|incipient|previous|prior|old|known|"
    r"more|baseline|usual|chronic|family|mother|father|brother|sister|only)\b",
    re.I,
)
_FOLLOWED = re.compile(
    r"[ ]*(?:[.,;)\]\n|]|$)|[ ](?:on|in|over|under|at|for|behind|beyond|around|near|after|of|with|and|since|is|"
    r"was|are|were|present|bilateral\w*|throughout|noted|seen|"
    r"before|while|x|both|left|right|deviation|across|from|down|this|yesterday|today|radiating|\d)",
    re.I,
)
_BEHIND_NO = re.compile(
    r"[^.;:\n,]{0,40}?\b(?:intact|normal|nl|clear|gone|better|against|if|considered|resolved|not|no longer|unlikely)\b|"
    r"[^.;:\n]{0,40}?\b(?:absent|negative|neg|denied|none|nil|excluded|ruled out)\b|[^.;\n]{0,40}[:?]|[ ]*\(-\)|"
    r"[ ]*[|=–-][ ]*(?:no|neg|none|nil)\b",
    re.I,
)
_MINUS_LIST = re.compile(r"[ ]*[-–−][ ]")
_REACH = 120


def is_plain_report(note: ParsedNote, place: Place) -> bool:
    """Whether it is said to be there, of the patient and today. The scope of a denial may reach too far, so whether it
    holds is judged by the words before; what others say it is, is not."""
    if not note.context(*place) <= {"negated"} or not _FOLLOWED.match(note.text, place[1]):
        return False
    if _BEHIND_NO.match(note.text, place[1]) or note.of(has_boxes):
        return False
    sentence = note.sentence_at(place[0])
    if note.section_at(place[0]) == "Review of Systems" and _MINUS_LIST.match(note.text, sentence.start):
        return False
    before = note.text[max(sentence.start, place[0] - _REACH) : place[0]]
    clause = _clause_of(before)
    if _DOUBT.search(clause):
        return False
    return not _NEGATIVE.search(clause) or bool(_DEGREE.search(before))


def _clause_of(before: str) -> str:
    bounds = [bound.end() for bound in _BOUND.finditer(before) if not _NOT_A_BOUND.search(before[: bound.end()])]
    return before[bounds[-1] :] if bounds else before
