"""Whether a finding at a place is plainly reported, plainly denied, or neither."""

from __future__ import annotations

import re

from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote
from edscribe_pipelines.clinical.reasoning.vocabulary import Place

_REACH = 160
_DECIDED = "Medical Decision Making"
_FIRST_CELL = re.compile(r"[ ]?\|[^|]*$")
_LABEL_SAYS = re.compile(
    r"[ \t]*(?:\?[ \t]*|[:=|–][ \t|]*|[ ]-[ ]|\([ ]?)?"
    r"(?:(?P<no>no|none|neg|negative|denie[sd]|nil|absent|nope|not present|\(-\))|(?P<yes>yes|positive|"
    r"pos|present|\(\+\)|\+))"
    r"(?=[ \t]*(?:[.,;)|\n]|$|(?-i:[A-Z])|-[ ]|but\b))",
    re.I,
)
_LABEL = re.compile(r"[ \t]*(?:[:?|=]|[-–][ ]|\([^)]*\)?:)")
_IN_LABELS = re.compile(r"[^.;:\n]{0,90}:")
_LIST_DENIED = re.compile(
    r"\b(?:negatives?|neg|denie[sd]|denying)\b(?:[ ]*[:\-–](?!\w))?(?:[ ]for\b)?(?P<list>[^.;:+\n]*)$", re.I
)
_OPENS_MINUS = re.compile(r"[-–−][ ](?![A-Z][a-z]+[ ][-–−])")
_NO_ON_THE_LINE_BEFORE = re.compile(r"\b(?:no|not|without|denies)[ ]*\n[ ]*$", re.I)
_ALL_NEGATIVE = re.compile(r"[^.;:\n]{0,240}\b(?:negative|denied|absent)[ ]*(?:[.;\n]|$)", re.I)
_A_MINUS_BEFORE = re.compile(r"[\w,;.+)(][ \t]*[-–−][ ]?$")
_A_MINUS_BEHIND = re.compile(r"[ \t]*[-–−](?=[ ]*(?:$|[\t,;|\n]))|[ ]?\t[ ]?(?:N|no|neg)\b|[ ]N(?=[\t,;|])")
_ASKED = re.compile(r"[^.;\n]{0,40}\?")
_A_PLUS_BEFORE = re.compile(r"(?:^|[\n.:])[ ]*\+[ ]")
_FORM = re.compile(r"\[[ _xX/]?\]|[☐☑☒□]|[ (]\\\w")
"""A form to tick, which tells nothing by its words alone."""
_BARE = re.compile(
    r"(?:\b(?:no|not|denies|denied|denying|without|or|and|nor|any|w/o|neg|negative for|absent)|[,/;:Ø]|\bno \w+[,/])"
    r"[ \n]*(?:(?:acute|obvious|active|frank|associated|focal|visible|marked|gross|significant|recent)[ ])?$",
    re.I,
)
_CONDITION = re.compile(
    r"[ ]*(?:\b(?:with|on(?! (?:exam|auscultation|inspection))|at|when|while|that|"
    r"radiat\w+|in|between|from|over|or \w+ (?:with|on|at|in)|to|of|is|was|has|had|do|does|did|don't|doesn't|"
    r"reported|symptoms?|meds?|medications?|aid|threshold|reducers?|precautions?|risk|workup|history)\b|[-/](?=\w))",
    re.I,
)
_PLAIN_NO = re.compile(
    r"\b(?:no|not|\w+n't|without|denie[sd]|denying|deny|never|neg|negatives?|absen\w+|nor|w/o|"
    r"none|nil|zero|free of)\b|Ø|\(-\)",
    re.I,
)
_NO_BEHIND = re.compile(
    r"[^.;:,\n]{0,40}[:,]?[ ]*\b(?:no|none|neg|negative|denie[sd]|absent|nil|excluded|ruled out)\b", re.I
)
_NOT_YET = re.compile(
    r"\b(?:rule[sd]? out|r/o|concern\w*|possib\w+|risk|questions?|any|causes?|cover\w*|evaluate|screen\w*|"
    r"if|return|watch|anyone|nothing|hay|nobody|suggest\w*|worr\w+|afraid of|fear\w*|"
    r"asked|consider\w*|differential|ddx|vs\.?|versus|likely|unlikely|could|may|might|history of|hx|h/o|"
    r"prone|nearly|almost|near|simulat\w*|target|goal|end ?point|"
    r"exclude[sd]?|excluding|against|prevent\w*|avoid\w*|like|mimic\w*)\b",
    re.I,
)
_CAUSED = re.compile(
    r"\b(?:worse|pain\w*|clears?|relieved|better|exacerbated|triggered|reproduc\w*|increas\w*|aggravated|"
    r"brought on|only|"
    r"due|secondary|because) (?:with|by|on|after|during|to|of) (?:\w+ )?$",
    re.I,
)
_TURNED = re.compile(
    r"[.;\n]|\b(?:but|positive|pos|reports?|endorses?|complains?|has|had|with|then|presents?|\d{1,2}:\d\d)\b|\+", re.I
)
_BEHIND = re.compile(
    r"[^.;:\n]{0,60}?\b(?:not (?:supported|found|heard|elicited|palpable|appreciated|"
    r"seen|present|noted|suspected|likely|probable|identified|"
    r"in keeping)|(?:do|does|did)(?:n't| not) (?:fit|explain|match)|unlikely|excluded|ruled out|"
    r"absent|would (?:be|have|make|need|change|raise|suggest|go)|(?:is|are|was|were|all) (?:negative|denied|absent)|"
    r"looked for)\b",
    re.I,
)
_DEGREE = re.compile(
    r"(?:^|[,;(] ?|\band )(?:now )?(?:(?:marked(?:ly)?|exquisite(?:ly)?|crushing|pounding|profuse|definite|obvious|"
    r"tearing|ripping)[ ]|an?[ ](?:\w+[ ]){0,4}|(?:tender|palpable|large|boggy|swollen)[ ](?:[\d.]+ ?[cm]m[ ])?"
    r"(?:left[ ]|right[ ])?)$",
    re.I,
)
_SIDED = re.compile(r"[,;] ?(?:left|right|new|bilateral)[ ](?:\w+ )?$", re.I)
_OPENS_ANEW = re.compile(r"(?:left|right|bilateral|tender|palpable|large|moderate|small)\b", re.I)
_OR = re.compile(r"[^.;\n]*\bor\b", re.I)
_COUNT = re.compile(r"[ ]?(?:questions|commands|0\b|[=:]? ?\d\b)", re.I)


_STATE = re.compile(
    r"(?:gait|neck|abd(?:omen)?|pulses?|speech|skin|lungs?|chest|uvula|trachea|cal(?:f|ves)|strength|power|motor|reflex\w*|"
    r"sensation|os|cervix|fontanell?e|face|JVP|compartments?|pupils?|pelvis|cornea|rectal|tone|heart|sclera\w*|discs?|"
    r"radial|pedal|DP|mucous|bladder|hernia|testes|voice)\b[. ]+(?!\w*(?:ache|ness)\b|(?:pain|swelling|injur\w+|droop|"
    r"rash|mass|"
    r"deficits?|discharge|sounds?|wall|pressure)\b)",
    re.I,
)
_DIRECT_NO = re.compile(r"\b(?:no|not|without|denies|never|nor)[ ](?:\w+[ ])?$", re.I)


def is_statement(note: ParsedNote, place: Place) -> bool:
    """Whether it is a part with what is said of it ("gait ataxic"), to which a denial before does not reach."""
    return bool(_STATE.match(note.text, *place)) and not _DIRECT_NO.search(note.text, max(0, place[0] - 20), place[0])


def is_denial(note: ParsedNote, place: Place, *, own: bool) -> bool:
    """Whether the finding is plainly denied; `own` where the wording itself says that it is absent."""
    context = note.context(*place)
    if note.of(has_boxes) and _is_in_a_form(note.text, place):
        return False
    if own:
        if _IN_PART.match(note.text, place[1]) or not context <= {"negated", "uncertain"}:
            return False
        return not _NOT_BEFORE.search(note.text, max(0, place[0] - 12), place[0])
    says = _LABEL_SAYS.match(note.text, place[1])
    if says:
        return bool(says["no"]) and context <= {"negated"}
    if context in ({"negated"}, {"negated", "uncertain"}):
        if is_statement(note, place) or _is_of_a_kind(note, place) or _is_of_degree(note, place):
            return False
        return _is_denied_around(note, place)
    return not context and _is_in_a_denied_list(note, place) and not _CONDITION.match(note.text, place[1])


_NOT_BEFORE = re.compile(r"\b(?:not|isn't|never|longer|until|target\w*|goal|end ?point)[ =:]{1,3}$", re.I)
_IN_PART = re.compile(
    r"[ ,]*(?:anteriorly|posteriorly|except|apart from|aside from|save|other than|but|at the apices|in the upper)\b",
    re.I,
)
"""Of what is normal in part only."""
_BREAKS_A_LIST = re.compile(
    r"\b(?:because|alone|since|more|less|than|is|was|are|were|rate|at|after|before|only|then|given)\b|:", re.I
)
_DENIED_LAST = re.compile(r".*\b(?:no|not|den(?:y|ie[sd]|ying)|without|neg\w*|never|absent|nor|w/o)\b", re.I | re.S)


def is_report(note: ParsedNote, place: Place) -> bool:
    """Whether the finding is plainly reported: no denial, doubt, question or condition in the clause before it."""
    start, end = place
    context = note.context(start, end)
    if note.of(has_boxes) and _is_in_a_form(note.text, place):
        return False
    says = _LABEL_SAYS.match(note.text, end)
    if says:
        return bool(says["yes"]) and (not context or (context == {"negated"} and not _is_denied_around(note, place)))
    is_told = is_statement(note, place) or _is_of_degree(note, place)
    is_told = is_told or (context == {"negated"} and not _is_denied_around(note, place))
    if context and not (context == {"negated"} and is_told) and not _is_evidence(note, place, context):
        return False
    before = _clause_before(note, start)
    if _NO_ON_THE_LINE_BEFORE.search(note.text[max(0, start - 40) : start]):
        return False
    if (
        _NOT_YET.search(before)
        or _CAUSED.search(before)
        or _LABEL.match(note.text, end)
        or _COUNT.match(note.text, end)
    ):
        return False
    if (_PLAIN_NO.search(before) or _is_in_a_denied_list(note, place)) and not is_told:
        return False
    if note.section_at(start) == "Review of Systems" and (
        _is_marked_absent(note.text, place) or _ALL_NEGATIVE.match(note.text, end)
    ):
        return False
    if note.section_at(start) == _DECIDED and _FIRST_CELL.search(note.text, note.text.rfind("\n", 0, start) + 1, start):
        return False
    in_labels = note.section_at(start) == "Medical Decision Making" and _IN_LABELS.match(note.text, end)
    in_labels = in_labels if ":" not in note.text[note.sentence_at(start).start : start] else None
    return not (in_labels or _BEHIND.match(note.text, end) or _ASKED.match(note.text, end))


def _is_marked_absent(text: str, place: Place) -> bool:
    """Whether a minus stands at it in a line of marks: "+ cough, - fever", "fever -"."""
    before = text[max(0, place[0] - 6) : place[0]]
    return bool(_A_MINUS_BEFORE.search(before) or _A_MINUS_BEHIND.match(text, place[1]))


def _is_denied_around(note: ParsedNote, place: Place) -> bool:
    """Whether a word of denial stands before it in its sentence, or right behind it."""
    start = max(note.sentence_at(place[0]).start, place[0] - 2 * _REACH)
    return bool(_PLAIN_NO.search(note.text, start, place[0]) or _NO_BEHIND.match(note.text, place[1]))


def _is_evidence(note: ParsedNote, place: Place, context: frozenset[str]) -> bool:
    """Whether a diagnosis that is weighed has it as plain evidence: "Meningitis: playful, neck rigid: unlikely"."""
    if not context <= {"uncertain"} or note.section_at(place[0]) != _DECIDED:
        return False
    before = note.text[max(note.sentence_at(place[0]).start, place[0] - 2 * _REACH) : place[0]]
    part = before[max(before.rfind(","), before.rfind(":")) + 1 :]
    return ":" in before and not _PLAIN_NO.search(part) and not _NOT_YET.search(part)


def _clause_before(note: ParsedNote, start: int) -> str:
    """Return what stands before `start` in its sentence, up to the last word that turns to reports."""
    sentence = note.sentence_at(start)
    reach = 3 * _REACH if note.section_at(start) == "Review of Systems" else _REACH
    before = note.text[max(sentence.start, start - reach) : start]
    turns = [turn.end() for turn in _TURNED.finditer(before)]
    return before[turns[-1] :] if turns else before


def _is_of_degree(note: ParsedNote, place: Place) -> bool:
    """Whether a list of denials goes on with what is there: "no guarding, marked distension"."""
    before = note.text[max(note.sentence_at(place[0]).start, place[0] - 24) : place[0]]
    is_seen = note.section_at(place[0]) in ("Physical Examination", "Labs & Imaging")
    is_sided = is_seen and _SIDED.search(before)
    opens_anew = is_seen and _OPENS_ANEW.match(note.text, place[0]) and before.rstrip().endswith((",", ";"))
    return bool(_DEGREE.search(before) or is_sided or opens_anew) and not _OR.match(note.text, place[1])


def _is_in_a_denied_list(note: ParsedNote, place: Place) -> bool:
    """Whether the sentence opens a list of what is absent: "Negative: fever, rash", "+ chills. - fever, melena"."""
    start = note.sentence_at(place[0]).start
    if _OPENS_MINUS.match(note.text, start) and _A_PLUS_BEFORE.search(note.text[max(0, start - 200) : start]):
        return True
    listed = _LIST_DENIED.search(note.text, max(start, place[0] - _REACH), place[0])
    return bool(listed) and not _TURNED.search(listed["list"] if listed else "")


def has_boxes(note: ParsedNote) -> bool:
    return ("[" in note.text or "\\" in note.text or not note.text.isascii()) and _FORM.search(note.text) is not None


def _is_in_a_form(text: str, place: Place) -> bool:
    line = text.rfind("\n", 0, place[0]) + 1
    end = text.find("\n", place[1])
    return bool(_FORM.search(text, line, end if end >= 0 else len(text)))


def _is_of_a_kind(note: ParsedNote, place: Place) -> bool:
    """Whether only some kind of the finding is denied, or another thing before it: "no chest pain at rest"."""
    sentence = note.sentence_at(place[0])
    before = note.text[max(sentence.start, place[0] - _REACH) : place[0]]
    denied = _DENIED_LAST.match(before)
    if denied and _BREAKS_A_LIST.search(before, denied.end()):
        return True
    return not _BARE.search(before) or bool(_CONDITION.match(note.text, place[1]))
