"""Blocks by hand on one row of several cases, against transformers' own blocks with autograd on each case alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.train.on_cpu.block import Block, Projection, by_hand, project, project_backward, random_mask
from edscribe_pipelines.train.on_cpu.rows import as_one_row
from edscribe_pipelines_tests.train.tiny_llama import invented_lesson, tiny_llama, with_adapters

SYSTEM = [5, 17, 3, 88, 41, 9, 60, 2, 33]
LESSONS = [
    invented_lesson(SYSTEM, told, learned, seed=seed)
    for seed, (told, learned) in enumerate([(7, 11), (3, 30), (19, 2)])
]
PACKED = [invented_lesson([first], told=4 + first, learned=9, seed=first) for first in range(3)]
LLAMAS = {"3 heads, 1 key head": (3, 1, 96), "6 heads, 2 key heads": (6, 2, 192)}

by_llama = pytest.mark.parametrize("llama", LLAMAS.values(), ids=LLAMAS)
by_targets = pytest.mark.parametrize("targets", ["plan", "all_linear"])


def adapted(llama: tuple[int, int, int] = (3, 1, 96), targets: str = "all_linear", dropout: float = 0.0) -> Any:
    heads, key_heads, hidden_size = llama
    model = tiny_llama(heads=heads, key_heads=key_heads, hidden_size=hidden_size)
    return with_adapters(model, targets, dropout=dropout).train()


def loss_of(model: Any, row: dict[str, Any]) -> torch.Tensor:
    inputs = {name: values for name, values in row.items() if name != "labels"}
    return cross_entropy(model(**inputs, use_cache=False).logits[0], row["labels"][0], reduction="sum")


def gradients(model: Any) -> dict[str, torch.Tensor]:
    found = {name: parameter.grad for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert all("lora" in name for name in found)
    return found


def distance(found: torch.Tensor, true: torch.Tensor) -> float:
    return float((found - true).norm() / true.norm())


@by_llama
@by_targets
@pytest.mark.parametrize("lessons", [LESSONS, PACKED, LESSONS[:1]], ids=["shared beginning", "packed", "one"])
def test_loss_and_every_gradient_equal_those_of_each_case_alone(
    llama: tuple[int, int, int], targets: str, lessons: list[dict[str, Any]]
) -> None:
    true, model = adapted(llama, targets), adapted(llama, targets)
    losses = [loss_of(true, as_one_row([lesson])) for lesson in lessons]
    sum(losses).backward()  # type: ignore[union-attr]
    by_hand(model)
    loss = loss_of(model, as_one_row(lessons))
    loss.backward()
    assert float(loss) == pytest.approx(float(sum(losses)), rel=1e-5)
    found = gradients(model)
    for name, gradient in gradients(true).items():
        assert gradient.norm() > 0
        assert distance(found[name], gradient) < 1e-5, name


def test_cases_of_one_row_do_not_read_each_other() -> None:
    model = adapted().eval()
    by_hand(model)
    other = invented_lesson(SYSTEM, 3, 30, seed=99)
    with torch.no_grad():
        ours, theirs = (
            model(**{name: row[name] for name in ("input_ids", "position_ids")}, use_cache=False).logits[0]
            for row in (as_one_row([LESSONS[0], each, LESSONS[2]]) for each in (LESSONS[1], other))
        )
    changed = (ours != theirs).any(-1).nonzero().flatten().tolist()
    first = len(LESSONS[0]["input_ids"])
    assert changed == [*range(first, first + 33)]


def test_several_steps_accumulate_as_autograds_do() -> None:
    true, model = adapted(), adapted()
    by_hand(model)
    for lesson in LESSONS[:2]:
        loss_of(true, as_one_row([lesson])).backward()
        loss_of(model, as_one_row([lesson])).backward()
    found = gradients(model)
    assert all(distance(found[name], gradient) < 1e-5 for name, gradient in gradients(true).items())


def test_gradient_of_the_input_is_that_of_autograd() -> None:
    """The first block's input needs none in a training: here it does."""
    row = as_one_row(LESSONS[:1])
    found = []
    for by in (lambda model: None, by_hand):
        model = adapted()
        by(model)
        states = model.model.embed_tokens(row["input_ids"]).detach().requires_grad_()
        out = model.model(inputs_embeds=states, position_ids=row["position_ids"], use_cache=False).last_hidden_state
        found.append(torch.autograd.grad(out.square().sum(), states)[0])
    assert distance(found[1], found[0]) < 1e-5


def test_what_a_block_reads_is_not_changed() -> None:
    model = adapted()
    by_hand(model)
    row = as_one_row(LESSONS)
    with torch.no_grad():
        states = torch.randn(1, row["input_ids"].shape[1], 96)
        turning = model.model.rotary_emb(states, row["position_ids"])
        given = [states, *turning, row["position_ids"]]
        before = [each.clone() for each in given]
        model.model.layers[0](states, position_ids=row["position_ids"], position_embeddings=turning)
    assert all(torch.equal(each, was) for each, was in zip(given, before, strict=True))


def test_parameters_keep_names_and_values_and_are_saved_and_loaded_as_before(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model, row = adapted(), as_one_row(LESSONS)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    by_hand(model)
    assert {name: parameter.requires_grad for name, parameter in model.named_parameters()} == {
        name: name in learning for name in before
    }
    assert all(torch.equal(parameter, before[name]) for name, parameter in model.named_parameters())
    state = {name: values for name, values in model.state_dict().items() if name != "lm_head.weight"}
    save_file(state, tmp_path / "model.safetensors")
    other = with_adapters(tiny_llama(seed=1)).train()
    by_hand(other)
    with torch.no_grad():
        assert not torch.allclose(loss_of(other, row), loss_of(model, row))
        other.load_state_dict(load_file(tmp_path / "model.safetensors"), strict=False)
        assert torch.equal(loss_of(other, row), loss_of(model, row))


def test_one_weight_is_changed_where_an_optimizer_changes_it() -> None:
    model, row = adapted(), as_one_row(LESSONS)
    by_hand(model)
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=1e-2)
    before = loss_of(model, row)
    before.backward()
    optimizer.step()
    assert loss_of(model, row) < before


def test_dropout_is_the_same_for_one_seed_and_another_for_another() -> None:
    model, row = adapted(dropout=0.3), as_one_row(LESSONS)
    by_hand(model)
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(float(loss_of(model, row)))
    assert drawn[0] == drawn[1] != drawn[2]


def test_nothing_is_dropped_in_evaluation() -> None:
    model, undropped, row = adapted(dropout=0.3).eval(), adapted(), as_one_row(LESSONS)
    by_hand(model)
    by_hand(undropped)
    with torch.no_grad():
        assert torch.equal(loss_of(model, row), loss_of(undropped, row))


@pytest.fixture
def projection() -> Projection:
    """Queries, keys and values of the first block."""
    return Block(adapted(dropout=0.3).model.layers[0]).projections[0]


def test_output_under_dropout_is_on_average_the_one_without(projection: Projection) -> None:
    """A projection is linear in what is dropped: the mean of many draws lies within a few standard errors."""
    adapters = [matrix.detach() for matrix in projection.adapters]
    read = torch.randn(5, 96)
    undropped, _ = project(read, projection, adapters, training=False)
    drawn = torch.stack([project(read, projection, adapters, training=True)[0] for _ in range(1_000)])
    errors = (drawn.mean(0) - undropped).abs() / (drawn.std(0) / len(drawn) ** 0.5)
    assert errors.mean() < 1.2
    assert errors.max() < 5


def test_output_and_gradients_under_dropout_are_those_of_what_was_kept(projection: Projection) -> None:
    read = torch.randn(40, 96, requires_grad=True)
    adapters = [matrix.detach() for matrix in projection.adapters]
    out, applied = project(read.detach(), projection, adapters, training=True)
    assert applied is not None
    assert applied.dropped is not None
    given = [matrix.requires_grad_() for matrix in adapters]
    kept = read * ~applied.dropped / 0.7
    true = torch.cat(
        [
            read @ linear.weight.T + linear.scale * kept @ down.T @ up.T
            for (linear, _), down, up in zip(projection.adapted, given[::2], given[1::2], strict=True)
        ],
        1,
    )
    grad = torch.randn(true.shape)
    of_read, found = project_backward(grad, read.detach(), projection, applied)
    assert distance(out, true.detach()) < 1e-5
    wanted = torch.autograd.grad(true, [read, *given], grad)
    for ours, theirs in zip([of_read, *found], wanted, strict=True):
        assert distance(ours, theirs) < 1e-5


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5])
def test_share_of_what_is_dropped_is_within_four_standard_errors(share: float) -> None:
    torch.manual_seed(0)
    size = 400_000
    found = float(random_mask(torch.Size([500, size // 500]), share).float().mean())
    assert abs(found - share) < 4 * (share * (1 - share) / size) ** 0.5


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (5, 64)])
def test_mask_has_the_shape_that_was_asked_for_and_other_places_each_time(shape: tuple[int, int]) -> None:
    masks = [random_mask(torch.Size(shape), 0.5) for _ in range(40)]
    assert {(mask.shape, mask.dtype) for mask in masks} == {(shape, torch.bool)}
    assert not all(torch.equal(mask, masks[0]) for mask in masks)


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, 0), (1 / 65_536, 1), (0.05, 3_277), (0.5, 32_768), (65_535 / 65_536, 65_535)]
)
def test_share_is_rounded_to_one_of_the_values_of_sixteen_bits(
    monkeypatch: pytest.MonkeyPatch, share: float, words: int
) -> None:
    """Each value is drawn once in the place of the random ones: how many are set is the share, exactly."""
    every = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(torch.int64)
    monkeypatch.setattr(torch.Tensor, "random_", lambda self, *_: self.copy_(every))
    assert int(random_mask(torch.Size([256, 256]), share).sum()) == words


def _hybrid() -> Any:
    from transformers import NemotronHForCausalLM

    from edscribe_pipelines_tests.train.tiny_hybrid import hybrid_config, like_nemotron

    return NemotronHForCausalLM(hybrid_config(like_nemotron(["HR 104"])))


@pytest.mark.parametrize(
    "other",
    [
        _hybrid,
        lambda: tiny_llama(attention_bias=True),
        lambda: tiny_llama(mlp_bias=True),
        lambda: tiny_llama(hidden_act="gelu"),
    ],
    ids=["hybrid", "biases in attention", "biases in the MLP", "another activation"],
)
def test_model_whose_blocks_are_others_is_refused_and_left_as_it_was(other: Any) -> None:
    model = other()
    places = {name: parameter.data_ptr() for name, parameter in model.named_parameters()}
    with pytest.raises(BadInput, match=r"recipe, field implementation: .*Set implementation: transformers"):
        by_hand(model)
    assert {name: parameter.data_ptr() for name, parameter in model.named_parameters()} == places
    assert not any("forward" in vars(module) for module in model.modules())
