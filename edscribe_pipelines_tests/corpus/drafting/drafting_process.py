"""Drafts invented stays in a process of its own: `python -m ...drafting_process URL LEDGER STAYS CONCURRENCY`."""

import sys
from pathlib import Path

from edscribe_pipelines.corpus.drafting.draft import draft_cases
from edscribe_pipelines_tests.corpus.drafting.invented import IMPATIENT, facts_of, settings_for, stays

if __name__ == "__main__":
    url, ledger, count, concurrency = sys.argv[1:]
    month = stays(int(count))
    settings = settings_for(url, nim_concurrency=int(concurrency))
    draft_cases(month, facts_of(month), settings, Path(ledger), patience=IMPATIENT)
