"""A pattern of `regex` as one of `re`, for lines of ASCII alone, where it is several times as fast.

There `\\p{L}` is A-Za-z and nothing is `\\p{M}`. `re` knows no look-behind of unknown length and a group's name only
once: patterns with the first stay with `regex`, groups are told apart by a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_PROPERTIES = {r"\p{L}": "A-Za-z", r"\p{Lu}": "A-Z", r"\p{Ll}": "a-z", r"\p{M}": ""}
_TOKEN = re.compile(r"\\p\{\w+\}|\\.|\[\^?\]?|\]|\(\?P<(\w+)>|\(\?P=(\w+)\)", re.DOTALL)
_NOTHING = r"[^\s\S]"
_NUMBERED = re.compile(r"_\d+\Z")


def ascii_pattern(pattern: str) -> re.Pattern[str] | None:
    """Return `pattern` for `re`, or None where `re` cannot say it."""
    plain = _in_ascii(pattern)
    try:
        return None if _keeps_last_only(parser.parse(plain)) else re.compile(plain, re.ASCII)
    except re.error:
        return None


def _keeps_last_only(sequence: Any, in_repeat: bool = False) -> bool:
    """Whether a group is repeated: `re` remembers its last match alone."""
    for code, argument in sequence:
        if code is codes.SUBPATTERN and argument[0] is not None and in_repeat:
            return True
        if any(_keeps_last_only(part, again) for part, again in _parts(code, argument, in_repeat)):
            return True
    return False


def _parts(code: Any, argument: Any, in_repeat: bool) -> Iterator[tuple[Any, bool]]:
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        yield argument[2], in_repeat or argument[1] > 1
    elif code is codes.BRANCH:
        yield from ((branch, in_repeat) for branch in argument[1])
    elif code in (codes.SUBPATTERN, codes.ASSERT, codes.ASSERT_NOT):
        yield argument[-1], in_repeat
    elif code is codes.ATOMIC_GROUP:
        yield argument, in_repeat


def own_name(group: str) -> str:
    """Return the name of a group of the original pattern: phi of phi_2."""
    return _NUMBERED.sub("", group)


def _in_ascii(pattern: str) -> str:
    pieces, done, in_class = [], 0, False
    numbers: dict[str, int] = {}
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        pieces.append(pattern[done : token.start()])
        done = token.end()
        if text.startswith(r"\p"):
            letters = _PROPERTIES[text]
            text = letters if in_class else f"[{letters}]" if letters else _NOTHING
        elif token[1] and not in_class:
            numbers[token[1]] = len(numbers) + numbers.get(token[1], 0) + 1
            text = f"(?P<{token[1]}_{numbers[token[1]]}>"
        elif token[2] and not in_class:
            text = f"(?P={token[2]}_{numbers[token[2]]})"
        elif text[0] == "[" and not in_class:
            in_class = True
        elif text == "]":
            in_class = False
        pieces.append(text)
    return "".join(pieces) + pattern[done:]
