"""The bucket that Google imports from: files put there once, and taken away when the import has ended."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from edscribe_pipelines.data_use.wall import require_may_go
from edscribe_pipelines.errors import BadInput, StageFailed
from edscribe_pipelines.settings import Settings

_SETTING = "EDSCRIBE_FHIR_STAGING"


class Staging:
    """A `gs://bucket/prefix`. Raises BadInput where credentials are missing, StageFailed where the bucket refuses."""

    def __init__(self, address: str, settings: Settings) -> None:
        self._bucket_name, _, self._prefix = address.removeprefix("gs://").partition("/")
        self._trusted_hosts = settings.trusted_hosts
        self._client = _client(settings)

    @property
    def address(self) -> str:
        """Return the address of the service that holds the bucket."""
        return str(self._client.api_endpoint)

    def upload(self, folder: Path, name: str, data_uses: Iterable[str]) -> str:
        """Put the files of `folder` under `name` and return the `gs://` pattern that names them.

        A file that is there already stands from a killed run: objects appear whole, and `name` says their content.
        """
        from google.api_core.exceptions import GoogleAPIError, PreconditionFailed
        from requests import RequestException

        for data_use in data_uses:
            require_may_go(data_use, self.address, self._trusted_hosts, _SETTING)
        prefix = f"{self._prefix}/{name}".lstrip("/")
        try:
            for path in sorted(folder.iterdir()):
                blob = self._client.bucket(self._bucket_name).blob(f"{prefix}/{path.name}")
                try:
                    blob.upload_from_filename(str(path), content_type="application/ndjson", if_generation_match=0)
                except PreconditionFailed:
                    continue
        except (GoogleAPIError, RequestException) as error:
            raise StageFailed(f"{_SETTING}: cannot be written to ({type(error).__name__}).") from None
        return f"gs://{self._bucket_name}/{prefix}/*.ndjson"

    def remove(self, pattern: str) -> None:
        """Take away what `upload` has put under the pattern."""
        prefix = pattern.removeprefix(f"gs://{self._bucket_name}/").removesuffix("*.ndjson")
        for blob in self._client.list_blobs(self._bucket_name, prefix=prefix):
            blob.delete()


def _client(settings: Settings) -> Any:
    from google.auth.exceptions import GoogleAuthError
    from google.cloud import storage

    try:
        return storage.Client()
    except GoogleAuthError:
        remedy = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS."
        raise BadInput(_SETTING, "no credentials for Google were found", remedy=remedy) from None
