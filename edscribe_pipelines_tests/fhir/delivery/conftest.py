from collections.abc import Iterator

import pytest

from edscribe_pipelines_tests.fhir.servers.sekmet import running_sekmet


@pytest.fixture(scope="session")
def sekmet() -> Iterator[str]:
    """The FHIR base of a sekmet that the tests of delivery share; each takes ids of its own."""
    with running_sekmet() as base:
        yield base
