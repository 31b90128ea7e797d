from __future__ import annotations

import pytest

from edscribe_pipelines.deidentify.remover import Remover


@pytest.fixture(scope="session")
def remover() -> Remover:
    return Remover()
