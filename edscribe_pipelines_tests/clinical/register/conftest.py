from __future__ import annotations

from collections.abc import Iterator

import pytest

from edscribe_pipelines.clinical.register.site_tables import load_site_tables


@pytest.fixture(autouse=True)
def bundled_again() -> Iterator[None]:
    yield
    load_site_tables(None)
