from collections.abc import Iterator

import pytest

from edscribe_pipelines_tests.fhir.servers.sekmet import running_sekmet


@pytest.fixture(scope="session")
def sekmet() -> Iterator[str]:
    """The FHIR base of a sekmet that all tests of a process share; each takes ids of its own."""
    with running_sekmet() as base:
        yield base
