"""Stages that fan out: a month's rows in chunks, each a step of its own, as Dagster's dynamic outputs.

Steps hand each other paths of staging folders and nothing else, for Dagster pickles what steps hand over.
A chunk's folder appears whole and outlives a killed run, which goes on with the chunks that are missing. So
the same job runs in one process or over every worker of the executor in use.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from dagster import DynamicOut, DynamicOutput, In, Nothing, OpDefinition, OpExecutionContext, Out, ResourceParam, op

from edscribe_pipelines.clinical.records import to_frame
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.orchestration.stages import Derivation, Result, Stages
from edscribe_pipelines.settings import Settings

_ROW_GROUP = 20_000
"""Rows that a reader of a chunk has to decode at once."""

_BEFORE = "before"
_DONE = "done.json"


@dataclass(frozen=True)
class FanOut:
    """A stage in chunks.

    `derivation` says what the month's result follows from, and `rows` which Parquet file is cut into chunks of
    `settings.chunk_rows`. `work` fills a folder from one chunk and returns counts, which add up over the
    chunks. `before` does once, in a folder of its own, what must have been done ahead of every chunk. `beside`
    names further stages whose results are made of the same chunks.
    """

    derivation: Callable[[Stages, Settings, str], Derivation]
    rows: Callable[[Derivation], Path]
    work: Callable[["Month", pl.DataFrame, Path], Mapping[str, int]]
    before: Callable[["Month", Path], None] | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Month:
    """One month of a stage that fans out; `log` takes a line about long work."""

    stage: FanOut
    stages: Stages
    settings: Settings
    name: str
    log: Callable[[str], None]

    @cached_property
    def derivation(self) -> Derivation:
        return self.stage.derivation(self.stages, self.settings, self.name)

    def before(self) -> Path:
        """Return the folder of what is done ahead of every chunk."""
        build = self.stage.before
        return self.stages.make_part(self.derivation, _BEFORE, lambda folder: build(self, folder) if build else None)

    def chunks(self) -> list[str]:
        """Return the staging path of each chunk; its name holds offset and length in rows."""
        folder, length = self.stages.parts_folder(self.derivation), self.settings.chunk_rows
        starts = range(0, table_height(self.stage.rows(self.derivation)), length)
        return [str(folder / f"rows-{start}-{length}") for start in starts]

    def do_chunk(self, path: str) -> None:
        """Do one chunk, unless a killed run did it already."""
        _, offset, length = Path(path).name.split("-")

        def build(folder: Path) -> None:
            started = time.monotonic()
            frame = pl.scan_parquet(self.stage.rows(self.derivation)).slice(int(offset), int(length)).collect()
            counts = dict(self.stage.work(self, frame, folder))
            write_json(folder / _DONE, {"counts": counts, "seconds": round(time.monotonic() - started, 2)})

        self.stages.make_part(self.derivation, Path(path).name, build)

    def stands(self) -> bool:
        results = (self.derivation, *(replace(self.derivation, stage=stage) for stage in self.stage.beside))
        return all(self.stages.standing(result) for result in results)

    def require(self, chunks: list[str]) -> None:
        """Raise StageFailed where `chunks` are not those of the month: its inputs changed during the run."""
        if not self.stands() and chunks != self.chunks():
            raise StageFailed(f"{self.derivation.stage}: its inputs changed during the run. Start it again.")

    def commit(self, chunks: list[str], build: Callable[[Path], Mapping[str, Any]]) -> Result:
        """Return the stage's result and remove the chunks it was made of."""
        spent = sum(read_json(Path(chunk) / _DONE)["seconds"] for chunk in chunks)
        result = self.stages.make(self.derivation, build, spent=spent)
        self.stages.clear_work(self.derivation)
        return result


def planned_month(
    context: OpExecutionContext, stage: FanOut, stages: Stages, settings: Settings, chunks: list[str]
) -> Month:
    """Return the month whose chunks are done. Raises StageFailed where `chunks` are not those of its inputs."""
    month = Month(stage, stages, settings, context.partition_key, context.log.info)
    month.require(chunks)
    return month


def plan_op(name: str, stage: FanOut, *upstream: str) -> OpDefinition:
    """Return the op that gives a staging path for each chunk; none where the standing results still count."""

    @op(name=f"plan_{name}", ins={each: In(Nothing) for each in upstream}, out=DynamicOut(str))
    def plan(
        context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
    ) -> Iterator[DynamicOutput[str]]:
        month = Month(stage, stages, settings, context.partition_key, context.log.info)
        if month.stands():
            return
        stages.clear_stale_parts(month.derivation)
        month.before()
        for number, path in enumerate(month.chunks()):
            yield DynamicOutput(path, mapping_key=str(number))

    return plan


def chunk_op(name: str, stage: FanOut) -> OpDefinition:
    """Return the op that does one chunk and hands its path on."""

    @op(name=f"{name}_chunk", out=Out(str))
    def chunk(
        context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], path: str
    ) -> str:
        Month(stage, stages, settings, context.partition_key, context.log.info).do_chunk(path)
        return path

    return chunk


def merge_table(chunks: list[str], name: str, record: type, folder: Path) -> int:
    """Write the chunks' tables `name`, in order, as one into `folder` and return its rows."""
    target = folder / f"{name}.parquet"
    parts = [pl.scan_parquet(Path(chunk) / f"{name}.parquet") for chunk in chunks]
    pl.concat(parts or [to_frame(record, []).lazy()]).sink_parquet(target, row_group_size=_ROW_GROUP)
    return table_height(target)


def table_height(path: Path) -> int:
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def summed_counts(chunks: list[str]) -> dict[str, int]:
    """Return the chunks' counts, added up."""
    total: Counter[str] = Counter()
    for chunk in chunks:
        total.update(read_json(Path(chunk) / _DONE)["counts"])
    return dict(total)
