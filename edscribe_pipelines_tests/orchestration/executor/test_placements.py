"""What a placements file may say, and how a wrong one is told."""

from __future__ import annotations

import pytest

from edscribe_pipelines.errors import BadInput
from edscribe_pipelines.orchestration.executor.placements import Docker, Kubernetes, Local, load_placements


def load(tmp_path, text):
    file = tmp_path / "placements.yaml"
    file.write_text(text, encoding="utf-8")
    return load_placements(file)


def test_no_file_places_nothing():
    assert load_placements(None) == {}


def test_each_accelerator_has_its_place(tmp_path):
    placements = load(
        tmp_path,
        "h100: {place: kubernetes, image: nemo, node_selector: {gpu: h100}}\n"
        "a100: {place: docker, image: nemo, environment: [EDSCRIBE_STORE]}\n"
        "l4: {place: local, gpu_free_gb: 20}\n",
    )
    assert placements == {
        "h100": Kubernetes(place="kubernetes", image="nemo", node_selector={"gpu": "h100"}),
        "a100": Docker(place="docker", image="nemo", environment=("EDSCRIBE_STORE",)),
        "l4": Local(place="local", gpu_free_gb=20),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("h100: {place: slurm}\n", "field h100: input tag 'slurm'"),
        ("h100: {image: nemo}\n", "field h100: unable to extract tag using discriminator 'place'"),
        ("h100: {place: docker}\n", "field h100.docker.image: field required"),
        ("h100: {place: docker, image: nemo, gpu: 1}\n", "field h100.docker.gpu: extra inputs are not permitted"),
        ("h100: {place: kubernetes, image: nemo, gpus: 0}\n", "field h100.kubernetes.gpus: input should be greater"),
        ("- h100\n", "input should be a valid dictionary"),
        ("h100: [\n", "not YAML"),
    ],
)
def test_wrong_file_is_told_by_its_field(tmp_path, text, told):
    with pytest.raises(BadInput) as refused:
        load(tmp_path, text)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_environment_takes_names_and_no_values_and_a_value_is_not_repeated(tmp_path):
    with pytest.raises(BadInput) as refused:
        load(tmp_path, "h100: {place: docker, image: nemo, environment: [API_KEY=invented-secret]}\n")
    assert "field h100.docker.environment.0" in str(refused.value)
    assert "invented-secret" not in str(refused.value)


def test_missing_file_is_told_by_its_setting(tmp_path):
    with pytest.raises(BadInput, match="EDSCRIBE_PLACEMENTS: no such file"):
        load_placements(tmp_path / "none.yaml")
