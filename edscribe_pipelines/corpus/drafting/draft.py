"""Drafted cases: choose the stays, ask for those that no earlier run was answered for, and judge the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path

import polars as pl

from edscribe_pipelines.corpus.drafting.asking import PATIENCE, Patience, ask_all
from edscribe_pipelines.corpus.drafting.instructions import Question, question_about
from edscribe_pipelines.corpus.drafting.ledger import Ledger, Settled, open_ledger
from edscribe_pipelines.corpus.drafting.outcomes import Drafting, accepted_cases, judge, refused_drafts
from edscribe_pipelines.corpus.drafting.priority import choose_stays
from edscribe_pipelines.data_use.wall import host_of, may_leave
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.settings import Settings

_UNANSWERED_SHARE, _UNANSWERED_STAYS = 0.05, 3
"""How many stays may stay unanswered, the larger of the two, and never all: beyond that the endpoint did not do its
part, and a month drafted without it would differ from the next run's."""


def draft_cases(
    encounters: pl.DataFrame,
    prompts: pl.Series,
    settings: Settings,
    ledger: Path,
    progress: Callable[[int, int], None] | None = None,
    patience: Patience = PATIENCE,
) -> Drafting:
    """Return drafted cases for the stays that go first, at most `settings.draft_cases`.

    `encounters` are `DeidentifiedNote` rows that can make a case, `prompts` the facts of each as the scribe is
    given them. `progress` is told how many of how many questions are done.

    Raises StageFailed where more than a small share stayed unanswered; what was answered is kept, and the next
    run asks for the rest. Raises BadInput where `settings.nim_url` cannot be used.
    """
    if settings.nim_url is None:
        raise BadInput("NIM_URL", "no endpoint is set", remedy="Write https://host/v1.")
    stays = encounters.with_columns(prompts.alias("facts"))
    leaving = stays.filter(may_leave(host_of(settings.nim_url, "NIM_URL"), settings.trusted_hosts))
    chosen = choose_stays(leaving, settings.draft_priority, settings.draft_cases)
    questions = [
        question_about(facts, data_use, settings) for facts, data_use in chosen.select("facts", "data_use").iter_rows()
    ]
    with open_ledger(ledger, settings.nim_price_in, settings.nim_price_out) as book:
        known = book.settled(question.key for question in questions)
        new = list({question.key: question for question in questions if question.key not in known}.values())
        asyncio.run(ask_all(new, settings, book, patience, _counting(progress, len(new))))
        settled = known | book.settled(question.key for question in new)
        _require_most(questions, settled, book)
        judgements = [
            judge(settled.get(question.key), facts) for question, facts in zip(questions, chosen["facts"], strict=True)
        ]
        return Drafting(
            cases=accepted_cases(chosen, judgements),
            refused=refused_drafts(chosen, judgements),
            asked=chosen.select(
                "encounter_id",
                "complaint",
                outcome=pl.Series([judgement.outcome for judgement in judgements], dtype=pl.String),
                from_cache=pl.Series([question.key in known for question in questions], dtype=pl.Boolean),
            ),
            kept_by_egress_wall=stays.height - leaving.height,
            attempts=book.statuses(),
            spent=book.spent(),
        )


def _counting(progress: Callable[[int, int], None] | None, total: int) -> Callable[[], None]:
    done = count(1)
    return lambda: progress(next(done), total) if progress else None


def _require_most(questions: Sequence[Question], settled: Mapping[str, Settled], ledger: Ledger) -> None:
    answered = sum(question.key in settled for question in questions)
    unanswered = len(questions) - answered
    if unanswered and (answered == 0 or unanswered > max(_UNANSWERED_STAYS, _UNANSWERED_SHARE * len(questions))):
        ended = ", ".join(f"{status} {times}" for status, times in ledger.statuses().items())
        raise StageFailed(
            f"The drafting endpoint left {unanswered} of {len(questions)} stays unanswered; {answered} answers are "
            f"kept. Requests of this run: {ended}. Check the endpoint and run again: it goes on from here."
        )
