"""What a form offers and nobody chose: an unticked box with its words, an option beside one that is circled."""

from __future__ import annotations

import re

_UNTICKED = re.compile(r"(?:\[[ _]?\]|\([ _]\)|[☐□])[^\[\]()☐□☑☒✓✔\n|]*")
_TICKED = re.compile(r"\[[xX✓✔*]\]|[☑☒✓✔]")
_CIRCLED = re.compile(r"\((?P<option>[A-Za-z]+)\)")
_OPTION = re.compile(r"(?<![\w(])(?:home|admit(?:ted)?|transfer(?:red)?|discharged?|AMA|expired|obs)\b(?!\))", re.I)


def chosen(text: str) -> str:
    """Return `text` with blanks for what a form offers and nobody chose, each character where it was."""
    if _TICKED.search(text) or _UNTICKED.search(text):
        text = _UNTICKED.sub(_blank, text)
    return "\n".join(_circled(line) if "(" in line else line for line in text.split("\n"))


def _circled(line: str) -> str:
    """Blank the options of a line of which one is circled: "(home) admit transfer AMA"."""
    if not any(_OPTION.fullmatch(circled["option"]) for circled in _CIRCLED.finditer(line)):
        return line
    return _OPTION.sub(_blank, line)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
