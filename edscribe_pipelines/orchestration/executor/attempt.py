"""One attempt at one step of one run: what a worker is started for, and looked up by."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from dagster._core.executor.step_delegating import StepHandlerContext


class Attempt(NamedTuple):
    run_id: str
    step: str
    number: int

    @property
    def name(self) -> str:
        """A name for a container or a Kubernetes job, the same from every run worker that asks for it."""
        return f"edscribe-step-{hashlib.sha256(repr(tuple(self)).encode()).hexdigest()[:32]}"


def attempt_of(context: StepHandlerContext) -> Attempt:
    arguments = context.execute_step_args
    assert arguments.step_keys_to_execute is not None
    (step,) = arguments.step_keys_to_execute
    known = arguments.known_state
    return Attempt(arguments.run_id, step, known.get_retry_state().get_attempt_count(step) if known else 0)
