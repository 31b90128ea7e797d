"""What a form offers and nobody chose: an unticked box with its words, an option beside one that is circled."""

from __future__ import annotations

import re

_UNTICKED = r"(?:\[[ _]?\]|\([ _]\)|[☐□])"
_TICKED = r"(?:\[[xX✓✔*]\]|[☑☒✓✔])"
_BOX = re.compile(rf"{_UNTICKED}|{_TICKED}")
_BOX_FIRST = re.compile(rf"{_UNTICKED}[^\[\]()☐□☑☒✓✔\n|]*")
_WORDS_FIRST = re.compile(rf"[^\s\[\]☐□☑☒✓✔:,;|](?:[ ]?[^\s\[\]☐□☑☒✓✔:,;|])*[ ]?{_UNTICKED}")
_BOX_BEHIND = re.compile(rf"[^\s\[\]][ ]?(?:{_UNTICKED}|{_TICKED})(?:[ ]{{2}}|[,;.|]|[ ]*$)")
"""A box close behind its words and far from the next ones, as in "Penicillin [ ]   Sulfa [x] rash"."""
_CIRCLED = re.compile(r"\((?P<option>[A-Za-z]+)\)")
_OPTION = re.compile(r"(?<![\w(])(?:home|admit(?:ted)?|transfer(?:red)?|discharged?|AMA|expired|obs)\b(?!\))", re.I)


def chosen(text: str) -> str:
    """Return `text` with blanks for what a form offers and nobody chose, each character where it was."""
    return "\n".join(_of_line(line) for line in text.split("\n")) if _BOX.search(text) or "(" in text else text


def _of_line(line: str) -> str:
    if _BOX.search(line):
        line = (_WORDS_FIRST if _BOX_BEHIND.search(line) else _BOX_FIRST).sub(_blank, line)
    if any(_OPTION.fullmatch(circled["option"]) for circled in _CIRCLED.finditer(line)):
        line = _OPTION.sub(_blank, line)
    return line


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
