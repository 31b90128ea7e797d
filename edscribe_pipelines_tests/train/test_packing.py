"""Cases in one sequence, in both classes that can train Nemotron; its CUDA kernel is stood in for by torch's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.train.generation_worker import load_tokenizer
from edscribe_pipelines.train.nemo import finetune_config
from edscribe_pipelines.train.packing import (
    TOLERANCE,
    as_nemo_packs,
    lessons_to_try,
    measure_drift,
    packing_contract,
    require_isolation,
)
from edscribe_pipelines_tests.train import reference_mamba
from edscribe_pipelines_tests.train.invented import TINY


def lessons_file(folder: Path, lengths: list[int]) -> Path:
    rows = [(list(range(3, 3 + length)), 2) for length in lengths]
    pl.DataFrame(rows, schema=["input_ids", "prompt_tokens"], orient="row").write_parquet(folder / "lessons.parquet")
    return folder / "lessons.parquet"


CASES = [list(range(3, 40)), list(range(90, 64, -1)), [7, 9] * 12 + [11]]


@pytest.fixture(scope="module")
def config() -> Any:
    from transformers import NemotronHConfig

    return NemotronHConfig(
        vocab_size=96,
        layers_block_type=["linear_attention", "mlp", "full_attention", "mlp", "linear_attention", "mlp"],
        hidden_size=32,
        intermediate_size=64,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        mamba_num_heads=4,
        mamba_head_dim=16,
        ssm_state_size=8,
        n_groups=2,
        chunk_size=16,
        initializer_range=0.2,
        dtype="float32",
        tie_word_embeddings=False,
    )


@pytest.fixture(scope="module")
def transformers_model(config: Any) -> Any:
    import torch
    from transformers import NemotronHForCausalLM

    torch.manual_seed(0)
    return NemotronHForCausalLM(config)


@pytest.fixture(scope="module")
def nemo_model(config: Any) -> Iterator[Any]:
    import torch
    from nemo_automodel.components.models.common import BackendConfig
    from nemo_automodel.components.models.nemotron_v3.model import NemotronHForCausalLM

    with pytest.MonkeyPatch.context() as patch:
        reference_mamba.install(patch)
        torch.manual_seed(0)
        model = NemotronHForCausalLM(config, BackendConfig(attn="sdpa", linear="torch", rms_norm="torch_fp32"))
        model.initialize_weights(torch.device("cpu"), torch.float32)
        yield model


def test_each_case_is_tried_at_each_place_after_each_other(nemo_model: Any) -> None:
    drifts = measure_drift(nemo_model, CASES, as_nemo_packs)
    assert sorted({(drift.case, drift.place) for drift in drifts}) == [(c, p) for c in range(3) for p in range(3)]
    assert len(drifts) == 18


def test_in_nemos_class_no_case_reads_another(nemo_model: Any) -> None:
    nemo_model.train()
    require_isolation(nemo_model, CASES, "fp32")
    assert nemo_model.training
    assert {drift.with_neighbours for drift in measure_drift(nemo_model, CASES, as_nemo_packs)} == {0.0}


def test_in_the_class_of_transformers_the_state_runs_on_and_packing_is_refused(transformers_model: Any) -> None:
    with pytest.raises(StageFailed, match="packing: false"):
        require_isolation(transformers_model, CASES, "fp32")


def test_the_first_case_of_a_pack_is_never_the_one_that_leaks(transformers_model: Any) -> None:
    drifts = measure_drift(transformers_model, CASES, as_nemo_packs)
    first, later = ([drift for drift in drifts if (drift.place == 0) is wanted] for wanted in (True, False))
    assert max(drift.with_neighbours for drift in first) <= TOLERANCE["fp32"]
    assert min(drift.with_neighbours for drift in later) > 100 * TOLERANCE["fp32"]


def test_a_boundary_that_comes_one_token_late_is_found(nemo_model: Any) -> None:
    import torch

    def late(_: Any, args: Any, inputs: dict[str, Any]) -> Any:
        return args, inputs | {"_packed_seq_ids": torch.roll(inputs["_packed_seq_ids"], 1, dims=1)}

    with nemo_model.register_forward_pre_hook(late, with_kwargs=True), pytest.raises(StageFailed, match="place"):
        require_isolation(nemo_model, CASES, "bf16")


def test_boundaries_known_to_the_attention_alone_are_not_enough(nemo_model: Any) -> None:
    def forget(_: Any, args: Any, inputs: dict[str, Any]) -> Any:
        mask = inputs["attention_mask"]
        return args, {"input_ids": inputs["input_ids"], "causal_mask_mapping": {"full_attention": mask}}

    with nemo_model.register_forward_pre_hook(forget, with_kwargs=True), pytest.raises(StageFailed):
        require_isolation(nemo_model, CASES, "bf16")


def test_a_loss_that_is_not_a_number_is_refused(nemo_model: Any) -> None:
    def spoil(_: Any, __: Any, output: Any) -> Any:
        output.logits = output.logits * float("nan")
        return output

    with nemo_model.register_forward_hook(spoil), pytest.raises(StageFailed, match="nan"):
        require_isolation(nemo_model, CASES, "bf16")


def test_the_shortest_three_lessons_are_tried(tmp_path: Path) -> None:
    file = lessons_file(tmp_path, [9, 4, 7, 5, 8])
    assert [len(tokens) for tokens in lessons_to_try(file, 16)] == [4, 5, 7]
    with pytest.raises(BadInput, match="no three cases fit into 15 tokens"):
        lessons_to_try(file, 15)


def test_where_there_are_fewer_than_three_lessons_packing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="packing: false"):
        lessons_to_try(lessons_file(tmp_path, [4, 5]), 100)


def test_nemo_packs_lessons_whole_and_tells_the_model_where_each_begins(
    nemo_model: Any, saved_weights: Path, tmp_path: Path
) -> None:
    """The loader as NeMo builds it of the worker's configuration, on lessons as the worker writes them."""
    from nemo_automodel.components.config._arg_parser import parse_args_and_load_config
    from nemo_automodel.recipes._typed_config import RecipeConfig

    recipe = TINY.model_copy(update={"packing": True, "sequence_length": 40, "batch_size": 1})
    lengths = [11, 13, 17, 19, 23, 29, 31, 37]
    config = finetune_config(
        recipe,
        model=saved_weights,
        train=lessons_file(tmp_path, lengths),
        validation=None,
        checkpoints=tmp_path / "checkpoints",
        seed=0,
    )
    (tmp_path / "nemo.yaml").write_text(yaml.safe_dump(config))
    typed = RecipeConfig(parse_args_and_load_config(str(tmp_path / "nemo.yaml"), argv=[]))
    loader = typed.dataloader.build(
        tokenizer=load_tokenizer(saved_weights),
        packing_contract=packing_contract([nemo_model]),
        dp_rank=0,
        dp_world_size=1,
    )
    numbers = [batch["_packed_seq_ids"][0].tolist() for batch in loader]
    packed = [numbers_of_row.count(case) for numbers_of_row in numbers for case in set(numbers_of_row) - {0}]
    assert sorted(packed) == [length - 1 for length in lengths]
    assert len(numbers) < len(lengths)


def test_rows_of_one_case_are_packs_too(nemo_model: Any) -> None:
    """Without `packing_contract` NeMo's collater leaves their case numbers out, and its class fails."""
    from nemo_automodel.components.datasets.utils import neat_packed_collater

    rows = [
        {"input_ids": case[:25], "labels": case[:25], "position_ids": list(range(25)), "attention_mask": [1] * 25}
        for case in CASES[:2]
    ]
    batch = neat_packed_collater(rows, packing=packing_contract([nemo_model]))
    del batch["labels"]
    assert nemo_model(**batch).logits.shape == (2, 25, 96)
