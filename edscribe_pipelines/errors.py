"""Errors that a stranger can act on at 3 a.m.

EdscribeError
├── BadInput         what somebody handed in is wrong: file, row, field, what to do
│   └── BadTables    a site's own rule tables are: one line for each row
├── CorpusInvariant  a stage's result breaks a rule that holds for every run
│   └── ExpectationsNotMet  an expectation of the corpus that must be met is not
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


class BadTables(BadInput):
    """A site's own rule tables cannot be used; each problem names table, row, column and what would be right."""

    def __init__(self, problems: list[str]) -> None:
        EdscribeError.__init__(self, "\n".join(f"{problem}." for problem in problems))


class CorpusInvariant(EdscribeError):
    """A result breaks a rule that must hold for every corpus; nothing was stored."""


class ExpectationsNotMet(CorpusInvariant):
    """The corpus does not meet the expectations `names`."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Expectations not met: {', '.join(names)}. Nothing was stored.")
        self.names = names


class StageFailed(EdscribeError):
    """A stage's worker stopped without its result; the message says where its log is."""
