"""Where accelerators are, read from one YAML file and checked.

    h100:                             # the value of the steps' tag edscribe/accelerator
      place: docker                   # or local, or kubernetes
      image: edscribe-nemo:0.1.0
      volumes: ["/data/store:/data/store"]
      environment: [EDSCRIBE_STORE]   # names alone: the values come from the run's environment

Environment variables are named and never valued, so that the file holds no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from edscribe_pipelines.errors import BadInput

Name = Annotated[str, Field(min_length=1)]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Count = Annotated[int, Field(ge=1)]


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Local(_Place):
    """A process on the machine of the run."""

    place: Literal["local"]
    gpu_free_gb: Annotated[float, Field(ge=0)] = 0
    """GPU memory that must be free before a step starts; 0 needs no GPU."""


class Docker(_Place):
    """A container of the engine that DOCKER_HOST names, by default this machine's."""

    place: Literal["docker"]
    image: Name
    gpus: Count = 1
    shm_size: Name = "16g"
    """Of /dev/shm, through which data loaders and NCCL hand over tensors; Docker's default is 64 MB."""

    volumes: tuple[Name, ...] = ()
    """`/on/the/host:/in/the/container[:ro]` or `volume:/in/the/container`."""

    network: Name | None = None
    environment: tuple[VariableName, ...] = ()
    steps_at_once: Count = 1
    """Containers of ours that the engine may run at once, those that a lost run left behind included."""


class Kubernetes(_Place):
    """A job of a cluster: the one this process is in, or the one of `kubeconfig`."""

    place: Literal["kubernetes"]
    image: Name
    namespace: Name = "default"
    gpus: Count = 1
    node_selector: dict[str, str] = {}
    tolerations: tuple[dict[str, Any], ...] = ()
    service_account: Name | None = None
    image_pull_secrets: tuple[Name, ...] = ()
    volumes: tuple[dict[str, Any], ...] = ()
    volume_mounts: tuple[dict[str, Any], ...] = ()
    environment: tuple[VariableName, ...] = ()
    env_secrets: tuple[Name, ...] = ()
    """Kubernetes secrets whose keys become environment variables."""

    postgres_password_secret: Name | None = None
    """The secret whose `postgresql-password` becomes DAGSTER_PG_PASSWORD, as in Dagster's Helm chart."""

    kubeconfig: Path | None = None
    schedule_within_seconds: Count = 600
    """How long a pod may wait for a node; autoscalers take minutes to bring one."""


Placement = Local | Docker | Kubernetes

_FILE: TypeAdapter[dict[str, Placement]] = TypeAdapter(
    dict[Name, Annotated[Placement, Field(discriminator="place")]], config=ConfigDict(hide_input_in_errors=True)
)


def load_placements(file: Path | None) -> Mapping[str, Placement]:
    """Return the placement of each accelerator; none where there is no file.

    Raises BadInput naming the key that is unknown, missing or out of range.
    """
    if file is None:
        return {}
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError:
        raise BadInput(
            "EDSCRIBE_PLACEMENTS", "no such file", remedy="Give a YAML file; the README has an example."
        ) from None
    except (UnicodeDecodeError, yaml.YAMLError):
        raise BadInput(str(file), "not YAML", remedy="The README has an example.") from None
    try:
        return _FILE.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise BadInput(str(file), first["msg"].lower(), field=field, remedy="The README has an example.") from None
