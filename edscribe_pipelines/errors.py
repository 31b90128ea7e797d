"""Errors that a stranger can act on at 3 a.m.

EdscribeError
├── BadInput         what somebody handed in is wrong: file, row, field, what to do
├── CorpusInvariant  a stage's result breaks a rule that holds for every run
└── StageFailed      a worker or a service did not do its part

None of them ever quotes a value: messages name places and rules.
"""

from __future__ import annotations


class EdscribeError(Exception):
    """Base of every error that the command line shows as one line."""


class BadInput(EdscribeError):
    """Something handed in cannot be used.

    `where` is a file or table, with the row where there is one; `problem` a fixed sentence; `remedy`
    what to do about it.
    """

    def __init__(self, where: str, problem: str, *, field: str | None = None, remedy: str = "") -> None:
        place = where if field is None else f"{where}, field {field}"
        super().__init__(f"{place}: {problem}." + (f" {remedy}" if remedy else ""))


class CorpusInvariant(EdscribeError):
    """A result breaks a rule that must hold for every corpus; nothing was stored."""


class StageFailed(EdscribeError):
    """A stage's worker stopped without its result; the message says where its log is."""
