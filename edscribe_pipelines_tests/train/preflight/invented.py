"""A recipe whose sequences hold every invented case."""

from __future__ import annotations

from edscribe_pipelines_tests.train.invented import TINY

ROOMY = TINY.model_copy(update={"sequence_length": 4096})
