"""What the terminal shows of a run: what the stages say, without Dagster's own events."""

from __future__ import annotations

import logging
import sys

from dagster import InitLoggerContext, logger


@logger
def brief_console(context: InitLoggerContext) -> logging.Logger:
    """One line a stage, for people at a terminal."""
    console = logging.Logger("edscribe", level=logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Brief())
    console.addHandler(handler)
    return console


class _Brief(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", {})
        return "  " + str(meta.get("orig_message") or record.getMessage())
