import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dagster import (
    AssetOut,
    AssetsDefinition,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    FilesystemIOManager,
    OpExecutionContext,
    define_asset_job,
)

from edscribe_pipelines.clinical.records import SpanCount, to_frame
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.orchestration.fan_out import (
    Committing,
    FanOut,
    Month,
    fan_out_asset,
    merge_table,
    summed_counts,
)
from edscribe_pipelines.orchestration.reporting import committed
from edscribe_pipelines.results.store import Stages
from edscribe_pipelines.settings import Settings

MONTH = "2026-01"
SECRET = "Marisol Ybarra"
STAGE = "deidentified_notes"


@dataclass
class Doubling:
    """A stage that doubles the counts of a table, three rows a chunk, and breaks where it is told to."""

    settings: Settings
    breaks_at: int | None = None
    worked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fan_out = FanOut(STAGE, rows=("encounters", "rows"), work=self.work)

    @property
    def stages(self) -> Stages:
        return Stages(self.settings)

    def arrive(self, counts: list[int]) -> None:
        def build(folder: Path) -> dict[str, Any]:
            to_frame(SpanCount, [{"type": SECRET, "count": count} for count in counts]).write_parquet(
                folder / "rows.parquet"
            )
            return {}

        self.stages.run("encounters", MONTH, build, inputs={}, outside={"of": str(counts)})

    def work(self, month: Month, frame: pl.DataFrame, folder: Path) -> dict[str, int]:
        first = frame["count"][0]
        self.worked.append(first)
        if first == self.breaks_at:
            raise BadInput("rows", "breaks")
        frame.with_columns(pl.col("count") * 2).write_parquet(folder / "rows.parquet")
        return {"rows": frame.height}

    def run(self, storage: Path) -> ExecuteInProcessResult:
        definitions = Definitions(
            assets=[doubled(self.fan_out)],
            jobs=[define_asset_job("double", "*")],
            resources={
                "settings": self.settings,
                "stages": self.stages,
                "io_manager": FilesystemIOManager(base_dir=str(storage)),
            },
        )
        with DagsterInstance.ephemeral() as instance:
            return definitions.resolve_job_def("double").execute_in_process(
                instance=instance, partition_key=MONTH, raise_on_error=False
            )

    def month(self) -> Month:
        return Month(self.fan_out, self.stages, self.settings, MONTH, print)

    def counts(self) -> list[int]:
        return self.stages.get(STAGE, MONTH).table("rows")["count"].to_list()


def doubled(fan_out: FanOut) -> AssetsDefinition:
    def commit(context: OpExecutionContext, month: Month, chunks: list[str]) -> Committing:
        def build(folder: Path) -> dict[str, Any]:
            return {"merged": merge_table(chunks, "rows", SpanCount, folder)} | summed_counts(chunks)

        yield committed(context, month.commit(chunks, build))

    return fan_out_asset(STAGE, fan_out, {STAGE: AssetOut()}, commit)


@pytest.fixture
def doubling(tmp_path: Path) -> Doubling:
    return Doubling(Settings(store=tmp_path / "store", phi_store=tmp_path / "phi_store", chunk_rows=3))


def test_rows_come_back_in_order_whatever_the_chunks(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive(list(range(1, 8)))
    assert doubling.run(tmp_path / "io").success
    assert doubling.worked == [1, 4, 7]
    assert doubling.counts() == [2, 4, 6, 8, 10, 12, 14]
    assert doubling.stages.get(STAGE, MONTH).counts == {"merged": 7, "rows": 7}


def test_month_without_rows_gives_an_empty_table(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive([])
    assert doubling.run(tmp_path / "io").success
    assert doubling.counts() == []


def test_unchanged_stage_has_no_chunk_to_do(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive([1, 2])
    doubling.run(tmp_path / "io")
    assert doubling.run(tmp_path / "io").success
    assert doubling.worked == [1]


def test_run_goes_on_with_the_chunks_that_a_broken_one_left(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive(list(range(1, 10)))
    doubling.breaks_at = 7
    assert not doubling.run(tmp_path / "io").success
    assert doubling.stages.find(STAGE, MONTH) is None
    doubling.breaks_at = None
    assert doubling.run(tmp_path / "io").success
    assert doubling.worked == [1, 4, 7, 7]
    assert doubling.counts() == [2 * count for count in range(1, 10)]


def test_chunks_of_other_inputs_are_not_taken(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive([1, 2, 3, 4])
    doubling.breaks_at = 4
    doubling.run(tmp_path / "io")
    doubling.arrive([5, 6, 7, 8])
    assert doubling.run(tmp_path / "io").success
    assert doubling.counts() == [10, 12, 14, 16]


def test_nothing_is_left_of_the_chunks_once_the_result_stands(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive([1, 2, 3, 4])
    doubling.run(tmp_path / "io")
    result = doubling.stages.get(STAGE, MONTH)
    assert {path.name for path in result.folder.parent.iterdir()} == {"current.json", result.folder.name}


def test_commit_refuses_chunks_of_inputs_that_changed_meanwhile(doubling: Doubling) -> None:
    doubling.arrive([1, 2, 3, 4])
    planned = doubling.month().chunks()
    doubling.arrive([5, 6, 7, 8])
    with pytest.raises(StageFailed, match="inputs changed"):
        doubling.month().to_commit(planned)


def test_commit_that_was_done_before_asks_for_no_chunk(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive([1, 2, 3, 4])
    planned = doubling.month().chunks()
    doubling.run(tmp_path / "io")
    assert not Path(planned[0]).exists()
    assert doubling.month().to_commit(planned) == []


def test_steps_hand_over_paths_and_no_rows(doubling: Doubling, tmp_path: Path) -> None:
    doubling.arrive([1, 2, 3, 4])
    result = doubling.run(tmp_path / "io")
    handed = [
        result.output_for_node(f"{STAGE}.plan_{STAGE}"),
        result.output_for_node(f"{STAGE}.{STAGE}_chunk"),
    ]
    paths = [path for outputs in handed for path in outputs.values()]
    assert len(paths) == 4
    assert all(isinstance(path, str) and "/rows-" in path for path in paths)
    assert SECRET.encode() not in pickle.dumps(paths)
