"""Stages that fan out: a month's rows in chunks, each a step of its own, as Dagster's dynamic outputs.

Steps hand each other paths of staging folders and nothing else, for Dagster pickles what steps hand over.
A chunk's folder appears whole and outlives a killed run, which goes on with the chunks that are missing. So
the same job runs in one process or over every worker of the executor in use.
"""

import inspect
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetIn,
    AssetOut,
    AssetsDefinition,
    DynamicOut,
    DynamicOutput,
    In,
    Nothing,
    OpDefinition,
    OpExecutionContext,
    Out,
    Output,
    ResourceParam,
    graph_multi_asset,
    op,
)

from edscribe_pipelines.clinical.records import to_frame
from edscribe_pipelines.errors import StageFailed
from edscribe_pipelines.files import read_json, write_json
from edscribe_pipelines.orchestration.assets import partitions_of
from edscribe_pipelines.results.catalogue import CATALOGUE
from edscribe_pipelines.results.result import Derivation, Result
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

_ROW_GROUP = 20_000
"""Rows that a reader of a chunk has to decode at once."""

_BEFORE = "before"
_DONE = "done.json"


@dataclass(frozen=True)
class FanOut:
    """A stage in chunks.

    `stage` is its row in the catalogue; of it and its inputs, `rows` names an input and its Parquet table, which is cut
    into chunks of `settings.chunk_rows`. `work` fills a folder from one chunk and returns counts, which add up over the
    chunks. `before` does once, in a folder of its own, what must have been done ahead of every chunk. `knobs` are the
    settings that the result follows from. `beside` names further stages whose results are made of the same chunks.
    """

    stage: str
    rows: tuple[str, str]
    work: Callable[["Month", pl.DataFrame, Path], Mapping[str, int]]
    before: Callable[["Month", Path], None] | None = None
    knobs: Callable[[Settings], Mapping[str, Any]] = lambda settings: {}
    beside: tuple[str, ...] = ()

    @property
    def results(self) -> tuple[str, ...]:
        return (*self.beside, self.stage)


@dataclass(frozen=True)
class Month:
    """One month of a stage that fans out; `log` takes a line about long work."""

    fan_out: FanOut
    stages: Stages
    settings: Settings
    name: str
    log: Callable[[str], None]

    @cached_property
    def derivation(self) -> Derivation:
        return self.stages.derive(self.fan_out.stage, self.name, settings=self.fan_out.knobs(self.settings))

    @property
    def source(self) -> Path:
        """Return the file whose rows are cut into chunks."""
        return self.derivation.table(*self.fan_out.rows)

    def derivation_of(self, stage: str) -> Derivation:
        """Return what the result of a stage made of the same chunks follows from."""
        return replace(self.derivation, stage=stage)

    def before(self) -> Path:
        """Return the folder of what is done ahead of every chunk."""
        build = self.fan_out.before
        return self.stages.make_part(self.derivation, _BEFORE, lambda folder: build(self, folder) if build else None)

    def chunks(self) -> list[str]:
        """Return the staging path of each chunk; its name holds offset and length in rows."""
        folder, length = self.stages.parts_folder(self.derivation), self.settings.chunk_rows
        starts = range(0, table_height(self.source), length)
        return [str(folder / f"rows-{start}-{length}") for start in starts]

    def do_chunk(self, path: str) -> None:
        """Do one chunk, unless a killed run did it already."""
        _, offset, length = Path(path).name.split("-")

        def build(folder: Path) -> None:
            started = time.monotonic()
            frame = pl.scan_parquet(self.source).slice(int(offset), int(length)).collect()
            counts = dict(self.fan_out.work(self, frame, folder))
            write_json(folder / _DONE, {"counts": counts, "seconds": round(time.monotonic() - started, 2)})

        self.stages.make_part(self.derivation, Path(path).name, build)

    def stands(self) -> bool:
        return all(self.stages.standing(self.derivation_of(stage)) for stage in self.fan_out.results)

    def to_commit(self, chunks: list[str]) -> list[str]:
        """Return the chunks to put together: none where the results stand, for an attempt that was killed after its
        commit has removed them. Raises StageFailed where they are not those of the month: its inputs changed."""
        if self.stands():
            return []
        if chunks != self.chunks():
            raise StageFailed(f"{self.fan_out.stage}: its inputs changed during the run. Start it again.")
        return chunks

    def commit(self, chunks: list[str], build: Callable[[Path], Mapping[str, Any]]) -> Result:
        """Return the stage's result and remove the chunks it was made of."""
        spent = sum(read_json(Path(chunk) / _DONE)["seconds"] for chunk in chunks)
        result = self.stages.make(self.derivation, build, spent=spent)
        self.stages.clear_work(self.derivation)
        return result


Committing = Iterator[AssetCheckResult | Output[None]]


def fan_out_asset(
    name: str,
    fan_out: FanOut,
    outs: Mapping[str, AssetOut],
    commit: Callable[[OpExecutionContext, Month, list[str]], Committing],
    checks: Sequence[AssetCheckSpec] = (),
) -> AssetsDefinition:
    """Return the assets `outs` of a stage that fans out, as the graph `name`: plan, chunks, commit.

    `commit` puts the chunks together and yields what Dagster is to be told, in the order of `outs`, the verdict of each
    of `checks` before the asset that it is about.
    """
    upstream = CATALOGUE[fan_out.stage].upstream
    plan, chunk = _plan_op(name, fan_out, upstream), _chunk_op(name, fan_out)
    told = {f"{spec.asset_key.to_user_string()}_{spec.name}": spec.name for spec in checks}
    commit_op = _commit_op(name, fan_out, commit, (*told.values(), *outs))

    def compose(**before: Any) -> dict[str, Any]:
        made = commit_op(plan(**before).map(chunk).collect())
        handles = made if isinstance(made, tuple) else (made,)
        return dict(zip((*told, *outs), handles, strict=True))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    compose.__signature__ = inspect.Signature([inspect.Parameter(each, kind) for each in upstream])  # type: ignore[attr-defined]
    return graph_multi_asset(
        name=name,
        ins={each: AssetIn(each, dagster_type=Nothing) for each in upstream},
        outs=outs,
        partitions_def=partitions_of(fan_out.stage),
        check_specs=list(checks),
        group_name=CATALOGUE[fan_out.stage].group,
    )(compose)


def _plan_op(name: str, fan_out: FanOut, upstream: tuple[str, ...]) -> OpDefinition:
    """Return the op that gives a staging path for each chunk; none where the standing results still count."""

    @op(name=f"plan_{name}", ins={each: In(Nothing) for each in upstream}, out=DynamicOut(str))
    def plan(
        context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings]
    ) -> Iterator[DynamicOutput[str]]:
        month = Month(fan_out, stages, settings, context.partition_key, context.log.info)
        if month.stands():
            return
        stages.clear_stale_parts(month.derivation)
        month.before()
        for number, path in enumerate(month.chunks()):
            yield DynamicOutput(path, mapping_key=str(number))

    return plan


def _chunk_op(name: str, fan_out: FanOut) -> OpDefinition:
    """Return the op that does one chunk and hands its path on."""

    @op(name=f"{name}_chunk", out=Out(str))
    def chunk(
        context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], path: str
    ) -> str:
        Month(fan_out, stages, settings, context.partition_key, context.log.info).do_chunk(path)
        return path

    return chunk


def _commit_op(
    name: str,
    fan_out: FanOut,
    commit: Callable[[OpExecutionContext, Month, list[str]], Committing],
    outs: tuple[str, ...],
) -> OpDefinition:
    """Return the op that commits the month, if its chunks are those of its inputs."""

    @op(name=f"commit_{name}", out={each: Out(Nothing) for each in outs})
    def commit_chunks(
        context: OpExecutionContext, stages: ResourceParam[Stages], settings: ResourceParam[Settings], chunks: list[str]
    ) -> Committing:
        month = Month(fan_out, stages, settings, context.partition_key, context.log.info)
        yield from commit(context, month, month.to_commit(chunks))

    return commit_chunks


def merge_table(chunks: list[str], of_chunks: str, record: type, folder: Path, name: str | None = None) -> int:
    """Write the chunks' tables `of_chunks`, in order, as the one called `name` into `folder` and return its rows."""
    target = folder / f"{name or of_chunks}.parquet"
    parts = [pl.scan_parquet(Path(chunk) / f"{of_chunks}.parquet") for chunk in chunks]
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
